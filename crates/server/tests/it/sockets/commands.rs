//! What a client can ask for, and the answers.

use crate::support::{
    Actor, Server, Socket, assert_instant, assert_members, column, items, json, number, text,
};

/// Ana's room with Bo in it, and a socket for each.
async fn ana_and_bo(server: &Server) -> (Actor, Actor, String, Socket, Socket) {
    let (ana, bo, room) = server.ana_and_bo().await;
    let (at_ana, at_bo) = (ana.socket().await, bo.socket().await);
    (ana, bo, room, at_ana, at_bo)
}

#[tokio::test]
async fn a_sent_message_is_acknowledged_and_delivered_to_all() {
    let server = Server::start().await;
    let (ana, _, room, mut at_ana, mut at_bo) = ana_and_bo(&server).await;
    let ack = at_bo.say(&room, "b-1", "hello").await;
    assert_members(&ack, &["type", "id", "roomId", "seq", "messageId", "duplicate"], &[]);
    assert_eq!((&ack["roomId"], &ack["seq"], &ack["duplicate"]), (&json!(room), &json!(3), &json!(false)));

    for socket in [&mut at_ana, &mut at_bo] {
        let event = socket.event("message_posted").await;
        assert_members(&event, &["type", "roomId", "seq", "kind", "actor", "at", "data"], &[]);
        assert_eq!((&event["seq"], &event["actor"]), (&json!(3), &json!("bo-b")));
        assert_instant(&event["at"]);
        assert_eq!(event["data"]["messageId"], ack["messageId"]);
        assert_eq!(event["data"], ana.messages(&room).await[0], "an event shows the message as HTTP does");
    }
}

#[tokio::test]
async fn messages_sent_without_waiting_are_posted_and_answered_in_their_order() {
    const SENT: usize = 60;
    let server = Server::start().await;
    let (ana, _, room, _, mut at_bo) = ana_and_bo(&server).await;
    for number in 0..SENT {
        // Every seventh is refused, and that holds up nothing after it.
        let body = if number % 7 == 0 { json!(" ") } else { json!(format!("number {number}")) };
        let (id, client_message_id) = (json!(number), format!("b-{number}"));
        let send = json!({
            "type": "send", "id": id, "roomId": room, "clientMessageId": client_message_id, "body": body,
        });
        at_bo.send(send).await;
    }
    at_bo.catch_up().await;
    let acks: Vec<_> = at_bo.frames.iter().filter(|frame| frame["type"] == "ack").cloned().collect();
    let posted: Vec<_> = (0..SENT).filter(|number| number % 7 != 0).map(|number| json!(number)).collect();
    assert_eq!(column(&acks, "id"), posted);
    let seqs: Vec<_> = (3..).take(posted.len()).map(|seq| json!(seq)).collect();
    assert_eq!(column(&acks, "seq"), seqs);
    let history = ana.get(&format!("/api/chatrooms/{room}/messages?limit=100")).await.json(200);
    let bodies: Vec<_> = posted.iter().map(|number| json!(format!("number {number}"))).collect();
    assert_eq!(column(&items(&history), "body"), bodies);
}

#[tokio::test]
async fn messages_are_edited_and_deleted() {
    let server = Server::start().await;
    let (ana, _, room, mut at_ana, mut at_bo) = ana_and_bo(&server).await;
    let id = text(&at_bo.say(&room, "b-1", "tyop").await["messageId"]);

    let edit = json!({"type": "edit", "roomId": room, "messageId": id, "body": "typo"});
    let ack = at_bo.ask(edit).await;
    assert_eq!((&ack["type"], &ack["seq"], &ack["messageId"]), (&json!("ack"), &json!(4), &json!(id)));
    let edited = at_ana.event("message_edited").await;
    assert_eq!((&edited["seq"], &edited["data"]["body"]), (&json!(4), &json!("typo")));
    assert_eq!(edited["data"]["revision"], 1);

    let delete = json!({"type": "delete", "roomId": room, "messageId": id});
    assert_eq!(at_ana.ask(delete.clone()).await["seq"], 5);
    let deleted = at_bo.event("message_deleted").await;
    assert_eq!((&deleted["seq"], &deleted["actor"]), (&json!(5), &json!("ana")));
    assert_eq!(deleted["data"]["messageId"], id.as_str());
    assert!(!deleted.to_string().contains("typo"));
    let again = at_ana.ask(delete).await;
    assert_eq!((&again["type"], &again["duplicate"]), (&json!("ack"), &json!(true)));
    assert_eq!(column(&ana.messages(&room).await, "deleted"), [true]);
}

