//! Cursors: where a list goes on, opaque to clients.

use std::fmt::{self, Display};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use domain::{FoundPlace, Invalid, Page, RoomPlace, Seq, Timestamp};

use crate::field_errors::FieldErrors;
use crate::shapes::ListShape;

/// What a list is ordered by.
pub(crate) trait CursorKey: Display + FromStr {
    /// The list's name, so that a cursor of one list is none of another.
    const LIST: &'static str;
}

/// A room's place among its member's rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoomPosition(pub(crate) RoomPlace);

impl Display for RoomPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.last_event_at.as_millis(), self.0.room_id)
    }
}

impl FromStr for RoomPosition {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("not_a_cursor", "This is no room's place.");
        let (at, room_id) = text.split_once(':').ok_or_else(invalid)?;
        let last_event_at = Timestamp::from_millis(at.parse().map_err(|_| invalid())?);
        Ok(Self(RoomPlace { last_event_at, room_id: room_id.parse()? }))
    }
}

impl CursorKey for RoomPosition {
    const LIST: &'static str = "rooms";
}

/// A message's place among those that are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoundPosition(pub(crate) FoundPlace);

impl Display for FoundPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FoundPlace { sent_at, room_id, seq } = self.0;
        write!(f, "{}:{}:{room_id}", sent_at.as_millis(), seq.0)
    }
}

impl FromStr for FoundPosition {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("not_a_cursor", "This is no message's place.");
        let mut parts = text.splitn(3, ':');
        let mut part = || parts.next().ok_or_else(invalid);
        let (sent_at, seq, room_id) = (part()?, part()?, part()?);
        Ok(Self(FoundPlace {
            sent_at: Timestamp::from_millis(sent_at.parse().map_err(|_| invalid())?),
            room_id: room_id.parse()?,
            seq: Seq(seq.parse().map_err(|_| invalid())?),
        }))
    }
}

impl CursorKey for FoundPosition {
    const LIST: &'static str = "found";
}

impl CursorKey for domain::InvitationId {
    const LIST: &'static str = "invitations";
}

impl CursorKey for domain::DeviceId {
    const LIST: &'static str = "sessions";
}

impl CursorKey for domain::FriendRequestId {
    const LIST: &'static str = "friend-requests";
}

/// Friends, bans and blocks: each list continues above a user id.
impl CursorKey for domain::UserId {
    const LIST: &'static str = "people";
}

impl CursorKey for domain::RecordId {
    const LIST: &'static str = "admin-record";
}

/// An account's place among all accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountPosition(pub(crate) domain::UserId);

impl Display for AccountPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for AccountPosition {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self)
    }
}

impl CursorKey for AccountPosition {
    const LIST: &'static str = "accounts";
}

/// A transfer's number in its account's ledger.
impl CursorKey for i64 {
    const LIST: &'static str = "transfers";
}

/// The last item that a client has seen of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor<K>(pub(crate) K);

impl<K: CursorKey> Cursor<K> {
    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", K::LIST, self.0))
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (list, key) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
        if list == K::LIST { key.parse().ok().map(Self) } else { None }
    }
}

impl<K: CursorKey> Deserr<FieldErrors> for Cursor<K> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = String::deserialize_from_value(value, location)?;
        Self::decode(&text).ok_or_else(|| {
            let message = "A cursor is the `nextCursor` of an earlier page of this list.";
            FieldErrors::at(location, Invalid::new("not_a_cursor", message))
        })
    }
}

/// A page of items as their shapes, with the cursor that continues it.
pub(crate) fn list<T, K: CursorKey, S>(
    page: &Page<T>,
    key: impl Fn(&T) -> K,
    shape: impl Fn(&T) -> S,
) -> ListShape<S> {
    let last = if page.has_more { page.items.last() } else { None };
    ListShape {
        items: page.items.iter().map(shape).collect(),
        next_cursor: last.map(|item| Cursor(key(item)).encode()),
    }
}

#[cfg(test)]
mod tests {
    use domain::{DeviceId, PageSize, UserId};

    use super::*;

    #[test]
    fn a_cursor_reads_back_as_its_key() {
        for device in ["a", ": :", "ana's laptop", "~"] {
            let cursor = Cursor::<DeviceId>(device.parse().expect("valid"));
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
        assert_eq!(Cursor::decode(&Cursor(7_i64).encode()), Some(Cursor(7_i64)));
    }

    #[test]
    fn a_cursor_of_another_list_is_none() {
        let friends = Cursor::<UserId>("ana".parse().expect("valid")).encode();
        assert_eq!(Cursor::<DeviceId>::decode(&friends), None);
        for text in ["", "!", "YWJj", "ana", "\0"] {
            assert_eq!(Cursor::<UserId>::decode(text), None, "{text}");
        }
    }

    #[test]
    fn only_a_page_with_more_to_come_has_a_cursor() {
        let size = PageSize::new(2).expect("valid");
        let full = list(&Page::cut(vec![3_i64, 2, 1], size), |number| *number, |number| *number);
        assert_eq!(full.items, [3, 2]);
        assert_eq!(full.next_cursor, Some(Cursor(2_i64).encode()));
        let last = list(&Page::cut(vec![2_i64, 1], size), |number| *number, |number| *number);
        assert_eq!(last.next_cursor, None);
    }
}
