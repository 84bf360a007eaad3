//! Finding messages: who finds what, how soon, and what is left of what was deleted.

use tokio::time::timeout;

use crate::support::{Actor, Answer, DEADLINE, Server, Value, assert_members, items, json, text};

/// What a search answers, once it finds so many messages.
async fn until_found(actor: &Actor, query: &str, count: usize) -> Answer {
    let finding = async {
        loop {
            let answer = actor.get(&format!("/api/search?{query}")).await.expect_status(200);
            if items(&answer.body).len() == count {
                return answer;
            }
        }
    };
    timeout(DEADLINE, finding).await.expect("they are found in time")
}

/// What the messages say that a search has found.
fn bodies(answer: &Answer) -> Vec<Value> {
    items(&answer.body).iter().map(|found| found["message"]["body"].clone()).collect()
}

#[tokio::test]
async fn what_is_posted_and_edited_is_found_soon_and_marked() {
    let server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let posted = bo.say(&room, "The crème brûlée is ready").await;
    let found = until_found(&ana, "q=brulee%20CREME", 1).await;
    let item = &items(&found.body)[0];
    assert_members(item, &["message", "roomName", "ranges"], &[]);
    assert_eq!((&item["roomName"], &item["ranges"]), (&json!("Garden"), &json!([[4, 5], [10, 6]])));
    let message = format!("/api/chatrooms/{room}/messages/{}", text(&posted["messageId"]));
    assert_eq!(item["message"], ana.get(&message).await.json(200));

    bo.patch(&message, json!({"body": "The soup is ready"})).await.expect_status(200);
    let answer = ana.get("/api/search?q=brulee").await.expect_status(200);
    assert!(bodies(&answer).is_empty(), "the text before an edit is found no more from the answer on");
    assert_eq!(bodies(&until_found(&ana, "q=soup", 1).await), ["The soup is ready"]);
    ana.delete(&message).await.expect_status(204);
    let answer = ana.get("/api/search?q=soup").await.expect_status(200);
    assert!(bodies(&answer).is_empty(), "a deleted message is found no more from the answer on");
}

#[tokio::test]
async fn one_finds_where_one_sits_by_room_by_sender_and_by_time() {
    let server = Server::start().await;
    let (ana, bo, garden) = server.ana_and_bo().await;
    let attic = ana.create_room("Attic").await;
    ana.say(&garden, "soup one").await;
    let second = bo.say(&garden, "soup two").await;
    ana.say(&attic, "soup three").await;
    let all = until_found(&ana, "q=soup", 3).await;
    assert_eq!(bodies(&all), ["soup three", "soup two", "soup one"]);
    assert_eq!(bodies(&until_found(&bo, "q=soup", 2).await), ["soup two", "soup one"]);
    let only = |query: String| {
        let ana = ana.clone();
        async move { bodies(&ana.get(&format!("/api/search?{query}")).await.expect_status(200)) }
    };
    assert_eq!(only(format!("q=soup&roomId={garden}")).await, ["soup two", "soup one"]);
    assert_eq!(only("senderId=BO-B".to_owned()).await, ["soup two"]);
    assert_eq!(only("q=soup&senderId=ana".to_owned()).await, ["soup three", "soup one"]);
    let before = text(&second["sentAt"]);
    assert_eq!(only(format!("q=soup&before={before}")).await, ["soup one"]);

    let first = ana.get("/api/search?q=soup&limit=2").await.json(200);
    let cursor = text(&first["nextCursor"]);
    let rest = ana.get(&format!("/api/search?q=soup&limit=2&cursor={cursor}")).await;
    assert_eq!(bodies(&rest), ["soup one"]);
    assert!(rest.body["nextCursor"].is_null());
}

#[tokio::test]
async fn a_search_that_makes_no_sense_is_refused() {
    let server = Server::start().await;
    let (ana, bo, _) = server.ana_and_bo().await;
    let attic = ana.create_room("Attic").await;
    let long = "a".repeat(201);
    for (query, fields) in [
        (String::new(), vec!["q"]),
        ("q=".to_owned(), vec!["q"]),
        ("q=%21%3F".to_owned(), vec!["q"]),
        (format!("q={long}"), vec!["q"]),
        (format!("q={}", "a+".repeat(17)), vec!["q"]),
        ("q=a&before=yesterday".to_owned(), vec!["before"]),
        ("q=a&senderId=x".to_owned(), vec!["senderId"]),
        ("q=a&limit=0&cursor=x&from=bo".to_owned(), vec!["cursor", "from", "limit"]),
    ] {
        bo.get(&format!("/api/search?{query}")).await.invalid_fields(&fields);
    }
    for room in [attic.as_str(), "garden"] {
        bo.get(&format!("/api/search?q=a&roomId={room}")).await.refusal(404, "room_not_found");
    }
    server.anybody().get("/api/search?q=a").await.refusal(401, "token_missing");
}

#[tokio::test]
async fn what_a_crash_has_left_is_indexed_after_it() {
    let mut server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    for number in 0..20 {
        bo.say(&room, &format!("soup {number}")).await;
    }
    server.kill().await;
    server.restart().await;
    until_found(&ana, "q=soup", 20).await;
    server.assert_sound().await;
}

#[tokio::test]
async fn everything_is_indexed_anew_when_the_operator_says_so() {
    let mut server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    bo.say(&room, "soup").await;
    until_found(&ana, "q=soup", 1).await;
    assert!(server.stop().await.success());
    let printed = server.run_well(&["search", "rebuild"]).await;
    assert!(printed.contains("will be rebuilt"), "{printed}");
    server.restart().await;
    until_found(&ana, "q=soup", 1).await;
    server.assert_sound().await;
}

#[tokio::test]
async fn the_words_of_a_deleted_message_are_in_no_file() {
    let mut server = Server::start().await;
    let (ana, bo, room) = server.ana_and_bo().await;
    let (deleted, edited) = (bo.say(&room, "Xylophone").await, bo.say(&room, "Zeppelin").await);
    bo.say(&room, "nothing of that").await;
    until_found(&ana, "q=xylophone", 1).await;
    until_found(&ana, "q=zeppelin", 1).await;
    let path = |message: &Value| format!("/api/chatrooms/{room}/messages/{}", text(&message["messageId"]));
    bo.delete(&path(&deleted)).await.expect_status(204);
    bo.patch(&path(&edited), json!({"body": "never mind"})).await.expect_status(200);
    assert!(server.stop().await.success());
    for content in server.stored().await {
        let content = content.to_lowercase();
        assert!(!content.contains("xylophone") && !content.contains("zeppelin"));
    }
    server.restart().await;
    server.assert_sound().await;
}
