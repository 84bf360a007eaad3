use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::facts::{EarlierPost, PostFacts};
use domain::rules::messages::{self as rules, NewMessage, Posting};
use domain::{ClientMessageId, Denial, Message, RoomId, Seq, Standing, UserId};

use crate::events::EventRow;
use crate::failure::Failure;
use crate::posting::pieces;
use crate::stored::{Corrupt, StoredId, parsed, present};
use crate::{Dialect, Statements};

/// Posts messages one after the other, each as the rule decides, in a few statements for all. One
/// that is denied leaves no trace and does not touch its neighbours.
///
/// A sender's client ids are held by no lock, only by their key: where others write at the same time,
/// a message may meet one that came first under the same id, and all of them fail. The caller then
/// posts each by itself, in a transaction that begins after that failure and so sees the first.
pub fn post_all(
    connection: &mut impl Dialect,
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
fn append_all(connection: &mut impl Statements, rows: &[EventRow]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    for piece in pieces(rows) {
        connection.insert_messages(piece)?;
    }
    // Of a room's rows the last has the highest seq.
    let heads: BTreeMap<StoredId, i64> = rows.iter().map(|row| (row.room_id, row.seq)).collect();
    let heads = Vec::from_iter(heads);
    if connection.move_heads(&heads)? == heads.len() {
        Ok(())
    } else {
        Err(Failure::Unfit("a room with a new message is there"))
    }
}

/// What the rule is told of each message in its turn.
struct BatchFacts {
    /// The rooms that there are, with their heads and whether they are closed.
    rooms: HashMap<RoomId, (Seq, bool)>,
    /// Who has ever sat where, and whether they still do.
    participants: HashMap<(RoomId, UserId), bool>,
    /// What stands in the logs under the messages' client ids.
    earlier: HashMap<(UserId, ClientMessageId), EarlierPost>,
}

impl BatchFacts {
    /// Locks the rooms, then reads the rest.
    fn load<D: Dialect>(connection: &mut D, messages: &[&NewMessage]) -> Result<Self, Failure> {
        let room_ids: BTreeSet<StoredId> = messages.iter().map(|new| new.room_id.into()).collect();
        let senders: BTreeSet<_> =
            messages.iter().map(|new| (StoredId::from(new.room_id), new.sender_id.as_str())).collect();
        let client_ids: BTreeSet<_> =
            messages.iter().map(|new| (new.sender_id.as_str(), new.client_message_id.as_str())).collect();
        let heads = connection.lock_heads(&Vec::from_iter(room_ids))?;
        let participants = connection.participants(&Vec::from_iter(senders), D::PAIR_LOOKUP)?;
        let earlier = connection.earlier_posts(&Vec::from_iter(client_ids), D::PAIR_LOOKUP)?;
        Ok(Self {
            rooms: heads
                .into_iter()
                .map(|row| (RoomId(row.room_id.0), (Seq(row.head_seq), row.closed_at.is_some())))
                .collect(),
            participants: participants
                .into_iter()
                .map(|(room_id, user_id, is_seated)| {
                    let user_id = parsed(&user_id, "participants.user_id")?;
                    Ok(((RoomId(room_id.0), user_id), is_seated))
                })
                .collect::<Result<_, Corrupt>>()?,
            earlier: earlier
                .into_iter()
                .map(|(sender_id, client_message_id, earlier)| {
                    let client_message_id = present(client_message_id, "events.client_message_id")?;
                    let key = (
                        parsed(&sender_id, "events.actor_id")?,
                        parsed(&client_message_id, "events.client_message_id")?,
                    );
                    Ok((key, EarlierPost::try_from(earlier)?))
                })
                .collect::<Result<_, Corrupt>>()?,
        })
    }

    fn of(&self, new: &NewMessage) -> PostFacts {
        let place = (new.room_id, new.sender_id.clone());
        let name = (new.sender_id.clone(), new.client_message_id.clone());
        let seat = self.participants.get(&place);
        let (head_seq, is_closed) = self.rooms.get(&new.room_id).copied().unwrap_or((Seq::ZERO, false));
        PostFacts {
            standing: Standing::of(seat.is_some(), is_closed, seat == Some(&true)),
            head_seq,
            earlier: self.earlier.get(&name).cloned(),
        }
    }

    /// The messages after it in the batch find it in the log.
    fn note(&mut self, message: &Message) {
        if let Some((head_seq, _)) = self.rooms.get_mut(&message.room_id) {
            *head_seq = message.seq;
        }
        let name = (message.sender_id.clone(), message.client_message_id.clone());
        let earlier = EarlierPost {
            message_id: message.id,
            room_id: message.room_id,
            seq: message.seq,
            digest: message.body.as_ref().map(domain::MessageBody::digest),
            sent_at: message.sent_at,
        };
        self.earlier.insert(name, earlier);
    }
}
