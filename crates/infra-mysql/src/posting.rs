//! Posting messages with one statement, which commits itself.
//!
//! The log's key, a room and a seq, is what keeps writers apart. A message is decided on the room as it was when its
//! log ended at some seq, and inserted at the next one. If anything has happened in the room meanwhile, that place is
//! taken: nothing is inserted, and the rule is asked again. While somebody else has the room locked, its foreign key
//! makes the insertion wait.

mod in_list;
mod known;
mod statements;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::facts::{EarlierPost, PostFacts};
use domain::rules::messages::{self as rules, NewMessage, Posting};
use domain::{Denial, Message, MessageBody, Seq, Standing};
use infra_sql::events::{EarlierPostRow, EventRow};
use infra_sql::{Corrupt, Failure, StoredId};

use crate::connection::Connection;
use crate::lease::Holder;
pub(crate) use known::Known;
use statements::{InsertMessages, earlier_posts, heads, participants};

/// Posts messages one after the other, each as the rule decides. A message that is denied leaves no trace and does not
/// touch its neighbours. Only `holder` inserts anything, if there is one.
///
/// An attempt that meets others' rows is made again; the caller's deadline ends that.
pub(crate) fn post_all(
    connection: &mut Connection,
    holder: Option<Holder>,
    known: &mut Known,
    messages: &[&NewMessage],
) -> Result<Vec<Result<Posting, Denial>>, Failure> {
    let mut may_be_repeated = false;
    loop {
        let mut batch = Batch::load(connection, known, messages, may_be_repeated)?;
        let outcomes = messages.iter().map(|new| batch.post(new)).collect();
        match batch.insert(connection, holder) {
            Ok(()) => {
                batch.heads().for_each(|(room_id, head_seq)| known.moved(room_id, head_seq));
                return Ok(outcomes);
            }
            Err(error) => match Taken::of(&error) {
                Some(Taken::Place) => batch.heads().for_each(|(room_id, _)| known.forget_room(room_id)),
                Some(Taken::ClientId) => may_be_repeated = true,
                None => return Err(error.into()),
            },
        }
    }
}

/// What somebody else has inserted before us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// An event at the same place in a log.
    Place,
    /// A message under the same client id.
    ClientId,
}

impl Taken {
    /// The error ends with the name of the key, before which MySQL puts its table's.
    fn of(error: &DieselError) -> Option<Self> {
        let DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else {
            return None;
        };
        let text = information.message();
        if text.ends_with("PRIMARY'") {
            Some(Self::Place)
        } else if text.ends_with("events_by_client_message'") {
            Some(Self::ClientId)
        } else {
            None
        }
    }
}

/// What the rule is told of each message in its turn, and what it decided. People and client ids are as they are
/// stored.
#[derive(Default)]
struct Batch {
    /// How the senders stand to the rooms, and where the rooms' logs end.
    standings: HashMap<(StoredId, String), Standing>,
    heads: HashMap<StoredId, Seq>,
    /// What stands in the logs under the messages' senders and client ids.
    earlier: HashMap<(String, String), EarlierPost>,
    /// The new events.
    rows: Vec<EventRow>,
}

impl Batch {
    /// Reads what is not known. Earlier messages are looked for if `may_be_repeated`, if their sender has just repeated
    /// one, and if it does not sit there: otherwise the key of client ids refuses what was posted before.
    fn load(
        connection: &mut Connection,
        known: &mut Known,
        messages: &[&NewMessage],
        may_be_repeated: bool,
    ) -> Result<Self, Failure> {
        let mut batch = Self::default();
        let unknown = messages.iter().filter(|new| known.head_for_member(new).is_none());
        let rooms: BTreeSet<StoredId> = unknown.map(|new| new.room_id.into()).collect();
        batch.read(connection, known, &rooms, messages)?;
        for new in messages.iter().filter(|new| !rooms.contains(&new.room_id.into())) {
            if let Some(head_seq) = known.head_for_member(new) {
                batch.heads.insert(new.room_id.into(), head_seq);
                batch.standings.insert((new.room_id.into(), new.sender_id.to_string()), Standing::Member);
            }
        }
        let is_looked_for = |new: &&&NewMessage| {
            may_be_repeated
                || known.is_repeater(new.sender_id.as_str())
                || batch.standing(new) != Standing::Member
        };
        let client_ids = messages.iter().filter(is_looked_for);
        batch.earlier = earlier(
            connection,
            client_ids.map(|new| (new.sender_id.as_str(), new.client_message_id.as_str())).collect(),
        )?;
        for (sender_id, _) in batch.earlier.keys() {
            known.repeats(sender_id);
        }
        Ok(batch)
    }

