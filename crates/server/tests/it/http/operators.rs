//! What operators do, by API and by command line, and who is told.

use futures_util::future::join_all;
use reqwest::Method;

use crate::support::{Actor, Answer, DEADLINE, ROOM_PASSWORD, Server, items, json, text};

async fn admin_and_bo(server: &Server) -> (Actor, Actor) {
    (server.admin().await.clone(), server.register("bo-b").await)
}

async fn suspend(by: &Actor, user_id: &str) -> Answer {
    by.put(&format!("/api/admin/users/{user_id}/suspension"), json!({"reason": "spam in three rooms"})).await
}

async fn readmit(by: &Actor, user_id: &str) -> Answer {
    by.delete(&format!("/api/admin/users/{user_id}/suspension")).await
}

async fn record(admin: &Actor) -> Vec<serde_json::Value> {
    items(&admin.get("/api/admin/record").await.json(200))
}

#[tokio::test]
async fn a_suspended_account_can_do_nothing_and_keeps_everything() {
    let server = Server::start().await;
    let (admin, bo) = admin_and_bo(&server).await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    bo.join(&room).await.expect_status(200);
    let mut socket = bo.socket().await;

    suspend(&admin, "BO-B").await.expect_status(204);
    assert_eq!(socket.close_code().await, 4503);
    bo.get("/api/me").await.refusal(403, "account_suspended");
    bo.post_message(&room, "m-1", "hello").await.refusal(403, "account_suspended");
    let refresh = json!({"refreshToken": bo.refresh_token()});
    bo.post("/api/token/refresh", refresh.clone()).await.refusal(403, "account_suspended");
    bo.login().await.refusal(403, "account_suspended");
    let wrong = json!({"userId": "bo-b", "password": "not this one", "deviceId": "d"});
    bo.post("/api/login", wrong).await.refusal(401, "invalid_credentials");
    let mut again = bo.silent_socket().await;
    again.send(json!({"type": "hello", "token": bo.access_token(), "resume": []})).await;
    assert_eq!(again.close_code().await, 4503);
    assert_eq!(ana.room(&room).await["seatsTaken"], 2, "the seat stays");

    readmit(&admin, "bo-b").await.expect_status(204);
    bo.me().await;
    bo.say(&room, "back again").await;
    bo.post("/api/token/refresh", refresh).await.expect_status(200);
    server.assert_sound().await;
}

#[tokio::test]
async fn nobody_suspends_themself_or_the_last_admin() {
    let server = Server::start().await;
    let (admin, bo) = admin_and_bo(&server).await;
    suspend(&admin, "the-admin").await.invalid_fields(&["userId"]);
    let last = server.run(&["user", "suspend", "the-admin", "--reason", "test"]).await;
    assert!(String::from_utf8_lossy(&last.stderr).contains("last admin"), "{last:?}");
    server.run_well(&["user", "admin", "bo-b"]).await;
    suspend(&bo, "the-admin").await.expect_status(204);
    admin.get("/api/admin/users").await.refusal(403, "account_suspended");
    suspend(&admin, "bo-b").await.refusal(403, "account_suspended");
}

#[tokio::test]
async fn when_two_admins_suspend_each_other_at_once_one_remains() {
    let server = Server::start().await;
    for round in 0..5 {
        let ids = [format!("one-{round}"), format!("two-{round}")];
        let pair = [server.register(&ids[0]).await, server.register(&ids[1]).await];
        for id in &ids {
            server.run_well(&["user", "admin", id]).await;
        }
        join_all([suspend(&pair[0], &ids[1]), suspend(&pair[1], &ids[0])]).await;
        let left = join_all(pair.iter().map(|admin| admin.get("/api/me"))).await;
        let left = left.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(left, 1, "round {round}");
        for id in &ids {
            server.run_well(&["user", "admin", id, "--withdraw"]).await;
        }
    }
    server.assert_sound().await;
}

#[tokio::test]
async fn a_suspension_needs_a_reason_and_an_account() {
    let server = Server::start().await;
    let (admin, _) = admin_and_bo(&server).await;
    let path = "/api/admin/users/bo-b/suspension";
    admin.put(path, json!({})).await.invalid_fields(&["reason"]);
    admin.put(path, json!({"reason": "two\nlines"})).await.invalid_fields(&["reason"]);
    suspend(&admin, "nobody").await.refusal(404, "user_not_found");
    readmit(&admin, "nobody").await.refusal(404, "user_not_found");
    assert_eq!(record(&admin).await.len(), 1, "the admin alone was made");
}

