//! How single values look in JSON: the domain's types, with their rules and their description.
//!
//! The domain knows no JSON, so each of its types travels in a wrapper. A wrapper reads (a value
//! that breaks its type's rule becomes a field error), writes, and describes itself for `OpenAPI`.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use domain::{Denial, Invalid, Timestamp};
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::field_errors::FieldErrors;

pub(crate) type UserId = Text<domain::UserId>;
pub(crate) type NewUserId = Text<domain::NewUserId>;
pub(crate) type DeviceId = Text<domain::DeviceId>;
pub(crate) type ClientMessageId = Text<domain::ClientMessageId>;
pub(crate) type AccountName = Text<domain::AccountName>;
pub(crate) type RoomName = Text<domain::RoomName>;
pub(crate) type Topic = Text<domain::Topic>;
pub(crate) type Phone = Text<domain::Phone>;
pub(crate) type AccountPassword = Text<domain::AccountPassword>;
pub(crate) type RoomPassword = Text<domain::RoomPassword>;
pub(crate) type PresentedPassword = Text<domain::PresentedPassword>;
pub(crate) type Reason = Text<domain::Reason>;
pub(crate) type PresentedCode = Text<domain::PresentedCode>;
pub(crate) type Emoji = Text<domain::Emoji>;
pub(crate) type MessageBody = Text<domain::MessageBody>;
pub(crate) type RoomId = Id<domain::RoomId>;
pub(crate) type MessageId = Id<domain::MessageId>;
pub(crate) type InvitationId = Id<domain::InvitationId>;
pub(crate) type FriendRequestId = Id<domain::FriendRequestId>;
pub(crate) type TransferId = Id<domain::TransferId>;
pub(crate) type Epoch = Id<domain::Epoch>;

/// A domain value that is written as text.
#[derive(Debug, Clone)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: FromStr<Err = Invalid>> Deserr<FieldErrors> for Text<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = String::deserialize_from_value(value, location)?;
        text.parse().map(Self).map_err(|invalid| FieldErrors::at(location, invalid))
    }
}

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A value that there may be none of. Absent, it stays as it is; null removes it, as the empty value does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Removable<T>(pub(crate) Option<T>);

impl<T: FromStr<Err = Invalid> + Default> Deserr<FieldErrors> for Removable<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let wanted = Option::<Text<T>>::deserialize_from_value(value, location)?;
        Ok(Self(Some(wanted.map(|Text(value)| value).unwrap_or_default())))
    }
}

/// An id that the server gave out. One that it cannot have given out is not wrong input, but the
/// id of nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id<T>(Option<T>);

impl<T> Id<T> {
    /// The id, or the denial that says there is no such thing.
    pub(crate) fn known_or(self, denial: Denial) -> Result<T, Denial> {
        self.0.ok_or(denial)
    }

    /// The id, or the one that is never given out, so that what the room refuses comes first.
    pub(crate) fn or_nil(self, named: fn(Uuid) -> T) -> T {
        self.0.unwrap_or_else(|| named(Uuid::nil()))
    }
}

impl<T> From<T> for Id<T> {
    fn from(id: T) -> Self {
        Self(Some(id))
    }
}

impl<T: FromStr> Deserr<FieldErrors> for Id<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        String::deserialize_from_value(value, location).map(|text| Self(text.parse().ok()))
    }
}

impl<T: Display> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(id) => serializer.collect_str(id),
            None => serializer.serialize_none(),
        }
    }
}

/// A secret that the caller presents as it was shown to them.
#[derive(Debug, Clone)]
pub(crate) struct Token(pub(crate) domain::OpaqueToken);

impl Deserr<FieldErrors> for Token {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        String::deserialize_from_value(value, location).map(|text| Self(domain::OpaqueToken::new(text)))
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

/// An instant as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instant(pub(crate) Timestamp);

impl Instant {
    fn parse(text: &str) -> Option<Self> {
        let instant: jiff::Timestamp = text.parse().ok()?;
        Some(Self(Timestamp::from_millis(instant.as_millisecond())))
    }
}

impl Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let instant = jiff::Timestamp::from_millisecond(self.0.as_millis()).unwrap_or(jiff::Timestamp::MAX);
        write!(f, "{instant:.3}")
    }
}

impl Deserr<FieldErrors> for Instant {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = String::deserialize_from_value(value, location)?;
        Self::parse(&text).ok_or_else(|| {
            let message = "An instant is written as in RFC 3339, such as 2030-01-31T12:00:00.000Z.";
            FieldErrors::at(location, Invalid::new("not_an_instant", message))
        })
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A number of coins to be given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coins(pub(crate) domain::Coins);

impl Deserr<FieldErrors> for Coins {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let amount = i64::deserialize_from_value(value, location)?;
        domain::Coins::asked_for(amount).map(Self).map_err(|invalid| FieldErrors::at(location, invalid))
    }
}

/// A number of coins that an admin grants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GrantedCoins(pub(crate) domain::Coins);

impl Deserr<FieldErrors> for GrantedCoins {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let amount = i64::deserialize_from_value(value, location)?;
        domain::Coins::granted(amount).map(Self).map_err(|invalid| FieldErrors::at(location, invalid))
    }
}

/// A place in a room's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seq(pub(crate) domain::Seq);

impl Deserr<FieldErrors> for Seq {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let seq = i64::deserialize_from_value(value, location)?;
        if seq < 0 {
            return Err(FieldErrors::at(location, Invalid::new("out_of_range", "A seq is not negative.")));
        }
        Ok(Self(domain::Seq(seq)))
    }
}

impl Serialize for Seq {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.0)
    }
}

/// How long an invitation is good.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InvitationLifetime(pub(crate) domain::InvitationLifetime);

