use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Input that never became a domain value: which rule it broke, and what would satisfy it.
///
/// The field's name is known only to the code that read the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// The broken rule in one stable word, such as `too_long`.
    pub code: &'static str,
    /// A sentence that says what is expected.
    pub message: Cow<'static, str>,
}

impl Invalid {
    /// A broken rule with the sentence that explains it.
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A length as a sentence has it: `3 to 32`, or `at most 128`.
pub(crate) fn in_words(length: &RangeInclusive<usize>) -> String {
    match (length.start(), length.end()) {
        (0, most) => format!("at most {most}"),
        (least, most) => format!("{least} to {most}"),
    }
}
