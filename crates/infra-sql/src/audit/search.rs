//! The search index, against the messages as they read now.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;
use domain::ports::Violation;

use super::findings::Findings;
use crate::events::{EventData, EventRow};
use crate::search::{BehindRow, SHELF, TO_BE_EMPTIED, seqs_of, shelf};
use crate::statements::Statements;
use crate::stored::StoredId;

/// The promises, each in one stable word.
#[cfg(test)]
pub(super) const INVARIANTS: [&str; 3] =
    ["search_progress_within_the_log", "messages_are_indexed", "only_messages_are_indexed"];

/// So many rooms, and so many events, are held in memory at once.
const AT_ONCE: i64 = 1_000;

/// The terms of messages by their places.
type Terms = BTreeMap<i64, BTreeSet<Vec<u8>>>;

/// Everything in the index that breaks a promise.
pub(crate) fn violations(connection: &mut impl Statements) -> QueryResult<Vec<Violation>> {
    let mut findings = Findings::default();
    let mut after = StoredId::LOWEST;
    loop {
        let rooms = connection.progress_after(after, AT_ONCE)?;
        let Some(last) = rooms.last() else { return Ok(findings.0) };
        after = last.room_id;
        for room in &rooms {
            look_at(connection, room, &mut findings)?;
        }
    }
}

fn look_at(connection: &mut impl Statements, room: &BehindRow, findings: &mut Findings) -> QueryResult<()> {
    let (id, indexed_seq) = (room.room_id, room.indexed_seq());
    findings.that(Some(indexed_seq) <= room.head_seq, "search_progress_within_the_log", || {
        format!("the room {} is indexed up to {indexed_seq}, above the end of its log", id.0)
    });
    // What is there goes before it is looked at again.
    if indexed_seq == TO_BE_EMPTIED {
        return Ok(());
    }
    let changed = changed_since(connection, id, indexed_seq)?;
    let mut next =
        Some(if indexed_seq == 0 { connection.first_shelf(id, 0)?.unwrap_or(i64::MAX) } else { 0 });
    while let Some(at) = next.filter(|at| *at < i64::MAX) {
        let mut terms = terms_of(connection, id, at)?;
        each_event(connection, id, at, |event| {
            let actual = terms.remove(&event.seq).unwrap_or_default();
            if event.seq <= indexed_seq && !changed.contains(&event.seq) {
                compare(room, event, &actual, findings);
            } else if event.seq > indexed_seq {
                only_messages(findings, id, event.seq, actual.is_empty());
            }
        })?;
        for seq in terms.keys() {
            only_messages(findings, id, *seq, false);
        }
        next = if at < shelf(indexed_seq) { Some(at + 1) } else { connection.first_shelf(id, at + 1)? };
    }
    Ok(())
}

fn compare(room: &BehindRow, event: EventRow, actual: &BTreeSet<Vec<u8>>, findings: &mut Findings) {
    let seq = event.seq;
    let message = if event.message_id.is_some() { event.message().ok() } else { None };
    let expected: BTreeSet<Vec<u8>> = message
        .map(|message| message.search_terms().iter().map(|term| term.as_bytes().to_vec()).collect())
        .unwrap_or_default();
    // The terms of a closed room go.
    findings.that(room.closed_at.is_some() || expected.is_subset(actual), "messages_are_indexed", || {
        format!("the message {seq} of the room {} is not found by all of its words", room.room_id.0)
    });
    only_messages(findings, room.room_id, seq, actual.is_subset(&expected));
}

fn only_messages(findings: &mut Findings, room_id: StoredId, seq: i64, holds: bool) {
    findings.that(holds, "only_messages_are_indexed", || {
        format!("the place {seq} of the room {} is found by words that are not there", room_id.0)
    });
}

/// The messages that were edited or deleted by events which are not indexed yet.
fn changed_since(
    connection: &mut impl Statements,
    room_id: StoredId,
    mut since: i64,
) -> QueryResult<BTreeSet<i64>> {
    let mut changed = BTreeSet::new();
    loop {
        let events = connection.events_since(room_id, since, AT_ONCE)?;
        let Some(last) = events.last() else { return Ok(changed) };
        since = last.seq;
        let targets =
            events.iter().filter_map(|event| EventData::read(&event.kind, &event.data).ok()?.target_seq());
        changed.extend(targets);
    }
}

fn terms_of(connection: &mut impl Statements, room_id: StoredId, shelf: i64) -> QueryResult<Terms> {
    let mut terms = Terms::new();
    for row in connection.terms_of_shelf(room_id, shelf)? {
        for seq in seqs_of(row.block, row.seqs) {
            terms.entry(seq).or_default().insert(row.term.clone());
        }
    }
    Ok(terms)
}

/// Hands over the events of a shelf.
fn each_event(
    connection: &mut impl Statements,
    room_id: StoredId,
    shelf: i64,
    mut hand_over: impl FnMut(EventRow),
) -> QueryResult<()> {
    let (mut since, end) = (shelf * SHELF - 1, (shelf + 1) * SHELF);
    loop {
        let mut events = connection.events_since(room_id, since, AT_ONCE)?;
        events.retain(|event| event.seq < end);
        let Some(last) = events.last() else { return Ok(()) };
        since = last.seq;
        events.into_iter().for_each(&mut hand_over);
    }
}
