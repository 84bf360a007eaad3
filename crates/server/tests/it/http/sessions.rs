//! Signing in, refreshing, and ending sessions.

use crate::support::{Actor, Answer, Server, assert_instant, assert_members, column, items, json, text};

async fn refresh(actor: &Actor, token: &str) -> Answer {
    actor.post("/api/token/refresh", json!({"refreshToken": token})).await
}

#[tokio::test]
async fn signing_in_answers_the_account_and_tokens() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let answer = ana.login().await.json(200);
    assert_members(
        &answer,
        &["account", "accessToken", "accessTokenExpiresAt", "refreshToken", "refreshTokenExpiresAt"],
        &[],
    );
    assert_eq!(answer["account"]["userId"], "ana");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_get_the_same_answer() {
    let server = Server::start().await;
    server.register("ana").await;
    let attempt =
        |user_id: &str, password: &str| json!({"userId": user_id, "password": password, "deviceId": "d"});
    let anybody = server.anybody();
    let wrong = anybody.post("/api/login", attempt("ana", "not this one")).await;
    let unknown = anybody.post("/api/login", attempt("nobody", "not this one")).await;
    let (mut wrong, mut unknown) =
        (wrong.refusal(401, "invalid_credentials"), unknown.refusal(401, "invalid_credentials"));
    for refusal in [&mut wrong, &mut unknown] {
        refusal["requestId"] = json!("");
    }
    assert_eq!(wrong, unknown);
    anybody.post("/api/login", attempt("ana", "x")).await.refusal(401, "invalid_credentials");
    anybody.post("/api/login", json!({})).await.invalid_fields(&["deviceId", "password", "userId"]);
}

#[tokio::test]
async fn tokens_that_are_missing_or_not_ours_are_refused() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let anybody = server.anybody();
    anybody.get("/api/me").await.refusal(401, "token_missing");
    let get = || anybody.request(reqwest::Method::GET, "/api/me");
    anybody.send(get().basic_auth("ana", Some("x"))).await.refusal(401, "token_missing");
    anybody.send(get().bearer_auth("nonsense")).await.refusal(401, "token_invalid");
    anybody.send(get().bearer_auth(ana.refresh_token())).await.refusal(401, "token_invalid");

    let token = ana.access_token();
    let (signed, signature) = token.rsplit_once('.').expect("a JWT has three parts");
    let forged: String = signature.chars().rev().collect();
    anybody.send(get().bearer_auth(format!("{signed}.{forged}"))).await.refusal(401, "token_invalid");
    // {"alg":"none"}
    let payload = signed.split('.').nth(1).expect("a payload");
    let unsigned = format!("eyJhbGciOiJub25lIn0.{payload}.");
    anybody.send(get().bearer_auth(unsigned)).await.refusal(401, "token_invalid");
}

#[tokio::test]
async fn a_refresh_token_gives_a_new_pair() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let pair = refresh(&ana, &ana.refresh_token()).await.json(200);
    assert_members(
        &pair,
        &["accessToken", "accessTokenExpiresAt", "refreshToken", "refreshTokenExpiresAt"],
        &[],
    );
    assert_instant(&pair["accessTokenExpiresAt"]);
    assert_ne!(text(&pair["refreshToken"]), ana.refresh_token());
    ana.take_tokens(&pair);
    assert_eq!(ana.me().await["userId"], "ana");

    let anybody = server.anybody();
    refresh(&anybody, "nonsense").await.refusal(401, "token_invalid");
    refresh(&anybody, &ana.access_token()).await.refusal(401, "token_invalid");
    anybody.post("/api/token/refresh", json!({})).await.invalid_fields(&["refreshToken"]);
}

#[tokio::test]
async fn a_lost_answer_to_a_refresh_is_given_again() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    for _ in 0..3 {
        let lost = refresh(&ana, &ana.refresh_token()).await.json(200);
        let again = refresh(&ana, &ana.refresh_token()).await.json(200);
        for member in ["refreshToken", "refreshTokenExpiresAt"] {
            assert_eq!(again[member], lost[member]);
        }
        ana.take_tokens(&again);
    }
    assert_eq!(ana.me().await["userId"], "ana");
}

#[tokio::test]
async fn twenty_retries_at_once_get_one_successor_and_sign_nobody_out() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let retries = (0..20).map(|_| {
        let (anybody, token) = (server.anybody(), ana.refresh_token());
        tokio::spawn(async move { refresh(&anybody, &token).await.json(200) })
    });
    let mut pairs = Vec::new();
    for retry in retries.collect::<Vec<_>>() {
        pairs.push(retry.await.expect("no panic"));
    }
    for pair in &pairs {
        assert_eq!(pair["refreshToken"], pairs[0]["refreshToken"]);
        ana.take_tokens(pair);
        assert_eq!(ana.me().await["userId"], "ana");
    }
    refresh(&ana, &ana.refresh_token()).await.expect_status(200);
}

