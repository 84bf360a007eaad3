use domain::use_cases::Posted;
use domain::{Found, Message, Reaction, ReplyTo};
use serde::Serialize;
use utoipa::ToSchema;

use crate::fields::{self, Id, Instant, Seq, Text};

/// A message as it reads now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Message)]
pub(crate) struct MessageShape {
    message_id: fields::MessageId,
    room_id: fields::RoomId,
    seq: Seq,
    sender_id: fields::UserId,
    client_message_id: fields::ClientMessageId,
    /// Null once the message is deleted.
    body: Option<fields::MessageBody>,
    sent_at: Instant,
    /// How often it was edited.
    #[schema(example = 0)]
    revision: i32,
    /// When it was last edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<Instant>,
    deleted: bool,
    /// The message that it replies to, which may be deleted by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<ReplyToShape>,
    /// Those whom it mentions by name, in the order of the text; never its author.
    mentions: Vec<fields::UserId>,
    /// Whether it mentions all members.
    everyone: bool,
    /// What members have put to it, the emoji that came first before the others; none once the message is deleted.
    reactions: Vec<ReactionShape>,
}

/// An emoji that members have put to a message.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reaction)]
pub(crate) struct ReactionShape {
    emoji: fields::Emoji,
    /// Those who have, the first one first. Some may have left the room since.
    user_ids: Vec<fields::UserId>,
}

impl From<&Reaction> for ReactionShape {
    fn from(reaction: &Reaction) -> Self {
        let user_ids = reaction.user_ids.iter().cloned().map(Text).collect();
        Self { emoji: Text(reaction.emoji.clone()), user_ids }
    }
}

/// The message that another one replies to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReplyTo)]
pub(crate) struct ReplyToShape {
    message_id: fields::MessageId,
    seq: Seq,
}

impl From<ReplyTo> for ReplyToShape {
    fn from(original: ReplyTo) -> Self {
        Self { message_id: original.message_id.into(), seq: Seq(original.seq) }
    }
}

impl From<&Message> for MessageShape {
    fn from(message: &Message) -> Self {
        Self {
            message_id: message.id.into(),
            room_id: message.room_id.into(),
            seq: Seq(message.seq),
            sender_id: Text(message.sender_id.clone()),
            client_message_id: Text(message.client_message_id.clone()),
            body: message.body.clone().map(Text),
            sent_at: Instant(message.sent_at),
            revision: message.revision,
            edited_at: message.edited_at.map(Instant),
            deleted: message.is_deleted(),
            reply_to: message.reply_to.map(ReplyToShape::from),
            mentions: message.mentions.user_ids.iter().cloned().map(Text).collect(),
            everyone: message.mentions.everyone,
            reactions: message.reactions.0.iter().map(ReactionShape::from).collect(),
        }
    }
}

/// A message that was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Found)]
pub(crate) struct FoundShape {
    message: MessageShape,
    room_name: fields::RoomName,
    /// Where the words are in its body: each the first character and how many they are, in order and apart. Characters are
    /// Unicode's code points.
    #[schema(example = json!([[0, 5], [12, 4]]))]
    ranges: Vec<[usize; 2]>,
}

impl From<&Found> for FoundShape {
    fn from(found: &Found) -> Self {
        Self {
            message: MessageShape::from(&found.message),
            room_name: Text(found.room_name.clone()),
            ranges: found.ranges.iter().map(|range| [range.start, range.length]).collect(),
        }
    }
}

/// A message that stands in its room's log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Posted)]
pub(crate) struct PostedShape {
    message_id: fields::MessageId,
    seq: Seq,
    sent_at: Instant,
    /// Whether it stood there before.
    duplicate: bool,
}

impl From<&Posted> for PostedShape {
    fn from(posted: &Posted) -> Self {
        Self {
            message_id: Id::from(posted.message_id),
            seq: Seq(posted.seq),
            sent_at: Instant(posted.sent_at),
            duplicate: posted.duplicate,
        }
    }
}
