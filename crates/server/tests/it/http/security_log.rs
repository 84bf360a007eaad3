//! What the security log says, and what it never says.

use tokio::task::yield_now;
use tokio::time::timeout;

use crate::support::{Actor, DEADLINE, Server, Value, json, text};

/// The entries of the security log so far.
fn entries(server: &Server) -> Vec<Value> {
    let lines: Vec<Value> = server.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    lines.into_iter().filter(|line| line["target"] == "security").collect()
}

/// Those of one kind, as account, outcome and admin.
fn of(server: &Server, event: &str) -> Vec<(String, String, Option<String>)> {
    let of_kind = |entry: &Value| entry["event"] == event;
    let shown = |entry: Value| {
        let admin = entry["admin"].as_str().map(str::to_owned);
        (entry["account"].as_str().unwrap_or_default().to_owned(), text(&entry["outcome"]), admin)
    };
    entries(server).into_iter().filter(of_kind).map(shown).collect()
}

fn entry(account: &str, outcome: &str) -> (String, String, Option<String>) {
    (account.to_owned(), outcome.to_owned(), None)
}

fn by_admin(account: &str, outcome: &str) -> (String, String, Option<String>) {
    (account.to_owned(), outcome.to_owned(), Some("the-admin".to_owned()))
}

async fn sign_in(anybody: &Actor, user_id: &str, password: &str) -> u16 {
    let body = json!({"userId": user_id, "password": password, "deviceId": "their device"});
    anybody.post("/api/login", body).await.status
}

#[tokio::test]
async fn the_security_log_has_every_important_event() {
    let server = Server::start().await;
    let admin = server.admin().await.clone();
    let bo = server.register("bo-b").await;
    assert_eq!(of(&server, "register"), [entry("the-admin", "ok"), entry("bo-b", "ok")]);
    sign_in(&bo, "bo-b", "a wrong password").await;
    bo.on_device("tablet").await;
    assert_eq!(of(&server, "sign_in"), [entry("bo-b", "invalid_credentials"), entry("bo-b", "ok")]);

    bo.patch("/api/me", json!({"phone": "+49 151 4440000"})).await.expect_status(200);
    bo.patch("/api/me", json!({"name": "Bo B."})).await.expect_status(200);
    assert_eq!(of(&server, "change_phone"), [entry("bo-b", "ok")], "a name is no matter of security");
    let change = |current: &str, new: &str| json!({"currentPassword": current, "newPassword": new});
    bo.post("/api/me/password", change("a wrong password", "another battery")).await.expect_status(401);
    bo.post("/api/me/password", change(&bo.password, "another battery")).await.expect_status(204);
    let expected = [entry("bo-b", "invalid_credentials"), entry("bo-b", "ok")];
    assert_eq!(of(&server, "change_password"), expected);

    let path = |what: &str| format!("/api/admin/users/bo-b/{what}");
    admin.put(&path("prime"), json!({})).await.expect_status(200);
    admin.grant_coins("bo-b", 5, "key").await.expect_status(200);
    bo.grant_coins("bo-b", 5, "key").await.expect_status(403);
    admin.put(&path("suspension"), json!({"reason": "spam"})).await.expect_status(204);
    sign_in(&bo, "bo-b", "another battery").await;
    admin.delete(&path("suspension")).await.expect_status(204);
    let token = text(&admin.post(&path("password-link"), json!({})).await.json(201)["token"]);
    admin.delete(&path("sessions")).await.expect_status(204);
    let link = json!({"token": token, "newPassword": "a third battery"});
    server.anybody().post("/api/password-link", link.clone()).await.expect_status(204);
    server.anybody().post("/api/password-link", link).await.expect_status(410);
    assert_eq!(of(&server, "grant_prime"), [by_admin("bo-b", "ok")]);
    let refused = ("bo-b".to_owned(), "admin_only".to_owned(), Some("bo-b".to_owned()));
    assert_eq!(of(&server, "grant_coins"), [by_admin("bo-b", "ok"), refused]);
    for event in ["suspend", "readmit", "make_password_link", "end_sessions"] {
        assert_eq!(of(&server, event), [by_admin("bo-b", "ok")], "{event}");
    }
    assert_eq!(of(&server, "sign_in")[2..], [entry("bo-b", "account_suspended")]);
    let used = [entry("bo-b", "ok"), entry("", "password_link_invalid")];
    assert_eq!(of(&server, "use_password_link"), used);

    assert!(
        entries(&server)
            .iter()
            .all(|entry| entry["network"] == "127.0.0.1" || entry["admin"] == "command line")
    );
    let log = server.log();
    let tokens = [bo.tokens_ever_held(), admin.tokens_ever_held(), vec![token]].concat();
    let phones = [bo.phone.clone(), admin.phone.clone(), "4440000".to_owned()];
    let passwords = ["a wrong password", "another battery", "a third battery"].map(str::to_owned);
    let devices = ["their device", "tablet", "first device"].map(str::to_owned);
    let own = [bo.password.clone(), admin.password.clone()];
    for secret in tokens.iter().chain(&phones).chain(&passwords).chain(&devices).chain(&own) {
        assert!(!log.contains(secret.as_str()), "the log tells {secret}");
    }
}

#[tokio::test]
async fn changes_by_the_command_line_are_in_the_servers_security_log() {
    let server = Server::start().await;
    let dan = server.register("dan").await;
    let mut socket = dan.socket().await;
    server.run_well(&["user", "prime", "dan"]).await;
    socket.frame("notice").await;
    // It is written down after everybody has been told.
    let written = timeout(DEADLINE, async {
        loop {
            match of(&server, "grant_prime") {
                none if none.is_empty() => yield_now().await,
                written => return written,
            }
        }
    });
    let by_command_line = ("dan".to_owned(), "ok".to_owned(), Some("command line".to_owned()));
    assert_eq!(written.await.expect("it is written down in time"), [by_command_line]);
}

#[tokio::test]
async fn a_lock_out_is_in_the_security_log() {
    let server = Server::start_with(&[("RATE_LIMITS", "default")]).await;
    let bo = server.register("bo-b").await;
    while sign_in(&bo, "bo-b", "a wrong password").await != 429 {}
    assert_eq!(of(&server, "sign_in").last(), Some(&entry("bo-b", "rate_limited")));
}

#[tokio::test]
async fn a_refresh_token_used_again_is_in_the_security_log() {
    let server = Server::start().await;
    let bo = server.register("bo-b").await;
    let stolen = json!({"refreshToken": bo.refresh_token()});
    for _ in 0..2 {
        bo.take_tokens(
            &bo.post("/api/token/refresh", json!({"refreshToken": bo.refresh_token()})).await.json(200),
        );
    }
    bo.post("/api/token/refresh", stolen).await.refusal(401, "session_revoked");
    assert_eq!(of(&server, "reuse_refresh_token"), [entry("bo-b", "session_revoked")]);
}
