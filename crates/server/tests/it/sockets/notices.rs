//! Notices about the account itself.

use crate::support::{Server, Value, column, items, json, text};

#[tokio::test]
async fn a_friend_request_and_its_answer_send_notices() {
    let server = Server::start().await;
    let (ana, bo, _) = server.ana_and_bo().await;
    let (mut at_ana, mut at_bo) = (ana.socket().await, bo.socket().await);
    let request = bo.post("/api/friend-requests", json!({"userId": "ana"})).await.json(201);
    let told = at_ana.frame("notice").await;
    assert_eq!(told["kind"], "friend_requested");
    assert_eq!(told["data"], request, "the request as HTTP shows it");

    let id = text(&request["friendRequestId"]);
    ana.post(&format!("/api/friend-requests/{id}/accept"), json!({})).await.expect_status(200);
    let befriended = at_bo.frame("notice").await;
    assert_eq!(befriended, json!({"type": "notice", "kind": "befriended", "data": {"userId": "ana"}}));
}

#[tokio::test]
async fn an_invitation_notice_has_no_token() {
    let server = Server::start().await;
    let (ana, _, room) = server.ana_and_bo().await;
    let cy = server.register_prime("cy-c").await;
    let mut at_cy = cy.socket().await;
    let invitation = ana.invite(&room, &cy).await;
    let told = at_cy.frame("notice").await;
    assert_eq!(told["kind"], "invited");
    assert_eq!(told["data"]["roomId"], room.as_str());
    assert_eq!(told["data"]["invitationId"], invitation["invitationId"]);
    assert!(!told.to_string().contains(&text(&invitation["token"])));
}

#[tokio::test]
async fn coin_and_prime_notices_go_to_the_account_only() {
    let server = Server::start().await;
    let (ana, bo, _) = server.ana_and_bo().await;
    let second = ana.create_room("Attic").await;
    let (mut at_ana, mut at_bo) = (ana.socket().await, bo.socket().await);
    server.grant(&bo, 200).await;
    let coins = json!({"type": "notice", "kind": "coins", "data": {"availCoins": 200}});
    assert_eq!(at_bo.frame("notice").await, coins);
    bo.join(&second).await.expect_status(200);
    assert_eq!(at_bo.frame("notice").await["data"]["availCoins"], 50);
    server.make_prime(&bo).await;
    let prime = at_bo.frame("notice").await;
    assert_eq!((&prime["kind"], &prime["data"]["prime"]), (&json!("prime"), &json!(true)));
    at_ana.catch_up().await;
    assert!(at_ana.frames.iter().all(|frame| frame["type"] != "notice"), "{:?}", at_ana.frames);
}

#[tokio::test]
async fn an_invitation_by_a_blocked_owner_sends_no_notice() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let (cy, di) = (server.register_prime("cy-c").await, server.register_prime("di-d").await);
    let room = ana.create_room("Garden").await;
    cy.put("/api/blocks/ana", json!({})).await.expect_status(204);
    let mut at_cy = cy.socket().await;

    let (to_cy, to_di) = (ana.invite(&room, &cy).await, ana.invite(&room, &di).await);
    let members = |invitation: &Value| -> Vec<String> {
        invitation.as_object().expect("an object").keys().cloned().collect()
    };
    assert_eq!(members(&to_cy), members(&to_di), "to the owner both look the same");
    let listed = items(&ana.get(&format!("/api/chatrooms/{room}/invitations")).await.json(200));
    assert_eq!(column(&listed, "status"), ["open", "open"]);
    server.grant(&cy, 1).await;
    assert_eq!(at_cy.frame("notice").await["kind"], "coins", "the first thing that Cy hears of");
    cy.join_invited(&text(&to_cy["token"])).await.expect_status(200);
}
