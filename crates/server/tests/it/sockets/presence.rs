//! Who is there, and who is typing.

use crate::support::{Server, column, json};

#[tokio::test]
async fn members_see_each_other_come_and_go() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let mut at_ana = ana.socket().await;
    let is_bos = |frame: &serde_json::Value| frame["type"] == "presence" && frame["userId"] == "bo-b";

    let at_bo = bo.socket().await;
    let came = at_ana.frame_where("bo's coming", is_bos).await;
    assert_eq!(came, json!({"type": "presence", "roomId": room, "userId": "bo-b", "online": true}));
    at_bo.close().await;
    let went = at_ana.frame_where("bo's going", is_bos).await;
    assert_eq!(went["online"], false);
}

#[tokio::test]
async fn an_account_on_two_devices_goes_offline_with_the_last_one() {
    let server = Server::start().await;
    let (ana, bo, _) = server.ana_and_bo().await;
    let laptop = bo.on_device("laptop").await;
    let mut at_ana = ana.socket().await;
    let is_bos = |frame: &serde_json::Value| frame["type"] == "presence" && frame["userId"] == "bo-b";
    let (first, second) = (bo.socket().await, laptop.socket().await);
    at_ana.frame_where("bo's coming", is_bos).await;
    first.close().await;
    second.close().await;
    assert_eq!(at_ana.frame_where("bo's going", is_bos).await["online"], false);
    let told = at_ana.frames.iter().filter(|frame| is_bos(frame)).count();
    assert_eq!(told, 2, "once when he came, once when he went");
}

#[tokio::test]
async fn a_member_who_joins_while_online_is_shown_online_and_sees_who_else_is() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let bo = server.register("bo-b").await;
    let room = ana.create_room("Garden").await;
    let (mut at_ana, _at_bo) = (ana.socket().await, bo.socket().await);
    bo.join(&room).await.expect_status(200);
    let shown = at_ana.frame("presence").await;
    assert_eq!(shown, json!({"type": "presence", "roomId": room, "userId": "bo-b", "online": true}));
    let members = bo.room(&room).await["members"].clone();
    assert_eq!(column(members.as_array().expect("a list"), "online"), [true, true]);
}

#[tokio::test]
async fn typing_is_announced_to_the_others() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let (mut at_ana, mut at_bo) = (ana.socket().await, bo.socket().await);
    at_bo.send(json!({"type": "typing", "roomId": room})).await;
    let typing = at_ana.frame("typing").await;
    assert_eq!(typing, json!({"type": "typing", "roomId": room, "userId": "bo-b"}));
    at_bo.catch_up().await;
    assert!(at_bo.frames.iter().all(|frame| frame["type"] != "typing"), "not to oneself");
}

#[tokio::test]
async fn a_member_who_stopped_typing_or_sent_is_shown_as_typing_again_at_once() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let (mut at_ana, mut at_bo) = (ana.socket().await, bo.socket().await);
    at_bo.send(json!({"type": "typing", "roomId": room})).await;
    at_bo.send(json!({"type": "typing", "roomId": room, "on": false})).await;
    at_bo.send(json!({"type": "typing", "roomId": room})).await;
    at_bo.say(&room, "one", "hello").await;
    at_bo.send(json!({"type": "typing", "roomId": room})).await;
    at_bo.catch_up().await;
    at_ana.catch_up().await;
    let typing = at_ana.frames.iter().filter(|frame| frame["type"] == "typing");
    let shown: Vec<_> = typing.map(|frame| frame["on"] != false).collect();
    assert_eq!(shown, [true, false, true, true]);
}

#[tokio::test]
async fn a_new_name_reaches_the_others_at_once_and_nobody_else() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let mut at_di = server.register("di-d").await.socket().await;
    let mut at_ana = ana.socket().await;
    bo.patch("/api/me", json!({"name": "Bo the Second"})).await.expect_status(200);
    let told = at_ana.frame("member").await;
    assert_eq!(told, json!({"type": "member", "roomId": room, "userId": "bo-b", "name": "Bo the Second"}));
    at_di.catch_up().await;
    assert!(at_di.frames.iter().all(|frame| frame["type"] != "member"), "{:?}", at_di.frames);
}

#[tokio::test]
async fn typing_in_a_room_of_others_is_announced_to_nobody() {
    let server = Server::start().await;
    let (ana, _, room) = server.ana_and_bo().await;
    let mut at_ana = ana.socket().await;
    let mut at_di = server.register("di-d").await.socket().await;
    at_di.send(json!({"type": "typing", "roomId": room})).await;
    at_di.catch_up().await;
    at_ana.catch_up().await;
    assert!(at_ana.frames.iter().all(|frame| frame["type"] != "typing"), "{:?}", at_ana.frames);
}
