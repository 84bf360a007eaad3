//! What all calls have in common: bodies, methods, headers.

use reqwest::Method;

use crate::support::{Server, json};

#[tokio::test]
async fn a_body_that_is_not_a_json_object_is_malformed() {
    let server = Server::start().await;
    let anybody = server.anybody();
    for body in ["", "{", "nonsense", "[]", "\"text\"", "null", "7", "{\"userId\": }", "\u{feff}{}"] {
        let request = anybody.request(Method::POST, "/api/login").header("Content-Type", "application/json");
        anybody.send(request.body(body)).await.refusal(400, "malformed_request");
    }
    let not_utf8 = anybody.request(Method::POST, "/api/login").header("Content-Type", "application/json");
    anybody.send(not_utf8.body(b"{\"userId\": \"\xff\"}".to_vec())).await.refusal(400, "malformed_request");
    let deep = format!("{{\"userId\": {}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let request = anybody.request(Method::POST, "/api/login").header("Content-Type", "application/json");
    anybody.send(request.body(deep)).await.refusal(400, "malformed_request");
}

#[tokio::test]
async fn a_body_is_json_by_its_content_type_too() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let body = || json!({"userId": "nobody", "password": "whatever", "deviceId": "d"}).to_string();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
        let request = anybody.request(Method::POST, "/api/login").header("Content-Type", media_type);
        anybody.send(request.body(body())).await.refusal(415, "unsupported_media_type");
    }
    let unnamed = anybody.request(Method::POST, "/api/login").body(body());
    anybody.send(unnamed).await.refusal(415, "unsupported_media_type");
    let with_charset = anybody.request(Method::POST, "/api/login");
    let with_charset = with_charset.header("Content-Type", "application/json; charset=utf-8").body(body());
    anybody.send(with_charset).await.refusal(401, "invalid_credentials");
}

#[tokio::test]
async fn an_over_long_body_is_refused() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let long = json!({"userId": "a".repeat(1_000_000), "password": "x", "deviceId": "d"});
    anybody.post("/api/login", long).await.refusal(413, "payload_too_large");
    anybody.get("/healthz").await.expect_status(200);
}

#[tokio::test]
async fn a_known_path_names_its_methods() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let calls = [
        (Method::GET, "/api/register"),
        (Method::DELETE, "/api/login"),
        (Method::POST, "/api/me"),
        (Method::PUT, "/api/chatrooms"),
        (Method::GET, "/api/joinroom"),
        (Method::DELETE, "/healthz"),
    ];
    for (method, path) in calls {
        let answer = anybody.call(method, path).await;
        assert!(!answer.header("allow").is_empty(), "{path} does not say what it allows");
        answer.refusal(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    for path in ["/api", "/api/nonsense", "/api/chatrooms/x/y/z", "/nonsense", "/api/me/"] {
        ana.get(path).await.refusal(404, "not_found");
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_security_headers() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let answers = [
        ana.get("/api/me").await,
        ana.get("/api/nonsense").await,
        server.anybody().get("/api/me").await,
        server.anybody().get("/healthz").await,
        server.anybody().get("/api/openapi.json").await,
    ];
    let mut ids = std::collections::HashSet::new();
    for answer in answers {
        assert!(ids.insert(answer.header("x-request-id").to_owned()), "a request id came twice");
        assert!(!answer.header("x-request-id").is_empty());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.header("referrer-policy").is_empty());
        assert!(!answer.header("content-security-policy").is_empty());
        if answer.status >= 400 {
            assert_eq!(answer.body["requestId"], answer.header("x-request-id"));
        }
    }
}

#[tokio::test]
async fn answers_for_an_account_are_not_cached() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    for path in ["/api/me", "/api/chatrooms", "/api/profile/ana", "/api/sessions", "/api/nonsense"] {
        assert!(ana.get(path).await.header("cache-control").contains("no-store"), "{path}");
    }
    assert!(ana.login().await.header("cache-control").contains("no-store"));
    let refused = server.anybody().get("/api/me").await;
    assert!(refused.header("cache-control").contains("no-store"));
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn every_call_but_the_open_ones_needs_a_token() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let room = "/api/chatrooms/00000000-0000-7000-8000-000000000000";
    let calls = [
        (Method::POST, "/api/logout".to_owned()),
        (Method::GET, "/api/sessions".to_owned()),
        (Method::DELETE, "/api/sessions/d".to_owned()),
        (Method::GET, "/api/me".to_owned()),
        (Method::PATCH, "/api/me".to_owned()),
        (Method::POST, "/api/me/password".to_owned()),
        (Method::DELETE, "/api/me".to_owned()),
        (Method::GET, "/api/me/transfers".to_owned()),
        (Method::POST, "/api/chatrooms".to_owned()),
        (Method::GET, "/api/chatrooms".to_owned()),
        (Method::GET, room.to_owned()),
        (Method::PATCH, room.to_owned()),
        (Method::DELETE, room.to_owned()),
        (Method::POST, format!("{room}/leave")),
        (Method::DELETE, format!("{room}/members/ana")),
        (Method::GET, format!("{room}/bans")),
        (Method::PUT, format!("{room}/bans/ana")),
        (Method::DELETE, format!("{room}/bans/ana")),
        (Method::POST, format!("{room}/invitations")),
        (Method::GET, format!("{room}/invitations")),
        (Method::DELETE, format!("{room}/invitations/x")),
        (Method::POST, "/api/joinroom".to_owned()),
        (Method::POST, "/api/messages".to_owned()),
        (Method::GET, format!("{room}/messages")),
        (Method::PATCH, format!("{room}/messages/x")),
        (Method::DELETE, format!("{room}/messages/x")),
        (Method::PUT, format!("{room}/read")),
        (Method::GET, "/api/profile/ana".to_owned()),
        (Method::POST, "/api/friend-requests".to_owned()),
        (Method::GET, "/api/friend-requests".to_owned()),
        (Method::POST, "/api/friend-requests/x/accept".to_owned()),
        (Method::POST, "/api/friend-requests/x/decline".to_owned()),
        (Method::DELETE, "/api/friend-requests/x".to_owned()),
        (Method::GET, "/api/friends".to_owned()),
        (Method::DELETE, "/api/friends/ana".to_owned()),
        (Method::GET, "/api/blocks".to_owned()),
        (Method::PUT, "/api/blocks/ana".to_owned()),
        (Method::DELETE, "/api/blocks/ana".to_owned()),
        (Method::PUT, "/api/admin/users/ana/prime".to_owned()),
        (Method::DELETE, "/api/admin/users/ana/prime".to_owned()),
        (Method::POST, "/api/admin/users/ana/coins".to_owned()),
    ];
    for (method, path) in calls {
        let answer = anybody.call(method.clone(), &path).await;
        assert_eq!(
            answer.body["code"], "token_missing",
            "{method} {path}: {} {}",
            answer.status, answer.text
        );
        answer.refusal(401, "token_missing");
    }
}

#[tokio::test]
async fn a_call_that_needs_no_body_accepts_none_or_an_empty_one() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    server.register("bo-b").await;
    let block = || ana.request(Method::PUT, "/api/blocks/bo-b");
    ana.send(block()).await.expect_status(204);
    ana.send(block().header("content-type", "application/json")).await.expect_status(204);
    ana.send(block().json(&json!({}))).await.expect_status(204);
    let refused = ana.send(block().json(&json!({"for": "ever"}))).await.refusal(422, "validation_failed");
    assert_eq!(refused["errors"][0]["field"], "for");
    ana.send(block().body("for ever")).await.refusal(415, "unsupported_media_type");
}
