use std::borrow::Cow;

/// Input that never became a domain value: which rule it broke, and what would satisfy it.
///
/// The field's name belongs to whoever read the input, so it is not known here.
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
