//! What operators and API consumers look at: health, metrics, the API's description.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{DEADLINE, Raw, Server, json};

#[tokio::test]
async fn healthz_and_readyz_report_a_healthy_server() {
    let server = Server::start().await;
    server.anybody().get("/healthz").await.expect_status(200);
    server.anybody().get("/readyz").await.expect_status(200);
}

#[tokio::test]
async fn metrics_are_in_the_prometheus_format() {
    let server = Server::start().await;
    server.register("ana").await;
    let metrics = server.anybody().get("/metrics").await.expect_status(200);
    assert!(metrics.header("content-type").starts_with("text/plain"));
    assert!(metrics.text.contains("# TYPE"), "{}", metrics.text);
    assert!(!metrics.text.contains("ana"), "metrics name nobody");
}

#[tokio::test]
async fn metrics_move_to_a_listener_of_their_own() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("it is bound").to_string();
    drop(free);
    let server = Server::start_with(&[("METRICS_LISTEN", &address)]).await;
    server.anybody().get("/metrics").await.refusal(404, "not_found");
    let there = reqwest::get(format!("http://{address}/metrics")).await.expect("the second listener answers");
    assert_eq!(there.status(), 200);
    let elsewhere = reqwest::get(format!("http://{address}/api/me")).await.expect("it answers");
    assert_eq!(elsewhere.status(), 404);
}

#[tokio::test]
async fn the_description_lists_every_call() {
    let server = Server::start().await;
    let api = server.anybody().get("/api/openapi.json").await.json(200);
    assert!(api["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", api["openapi"]);
    let calls = [
        "post /api/register",
        "post /api/login",
        "post /api/token/refresh",
        "post /api/logout",
        "get /api/sessions",
        "delete /api/sessions/{deviceId}",
        "get /api/me",
        "patch /api/me",
        "post /api/me/password",
        "delete /api/me",
        "get /api/me/transfers",
        "post /api/chatrooms",
        "get /api/chatrooms",
        "get /api/chatrooms/{roomId}",
        "patch /api/chatrooms/{roomId}",
        "delete /api/chatrooms/{roomId}",
        "post /api/chatrooms/{roomId}/leave",
        "delete /api/chatrooms/{roomId}/members/{userId}",
        "get /api/chatrooms/{roomId}/bans",
        "put /api/chatrooms/{roomId}/bans/{userId}",
        "delete /api/chatrooms/{roomId}/bans/{userId}",
        "post /api/chatrooms/{roomId}/invitations",
        "get /api/chatrooms/{roomId}/invitations",
        "delete /api/chatrooms/{roomId}/invitations/{invitationId}",
        "post /api/joinroom",
        "post /api/messages",
        "get /api/chatrooms/{roomId}/messages",
        "patch /api/chatrooms/{roomId}/messages/{messageId}",
        "delete /api/chatrooms/{roomId}/messages/{messageId}",
        "put /api/chatrooms/{roomId}/read",
        "get /api/profile/{userId}",
        "post /api/friend-requests",
        "get /api/friend-requests",
        "post /api/friend-requests/{friendRequestId}/accept",
        "post /api/friend-requests/{friendRequestId}/decline",
        "delete /api/friend-requests/{friendRequestId}",
        "get /api/friends",
        "delete /api/friends/{userId}",
        "get /api/blocks",
        "put /api/blocks/{userId}",
        "delete /api/blocks/{userId}",
        "put /api/admin/users/{userId}/prime",
        "delete /api/admin/users/{userId}/prime",
        "post /api/admin/users/{userId}/coins",
        "get /api/ws",
        "get /healthz",
        "get /readyz",
        "get /metrics",
    ];
    for call in calls {
        let (method, path) = call.split_once(' ').expect("a method and a path");
        let operation = &api["paths"][path][method];
        assert!(operation.is_object(), "{call} is not described");
        let answers = operation["responses"].as_object().unwrap_or_else(|| panic!("{call} has no answers"));
        assert!(!answers.is_empty(), "{call} has no answers");
    }
}

#[tokio::test]
async fn the_description_names_refusal_codes() {
    let server = Server::start().await;
    let api = server.anybody().get("/api/openapi.json").await.json(200);
    let join = api["paths"]["/api/joinroom"]["post"].to_string();
    for code in ["wrong_room_password", "room_full", "insufficient_coins", "banned", "invitation_used"] {
        assert!(join.contains(code), "{code} is not described");
    }
}

#[tokio::test]
async fn the_page_to_try_it_loads_nothing_from_elsewhere() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let page = anybody.get("/api/docs/").await.expect_status(200);
    assert!(page.header("content-type").starts_with("text/html"));
    let mut sources = Vec::new();
    for attribute in ["src=\"", "href=\""] {
        let found = page.text.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
        sources.extend(found.map(str::to_owned));
    }
    assert!(!sources.is_empty(), "{}", page.text);
    for source in sources {
        assert!(!source.starts_with("//") && !source.contains("://"), "{source} is elsewhere");
        let path = if source.starts_with('/') {
            source
        } else {
            format!("/api/docs/{}", source.trim_start_matches("./"))
        };
        anybody.get(&path).await.expect_status(200);
    }
    let start = anybody.get("/api/docs").await;
    assert_eq!(start.status, 200, "a redirect leads to the page");
}

