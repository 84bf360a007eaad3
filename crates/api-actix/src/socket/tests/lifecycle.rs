use std::sync::atomic::{AtomicBool, Ordering};

use domain::ports::Events;
use domain::rules::messages::Posting;
use domain::{Announcement, Denial, Refusal, Standing};
use serde_json::{Value, json};
use tokio::time::pause;

use super::*;
use crate::socket::connection::transport::WRITE_TIMEOUT;
use crate::socket::tests::cast::{ANA, BO, DI, message, posted, room_id, user};
use crate::socket::tests::peer::{Peer, Server, TOKEN_LIFETIME, hear_seqs, server_with_room};

fn send(id: u32, body: &str) -> Value {
    let room_id = room_id().to_string();
    json!({"type": "send", "id": id, "roomId": room_id, "clientMessageId": format!("c{id}"), "body": body})
}

async fn bye_to_hello(server: &Server, token: &str) -> u16 {
    let mut peer = server.connect().await;
    peer.say(&json!({"type": "hello", "token": token}));
    peer.hear_bye().await
}

#[actix_web::test]
async fn our_subprotocol_is_agreed_on_and_another_ends_with_4502() {
    let server = server_with_room(0);
    let (_, response) = server.connect_offering(Some("chat, hexroom.v1")).await;
    assert_eq!(response.headers().get("sec-websocket-protocol").expect("agreed"), "hexroom.v1");
    let (mut peer, _) = server.connect_offering(Some("hexroom.v2")).await;
    assert_eq!(peer.hear_bye().await, 4502);
}

#[actix_web::test]
async fn who_cannot_be_authenticated_is_told_why() {
    let server = server_with_room(0);
    assert_eq!(bye_to_hello(&server, "forged").await, 4500);
    assert_eq!(bye_to_hello(&server, "expired").await, 4004);
    assert_eq!(
        bye_to_hello(&server, "late").await,
        4004,
        "what passes in a request does not open a connection"
    );
    server.end_sessions_after(0);
    assert_eq!(bye_to_hello(&server, ANA).await, 4503);
}

#[actix_web::test]
async fn a_session_that_ends_while_its_connection_begins_is_noticed() {
    let server = server_with_room(0);
    server.end_sessions_after(1);
    assert_eq!(bye_to_hello(&server, ANA).await, 4503);
}

#[actix_web::test]
async fn a_connection_asks_for_its_session_once() {
    let server = server_with_room(1);
    let before = server.session_finds_left();
    server.enter(ANA).await;
    assert_eq!(before - server.session_finds_left(), 1);
}

#[actix_web::test]
async fn a_connection_too_many_is_refused() {
    let server = server_with_room(0);
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(server.welcome(ANA, json!([])).await);
    }
    assert_eq!(bye_to_hello(&server, ANA).await, 4504);
    server.welcome(BO, json!([])).await;
}

#[actix_web::test]
async fn the_first_frame_is_hello_and_comes_in_time() {
    let server = server_with_room(0);
    let mut peer = server.connect().await;
    peer.say(&json!({"type": "pong"}));
    assert_eq!(peer.hear_bye().await, 4501);

    pause();
    let mut silent = server.connect().await;
    assert_eq!(silent.hear_bye().await, 4501);
}

#[actix_web::test]
async fn what_breaks_the_protocol_ends_the_connection() {
    let server = server_with_room(0);
    let breaches: [fn(&Peer); 5] = [
        |peer| peer.write(0x82, b"binary"),
        |peer| peer.write(0x81, &[0xFF, 0xFE]),
        |peer| peer.write_raw(vec![0x81, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0]),
        |peer| peer.write_raw(vec![0x81, 2, b'{', b'}']),
        |peer| peer.write(0x80, b"a continuation of nothing"),
    ];
    for (number, breach) in breaches.iter().enumerate() {
        let mut peer = server.enter(ANA).await;
        breach(&peer);
        assert_eq!(peer.hear_bye().await, 4501, "breach {number}");
    }
}

