use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::{Message, MessageId, RoomChange, RoomId, UserId};

/// One durable change in a room.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "RawEvent")]
pub struct Event {
    pub room_id: RoomId,
    /// Its place in the room's log: 1, 2, 3 … without a gap.
    pub seq: i64,
    pub actor: UserId,
    pub at: Timestamp,
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// A member wrote a message.
    MessagePosted(Message),
    /// Its author changed it. The message's `seq` is the one it was posted under.
    MessageEdited(Message),
    /// Its author or the room's owner deleted it.
    MessageDeleted(Message),
    /// Somebody took a seat.
    MemberJoined(UserId),
    /// Somebody left.
    MemberLeft(UserId),
    /// The owner removed somebody.
    MemberRemoved {
        user_id: UserId,
        /// Whether they may not come back.
        banned: bool,
    },
    /// The owner changed the room.
    RoomChanged(RoomChange),
    /// The owner closed the room.
    RoomClosed,
    /// The actor put an emoji to a message, which may have been deleted since.
    ReactionAdded { message_id: MessageId, emoji: String },
    /// The actor took an emoji back.
    ReactionRemoved { message_id: MessageId, emoji: String },
    /// A kind that this client does not know. It has its place in the log all the same.
    Other {
        /// What the server calls it.
        kind: String,
        /// What comes with it.
        data: Value,
    },
}

/// An event as the server sends it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawEvent {
    room_id: RoomId,
    seq: i64,
    kind: String,
    actor: UserId,
    at: Timestamp,
    data: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seat {
    user_id: UserId,
    #[serde(default)]
    banned: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reacting {
    message_id: MessageId,
    emoji: String,
}

impl TryFrom<RawEvent> for Event {
    type Error = serde_json::Error;

    fn try_from(raw: RawEvent) -> Result<Self, Self::Error> {
        let RawEvent { room_id, seq, kind, actor, at, data } = raw;
        let kind = match kind.as_str() {
            "message_posted" => EventKind::MessagePosted(serde_json::from_value(data)?),
            "message_edited" => EventKind::MessageEdited(serde_json::from_value(data)?),
            "message_deleted" => EventKind::MessageDeleted(serde_json::from_value(data)?),
            "member_joined" => EventKind::MemberJoined(serde_json::from_value::<Seat>(data)?.user_id),
            "member_left" => EventKind::MemberLeft(serde_json::from_value::<Seat>(data)?.user_id),
            "member_removed" => {
                let Seat { user_id, banned } = serde_json::from_value(data)?;
                EventKind::MemberRemoved { user_id, banned }
            }
            "room_changed" => EventKind::RoomChanged(serde_json::from_value(data)?),
            "room_closed" => EventKind::RoomClosed,
            "reaction_added" => {
                let Reacting { message_id, emoji } = serde_json::from_value(data)?;
                EventKind::ReactionAdded { message_id, emoji }
            }
            "reaction_removed" => {
                let Reacting { message_id, emoji } = serde_json::from_value(data)?;
                EventKind::ReactionRemoved { message_id, emoji }
            }
            _ => EventKind::Other { kind, data },
        };
        Ok(Self { room_id, seq, actor, at, kind })
    }
}
