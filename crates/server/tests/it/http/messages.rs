//! Posting, editing and deleting messages.

use crate::support::{Server, assert_instant, assert_members, column, json, number, text};

fn path(room: &str, message_id: &str) -> String {
    format!("/api/chatrooms/{room}/messages/{message_id}")
}

#[tokio::test]
async fn a_posted_message_gets_its_place_in_the_log() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let answer = bo.post_message(&room, "b-1", "Hello\n\t🦀").await.expect_status(201);
    assert_members(&answer.body, &["messageId", "seq", "sentAt", "duplicate"], &[]);
    assert_eq!((number(&answer.body["seq"]), &answer.body["duplicate"]), (3, &json!(false)));
    assert_instant(&answer.body["sentAt"]);
    let id = text(&answer.body["messageId"]);
    assert_eq!(answer.header("location"), path(&room, &id));

    let message = &ana.messages(&room).await[0];
    let required = [
        "messageId",
        "roomId",
        "seq",
        "senderId",
        "clientMessageId",
        "body",
        "sentAt",
        "revision",
        "deleted",
        "mentions",
        "everyone",
        "reactions",
    ];
    assert_members(message, &required, &["editedAt"]);
    assert_eq!((&message["messageId"], &message["roomId"]), (&json!(id), &json!(room)));
    assert_eq!((&message["seq"], &message["senderId"]), (&json!(3), &json!("bo-b")));
    assert_eq!((&message["body"], &message["clientMessageId"]), (&json!("Hello\n\t🦀"), &json!("b-1")));
    assert_eq!((&message["revision"], &message["deleted"]), (&json!(0), &json!(false)));
    assert_eq!(message["sentAt"], answer.body["sentAt"]);
}

#[tokio::test]
async fn a_retried_message_gets_the_first_result_over_either_transport() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let first = bo.post_message(&room, "b-1", "once").await.json(201);
    let again = bo.post_message(&room, "b-1", "once").await.json(200);
    assert_eq!(again["duplicate"], true);
    for same in ["messageId", "seq", "sentAt"] {
        assert_eq!(again[same], first[same], "{same}");
    }
    let mut socket = bo.socket().await;
    let ack = socket.say(&room, "b-1", "once").await;
    assert_eq!((&ack["duplicate"], &ack["seq"]), (&json!(true), &first["seq"]));
    assert_eq!(ack["messageId"], first["messageId"]);

    let ack = socket.say(&room, "b-2", "the other way round").await;
    let over_http = bo.post_message(&room, "b-2", "the other way round").await.json(200);
    assert_eq!((&over_http["duplicate"], &over_http["seq"]), (&json!(true), &ack["seq"]));
    assert_eq!(column(&ana.messages(&room).await, "body"), ["once", "the other way round"]);
}

#[tokio::test]
async fn a_client_message_id_stands_for_one_message_of_one_sender() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let other_room = ana.create_room("Attic").await;
    ana.post_message(&room, "m-1", "one").await.expect_status(201);
    ana.post_message(&room, "m-1", "another").await.refusal(409, "client_message_id_conflict");
    ana.post_message(&other_room, "m-1", "one").await.refusal(409, "client_message_id_conflict");
    bo.post_message(&room, "m-1", "another").await.expect_status(201);
}

#[tokio::test]
async fn a_retry_after_an_edit_still_gets_the_first_result() {
    let server = Server::start().await;
    let (_, bo, room) = server.ana_and_bo().await;
    let first = bo.post_message(&room, "b-1", "tyop").await.json(201);
    let edit = path(&room, &text(&first["messageId"]));
    bo.patch(&edit, json!({"body": "typo"})).await.expect_status(200);
    assert_eq!(bo.post_message(&room, "b-1", "tyop").await.json(200)["seq"], first["seq"]);
    bo.post_message(&room, "b-1", "typo").await.refusal(409, "client_message_id_conflict");
}

#[tokio::test]
async fn a_body_has_1_to_4000_characters_and_no_control_characters() {
    let server = Server::start().await;
    let (_, bo, room) = server.ana_and_bo().await;
    for bad in ["", "  \n", "a\u{7}", "a\r\nb", &"a".repeat(4_001)] {
        bo.post_message(&room, "b-1", bad).await.invalid_fields(&["body"]);
    }
    bo.post_message(&room, "b-1", &"🦀".repeat(4_000)).await.expect_status(201);
    bo.post("/api/messages", json!({})).await.invalid_fields(&["body", "clientMessageId", "roomId"]);
    let bad = json!({"roomId": room, "clientMessageId": "", "body": 1, "seq": 1});
    bo.post("/api/messages", bad).await.invalid_fields(&["body", "clientMessageId", "seq"]);
}

