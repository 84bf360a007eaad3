use super::*;
use crate::{EventKind, Timestamp};

const NONE: [i64; 0] = [];

fn event(seq: i64) -> Event {
    let kind = EventKind::MemberJoined("bo".into());
    Event { room_id: "garden".into(), seq, actor: "bo".into(), at: Timestamp::UNIX_EPOCH, kind }
}

fn seqs(events: &[Event]) -> Vec<i64> {
    events.iter().map(|event| event.seq).collect()
}

fn log(applied: i64) -> RoomLog {
    RoomLog::at(applied, Some("first".into()))
}

#[test]
fn the_next_event_is_applied_and_an_earlier_one_dropped() {
    let mut log = log(4);
    for (seq, applied) in [(5, vec![5]), (5, vec![]), (3, vec![]), (6, vec![6])] {
        assert_eq!(seqs(&log.take(event(seq))), applied);
    }
    assert_eq!(log.missing_since(6), None);
}

#[test]
fn a_later_event_waits_for_those_before_it() {
    let mut log = log(4);
    assert_eq!(seqs(&log.take(event(8))), NONE);
    assert_eq!(seqs(&log.take(event(6))), NONE);
    assert_eq!(log.missing_since(0), Some((&"first".into(), 4)));
    assert_eq!(seqs(&log.take(event(5))), [5, 6]);
    assert_eq!(log.missing_since(0), Some((&"first".into(), 6)), "7 is missing still");
    assert_eq!(seqs(&log.take(event(7))), [7, 8]);
    assert_eq!(log.missing_since(8), None);
}

#[test]
fn a_pending_sync_is_not_repeated() {
    let mut log = log(4);
    log.take(event(6));
    log.ask("s1".to_owned());
    log.take(event(8));
    assert_eq!(log.missing_since(8), None);
    assert!(log.is_asked("s1") && !log.is_asked("s2"));
    log.cancel_sync();
    assert_eq!(log.missing_since(8), Some((&"first".into(), 4)));
}

#[test]
fn asking_in_vain_ends_with_loading_the_room() {
    let mut log = log(4);
    let mut outcomes = Vec::new();
    for _ in 0..FRUITLESS_SYNCS {
        log.ask("s".to_owned());
        outcomes.push(log.finish_sync(9));
    }
    assert_eq!(outcomes, [Synced::Missing, Synced::Missing, Synced::GaveUp]);
}

#[test]
fn events_during_loading_are_shown_after_the_room() {
    let mut log = log(4);
    log.load(20, 1);
    assert_eq!(seqs(&log.take(event(21))), NONE);
    assert_eq!(seqs(&log.take(event(20))), NONE, "it is part of what is loaded");
    assert_eq!(seqs(&log.take(event(22))), NONE);
    assert_eq!(seqs(&log.finish_load(1, &"first".into()).expect("it was waited for")), [21, 22]);
    assert_eq!(seqs(&log.take(event(23))), [23]);
}

#[test]
fn an_outdated_load_shows_nothing() {
    let mut log = log(4);
    log.load(20, 1);
    log.load(30, 2);
    assert_eq!(log.finish_load(1, &"first".into()), None);
    assert_eq!(log.finish_load(2, &"first".into()), Some(vec![]));
}

#[test]
fn memory_is_bounded_however_many_events_come_too_early() {
    let mut log = log(0);
    for seq in 2..10_000 {
        log.take(event(seq));
    }
    assert_eq!(log.held.len(), MOST_HELD);
    let shown = log.take(event(1));
    assert_eq!(shown.len(), MOST_HELD + 1);
    assert_eq!(log.missing_since(9_999), Some((&"first".into(), log.applied)), "the rest is asked for");
}
