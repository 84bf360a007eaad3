//! What a room's owner may do.

use crate::support::{Actor, Server, assert_instant, assert_members, column, items, json, text};

/// Ana's room with Bo, a free member, and Cy, a prime member, in it.
async fn ana_bo_and_cy(server: &Server) -> (Actor, Actor, Actor, String) {
    let ana = server.register_prime("ana").await;
    let bo = server.register("bo-b").await;
    let cy = server.register_prime("cy-c").await;
    let room = ana.create_room("Garden").await;
    bo.join(&room).await.expect_status(200);
    cy.join(&room).await.expect_status(200);
    (ana, bo, cy, room)
}

#[tokio::test]
async fn the_owner_renames_and_locks_and_members_see_it() {
    let server = Server::start().await;
    let (ana, bo, _, room) = ana_bo_and_cy(&server).await;
    let path = format!("/api/chatrooms/{room}");
    let mut at_bo = bo.socket().await;

    let wish = json!({"name": "Orchard", "locked": true});
    let changed = ana.patch(&path, wish).await.json(200);
    assert_eq!((&changed["name"], &changed["locked"]), (&json!("Orchard"), &json!(true)));
    let event = at_bo.event("room_changed").await;
    assert_eq!((&event["data"]["name"], &event["data"]["locked"]), (&json!("Orchard"), &json!(true)));
    assert_eq!(bo.room(&room).await["name"], "Orchard");

    let head = ana.room(&room).await["headSeq"].clone();
    ana.patch(&path, json!({"name": "Orchard", "locked": true})).await.expect_status(200);
    assert_eq!(ana.room(&room).await["headSeq"], head, "what is so already is no change");
}

#[tokio::test]
async fn the_owner_sets_the_topic_and_removes_it_and_members_see_it() {
    let server = Server::start().await;
    let (ana, bo, cy, room) = ana_bo_and_cy(&server).await;
    let path = format!("/api/chatrooms/{room}");
    let mut at_bo = bo.socket().await;
    assert!(ana.room(&room).await.get("topic").is_none());

    for removing in [json!({"topic": null}), json!({"topic": ""}), json!({"topic": " \u{200b}"})] {
        let changed = ana.patch(&path, json!({"topic": "Rene\u{301}'s soup"})).await.json(200);
        let topic = json!("Ren\u{e9}'s soup");
        assert_eq!(changed["topic"], topic);
        assert_eq!(at_bo.event("room_changed").await["data"], json!({"topic": topic}));
        assert_eq!(bo.room(&room).await["topic"], topic);
        assert_eq!(items(&cy.get("/api/chatrooms").await.json(200))[0]["topic"], topic);
        ana.patch(&path, json!({"name": "Orchard", "locked": null})).await.expect_status(200);
        assert_eq!(ana.room(&room).await["topic"], topic, "what is absent stays");
        ana.patch(&path, json!({"name": "Garden"})).await.expect_status(200);
        for _ in 0..2 {
            at_bo.event("room_changed").await;
        }

        assert!(ana.patch(&path, removing).await.json(200).get("topic").is_none());
        assert_eq!(at_bo.event("room_changed").await["data"], json!({"topic": ""}));
        assert!(bo.room(&room).await.get("topic").is_none());
        assert!(items(&cy.get("/api/chatrooms").await.json(200))[0].get("topic").is_none());
    }
    let head = ana.room(&room).await["headSeq"].clone();
    ana.patch(&path, json!({"topic": null})).await.expect_status(200);
    assert_eq!(ana.room(&room).await["headSeq"], head, "there was none to remove");

    ana.patch(&path, json!({"topic": "ä".repeat(250)})).await.expect_status(200);
    for bad in [json!("ä".repeat(251)), json!("two\nlines"), json!("\u{202e}cipot"), json!(3)] {
        ana.patch(&path, json!({"topic": bad})).await.invalid_fields(&["topic"]);
    }
    bo.patch(&path, json!({"topic": "Mine"})).await.refusal(403, "owner_only");
    assert_eq!(bo.room(&room).await["topic"], "ä".repeat(250));
    server.assert_sound().await;
}

#[tokio::test]
async fn a_change_of_password_is_announced_without_the_password() {
    let server = Server::start().await;
    let (ana, bo, _, room) = ana_bo_and_cy(&server).await;
    let mut at_bo = bo.socket().await;
    let password = "a word that nobody else is told";
    let answer = ana.patch(&format!("/api/chatrooms/{room}"), json!({"password": password})).await;
    assert!(!answer.expect_status(200).text.contains(password));
    let event = at_bo.event("room_changed").await;
    assert!(!event.to_string().contains(password), "{event}");
}