#[tokio::test]
async fn only_members_post() {
    let server = Server::start().await;
    let (_, bo, room) = server.ana_and_bo().await;
    let di = server.register("di-d").await;
    di.post_message(&room, "d-1", "let me in").await.refusal(404, "room_not_found");
    di.post_message("nonsense", "d-1", "let me in").await.refusal(404, "room_not_found");
    bo.post(&format!("/api/chatrooms/{room}/leave"), json!({})).await.expect_status(204);
    bo.post_message(&room, "b-1", "one last word").await.refusal(403, "not_a_member");
}

#[tokio::test]
async fn the_author_edits() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let id = text(&bo.say(&room, "tyop").await["messageId"]);
    let edited = bo.patch(&path(&room, &id), json!({"body": "typo"})).await.json(200);
    assert_eq!((&edited["body"], &edited["revision"]), (&json!("typo"), &json!(1)));
    assert_instant(&edited["editedAt"]);
    let again = bo.patch(&path(&room, &id), json!({"body": "typo"})).await.json(200);
    assert_eq!(again["revision"], 1, "what it says already is no edit");
    assert_eq!(ana.messages(&room).await, [edited]);

    ana.patch(&path(&room, &id), json!({"body": "mine"})).await.refusal(403, "author_only");
    bo.patch(&path(&room, &id), json!({"body": ""})).await.invalid_fields(&["body"]);
    bo.patch(&path(&room, &id), json!({"text": "x"})).await.invalid_fields(&["body", "text"]);
    bo.patch(&path(&room, "nonsense"), json!({"body": "x"})).await.refusal(404, "message_not_found");
}

#[tokio::test]
async fn the_author_or_the_owner_deletes() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let cy = server.register("cy-c").await;
    cy.join(&room).await.expect_status(200);
    let by_bo = text(&bo.say(&room, "one").await["messageId"]);
    let another_by_bo = text(&bo.say(&room, "two").await["messageId"]);

    cy.delete(&path(&room, &by_bo)).await.refusal(403, "author_only");
    bo.delete(&path(&room, &by_bo)).await.expect_status(204);
    ana.delete(&path(&room, &another_by_bo)).await.expect_status(204);
    bo.delete(&path(&room, &by_bo)).await.expect_status(204);
    bo.delete(&path(&room, "nonsense")).await.refusal(404, "message_not_found");
    bo.patch(&path(&room, &by_bo), json!({"body": "again"})).await.refusal(404, "message_not_found");

    let messages = cy.messages(&room).await;
    assert_eq!(column(&messages, "deleted"), [true, true]);
    assert_eq!(column(&messages, "body"), [json!(null), json!(null)]);
}

#[tokio::test]
async fn a_deleted_body_is_gone_from_history_log_replays_and_files() {
    let mut server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let secret = "the body that nobody must find again";
    let id = text(&bo.say(&room, secret).await["messageId"]);
    let edited = "the edited body that nobody must find again";
    bo.patch(&path(&room, &id), json!({"body": edited})).await.expect_status(200);
    ana.delete(&path(&room, &id)).await.expect_status(204);

    let history = ana.get(&format!("/api/chatrooms/{room}/messages")).await.expect_status(200);
    let epoch = text(&ana.room(&room).await["epoch"]);
    let (mut socket, _) = ana.resuming_socket(json!([{"roomId": room, "epoch": epoch, "seq": 0}])).await;
    socket.wait_for_seq(&room, 5).await;
    let replay = json!(socket.frames).to_string();
    for body in [secret, edited] {
        assert!(!history.text.contains(body));
        assert!(!replay.contains(body), "{replay}");
    }
    let kinds = column(&socket.events_of(&room), "kind");
    assert_eq!(kinds[2..], ["message_posted", "message_edited", "message_deleted"]);

    assert!(server.stop().await.success());
    for content in server.stored().await {
        assert!(!content.contains(secret) && !content.contains(edited), "a deleted body is still stored");
    }
}

#[tokio::test]
async fn a_late_retry_does_not_bring_a_deleted_message_back() {
    let server = Server::start().await;
    let (_, bo, room) = server.ana_and_bo().await;
    let id = text(&bo.post_message(&room, "b-1", "one").await.json(201)["messageId"]);
    bo.delete(&path(&room, &id)).await.expect_status(204);
    let retried = bo.post_message(&room, "b-1", "one").await.json(200);
    assert_eq!((&retried["messageId"], &retried["duplicate"]), (&json!(id), &json!(true)));
    let messages = bo.messages(&room).await;
    assert_eq!(column(&messages, "body"), [json!(null)]);
    assert_eq!(column(&messages, "clientMessageId"), ["b-1"]);
}
