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
    bo.get(&path).await.refusal(404, "room_not_found");
    bo.join(&room).await.expect_status(200);
    assert_eq!(bo.messages(&room).await, ana.messages(&room).await);
    bo.post(&format!("/api/chatrooms/{room}/leave"), json!({})).await.expect_status(204);
    bo.get(&path).await.refusal(403, "not_a_member");
    ana.delete(&format!("/api/chatrooms/{room}")).await.expect_status(204);
    ana.get(&path).await.refusal(410, "room_closed");
}
