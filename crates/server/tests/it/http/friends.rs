//! Friend requests, friends and blocks.

use crate::support::{Actor, Server, assert_instant, assert_members, column, items, json, text};

/// Bo and Cy, who sit in Ana's room.
async fn bo_and_cy(server: &Server) -> (Actor, Actor) {
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let [bo, cy] = server.register_all(["bo-b", "cy-c"]).await;
    bo.join(&room).await.expect_status(200);
    cy.join(&room).await.expect_status(200);
    (bo, cy)
}

async fn ask(from: &Actor, to: &str) -> crate::support::Answer {
    from.post("/api/friend-requests", json!({"userId": to})).await
}

async fn friendship(viewer: &Actor, other: &Actor) -> String {
    text(&viewer.get(&format!("/api/profile/{}", other.user_id)).await.json(200)["friendship"])
}

async fn pending(actor: &Actor, direction: &str) -> Vec<serde_json::Value> {
    items(&actor.get(&format!("/api/friend-requests?direction={direction}")).await.json(200))
}

#[tokio::test]
async fn a_request_is_seen_by_both_and_by_nobody_else() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    let answer = ask(&bo, "CY-C").await.expect_status(201);
    let request = &answer.body;
    assert_members(request, &["friendRequestId", "from", "to", "status", "createdAt"], &[]);
    assert_eq!((&request["from"], &request["to"]), (&json!("bo-b"), &json!("cy-c")));
    assert_eq!(request["status"], "pending");
    assert_instant(&request["createdAt"]);
    let id = text(&request["friendRequestId"]);
    assert_eq!(answer.header("location"), format!("/api/friend-requests/{id}"));

    assert_eq!(pending(&bo, "out").await, std::slice::from_ref(request));
    assert_eq!(pending(&cy, "in").await, std::slice::from_ref(request));
    assert!(pending(&bo, "in").await.is_empty() && pending(&cy, "out").await.is_empty());
    assert_eq!(friendship(&bo, &cy).await, "requested");
    assert_eq!(friendship(&cy, &bo).await, "requested_by_them");

    let di = server.register("di-d").await;
    let path = format!("/api/friend-requests/{id}");
    di.post(&format!("{path}/accept"), json!({})).await.refusal(404, "friend_request_not_found");
    di.post(&format!("{path}/decline"), json!({})).await.refusal(404, "friend_request_not_found");
    di.delete(&path).await.refusal(404, "friend_request_not_found");
    assert_eq!(friendship(&di, &bo).await, "none");
}

#[tokio::test]
async fn requests_go_once_to_people_met_in_a_room() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    server.register("di-d").await;
    ask(&bo, "bo-b").await.invalid_fields(&["userId"]);
    ask(&bo, "nobody").await.refusal(404, "user_not_found");
    ask(&bo, "di-d").await.refusal(403, "not_participants");
    ask(&bo, "cy-c").await.expect_status(201);
    ask(&bo, "cy-c").await.refusal(409, "friend_request_pending");
    bo.post("/api/friend-requests", json!({})).await.invalid_fields(&["userId"]);
    bo.get("/api/friend-requests?direction=up").await.invalid_fields(&["direction"]);
    assert_eq!(pending(&cy, "in").await.len(), 1);
}

#[tokio::test]
async fn having_shared_a_room_is_enough() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    let room = text(&items(&bo.get("/api/chatrooms").await.json(200))[0]["roomId"]);
    bo.post(&format!("/api/chatrooms/{room}/leave"), json!({})).await.expect_status(204);
    ask(&cy, "bo-b").await.expect_status(201);
}

#[tokio::test]
async fn an_accepted_request_makes_friends_of_both() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    let id = text(&ask(&bo, "cy-c").await.json(201)["friendRequestId"]);
    let path = format!("/api/friend-requests/{id}");
    bo.post(&format!("{path}/accept"), json!({})).await.refusal(404, "friend_request_not_found");
    let accepted = cy.post(&format!("{path}/accept"), json!({})).await.json(200);
    assert_eq!(accepted["status"], "accepted");
    cy.post(&format!("{path}/accept"), json!({})).await.refusal(404, "friend_request_not_found");

    for (one, other) in [(&bo, &cy), (&cy, &bo)] {
        let friends = items(&one.get("/api/friends").await.json(200));
        assert_eq!(column(&friends, "userId"), [other.user_id.as_str()]);
        assert_members(&friends[0], &["userId", "name", "prime", "memberSince", "friendship"], &[]);
        assert_eq!(friends[0]["friendship"], "friends");
        ask(one, &other.user_id).await.refusal(409, "already_friends");
        assert!(pending(one, "in").await.is_empty());
    }

    cy.delete("/api/friends/bo-b").await.expect_status(204);
    assert_eq!(friendship(&bo, &cy).await, "none");
    cy.delete("/api/friends/bo-b").await.refusal(404, "not_found");
    ask(&bo, "cy-c").await.expect_status(201);
}

#[tokio::test]
async fn a_request_can_be_declined_or_cancelled_and_sent_again() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    let first = text(&ask(&bo, "cy-c").await.json(201)["friendRequestId"]);
    let declined = cy.post(&format!("/api/friend-requests/{first}/decline"), json!({})).await.json(200);
    assert_eq!(declined["status"], "declined");
    let second = text(&ask(&bo, "cy-c").await.json(201)["friendRequestId"]);
    let path = format!("/api/friend-requests/{second}");
    cy.delete(&path).await.refusal(404, "friend_request_not_found");
    bo.delete(&path).await.expect_status(204);
    bo.delete(&path).await.refusal(404, "friend_request_not_found");
    assert!(pending(&cy, "in").await.is_empty());
    ask(&bo, "cy-c").await.expect_status(201);
    cy.delete("/api/friend-requests/nonsense").await.refusal(404, "friend_request_not_found");
}

