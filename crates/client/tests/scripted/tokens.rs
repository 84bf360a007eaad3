//! How a session goes on when its tokens expire.

use client::{ExposeSecret, Update};
use serde_json::json;

use crate::peer::{Peer, next, options, welcome};

#[tokio::test]
async fn a_call_with_an_expired_token_is_made_again_with_a_new_one() {
    let peer = Peer::start().await;
    let client = peer.client();
    peer.accept_only("access-2");
    peer.serve_room(1, &[]);
    let (one, other) = (client.clone(), client.clone());
    let room = "garden".into();
    let (one, other) = tokio::join!(one.room(&room), other.room(&room));
    assert_eq!((one.expect("shown").head_seq, other.expect("shown").head_seq), (1, 1));
    assert_eq!(peer.refreshes(), ["refresh-1"], "two calls renew once");
    assert_eq!(client.tokens().borrow().access_token.expose_secret(), "access-2");
}

#[tokio::test]
async fn a_connection_closed_for_its_token_comes_back_with_a_new_one() {
    let mut peer = Peer::start().await;
    let (_connection, _updates) = peer.client().connect(options());
    let mut wire = peer.connection().await;
    assert_eq!(wire.hear("hello").await["token"], "access-1");
    wire.close(4004).await;
    let mut wire = peer.connection().await;
    assert_eq!(wire.hear("hello").await["token"], "access-2");
    assert_eq!(peer.refreshes(), ["refresh-1"]);
}

#[tokio::test]
async fn a_token_is_renewed_in_band_before_it_expires() {
    let mut peer = Peer::start().await;
    let (_connection, _updates) = peer.client_whose_token_lasts(1).connect(options());
    let mut wire = peer.connection().await;
    assert_eq!(wire.hear("hello").await["token"], "access-1");
    wire.say(welcome(1, false)).await;
    assert_eq!(wire.hear("auth").await, json!({"type": "auth", "token": "access-2"}));
    assert_eq!(peer.refreshes(), ["refresh-1"]);
}

#[tokio::test]
async fn a_session_that_was_ended_ends_the_connection() {
    let mut peer = Peer::start().await;
    let (_connection, mut updates) = peer.client().connect(options());
    peer.refuse_refreshes();
    let mut wire = peer.connection().await;
    wire.hear("hello").await;
    wire.close(4004).await;
    let ended = next(&mut updates, |update| matches!(update, Update::Ended { .. })).await;
    let Update::Ended { code: None, reason } = ended else { panic!("{ended:?}") };
    assert_eq!(reason, "The session has ended. (session_revoked)");
}

#[tokio::test]
async fn a_renewal_whose_answer_was_lost_is_asked_for_again_with_the_same_token() {
    let peer = Peer::start().await;
    let client = peer.client();
    peer.lose_refreshes(2);
    client.refresh().await.expect("the third answer comes");
    assert_eq!(peer.refreshes(), ["refresh-1", "refresh-1", "refresh-1"]);
    peer.lose_refreshes(usize::MAX);
    assert!(matches!(client.refresh().await, Err(client::Error::Unreachable(_))), "not without end");
}

#[test]
fn secrets_do_not_show() {
    let tokens = json!({
        "accessToken": "open sesame", "accessTokenExpiresAt": "2030-01-01T00:00:00.000Z",
        "refreshToken": "open sesame", "refreshTokenExpiresAt": "2030-01-01T00:00:00.000Z",
    });
    let tokens: client::Tokens = serde_json::from_value(tokens).expect("tokens");
    let server = client::Server::at("http://127.0.0.1:1").expect("an address");
    let shown = format!("{tokens:?} {:?}", server.resume(tokens.clone()));
    assert!(!shown.contains("sesame"), "{shown}");
}
