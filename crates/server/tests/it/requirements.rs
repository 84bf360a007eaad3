//! Hexroom's ten original requirements, each against the running server.

use crate::support::{Actor, Server, assert_members, column, items, json, number, text};

/// The owner, and a room of theirs with one seat taken.
async fn room_of_a_prime_member(server: &Server) -> (Actor, String) {
    let owner = server.register_prime("ana").await;
    let room = owner.create_room("Garden").await;
    (owner, room)
}

#[tokio::test]
async fn r01_a_user_registers_and_signs_in() {
    let server = Server::start().await;
    let bo = server.newcomer("bo-b");
    let mut registration = bo.registration();
    registration["availCoins"] = json!(300);

    let registered = bo.post("/api/register", registration).await.json(201);
    assert_eq!(registered["account"]["userId"], "bo-b");
    assert_eq!(registered["account"]["deviceId"], bo.device_id);
    assert_eq!(registered["account"]["name"], bo.display_name());
    assert_eq!(registered["account"]["phone"], bo.phone);
    assert_eq!(registered["account"]["availCoins"], 300);

    let signed_in = bo.login().await.json(200);
    bo.take_tokens(&signed_in);
    assert_eq!(bo.me().await["userId"], "bo-b");
}

#[tokio::test]
async fn r02_only_a_prime_member_creates_a_room() {
    let server = Server::start().await;
    let bo = server.register("bo-b").await;
    let wish = json!({"name": "Garden", "password": "open sesame"});

    bo.post("/api/chatrooms", wish.clone()).await.refusal(403, "prime_required");
    server.make_prime(&bo).await;
    let room = bo.post("/api/chatrooms", wish).await.json(201);

    assert_eq!(room["ownerId"], "bo-b");
    assert_eq!((number(&room["seatsTaken"]), number(&room["seats"])), (1, 6));
}

#[tokio::test]
async fn r03_the_seventh_is_refused() {
    let server = Server::start().await;
    let (ana, room) = room_of_a_prime_member(&server).await;
    for member in server.register_all(["m-2", "m-3", "m-4", "m-5", "m-6"]).await {
        member.join(&room).await.expect_status(200);
    }

    let seventh = server.register_rich("m-7", 1_000).await;
    let refusal = seventh.join(&room).await.refusal(409, "room_full");
    assert_eq!(refusal["seats"], 6);

    server.make_prime(&seventh).await;
    let invitation = ana.invite(&room, &seventh).await;
    seventh.join_invited(&text(&invitation["token"])).await.refusal(409, "room_full");
    assert_eq!(ana.room(&room).await["seatsTaken"], 6);
    assert_eq!(seventh.me().await["availCoins"], 1_000);
}

#[tokio::test]
async fn r04_the_owner_invites_a_prime_member_with_a_token() {
    let server = Server::start().await;
    let (ana, room) = room_of_a_prime_member(&server).await;
    let [cy, di] = server.register_all(["cy-c", "di-d"]).await;

    let path = format!("/api/chatrooms/{room}/invitations");
    ana.post(&path, json!({"userId": "cy-c"})).await.refusal(403, "invitee_not_prime");
    server.make_prime(&cy).await;
    let token = text(&ana.invite(&room, &cy).await["token"]);

    di.join_invited(&token).await.refusal(403, "invitation_invalid");
    let receipt = cy.join_invited(&token).await.json(200);
    assert_eq!(receipt["roomId"], room.as_str());
    cy.post(&format!("/api/chatrooms/{room}/leave"), json!({})).await;
    cy.join_invited(&token).await.refusal(410, "invitation_used");
}

#[tokio::test]
async fn r05_the_first_room_is_free_and_each_further_one_costs_150_coins() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let rooms = [ana.create_room("A").await, ana.create_room("B").await, ana.create_room("C").await];
    let bo = server.register_rich("bo-b", 200).await;

    let first = bo.join(&rooms[0]).await.json(200);
    assert_eq!(first, json!({"roomId": rooms[0], "fee": 0, "availCoins": 200, "alreadyMember": false}));
    let second = bo.join(&rooms[1]).await.json(200);
    assert_eq!(second, json!({"roomId": rooms[1], "fee": 150, "availCoins": 50, "alreadyMember": false}));
    let third = bo.join(&rooms[2]).await.refusal(402, "insufficient_coins");
    assert_eq!((&third["required"], &third["available"]), (&json!(150), &json!(50)));
    assert_eq!(third["shortfall"], 100);
    assert_eq!(bo.me().await["availCoins"], 50);

    let cy = server.register_prime("cy-c").await;
    for room in &rooms {
        assert_eq!(cy.join(room).await.json(200)["fee"], 0);
    }
}

#[tokio::test]
async fn r06_messages_arrive_in_real_time_over_both_transports() {
    let server = Server::start().await;
    let (ana, room) = room_of_a_prime_member(&server).await;
    let bo = server.register("bo-b").await;
    bo.join(&room).await.expect_status(200);
    let (mut at_ana, mut at_bo) = (ana.socket().await, bo.socket().await);

    at_ana.say(&room, "m-1", "from socket to socket").await;
    let event = at_bo.event("message_posted").await;
    assert_eq!(event["actor"], "ana");
    assert_eq!(event["data"]["body"], "from socket to socket");

    at_bo.say(&room, "m-2", "and back").await;
    bo.say(&room, "from POST to socket").await;
    at_ana
        .frame_where("the answer", |frame| frame["kind"] == "message_posted" && frame["actor"] == "bo-b")
        .await;
    let posted = at_ana
        .frame_where("the POST", |frame| {
            frame["kind"] == "message_posted" && frame["data"]["body"] == "from POST to socket"
        })
        .await;
    assert_eq!(posted["actor"], "bo-b");

    let bodies = column(&ana.messages(&room).await, "body");
    assert_eq!(bodies, ["from socket to socket", "and back", "from POST to socket"]);
}

