//! The fields of a request that cannot be accepted, each with what is wrong with it.

use std::ops::ControlFlow;

use deserr::{DeserializeError, ErrorKind, IntoValue, MergeWithError, ValueKind, ValuePointerRef};
use domain::{Field, Invalid};
use serde::Serialize;
use utoipa::ToSchema;

/// One field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The field, by its name in the body, the query or the headers.
    #[schema(example = "phone")]
    pub(crate) field: String,
    /// The broken rule in one stable word.
    #[schema(example = "not_a_phone_number")]
    pub(crate) code: &'static str,
    /// A sentence that says what is expected.
    #[schema(example = "A phone number is written in international form, such as +49 151 2345678.")]
    pub(crate) message: String,
}

/// What the API calls a field that a rule may not accept.
pub(crate) const fn json_name(field: Field) -> &'static str {
    match field {
        Field::UserId => "userId",
        Field::SignupCoins => "availCoins",
        Field::Password => "password",
        Field::NewPassword => "newPassword",
        Field::IdempotencyKey => "Idempotency-Key",
    }
}

/// Every field that cannot be accepted; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Enough for any honest mistake; a body of nothing but unknown fields is not answered at ten
    /// times its length.
    pub(crate) const MOST: usize = 50;

    /// One field, by its name.
    pub(crate) fn of(field: impl Into<String>, invalid: Invalid) -> Self {
        let message = invalid.message.into_owned();
        Self(vec![FieldError { field: field.into(), code: invalid.code, message }])
    }

    /// One field, by its place.
    pub(crate) fn at(location: ValuePointerRef<'_>, invalid: Invalid) -> Self {
        Self::of(name(location), invalid)
    }

    /// A field that is needed and not there.
    pub(crate) fn missing(field: impl Into<String>) -> Self {
        Self::of(field, Invalid::new("missing", "This field is needed."))
    }

    /// More of them.
    pub(crate) fn add(&mut self, more: Self) {
        self.0.extend(more.0);
        self.0.truncate(Self::MOST);
    }

    /// Each of them.
    pub(crate) fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}

impl MergeWithError<Self> for FieldErrors {
    fn merge(known: Option<Self>, more: Self, _: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        ControlFlow::Continue(match known {
            None => more,
            Some(mut known) => {
                known.add(more);
                known
            }
        })
    }
}

impl DeserializeError for FieldErrors {
    fn error<V: IntoValue>(
        known: Option<Self>,
        error: ErrorKind<'_, V>,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let found = match error {
            ErrorKind::IncorrectValueKind { accepted, .. } => {
                Self::at(location, Invalid::new("wrong_type", expected(accepted)))
            }
            ErrorKind::MissingField { field } => Self::missing(name(location.push_key(field))),
            ErrorKind::UnknownKey { key, accepted } => {
                let message = format!("There is no such field here. There are: {}.", accepted.join(", "));
                Self::at(location.push_key(&shortened(key)), Invalid::new("unknown", message))
            }
            ErrorKind::UnknownValue { accepted, .. } => {
                let message = format!("This is one of: {}.", accepted.join(", "));
                Self::at(location, Invalid::new("unknown_value", message))
            }
            ErrorKind::BadSequenceLen { expected, .. } => {
                Self::at(location, Invalid::new("wrong_length", format!("This has {expected} items.")))
            }
            ErrorKind::Unexpected { .. } => {
                Self::at(location, Invalid::new("out_of_range", "This number is out of range."))
            }
        };
        Self::merge(known, found, location)
    }
}

/// What the field should have been, as JSON calls it.
fn expected(accepted: &[ValueKind]) -> String {
    let kinds: Vec<_> = accepted
        .iter()
        .map(|kind| match kind {
            ValueKind::Null => "null",
            ValueKind::Boolean => "true or false",
            ValueKind::Integer | ValueKind::NegativeInteger => "a whole number",
            ValueKind::Float => "a number",
            ValueKind::String => "a string",
            ValueKind::Sequence => "a list",
            ValueKind::Map => "an object",
        })
        .collect();
    let mut kinds = kinds;
    kinds.dedup();
    format!("This is {}.", kinds.join(" or "))
}

/// A field's path from the body's root, such as `resume[0].seq`.
fn name(location: ValuePointerRef<'_>) -> String {
    match location {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } if prev.is_origin() => key.to_owned(),
        ValuePointerRef::Key { key, prev } => format!("{}.{key}", name(*prev)),
        ValuePointerRef::Index { index, prev } => format!("{}[{index}]", name(*prev)),
    }
}

/// Unknown names are the caller's own text, of any length.
fn shortened(key: &str) -> String {
    key.chars().take(64).collect()
}
