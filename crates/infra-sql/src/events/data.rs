//! What an event's `data` holds, by its kind, as JSON.

use domain::{
    BodyDigest, Emoji, EventKind, Mentions, MessageBody, MessageId, Reacting, Reaction, Reactions, ReplyTo,
    RoomName, RoomRevision, Seq, Stored, Timestamp, Topic, UserId, Withheld,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_with::As;
use serde_with::hex::Hex;

use crate::fields::Found;
use crate::stored::{Corrupt, StoredId};

const COLUMN: &str = "events.data";

/// Of a message that was posted, as it reads now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedData {
    /// Nothing once it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) revision: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edited_at: Option<i64>,
    /// Of an edited message: the digest of what it said first, by which a repetition is known.
    #[serde(default, with = "As::<Option<Hex>>", skip_serializing_if = "Option::is_none")]
    pub(crate) first_digest: Option<[u8; 16]>,
    /// Of a reply: the message that it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<ReplyData>,
    /// Whom it mentions; nobody once it is deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) mentions: Vec<String>,
    /// Whether it mentions all members; not once it is deleted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) everyone: bool,
    /// The first that came first; none once it is deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) reactions: Vec<ReactionData>,
}

/// An emoji that members have put to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReactionData {
    pub(crate) emoji: String,
    pub(crate) user_ids: Vec<String>,
}

impl From<ReactionData> for Reaction {
    fn from(data: ReactionData) -> Self {
        Self {
            emoji: Emoji::stored(data.emoji),
            user_ids: data.user_ids.into_iter().map(UserId::stored).collect(),
        }
    }
}

impl From<&Reaction> for ReactionData {
    fn from(reaction: &Reaction) -> Self {
        let user_ids = reaction.user_ids.iter().map(ToString::to_string).collect();
        Self { emoji: reaction.emoji.to_string(), user_ids }
    }
}

/// The message that another one replies to. Both its id and its place are kept, so that nobody need look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplyData {
    pub(crate) message_id: StoredId,
    pub(crate) seq: i64,
}

impl From<ReplyData> for ReplyTo {
    fn from(data: ReplyData) -> Self {
        Self { message_id: MessageId(data.message_id.0), seq: Seq(data.seq) }
    }
}

impl From<ReplyTo> for ReplyData {
    fn from(original: ReplyTo) -> Self {
        Self { message_id: original.message_id.into(), seq: original.seq.0 }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &i32) -> bool {
    *number == 0
}

impl PostedData {
    pub(crate) fn read(data: &str) -> Result<Self, Corrupt> {
        read(data)
    }

    /// The digest of what the message said when it was posted; none is left once it is deleted.
    pub(crate) fn first_digest(&self) -> Option<BodyDigest> {
        let of_body = || self.body.clone().map(|body| MessageBody::stored(body).digest());
        self.first_digest.map(BodyDigest).or_else(of_body)
    }

    /// The same message once it says something else.
    pub(crate) fn revised(
        self,
        body: &MessageBody,
        mentions: &Mentions,
        revision: i32,
        at: Timestamp,
    ) -> Self {
        Self {
            first_digest: self.first_digest().map(|digest| digest.0),
            body: Some(body.to_string()),
            revision,
            edited_at: Some(at.as_millis()),
            mentions: mentions.user_ids.iter().map(ToString::to_string).collect(),
            everyone: mentions.everyone,
            ..self
        }
    }

    /// The same message once it is deleted.
    pub(crate) fn erased(self) -> Self {
        Self {
            body: None,
            first_digest: None,
            mentions: Vec::new(),
            everyone: false,
            reactions: Vec::new(),
            ..self
        }
    }

    /// Whom it mentions.
    pub(crate) fn mentions(&self) -> Mentions {
        let user_ids = self.mentions.iter().cloned().map(UserId::stored).collect();
        Mentions { user_ids, everyone: self.everyone }
    }

