use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::ports::Violation;

/// What breaks the promises that SQLite itself makes.
pub(crate) fn file_violations(connection: &mut SqliteConnection) -> QueryResult<Vec<Violation>> {
    let broken: Vec<Complaint> = diesel::sql_query(
        "SELECT integrity_check AS complaint FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    )
    .load(connection)?;
    let dangling: Vec<Complaint> = diesel::sql_query(
        "SELECT 'a row of ' || \"table\" || ' refers to none of ' || parent AS complaint \
         FROM pragma_foreign_key_check LIMIT 100",
    )
    .load(connection)?;
    let broken = broken.into_iter().map(|row| row.violation("the_file_is_sound"));
    let dangling = dangling.into_iter().map(|row| row.violation("foreign_keys_hold"));
    Ok(broken.chain(dangling).collect())
}

/// What SQLite itself finds wrong.
#[derive(QueryableByName)]
struct Complaint {
    #[diesel(sql_type = Text)]
    complaint: String,
}

impl Complaint {
    fn violation(self, invariant: &'static str) -> Violation {
        Violation { invariant, detail: self.complaint }
    }
}