    /// Reads how the senders stand to some rooms, after where these end: what happens in between takes the next place.
    fn read(
        &mut self,
        connection: &mut Connection,
        known: &mut Known,
        rooms: &BTreeSet<StoredId>,
        messages: &[&NewMessage],
    ) -> Result<(), Failure> {
        if rooms.is_empty() {
            return Ok(());
        }
        let found: Vec<(StoredId, i64)> = heads(rooms.clone()).load(&mut **connection)?;
        let senders: BTreeSet<_> = messages
            .iter()
            .map(|new| (StoredId::from(new.room_id), new.sender_id.as_str()))
            .filter(|(room_id, _)| rooms.contains(room_id))
            .collect();
        let participants: Vec<(StoredId, String, bool, Option<i64>)> =
            participants(senders).load(&mut **connection)?;
        for (room_id, head_seq) in found {
            self.heads.insert(room_id, Seq(head_seq));
            known.room_at(room_id, Seq(head_seq));
        }
        for (room_id, user_id, is_seated, closed_at) in participants {
            let standing = Standing::of(true, closed_at.is_some(), is_seated);
            if let (Standing::Member, Some(head_seq)) = (standing, self.heads.get(&room_id)) {
                known.room_at(room_id, *head_seq).members.insert(user_id.clone());
            }
            self.standings.insert((room_id, user_id), standing);
        }
        Ok(())
    }

    /// Asks the rule, and notes what it decided for the messages that come after.
    fn post(&mut self, new: &NewMessage) -> Result<Posting, Denial> {
        let outcome = rules::post(&self.facts(new), new)?;
        if let Posting::New(message) = &outcome {
            self.heads.insert(message.room_id.into(), message.seq);
            self.earlier.insert(client_id(new), as_earlier(message));
            self.rows.push(EventRow::from(&rules::posted(message.clone())));
        }
        Ok(outcome)
    }

    fn standing(&self, new: &NewMessage) -> Standing {
        let standing = self.standings.get(&(new.room_id.into(), new.sender_id.to_string()));
        standing.copied().unwrap_or(Standing::Stranger)
    }

    fn facts(&self, new: &NewMessage) -> PostFacts {
        PostFacts {
            standing: self.standing(new),
            head_seq: self.heads.get(&new.room_id.into()).copied().unwrap_or(Seq::ZERO),
            earlier: self.earlier.get(&client_id(new)).cloned(),
        }
    }

    /// Inserts the new events, all or none. Rooms come in one order on every node, so that no two wait for each other.
    fn insert(&mut self, connection: &mut Connection, holder: Option<Holder>) -> QueryResult<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.rows.sort_by_key(|row| (row.room_id, row.seq));
        InsertMessages { rows: &self.rows, holder }.execute(&mut **connection).map(drop)
    }

    /// Where the logs of the rooms with new events end.
    fn heads(&self) -> impl Iterator<Item = (StoredId, Seq)> {
        let heads: BTreeMap<_, _> = self.rows.iter().map(|row| (row.room_id, Seq(row.seq))).collect();
        heads.into_iter()
    }
}

/// The messages that were posted before under these senders and client ids.
fn earlier(
    connection: &mut Connection,
    client_ids: BTreeSet<(&str, &str)>,
) -> Result<HashMap<(String, String), EarlierPost>, Failure> {
    if client_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String, EarlierPostRow)> = earlier_posts(client_ids).load(&mut **connection)?;
    let found = rows.into_iter().map(|(sender_id, id, row)| Ok(((sender_id, id), row.try_into()?)));
    Ok(found.collect::<Result<_, Corrupt>>()?)
}

fn client_id(new: &NewMessage) -> (String, String) {
    (new.sender_id.to_string(), new.client_message_id.to_string())
}

fn as_earlier(message: &Message) -> EarlierPost {
    EarlierPost {
        message_id: message.id,
        room_id: message.room_id,
        seq: message.seq,
        digest: message.body.as_ref().map(MessageBody::digest),
        sent_at: message.sent_at,
    }
}
