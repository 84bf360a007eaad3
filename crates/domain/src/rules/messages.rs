//! Who may write, edit and delete messages (docs/protocol.md, Messages).

use crate::change::RoomChange;
use crate::facts::{EarlierPost, PostFacts, RoomFacts};
use crate::rules::Verdict;
use crate::{
    ClientMessageId, Denial, Event, EventKind, Mentions, Message, MessageBody, MessageId, Reactions, ReplyTo,
    RoomId, Seq, Timestamp, UserId,
};

/// A message that somebody wants to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The name it gets if it is posted.
    pub id: MessageId,
    pub room_id: RoomId,
    pub sender_id: UserId,
    /// The sender's own id for it.
    pub client_message_id: ClientMessageId,
    pub body: MessageBody,
    /// The message that it is to reply to.
    pub reply_to: Option<MessageId>,
    pub at: Timestamp,
}

impl NewMessage {
    /// The message once it stands in its room's log, with what its room makes of it.
    pub fn at_seq(&self, seq: Seq, reply_to: Option<ReplyTo>, mentions: Mentions) -> Message {
        Message {
            id: self.id,
            room_id: self.room_id,
            seq,
            sender_id: self.sender_id.clone(),
            client_message_id: self.client_message_id.clone(),
            body: Some(self.body.clone()),
            sent_at: self.at,
            revision: 0,
            edited_at: None,
            reply_to,
            mentions,
            reactions: Reactions::default(),
        }
    }
}

/// What came of posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posting {
    /// The message is new and stands in the log at the next seq.
    New(Message),
    /// The same message was posted before; nothing changes.
    Repeated(EarlierPost),
}

/// Posts a message, once for each client id of its sender.
///
/// A retry gets the first result, whatever has happened since to the sender's membership or to the message that it
/// replies to. It does not bring a deleted message back, of which no more is known than that it was there, and what it
/// replied to.
pub fn post(facts: &PostFacts, new: &NewMessage) -> Result<Posting, Denial> {
    if let Some(earlier) = &facts.earlier {
        let Message { room_id, reply_to, .. } = &earlier.message;
        let is_same = *room_id == new.room_id
            && reply_to.map(|original| original.message_id) == new.reply_to
            && earlier.digest.is_none_or(|digest| digest == new.body.digest());
        return if is_same {
            Ok(Posting::Repeated(earlier.clone()))
        } else {
            Err(Denial::ClientMessageIdConflict)
        };
    }
    let reply_to = admit(facts, new)?;
    let mentions = Mentions::of(new.body.as_str(), &new.sender_id, &facts.members);
    Ok(Posting::New(new.at_seq(facts.head_seq.next(), reply_to, mentions)))
}

/// Whether a message that is no repetition may be posted, and what it then points at.
pub fn admit(facts: &PostFacts, new: &NewMessage) -> Result<Option<ReplyTo>, Denial> {
    facts.standing.admit()?;
    if new.reply_to.is_none() {
        return Ok(None);
    }
    let original = living(facts.original.as_ref())?;
    Ok(Some(ReplyTo { message_id: original.id, seq: original.seq }))
}

/// The event that a posted message is.
pub fn posted(message: Message) -> Event {
    Event {
        room_id: message.room_id,
        seq: message.seq,
        actor: message.sender_id.clone(),
        at: message.sent_at,
        kind: EventKind::MessagePosted(message),
    }
}

/// Lets its author say a message differently.
pub fn edit(facts: &RoomFacts, body: &MessageBody, now: Timestamp) -> Verdict<RoomChange> {
    facts.standing().admit()?;
    let message = living(facts.message.as_ref())?;
    if message.sender_id != facts.actor.user_id {
        return Err(Denial::AuthorOnly);
    }
    if message.body.as_ref() == Some(body) {
        return Ok(Vec::new());
    }
    let members: Vec<_> = facts.seats.iter().map(|seat| seat.user_id.clone()).collect();
    let mentions = Mentions::of(body.as_str(), &message.sender_id, &members);
    let edited = Message {
        body: Some(body.clone()),
        mentions: mentions.clone(),
        revision: message.revision + 1,
        edited_at: Some(now),
        ..message.clone()
    };
    let recounted = recounted(facts, message, &edited);
    let (seq, body, revision) = (edited.seq, body.clone(), edited.revision);
    let revised = RoomChange::ReviseMessage { seq, body, mentions, revision, at: now };
    let event = RoomChange::Append(facts.next_event(EventKind::MessageEdited(edited), now));
    Ok([revised].into_iter().chain(recounted).chain([event]).collect())
}

/// Which members the message mentions now and did not before, or the other way round. What it means to those who are gone
/// counts nowhere.
fn recounted(facts: &RoomFacts, before: &Message, now: &Message) -> Option<RoomChange> {
    let members = facts.seats.iter().map(|seat| &seat.user_id);
    let of: Vec<_> = members
        .filter(|user_id| before.does_mention(user_id) != now.does_mention(user_id))
        .map(|user_id| (user_id.clone(), now.does_mention(user_id)))
        .collect();
    (!of.is_empty()).then_some(RoomChange::RecountMentions { seq: now.seq, of })
}

/// Lets its author or the room's owner take a message's body away for good. A message that is
/// deleted already stays so.
pub fn delete(facts: &RoomFacts, now: Timestamp) -> Verdict<RoomChange> {
    facts.standing().admit()?;
    let message = facts.message.as_ref().ok_or(Denial::MessageNotFound)?;
    let actor = &facts.actor.user_id;
    if message.sender_id != *actor && facts.room.owner_id != *actor {
        return Err(Denial::AuthorOnly);
    }
    if message.is_deleted() {
        return Ok(Vec::new());
    }
    let deleted = message.clone().erased();
    let recounted = recounted(facts, message, &deleted);
    let erased = RoomChange::EraseMessage { seq: deleted.seq };
    let event = RoomChange::Append(facts.next_event(EventKind::MessageDeleted(deleted), now));
    Ok([erased].into_iter().chain(recounted).chain([event]).collect())
}

/// The message as it reads after `changes`, and the seq of the event that made it so.
pub fn outcome(facts: &RoomFacts, changes: &[RoomChange]) -> Option<(Message, Seq)> {
    let as_it_reads_now = changes.iter().find_map(|change| match change {
        RoomChange::Append(Event {
            seq,
            kind: EventKind::MessageEdited(message) | EventKind::MessageDeleted(message),
            ..
        }) => Some((message.clone(), *seq)),
        _ => None,
    });
    as_it_reads_now.or_else(|| facts.message.clone().map(|message| (message, facts.room.head_seq)))
}

pub(super) fn living(message: Option<&Message>) -> Result<&Message, Denial> {
    message.filter(|message| !message.is_deleted()).ok_or(Denial::MessageNotFound)
}

#[cfg(test)]
mod tests;
