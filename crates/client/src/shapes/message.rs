use jiff::Timestamp;
use serde::Deserialize;

use crate::{MessageId, RoomId, UserId};

/// A message as it reads now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub message_id: MessageId,
    pub room_id: RoomId,
    /// Its place in the room's log.
    pub seq: i64,
    pub sender_id: UserId,
    /// The id that its sender gave it.
    #[serde(default)]
    pub client_message_id: Option<String>,
    /// What it says; none once it is deleted.
    pub body: Option<String>,
    pub sent_at: Timestamp,
    /// How often it was edited.
    pub revision: u32,
    /// When it was last edited.
    #[serde(default)]
    pub edited_at: Option<Timestamp>,
    pub deleted: bool,
    /// The message that it replies to, which may be deleted by now.
    #[serde(default)]
    pub reply_to: Option<ReplyTo>,
    /// Those whom it mentions by name; never its author.
    #[serde(default)]
    pub mentions: Vec<UserId>,
    /// Whether it mentions all members.
    #[serde(default)]
    pub everyone: bool,
    /// What members have put to it, the emoji that came first before the others.
    #[serde(default)]
    pub reactions: Vec<Reaction>,
}

/// An emoji that members have put to a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    pub emoji: String,
    /// Those who have, the first one first. Some may have left the room since.
    pub user_ids: Vec<UserId>,
}

/// The message that another one replies to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplyTo {
    pub message_id: MessageId,
    /// Its place in the room's log.
    pub seq: i64,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    pub message: Message,
    /// What its room is called.
    pub room_name: String,
    /// Where the words are in its body: each the first character and how many they are.
    pub ranges: Vec<(usize, usize)>,
}

/// A message in its room's log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Posted {
    pub message_id: MessageId,
    /// Its place in the room's log.
    pub seq: i64,
    /// Whether it was there before: an earlier attempt had succeeded, and only its answer was lost.
    pub duplicate: bool,
}

/// One page of a room's history.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// The messages, oldest first, deleted ones included.
    pub items: Vec<Message>,
    /// Whether more follow in the direction asked for.
    pub has_more: bool,
}

/// A page about a place in a room's history. [`Window::Before`](crate::Window::Before) its first message and
/// [`Window::After`](crate::Window::After) its last one lead on from there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryAround {
    /// The messages, oldest first, deleted ones included.
    pub items: Vec<Message>,
    /// Whether more precede the first of them.
    pub has_older: bool,
    /// Whether more follow the last of them.
    pub has_newer: bool,
}