#[tokio::test]
async fn refusals_carry_the_same_codes_as_over_http() {
    let server = Server::start().await;
    let (ana, _, room, mut at_ana, mut at_bo) = ana_and_bo(&server).await;
    let id = text(&at_bo.say(&room, "b-1", "mine").await["messageId"]);
    let foreign = server.register_prime("cy-c").await.create_room("Cy's").await;
    let send = |room: &str, id: &str, body: &str| json!({"type": "send", "roomId": room, "clientMessageId": id, "body": body});
    let edit = |id: &str| json!({"type": "edit", "roomId": room, "messageId": id, "body": "x"});

    let refused = at_ana.ask(edit(&id)).await;
    assert_members(&refused, &["type", "id", "code", "detail"], &["errors"]);
    assert_eq!(refused["code"], "author_only");
    for (command, code) in [
        (edit("nonsense"), "message_not_found"),
        (send(&foreign, "a-1", "hi"), "room_not_found"),
        (send("nonsense", "a-1", "hi"), "room_not_found"),
        (send(&room, "a-1", " "), "validation_failed"),
        (send(&room, "", "hi"), "validation_failed"),
        (json!({"type": "delete", "roomId": room, "messageId": "nonsense"}), "message_not_found"),
        (json!({"type": "sync", "roomId": foreign, "epoch": "e", "since": 0}), "room_not_found"),
    ] {
        let refused = at_ana.ask(command.clone()).await;
        assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!(code)), "{command}");
    }
    let conflict = at_bo.ask(send(&room, "b-1", "another")).await;
    assert_eq!(conflict["code"], "client_message_id_conflict");
    ana.delete(&format!("/api/chatrooms/{room}/members/bo-b")).await.expect_status(204);
    assert_eq!(at_bo.ask(send(&room, "b-2", "hello?")).await["code"], "not_a_member");
    ana.delete(&format!("/api/chatrooms/{room}")).await.expect_status(204);
    assert_eq!(at_ana.ask(send(&room, "a-2", "hello?")).await["code"], "room_closed");
    assert!(number(&ana.me().await["availCoins"]) == 0);
}

#[tokio::test]
async fn reading_moves_the_marker_and_is_announced() {
    let server = Server::start().await;
    let (_, bo, room, mut at_ana, mut at_bo) = ana_and_bo(&server).await;
    at_ana.say(&room, "a-1", "one").await;
    at_bo.send(json!({"type": "read", "roomId": room, "seq": 3})).await;
    let read = at_ana
        .frame_where("bo's reading", |frame| frame["type"] == "read" && frame["userId"] == "bo-b")
        .await;
    assert_eq!(read, json!({"type": "read", "roomId": room, "userId": "bo-b", "seq": 3}));
    let seen = bo.room(&room).await;
    assert_eq!((number(&seen["readSeq"]), number(&seen["unread"])), (3, 0));
}

#[tokio::test]
async fn a_token_is_renewed_in_place() {
    let server = Server::start().await;
    let (ana, bo, room, mut at_ana, mut at_bo) = ana_and_bo(&server).await;
    let refresh = json!({"refreshToken": ana.refresh_token()});
    let pair = ana.post("/api/token/refresh", refresh).await.json(200);
    at_ana.send(json!({"type": "auth", "token": pair["accessToken"]})).await;
    at_ana.say(&room, "a-1", "still here").await;
    at_bo.event("message_posted").await;

    at_ana.send(json!({"type": "auth", "token": bo.access_token()})).await;
    assert_eq!(at_ana.close_code().await, 4500, "a connection stays its account's");
    at_bo.send(json!({"type": "auth", "token": "nonsense"})).await;
    assert_eq!(at_bo.close_code().await, 4500);
}

#[tokio::test]
async fn every_durable_change_of_a_room_is_an_event() {
    let server = Server::start().await;
    let (ana, bo, room, mut at_ana, _) = ana_and_bo(&server).await;
    let path = format!("/api/chatrooms/{room}");
    let [cy, di] = server.register_all(["cy-c", "di-d"]).await;
    cy.join(&room).await.expect_status(200);
    di.join(&room).await.expect_status(200);
    let id = text(&bo.say(&room, "one").await["messageId"]);
    bo.patch(&format!("{path}/messages/{id}"), json!({"body": "two"})).await.expect_status(200);
    bo.delete(&format!("{path}/messages/{id}")).await.expect_status(204);
    cy.post(&format!("{path}/leave"), json!({})).await.expect_status(204);
    ana.delete(&format!("{path}/members/di-d")).await.expect_status(204);
    ana.put(&format!("{path}/bans/bo-b"), json!({})).await.expect_status(204);
    ana.patch(&path, json!({"locked": true})).await.expect_status(200);
    ana.delete(&path).await.expect_status(204);

    at_ana.event("room_closed").await;
    let events = at_ana.events_of(&room);
    let told: Vec<_> = events.iter().map(|event| (number(&event["seq"]), text(&event["kind"]))).collect();
    let expected = [
        "member_joined",
        "member_joined",
        "message_posted",
        "message_edited",
        "message_deleted",
        "member_left",
        "member_removed",
        "member_removed",
        "room_changed",
        "room_closed",
    ];
    let expected: Vec<_> = (3..).zip(expected.map(str::to_owned)).collect();
    assert_eq!(told, expected);
    assert_eq!(events[6]["data"]["userId"], "di-d");
    assert_eq!((&events[6]["data"]["banned"], &events[7]["data"]["banned"]), (&json!(false), &json!(true)));
    assert_eq!(events[8]["data"]["locked"], true);
}
