//! Taking a seat: by password, the order of refusals, and retries.

use crate::support::{Actor, Server, column, items, json, number, text};

/// Ana with an open room, and Bo with some coins and the free join used up.
async fn ana_and_bo(server: &Server, coins: i64) -> (Actor, Actor, String) {
    let ana = server.register_prime("ana").await;
    let bo = server.register_rich("bo-b", coins).await;
    let first = ana.create_room("The free one").await;
    bo.join(&first).await.expect_status(200);
    let room = ana.create_room("Garden").await;
    (ana, bo, room)
}

#[tokio::test]
async fn a_retried_join_gets_the_same_receipt_and_costs_nothing() {
    let server = Server::start().await;
    let (_, bo, room) = ana_and_bo(&server, 400).await;
    let first = bo.join(&room).await.json(200);
    assert_eq!(first, json!({"roomId": room, "fee": 150, "availCoins": 250, "alreadyMember": false}));
    let again = bo.join(&room).await.json(200);
    assert_eq!(again, json!({"roomId": room, "fee": 150, "availCoins": 250, "alreadyMember": true}));
    let transfers = items(&bo.get("/api/me/transfers").await.json(200));
    assert_eq!(column(&transfers, "amount"), [-150, 400]);
}

#[tokio::test]
async fn a_join_is_written_into_the_rooms_log() {
    let server = Server::start().await;
    let (ana, bo, room) = ana_and_bo(&server, 150).await;
    let mut socket = ana.socket().await;
    bo.join(&room).await.expect_status(200);
    let event = socket.event("member_joined").await;
    assert_eq!((&event["roomId"], &event["seq"]), (&json!(room), &json!(2)));
    assert_eq!((&event["actor"], &event["data"]["userId"]), (&json!("bo-b"), &json!("bo-b")));
    let seen = bo.room(&room).await;
    assert_eq!((number(&seen["headSeq"]), number(&seen["readSeq"])), (2, 2));
}

#[tokio::test]
async fn a_prime_member_joins_free_and_keeps_the_free_join() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let cy = server.register_prime("cy-c").await;
    assert_eq!(cy.join(&room).await.json(200)["fee"], 0);
    assert_eq!(cy.me().await["freeJoinUsed"], false);

    server.admin().await.delete("/api/admin/users/cy-c/prime").await.expect_status(200);
    let another = ana.create_room("Attic").await;
    assert_eq!(cy.join(&another).await.json(200)["fee"], 0);
    assert_eq!(cy.me().await["freeJoinUsed"], true);
}

#[tokio::test]
async fn the_price_is_told_before_it_is_paid() {
    let server = Server::start().await;
    let (ana, bo, room) = ana_and_bo(&server, 400).await;
    let price = async |actor: &Actor| {
        let told = actor.get(&format!("/api/chatrooms/{room}/price")).await.json(200);
        (text(&told["terms"]), number(&told["fee"]), number(&told["furtherFee"]))
    };
    let of_next = async |actor: &Actor| text(&actor.me().await["nextJoin"]["terms"]);
    let cy = server.register("cy-c").await;
    assert_eq!(price(&bo).await, ("further_join".to_owned(), 150, 150));
    assert_eq!(price(&cy).await, ("first_join".to_owned(), 0, 150));
    assert_eq!(price(&ana).await, ("returning".to_owned(), 0, 150), "she sits there");
    assert_eq!(of_next(&ana).await, "prime");
    assert_eq!(of_next(&cy).await, "first_join");

    bo.join(&room).await.expect_status(200);
    bo.post(&format!("/api/chatrooms/{room}/leave"), json!({})).await.expect_status(204);
    assert_eq!(price(&bo).await, ("returning".to_owned(), 0, 150));
    assert_eq!(of_next(&bo).await, "further_join");
    bo.get("/api/chatrooms/nowhere/price").await.refusal(404, "room_not_found");
    ana.close(&room).await;
    cy.get(&format!("/api/chatrooms/{room}/price")).await.refusal(410, "room_closed");
}

#[tokio::test]
async fn leaving_does_not_give_the_free_join_back() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let (first, second) = (ana.create_room("A").await, ana.create_room("B").await);
    let bo = server.register("bo-b").await;
    bo.join(&first).await.expect_status(200);
    bo.post(&format!("/api/chatrooms/{first}/leave"), json!({})).await.expect_status(204);
    let refusal = bo.join(&second).await.refusal(402, "insufficient_coins");
    assert_eq!(refusal["shortfall"], 150);
    assert_eq!(bo.join(&first).await.json(200)["fee"], 0);
}

#[tokio::test]
async fn one_missing_coin_is_insufficient() {
    let server = Server::start().await;
    let (ana, bo, room) = ana_and_bo(&server, 149).await;
    let refusal = bo.join(&room).await.refusal(402, "insufficient_coins");
    let numbers = ["required", "available", "shortfall"].map(|name| number(&refusal[name]));
    assert_eq!(numbers, [150, 149, 1]);
    assert_eq!(ana.room(&room).await["headSeq"], 1, "a refusal changes nothing");

    server.grant(&bo, 1).await;
    assert_eq!(bo.join(&room).await.json(200)["availCoins"], 0);
}

