//! Following the rooms' logs with the search index.
//!
//! A step is prepared by reading, and carried out in a short transaction of its own if the rooms are indexed no further by
//! then than it was prepared for. As all that is indexed of a room changes together with that, what was read is still so.

mod rows;

use std::collections::{BTreeMap, HashMap};

use domain::RoomId;
use domain::ports::Unindexed;

use crate::failure::{Failure, done};
use crate::search::{BehindRow, IndexedEventRow, TO_BE_EMPTIED, TermRow};
use crate::statements::searching::MOST_PLACES;
use crate::{Dialect, Statements, StoredId};

use rows::{Added, Stale};

/// How many rooms are looked at at once.
const ROOMS_AT_ONCE: i64 = 256;

/// How many events one step takes in, and how many of a room it does at least.
const MOST_EVENTS: i64 = 64;
const FEWEST_EVENTS: i64 = 2;

/// How many rows one step changes, unless a single event does so.
const MOST_ROWS: usize = 1_000;

/// What is to be done for some rooms.
#[derive(Debug, Default)]
pub struct Step {
    rooms: BTreeMap<StoredId, RoomStep>,
    left: Vec<StoredId>,
}

/// What is to be done for a room that is indexed so far.
#[derive(Debug)]
struct RoomStep {
    indexed_seq: i64,
    change: Change,
    /// Whether more is left to be done after that.
    has_more: bool,
}

#[derive(Debug)]
enum Change {
    /// Terms go, and with the last of them the room is indexed up to there.
    Empty { up_to: i64 },
    /// Another part of its log is indexed, up to there.
    Follow { up_to: i64, stale: Vec<TermRow>, added: Vec<TermRow> },
}

impl Step {
    /// Whether nothing is to be done.
    pub fn changes_nothing(&self) -> bool {
        self.rooms.is_empty()
    }

    /// The rooms for which it does nothing yet.
    pub fn left(&self) -> Vec<RoomId> {
        self.left.iter().map(|id| RoomId(id.0)).collect()
    }
}

/// Prepares the next step for some rooms. Reads one moment.
pub fn prepare(connection: &mut impl Statements, room_ids: &[RoomId]) -> Result<Step, Failure> {
    let mut ids: Vec<StoredId> = room_ids.iter().copied().map(StoredId::from).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut step = Step { left: ids.split_off(ids.len().min(MOST_PLACES)), ..Step::default() };
    let (emptied, followed): (Vec<_>, Vec<_>) =
        connection.progress_of(&ids)?.into_iter().filter(needs_something).partition(is_emptied);
    for room in emptied {
        step.rooms.insert(room.room_id, RoomStep::emptying(&room));
    }
    let mut logs = logs(connection, &followed)?;
    let mut rows = 0;
    for room in followed {
        if rows >= MOST_ROWS {
            step.left.push(room.room_id);
            continue;
        }
        let events = logs.remove(&room.room_id).unwrap_or_default();
        let (room_step, count) = follow(connection, &room, events, MOST_ROWS - rows)?;
        rows += count;
        step.rooms.insert(room.room_id, room_step);
    }
    Ok(step)
}

fn needs_something(room: &BehindRow) -> bool {
    room.is_behind()
}

/// Nobody searches a closed room any more.
fn is_emptied(room: &BehindRow) -> bool {
    room.closed_at.is_some() || room.indexed_seq() == TO_BE_EMPTIED
}

impl RoomStep {
    fn emptying(room: &BehindRow) -> Self {
        let up_to = if room.closed_at.is_some() { room.head_seq.unwrap_or_default() } else { 0 };
        Self { indexed_seq: room.indexed_seq(), change: Change::Empty { up_to }, has_more: true }
    }
}

/// The next events of the rooms, oldest first.
fn logs(
    connection: &mut impl Statements,
    rooms: &[BehindRow],
) -> Result<HashMap<StoredId, Vec<IndexedEventRow>>, Failure> {
    let mut logs: HashMap<StoredId, Vec<IndexedEventRow>> = HashMap::new();
    if rooms.is_empty() {
        return Ok(logs);
    }
    let each = (MOST_EVENTS / i64::try_from(rooms.len()).unwrap_or(i64::MAX)).max(FEWEST_EVENTS);
    let parts: Vec<_> = rooms.iter().map(|room| room.next(each)).collect();
    for event in connection.log_parts(&parts)? {
        logs.entry(event.room_id).or_default().push(event);
    }
    for events in logs.values_mut() {
        events.sort_unstable_by_key(|event| event.row.seq);
    }
    Ok(logs)
}