#[tokio::test]
async fn the_fifty_first_sign_in_ends_the_session_unused_for_longest() {
    let server = Server::start_with(&[("RATE_LIMITS", "off")]).await;
    let ana = server.register("ana").await;
    let mut socket = ana.socket().await;
    let mut newest = ana.on_device("device 0").await;
    for number in 1..50 {
        newest = ana.on_device(&format!("device {number}")).await;
    }
    assert_eq!(socket.close_code().await, 4503);
    let listed = items(&newest.get("/api/sessions?limit=100").await.json(200));
    assert_eq!(listed.len(), 50);
    assert!(!column(&listed, "deviceId").contains(&json!("first device of ana")));
}

#[tokio::test]
async fn a_refresh_token_used_after_its_successor_ends_the_session() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let mut socket = ana.socket().await;
    let stolen = ana.refresh_token();
    for _ in 0..2 {
        let pair = refresh(&ana, &ana.refresh_token()).await.json(200);
        ana.take_tokens(&pair);
    }
    refresh(&server.anybody(), &stolen).await.refusal(401, "session_revoked");
    ana.get("/api/me").await.refusal(401, "session_revoked");
    refresh(&ana, &ana.refresh_token()).await.refusal(401, "token_invalid");
    assert_eq!(socket.close_code().await, 4503);
}

#[tokio::test]
async fn sessions_are_listed_by_device() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let laptop = ana.on_device("laptop").await;
    let sessions = items(&laptop.get("/api/sessions").await.json(200));
    assert_eq!(column(&sessions, "deviceId"), ["first device of ana", "laptop"]);
    assert_eq!(column(&sessions, "current"), [false, true]);
    for session in &sessions {
        assert_members(session, &["deviceId", "createdAt", "lastSeenAt", "current"], &[]);
        assert_instant(&session["createdAt"]);
        assert_instant(&session["lastSeenAt"]);
    }

    let first = laptop.get("/api/sessions?limit=1").await.json(200);
    assert_eq!(column(&items(&first), "deviceId"), ["first device of ana"]);
    let rest = format!("/api/sessions?limit=1&cursor={}", text(&first["nextCursor"]));
    let second = laptop.get(&rest).await.json(200);
    assert_eq!(column(&items(&second), "deviceId"), ["laptop"]);
    assert!(second["nextCursor"].is_null(), "{second}");
}

#[tokio::test]
async fn a_new_login_on_the_same_device_replaces_the_session() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let mut socket = ana.socket().await;
    let renewed = ana.login().await.json(200);
    ana.get("/api/me").await.refusal(401, "session_revoked");
    assert_eq!(socket.close_code().await, 4503);
    ana.take_tokens(&renewed);
    assert_eq!(items(&ana.get("/api/sessions").await.json(200)).len(), 1);
}

#[tokio::test]
async fn logging_out_ends_this_session_and_its_sockets_at_once() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let laptop = ana.on_device("laptop").await;
    let (mut here, mut there) = (ana.socket().await, laptop.socket().await);

    ana.post("/api/logout", json!({})).await.expect_status(204);
    assert_eq!(here.close_code().await, 4503);
    ana.get("/api/me").await.refusal(401, "session_revoked");
    refresh(&ana, &ana.refresh_token()).await.refusal(401, "token_invalid");
    there.catch_up().await;
    assert_eq!(laptop.me().await["userId"], "ana");
}

#[tokio::test]
async fn removing_a_device_ends_its_session_and_sockets_at_once() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let laptop = ana.on_device("old laptop").await;
    let (mut here, mut there) = (ana.socket().await, laptop.socket().await);

    ana.delete("/api/sessions/old%20laptop").await.expect_status(204);
    assert_eq!(there.close_code().await, 4503);
    laptop.get("/api/me").await.refusal(401, "session_revoked");
    here.catch_up().await;
    ana.delete("/api/sessions/old%20laptop").await.refusal(404, "not_found");
}

#[tokio::test]
async fn changing_the_password_ends_all_other_sessions_at_once() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let laptop = ana.on_device("laptop").await;
    let (mut here, mut there) = (ana.socket().await, laptop.socket().await);

    let body = json!({"currentPassword": ana.password, "newPassword": "a fine new one"});
    ana.post("/api/me/password", body).await.expect_status(204);
    assert_eq!(there.close_code().await, 4503);
    laptop.get("/api/me").await.refusal(401, "session_revoked");
    refresh(&laptop, &laptop.refresh_token()).await.refusal(401, "token_invalid");
    here.catch_up().await;
    assert_eq!(ana.me().await["userId"], "ana");
}

#[tokio::test]
async fn an_ended_session_opens_no_socket() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    ana.post("/api/logout", json!({})).await.expect_status(204);
    let mut socket = ana.silent_socket().await;
    socket.send(json!({"type": "hello", "token": ana.access_token(), "resume": []})).await;
    assert_eq!(socket.close_code().await, 4503);
}