    /// The same message with other reactions.
    pub(crate) fn reacted_to(self, reactions: &Reactions) -> Self {
        Self { reactions: reactions.0.iter().map(ReactionData::from).collect(), ..self }
    }
}

/// Of a message's edit or deletion: where the message stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetData {
    pub(crate) seq: i64,
}

/// Of an emoji that was put to a message or taken back: the message, by both its place and its id, and which emoji.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReactingData {
    pub(crate) seq: i64,
    pub(crate) message_id: StoredId,
    pub(crate) emoji: String,
}

impl From<ReactingData> for Reacting {
    fn from(data: ReactingData) -> Self {
        let emoji = Emoji::stored(data.emoji);
        Self { message_id: MessageId(data.message_id.0), seq: Seq(data.seq), emoji }
    }
}

impl From<&Reacting> for ReactingData {
    fn from(reacting: &Reacting) -> Self {
        let emoji = reacting.emoji.to_string();
        Self { seq: reacting.seq.0, message_id: reacting.message_id.into(), emoji }
    }
}

/// Of somebody's coming and going.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberData {
    pub(crate) user_id: String,
}

/// Of a member's removal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemovedData {
    pub(crate) user_id: String,
    pub(crate) banned: bool,
}

/// Of a changed room: what it has become.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Empty where the topic was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner_id: Option<String>,
    /// Whether the password was changed, of which nothing else is told.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) password: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Of a closed room: nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosedData {}

/// What an event's row says besides its place, its author and its time.
#[derive(Debug, Clone)]
pub(crate) enum EventData {
    Posted(PostedData),
    Edited(TargetData),
    Deleted(TargetData),
    Joined(MemberData),
    Left(MemberData),
    Removed(RemovedData),
    Changed(ChangedData),
    Closed(ClosedData),
    ReactionAdded(ReactingData),
    ReactionRemoved(ReactingData),
}

impl EventData {
    /// The data of an event of that kind.
    pub(crate) fn read(kind: &str, data: &str) -> Result<Self, Corrupt> {
        Ok(match kind {
            "message_posted" => Self::Posted(read(data)?),
            "message_edited" => Self::Edited(read(data)?),
            "message_deleted" => Self::Deleted(read(data)?),
            "member_joined" => Self::Joined(read(data)?),
            "member_left" => Self::Left(read(data)?),
            "member_removed" => Self::Removed(read(data)?),
            "room_changed" => Self::Changed(read(data)?),
            "room_closed" => Self::Closed(read(data)?),
            "reaction_added" => Self::ReactionAdded(read(data)?),
            "reaction_removed" => Self::ReactionRemoved(read(data)?),
            _ => return Err(Corrupt { column: "events.kind" }),
        })
    }

    /// The data as it is stored.
    pub(crate) fn write(&self) -> String {
        match self {
            Self::Posted(data) => write(data),
            Self::Edited(data) | Self::Deleted(data) => write(data),
            Self::Joined(data) | Self::Left(data) => write(data),
            Self::Removed(data) => write(data),
            Self::Changed(data) => write(data),
            Self::Closed(data) => write(data),
            Self::ReactionAdded(data) | Self::ReactionRemoved(data) => write(data),
        }
    }

    /// Where the message stands that the event edits or deletes.
    pub(crate) fn target_seq(&self) -> Option<i64> {
        match self {
            Self::Edited(target) | Self::Deleted(target) => Some(target.seq),
            _ => None,
        }
    }

    /// Whom the event names besides its actor.
    pub(crate) fn subject(&self) -> Option<&str> {
        match self {
            Self::Joined(member) | Self::Left(member) => Some(&member.user_id),
            Self::Removed(removed) => Some(&removed.user_id),
            Self::Changed(changed) => changed.owner_id.as_deref(),
            _ => None,
        }
    }

