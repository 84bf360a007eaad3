//! The newest message of a room that is not deleted.
//!
//! Where a log ends with a message, that is the one. Each event that is none says which one it was by then, so that
//! neither a list of rooms nor posting ever looks for it. Only deleting the newest message searches below it.

use std::collections::HashMap;

use domain::{LastMessage, RoomId, Timestamp};

use crate::failure::Failure;
use crate::statements::reading::MOST_ROOMS;
use crate::{Statements, StoredId};

/// So many rooms are noted one after the other before more are read.
const ROOMS_AT_ONCE: i64 = 100;

/// So many events are looked at first.
const FIRST_LOOK: i64 = 8;

/// So many events are looked at at once at most.
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
///
/// An event that is no message says which was the newest by then, and what it leaps over is not looked at again. So
/// a deleted message is passed once, however often others are posted and deleted above it.
pub(super) fn newest_below(
    connection: &mut impl Statements,
    room_id: StoredId,
    mut below: i64,
) -> Result<i64, Failure> {
    // Most often it is near. Below many deleted ones with nothing else between them it is not, and the room is locked
    // meanwhile.
    let mut at_once = FIRST_LOOK;
    loop {
        let candidates = connection.candidates(room_id, below, at_once)?;
        let Some(lowest) = candidates.last() else { return Ok(0) };
        at_once = (at_once * 4).min(MOST_AT_ONCE);
        below = lowest.seq;
        for candidate in candidates {
            if candidate.is_message && !candidate.is_deleted {
                return Ok(candidate.seq);
            }
            if let Some(last_message_seq) = candidate.last_message_seq {
                below = last_message_seq + 1;
                break;
            }
        }
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
