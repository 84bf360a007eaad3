use super::*;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The client id under which a message of a run comes back.
fn id(run: u32, number: u32) -> Vec<u8> {
    ClientIds::Time.id(0, run, number).to_string().into_bytes()
}

/// A tally in which one message, due at 1 s, was written at once to two members.
fn one_message() -> Tally {
    let mut tally = Tally::new(3, 1, &[ms(0)], ClientIds::Time);
    tally.send(ms(1_000), ms(1_000), 2);
    tally
}

#[test]
fn the_next_event_follows_the_last_one() {
    for (last, seq, step) in [
        (7, 8, Step::Next),
        (7, 7, Step::Repeat),
        (7, 3, Step::Repeat),
        (7, 9, Step::Gap(1)),
        (7, 20, Step::Gap(12)),
        (i64::MIN, i64::MAX, Step::Repeat),
    ] {
        assert_eq!(Step::from(last, seq), step, "{last} {seq}");
    }
}

#[test]
fn a_latency_counts_from_when_the_message_was_due() {
    let mut tally = Tally::new(3, 1, &[ms(0)], ClientIds::Time);
    tally.send(ms(1_000), ms(1_400), 2);
    tally.acknowledge(0, ms(1_500));
    tally.show(&id(3, 0), 7, ms(1_600));
    tally.show(&id(3, 0), 7, ms(1_700));
    let Latencies { ack, delivery } = tally.latencies()[0];
    let lateness = tally.lateness();
    let longest: Vec<_> = [ack, delivery, lateness].iter().map(|latency| latency.max.round()).collect();
    assert_eq!(longest, [500.0, 700.0, 400.0]);
    assert_eq!(delivery.count, 1, "once everybody has it");
}

#[test]
fn a_message_is_settled_when_it_is_acknowledged_and_everybody_has_it() {
    let mut tally = one_message();
    tally.show(&id(3, 0), 7, ms(1_010));
    tally.acknowledge(0, ms(1_020));
    assert!(!tally.is_settled());
    assert_eq!(tally.wrong(), Wrong { lost: 1, ..Wrong::default() });
    tally.show(&id(3, 0), 7, ms(1_030));
    assert!(tally.is_settled());
    assert_eq!(tally.wrong(), Wrong::default());
    assert_eq!(tally.acknowledged(), 1);
}

#[test]
fn a_message_without_an_answer_is_unanswered() {
    let mut tally = one_message();
    tally.show(&id(3, 0), 7, ms(1_010));
    tally.show(&id(3, 0), 7, ms(1_010));
    assert!(!tally.is_settled());
    assert_eq!(tally.wrong(), Wrong { unanswered: 1, ..Wrong::default() });
    assert!(!tally.wrong().kept_promises());
}

#[test]
fn an_event_of_another_room_is_a_broken_promise() {
    let mut tally = one_message();
    let before = tally.wrong();
    tally.note_stray();
    assert_eq!(tally.wrong(), Wrong { stray: 1, ..before });
    assert_eq!(tally.wrong().broken(), before.broken() + 1);
}

#[test]
fn a_message_is_misplaced_when_members_see_it_in_different_places() {
    let mut tally = one_message();
    for seq in [7, 8] {
        tally.show(&id(3, 0), seq, ms(1_010));
    }
    assert_eq!(tally.wrong().misplaced, 1);
}

#[test]
fn history_shows_messages_where_the_sockets_did() {
    let ids = [(2, 9), (3, 0), (3, 1), (3, 2)]
        .map(|(run, number)| String::from_utf8(id(run, number)).expect("a UUID is text"));
    let [earlier, first, second, third] = ids.each_ref().map(String::as_str);
    for (history, misplaced) in [
        (vec![earlier, first, second, third], 0),
        (vec![second, third], 1),
        (vec![earlier], 1),
        (vec![second, first, third], 3),
        (vec![first, third], 1),
        (vec![first, second], 1),
    ] {
        let mut tally = Tally::new(3, 3, &[ms(0)], ClientIds::Time);
        for number in 0..3 {
            tally.send(ms(0), ms(0), 1);
            tally.show(&id(3, number), 7 + i64::from(number), ms(10));
        }
        tally.compare(history.iter().copied(), (6, 9));
        assert_eq!(tally.wrong().misplaced, misplaced, "{history:?}");
    }
}

#[test]
fn a_refused_message_is_neither_lost_nor_acknowledged() {
    let mut tally = one_message();
    tally.refuse(0, "unavailable");
    assert!(tally.is_settled());
    assert_eq!((tally.wrong(), tally.acknowledged()), (Wrong::default(), 0));
    assert_eq!(tally.refused()["unavailable"], 1);
}

#[test]
fn a_message_acknowledged_twice_counts_once() {
    let mut tally = one_message();
    for _ in 0..2 {
        tally.acknowledge(0, ms(1_020));
    }
    for _ in 0..3 {
        tally.show(&id(3, 0), 7, ms(1_030));
    }
    assert!(tally.is_settled());
    assert_eq!(tally.latencies()[0].ack.count, 1);
}

#[test]
fn messages_of_other_runs_and_of_people_are_ignored() {
    let mut tally = one_message();
    for id in [&*id(2, 0), &id(3, 1), b"hello", b"3-0", b"0198c0de-0000-7000-8000-000000000000"] {
        tally.show(id, 7, ms(1_010));
        tally.show(id, 7, ms(1_010));
    }
    assert_eq!(tally.latencies()[0].delivery.count, 0);
}

#[test]
fn each_phase_has_its_own_latencies_and_the_warm_up_none() {
    let mut tally = Tally::new(1, 3, &[ms(1_000), ms(2_000)], ClientIds::Time);
    for (number, due) in [(0, 500), (1, 1_500), (2, 2_500)] {
        tally.send(ms(due), ms(due), 1);
        tally.acknowledge(number, ms(due + 10));
        tally.show(&id(1, number), 7, ms(due + 100 * u64::from(1 + number)));
    }
    let deliveries: Vec<_> = tally.latencies().iter().map(|phase| phase.delivery.max.round()).collect();
    assert_eq!(deliveries, [200.0, 300.0]);
    assert_eq!(tally.acknowledged_between(ms(1_000), ms(2_000)), 1);
}

#[test]
fn percentiles_are_those_of_the_values() {
    let mut times = histogram();
    for milliseconds in 1..=1_000 {
        times.saturating_record(milliseconds * 1_000);
    }
    let Latency { p50, p90, p99, p999, max, count } = Latency::of(&times);
    for (measured, expected) in [(p50, 500.0), (p90, 900.0), (p99, 990.0), (p999, 999.0), (max, 1_000.0)] {
        let error: f64 = measured / expected - 1.0;
        assert!(error.abs() < 0.002, "{measured} is not {expected}");
    }
    assert_eq!(count, 1_000);
}

#[test]
fn a_message_has_the_same_client_id_whenever_it_is_sent() {
    let tally = one_message();
    assert_eq!(tally.client_id(0), ClientIds::Time.id(tally.began_ms + 1_000, 3, 0));
}