/// What the next events of a room change, until there are so many rows, and how many they are.
fn follow(
    connection: &mut impl Statements,
    room: &BehindRow,
    events: Vec<IndexedEventRow>,
    most_rows: usize,
) -> Result<(RoomStep, usize), Failure> {
    let indexed_seq = room.indexed_seq();
    let (mut up_to, mut stale, mut added) = (indexed_seq, Stale::default(), Added::default());
    for event in events {
        if stale.len() + added.len() >= most_rows {
            break;
        }
        up_to = event.row.seq;
        // What is changed and not indexed yet will be as it reads now.
        let message = match event.target_seq().filter(|target| *target <= indexed_seq) {
            Some(target) => {
                stale.take_out(connection, room.room_id, target)?;
                let mut found = connection.messages_at_places(&[(room.room_id, target)])?;
                found.pop().and_then(|(room_id, row)| row.message(RoomId(room_id.0)).ok())
            }
            None => event.message(),
        };
        if let Some(message) = message {
            added.add(&message);
        }
    }
    let (stale, added) = (stale.into_rows(), added.into_rows(room.room_id));
    let count = stale.len() + added.len();
    let has_more = Some(up_to) < room.head_seq;
    Ok((RoomStep { indexed_seq, change: Change::Follow { up_to, stale, added }, has_more }, count))
}

/// Carries out a step for those rooms that are still as they were, and answers where more is left to be done.
pub fn carry_out(connection: &mut impl Dialect, step: &Step) -> Result<Vec<RoomId>, Failure> {
    let ids: Vec<StoredId> = step.rooms.keys().copied().collect();
    let locked: HashMap<StoredId, i64> = connection.lock_search_progress(&ids)?.into_iter().collect();
    let (mut left, mut progress, mut rows) = (step.left(), Vec::new(), Vec::new());
    for (room_id, room) in &step.rooms {
        if locked.get(room_id).copied().unwrap_or_default() != room.indexed_seq {
            // Somebody else was faster.
            left.push(RoomId(room_id.0));
            continue;
        }
        if room.has_more {
            left.push(RoomId(room_id.0));
        }
        match &room.change {
            Change::Empty { up_to } => {
                if empty(connection, *room_id)? {
                    progress.push((*room_id, *up_to));
                }
            }
            Change::Follow { up_to, stale, added } => {
                for row in stale {
                    leave(connection, row)?;
                }
                rows.extend_from_slice(added);
                progress.push((*room_id, *up_to));
            }
        }
    }
    for rows in rows.chunks(MOST_PLACES) {
        connection.add_search_terms(rows)?;
    }
    for progress in progress.chunks(MOST_PLACES) {
        connection.put_search_progress(progress)?;
    }
    Ok(left)
}

/// Leaves of a row the seqs that it has now.
fn leave(connection: &mut impl Dialect, row: &TermRow) -> Result<(), Failure> {
    let TermRow { room_id, shelf, term, block, seqs } = row;
    done(if *seqs == 0 {
        connection.delete_term(*room_id, *shelf, term, *block)
    } else {
        connection.set_term(*room_id, *shelf, term, *block, *seqs)
    })
}

/// Removes some of a room's terms, and answers whether none are left.
fn empty(connection: &mut impl Dialect, room_id: StoredId) -> Result<bool, Failure> {
    let most = i64::try_from(MOST_ROWS).unwrap_or(i64::MAX);
    let Some((shelf, term)) = connection.term_after(room_id, most)? else {
        connection.delete_shelves(room_id, i64::MAX)?;
        return Ok(true);
    };
    connection.delete_shelves(room_id, shelf)?;
    connection.delete_terms(room_id, shelf, &term)?;
    Ok(false)
}

/// Which of the next rooms above one are not indexed to their logs' ends.
pub fn unindexed(connection: &mut impl Statements, after: Option<RoomId>) -> Result<Unindexed, Failure> {
    let after = after.map_or(StoredId::LOWEST, StoredId::from);
    let rooms = connection.progress_after(after, ROOMS_AT_ONCE)?;
    let is_last = i64::try_from(rooms.len()).unwrap_or(i64::MAX) < ROOMS_AT_ONCE;
    let next = rooms.last().filter(|_| !is_last).map(BehindRow::room_id);
    let room_ids = rooms.iter().filter(|room| room.is_behind()).map(BehindRow::room_id).collect();
    Ok(Unindexed { room_ids, next })
}

/// Has the index rebuilt, step by step.
pub fn rebuild(connection: &mut impl Dialect) -> Result<(), Failure> {
    done(connection.empty_search_index())
}