#[actix_web::test]
async fn a_bad_frame_is_answered_and_many_end_the_connection() {
    let server = server_with_room(0);
    let mut peer = server.enter(ANA).await;
    for _ in 0..10 {
        peer.say_text("not JSON");
        assert_eq!(peer.hear().await["code"], "malformed_request");
        peer.say(&json!({"type": "hello", "token": ANA}));
        assert_eq!(peer.hear().await["code"], "validation_failed");
    }
    peer.say_text("[]");
    assert_eq!(peer.hear_bye().await, 4501);
}

#[actix_web::test]
async fn a_frame_may_come_in_pieces_with_a_ping_between_them() {
    let server = server_with_room(0);
    let mut peer = server.connect().await;
    let hello = json!({"type": "hello", "token": ANA}).to_string();
    let (first, last) = hello.as_bytes().split_at(7);
    peer.write(0x01, first);
    peer.write(0x89, b"?");
    peer.write(0x80, last);
    assert!(peer.hear_frame().await.is_pong());
    assert_eq!(peer.hear().await["type"], "welcome");
}

#[actix_web::test]
async fn commands_are_answered_in_their_order_after_their_commit() {
    let server = Server::start(|rooms| {
        let mut seq = 0;
        rooms.expect_post().returning(move |new| {
            if new.body.as_str() == "refuse me" {
                return Err(Denial::NotAMember.into());
            }
            seq += 1;
            Ok(Posting::New(message(seq, ANA, Some(new.body.as_str()))))
        });
    });
    server.seat(ANA);
    let mut peer = server.enter(ANA).await;
    for (id, body) in [(1, "one"), (2, "refuse me"), (3, "three")] {
        peer.say(&send(id, body));
    }
    let first = peer.hear().await;
    assert_eq!((&first["type"], &first["data"]["body"]), (&json!("event"), &json!("one")));
    let ack = peer.hear().await;
    assert_eq!(
        (&ack["type"], &ack["id"], &ack["seq"], &ack["duplicate"]),
        (&json!("ack"), &json!(1), &json!(1), &json!(false))
    );
    assert_eq!(ack["messageId"], first["data"]["messageId"]);
    let error = peer.hear().await;
    assert_eq!(
        (&error["type"], &error["id"], &error["code"]),
        (&json!("error"), &json!(2), &json!("not_a_member"))
    );
    assert_eq!(peer.hear().await["data"]["body"], "three");
    assert_eq!(peer.hear().await["id"], 3);
}

#[actix_web::test]
async fn a_store_that_cannot_take_it_says_when_to_try_again() {
    let server = Server::start(|rooms| {
        rooms.expect_post().returning(|_| Err(Refusal::Unavailable("busy".into())));
    });
    server.seat(ANA);
    let mut peer = server.enter(ANA).await;
    peer.say(&send(1, "hello"));
    let error = peer.hear().await;
    assert_eq!(
        (&error["id"], &error["code"], &error["retryAfterMs"]),
        (&json!(1), &json!("unavailable"), &json!(1_000))
    );
}

#[actix_web::test]
async fn messages_that_come_too_often_are_refused_with_their_id() {
    let server = Server::start(|rooms| {
        rooms.expect_post().returning(|_| Err(Denial::NotAMember.into()));
    });
    let mut peer = server.enter(ANA).await;
    let mut id = 0;
    let error = loop {
        id += 1;
        assert!(id < 1_000, "there is a limit");
        peer.say(&send(id, "again"));
        let error = peer.hear().await;
        if error["code"] != "not_a_member" {
            break error;
        }
    };
    assert_eq!((&error["id"], &error["code"]), (&json!(id), &json!("rate_limited")));
    assert!(error["retryAfterMs"].as_u64().is_some_and(|wait| wait > 0), "{error}");
}

#[actix_web::test]
async fn ids_that_no_room_can_have_are_refused_as_unknown_rooms() {
    let server = server_with_room(0);
    let mut peer = server.enter(ANA).await;
    for frame in [
        json!({"type": "delete", "id": 1, "roomId": "x", "messageId": "x"}),
        json!({"type": "read", "roomId": "x", "seq": 1}),
        json!({"type": "sync", "id": 1, "roomId": "x", "epoch": "e", "since": 1}),
    ] {
        peer.say(&frame);
        assert_eq!(peer.hear().await["code"], "room_not_found", "{frame}");
    }
}

