use std::cell::RefCell;

use domain::{EventKind, Message, Reaction, Reactions, Standing};
use serde_json::{Value, json};

use super::*;
use crate::socket::connection::outbox::MOST_BYTES;
use crate::socket::tests::cast::{
    ANA, BO, Connection, connection, epoch, event, joined, message, posted, received, removed, room_id, user,
};
use crate::socket::tests::peer::{Server, hear_seqs, server_with_room};

fn resume(seq: i64) -> Value {
    json!([{"roomId": room_id().to_string(), "epoch": epoch().to_string(), "seq": seq}])
}

/// A session of Ana's whose connection the hub knows and that has not opened yet.
fn beginning(server: &Server) -> (Session, Connection) {
    let (api, limits) = server.data();
    let ana = connection(ANA);
    let (subscriber, outbox) = (ana.subscriber.clone(), ana.outbox.clone());
    api.hub.add(subscriber.clone(), 9).expect("room");
    (Session { api, limits, outbox, subscriber, typed_at: RefCell::default() }, ana)
}

#[actix_web::test]
async fn what_was_missed_is_replayed_and_then_it_goes_on_live() {
    let server = server_with_room(120);
    let (mut peer, welcome) = server.welcome(ANA, resume(20)).await;
    assert_eq!(welcome["rooms"][0]["recovered"], true);
    assert_eq!(welcome["rooms"][0]["headSeq"], 120);
    hear_seqs(&mut peer, 21..=120).await;
    server.happen(posted(121)).await;
    hear_seqs(&mut peer, 121..=121).await;
}

#[actix_web::test]
async fn what_happens_during_the_replay_comes_once_and_in_its_place() {
    let server = server_with_room(400);
    let (mut peer, _) = server.welcome(ANA, resume(0)).await;
    // The queue holds half of it at most, so the replay is still under way.
    for seq in 401..=450 {
        server.happen(posted(seq)).await;
    }
    hear_seqs(&mut peer, 1..=450).await;
    server.happen(posted(451)).await;
    hear_seqs(&mut peer, 451..=451).await;
}

#[actix_web::test]
async fn a_replay_of_more_than_an_outbox_holds_comes_whole() {
    let server = server_with_room(1);
    let reacted_to = |seq| {
        let user_ids =
            (0..2_000).map(|number| user(&format!("somebody-with-a-long-name-{number:04}"))).collect();
        let reactions = Reactions(vec![Reaction { emoji: "👍".parse().expect("an emoji"), user_ids }]);
        let message = Message { reactions, ..message(seq, ANA, Some("hello")) };
        event(seq, ANA, EventKind::MessagePosted(message))
    };
    assert!(server_frames::event(&reacted_to(2)).len() * LOG_PAGE > MOST_BYTES);
    for seq in 2..=60 {
        server.commit(&reacted_to(seq));
    }
    let (mut peer, _) = server.welcome(ANA, resume(1)).await;
    hear_seqs(&mut peer, 2..=60).await;
}

#[actix_web::test]
async fn exactly_500_events_are_replayed_and_one_more_is_a_reset() {
    let server = server_with_room(501);
    let (mut peer, welcome) = server.welcome(ANA, resume(1)).await;
    assert_eq!(welcome["rooms"][0]["recovered"], true);
    hear_seqs(&mut peer, 2..=501).await;

    let (mut peer, welcome) = server.welcome(BO, resume(0)).await;
    assert_eq!(welcome["rooms"][0]["recovered"], false);
    let reset = peer.hear_until("reset").await;
    assert_eq!((&reset["headSeq"], &reset["epoch"]), (&json!(501), &json!(epoch().to_string())));
}

#[actix_web::test]
async fn another_epoch_or_a_place_beyond_the_head_is_a_reset() {
    for (epoch, seq) in [("another".to_owned(), 3), (epoch().to_string(), 4)] {
        let server = server_with_room(3);
        let point = json!([{"roomId": room_id().to_string(), "epoch": epoch, "seq": seq}]);
        let (mut peer, welcome) = server.welcome(ANA, point).await;
        assert_eq!(welcome["rooms"][0]["recovered"], false);
        assert_eq!(peer.hear().await["type"], "reset");
        server.happen(posted(4)).await;
        hear_seqs(&mut peer, 4..=4).await;
    }
}

