//! Reading a room's history, page by page.

use crate::support::{Actor, Server, column, items, json};

/// Ana alone in a room, with messages at the seqs 2 to 8.
async fn ana_with_seven_messages(server: &Server) -> (Actor, String) {
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    for seq in 2..=8 {
        ana.say(&room, &format!("at {seq}")).await;
    }
    (ana, room)
}

async fn seqs(actor: &Actor, room: &str, query: &str) -> Vec<i64> {
    let page = actor.get(&format!("/api/chatrooms/{room}/messages{query}")).await.json(200);
    column(&items(&page), "seq").iter().map(crate::support::number).collect()
}

#[tokio::test]
async fn a_page_shows_the_oldest_first() {
    let server = Server::start().await;
    let (ana, room) = ana_with_seven_messages(&server).await;
    assert_eq!(seqs(&ana, &room, "").await, [2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(seqs(&ana, &room, "?limit=3").await, [6, 7, 8]);
    assert_eq!(seqs(&ana, &room, "?before=6&limit=3").await, [3, 4, 5]);
    assert_eq!(seqs(&ana, &room, "?before=3&limit=3").await, [2]);
    assert_eq!(seqs(&ana, &room, "?after=5").await, [6, 7, 8]);
    assert_eq!(seqs(&ana, &room, "?after=1&limit=2").await, [2, 3]);
    assert_eq!(seqs(&ana, &room, "?after=3&before=6").await, [4, 5]);
    assert_eq!(seqs(&ana, &room, "?after=8").await, [0_i64; 0]);
}

#[tokio::test]
async fn paging_back_and_forth_meets_each_message_once() {
    let server = Server::start().await;
    let (ana, room) = ana_with_seven_messages(&server).await;
    let (mut back, mut before) = (Vec::new(), i64::MAX);
    loop {
        let page = seqs(&ana, &room, &format!("?limit=3&before={before}")).await;
        let Some(first) = page.first() else { break };
        before = *first;
        back.splice(0..0, page);
    }
    let (mut forth, mut after) = (Vec::new(), 0);
    loop {
        let page = seqs(&ana, &room, &format!("?limit=3&after={after}")).await;
        let Some(last) = page.last() else { break };
        after = *last;
        forth.extend(page);
    }
    assert_eq!(back, [2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(forth, back);
}

#[tokio::test]
async fn a_page_about_a_message_shows_where_the_talk_goes_on() {
    let server = Server::start().await;
    let (ana, room) = ana_with_seven_messages(&server).await;
    let path = format!("/api/chatrooms/{room}/messages");
    for (query, expected, has_older, has_newer) in [
        ("around=5&limit=3", vec![4, 5, 6], true, true),
        ("around=5&limit=100", vec![2, 3, 4, 5, 6, 7, 8], false, false),
        ("around=5", vec![2, 3, 4, 5, 6, 7, 8], false, false),
        ("around=1&limit=2", vec![2, 3], false, true),
        ("around=0&limit=1", vec![2], false, true),
        ("around=9000&limit=2", vec![7, 8], true, false),
    ] {
        let page = ana.get(&format!("{path}?{query}")).await.json(200);
        let seqs: Vec<_> = column(&items(&page), "seq").iter().map(crate::support::number).collect();
        assert_eq!(seqs, expected, "{query}");
        let more = json!([has_older || has_newer, has_older, has_newer]);
        assert_eq!(json!([page["hasMore"], page["hasOlder"], page["hasNewer"]]), more, "{query}");
    }
    let newest = ana.get(&path).await.json(200);
    assert!(newest.get("hasOlder").is_none() && newest.get("hasNewer").is_none(), "{newest}");
}

#[tokio::test]
async fn a_page_is_about_a_message_or_within_bounds() {
    let server = Server::start().await;
    let (ana, room) = ana_with_seven_messages(&server).await;
    let path = format!("/api/chatrooms/{room}/messages");
    for query in ["around=5&before=6", "after=4&around=5", "after=4&before=6&around=5", "around=-1"] {
        ana.get(&format!("{path}?{query}")).await.invalid_fields(&["around"]);
    }
    ana.get(&format!("{path}?around=x&before=x&limit=0"))
        .await
        .invalid_fields(&["around", "before", "limit"]);
}

#[tokio::test]
async fn page_bounds_must_be_numbers() {
    let server = Server::start().await;
    let (ana, room) = ana_with_seven_messages(&server).await;
    let bad = format!("/api/chatrooms/{room}/messages?before=x&after=-1&limit=0");
    ana.get(&bad).await.invalid_fields(&["after", "before", "limit"]);
}

#[tokio::test]
async fn new_members_see_the_history_and_former_members_nothing_more() {
    let server = Server::start().await;
    let (ana, room) = ana_with_seven_messages(&server).await;
    let bo = server.register("bo-b").await;
    let path = format!("/api/chatrooms/{room}/messages");
    let around = format!("{path}?around=4");
    for path in [&path, &around] {
        bo.get(path).await.refusal(404, "room_not_found");
    }
    bo.join(&room).await.expect_status(200);
    assert_eq!(bo.messages(&room).await, ana.messages(&room).await);
    bo.post(&format!("/api/chatrooms/{room}/leave"), json!({})).await.expect_status(204);
    for path in [&path, &around] {
        bo.get(path).await.refusal(403, "not_a_member");
    }
    ana.delete(&format!("/api/chatrooms/{room}")).await.expect_status(204);
    for path in [&path, &around] {
        ana.get(path).await.refusal(410, "room_closed");
    }
}
