use super::query::{SearchQuery, TextRange};
use crate::{Message, PageSize, RoomId, RoomName, Seq, Timestamp};

/// Which messages are looked for, and which page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    pub query: SearchQuery,
    /// Only in this room; otherwise wherever the viewer sits.
    pub room_id: Option<RoomId>,
    /// Only messages that were written earlier.
    pub before: Option<Timestamp>,
    /// Only messages that come after this one in the order of what is found.
    pub after: Option<FoundPlace>,
    /// At most so many.
    pub size: PageSize,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub message: Message,
    /// What its room is called.
    pub room_name: RoomName,
    /// Where the words are in its body, from its beginning on; they do not touch each other.
    pub ranges: Vec<TextRange>,
}

impl Found {
    /// Its place among all that is found.
    pub fn place(&self) -> FoundPlace {
        let Message { sent_at, room_id, seq, .. } = self.message;
        FoundPlace { sent_at, room_id, seq }
    }
}

/// A message's place among those that are found, the newest of which come first; within a room in the order of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundPlace {
    pub sent_at: Timestamp,
    pub room_id: RoomId,
    pub seq: Seq,
}