#[tokio::test]
async fn an_admin_finds_accounts_and_sees_nothing_that_is_theirs_alone() {
    let server = Server::start().await;
    let (admin, bo) = admin_and_bo(&server).await;
    server.register("carl").await;
    let list = admin.get("/api/admin/users?limit=2").await.json(200);
    let ids: Vec<_> = items(&list).iter().map(|item| text(&item["userId"])).collect();
    assert_eq!(ids, ["bo-b", "carl"]);
    let cursor = text(&list["nextCursor"]);
    let rest = admin.get(&format!("/api/admin/users?cursor={cursor}")).await.json(200);
    assert_eq!(items(&rest).len(), 1);
    assert!(rest["nextCursor"].is_null());

    suspend(&admin, "bo-b").await.expect_status(204);
    let found = items(&admin.get("/api/admin/users?q=OF%20Bo").await.json(200));
    assert_eq!(found.len(), 1, "{found:?}");
    let mut members: Vec<_> = found[0].as_object().expect("an object").keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["admin", "memberSince", "name", "prime", "suspended", "suspendedAt", "userId"]);
    assert_eq!(found[0]["suspended"], true);
    admin.get("/api/admin/users?q=").await.invalid_fields(&["q"]);
    assert!(!admin.heard().iter().any(|heard| heard.contains(&bo.phone)));
    assert!(server.run_well(&["user", "find", "bo"]).await.contains("suspended"));
}

#[tokio::test]
async fn an_admin_ends_all_sessions_of_an_account() {
    let server = Server::start().await;
    let (admin, bo) = admin_and_bo(&server).await;
    let tablet = bo.on_device("tablet").await;
    let mut socket = tablet.socket().await;
    admin.delete("/api/admin/users/bo-b/sessions").await.expect_status(204);
    assert_eq!(socket.close_code().await, 4503);
    bo.get("/api/me").await.refusal(401, "session_revoked");
    tablet.get("/api/me").await.refusal(401, "session_revoked");
    bo.take_tokens(&bo.login().await.json(200));
    bo.me().await;
}

#[tokio::test]
async fn a_password_link_sets_the_password_once() {
    let server = Server::start().await;
    let (admin, bo) = admin_and_bo(&server).await;
    let made = admin.call(Method::POST, "/api/admin/users/bo-b/password-link").await.json(201);
    let token = text(&made["token"]);
    assert!(made["expiresAt"].is_string());
    let contents = server.stored().await.concat();
    assert!(!contents.contains(&token), "it is stored hashed");

    let anybody = server.anybody();
    let link = |password: &str| json!({"token": token, "newPassword": password});
    anybody.post("/api/password-link", link("short")).await.invalid_fields(&["newPassword"]);
    let answers =
        join_all((0..6).map(|n| anybody.post("/api/password-link", link(&format!("new battery {n}"))))).await;
    let used: Vec<_> = (0..6).filter(|n| answers[*n].status == 204).collect();
    assert_eq!(used.len(), 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 204) {
        answer.refusal(410, "password_link_invalid");
    }
    bo.get("/api/me").await.refusal(401, "session_revoked");
    bo.login().await.refusal(401, "invalid_credentials");
    let password = format!("new battery {}", used[0]);
    let login = json!({"userId": "bo-b", "password": password, "deviceId": "d"});
    anybody.post("/api/login", login).await.expect_status(200);
    anybody.post("/api/password-link", link("another battery")).await.refusal(410, "password_link_invalid");
    server.assert_sound().await;
}

#[tokio::test]
async fn no_password_link_is_good_for_a_suspended_account() {
    let server = Server::start().await;
    let (admin, _) = admin_and_bo(&server).await;
    let path = "/api/admin/users/bo-b/password-link";
    let before = text(&admin.post(path, json!({"reason": "forgot it"})).await.json(201)["token"]);
    suspend(&admin, "bo-b").await.expect_status(204);
    let during = text(&admin.post(path, json!({})).await.json(201)["token"]);
    for token in [before, during, "nonsense".to_owned()] {
        let link = json!({"token": token, "newPassword": "new battery"});
        server.anybody().post("/api/password-link", link).await.refusal(410, "password_link_invalid");
    }
}

#[tokio::test]
async fn an_admin_closes_a_room_without_being_a_member() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let mut socket = ana.socket().await;
    let path = format!("/api/admin/chatrooms/{room}");
    admin
        .send(admin.request(Method::DELETE, &path).json(&json!({"reason": "abuse"})))
        .await
        .expect_status(204);
    let closed = socket.event("room_closed").await;
    assert_eq!((&closed["roomId"], &closed["actor"]), (&json!(room), &json!("ana")));
    ana.get(&format!("/api/chatrooms/{room}")).await.refusal(410, "room_closed");
    admin.delete(&path).await.refusal(410, "room_closed");
    admin.delete("/api/admin/chatrooms/garden").await.refusal(404, "room_not_found");
    let newest = &record(admin).await[0];
    assert_eq!((&newest["action"], &newest["roomId"]), (&json!("close_room"), &json!(room)));
    server.assert_sound().await;
}