impl Deserr<FieldErrors> for InvitationLifetime {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let seconds = i64::deserialize_from_value(value, location)?;
        domain::InvitationLifetime::of_seconds(seconds)
            .map(Self)
            .map_err(|invalid| FieldErrors::at(location, invalid))
    }
}

macro_rules! described {
    ($($type:ty as $name:literal => $schema:expr;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )*};
}

described! {
    NewUserId as "NewUserId" => user_id()
        .description(Some("Identifies the account for good. Not told apart by case, and not one of those that are reserved."));
    UserId as "UserId" => user_id()
        .description(Some("Identifies an account. Not told apart by case; answers carry it in lower case."));
    DeviceId as "DeviceId" => text(domain::DeviceId::LENGTH).pattern(Some("^[ -~]+$")).examples(["ana-laptop"])
        .description(Some("Identifies a device of an account, as its client chose."));
    ClientMessageId as "ClientMessageId" => text(domain::ClientMessageId::LENGTH).pattern(Some("^[ -~]+$")).examples(["m-0001"])
        .description(Some("The sender's own id for a message, by which a retry is recognised."));
    AccountName as "AccountName" => text(domain::AccountName::LENGTH).examples(["Ana"])
        .description(Some("What an account is called on screen."));
    RoomName as "RoomName" => text(domain::RoomName::LENGTH).examples(["Kitchen table"])
        .description(Some("What a room is called on screen."));
    Topic as "Topic" => text(domain::Topic::LENGTH).examples(["Who cooks on Thursday"])
        .description(Some("What a room is about, on one line."));
    Phone as "Phone" => text(domain::Phone::WRITTEN_LENGTH).examples(["+4915112345678"])
        .description(Some("A telephone number in international form; answered normalised to E.164."));
    AccountPassword as "AccountPassword" => text(domain::AccountPassword::LENGTH).format(Some(password()))
        .examples(["correct horse battery"]);
    RoomPassword as "RoomPassword" => text(domain::RoomPassword::LENGTH).format(Some(password())).examples(["open sesame"]);
    PresentedPassword as "PresentedPassword" => text(domain::PresentedPassword::LENGTH).format(Some(password()))
        .examples(["correct horse battery"]);
    Reason as "Reason" => text(domain::Reason::LENGTH).examples(["Spam in three rooms"])
        .description(Some("Why, on one line, for the record that admins read."));
    PresentedCode as "PresentedCode" => text(domain::PresentedCode::LENGTH).examples(["123456"])
        .description(Some("Six digits of an authenticator, or a recovery code; blanks and hyphens do not count."));
    MessageBody as "MessageBody" => text(domain::MessageBody::LENGTH).examples(["Soup is ready."])
        .description(Some("Not blank; no control characters besides newline and tab."));
    Emoji as "Emoji" => ObjectBuilder::new().schema_type(Type::String).examples(["👍"])
        .description(Some("One whole emoji of Unicode. Answered fully qualified, whether or not it came with U+FE0F."));
    RoomId as "RoomId" => generated_id();
    MessageId as "MessageId" => generated_id();
    InvitationId as "InvitationId" => generated_id();
    FriendRequestId as "FriendRequestId" => generated_id();
    TransferId as "TransferId" => generated_id();
    Epoch as "Epoch" => generated_id()
        .description(Some("Identifies one unbroken history of a room; another epoch means: reload the room."));
    Token as "Token" => ObjectBuilder::new().schema_type(Type::String)
        .description(Some("An opaque secret."));
    Instant as "Instant" => ObjectBuilder::new().schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples(["2030-01-31T12:00:00.000Z"]);
    Coins as "CoinAmount" => number(0).maximum(Some(domain::Coins::MOST_AT_ONCE)).examples([500]);
    GrantedCoins as "GrantedCoins" => number(1).maximum(Some(domain::Coins::MOST_AT_ONCE)).examples([500]);
    Seq as "Seq" => number(0).examples([42])
        .description(Some("An event's place in its room's log: 1, 2, 3 … without a gap."));
    InvitationLifetime as "InvitationLifetime" => number(1)
        .maximum(Some(*domain::InvitationLifetime::SECONDS.end())).examples([86_400])
        .description(Some("Seconds; a day when absent."));
}

fn user_id() -> ObjectBuilder {
    text(domain::UserId::LENGTH).pattern(Some("^[A-Za-z0-9][A-Za-z0-9._-]*$")).examples(["ana"])
}

fn text(length: RangeInclusive<usize>) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(*length.start()))
        .max_length(Some(*length.end()))
}

fn password() -> SchemaFormat {
    SchemaFormat::KnownFormat(KnownFormat::Password)
}

fn number(least: i64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(least))
}

fn generated_id() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("uuid".to_owned())))
        .examples(["0197a3b0-5a1e-7c44-9d7e-3f1c5b2a6d80"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_exactly_three_decimals() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_500, "1970-01-01T00:00:01.500Z"),
            (1_893_456_000_007, "2030-01-01T00:00:00.007Z"),
        ] {
            let instant = Instant(Timestamp::from_millis(millis));
            assert_eq!(instant.to_string(), text);
            assert_eq!(Instant::parse(text), Some(instant));
        }
    }

    #[test]
    fn an_instant_beyond_the_calendar_is_shown_as_the_last_one() {
        let shown = Instant(Timestamp::from_millis(i64::MAX)).to_string();
        assert_eq!(shown, "9999-12-30T22:00:00.999Z");
    }

    #[test]
    fn an_instant_in_another_zone_is_the_same_instant() {
        assert_eq!(Instant::parse("2030-01-31T13:00:00+01:00"), Instant::parse("2030-01-31T12:00:00Z"));
        assert_eq!(Instant::parse("2030-01-31"), None);
        assert_eq!(Instant::parse("tomorrow"), None);
    }
}
