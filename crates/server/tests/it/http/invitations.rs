//! Inviting prime members.

use crate::support::{Actor, Server, assert_instant, assert_members, column, items, json, text};

/// Ana with a room, and Cy, a prime member outside it.
async fn ana_and_cy(server: &Server) -> (Actor, Actor, String) {
    let ana = server.register_prime("ana").await;
    let cy = server.register_prime("cy-c").await;
    let room = ana.create_room("Garden").await;
    (ana, cy, room)
}

fn path(room: &str) -> String {
    format!("/api/chatrooms/{room}/invitations")
}

#[tokio::test]
async fn an_invitation_shows_its_token_once() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let answer = ana.post(&path(&room), json!({"userId": "CY-C"})).await.expect_status(201);
    let invitation = &answer.body;
    let listed = ["invitationId", "roomId", "inviteeId", "status", "createdAt", "expiresAt"];
    assert_members(invitation, &["invitationId", "token", "expiresAt"], &listed);
    assert_instant(&invitation["expiresAt"]);
    let token = text(&invitation["token"]);
    assert!(token.len() >= 43, "256 bits take 43 characters: {token}");
    assert!(answer.header("location").starts_with(&path(&room)), "{}", answer.header("location"));

    let list = ana.get(&path(&room)).await.expect_status(200);
    assert!(!list.text.contains(&token));
    let item = &items(&list.body)[0];
    assert_members(item, &listed, &[]);
    assert_eq!((&item["inviteeId"], &item["status"]), (&json!("cy-c"), &json!("open")));

    assert_eq!(cy.join_invited(&token).await.json(200)["fee"], 0);
    assert_eq!(items(&ana.get(&path(&room)).await.json(200))[0]["status"], "used");
    assert_eq!(cy.join_invited(&token).await.json(200)["alreadyMember"], true);
}

#[tokio::test]
async fn an_invitation_is_good_for_its_invitee_alone() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let token = text(&ana.invite(&room, &cy).await["token"]);
    let di = server.register_prime("di-d").await;
    let mut wrong_person = di.join_invited(&token).await.refusal(403, "invitation_invalid");
    let mut never_existed = di.join_invited(&"x".repeat(43)).await.refusal(403, "invitation_invalid");
    for refusal in [&mut wrong_person, &mut never_existed] {
        refusal["requestId"] = json!("");
    }
    assert_eq!(wrong_person, never_existed);
    cy.join_invited(&token).await.expect_status(200);
}

#[tokio::test]
async fn an_invitation_is_good_for_one_join() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let token = text(&ana.invite(&room, &cy).await["token"]);
    cy.join_invited(&token).await.expect_status(200);
    cy.post(&format!("/api/chatrooms/{room}/leave"), json!({})).await.expect_status(204);
    cy.join_invited(&token).await.refusal(410, "invitation_used");
}

#[tokio::test]
async fn an_invitation_can_be_revoked() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let invitation = ana.invite(&room, &cy).await;
    let one = format!("{}/{}", path(&room), text(&invitation["invitationId"]));
    ana.delete(&one).await.expect_status(204);
    ana.delete(&one).await.expect_status(204);
    cy.join_invited(&text(&invitation["token"])).await.refusal(410, "invitation_revoked");
    assert_eq!(items(&ana.get(&path(&room)).await.json(200))[0]["status"], "revoked");
    ana.delete(&format!("{}/nonsense", path(&room))).await.refusal(404, "invitation_not_found");
    cy.delete(&one).await.refusal(404, "room_not_found");
}

#[tokio::test]
async fn an_invitation_expires() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let body = json!({"userId": "cy-c", "expiresInSeconds": 1});
    let token = text(&ana.post(&path(&room), body).await.json(201)["token"]);
    let is_expired = async || items(&ana.get(&path(&room)).await.json(200))[0]["status"] == "expired";
    let expiring = async { while !is_expired().await {} };
    tokio::time::timeout(crate::support::DEADLINE, expiring).await.expect("it expires");
    cy.join_invited(&token).await.refusal(410, "invitation_expired");
}

