//! Emoji on messages, over both transports; and one message by itself.

use reqwest::Method;

use crate::support::{Actor, Answer, Server, Value, assert_members, column, items, json, text};

async fn ana_and_bo(server: &Server) -> (Actor, Actor, String, Value) {
    let (ana, bo, room) = server.ana_and_bo().await;
    let message = ana.say(&room, "soup is ready").await;
    (ana, bo, room, message)
}

fn path(room: &str, message: &Value) -> String {
    format!("/api/chatrooms/{room}/messages/{}", text(&message["messageId"]))
}

/// Puts an emoji to a message, or takes it back. It is percent-encoded by the client.
async fn react(actor: &Actor, message: &str, emoji: &str, on: bool) -> Answer {
    let method = if on { Method::PUT } else { Method::DELETE };
    actor.call(method, &format!("{message}/reactions/{emoji}")).await
}

fn frame(room: &str, message: &Value, emoji: &str, on: bool) -> Value {
    json!({"type": "react", "roomId": room, "messageId": message["messageId"], "emoji": emoji, "on": on})
}

#[tokio::test]
async fn a_reaction_is_shown_with_who_and_told_to_all() {
    let server = Server::start().await;
    let (ana, bo, room, message) = ana_and_bo(&server).await;
    let (mut at_ana, mut at_bo) = (ana.socket().await, bo.socket().await);
    let path = path(&room, &message);
    react(&bo, &path, "❤", true).await.expect_status(204);
    let event = at_ana.event("reaction_added").await;
    assert_members(&event["data"], &["messageId", "emoji"], &[]);
    assert_eq!((&event["actor"], &event["seq"]), (&json!("bo-b"), &json!(4)));
    assert_eq!(event["data"], json!({"messageId": message["messageId"], "emoji": "❤\u{fe0f}"}));

    let ack = at_bo.ask(frame(&room, &message, "👍🏽", true)).await;
    assert_eq!((&ack["type"], &ack["seq"], &ack["duplicate"]), (&json!("ack"), &json!(5), &json!(false)));
    assert_eq!(ack["messageId"], message["messageId"]);
    let again = at_bo.ask(frame(&room, &message, "👍🏽", true)).await;
    assert_eq!(
        (&again["type"], &again["seq"], &again["duplicate"]),
        (&json!("ack"), &json!(5), &json!(true))
    );

    react(&ana, &path, "❤\u{fe0f}", true).await.expect_status(204);
    let shown = json!([
        {"emoji": "❤\u{fe0f}", "userIds": ["bo-b", "ana"]}, {"emoji": "👍🏽", "userIds": ["bo-b"]},
    ]);
    assert_eq!(ana.get(&path).await.json(200)["reactions"], shown);
    assert_eq!(bo.messages(&room).await[0]["reactions"], shown);

    react(&bo, &path, "❤", false).await.expect_status(204);
    react(&bo, &path, "❤", false).await.expect_status(204);
    assert_eq!(at_ana.event("reaction_removed").await["data"]["emoji"], "❤\u{fe0f}");
    at_bo.ask(frame(&room, &message, "👍🏽", false)).await;
    let left = json!([{"emoji": "❤\u{fe0f}", "userIds": ["ana"]}]);
    assert_eq!(ana.get(&path).await.json(200)["reactions"], left);
    assert_eq!(ana.room(&room).await["headSeq"], 8, "a repetition is no event");
}

#[tokio::test]
async fn missed_reactions_are_replayed_by_resume_and_by_sync() {
    let server = Server::start().await;
    let (ana, bo, room, message) = ana_and_bo(&server).await;
    let path = path(&room, &message);
    let epoch = ana.room(&room).await["epoch"].clone();
    let mut witness = ana.socket().await;
    react(&bo, &path, "❤", true).await.expect_status(204);
    react(&ana, &path, "❤", true).await.expect_status(204);
    react(&bo, &path, "❤", false).await.expect_status(204);
    witness.wait_for_seq(&room, 6).await;
    let told = witness.events_of(&room);
    let kinds = ["reaction_added", "reaction_added", "reaction_removed"];
    assert_eq!(column(&told, "kind"), kinds.map(|kind| json!(kind)));
    let reacting = json!({"messageId": message["messageId"], "emoji": "❤\u{fe0f}"});
    assert!(told.iter().all(|event| event["data"] == reacting), "{told:?}");

    let resume = json!([{"roomId": room, "epoch": epoch, "seq": 3}]);
    let (mut back, welcome) = bo.resuming_socket(resume).await;
    assert_eq!(welcome["rooms"][0]["recovered"], true);
    back.wait_for_seq(&room, 6).await;
    assert_eq!(back.events_of(&room), told, "resuming tells what was told live");

    let sync = json!({"type": "sync", "roomId": room, "epoch": epoch, "since": 2});
    let mut synced = bo.socket().await;
    assert_eq!(synced.ask(sync.clone()).await["type"], "ack");
    let replayed = synced.events_of(&room);
    assert_eq!(replayed[1..], told, "syncing tells what was told live");
    let shown = json!([{"emoji": "❤\u{fe0f}", "userIds": ["ana"]}]);
    assert_eq!(replayed[0]["data"]["reactions"], shown, "a message is replayed as it reads now");

    ana.delete(&path).await.expect_status(204);
    let mut synced = bo.socket().await;
    assert_eq!(synced.ask(sync).await["type"], "ack");
    let replayed = synced.events_of(&room);
    assert_eq!(replayed[0]["data"]["reactions"], json!([]));
    assert_eq!(replayed[1..4], told, "the log keeps what happened");
}

