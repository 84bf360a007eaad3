use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use uuid::Uuid;

use crate::invalid::in_words;
use crate::stored::by_todays_rule;
use crate::{Invalid, Stored, Timestamp};

macro_rules! generated_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| Invalid::new("not_an_id", "This is not an id that the server gives out."))
            }
        }
    )*};
}

generated_id! {
    RoomId,
    /// Names a message, across all rooms.
    MessageId,
    /// Names an invitation; it is no secret, the token is.
    InvitationId,
    /// Names a friend request.
    FriendRequestId,
    /// Names a movement of coins.
    TransferId,
    /// Names one sign-in of one account on one device.
    SessionId,
    /// Names something that an admin did. Later ones sort after earlier ones.
    RecordId,
    /// Names one unbroken history of a room. It changes only when a store is restored from a
    /// backup, so that clients notice that sequence numbers may have been given out again.
    Epoch,
}

impl RecordId {
    /// The lowest id that can have been given out at an instant.
    pub fn lowest_at(at: Timestamp) -> Self {
        let millis = u128::try_from(at.as_millis()).unwrap_or_default();
        Self(Uuid::from_u128(millis << 80))
    }
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_id! {
    /// Identifies an account. Two spellings that differ in case only are one id, so it is kept in
    /// lower case.
    UserId,
    /// Identifies a device of an account, as its client chose.
    DeviceId,
    /// The sender's own id for a message, by which a retry is recognised.
    ClientMessageId,
    /// The caller's own key for a grant of coins, by which a retry is recognised.
    IdempotencyKey,
}

impl UserId {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 3..=32;
}

impl DeviceId {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 1..=128;
}

impl ClientMessageId {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 1..=64;
}

impl IdempotencyKey {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 1..=64;
}

impl FromStr for UserId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits = Self::LENGTH.contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if fits {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            let length = in_words(&Self::LENGTH);
            let message = format!(
                "A user id has {length} letters, digits, dots, underscores or hyphens and starts with a letter or digit."
            );
            Err(Invalid::new("not_a_user_id", message))
        }
    }
}

/// Once every id of this form could be registered.
impl Stored for UserId {
    fn stored(text: String) -> Self {
        Self(text)
    }

    fn was_ever_taken(text: &str) -> bool {
        (3..=32).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
    }
}

by_todays_rule!(DeviceId, ClientMessageId, IdempotencyKey);

/// A user id that may be registered. Accounts that had theirs before it was reserved go on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUserId(UserId);

impl NewUserId {
    /// The ids that would be taken for a part of the service, or for everybody.
    const RESERVED: [&str; 7] = ["admin", "all", "everyone", "here", "house", "mint", "system"];
}

impl FromStr for NewUserId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let user_id: UserId = text.parse()?;
        if Self::RESERVED.contains(&user_id.as_str()) {
            return Err(Invalid::new("reserved", "This user id is reserved. Choose another."));
        }
        Ok(Self(user_id))
    }
}

impl From<NewUserId> for UserId {
    fn from(new: NewUserId) -> Self {
        new.0
    }
}

fn printable_ascii(text: &str, length: RangeInclusive<usize>, what: &str) -> Result<String, Invalid> {
    let fits = length.contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if fits {
        Ok(text.to_owned())
    } else {
        let message = format!("{what} has {} printable ASCII characters.", in_words(&length));
        Err(Invalid::new("not_printable_ascii", message))
    }
}

impl FromStr for DeviceId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        printable_ascii(text, Self::LENGTH, "A device id").map(Self)
    }
}

impl FromStr for ClientMessageId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        printable_ascii(text, Self::LENGTH, "A client message id").map(Self)
    }
}

impl FromStr for IdempotencyKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        printable_ascii(text, Self::LENGTH, "An idempotency key").map(Self)
    }
}

/// An event's place in its room's log: 1, 2, 3 … without a gap; 0 is before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub i64);

impl Seq {
    /// Before the first event.
    pub const ZERO: Self = Self(0);

    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_is_one_id_in_any_case() {
        assert_eq!("Ana.B-1_c".parse::<UserId>(), "ana.b-1_C".parse());
    }

    #[test]
    fn a_user_id_keeps_to_its_rule() {
        for good in ["abc", "0ab", "a.-", &"a".repeat(32)] {
            assert!(good.parse::<UserId>().is_ok(), "{good}");
        }
        for bad in ["", "ab", ".ab", "-ab", "_ab", "a b", "anä", "a@b", &"a".repeat(33)] {
            assert!(bad.parse::<UserId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn nobody_registers_a_reserved_id() {
        for reserved in ["admin", "System", "MINT", "house", "everyone", "here", "aLL"] {
            assert_eq!(reserved.parse::<NewUserId>().expect_err(reserved).code, "reserved");
            assert!(reserved.parse::<UserId>().is_ok(), "an account that has it keeps it: {reserved}");
        }
        assert_eq!(
            "Administrator".parse().map(|new: NewUserId| new.into()),
            "administrator".parse::<UserId>()
        );
        assert_eq!("a".parse::<NewUserId>().expect_err("too short").code, "not_a_user_id");
    }

    #[test]
    fn a_device_id_is_printable_ascii() {
        assert!("~ phone 1".parse::<DeviceId>().is_ok());
        assert!("d".repeat(128).parse::<DeviceId>().is_ok());
        for bad in ["", "tab\t", "é", &"d".repeat(129)] {
            assert!(bad.parse::<DeviceId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_generated_id_reads_back_in_lower_case() {
        let id = RoomId(Uuid::from_u128(0xABCD));
        assert_eq!(id.to_string(), id.to_string().to_lowercase());
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("nonsense".parse::<RoomId>().is_err());
    }
}