#[tokio::test]
async fn only_the_owner_invites_and_sees_invitations() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let invite = json!({"userId": "cy-c"});
    let bo = server.register("bo-b").await;
    bo.post(&path(&room), invite.clone()).await.refusal(404, "room_not_found");
    bo.get(&path(&room)).await.refusal(404, "room_not_found");
    bo.join(&room).await.expect_status(200);
    bo.post(&path(&room), invite).await.refusal(403, "owner_only");
    bo.get(&path(&room)).await.refusal(403, "owner_only");
    let id = text(&ana.invite(&room, &cy).await["invitationId"]);
    bo.delete(&format!("{}/{id}", path(&room))).await.refusal(403, "owner_only");
}

#[tokio::test]
async fn only_existing_prime_members_who_are_not_banned_can_be_invited() {
    let server = Server::start().await;
    let (ana, _, room) = ana_and_cy(&server).await;
    server.register("bo-b").await;
    ana.post(&path(&room), json!({"userId": "bo-b"})).await.refusal(403, "invitee_not_prime");
    ana.post(&path(&room), json!({"userId": "nobody"})).await.refusal(404, "user_not_found");
    ana.put(&format!("/api/chatrooms/{room}/bans/cy-c"), json!({})).await.expect_status(204);
    ana.post(&path(&room), json!({"userId": "cy-c"})).await.refusal(403, "banned");
    ana.post(&path(&room), json!({})).await.invalid_fields(&["userId"]);
    let bad = json!({"userId": 1, "expiresInSeconds": 0, "uses": 2});
    ana.post(&path(&room), bad).await.invalid_fields(&["expiresInSeconds", "userId", "uses"]);
}

#[tokio::test]
async fn owners_cannot_invite_themselves() {
    let server = Server::start().await;
    let (ana, _, room) = ana_and_cy(&server).await;
    ana.post(&path(&room), json!({"userId": "ANA"})).await.invalid_fields(&["userId"]);
}

#[tokio::test]
async fn an_invitee_has_one_open_invitation_at_a_time() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let first = ana.invite(&room, &cy).await;
    let again = async || ana.post(&path(&room), json!({"userId": "cy-c"})).await;
    let refusal = again().await.refusal(409, "quota_exceeded");
    assert_eq!((&refusal["quota"], &refusal["limit"]), (&json!("open_invitations"), &json!(1)));
    ana.delete(&format!("{}/{}", path(&room), text(&first["invitationId"]))).await.expect_status(204);
    let second = again().await.json(201);
    cy.join_invited(&text(&second["token"])).await.expect_status(200);
    again().await.expect_status(201);
}

#[tokio::test]
async fn an_invitation_opens_neither_a_ban_nor_a_lock_nor_a_closed_room() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let token = text(&ana.invite(&room, &cy).await["token"]);
    let room_path = format!("/api/chatrooms/{room}");
    ana.put(&format!("{room_path}/bans/cy-c"), json!({})).await.expect_status(204);
    cy.join_invited(&token).await.refusal(403, "banned");
    ana.delete(&format!("{room_path}/bans/cy-c")).await.expect_status(204);
    ana.patch(&room_path, json!({"locked": true})).await.expect_status(200);
    cy.join_invited(&token).await.refusal(403, "room_locked");
    ana.delete(&room_path).await.expect_status(204);
    cy.join_invited(&token).await.refusal(410, "room_closed");
}

#[tokio::test]
async fn an_invitation_replaces_the_password_but_not_the_fee() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let (invitation, first) = (ana.invite(&room, &cy).await, ana.create_room("First").await);
    server.admin().await.delete("/api/admin/users/cy-c/prime").await.expect_status(200);
    cy.join(&first).await.expect_status(200);
    cy.join_invited(&text(&invitation["token"])).await.refusal(402, "insufficient_coins");
    server.grant(&cy, 150).await;
    assert_eq!(cy.join_invited(&text(&invitation["token"])).await.json(200)["fee"], 150);
}

#[tokio::test]
async fn invitations_are_listed_newest_first_in_pages() {
    let server = Server::start().await;
    let (ana, cy, room) = ana_and_cy(&server).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = ana.invite(&room, &cy).await["invitationId"].clone();
        ana.delete(&format!("{}/{}", path(&room), text(&id))).await.expect_status(204);
        ids.insert(0, id);
    }
    let first = ana.get(&format!("{}?limit=2", path(&room))).await.json(200);
    let next = format!("{}?limit=2&cursor={}", path(&room), text(&first["nextCursor"]));
    let second = ana.get(&next).await.json(200);
    assert!(second["nextCursor"].is_null());
    let listed = [items(&first), items(&second)].concat();
    assert_eq!(column(&listed, "invitationId"), ids);
}
