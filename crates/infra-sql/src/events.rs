//! The rooms' logs, and the messages in them.

mod data;

use diesel::prelude::*;
use domain::facts::EarlierPost;
use domain::{
    AccountName, ClientMessageId, Event, EventKind, LastMessage, Message, MessageBody, MessageId, Reaction,
    Reactions, ReplyTo, RoomId, Seq, Stored, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::fields::{Fields, Found};
use crate::schema::{erased_messages, events, recounted_mentions};
use crate::stored::{Corrupt, StoredId, present};
use crate::tally::{MentionTally, Tally};

pub(crate) use data::{ChangedData, ClosedData, EventData, MemberData, PostedData, RemovedData, TargetData};

/// An event's row: what it is found by, and its data, whose shape its kind decides.
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<StoredId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_message_id: Option<String>,
    pub tally: Tally,
    /// Of an event that is no message: the newest message that was not deleted by then, or 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message_seq: Option<i64>,
    #[serde(with = "embedded")]
    pub data: String,
    /// Nothing in a log in which nobody was mentioned up to there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mention_tally: Option<MentionTally>,
}

/// JSON in JSON.
mod embedded {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    /// What is no JSON is written as a string: so an export never fails, and the audit of an import names it.
    pub(super) fn serialize<S: Serializer>(data: &str, serializer: S) -> Result<S::Ok, S::Error> {
        let value = serde_json::from_str(data).unwrap_or_else(|_| Value::String(data.to_owned()));
        value.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        Value::deserialize(deserializer).map(|value| value.to_string())
    }
}

impl Fields for EventRow {
    fn look(&self, found: &mut Found) {
        let place = format!("{} of the room {}", self.seq, self.room_id.0);
        found.that(self.seq >= 1, "events.seq", &place);
        found.text::<UserId>(&self.actor_id, "events.actor_id", &place);
        found.texts::<ClientMessageId>(self.client_message_id.as_deref(), "events.client_message_id", &place);
        match self.read() {
            Ok(data) => data.look(found, &place),
            Err(corrupt) => found.that(false, corrupt.column, &place),
        }
    }
}

impl EventRow {
    /// The row of an event that posts a message, or of another before it is known which message is the last; with the
    /// tallies of its log up to there.
    pub fn new(event: &Event, tally: Tally, mention_tally: Option<MentionTally>) -> Self {
        let posted = match &event.kind {
            EventKind::MessagePosted(message) => Some(message),
            _ => None,
        };
        Self {
            room_id: event.room_id.into(),
            seq: event.seq.0,
            kind: event.kind.as_str().to_owned(),
            actor_id: event.actor.to_string(),
            at: event.at.as_millis(),
            message_id: posted.map(|message| message.id.into()),
            client_message_id: posted.map(|message| message.client_message_id.to_string()),
            tally,
            last_message_seq: None,
            data: EventData::from(&event.kind).write(),
            mention_tally,
        }
    }

    /// Its data, if that has the shape of its kind.
    pub(crate) fn read(&self) -> Result<EventData, Corrupt> {
        EventData::read(&self.kind, &self.data)
    }

    /// The event. `target` is the message that it edits or deletes, if it is of that kind.
    pub fn event(self, target: Option<Message>) -> Result<Event, Corrupt> {
        let (room_id, seq) = (RoomId(self.room_id.0), Seq(self.seq));
        let (actor, at) = (UserId::stored(self.actor_id.clone()), Timestamp::from_millis(self.at));
        let target = || present(target, "events.data");
        let kind = match self.read()? {
            EventData::Posted(posted) => EventKind::MessagePosted(self.posted(posted)?),
            EventData::Edited(_) => EventKind::MessageEdited(target()?),
            EventData::Deleted(_) => EventKind::MessageDeleted(target()?),
            EventData::Joined(member) => EventKind::MemberJoined { user_id: UserId::stored(member.user_id) },
            EventData::Left(member) => EventKind::MemberLeft { user_id: UserId::stored(member.user_id) },
            EventData::Removed(RemovedData { user_id, banned }) => {
                EventKind::MemberRemoved { user_id: UserId::stored(user_id), banned }
            }
            EventData::Changed(changed) => EventKind::RoomChanged(changed.into()),
            EventData::Closed(_) => EventKind::RoomClosed,
            EventData::ReactionAdded(reacting) => EventKind::ReactionAdded(reacting.into()),
            EventData::ReactionRemoved(reacting) => EventKind::ReactionRemoved(reacting.into()),
        };
        Ok(Event { room_id, seq, actor, at, kind })
    }

    /// The message that was posted with this event, as it reads now.
    pub fn message(self) -> Result<Message, Corrupt> {
        let data = self.posted_data()?;
        self.posted(data)
    }