    /// Tells each member that holds what was never taken there.
    pub(crate) fn look(&self, found: &mut Found, place: &str) {
        let subject =
            if matches!(self, Self::Changed(_)) { "events.data.owner_id" } else { "events.data.user_id" };
        found.texts::<UserId>(self.subject(), subject, place);
        match self {
            Self::Posted(posted) => {
                found.texts::<MessageBody>(posted.body.as_deref(), "events.data.body", place);
                found.that(posted.revision >= 0, "events.data.revision", place);
                let is_edited = posted.revision > 0;
                found.that(is_edited || posted.first_digest.is_none(), "events.data.first_digest", place);
                for user_id in &posted.mentions {
                    found.text::<UserId>(user_id, "events.data.mentions", place);
                }
                let are_few = posted.reactions.len() <= Reactions::MOST_EMOJI;
                found.that(are_few, "events.data.reactions", place);
                for reaction in &posted.reactions {
                    found.text::<Emoji>(&reaction.emoji, "events.data.reactions", place);
                }
            }
            Self::ReactionAdded(reacting) | Self::ReactionRemoved(reacting) => {
                found.text::<Emoji>(&reacting.emoji, "events.data.emoji", place);
            }
            Self::Changed(changed) => {
                found.texts::<RoomName>(changed.name.as_deref(), "events.data.name", place);
                found.texts::<Topic>(changed.topic.as_deref(), "events.data.topic", place);
            }
            _ => {}
        }
    }
}

impl From<&EventKind> for EventData {
    fn from(kind: &EventKind) -> Self {
        let member = |user_id: &UserId| MemberData { user_id: user_id.to_string() };
        match kind {
            EventKind::MessagePosted(message) => Self::Posted(PostedData {
                body: message.body.as_ref().map(ToString::to_string),
                revision: message.revision,
                edited_at: message.edited_at.map(Timestamp::as_millis),
                first_digest: None,
                reply_to: message.reply_to.map(ReplyData::from),
                mentions: message.mentions.user_ids.iter().map(ToString::to_string).collect(),
                everyone: message.mentions.everyone,
                reactions: message.reactions.0.iter().map(ReactionData::from).collect(),
            }),
            EventKind::MessageEdited(message) => Self::Edited(TargetData { seq: message.seq.0 }),
            EventKind::MessageDeleted(message) => Self::Deleted(TargetData { seq: message.seq.0 }),
            EventKind::MemberJoined { user_id } => Self::Joined(member(user_id)),
            EventKind::MemberLeft { user_id } => Self::Left(member(user_id)),
            EventKind::MemberRemoved { user_id, banned } => {
                Self::Removed(RemovedData { user_id: user_id.to_string(), banned: *banned })
            }
            EventKind::RoomChanged(revision) => Self::Changed(revision.into()),
            EventKind::RoomClosed => Self::Closed(ClosedData {}),
            EventKind::ReactionAdded(reacting) => Self::ReactionAdded(reacting.into()),
            EventKind::ReactionRemoved(reacting) => Self::ReactionRemoved(reacting.into()),
        }
    }
}

impl From<&RoomRevision<Withheld>> for ChangedData {
    fn from(revision: &RoomRevision<Withheld>) -> Self {
        let RoomRevision { name, topic, password, locked, owner_id } = revision;
        Self {
            name: name.as_ref().map(ToString::to_string),
            topic: topic.as_ref().map(ToString::to_string),
            locked: *locked,
            owner_id: owner_id.as_ref().map(ToString::to_string),
            password: password.is_some(),
        }
    }
}

impl From<ChangedData> for RoomRevision<Withheld> {
    fn from(data: ChangedData) -> Self {
        Self {
            name: data.name.map(RoomName::stored),
            topic: data.topic.map(Topic::stored),
            locked: data.locked,
            owner_id: data.owner_id.map(UserId::stored),
            password: data.password.then_some(Withheld),
        }
    }
}

fn read<T: DeserializeOwned>(data: &str) -> Result<T, Corrupt> {
    serde_json::from_str(data).map_err(|_| Corrupt { column: COLUMN })
}

fn write(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("numbers and text can be written as JSON")
}
