//! The client against a server that does what the test says, so that it meets what a sound server
//! hardly ever does.

mod encryption;
mod endings;
mod peer;
mod tokens;

use client::{EventKind, Options, Update};
use peer::{GARDEN, Peer, event, message_posted, options, welcome};
use serde_json::json;

#[tokio::test]
async fn the_program_sees_no_gaps_or_repeats() {
    let mut peer = Peer::start().await;
    let (_connection, mut updates) = peer.client().connect(options());
    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.say(welcome(7, false)).await;
    for seq in [8, 8, 11, 7] {
        wire.say(event(seq)).await;
    }
    let sync = wire.hear("sync").await;
    assert_eq!((&sync["since"], &sync["epoch"]), (&json!(8), &json!("first")));
    for seq in [9, 10, 11, 12] {
        wire.say(event(seq)).await;
    }
    assert_eq!(peer::next_seqs(&mut updates, 5).await, [8, 9, 10, 11, 12]);
}

#[tokio::test]
async fn a_ping_is_answered_and_shows_a_lost_last_event() {
    let mut peer = Peer::start().await;
    let (_connection, mut updates) = peer.client().connect(options());
    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.say(welcome(7, false)).await;
    wire.say(json!({"type": "ping", "heads": {GARDEN: 8}})).await;
    wire.hear("pong").await;
    assert_eq!(wire.hear("sync").await["since"], 7);
    wire.say(event(8)).await;
    assert_eq!(peer::next_seqs(&mut updates, 1).await, [8]);
}

#[tokio::test]
async fn a_lost_connection_comes_back_and_resumes_where_it_was() {
    let mut peer = Peer::start().await;
    let (_connection, mut updates) = peer.client().connect(options());
    let mut wire = peer.connection().await;
    assert_eq!(wire.hear("hello").await["resume"], json!([]));
    wire.say(welcome(7, false)).await;
    wire.say(event(8)).await;
    // An event that waits for an earlier one has not been shown, so it is not what is resumed from.
    wire.say(event(10)).await;
    wire.hear("sync").await;
    drop(wire);

    let mut wire = peer.connection().await;
    let resume = json!([{"roomId": GARDEN, "epoch": "first", "seq": 8}]);
    assert_eq!(wire.hear("hello").await["resume"], resume);
    wire.say(welcome(10, true)).await;
    for seq in [9, 10, 11] {
        wire.say(event(seq)).await;
    }
    assert_eq!(peer::next_seqs(&mut updates, 4).await, [8, 9, 10, 11]);
}

#[tokio::test]
async fn an_unacknowledged_message_is_sent_again_under_the_same_id_and_before_the_next() {
    let mut peer = Peer::start().await;
    let (connection, _updates) = peer.client().connect(options());
    let room = GARDEN.into();
    let (first, second) = (connection.send(&room, "One."), connection.send(&room, "Two."));
    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.say(welcome(7, false)).await;
    let sent = wire.hear("send").await;
    drop(wire);

    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.say(welcome(8, true)).await;
    let again = wire.hear("send").await;
    assert_eq!(again, sent);
    assert_eq!(again["clientMessageId"], first.client_message_id());
    wire.acknowledge(&again, 8, true).await;
    let next = wire.hear("send").await;
    assert_eq!(next["body"], "Two.");
    wire.acknowledge(&next, 9, false).await;
    let (first, second) = (first.await.expect("posted"), second.await.expect("posted"));
    assert_eq!((first.seq, first.duplicate, second.seq, second.duplicate), (8, true, 9, false));
}

#[tokio::test]
async fn a_reset_shows_the_room_as_it_stands() {
    let mut peer = Peer::start().await;
    let (_connection, mut updates) = peer.client().connect(options());
    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.say(welcome(7, false)).await;
    peer.serve_room(902, &[899, 901, 902]);
    wire.say(json!({"type": "reset", "roomId": GARDEN, "epoch": "second", "headSeq": 901})).await;
    wire.say(message_posted(902)).await;
    let loaded = peer::next(&mut updates, |update| matches!(update, Update::Loaded { .. })).await;
    let Update::Loaded { messages, seq: 901, room } = loaded else { panic!("{loaded:?}") };
    assert_eq!(room.name, "Garden");
    assert_eq!(messages.iter().map(|message| message.seq).collect::<Vec<_>>(), [899, 901]);
    let event = peer::next(&mut updates, |update| matches!(update, Update::Event(_))).await;
    let Update::Event(event) = event else { unreachable!("it was asked for") };
    assert!(matches!(event.kind, EventKind::MessagePosted(message) if message.seq == 902));
    drop(wire);

    let mut wire = peer.connection().await;
    let resume = json!([{"roomId": GARDEN, "epoch": "second", "seq": 902}]);
    assert_eq!(wire.hear("hello").await["resume"], resume);
}

#[tokio::test]
async fn a_program_that_does_not_take_updates_loses_nothing() {
    let mut peer = Peer::start().await;
    let (_connection, mut updates) = peer.client().connect(options());
    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.say(welcome(0, false)).await;
    // Far more than the system's buffers take, so the writing ends only because it is read.
    let last = 4_000;
    let writing = tokio::spawn(async move {
        for seq in 1..=last {
            let mut event = message_posted(seq);
            event["data"]["body"] = "x".repeat(4_000).into();
            wire.say(event).await;
        }
        wire
    });
    let first = peer::next(&mut updates, |update| matches!(update, Update::Event(_))).await;
    assert!(matches!(first, Update::Event(event) if event.seq == 1));
    assert!(!writing.is_finished(), "somebody takes what the program does not");
    let rest = peer::next_seqs(&mut updates, usize::try_from(last).expect("few") - 1).await;
    assert_eq!(rest, (2..=last).collect::<Vec<_>>());
    writing.await.expect("it has all been written");
}

#[tokio::test]
async fn a_stored_resume_point_is_resumed_by_the_next_run_of_the_program() {
    let mut peer = Peer::start().await;
    let kept = client::ResumePoint { room_id: GARDEN.into(), epoch: "first".into(), seq: 5 };
    let (_connection, mut updates) = peer.client().connect(Options { resume: vec![kept], ..options() });
    let mut wire = peer.connection().await;
    let resume = json!([{"roomId": GARDEN, "epoch": "first", "seq": 5}]);
    assert_eq!(wire.hear("hello").await["resume"], resume);
    wire.say(welcome(6, true)).await;
    wire.say(event(6)).await;
    assert_eq!(peer::next_seqs(&mut updates, 1).await, [6]);
}
