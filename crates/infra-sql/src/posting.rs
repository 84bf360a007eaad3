//! Posting messages, several at once.
//!
//! The log's key, a room and a seq, is what keeps writers apart. A message is decided on the room as it was when its
//! log ended at some seq, and inserted at the next one. If anything has happened in the room meanwhile, that place is
//! taken: nothing may be inserted, and the rule is asked again.

mod known;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::QueryResult;
use domain::facts::{EarlierPost, PostFacts};
use domain::rules::messages::{self as rules, NewMessage, Posting};
use domain::{Denial, Mentions, Message, MessageBody, MessageId, SeatNumber, Seq, Standing, Stored, UserId};

use crate::events::{EventRow, HeadRow};
use crate::failure::Failure;
use crate::rooms::{SeatRow, SenderRow, seat_number};
use crate::stored::StoredId;

use known::Head;
pub use known::Known;

/// What a batch of messages depends on, read at once.
pub trait PostingStatements {
    /// The ends of some rooms' logs.
    fn heads(&mut self, room_ids: &BTreeSet<StoredId>) -> QueryResult<Vec<HeadRow>>;

    /// Which of these have ever sat in the rooms named with them.
    fn senders(&mut self, keys: &BTreeSet<(StoredId, &str)>) -> QueryResult<Vec<SenderRow>>;

    /// The events that posted the senders' messages under these client ids.
    fn earlier_posts(&mut self, client_ids: &BTreeSet<(&str, &str)>) -> QueryResult<Vec<EventRow>>;

    /// The taken seats of some rooms.
    fn seats(&mut self, room_ids: &BTreeSet<StoredId>) -> QueryResult<Vec<SeatRow>>;

    /// The events that posted these messages.
    fn originals(&mut self, ids: &BTreeSet<StoredId>) -> QueryResult<Vec<EventRow>>;
}

/// Which messages are looked up as possible repetitions. For the rest the key of client ids refuses repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetitions {
    /// For those that would be denied, and those of senders who have just repeated one.
    OfSuspects,
    /// For all.
    OfAll,
}

/// Some messages, decided one after the other, each as the rule says. One that is denied does not touch its
/// neighbours.
pub struct Batch {
    facts: Facts,
    outcomes: Vec<Result<Posting, Denial>>,
    rows: Vec<EventRow>,
}

impl Batch {
    /// Asks the rule about each message, on what is known, and on what is read where that is not enough.
    pub fn decide(
        connection: &mut impl PostingStatements,
        known: &mut Known,
        messages: &[&NewMessage],
        repetitions: Repetitions,
    ) -> Result<Self, Failure> {
        let facts = Facts::load(connection, known, messages, repetitions)?;
        let mut batch = Self { facts, outcomes: Vec::with_capacity(messages.len()), rows: Vec::new() };
        for new in messages {
            let outcome = batch.post(new);
            batch.outcomes.push(outcome);
        }
        // In one order everywhere, so that no two that insert at the same time wait for each other.
        batch.rows.sort_by_key(|row| (row.room_id, row.seq));
        Ok(batch)
    }

    /// The new events, by room and seq. All of them are inserted, or none.
    pub fn rows(&self) -> &[EventRow] {
        &self.rows
    }

    /// What became of each message, once the rows are inserted.
    pub fn inserted(self, known: &mut Known) -> Vec<Result<Posting, Denial>> {
        for (room_id, head) in self.heads() {
            known.moved(room_id, head);
        }
        self.outcomes
    }

    /// Forgets the rooms with new events, because the place of one of them was taken.
    pub fn forget_rooms(self, known: &mut Known) {
        for (room_id, _) in self.heads() {
            known.forget_room(room_id);
        }
    }

    /// Asks the rule, and notes what it decided for the messages that come after.
    fn post(&mut self, new: &NewMessage) -> Result<Posting, Denial> {
        let outcome = rules::post(&self.facts.of(new), new)?;
        if let Posting::New(message) = &outcome {
            let event = rules::posted(message.clone());
            let Head { tally, mentions, .. } = self.facts.add(message, event.kind.as_str());
            self.rows.push(EventRow::new(&event, tally, mentions));
        }
        Ok(outcome)
    }

    /// Where the logs of the rooms with new events end then.
    fn heads(&self) -> impl Iterator<Item = (StoredId, Head)> {
        let head = |row: &EventRow| Head { seq: Seq(row.seq), tally: row.tally, mentions: row.mention_tally };
        let heads: BTreeMap<_, _> = self.rows.iter().map(|row| (row.room_id, head(row))).collect();
        heads.into_iter()
    }
}