#[tokio::test]
async fn r07_a_profile_shows_nothing_sensitive() {
    let server = Server::start().await;
    let [bo, cy] = server.register_all(["bo-b", "cy-c"]).await;

    let answer = bo.get("/api/profile/cy-c").await.expect_status(200);
    assert_members(&answer.body, &["userId", "name", "prime", "memberSince", "friendship"], &[]);
    for secret in [&cy.phone, &cy.device_id, &cy.password, &cy.access_token(), &cy.refresh_token()] {
        assert!(!answer.text.contains(secret.as_str()), "{}", answer.text);
    }
    bo.get("/api/profile/nobody").await.refusal(404, "user_not_found");
    server.anybody().get("/api/profile/cy-c").await.refusal(401, "token_missing");
}

#[tokio::test]
async fn r08_participants_become_friends() {
    let server = Server::start().await;
    let (ana, room) = room_of_a_prime_member(&server).await;
    let [bo, di] = server.register_all(["bo-b", "di-d"]).await;
    bo.join(&room).await.expect_status(200);

    di.post("/api/friend-requests", json!({"userId": "ana"})).await.refusal(403, "not_participants");
    let request = bo.post("/api/friend-requests", json!({"userId": "ana"})).await.json(201);
    assert_eq!(request["status"], "pending");
    let waiting = items(&ana.get("/api/friend-requests?direction=in").await.json(200));
    assert_eq!(column(&waiting, "from"), ["bo-b"]);

    let id = text(&request["friendRequestId"]);
    ana.post(&format!("/api/friend-requests/{id}/accept"), json!({})).await.expect_status(200);
    assert_eq!(column(&items(&bo.get("/api/friends").await.json(200)), "userId"), ["ana"]);
    assert_eq!(ana.get("/api/profile/bo-b").await.json(200)["friendship"], "friends");
}

#[tokio::test]
async fn r09_everything_is_stored_in_the_database() {
    let mut server = Server::start().await;
    let (ana, room) = room_of_a_prime_member(&server).await;
    let bo = server.register_rich("bo-b", 170).await;
    let second = ana.create_room("Attic").await;
    bo.join(&room).await.expect_status(200);
    bo.join(&second).await.expect_status(200);
    bo.say(&room, "still here after the restart?").await;
    bo.post("/api/friend-requests", json!({"userId": "ana"})).await.expect_status(201);
    let (account, seen) = (bo.me().await, ana.room(&room).await);

    assert!(server.stop().await.success());
    server.restart().await;

    assert_eq!(bo.me().await, account);
    assert_eq!(ana.room(&room).await, seen);
    assert_eq!(column(&bo.messages(&room).await, "body"), ["still here after the restart?"]);
    let transfers = items(&bo.get("/api/me/transfers").await.json(200));
    assert_eq!(column(&transfers, "reason"), ["join_fee", "registration"]);
    assert_eq!(items(&ana.get("/api/friend-requests?direction=in").await.json(200)).len(), 1);
    server.assert_sound().await;
}

#[tokio::test]
async fn r10_passwords_are_stored_as_bcrypt_hashes_only() {
    let mut server = Server::start_with(&[("PASSWORD_SCHEME", "bcrypt")]).await;
    let bo = server.register("bo-b").await;
    bo.login().await.expect_status(200);
    assert!(server.stop().await.success());

    let mut hashes = Vec::new();
    for content in server.stored().await {
        for secret in [bo.password.clone(), bo.access_token(), bo.refresh_token()] {
            assert!(!content.contains(&secret), "a secret stands in the store");
        }
        for (start, _) in content.match_indices("$2b$12$") {
            hashes.extend(content.get(start..start + 60).map(str::to_owned));
        }
    }
    assert!(!hashes.is_empty(), "no bcrypt hash of cost 12 in the store");
    for hash in hashes {
        assert_eq!(bcrypt::verify(&bo.password, &hash).ok(), Some(true), "{hash} is not of this password");
    }
}

#[tokio::test]
async fn every_mode_reports_the_reason_of_a_refusal() {
    let server = Server::start().await;
    let (ana, room) = room_of_a_prime_member(&server).await;
    let bo = server.register("bo-b").await;
    let wrong = json!({"roomId": room, "password": "not the password"});
    let unknown = json!({"roomId": "00000000-0000-7000-8000-000000000000", "password": "whatever"});
    let kept = format!("/api/chatrooms/{room}/leave");

    // `refusal` asserts the shape: a type, a title, a sentence, a code and a request id.
    let reasons = [
        server.anybody().get("/api/me").await.refusal(401, "token_missing"),
        bo.post("/api/joinroom", wrong).await.refusal(403, "wrong_room_password"),
        bo.post("/api/joinroom", unknown).await.refusal(404, "room_not_found"),
        bo.post("/api/chatrooms", json!({"name": "B", "password": "1234"}))
            .await
            .refusal(403, "prime_required"),
        ana.post(&kept, json!({})).await.refusal(409, "owner_must_hand_over"),
        bo.post("/api/joinroom", json!({})).await.refusal(422, "validation_failed"),
    ];
    for reason in reasons {
        let explanation = server.anybody().get(&text(&reason["type"])).await;
        assert_eq!(explanation.status, 200, "{reason}");
        assert!(explanation.text.contains(&text(&reason["code"])), "{}", explanation.text);
    }
}
