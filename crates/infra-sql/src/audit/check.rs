use std::borrow::Cow;

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use domain::ports::Violation;
use domain::{JOIN_FEE, SEATS};

/// How many violations of one invariant are named at most.
pub(super) const MOST_FINDINGS: usize = 100;

/// An invariant, and where to look for what breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The promise, in one stable word.
    pub(super) invariant: &'static str,
    /// What a finding says, with `{0}`, `{1}` … for what it shows.
    pub(super) says: &'static str,
    /// What a finding shows, at most four expressions; a generated id has a `#` before it.
    pub(super) shows: &'static [&'static str],
    /// The rest of the query, from the tables on. `:seats` and `:fee` stand for the rules' numbers.
    pub(super) of: Cow<'static, str>,
}

impl Check {
    pub(super) const fn new(
        invariant: &'static str,
        says: &'static str,
        shows: &'static [&'static str],
        of: &'static str,
    ) -> Self {
        Self { invariant, says, shows, of: Cow::Borrowed(of) }
    }

    /// The promise, in one stable word.
    pub fn invariant(&self) -> &'static str {
        self.invariant
    }

    /// The query that finds what breaks the invariant: [`Finding`].
    pub fn sql(&self) -> String {
        let shown =
            ["a", "b", "c", "d"].iter().enumerate().map(|(position, name)| match self.shows.get(position) {
                None => format!("NULL AS {name}"),
                Some(column) => match column.strip_prefix('#') {
                    Some(id) => format!("HEX({id}) AS {name}"),
                    None => format!("CAST({column} AS CHAR) AS {name}"),
                },
            });
        let of = self.of.replace(":seats", &SEATS.to_string()).replace(":fee", &JOIN_FEE.to_string());
        format!("SELECT {} FROM {of} LIMIT {MOST_FINDINGS}", shown.collect::<Vec<_>>().join(", "))
    }

    /// The violation that a finding is.
    pub fn violation(&self, finding: Finding) -> Violation {
        let values = [finding.a, finding.b, finding.c, finding.d];
        let mut detail = self.says.to_owned();
        for (position, (column, value)) in self.shows.iter().zip(values).enumerate() {
            // HEX makes an empty text of what is missing on some backends.
            let value = value.filter(|text| !text.is_empty()).unwrap_or_else(|| "nothing".to_owned());
            let shown = if column.starts_with('#') { hyphenated(&value) } else { value };
            detail = detail.replace(&format!("{{{position}}}"), &shown);
        }
        Violation { invariant: self.invariant, detail }
    }
}

/// What a check shows of one violation.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct Finding {
    #[diesel(sql_type = Nullable<Text>)]
    pub a: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub b: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub c: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub d: Option<String>,
}

/// An id's sixteen bytes in the form that is shown everywhere.
fn hyphenated(hexadecimal: &str) -> String {
    hexadecimal.parse::<uuid::Uuid>().map_or_else(|_| hexadecimal.to_owned(), |id| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_told_with_its_ids_and_numbers() {
        let check = Check::new("seats", "the room {0} has {1} seats", &["#room_id", "number"], "seats");
        let finding = Finding { a: Some("AB".repeat(16)), b: Some("7".to_owned()), c: None, d: None };
        assert_eq!(
            check.violation(finding).detail,
            "the room abababab-abab-abab-abab-abababababab has 7 seats"
        );
    }
}