/// What the rule is told of each message in its turn. People and client ids are as they are stored.
#[derive(Default)]
struct Facts {
    heads: HashMap<StoredId, Head>,
    /// How the senders stand to the rooms, and where they sit.
    senders: HashMap<(StoredId, String), (Standing, Option<SeatNumber>)>,
    /// Who sits in the rooms of the messages that may mention somebody, and where.
    members: HashMap<StoredId, Vec<(UserId, SeatNumber)>>,
    /// What stands in the logs under the messages' senders and client ids.
    earlier: HashMap<(String, String), EarlierPost>,
    /// The messages that some of the messages are to reply to.
    originals: HashMap<MessageId, Message>,
}

impl Facts {
    /// Takes what is known, and reads the rest. A denial is never decided on what is remembered: its room is read anew.
    fn load(
        connection: &mut impl PostingStatements,
        known: &mut Known,
        messages: &[&NewMessage],
        repetitions: Repetitions,
    ) -> Result<Self, Failure> {
        let (mut facts, read) = Self::of_rooms(connection, known, messages)?;
        let doubtful = |new: &&&NewMessage| facts.is_denied(new) && !read.contains(&new.room_id.into());
        let doubtful: BTreeSet<StoredId> =
            messages.iter().filter(doubtful).map(|new| new.room_id.into()).collect();
        if !doubtful.is_empty() {
            for room_id in doubtful {
                known.forget_room(room_id);
            }
            facts = Self::of_rooms(connection, known, messages)?.0;
        }
        let is_looked_for = |new: &&&NewMessage| {
            repetitions == Repetitions::OfAll
                || known.is_repeater(new.sender_id.as_str())
                || facts.is_denied(new)
        };
        let client_ids: BTreeSet<_> = messages
            .iter()
            .filter(is_looked_for)
            .map(|new| (new.sender_id.as_str(), new.client_message_id.as_str()))
            .collect();
        let found = if client_ids.is_empty() { Vec::new() } else { connection.earlier_posts(&client_ids)? };
        for event in found {
            let earlier = event.earlier_post()?;
            known.repeats(earlier.message.sender_id.as_str());
            facts.earlier.insert(posted_under(&earlier.message), earlier);
        }
        Ok(facts)
    }

    /// What is known of the rooms, and what is read, with the rooms that were read. The messages that are replied to are
    /// read last: what becomes of them after where a log ends takes the next place there.
    fn of_rooms(
        connection: &mut impl PostingStatements,
        known: &mut Known,
        messages: &[&NewMessage],
    ) -> Result<(Self, BTreeSet<StoredId>), Failure> {
        let mut facts = Self::default();
        let unknown = messages.iter().filter(|new| known.of_sender(new).is_none());
        let rooms: BTreeSet<StoredId> = unknown.map(|new| new.room_id.into()).collect();
        facts.read(connection, known, &rooms, messages)?;
        for new in messages.iter().filter(|new| !rooms.contains(&new.room_id.into())) {
            if let Some((head, seat)) = known.of_sender(new) {
                facts.heads.insert(new.room_id.into(), head);
                facts.senders.insert(sender(new), (Standing::Member, Some(seat)));
            }
        }
        facts.read_members(connection, known, messages)?;
        let originals: BTreeSet<StoredId> =
            messages.iter().filter_map(|new| new.reply_to).map(StoredId::from).collect();
        let found = if originals.is_empty() { Vec::new() } else { connection.originals(&originals)? };
        for event in found {
            let message = event.message()?;
            facts.originals.insert(message.id, message);
        }
        Ok((facts, rooms))
    }

    /// Takes or reads who sits in the rooms of messages that may mention somebody, after where their logs end, as well.
    fn read_members(
        &mut self,
        connection: &mut impl PostingStatements,
        known: &mut Known,
        messages: &[&NewMessage],
    ) -> Result<(), Failure> {
        let may_mention = messages.iter().filter(|new| Mentions::may_be_in(new.body.as_str()));
        let mut unknown = BTreeSet::new();
        for room_id in may_mention.map(|new| StoredId::from(new.room_id)) {
            match known.members(room_id) {
                Some(members) => drop(self.members.insert(room_id, members.to_vec())),
                None => drop(unknown.insert(room_id)),
            }
        }
        let seats = if unknown.is_empty() { Vec::new() } else { connection.seats(&unknown)? };
        for seat in seats {
            let number = seat_number(seat.number)?;
            self.members.entry(seat.room_id).or_default().push((UserId::stored(seat.user_id), number));
        }
        for room_id in unknown {
            known.seated_are(room_id, self.members.get(&room_id).cloned().unwrap_or_default());
        }
        Ok(())
    }

