//! The newest message of a room that is not deleted.
//!
//! Where a log ends with a message, that is the one. Each event that is none says which one it was by then, so that
//! neither a list of rooms nor posting ever looks for it. Only deleting the newest message searches below it.

use std::collections::HashMap;

use domain::{LastMessage, RoomId, Timestamp};

use crate::events::CandidateRow;
use crate::failure::Failure;
use crate::statements::reading::MOST_ROOMS;
use crate::{Statements, StoredId};

/// How many rooms are read together, to be noted one after the other.
const ROOMS_AT_ONCE: i64 = 100;

/// How many events are read first.
const FIRST_LOOK: i64 = 8;

/// The most events that are read together.
const MOST_AT_ONCE: i64 = 10_000;

/// When the last event of each of these rooms happened, whose logs end there, and the newest message of each.
pub(super) fn of(
    connection: &mut impl Statements,
    heads: &[(StoredId, i64)],
) -> Result<HashMap<RoomId, (Timestamp, Option<LastMessage>)>, Failure> {
    let mut found = HashMap::new();
    for heads in heads.chunks(MOST_ROOMS) {
        for row in connection.last_messages(heads)? {
            let (room_id, at) = (RoomId(row.room_id.0), Timestamp::from_millis(row.last_event_at));
            found.insert(room_id, (at, row.last_message()?));
        }
    }
    Ok(found)
}

/// The seq of a room's newest message below a seq that is not deleted, or 0.
pub(super) fn newest_below(
    connection: &mut impl Statements,
    room_id: StoredId,
    below: i64,
) -> Result<i64, Failure> {
    Ok(search(below, |below, limit| connection.candidates(room_id, below, limit))?)
}

/// Looks for that message among the events that `candidates` answers: the newest below a seq, up to a limit.
///
/// An event that is no message says which was the newest by then, and what it leaps over is not looked at again. So no event
/// is read twice. Most often the message is near. Below many deleted ones it is not, and the room is locked meanwhile.
fn search<E>(
    mut below: i64,
    mut candidates: impl FnMut(i64, i64) -> Result<Vec<CandidateRow>, E>,
) -> Result<i64, E> {
    let mut limit = FIRST_LOOK;
    loop {
        let found = candidates(below, limit)?;
        if found.is_empty() {
            return Ok(0);
        }
        for candidate in found {
            if candidate.seq >= below {
                continue;
            }
            if candidate.is_message && !candidate.is_deleted {
                return Ok(candidate.seq);
            }
            below = candidate.last_message_seq.map_or(candidate.seq, |seq| seq + 1);
        }
        limit = (limit * 4).min(MOST_AT_ONCE);
    }
}

/// Notes the newest message of each room whose log ends with an event that does not say which it is: with one of an
/// older version.
pub fn note_all(connection: &mut impl Statements) -> Result<(), Failure> {
    let mut after = StoredId::LOWEST;
    loop {
        let rooms = connection.rooms_after(after, ROOMS_AT_ONCE)?;
        let Some(last) = rooms.last() else { return Ok(()) };
        after = last.room_id;
        for room in rooms {
            note(connection, room.room_id)?;
        }
    }
}

fn note(connection: &mut impl Statements, room_id: StoredId) -> Result<(), Failure> {
    let Some(head) = connection.candidates(room_id, i64::MAX, 1)?.pop() else { return Ok(()) };
    if !head.is_message && head.last_message_seq.is_none() {
        let last_message_seq = newest_below(connection, room_id, head.seq)?;
        connection.set_last_message(room_id, head.seq, last_message_seq)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn message(seq: i64, is_deleted: bool) -> CandidateRow {
        CandidateRow { seq, is_message: true, is_deleted, last_message_seq: None }
    }

    fn other(seq: i64, last_message_seq: i64) -> CandidateRow {
        CandidateRow { seq, is_message: false, is_deleted: false, last_message_seq: Some(last_message_seq) }
    }

    /// What is found below the end of a log, and how many events were read for that.
    fn found_in(log: &[CandidateRow]) -> (i64, usize) {
        let mut read = 0;
        let end = log.last().map_or(1, |last| last.seq + 1);
        let Ok(seq) = search(end, |below, limit| {
            let newest = log.iter().rev().filter(|row| row.seq < below);
            let rows: Vec<_> = newest.take(usize::try_from(limit).expect("positive")).copied().collect();
            read += rows.len();
            Ok::<_, Infallible>(rows)
        });
        (seq, read)
    }

    #[test]
    fn the_newest_that_is_not_deleted_is_found() {
        assert_eq!(found_in(&[]).0, 0);
        assert_eq!(found_in(&[message(1, true)]).0, 0);
        assert_eq!(found_in(&[message(1, false), message(2, true)]).0, 1);
        assert_eq!(found_in(&[message(1, false), message(2, true), other(3, 1), message(4, true)]).0, 1);
        assert_eq!(found_in(&[other(1, 0), message(2, true)]).0, 0);
    }

    #[test]
    fn no_event_is_read_twice() {
        let mut log = vec![message(1, false)];
        for pair in 1..=2_000 {
            // A reaction stands above each message, which was the newest then.
            log.extend([message(2 * pair, true), other(2 * pair + 1, 2 * pair)]);
        }
        let (seq, read) = found_in(&log);
        assert_eq!(seq, 1);
        assert!(read <= log.len(), "{read} events were read of {}", log.len());
    }

    #[test]
    fn what_was_leapt_over_is_not_read() {
        let mut log = vec![message(1, false)];
        log.extend((2..=5_000).map(|seq| message(seq, true)));
        log.push(other(5_001, 1));
        let (seq, read) = found_in(&log);
        assert_eq!(seq, 1);
        assert!(read <= 2 * usize::try_from(FIRST_LOOK * 4).expect("few"), "{read} events were read");
    }
}
