//! The rooms' logs, and the messages in them.

use diesel::prelude::*;
use domain::facts::EarlierPost;
use domain::{
    BodyDigest, ClientMessageId, Event, EventKind, Message, MessageBody, MessageId, RoomId, RoomName,
    RoomRevision, Seq, Stored, Timestamp, Topic, UserId, Withheld,
};
use serde::{Deserialize, Serialize};
use serde_with::As;
use serde_with::hex::Hex;

use crate::fields::{Fields, Found};
use crate::schema::events;
use crate::stored::{Corrupt, StoredId, present};

/// Every kind of event, as it is stored.
const KINDS: [&str; 8] = [
    "message_posted",
    "message_edited",
    "message_deleted",
    "member_joined",
    "member_left",
    "member_removed",
    "room_changed",
    "room_closed",
];

/// An event's row.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct EventRow {
    pub room_id: StoredId,
    pub seq: i64,
    pub kind: String,
    pub actor_id: String,
    pub at: i64,
    pub subject_id: Option<String>,
    pub banned: Option<bool>,
    pub new_name: Option<String>,
    pub new_locked: Option<bool>,
    pub password_changed: Option<bool>,
    pub client_message_id: Option<String>,
    pub body: Option<String>,
    #[serde(with = "As::<Option<Hex>>")]
    pub body_digest: Option<Vec<u8>>,
    pub message_id: Option<StoredId>,
    pub revision: Option<i32>,
    pub edited_at: Option<i64>,
    pub target_seq: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_topic: Option<String>,
}

impl Fields for EventRow {
    fn look(&self, found: &mut Found) {
        let place = format!("{} of the room {}", self.seq, self.room_id.0);
        found.that(self.seq >= 1, "events.seq", &place);
        found.that(self.has_known_kind(), "events.kind", &place);
        found.text::<UserId>(&self.actor_id, "events.actor_id", &place);
        found.texts::<UserId>(self.subject_id.as_deref(), "events.subject_id", &place);
        found.texts::<RoomName>(self.new_name.as_deref(), "events.new_name", &place);
        found.texts::<Topic>(self.new_topic.as_deref(), "events.new_topic", &place);
        found.texts::<ClientMessageId>(self.client_message_id.as_deref(), "events.client_message_id", &place);
        found.texts::<MessageBody>(self.body.as_deref(), "events.body", &place);
        found.that(
            self.body_digest.as_ref().is_none_or(|digest| digest.len() == 16),
            "events.body_digest",
            &place,
        );
        found.that(self.revision.is_none_or(|revision| revision >= 0), "events.revision", &place);
    }
}

impl From<&Event> for EventRow {
    fn from(event: &Event) -> Self {
        let row = Self {
            room_id: event.room_id.into(),
            seq: event.seq.0,
            kind: event.kind.as_str().to_owned(),
            actor_id: event.actor.to_string(),
            at: event.at.as_millis(),
            subject_id: None,
            banned: None,
            new_name: None,
            new_locked: None,
            password_changed: None,
            client_message_id: None,
            body: None,
            body_digest: None,
            message_id: None,
            revision: None,
            edited_at: None,
            target_seq: None,
            new_topic: None,
        };
        match &event.kind {
            EventKind::MessagePosted(message) => row.with_message(message),
            EventKind::MessageEdited(message) | EventKind::MessageDeleted(message) => {
                Self { target_seq: Some(message.seq.0), ..row }
            }
            EventKind::MemberJoined { user_id } | EventKind::MemberLeft { user_id } => {
                Self { subject_id: Some(user_id.to_string()), ..row }
            }
            EventKind::MemberRemoved { user_id, banned } => {
                Self { subject_id: Some(user_id.to_string()), banned: Some(*banned), ..row }
            }
            EventKind::RoomChanged(revision) => Self {
                subject_id: revision.owner_id.as_ref().map(ToString::to_string),
                new_name: revision.name.as_ref().map(ToString::to_string),
                new_topic: revision.topic.as_ref().map(ToString::to_string),
                new_locked: revision.locked,
                password_changed: Some(revision.password.is_some()),
                ..row
            },
            EventKind::RoomClosed => row,
        }
    }
}

impl EventRow {
    fn with_message(self, message: &Message) -> Self {
        Self {
            client_message_id: Some(message.client_message_id.to_string()),
            body: message.body.as_ref().map(ToString::to_string),
            body_digest: message.body.as_ref().map(|body| body.digest().0.to_vec()),
            message_id: Some(message.id.into()),
            revision: Some(message.revision),
            edited_at: message.edited_at.map(Timestamp::as_millis),
            ..self
        }
    }