#[tokio::test]
async fn refusals_come_in_the_promised_order() {
    let server = Server::start().await;
    let (ana, bo, room) = ana_and_bo(&server, 0).await;
    let with = |room_id: &str, password: &str| json!({"roomId": room_id, "password": password});
    let unknown = "00000000-0000-7000-8000-000000000000";
    let path = format!("/api/chatrooms/{room}");
    for seat in ["m-2", "m-3", "m-4", "m-5", "m-6"] {
        server.register(seat).await.join(&room).await.expect_status(200);
    }
    ana.put(&format!("{path}/bans/bo-b"), json!({})).await.expect_status(204);

    // Bo is banned, has no coins, and the room is full: one reason after the other is lifted.
    bo.post("/api/joinroom", with(unknown, "wrong")).await.refusal(404, "room_not_found");
    bo.post("/api/joinroom", with("nonsense", "wrong")).await.refusal(404, "room_not_found");
    bo.post("/api/joinroom", with(&room, "wrong")).await.refusal(403, "wrong_room_password");
    bo.join(&room).await.refusal(403, "banned");
    ana.delete(&format!("{path}/bans/bo-b")).await.expect_status(204);
    bo.join(&room).await.refusal(409, "room_full");
    ana.delete(&format!("{path}/members/m-6")).await.expect_status(204);
    ana.patch(&path, json!({"locked": true})).await.expect_status(200);
    bo.join(&room).await.refusal(403, "room_locked");
    ana.patch(&path, json!({"locked": false})).await.expect_status(200);
    bo.join(&room).await.refusal(402, "insufficient_coins");
    ana.delete(&path).await.expect_status(204);
    bo.join(&room).await.refusal(410, "room_closed");
    server.assert_sound().await;
}

#[tokio::test]
async fn members_get_their_receipt_even_if_the_room_is_full() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let members = server.register_all(["m-2", "m-3", "m-4", "m-5", "m-6"]).await;
    for member in &members {
        member.join(&room).await.expect_status(200);
    }
    assert_eq!(members[0].join(&room).await.json(200)["alreadyMember"], true);
    let wrong = json!({"roomId": room, "password": "wrong"});
    members[0].post("/api/joinroom", wrong).await.refusal(403, "wrong_room_password");
    assert_eq!(ana.join(&room).await.json(200)["alreadyMember"], true);
}

#[tokio::test]
async fn a_join_is_by_password_or_by_invitation() {
    let server = Server::start().await;
    let bo = server.register("bo-b").await;
    let path = "/api/joinroom";
    bo.post(path, json!({})).await.refusal(422, "validation_failed");
    bo.post(path, json!({"roomId": "x"})).await.invalid_fields(&["password"]);
    bo.post(path, json!({"password": "x"})).await.invalid_fields(&["roomId"]);
    bo.post(path, json!({"roomId": 7, "password": 8})).await.invalid_fields(&["password", "roomId"]);
    let both = json!({"roomId": "x", "password": "x", "invitationToken": "x"});
    bo.post(path, both).await.refusal(422, "validation_failed");
    bo.post(path, json!({"invitationToken": "x", "coins": 1})).await.invalid_fields(&["coins"]);
    bo.post(path, json!({"invitationToken": "x"})).await.refusal(403, "invitation_invalid");
}

#[tokio::test]
async fn the_old_password_opens_nothing_after_a_change() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let bo = server.register("bo-b").await;
    let path = format!("/api/chatrooms/{room}");
    ana.patch(&path, json!({"password": "another word"})).await.expect_status(200);
    bo.join(&room).await.refusal(403, "wrong_room_password");
    let new = json!({"roomId": room, "password": "another word"});
    bo.post("/api/joinroom", new).await.expect_status(200);
}

#[tokio::test]
async fn a_rooms_password_is_the_same_however_it_was_typed() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let new = json!({"name": "Garden", "password": "cafe\u{301}"});
    let room = ana.post("/api/chatrooms", new).await.json(201)["roomId"].clone();
    let join = |password| json!({"roomId": room, "password": password});
    let bo = server.register("bo-b").await;
    bo.post("/api/joinroom", join("cafe")).await.refusal(403, "wrong_room_password");
    bo.post("/api/joinroom", join("caf\u{e9}")).await.expect_status(200);
}

#[tokio::test]
async fn transfers_show_the_running_balance_newest_first() {
    let server = Server::start().await;
    let (_, bo, room) = ana_and_bo(&server, 200).await;
    bo.join(&room).await.expect_status(200);
    server.grant(&bo, 7).await;

    let transfers = items(&bo.get("/api/me/transfers").await.json(200));
    assert_eq!(column(&transfers, "reason"), ["grant", "join_fee", "registration"]);
    assert_eq!(column(&transfers, "amount"), [7, -150, 200]);
    assert_eq!(column(&transfers, "balance"), [57, 50, 200]);
    assert_eq!(text(&transfers[1]["roomId"]), room);
    for transfer in &transfers {
        let required = ["transferId", "amount", "balance", "reason", "at"];
        crate::support::assert_members(transfer, &required, &["roomId"]);
        crate::support::assert_instant(&transfer["at"]);
    }

    let first = bo.get("/api/me/transfers?limit=2").await.json(200);
    assert_eq!(column(&items(&first), "amount"), [7, -150]);
    let rest = format!("/api/me/transfers?limit=2&cursor={}", text(&first["nextCursor"]));
    let last = bo.get(&rest).await.json(200);
    assert_eq!(column(&items(&last), "amount"), [200]);
    assert!(last["nextCursor"].is_null());
}
