//! Who may write, edit and delete messages (SPEC section 2, rule 10).

use crate::change::RoomChange;
use crate::facts::{EarlierPost, PostFacts, RoomFacts};
use crate::rules::Verdict;
use crate::{
    ClientMessageId, Denial, Event, EventKind, Message, MessageBody, MessageId, RoomId, Seq, Timestamp,
    UserId,
};

/// A message that somebody wants to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The name it gets if it is posted.
    pub id: MessageId,
    /// Where.
    pub room_id: RoomId,
    /// Who writes it.
    pub sender_id: UserId,
    /// The sender's own name for it.
    pub client_message_id: ClientMessageId,
    /// What it says.
    pub body: MessageBody,
    /// When.
    pub at: Timestamp,
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
/// A retry gets the first result, whatever has happened to the sender's membership since.
pub fn post(facts: &PostFacts, new: &NewMessage) -> Result<Posting, Denial> {
    if let Some(earlier) = &facts.earlier {
        let is_same = earlier.room_id == new.room_id && earlier.digest == new.body.digest();
        return if is_same {
            Ok(Posting::Repeated(earlier.clone()))
        } else {
            Err(Denial::ClientMessageIdConflict)
        };
    }
    facts.standing.admit()?;
    Ok(Posting::New(Message {
        id: new.id,
        room_id: new.room_id,
        seq: facts.head_seq.next(),
        sender_id: new.sender_id.clone(),
        client_message_id: Some(new.client_message_id.clone()),
        body: Some(new.body.clone()),
        sent_at: new.at,
        revision: 0,
        edited_at: None,
    }))
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
    let message = living_message(facts)?;
    if message.sender_id != facts.actor.user_id {
        return Err(Denial::AuthorOnly);
    }
    if message.body.as_ref() == Some(body) {
        return Ok(Vec::new());
    }
    let edited = Message {
        body: Some(body.clone()),
        revision: message.revision + 1,
        edited_at: Some(now),
        ..message.clone()
    };
    Ok(vec![
        RoomChange::ReviseMessage { seq: edited.seq, body: body.clone(), revision: edited.revision, at: now },
        append(facts, EventKind::MessageEdited(edited), now),
    ])
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
    let deleted = Message { body: None, client_message_id: None, ..message.clone() };
    Ok(vec![
        RoomChange::EraseMessage { seq: deleted.seq },
        append(facts, EventKind::MessageDeleted(deleted), now),
    ])
}

/// The message as it reads after `changes`, and the seq of the event that made it so.
pub fn outcome(facts: &RoomFacts, changes: &[RoomChange]) -> Option<(Message, Seq)> {
    let changed = changes.iter().find_map(|change| match change {
        RoomChange::Append(Event {
            seq,
            kind: EventKind::MessageEdited(message) | EventKind::MessageDeleted(message),
            ..
        }) => Some((message.clone(), *seq)),
        _ => None,
    });
    changed.or_else(|| facts.message.clone().map(|message| (message, facts.room.head_seq)))
}

fn living_message(facts: &RoomFacts) -> Result<&Message, Denial> {
    facts.message.as_ref().filter(|message| !message.is_deleted()).ok_or(Denial::MessageNotFound)
}

fn append(facts: &RoomFacts, kind: EventKind, now: Timestamp) -> RoomChange {
    RoomChange::Append(Event {
        room_id: facts.room.id,
        seq: facts.room.head_seq.next(),
        actor: facts.actor.user_id.clone(),
        at: now,
        kind,
    })
}
