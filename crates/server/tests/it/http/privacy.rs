//! Nobody sees what belongs to another account alone.

use crate::support::{Actor, ROOM_PASSWORD, Server, json, text};

/// What only this person may ever see.
fn secrets_of(actor: &Actor) -> Vec<String> {
    let mut secrets = vec![actor.phone.clone(), actor.device_id.clone(), actor.password.clone()];
    secrets.extend(actor.tokens_ever_held());
    secrets
}

/// What nobody may ever see.
const NEVER_TOLD: [&str; 4] = ["$argon2", "$2b$", "passwordHash", ROOM_PASSWORD];

#[tokio::test]
async fn nobody_ever_sees_anothers_secrets() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let bo = server.register_rich("bo-b", 317).await;
    let cy = server.register_prime("cy-c").await;
    let di = server.register("di-d").await;
    let mut sockets = Vec::new();
    for actor in [&ana, &bo, &cy, &di] {
        sockets.push(actor.socket().await);
    }
    let invitation_token = live_together(&server, &ana, &bo, &cy, &di).await;
    for socket in &mut sockets {
        socket.catch_up().await;
    }

    let log = server.log();
    let everybody = [&ana, &bo, &cy, &di, server.admin().await];
    for one in everybody {
        let secrets = secrets_of(one);
        for other in everybody.into_iter().filter(|other| other.user_id != one.user_id) {
            assert!(!other.heard().is_empty());
            for told in other.heard() {
                for secret in &secrets {
                    assert!(!told.contains(secret), "{} was told `{secret}`: {told}", other.user_id);
                }
                // The balance is looked for by its name, for 317 is also part of other numbers.
                if one.user_id == bo.user_id {
                    assert!(!told.contains("\"availCoins\":317"), "{} was told: {told}", other.user_id);
                }
            }
        }
        for told in one.heard() {
            for secret in NEVER_TOLD.into_iter().chain([one.password.as_str()]) {
                assert!(!told.contains(secret), "{} was told `{secret}`: {told}", one.user_id);
            }
        }
        for secret in secrets.iter().map(String::as_str).chain(NEVER_TOLD) {
            assert!(!log.contains(secret), "the log carries `{secret}`");
        }
    }
    assert!(!log.contains(&invitation_token), "the log carries an invitation's token");
    for actor in [&bo, &cy, &di] {
        let heard = actor.heard().into_iter().filter(|told| told.contains(&invitation_token)).count();
        assert_eq!(heard, 0, "the token is shown to the owner alone");
    }
    server.assert_sound().await;
}

/// Uses every call that shows one account something of another, refusals included.
async fn live_together(server: &Server, ana: &Actor, bo: &Actor, cy: &Actor, di: &Actor) -> String {
    let room = ana.create_room("Garden").await;
    let path = format!("/api/chatrooms/{room}");
    let token = text(&ana.invite(&room, cy).await["token"]);
    di.join_invited(&token).await.refusal(403, "invitation_invalid");
    cy.join_invited(&token).await.expect_status(200);
    bo.join(&room).await.expect_status(200);
    di.post("/api/joinroom", json!({"roomId": room, "password": "a wrong guess"})).await;
    let namesake = server.newcomer("bo-b");
    namesake.post("/api/register", namesake.registration()).await.refusal(409, "user_id_taken");

    for actor in [ana, bo, cy, di] {
        for seen in ["ana", "bo-b", "cy-c", "di-d", "the-admin"] {
            actor.get(&format!("/api/profile/{seen}")).await.expect_status(200);
        }
        let second = actor.on_device(&format!("second device of {}", actor.user_id)).await;
        second.get("/api/sessions").await.expect_status(200);
        second.post("/api/me/password", json!({"currentPassword": "x", "newPassword": "short"})).await;
        actor.get("/api/chatrooms").await.expect_status(200);
        actor.get(&path).await;
        actor.get(&format!("{path}/messages")).await;
        actor.get(&format!("{path}/invitations")).await;
        actor.patch(&path, json!({"name": "Mine", "password": ROOM_PASSWORD})).await;
    }
    let said = text(&bo.say(&room, "hello").await["messageId"]);
    cy.patch(&format!("{path}/messages/{said}"), json!({"body": "x"})).await.refusal(403, "author_only");
    bo.patch(&format!("{path}/messages/{said}"), json!({"body": "hello again"})).await.expect_status(200);
    ana.delete(&format!("{path}/messages/{said}")).await.expect_status(204);
    cy.put(&format!("{path}/read"), json!({"seq": 4})).await.expect_status(200);

    bo.post("/api/friend-requests", json!({"userId": "cy-c"})).await.expect_status(201);
    cy.get("/api/friend-requests?direction=in").await.expect_status(200);
    cy.post("/api/friend-requests", json!({"userId": "bo-b"})).await;
    cy.get("/api/friends").await.expect_status(200);
    bo.patch("/api/me", json!({"name": "Bo the Second"})).await.expect_status(200);
    server.make_prime(bo).await;
    server.grant(bo, 5).await;
    ana.patch(&path, json!({"ownerId": "cy-c"})).await.expect_status(200);
    cy.put(&format!("{path}/bans/bo-b"), json!({})).await.expect_status(204);
    cy.get(&format!("{path}/bans")).await.expect_status(200);
    bo.post_message(&room, "b-9", "hello?").await.refusal(403, "not_a_member");
    cy.put("/api/blocks/bo-b", json!({})).await.expect_status(204);
    cy.get("/api/blocks").await.expect_status(200);
    cy.delete(&path).await.expect_status(204);
    token
}