#[tokio::test]
async fn the_record_says_who_did_what_to_whom_and_why() {
    let server = Server::start().await;
    let (admin, bo) = admin_and_bo(&server).await;
    admin.put("/api/admin/users/bo-b/prime", json!({})).await.expect_status(200);
    let granted = admin.grant_coins("bo-b", 100, "key-1").await.json(200);
    assert_eq!(granted, json!({"userId": "bo-b", "amount": 100}), "the balance is Bo's own to know");
    suspend(&admin, "bo-b").await.expect_status(204);
    server.run_well(&["user", "readmit", "bo-b", "--reason", "a mistake"]).await;
    let record = record(&admin).await;
    let of = |n: usize, member: &str| record[n][member].clone();
    let actions: Vec<_> = record.iter().map(|entry| text(&entry["action"])).collect();
    assert_eq!(actions, ["readmit", "suspend", "grant_coins", "grant_prime", "grant_admin"]);
    assert_eq!((of(0, "adminId"), of(0, "reason")), (json!(null), json!("a mistake")));
    assert!(record[0].as_object().expect("an object").contains_key("adminId"));
    assert_eq!((of(1, "adminId"), of(1, "reason")), (json!("the-admin"), json!("spam in three rooms")));
    assert_eq!(of(2, "userId"), "bo-b");
    bo.get("/api/admin/record").await.refusal(403, "admin_only");
    admin.get("/api/admin/record?cursor=x").await.invalid_fields(&["cursor"]);
}

#[tokio::test]
async fn only_admins_operate() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    for (method, path) in [
        (Method::GET, "/api/admin/users"),
        (Method::GET, "/api/admin/record"),
        (Method::PUT, "/api/admin/users/ana/suspension"),
        (Method::DELETE, "/api/admin/users/ana/suspension"),
        (Method::DELETE, "/api/admin/users/ana/sessions"),
        (Method::POST, "/api/admin/users/ana/password-link"),
        (Method::DELETE, "/api/admin/chatrooms/garden"),
    ] {
        ana.call(method.clone(), path).await.refusal(403, "admin_only");
        server.anybody().call(method, path).await.refusal(401, "token_missing");
    }
}

/// The server is one process here and each command another.
#[tokio::test]
async fn changes_by_the_command_line_reach_connected_clients_at_once() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let dan = server.register("dan").await;
    let room = ana.create_room("Garden").await;
    let mut at_dan = dan.socket().await;
    server.run_well(&["user", "prime", "dan"]).await;
    let prime = at_dan.frame("notice").await;
    assert_eq!((&prime["kind"], &prime["data"]["prime"]), (&json!("prime"), &json!(true)));
    server.run_well(&["user", "coins", "dan", "40"]).await;
    let coins = at_dan.frame("notice").await;
    assert_eq!((&coins["kind"], &coins["data"]["availCoins"]), (&json!("coins"), &json!(40)));

    dan.post("/api/joinroom", json!({"roomId": room, "password": ROOM_PASSWORD})).await.expect_status(200);
    server.run_well(&["room", "close", &room, "--reason", "abuse"]).await;
    assert_eq!(at_dan.event("room_closed").await["roomId"], room.as_str());

    server.run_well(&["user", "suspend", "dan", "--reason", "spam"]).await;
    assert_eq!(at_dan.close_code().await, 4503);
    dan.get("/api/me").await.refusal(403, "account_suspended");
    server.run_well(&["user", "readmit", "dan"]).await;
    let (mut old, tablet) = (dan.socket().await, dan.on_device("tablet").await);
    server.run_well(&["user", "sign-out", "dan"]).await;
    assert_eq!(old.close_code().await, 4503);
    tablet.get("/api/me").await.refusal(401, "session_revoked");

    let printed = server.run_well(&["user", "password-link", "dan"]).await;
    let token = printed.trim().rsplit('/').next().expect("the token");
    let link = json!({"token": token, "newPassword": "new battery"});
    server.anybody().post("/api/password-link", link).await.expect_status(204);
    server.assert_sound().await;
}

#[tokio::test]
async fn a_sign_in_right_after_a_sign_out_stays() {
    let server = Server::start().await;
    let dan = server.register("dan").await;
    server.run_well(&["user", "sign-out", "dan"]).await;
    dan.take_tokens(&dan.login().await.json(200));
    let mut socket = dan.socket().await;
    server.run_well(&["user", "prime", "dan"]).await;
    let told =
        tokio::time::timeout(DEADLINE, socket.frame("notice")).await.expect("the record was read past it");
    assert_eq!(told["kind"], "prime");
    socket.catch_up().await;
}
