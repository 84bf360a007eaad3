//! Read markers and what is unread.

use crate::support::{Server, assert_members, items, json, number, text};

#[tokio::test]
async fn unread_counts_what_others_wrote_above_the_marker() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let bo = server.register("bo-b").await;
    bo.join(&room).await.expect_status(200);
    ana.say(&room, "one").await;
    let two = text(&ana.say(&room, "two").await["messageId"]);
    bo.say(&room, "my own").await;

    assert_eq!(number(&bo.room(&room).await["unread"]), 2);
    assert_eq!(number(&ana.room(&room).await["unread"]), 1);
    let listed = &items(&bo.get("/api/chatrooms").await.json(200))[0];
    let markers = ["headSeq", "readSeq", "unread"].map(|name| number(&listed[name]));
    assert_eq!(markers, [5, 2, 2]);

    bo.put(&format!("/api/chatrooms/{room}/read"), json!({"seq": 3})).await.expect_status(200);
    assert_eq!(number(&bo.room(&room).await["unread"]), 1);
    ana.delete(&format!("/api/chatrooms/{room}/messages/{two}")).await.expect_status(204);
    assert_eq!(number(&bo.room(&room).await["unread"]), 0, "a deleted message is not unread");
}

#[tokio::test]
async fn a_marker_only_moves_up_and_not_past_the_head() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let bo = server.register("bo-b").await;
    bo.join(&room).await.expect_status(200);
    ana.say(&room, "one").await;
    ana.say(&room, "two").await;
    let path = format!("/api/chatrooms/{room}/read");

    for (asked, stands) in [(3, 3), (2, 3), (99, 4), (1, 4)] {
        let answer = bo.put(&path, json!({"seq": asked})).await.json(200);
        assert_members(&answer, &["readSeq"], &["roomId", "unread"]);
        assert_eq!(answer["readSeq"], stands, "asked for {asked}");
        assert_eq!(bo.room(&room).await["readSeq"], stands);
    }
    assert_eq!(bo.room(&room).await["headSeq"], 4, "reading is no event");
    bo.put(&path, json!({"seq": -1})).await.invalid_fields(&["seq"]);
    bo.put(&path, json!({})).await.invalid_fields(&["seq"]);
    server.register("di-d").await.put(&path, json!({"seq": 1})).await.refusal(404, "room_not_found");
}

#[tokio::test]
async fn members_are_told_who_has_read_on() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let bo = server.register("bo-b").await;
    bo.join(&room).await.expect_status(200);
    ana.say(&room, "one").await;
    let mut at_ana = ana.socket().await;
    bo.put(&format!("/api/chatrooms/{room}/read"), json!({"seq": 3})).await.expect_status(200);
    let read = at_ana
        .frame_where("bo's reading", |frame| frame["type"] == "read" && frame["userId"] == "bo-b")
        .await;
    assert_eq!(read, json!({"type": "read", "roomId": room, "userId": "bo-b", "seq": 3}));
}