    /// Reads how the senders stand to some rooms, after where these end: what happens in between takes the next place.
    fn read(
        &mut self,
        connection: &mut impl PostingStatements,
        known: &mut Known,
        rooms: &BTreeSet<StoredId>,
        messages: &[&NewMessage],
    ) -> Result<(), Failure> {
        if rooms.is_empty() {
            return Ok(());
        }
        for HeadRow { room_id, seq, tally, mention_tally } in connection.heads(rooms)? {
            let head = Head { seq: Seq(seq), tally, mentions: mention_tally };
            self.heads.insert(room_id, head);
            known.ends_at(room_id, head);
        }
        let senders: BTreeSet<_> = messages
            .iter()
            .map(|new| (StoredId::from(new.room_id), new.sender_id.as_str()))
            .filter(|(room_id, _)| rooms.contains(room_id))
            .collect();
        for row in connection.senders(&senders)? {
            let (standing, seat) = (row.standing(), row.seat()?);
            if let (Standing::Member, Some(seat)) = (standing, seat) {
                known.seated(row.room_id, row.user_id.clone(), seat);
            }
            self.senders.insert((row.room_id, row.user_id), (standing, seat));
        }
        Ok(())
    }

    fn of(&self, new: &NewMessage) -> PostFacts {
        PostFacts {
            standing: self.standing(new),
            head_seq: self.heads.get(&new.room_id.into()).map_or(Seq::ZERO, |head| head.seq),
            earlier: self.earlier.get(&client_id(new)).cloned(),
            original: self.original(new).cloned(),
            members: if Mentions::may_be_in(new.body.as_str()) { self.members(new) } else { Vec::new() },
        }
    }

    fn members(&self, new: &NewMessage) -> Vec<UserId> {
        let members = self.members.get(&new.room_id.into()).into_iter().flatten();
        members.map(|(user_id, _)| user_id.clone()).collect()
    }

    /// The message that it is to reply to, if its room has it.
    fn original(&self, new: &NewMessage) -> Option<&Message> {
        let original = self.originals.get(&new.reply_to?)?;
        (original.room_id == new.room_id).then_some(original)
    }

    /// Whether it will be denied, unless it is a repetition.
    fn is_denied(&self, new: &NewMessage) -> bool {
        rules::admit(&self.of(new), new).is_err()
    }

    fn standing(&self, new: &NewMessage) -> Standing {
        self.senders.get(&sender(new)).map_or(Standing::Stranger, |(standing, _)| *standing)
    }

    /// Notes that a message is posted, and answers where its log ends with it.
    fn add(&mut self, message: &Message, kind: &str) -> Head {
        let room_id = StoredId::from(message.room_id);
        let by = posted_under(message);
        let digest = message.body.as_ref().map(MessageBody::digest);
        let seat = self.senders.get(&(room_id, by.0.clone())).and_then(|(_, seat)| *seat);
        self.earlier.insert(by, EarlierPost { message: message.clone(), digest });
        let mentioned = self.mentioned(message);
        let head = self.heads.entry(room_id).or_default();
        let mentions = match mentioned.as_slice() {
            [] => head.mentions,
            _ => Some(head.mentions.unwrap_or_default().mentioning(mentioned)),
        };
        *head = Head { seq: message.seq, tally: head.tally.after(kind, seat), mentions };
        *head
    }

    /// The seats whose holders a message mentions.
    fn mentioned(&self, message: &Message) -> Vec<SeatNumber> {
        let members = self.members.get(&message.room_id.into()).into_iter().flatten();
        members.filter(|(user_id, _)| message.does_mention(user_id)).map(|(_, seat)| *seat).collect()
    }
}

fn sender(new: &NewMessage) -> (StoredId, String) {
    (new.room_id.into(), new.sender_id.to_string())
}

fn client_id(new: &NewMessage) -> (String, String) {
    (new.sender_id.to_string(), new.client_message_id.to_string())
}

fn posted_under(message: &Message) -> (String, String) {
    (message.sender_id.to_string(), message.client_message_id.to_string())
}
