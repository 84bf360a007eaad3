//! Single fields against the domain's rules. A value that some version took is none that breaks them, though
//! today's rule would not take it.

use std::fmt::Display;

use domain::Stored;

pub(crate) const HASH_BYTES: usize = 32;

/// A row whose fields have rules.
pub(crate) trait Fields {
    /// Tells each field that holds what was never taken there.
    fn look(&self, found: &mut Found);
}

/// Where the rules are broken, in sentences that never say what is there.
#[derive(Default)]
pub(crate) struct Found(pub(crate) Vec<String>);

impl Found {
    pub(crate) fn text<T: Stored>(&mut self, text: &str, column: &str, place: impl Display) {
        self.that(T::was_ever_taken(text), column, place);
    }

    pub(crate) fn texts<T: Stored>(&mut self, text: Option<&str>, column: &str, place: impl Display) {
        self.that(text.is_none_or(T::was_ever_taken), column, place);
    }

    pub(crate) fn that(&mut self, keeps: bool, column: &str, place: impl Display) {
        if !keeps {
            self.0.push(format!("the column {column} of {place} holds what was never taken there"));
        }
    }
}