#[actix_web::test]
async fn writing_is_shown_to_the_others_at_most_every_two_seconds() {
    let server = server_with_room(1);
    let (ana, mut bo) = (server.enter(ANA).await, server.enter(BO).await);
    let typing = json!({"type": "typing", "roomId": room_id().to_string()});
    for _ in 0..3 {
        ana.say(&typing);
    }
    let shown = bo.hear().await;
    assert_eq!(shown, json!({"type": "typing", "roomId": room_id().to_string(), "userId": ANA}));
    pause();
    tokio::time::sleep(Duration::from_secs(2)).await;
    ana.say(&typing);
    assert_eq!(bo.hear().await["type"], "typing", "the second of two, not of four");
    bo.say_text("?");
    assert_eq!(bo.hear().await["type"], "error");
}

#[actix_web::test]
async fn who_stops_writing_is_shown_so_and_may_begin_again_at_once() {
    let server = server_with_room(1);
    let (ana, mut bo) = (server.enter(ANA).await, server.enter(BO).await);
    let typing = |on: bool| json!({"type": "typing", "roomId": room_id().to_string(), "on": on});
    for on in [true, false, true, true] {
        ana.say(&typing(on));
    }
    for on in [None, Some(false), None] {
        let shown = bo.hear().await;
        assert_eq!((&shown["type"], shown["on"].as_bool()), (&json!("typing"), on));
    }
    bo.say_text("?");
    assert_eq!(bo.hear().await["type"], "error", "the last was too soon after the one before");
}

#[actix_web::test]
async fn writing_in_somebody_elses_room_is_refused() {
    let server = Server::start(|rooms| {
        rooms.expect_standing().returning(|_, _| Ok(Standing::Stranger));
    });
    let mut peer = server.enter(ANA).await;
    peer.say(&json!({"type": "typing", "roomId": room_id().to_string()}));
    assert_eq!(peer.hear().await["code"], "room_not_found");
}

#[actix_web::test]
async fn the_first_connection_is_shown_as_online_and_the_second_is_not() {
    let server = server_with_room(1);
    let mut ana = server.enter(ANA).await;
    let _first = server.enter(BO).await;
    let shown = ana.hear().await;
    assert_eq!(
        (&shown["type"], &shown["userId"], &shown["online"]),
        (&json!("presence"), &json!(BO), &json!(true))
    );
    let _second = server.enter(BO).await;
    assert!(server.api.hub.is_online(&user(BO)) && !server.api.hub.is_online(&user(DI)));
    ana.say_text("?");
    assert_eq!(ana.hear().await["type"], "error");
}

#[actix_web::test]
async fn a_ping_names_the_heads_and_an_answer_keeps_the_connection() {
    let server = server_with_room(7);
    let mut peer = server.enter(ANA).await;
    pause();
    for _ in 0..3 {
        let ping = peer.hear().await;
        assert_eq!(ping, json!({"type": "ping", "heads": {room_id().to_string(): 7}}));
        peer.say(&json!({"type": "pong"}));
    }
    assert_eq!(peer.hear().await["type"], "ping");
    assert_eq!(peer.hear_bye().await, 4003, "this one was not answered");
}