#[actix_web::test]
async fn a_room_that_was_lost_meanwhile_is_named_with_the_reason() {
    let server = Server::start(|rooms| {
        rooms.expect_standing().returning(|_, _| Ok(Standing::OfClosedRoom));
    });
    let (mut peer, welcome) = server.welcome(ANA, resume(1)).await;
    assert_eq!(welcome["rooms"], json!([]));
    let removed = peer.hear().await;
    assert_eq!((&removed["type"], &removed["code"]), (&json!("removed"), &json!("room_closed")));
}

#[actix_web::test]
async fn a_sync_sends_again_what_follows_and_nothing_twice() {
    let server = server_with_room(10);
    let mut peer = server.enter(ANA).await;
    server.happen(posted(11)).await;
    // This one is announced to nobody.
    server.commit(&posted(12));
    peer.say(&json!({
        "type": "sync", "id": "s", "roomId": room_id().to_string(), "epoch": epoch().to_string(), "since": 10,
    }));
    hear_seqs(&mut peer, 11..=11).await;
    hear_seqs(&mut peer, 11..=12).await;
    let ack = peer.hear().await;
    assert_eq!((&ack["type"], &ack["id"], &ack["seq"]), (&json!("ack"), &json!("s"), &json!(12)));
    server.happen(posted(13)).await;
    hear_seqs(&mut peer, 13..=13).await;
}

#[actix_web::test]
async fn a_sync_of_somebody_elses_room_is_refused_and_opens_nothing() {
    let server = server_with_room(3);
    server.unseat(BO);
    let mut peer = server.enter(BO).await;
    peer.say(&json!({"type": "sync", "id": 1, "roomId": room_id().to_string(), "epoch": "e", "since": 0}));
    let error = peer.hear().await;
    assert_eq!((&error["id"], &error["code"]), (&json!(1), &json!("not_a_member")));
    server.happen(posted(4)).await;
    peer.say_text("?");
    assert_eq!(peer.hear().await["code"], "malformed_request");
}

#[actix_web::test]
async fn a_room_joined_while_the_connection_opens_follows_the_welcome() {
    let server = server_with_room(1);
    server.unseat(ANA);
    let (session, ana) = beginning(&server);
    server.happen(joined(2, ANA)).await;
    server.commit(&posted(3));
    // The list is from before the join, the log from after it.
    server.hide_rooms();
    server.seat(ANA);
    session.open(Vec::new()).await.expect("open");
    server.happen(posted(4)).await;
    assert_eq!(received(&ana), ["welcome", "2", "3", "4"]);
}

#[actix_web::test]
async fn a_room_joined_while_the_connection_opens_comes_once_if_it_is_listed_too() {
    let server = server_with_room(1);
    server.unseat(ANA);
    let (session, ana) = beginning(&server);
    server.happen(joined(2, ANA)).await;
    server.seat(ANA);
    session.open(Vec::new()).await.expect("open");
    server.happen(posted(3)).await;
    assert_eq!(received(&ana), ["welcome", "3"]);
}

#[actix_web::test]
async fn who_joins_is_brought_in_and_who_is_removed_is_shown_out() {
    let server = server_with_room(1);
    server.unseat(BO);
    let (mut ana, mut bo) = (server.enter(ANA).await, server.enter(BO).await);
    server.seat(BO);
    server.happen(joined(2, BO)).await;
    server.happen(posted(3)).await;
    hear_seqs(&mut bo, 2..=3).await;
    server.unseat(BO);
    server.happen(removed(4, BO, true)).await;
    server.happen(posted(5)).await;
    assert_eq!(bo.hear().await["code"], "banned");
    bo.say_text("?");
    assert_eq!(bo.hear().await["code"], "malformed_request", "nothing of the room came between");
    hear_seqs(&mut ana, 2..=2).await;
    assert_eq!(ana.hear().await["type"], "presence", "Bo is online");
    hear_seqs(&mut ana, 3..=5).await;
}

#[actix_web::test]
async fn a_welcome_tells_how_the_rooms_stand() {
    let server = server_with_room(3);
    let (_, welcome) = server.welcome(ANA, json!([])).await;
    assert_eq!((&welcome["pingMs"], &welcome["maxFrameBytes"]), (&json!(25_000), &json!(MAX_FRAME_BYTES)));
    assert_eq!(
        welcome["rooms"],
        json!([{
            "roomId": room_id().to_string(), "epoch": epoch().to_string(),
            "headSeq": 3, "readSeq": 1, "unread": 0, "unreadMentions": 0,
            "recovered": false,
        }])
    );
}