#[tokio::test]
async fn a_refused_reaction_over_the_socket_says_why() {
    let server = Server::start().await;
    let (ana, bo, room, message) = ana_and_bo(&server).await;
    let deleted = ana.say(&room, "never mind").await;
    ana.delete(&path(&room, &deleted)).await.expect_status(204);
    let elsewhere = ana.create_room("Attic").await;
    let foreign = ana.say(&elsewhere, "not for Bo").await;
    let nonsense = json!({"messageId": "nonsense"});
    let mut at_bo = bo.socket().await;
    for (room, message, code) in [
        ("nonsense", &message, "room_not_found"),
        (&elsewhere, &foreign, "room_not_found"),
        (&room, &nonsense, "message_not_found"),
        (&room, &foreign, "message_not_found"),
        (&room, &deleted, "message_not_found"),
    ] {
        for on in [true, false] {
            let refused = at_bo.ask(frame(room, message, "👍", on)).await;
            assert_members(&refused, &["type", "id", "code", "detail"], &[]);
            assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!(code)));
        }
    }
    let good = frame(&room, &message, "👍", true);
    for (member, value) in [
        ("roomId", json!(null)),
        ("messageId", json!(7)),
        ("emoji", json!("👍👍")),
        ("emoji", json!(null)),
        ("on", json!("yes")),
        ("on", json!(null)),
        ("because", json!("")),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        let refused = at_bo.ask(bad).await;
        assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!("validation_failed")));
        assert_eq!(column(&items(&json!({"items": refused["errors"]})), "field"), [member]);
    }
    assert_eq!(ana.messages(&room).await[0]["reactions"], json!([]));

    ana.delete(&format!("/api/chatrooms/{room}/members/bo-b")).await.expect_status(204);
    assert_eq!(at_bo.ask(good.clone()).await["code"], "not_a_member");
    let mut at_ana = ana.socket().await;
    ana.delete(&format!("/api/chatrooms/{room}")).await.expect_status(204);
    assert_eq!(at_ana.ask(good).await["code"], "room_closed");
}

#[tokio::test]
async fn a_reaction_is_one_whole_emoji() {
    let server = Server::start().await;
    let (_, bo, room, message) = ana_and_bo(&server).await;
    let path = path(&room, &message);
    let mut at_bo = bo.socket().await;
    for bad in ["a", "%20", "👍👍", "👍a", "1", "%EF%B8%8F", "🇩"] {
        for on in [true, false] {
            react(&bo, &path, bad, on).await.invalid_fields(&["emoji"]);
        }
    }
    assert_eq!(at_bo.ask(frame(&room, &message, "ok", true)).await["code"], "validation_failed");
    for good in ["%23%EF%B8%8F%E2%83%A3", "🇩🇪", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"]
    {
        react(&bo, &path, good, true).await.expect_status(204);
    }
}

#[tokio::test]
async fn a_message_takes_twenty_different_emoji() {
    let server = Server::start().await;
    let (ana, bo, room, message) = ana_and_bo(&server).await;
    let path = path(&room, &message);
    for number in 0..20 {
        let emoji = char::from_u32(0x1F600 + number).expect("a character").to_string();
        react(&bo, &path, &emoji, true).await.expect_status(204);
    }
    react(&ana, &path, "👍", true).await.refusal(409, "too_many_reactions");
    let mut at_ana = ana.socket().await;
    assert_eq!(at_ana.ask(frame(&room, &message, "👍", true)).await["code"], "too_many_reactions");
    react(&ana, &path, "😀", true).await.expect_status(204);
}

#[tokio::test]
async fn only_members_react_and_only_to_messages_that_are_there() {
    let server = Server::start().await;
    let (ana, bo, room, message) = ana_and_bo(&server).await;
    let path = path(&room, &message);
    let di = server.register("di-d").await;
    react(&di, &path, "👍", true).await.refusal(404, "room_not_found");
    di.get(&path).await.refusal(404, "room_not_found");
    let nothing = format!("/api/chatrooms/{room}/messages/nonsense");
    react(&bo, &nothing, "👍", true).await.refusal(404, "message_not_found");
    bo.get(&nothing).await.refusal(404, "message_not_found");

    react(&bo, &path, "👍", true).await.expect_status(204);
    ana.delete(&path).await.expect_status(204);
    let deleted = bo.get(&path).await.json(200);
    assert_eq!((&deleted["deleted"], &deleted["reactions"]), (&json!(true), &json!([])));
    react(&bo, &path, "👍", false).await.refusal(404, "message_not_found");

    bo.post(&format!("/api/chatrooms/{room}/leave"), json!({})).await.expect_status(204);
    react(&bo, &path, "👍", true).await.refusal(403, "not_a_member");
    bo.get(&path).await.refusal(403, "not_a_member");
}