    /// What a repetition of the message is told that was posted with this event.
    pub fn earlier_post(self) -> Result<EarlierPost, Corrupt> {
        let data = self.posted_data()?;
        let digest = data.first_digest();
        Ok(EarlierPost { message: self.posted(data)?, digest })
    }

    /// The data of an event that posted a message.
    pub(crate) fn posted_data(&self) -> Result<PostedData, Corrupt> {
        match self.read()? {
            EventData::Posted(posted) => Ok(posted),
            _ => Err(Corrupt { column: "events.kind" }),
        }
    }

    fn posted(self, data: PostedData) -> Result<Message, Corrupt> {
        let Self { room_id, seq, actor_id, at, message_id, client_message_id, data: text, .. } = self;
        let row = MessageRow { seq, actor_id, at, message_id, client_message_id, data: text };
        row.message_with(RoomId(room_id.0), data)
    }
}

/// The row of an event that posted a message, without what its readers know already: its room, and its kind.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct MessageRow {
    pub seq: i64,
    pub actor_id: String,
    pub at: i64,
    pub message_id: Option<StoredId>,
    pub client_message_id: Option<String>,
    pub data: String,
}

impl MessageRow {
    /// The message in its room, as it reads now.
    pub fn message(self, room_id: RoomId) -> Result<Message, Corrupt> {
        let data = PostedData::read(&self.data)?;
        self.message_with(room_id, data)
    }

    fn message_with(self, room_id: RoomId, data: PostedData) -> Result<Message, Corrupt> {
        let client_message_id = present(self.client_message_id, "events.client_message_id")?;
        let mentions = data.mentions();
        Ok(Message {
            id: MessageId(present(self.message_id, "events.message_id")?.0),
            room_id,
            seq: Seq(self.seq),
            sender_id: UserId::stored(self.actor_id),
            client_message_id: ClientMessageId::stored(client_message_id),
            body: data.body.map(MessageBody::stored),
            sent_at: Timestamp::from_millis(self.at),
            revision: data.revision,
            edited_at: data.edited_at.map(Timestamp::from_millis),
            reply_to: data.reply_to.map(ReplyTo::from),
            mentions,
            reactions: Reactions(data.reactions.into_iter().map(Reaction::from).collect()),
        })
    }
}

/// An event of a log that is searched for the newest message that is not deleted.
#[derive(Debug, Clone, Copy, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct CandidateRow {
    pub seq: i64,
    pub is_message: bool,
    pub last_message_seq: Option<i64>,
    pub is_deleted: bool,
}

/// The end of a room's log, and the newest message that is not deleted.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct LastRow {
    pub room_id: StoredId,
    pub last_event_at: i64,
    pub seq: Option<i64>,
    pub actor_id: Option<String>,
    pub actor_name: Option<String>,
    pub at: Option<i64>,
    pub data: Option<String>,
}

impl LastRow {
    /// The message, if there is one.
    pub fn last_message(self) -> Result<Option<LastMessage>, Corrupt> {
        let (Some(seq), Some(sender_id), Some(at), Some(data)) =
            (self.seq, self.actor_id, self.at, self.data)
        else {
            return Ok(None);
        };
        let body = PostedData::read(&data)?.body;
        Ok(body.map(|body| LastMessage {
            seq: Seq(seq),
            sender_id: UserId::stored(sender_id),
            sender_name: self.actor_name.map(AccountName::stored),
            excerpt: MessageBody::stored(body).excerpt(),
            at: Timestamp::from_millis(at),
        }))
    }
}

/// Where a room's log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct HeadRow {
    pub room_id: StoredId,
    pub seq: i64,
    pub tally: Tally,
    pub mention_tally: Option<MentionTally>,
}

/// A deleted message, so that those who have not read up to it are not told of one more.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = erased_messages)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct ErasedMessageRow {
    pub room_id: StoredId,
    pub seq: i64,
    pub sender_id: String,
    pub deletion_seq: i64,
}

impl Fields for ErasedMessageRow {
    fn look(&self, found: &mut Found) {
        found.text::<UserId>(&self.sender_id, "erased_messages.sender_id", self.room_id.0);
    }
}

/// A member whom a message mentions since it was edited, or no more since it was edited or deleted.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = recounted_mentions)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct RecountedMentionRow {
    pub room_id: StoredId,
    pub user_id: String,
    pub seq: i64,
    pub event_seq: i64,
    pub mentioned: bool,
}

impl Fields for RecountedMentionRow {
    fn look(&self, found: &mut Found) {
        found.text::<UserId>(&self.user_id, "recounted_mentions.user_id", self.room_id.0);
    }
}
