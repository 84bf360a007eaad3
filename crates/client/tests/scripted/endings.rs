//! How connections end, and which of them come back.

use client::{Error, Update};
use serde_json::json;

use crate::peer::{GARDEN, Peer, next, options, welcome};

#[tokio::test]
async fn it_reconnects_after_close_codes_below_4500() {
    let mut peer = Peer::start().await;
    let (_connection, mut updates) = peer.client().connect(options());
    for (code, reason) in [(4000, "Not now."), (4001, "Stopping."), (4002, "Too slow."), (4003, "Asleep?")] {
        let mut wire = peer.connection().await;
        wire.hear("hello").await;
        wire.say(welcome(1, true)).await;
        wire.say(json!({"type": "bye", "code": code, "reason": reason, "retryAfterMs": 3})).await;
        wire.close(code).await;
        let lost = next(&mut updates, |update| matches!(update, Update::Disconnected { .. })).await;
        let Update::Disconnected { reason: told, back_in } = lost else { unreachable!("it was asked for") };
        assert_eq!((told.as_str(), back_in.as_millis()), (reason, 3));
    }
    peer.connection().await.hear("hello").await;
}

#[tokio::test]
async fn it_does_not_reconnect_after_close_codes_from_4500_and_pending_calls_fail() {
    for code in [4500, 4501, 4502, 4503, 4504] {
        let mut peer = Peer::start().await;
        let (connection, mut updates) = peer.client().connect(options());
        let waiting = connection.send(&GARDEN.into(), "Is anybody there?");
        let mut wire = peer.connection().await;
        wire.hear("hello").await;
        wire.close(code).await;
        let ended = next(&mut updates, |update| matches!(update, Update::Ended { .. })).await;
        assert!(matches!(ended, Update::Ended { code: Some(told), .. } if told == code), "{ended:?}");
        assert_eq!(updates.next().await, None);
        assert!(matches!(waiting.await, Err(Error::Ended)));
        assert!(matches!(connection.send(&GARDEN.into(), "And now?").await, Err(Error::Ended)));
    }
}

#[tokio::test]
async fn dropping_the_handle_closes_the_connection() {
    let mut peer = Peer::start().await;
    let (connection, mut updates) = peer.client().connect(options());
    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.say(welcome(1, false)).await;
    drop(connection);
    assert!(wire.ends_properly().await, "the client says goodbye");
    while updates.next().await.is_some() {}
}

#[tokio::test]
async fn a_program_that_wants_no_updates_may_send_all_the_same() {
    let mut peer = Peer::start().await;
    let (connection, updates) = peer.client().connect(options());
    drop(updates);
    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.say(welcome(0, false)).await;
    for seq in 1..=1_000 {
        wire.say(crate::peer::event(seq)).await;
    }
    let sending = connection.send(&GARDEN.into(), "Hello.");
    let sent = wire.hear("send").await;
    wire.acknowledge(&sent, 1_001, false).await;
    assert_eq!(sending.await.expect("posted").seq, 1_001);
}
