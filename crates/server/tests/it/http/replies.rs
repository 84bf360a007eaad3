//! Messages that reply to others, over both transports.

use crate::support::{Server, Value, json, text, unique};

/// A reply, over HTTP.
fn reply(room: &str, original: &Value) -> Value {
    json!({"roomId": room, "clientMessageId": unique("reply"), "body": "indeed", "replyTo": original})
}

/// The same, over the socket.
fn frame(room: &str, original: &Value) -> Value {
    let mut frame = reply(room, original);
    frame["type"] = json!("send");
    frame
}

#[tokio::test]
async fn a_reply_names_its_message_in_history_and_events() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let original = ana.say(&room, "a question").await;
    let expected = json!({"messageId": original["messageId"], "seq": original["seq"]});
    let mut at_ana = ana.socket().await;
    bo.post("/api/messages", reply(&room, &original["messageId"])).await.expect_status(201);
    assert_eq!(at_ana.event("message_posted").await["data"]["replyTo"], expected);

    let mut at_bo = bo.socket().await;
    assert_eq!(at_bo.ask(frame(&room, &original["messageId"])).await["type"], "ack");
    assert_eq!(at_ana.event("message_posted").await["data"]["replyTo"], expected);

    let path = format!("/api/chatrooms/{room}/messages/{}", text(&original["messageId"]));
    ana.delete(&path).await.expect_status(204);
    let messages = bo.messages(&room).await;
    assert!(messages[0].get("replyTo").is_none());
    assert_eq!((&messages[1]["replyTo"], &messages[2]["replyTo"]), (&expected, &expected));
}

#[tokio::test]
async fn a_reply_needs_a_message_that_is_there() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let other_room = ana.create_room("Attic").await;
    let elsewhere = ana.say(&other_room, "elsewhere").await;
    let deleted = ana.say(&room, "never mind").await;
    let path = format!("/api/chatrooms/{room}/messages/{}", text(&deleted["messageId"]));
    ana.delete(&path).await.expect_status(204);
    let unknown = json!("019a0000-0000-7000-8000-000000000000");
    let mut at_bo = bo.socket().await;
    for original in [&elsewhere["messageId"], &deleted["messageId"], &unknown, &json!("nonsense")] {
        bo.post("/api/messages", reply(&room, original)).await.refusal(404, "message_not_found");
        assert_eq!(at_bo.ask(frame(&room, original)).await["code"], "message_not_found");
    }
    bo.post("/api/messages", reply(&room, &json!(7))).await.invalid_fields(&["replyTo"]);
    bo.post("/api/messages", reply(&room, &json!(null))).await.expect_status(201);

    // What the room refuses comes first, whatever is replied to.
    let di = server.register("di-d").await;
    let there = ana.say(&room, "here").await;
    let mut at_di = di.socket().await;
    for original in [&there["messageId"], &json!("nonsense")] {
        di.post("/api/messages", reply(&room, original)).await.refusal(404, "room_not_found");
        assert_eq!(at_di.ask(frame(&room, original)).await["code"], "room_not_found");
    }
}

#[tokio::test]
async fn a_client_message_id_stands_for_one_reply() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let (one, another) = (ana.say(&room, "one").await, ana.say(&room, "another").await);
    let first = reply(&room, &one["messageId"]);
    let posted = bo.post("/api/messages", first.clone()).await.json(201);
    let path = format!("/api/chatrooms/{room}/messages/{}", text(&one["messageId"]));
    ana.delete(&path).await.expect_status(204);
    assert_eq!(bo.post("/api/messages", first.clone()).await.json(200)["duplicate"], true);
    let mut to_another = first.clone();
    to_another["replyTo"] = another["messageId"].clone();
    bo.post("/api/messages", to_another.clone()).await.refusal(409, "client_message_id_conflict");

    // Over the socket too, also where it was first sent over HTTP, and the other way round.
    let mut at_bo = bo.socket().await;
    let resend = |reply: &Value| {
        let mut frame = reply.clone();
        frame["type"] = json!("send");
        frame
    };
    let again = at_bo.ask(resend(&first)).await;
    let expected = (&json!("ack"), &json!(true), &posted["messageId"], &posted["seq"]);
    assert_eq!((&again["type"], &again["duplicate"], &again["messageId"], &again["seq"]), expected);
    let over_socket = reply(&room, &another["messageId"]);
    let ack = at_bo.ask(resend(&over_socket)).await;
    assert_eq!((&ack["type"], &ack["duplicate"]), (&json!("ack"), &json!(false)));
    let again = bo.post("/api/messages", over_socket.clone()).await.json(200);
    assert_eq!((&again["duplicate"], &again["messageId"]), (&json!(true), &ack["messageId"]));
    let again = at_bo.ask(resend(&over_socket)).await;
    assert_eq!((&again["duplicate"], &again["messageId"]), (&json!(true), &ack["messageId"]));
    let mut to_none = over_socket.clone();
    to_none.as_object_mut().expect("an object").remove("replyTo");
    let mut to_itself = over_socket;
    to_itself["replyTo"] = ack["messageId"].clone();
    for other in [to_another, to_none, to_itself] {
        let refused = at_bo.ask(resend(&other)).await;
        assert_eq!(
            (&refused["type"], &refused["code"]),
            (&json!("error"), &json!("client_message_id_conflict"))
        );
    }
    assert_eq!(ana.messages(&room).await.len(), 4, "nothing is posted twice");
}
