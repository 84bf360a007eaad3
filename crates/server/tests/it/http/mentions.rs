//! Whom messages mention, and how that is counted.

use crate::support::{Server, json, text};

#[tokio::test]
async fn a_message_shows_whom_it_mentions_everywhere() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let mut at_bo = bo.socket().await;
    let posted = ana.say(&room, "@Bo-B, @ana and @nobody: see `@everyone`").await;
    let event = at_bo.event("message_posted").await;
    assert_eq!((&event["data"]["mentions"], &event["data"]["everyone"]), (&json!(["bo-b"]), &json!(false)));
    assert_eq!(ana.messages(&room).await[0], event["data"]);

    let path = format!("/api/chatrooms/{room}/messages/{}", text(&posted["messageId"]));
    let edited = ana.patch(&path, json!({"body": "@everyone!"})).await.json(200);
    assert_eq!((&edited["mentions"], &edited["everyone"]), (&json!([]), &json!(true)));
    ana.delete(&path).await.expect_status(204);
    let deleted = bo.get(&path).await.json(200);
    assert_eq!((&deleted["mentions"], &deleted["everyone"]), (&json!([]), &json!(false)));

    let claimed = json!({"roomId": room, "clientMessageId": "m", "body": "hi", "mentions": ["bo-b"]});
    ana.post("/api/messages", claimed).await.invalid_fields(&["mentions"]);
}

#[tokio::test]
async fn unread_mentions_are_counted_in_room_list_and_welcome() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    ana.say(&room, "hello").await;
    let named = ana.say(&room, "@bo-b").await;
    ana.say(&room, "@everyone").await;
    let counted = |value: &crate::support::Value| (value["unread"].clone(), value["unreadMentions"].clone());
    assert_eq!(counted(&bo.room(&room).await), (json!(3), json!(2)));
    assert_eq!(counted(&ana.room(&room).await), (json!(0), json!(0)));
    let list = bo.get("/api/chatrooms").await.json(200);
    assert_eq!(counted(&list["items"][0]), (json!(3), json!(2)));
    let (_socket, welcome) = bo.resuming_socket(json!([])).await;
    assert_eq!(counted(&welcome["rooms"][0]), (json!(3), json!(2)));

    bo.put(&format!("/api/chatrooms/{room}/read"), json!({"seq": named["seq"]})).await.expect_status(200);
    assert_eq!(counted(&bo.room(&room).await), (json!(1), json!(1)));
}
