//! The rooms' logs, replayed: each event is checked against those before it, and the whole against what the other
//! tables say of the room.

mod log;
mod names;

use std::collections::BTreeMap;

use diesel::QueryResult;
use domain::ports::Violation;

use super::findings::Findings;
use crate::events::EventRow;
use crate::rooms::RoomRow;
use crate::statements::Statements;
use crate::stored::StoredId;

use log::Log;

/// The promises, each in one stable word.
#[cfg(test)]
pub(super) const INVARIANTS: [&str; 20] = [
    "log_without_a_gap",
    "one_event_a_seq",
    "events_are_whole",
    "a_deleted_message_keeps_nothing",
    "deletions_delete",
    "only_deletions_delete",
    "changes_point_at_messages",
    "revisions_are_counted",
    "replies_point_at_messages",
    "messages_are_named_by_their_ids",
    "reactions_follow_the_log",
    "writers_are_participants",
    "participants_have_joined",
    "events_name_participants",
    "seats_follow_the_log",
    "closed_rooms_end_with_their_closing",
    "tallies_follow_the_log",
    "unread_messages_are_counted",
    "the_last_message_is_known",
    "unread_mentions_are_counted",
];

/// So many rooms, and so many events, are held in memory at once.
const AT_ONCE: i64 = 1_000;

/// Everything in the logs that breaks a promise.
pub(crate) fn violations(connection: &mut impl Statements) -> QueryResult<Vec<Violation>> {
    let mut findings = Findings::default();
    let mut after = StoredId::LOWEST;
    loop {
        let rooms = connection.rooms_after(after, AT_ONCE)?;
        let (Some(lowest), Some(highest)) = (rooms.first(), rooms.last()) else { return Ok(findings.0) };
        let (lowest, highest) = (lowest.room_id, highest.room_id);
        let mut logs = logs(connection, rooms, lowest, highest)?;
        each_event(connection, lowest, highest, |event| {
            if let Some(log) = logs.get_mut(&event.room_id) {
                log.add(event, &mut findings);
            }
        })?;
        for log in logs.into_values() {
            log.end(connection, &mut findings)?;
        }
        after = highest;
    }
}

/// Empty logs for these rooms, with what the other tables say of them.
fn logs(
    connection: &mut impl Statements,
    rooms: Vec<RoomRow>,
    lowest: StoredId,
    highest: StoredId,
) -> QueryResult<BTreeMap<StoredId, Log>> {
    let mut logs: BTreeMap<_, _> = rooms.into_iter().map(|room| (room.room_id, Log::of(room))).collect();
    for participant in connection.participants_between(lowest, highest)? {
        if let Some(log) = logs.get_mut(&participant.room_id) {
            log.participants.insert(participant.user_id);
        }
    }
    for seat in connection.seats_between(lowest, highest)? {
        if let Some(log) = logs.get_mut(&seat.room_id) {
            log.seats.push(seat.into());
        }
    }
    for recounted in connection.recounted_mentions_between(lowest, highest)? {
        if let Some(log) = logs.get_mut(&recounted.room_id) {
            log.recounts.insert(recounted.event_seq);
            log.recounted.push(recounted);
        }
    }
    for erased in connection.erased_messages_between(lowest, highest)? {
        if let Some(log) = logs.get_mut(&erased.room_id) {
            log.erased.insert(erased.seq, erased);
        }
    }
    Ok(logs)
}

/// Hands over the events of the rooms from one to another, by room and seq.
fn each_event(
    connection: &mut impl Statements,
    lowest: StoredId,
    highest: StoredId,
    mut hand_over: impl FnMut(EventRow),
) -> QueryResult<()> {
    // Below the first event of the lowest room, whatever its number.
    let (mut room_id, mut seq) = (lowest, i64::MIN);
    loop {
        let mut events = connection.events_since(room_id, seq, AT_ONCE)?;
        if events.is_empty() {
            events = connection.events_of_rooms_between(room_id, highest, AT_ONCE)?;
        }
        let Some(last) = events.last() else { return Ok(()) };
        (room_id, seq) = (last.room_id, last.seq);
        events.into_iter().for_each(&mut hand_over);
    }
}