#[tokio::test]
async fn a_locked_room_lets_nobody_in_and_its_members_talk_on() {
    let server = Server::start().await;
    let (ana, bo, _, room) = ana_bo_and_cy(&server).await;
    ana.patch(&format!("/api/chatrooms/{room}"), json!({"locked": true})).await.expect_status(200);
    server.register("di-d").await.join(&room).await.refusal(403, "room_locked");
    bo.say(&room, "among ourselves").await;
    assert_eq!(bo.join(&room).await.json(200)["alreadyMember"], true);
}

#[tokio::test]
async fn the_owner_hands_over_to_a_prime_member_in_the_room() {
    let server = Server::start().await;
    let (ana, bo, cy, room) = ana_bo_and_cy(&server).await;
    let path = format!("/api/chatrooms/{room}");
    server.register_prime("di-d").await;
    ana.patch(&path, json!({"ownerId": "bo-b"})).await.refusal(403, "prime_required");
    ana.patch(&path, json!({"ownerId": "di-d"})).await.refusal(404, "user_not_found");
    ana.patch(&path, json!({"ownerId": "nobody"})).await.refusal(404, "user_not_found");

    let handed_over = ana.patch(&path, json!({"ownerId": "cy-c"})).await.json(200);
    assert_eq!(handed_over["ownerId"], "cy-c");
    ana.patch(&path, json!({"name": "Mine"})).await.refusal(403, "owner_only");
    cy.patch(&path, json!({"name": "Cy's"})).await.expect_status(200);
    ana.post(&format!("{path}/leave"), json!({})).await.expect_status(204);
    let members = items(&json!({"items": bo.room(&room).await["members"]}));
    assert_eq!(column(&members, "userId"), ["bo-b", "cy-c"]);
    server.assert_sound().await;
}

#[tokio::test]
async fn a_revision_is_done_whole_or_not_at_all() {
    let server = Server::start().await;
    let (ana, bo, _, room) = ana_bo_and_cy(&server).await;
    let path = format!("/api/chatrooms/{room}");
    let wish = json!({"name": "Orchard", "ownerId": "bo-b"});
    ana.patch(&path, wish).await.refusal(403, "prime_required");
    assert_eq!(bo.room(&room).await["name"], "Garden");
    let bad = json!({"name": "", "password": "1", "locked": "yes", "ownerId": 3, "seats": 9});
    ana.patch(&path, bad).await.invalid_fields(&["locked", "name", "ownerId", "password", "seats"]);
}

#[tokio::test]
async fn the_owner_removes_a_member_who_may_come_back() {
    let server = Server::start().await;
    let (ana, bo, _, room) = ana_bo_and_cy(&server).await;
    let path = format!("/api/chatrooms/{room}/members");
    let mut at_bo = bo.socket().await;
    ana.delete(&format!("{path}/bo-b")).await.expect_status(204);
    let removed = at_bo.frame("removed").await;
    assert_eq!((&removed["roomId"], &removed["code"]), (&json!(room), &json!("not_a_member")));
    bo.post_message(&room, "b-1", "hello?").await.refusal(403, "not_a_member");

    ana.delete(&format!("{path}/bo-b")).await.refusal(404, "user_not_found");
    ana.delete(&format!("{path}/nobody")).await.refusal(404, "user_not_found");
    ana.delete(&format!("{path}/ana")).await.refusal(409, "owner_must_hand_over");
    assert_eq!(bo.join(&room).await.json(200)["fee"], 0);
}

#[tokio::test]
async fn a_ban_keeps_somebody_out_until_it_is_lifted() {
    let server = Server::start().await;
    let (ana, bo, _, room) = ana_bo_and_cy(&server).await;
    let path = format!("/api/chatrooms/{room}/bans");
    for _ in 0..2 {
        ana.put(&format!("{path}/bo-b"), json!({})).await.expect_status(204);
    }
    bo.get(&format!("/api/chatrooms/{room}")).await.refusal(403, "not_a_member");
    bo.join(&room).await.refusal(403, "banned");
    for _ in 0..2 {
        ana.delete(&format!("{path}/bo-b")).await.expect_status(204);
    }
    bo.join(&room).await.expect_status(200);

    let di = server.register("di-d").await;
    ana.put(&format!("{path}/di-d"), json!({})).await.expect_status(204);
    di.join(&room).await.refusal(403, "banned");
    ana.put(&format!("{path}/nobody"), json!({})).await.refusal(404, "user_not_found");
    ana.put(&format!("{path}/ana"), json!({})).await.refusal(409, "owner_must_hand_over");
    server.assert_sound().await;
}