#[tokio::test]
async fn every_kind_of_refusal_is_explained_where_its_type_points() {
    let server = Server::start().await;
    let codes = [
        "malformed_request",
        "token_missing",
        "token_invalid",
        "token_expired",
        "session_revoked",
        "invalid_credentials",
        "second_factor_required",
        "second_factor_invalid",
        "insufficient_coins",
        "prime_required",
        "wrong_room_password",
        "banned",
        "room_locked",
        "not_a_member",
        "owner_only",
        "author_only",
        "admin_only",
        "invitee_not_prime",
        "invitation_invalid",
        "not_participants",
        "room_not_found",
        "user_not_found",
        "message_not_found",
        "friend_request_not_found",
        "invitation_not_found",
        "not_found",
        "user_id_taken",
        "room_full",
        "already_friends",
        "friend_request_pending",
        "owner_must_hand_over",
        "client_message_id_conflict",
        "invitation_expired",
        "invitation_used",
        "invitation_revoked",
        "room_closed",
        "payload_too_large",
        "unsupported_media_type",
        "method_not_allowed",
        "validation_failed",
        "rate_limited",
        "unavailable",
        "internal",
    ];
    let refusal = server.anybody().get("/api/me").await.refusal(401, "token_missing");
    let uri = crate::support::text(&refusal["type"]);
    assert!(!uri.contains("://"), "{uri} is not relative");
    for code in codes {
        let path = uri.replace("token_missing", code);
        let explanation = server.anybody().get(&path).await.expect_status(200);
        assert!(explanation.text.contains(code), "{}", explanation.text);
    }
}

#[tokio::test]
async fn the_access_log_carries_no_secret() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    ana.login().await.expect_status(200);
    ana.get("/api/me?token=in-the-query").await;
    ana.post("/api/joinroom", json!({"roomId": "x", "password": "a room's secret"})).await;
    let log = server.log();
    assert!(log.contains("/api/login"), "{log}");
    let mut secrets = vec![ana.phone.clone(), ana.password.clone()];
    secrets.extend(ana.tokens_ever_held());
    secrets.extend(["in-the-query".to_owned(), "a room's secret".to_owned()]);
    for secret in secrets {
        assert!(!log.contains(&secret), "the log carries `{secret}`");
    }
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not JSON: {line}");
    }
}

#[tokio::test]
async fn a_foreign_origin_is_refused() {
    let server = Server::start_with(&[("ALLOWED_ORIGINS", "https://chat.example")]).await;
    let upgrade = async |origin: &str| {
        let (_, head) = Raw::upgrade(&server.url(), &format!("Origin: {origin}\r\n")).await;
        head.lines().next().unwrap_or("").to_owned()
    };
    assert!(upgrade("https://chat.example").await.contains("101"));
    for foreign in
        ["https://evil.example", "null", "https://chat.example.evil.example", "http://chat.example"]
    {
        assert!(upgrade(foreign).await.contains("403"), "{foreign} is let in");
    }
    let (_, head) = Raw::upgrade(&server.url(), "").await;
    assert!(head.contains("101"), "a client that is no browser sends no Origin: {head}");
}

/// Sends these bytes and waits until the server ends the connection.
async fn knock(mut stream: TcpStream, bytes: &[u8]) {
    // The server may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut heard = Vec::new();
    timeout(DEADLINE, stream.read_to_end(&mut heard)).await.expect("the server ends it in time").ok();
}

#[tokio::test]
async fn strangers_cannot_write_warnings_or_errors_into_the_log() {
    let server = Server::start_with(&[("RATE_LIMITS", "default")]).await;
    let url = server.url();
    let host = url.trim_start_matches("http://");
    let head = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(300_000));
    let chunked = "POST /api/login HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n";
    let method = format!("{} / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "M".repeat(50_000));
    for bytes in ["nonsense\r\n\r\n", &head, chunked, &method, "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"]
    {
        knock(TcpStream::connect(host).await.expect("the server listens"), bytes.as_bytes()).await;
    }
    let unfinished_twice: &[u8] = &[0x01, 0x81, 0, 0, 0, 0, b'a', 0x01, 0x81, 0, 0, 0, 0, b'a'];
    let not_minimal: &[u8] = &[0x81, 0xFE, 0, 1, 0, 0, 0, 0, b'a'];
    let reserved: &[u8] = &[0xF3, 0x80, 0, 0, 0, 0];
    for frames in [unfinished_twice, not_minimal, reserved] {
        let (raw, head) = Raw::upgrade(&url, "").await;
        assert!(head.contains("101"), "{head}");
        knock(raw.stream, frames).await;
    }
    for _ in 0..3 {
        server.anybody().post("/api/token/refresh", json!({"refreshToken": "nonsense"})).await;
    }
    let log = server.log();
    for line in log.lines() {
        let level = serde_json::from_str::<serde_json::Value>(line).expect("JSON")["level"].clone();
        assert_eq!(level, "INFO", "{line}");
        assert!(line.len() < 1_000, "{line}");
    }
}