#[actix_web::test]
async fn who_does_not_read_is_too_slow_rather_than_silent() {
    let server = server_with_room(1);
    let mut peer = server.enter(ANA).await;
    pause();
    // More than lies between the two, so that something waits to be written.
    for seq in 2..=40 {
        server.happen(posted(seq)).await;
    }
    tokio::time::sleep(WRITE_TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(peer.hear_bye_past(&["event"]).await, 4002);
}

#[actix_web::test]
async fn an_expired_token_ends_the_connection_unless_it_was_renewed() {
    let server = server_with_room(1);
    let mut peer = server.enter(ANA).await;
    server.pass(TOKEN_LIFETIME / 2);
    peer.say(&json!({"type": "auth", "token": ANA}));
    peer.say_text("?");
    assert_eq!(peer.hear().await["type"], "error", "the renewal is done");
    server.pass(TOKEN_LIFETIME / 2);
    pause();
    assert_eq!(peer.hear().await["type"], "ping", "the newer token holds");
    peer.say(&json!({"type": "pong"}));
    server.pass(TOKEN_LIFETIME / 2);
    assert_eq!(peer.hear_bye_past(&["ping"]).await, 4004);
}

#[actix_web::test]
async fn a_renewal_is_for_the_same_session_only() {
    let server = server_with_room(1);
    for (token, code) in
        [(BO, 4500), ("ana-elsewhere", 4500), ("forged", 4500), ("expired", 4004), ("late", 4004)]
    {
        let mut peer = server.enter(ANA).await;
        peer.say(&json!({"type": "auth", "token": token}));
        assert_eq!(peer.hear_bye().await, code, "{token}");
    }
}

#[actix_web::test]
async fn an_ended_session_ends_its_connection() {
    let server = server_with_room(1);
    let mut peer = server.enter(ANA).await;
    let session = domain::SessionId(uuid::Uuid::from_u128(1));
    server.api.hub.publish(Announcement::SessionsEnded(vec![session])).await;
    assert_eq!(peer.hear_bye().await, 4503);
}

#[actix_web::test]
async fn a_close_is_answered_and_the_connection_forgotten() {
    let server = server_with_room(1);
    let mut peer = server.enter(ANA).await;
    peer.write(0x88, &1000_u16.to_be_bytes());
    assert_eq!(peer.hear_frame().await.close_code(), Some(1000));
    drop(peer);
    // With every socket closed, a shutdown has nobody to wait for.
    server.api.hub.shutdown().await;
    assert!(server.api.hub.presence.connections(&user(ANA)).is_empty());
}

#[actix_web::test]
async fn who_vanishes_is_forgotten() {
    let server = server_with_room(1);
    drop(server.enter(ANA).await);
    server.api.hub.shutdown().await;
    assert!(server.api.hub.presence.connections(&user(ANA)).is_empty());
}

#[actix_web::test]
async fn who_goes_in_the_middle_of_a_command_does_not_hold_up_the_room() {
    let is_posted = Arc::new(AtomicBool::new(false));
    let posted = is_posted.clone();
    let server = Server::start(|rooms| {
        rooms.expect_post().returning(move |new| {
            posted.store(true, Ordering::Relaxed);
            Ok(Posting::New(message(1, BO, Some(new.body.as_str()))))
        });
    });
    server.seat(ANA);
    server.seat(BO);
    let (mut ana, bo) = (server.enter(ANA).await, server.enter(BO).await);
    let connections = || server.api.hub.presence.connections(&user(BO));
    let feed = server.api.hub.feed(room_id()).expect("somebody is in it");

    let held = feed.hold().await;
    bo.say(&send(1, "and gone"));
    // Committed, the message is the first in line for the room; its sender's leaving is the second.
    until(|| is_posted.load(Ordering::Relaxed)).await;
    drop(bo);
    until(|| connections().is_empty()).await;
    drop(held);
    assert_eq!(ana.hear_until("event").await["data"]["body"], "and gone");
}

/// Lets everything else go on until something is so.
async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_mins(1), waiting).await.expect("in time");
}

#[actix_web::test]
async fn a_shutdown_says_goodbye_to_everyone_after_what_was_queued() {
    let server = server_with_room(1);
    let (mut ana, mut stranger) = (server.enter(ANA).await, server.connect().await);
    // The stranger's session has to run before it can be told anything.
    stranger.say_text("?");
    assert_eq!(stranger.hear().await["type"], "error");
    server.happen(posted(2)).await;
    let hearing = async {
        hear_seqs(&mut ana, 2..=2).await;
        let codes = (ana.hear_bye().await, stranger.hear_bye().await);
        drop((ana, stranger));
        codes
    };
    let ((), codes) = futures_util::future::join(server.api.hub.shutdown(), hearing).await;
    assert_eq!(codes, (4001, 4001));
    assert_eq!(server.connect().await.hear_bye().await, 4001, "who comes later hears it too");
}