#[tokio::test]
async fn the_owner_sees_who_is_banned() {
    let server = Server::start().await;
    let (ana, _, _, room) = ana_bo_and_cy(&server).await;
    let [di, _] = server.register_all(["di-d", "eli"]).await;
    let path = format!("/api/chatrooms/{room}/bans");
    assert!(items(&ana.get(&path).await.json(200)).is_empty());
    for user_id in ["eli", "bo-b", "di-d"] {
        ana.put(&format!("{path}/{user_id}"), json!({})).await.expect_status(204);
    }

    let first = ana.get(&format!("{path}?limit=2")).await.json(200);
    let bans = items(&first);
    assert_eq!(column(&bans, "userId"), ["bo-b", "di-d"]);
    let next = format!("{path}?limit=2&cursor={}", text(&first["nextCursor"]));
    assert_eq!(column(&items(&ana.get(&next).await.json(200)), "userId"), ["eli"]);
    assert_members(&bans[1], &["userId", "name", "bannedAt"], &[]);
    assert_eq!(bans[1]["name"], di.get("/api/me").await.json(200)["name"]);
    assert_instant(&bans[1]["bannedAt"]);

    ana.delete(&format!("{path}/di-d")).await.expect_status(204);
    assert_eq!(column(&items(&ana.get(&path).await.json(200)), "userId"), ["bo-b", "eli"]);
    ana.delete(&format!("/api/chatrooms/{room}")).await.expect_status(204);
    ana.get(&path).await.refusal(410, "room_closed");
}

#[tokio::test]
async fn the_owner_closes_the_room_for_everyone() {
    let server = Server::start().await;
    let (ana, bo, cy, room) = ana_bo_and_cy(&server).await;
    let path = format!("/api/chatrooms/{room}");
    let invitee = server.register_prime("di-d").await;
    let token = text(&ana.invite(&room, &invitee).await["token"]);
    let mut at_bo = bo.socket().await;

    ana.delete(&path).await.expect_status(204);
    at_bo.event("room_closed").await;
    for member in [&ana, &bo, &cy] {
        member.get(&path).await.refusal(410, "room_closed");
        assert!(items(&member.get("/api/chatrooms").await.json(200)).is_empty());
    }
    bo.post_message(&room, "b-1", "hello?").await.refusal(410, "room_closed");
    ana.delete(&path).await.refusal(410, "room_closed");
    invitee.join_invited(&token).await.refusal(410, "room_closed");
    invitee.get(&path).await.refusal(404, "room_not_found");
    server.assert_sound().await;
}

#[tokio::test]
async fn only_the_owner_has_these_powers() {
    let server = Server::start().await;
    let (_, bo, cy, room) = ana_bo_and_cy(&server).await;
    let di = server.register("di-d").await;
    let path = format!("/api/chatrooms/{room}");
    for (actor, status, code) in
        [(&bo, 403, "owner_only"), (&cy, 403, "owner_only"), (&di, 404, "room_not_found")]
    {
        actor.patch(&path, json!({"name": "Mine"})).await.refusal(status, code);
        actor.delete(&path).await.refusal(status, code);
        actor.delete(&format!("{path}/members/ana")).await.refusal(status, code);
        actor.get(&format!("{path}/bans")).await.refusal(status, code);
        actor.put(&format!("{path}/bans/ana"), json!({})).await.refusal(status, code);
        actor.delete(&format!("{path}/bans/ana")).await.refusal(status, code);
        // Nor are they told that nobody and nothing can have such an id.
        actor.delete(&format!("{path}/members/_")).await.refusal(status, code);
        actor.put(&format!("{path}/bans/_"), json!({})).await.refusal(status, code);
        actor.delete(&format!("{path}/bans/_")).await.refusal(status, code);
        actor.delete(&format!("{path}/invitations/_")).await.refusal(status, code);
    }
    di.delete(&format!("{path}/messages/_")).await.refusal(404, "room_not_found");
    di.patch(&format!("{path}/messages/_"), json!({"body": "Mine"})).await.refusal(404, "room_not_found");
    let unknown = "/api/chatrooms/nonsense";
    di.patch(unknown, json!({"name": "Mine"})).await.refusal(404, "room_not_found");
    di.delete(unknown).await.refusal(404, "room_not_found");
}