#[tokio::test]
async fn a_crossing_request_becomes_a_friendship() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    let first = ask(&bo, "cy-c").await.json(201);
    let crossing = ask(&cy, "bo-b").await;
    assert!(matches!(crossing.status, 200 | 201), "{}", crossing.text);
    assert_eq!(crossing.body["status"], "accepted");
    assert_eq!(crossing.body["friendRequestId"], first["friendRequestId"]);
    assert_eq!(friendship(&bo, &cy).await, "friends");
}

#[tokio::test]
async fn requests_that_cross_at_the_same_moment_make_one_friendship() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    for _ in 0..10 {
        let (one, other) = tokio::join!(ask(&bo, "cy-c"), ask(&cy, "bo-b"));
        assert!(one.status < 300 && other.status < 300, "{} {}", one.text, other.text);
        assert_eq!(friendship(&bo, &cy).await, "friends");
        bo.delete("/api/friends/cy-c").await.expect_status(204);
    }
    server.assert_sound().await;
}

#[tokio::test]
async fn a_block_looks_like_never_having_met() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    server.register("di-d").await;
    let id = text(&ask(&bo, "cy-c").await.json(201)["friendRequestId"]);
    for _ in 0..2 {
        cy.put("/api/blocks/bo-b", json!({})).await.expect_status(204);
    }
    assert!(pending(&bo, "out").await.is_empty(), "a block ends what is pending");
    let accept = format!("/api/friend-requests/{id}/accept");
    cy.post(&accept, json!({})).await.refusal(404, "friend_request_not_found");

    let mut blocked = ask(&bo, "cy-c").await.refusal(403, "not_participants");
    let mut never_met = ask(&bo, "di-d").await.refusal(403, "not_participants");
    for refusal in [&mut blocked, &mut never_met] {
        refusal["requestId"] = json!("");
    }
    assert_eq!(blocked, never_met);
    assert_eq!(friendship(&bo, &cy).await, "none");

    for _ in 0..2 {
        cy.delete("/api/blocks/bo-b").await.expect_status(204);
    }
    ask(&bo, "cy-c").await.expect_status(201);
    cy.put("/api/blocks/cy-c", json!({})).await.invalid_fields(&["userId"]);
    cy.put("/api/blocks/nobody", json!({})).await.refusal(404, "user_not_found");
}

#[tokio::test]
async fn a_block_ends_a_friendship() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    ask(&bo, "cy-c").await.expect_status(201);
    ask(&cy, "bo-b").await;
    bo.put("/api/blocks/cy-c", json!({})).await.expect_status(204);
    assert!(items(&bo.get("/api/friends").await.json(200)).is_empty());
    assert!(items(&cy.get("/api/friends").await.json(200)).is_empty());
    ask(&cy, "bo-b").await.refusal(403, "not_participants");
}

#[tokio::test]
async fn who_is_blocked_is_listed_for_the_blocker_alone() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    server.register("di-d").await;
    let before = cy.get("/api/profile/bo-b").await.json(200);
    for user_id in ["di-d", "ana", "cy-c"] {
        bo.put(&format!("/api/blocks/{user_id}"), json!({})).await.expect_status(204);
    }

    let first = bo.get("/api/blocks?limit=2").await.json(200);
    let blocked = items(&first);
    assert_eq!(column(&blocked, "userId"), ["ana", "cy-c"]);
    assert_eq!(blocked[1], bo.get("/api/profile/cy-c").await.json(200));
    let next = format!("/api/blocks?limit=2&cursor={}", text(&first["nextCursor"]));
    assert_eq!(column(&items(&bo.get(&next).await.json(200)), "userId"), ["di-d"]);

    assert!(items(&cy.get("/api/blocks").await.json(200)).is_empty());
    assert_eq!(cy.get("/api/profile/bo-b").await.json(200), before);

    bo.delete("/api/blocks/di-d").await.expect_status(204);
    ask(&bo, "cy-c").await.expect_status(201);
    assert_eq!(column(&items(&bo.get("/api/blocks").await.json(200)), "userId"), ["ana"]);
}

#[tokio::test]
async fn friends_and_requests_are_listed_in_pages() {
    let server = Server::start().await;
    let (bo, cy) = bo_and_cy(&server).await;
    let room = text(&items(&bo.get("/api/chatrooms").await.json(200))[0]["roomId"]);
    let [di, eli] = server.register_all(["di-d", "eli"]).await;
    for actor in [&di, &eli] {
        actor.join(&room).await.expect_status(200);
    }
    for actor in [&cy, &di, &eli] {
        ask(actor, "bo-b").await.expect_status(201);
    }
    let first = bo.get("/api/friend-requests?direction=in&limit=2").await.json(200);
    assert_eq!(column(&items(&first), "from"), ["eli", "di-d"]);
    let next = format!("/api/friend-requests?direction=in&limit=2&cursor={}", text(&first["nextCursor"]));
    assert_eq!(column(&items(&bo.get(&next).await.json(200)), "from"), ["cy-c"]);

    for actor in [&cy, &di, &eli] {
        ask(&bo, &actor.user_id).await;
    }
    let first = bo.get("/api/friends?limit=2").await.json(200);
    assert_eq!(column(&items(&first), "userId"), ["cy-c", "di-d"]);
    let next = format!("/api/friends?limit=2&cursor={}", text(&first["nextCursor"]));
    let second = bo.get(&next).await.json(200);
    assert_eq!(column(&items(&second), "userId"), ["eli"]);
    assert!(second["nextCursor"].is_null());
}