    /// Whether it is an event of a kind that there is.
    pub(crate) fn has_known_kind(&self) -> bool {
        KINDS.contains(&self.kind.as_str())
    }

    /// The message that was posted with this event, as it reads now.
    fn into_message(self) -> Result<Message, Corrupt> {
        MessageRow {
            room_id: self.room_id,
            seq: self.seq,
            sender_id: self.actor_id,
            sent_at: self.at,
            client_message_id: self.client_message_id,
            body: self.body,
            message_id: self.message_id,
            revision: self.revision,
            edited_at: self.edited_at,
        }
        .try_into()
    }

    /// The event. `target` is the message at its `target_seq`, where it has one.
    pub fn event(self, target: Option<Message>) -> Result<Event, Corrupt> {
        let (room_id, seq) = (RoomId(self.room_id.0), Seq(self.seq));
        let actor = UserId::stored(self.actor_id.clone());
        let at = Timestamp::from_millis(self.at);
        let target = || present(target, "events.target_seq");
        let subject = self.subject_id.clone().map(UserId::stored);
        let member = || present(subject.clone(), "events.subject_id");
        let kind = match self.kind.as_str() {
            "message_posted" => EventKind::MessagePosted(self.into_message()?),
            "message_edited" => EventKind::MessageEdited(target()?),
            "message_deleted" => EventKind::MessageDeleted(target()?),
            "member_joined" => EventKind::MemberJoined { user_id: member()? },
            "member_left" => EventKind::MemberLeft { user_id: member()? },
            "member_removed" => EventKind::MemberRemoved {
                user_id: member()?,
                banned: present(self.banned, "events.banned")?,
            },
            "room_changed" => EventKind::RoomChanged(RoomRevision {
                name: self.new_name.map(RoomName::stored),
                topic: self.new_topic.map(Topic::stored),
                locked: self.new_locked,
                owner_id: subject,
                password: present(self.password_changed, "events.password_changed")?.then_some(Withheld),
            }),
            "room_closed" => EventKind::RoomClosed,
            _ => return Err(Corrupt { column: "events.kind" }),
        };
        Ok(Event { room_id, seq, actor, at, kind })
    }
}

/// What an event's row says of the message that was posted with it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct MessageRow {
    pub room_id: StoredId,
    pub seq: i64,
    #[diesel(column_name = actor_id)]
    pub sender_id: String,
    #[diesel(column_name = at)]
    pub sent_at: i64,
    pub client_message_id: Option<String>,
    pub body: Option<String>,
    pub message_id: Option<StoredId>,
    pub revision: Option<i32>,
    pub edited_at: Option<i64>,
}

impl TryFrom<MessageRow> for Message {
    type Error = Corrupt;

    fn try_from(row: MessageRow) -> Result<Self, Corrupt> {
        let client_message_id = present(row.client_message_id, "events.client_message_id")?;
        Ok(Self {
            id: MessageId(present(row.message_id, "events.message_id")?.0),
            room_id: RoomId(row.room_id.0),
            seq: Seq(row.seq),
            sender_id: UserId::stored(row.sender_id),
            client_message_id: ClientMessageId::stored(client_message_id),
            body: row.body.map(MessageBody::stored),
            sent_at: Timestamp::from_millis(row.sent_at),
            revision: present(row.revision, "events.revision")?,
            edited_at: row.edited_at.map(Timestamp::from_millis),
        })
    }
}

/// A message that was posted before under the same client id.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct EarlierPostRow {
    pub message_id: Option<StoredId>,
    pub room_id: StoredId,
    pub seq: i64,
    pub body_digest: Option<Vec<u8>>,
    pub at: i64,
}

impl TryFrom<EarlierPostRow> for EarlierPost {
    type Error = Corrupt;

    fn try_from(row: EarlierPostRow) -> Result<Self, Corrupt> {
        let digest = match row.body_digest {
            Some(bytes) => Some(BodyDigest(present(bytes.try_into().ok(), "events.body_digest")?)),
            None => None,
        };
        Ok(Self {
            message_id: MessageId(present(row.message_id, "events.message_id")?.0),
            room_id: RoomId(row.room_id.0),
            seq: Seq(row.seq),
            digest,
            sent_at: Timestamp::from_millis(row.at),
        })
    }
}
