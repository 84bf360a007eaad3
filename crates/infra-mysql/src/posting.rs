mod in_list;
mod statements;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use domain::facts::{EarlierPost, PostFacts};
use domain::rules::messages::{self as rules, NewMessage, Posting};
use domain::{Denial, Message, MessageBody, Seq, Standing};
use infra_sql::events::{EarlierPostRow, EventRow};
use infra_sql::schema::rooms;
use infra_sql::{Corrupt, Failure, StoredId};

use crate::connection::Connection;
use statements::{InsertMessages, MoveHeads, earlier_posts, heads, participants, pieces};

/// Posts messages one after the other, each as the rule decides, in a few statements for all: one for
/// each would be a trip to the server. A message that is denied leaves no trace and does not touch its
/// neighbours.
///
/// A sender's client ids are held by no lock, only by their key: where others write at the same time,
/// a message may meet one that came first under the same id, and all of them fail. The caller then
/// posts each by itself, in a transaction that begins after that failure and so sees the first.
pub(crate) fn post_all(
    connection: &mut Connection,
    messages: &[&NewMessage],
) -> Result<Vec<Result<Posting, Denial>>, Failure> {
    let mut facts = BatchFacts::load(connection, messages)?;
    let mut rows = Vec::with_capacity(messages.len());
    let mut outcomes = Vec::with_capacity(messages.len());
    for new in messages {
        let outcome = rules::post(&facts.of(new), new);
        if let Ok(Posting::New(message)) = &outcome {
            facts.note(message);
            rows.push(EventRow::from(&rules::posted(message.clone())));
        }
        outcomes.push(outcome);
    }
    append_all(connection, &rows)?;
    Ok(outcomes)
}

/// Adds the rows and moves their rooms' heads to them.
fn append_all(connection: &mut Connection, rows: &[EventRow]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    for piece in pieces(rows) {
        InsertMessages(piece).execute(&mut **connection)?;
    }
    // Of a room's rows the last has the highest seq.
    let heads: BTreeMap<StoredId, i64> = rows.iter().map(|row| (row.room_id, row.seq)).collect();
    let count = heads.len();
    if MoveHeads::to(heads).execute(&mut **connection)? == count {
        Ok(())
    } else {
        Err(Failure::ConflictingChange("a room with a new message is there"))
    }
}

/// What the rule is told of each message in its turn. People and client ids are as they are stored.
struct BatchFacts {
    /// The rooms that there are, with their heads and whether they are closed.
    rooms: HashMap<StoredId, (Seq, bool)>,
    /// Who has ever sat where, and whether they still do.
    participants: HashMap<(StoredId, String), bool>,
    /// What stands in the logs under the messages' senders and client ids.
    earlier: HashMap<(String, String), EarlierPost>,
}

impl BatchFacts {
    /// Locks the rooms, then reads the rest.
    fn load(connection: &mut Connection, messages: &[&NewMessage]) -> Result<Self, Failure> {
        let room_ids: BTreeSet<StoredId> = messages.iter().map(|new| new.room_id.into()).collect();
        let senders: BTreeSet<_> =
            messages.iter().map(|new| (StoredId::from(new.room_id), new.sender_id.as_str())).collect();
        let client_ids: BTreeSet<_> =
            messages.iter().map(|new| (new.sender_id.as_str(), new.client_message_id.as_str())).collect();
        // The order in which the rooms are read is the order in which they are locked.
        let rooms: Vec<(StoredId, i64, Option<i64>)> =
            heads(room_ids).order(rooms::room_id.asc()).for_update().load(&mut **connection)?;
        let participants: Vec<(StoredId, String, bool)> = participants(senders).load(&mut **connection)?;
        let earlier: Vec<(String, String, EarlierPostRow)> =
            earlier_posts(client_ids).load(&mut **connection)?;
        Ok(Self {
            rooms: rooms
                .into_iter()
                .map(|(room_id, head_seq, closed_at)| (room_id, (Seq(head_seq), closed_at.is_some())))
                .collect(),
            participants: participants
                .into_iter()
                .map(|(room_id, user_id, is_seated)| ((room_id, user_id), is_seated))
                .collect(),
            earlier: earlier
                .into_iter()
                .map(|(sender_id, client_id, row)| Ok(((sender_id, client_id), row.try_into()?)))
                .collect::<Result<_, Corrupt>>()?,
        })
    }

    fn of(&self, new: &NewMessage) -> PostFacts {
        let room_id = new.room_id.into();
        let seat = self.participants.get(&(room_id, new.sender_id.to_string()));
        let (head_seq, is_closed) = self.rooms.get(&room_id).copied().unwrap_or((Seq::ZERO, false));
        let name = (new.sender_id.to_string(), new.client_message_id.to_string());
        PostFacts {
            standing: Standing::of(seat.is_some(), is_closed, seat == Some(&true)),
            head_seq,
            earlier: self.earlier.get(&name).cloned(),
        }
    }

    /// The messages after it in the batch find it in the log.
    fn note(&mut self, message: &Message) {
        if let Some((head_seq, _)) = self.rooms.get_mut(&message.room_id.into()) {
            *head_seq = message.seq;
        }
        let name = (message.sender_id.to_string(), message.client_message_id.to_string());
        let earlier = EarlierPost {
            message_id: message.id,
            room_id: message.room_id,
            seq: message.seq,
            digest: message.body.as_ref().map(MessageBody::digest),
            sent_at: message.sent_at,
        };
        self.earlier.insert(name, earlier);
    }
}
