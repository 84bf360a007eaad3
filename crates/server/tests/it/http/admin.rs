//! What admins grant.

use crate::support::{Server, items, json};

#[tokio::test]
async fn an_admin_grants_and_withdraws_prime() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let bo = server.register("bo-b").await;
    let path = "/api/admin/users/BO-B/prime";
    admin.put(path, json!({})).await.expect_status(200);
    let me = bo.me().await;
    assert_eq!((&me["prime"], me["primeUntil"].is_null()), (&json!(true), true));

    admin.put(path, json!({"until": "2999-12-31T23:59:59Z"})).await.expect_status(200);
    assert_eq!(bo.me().await["primeUntil"], "2999-12-31T23:59:59.000Z");
    admin.put(path, json!({"until": "2001-01-01T00:00:00Z"})).await;
    admin.delete(path).await.expect_status(200);
    assert_eq!(bo.me().await["prime"], false);
    admin.delete(path).await.expect_status(200);

    admin.send(admin.request(reqwest::Method::PUT, path)).await.refusal(415, "unsupported_media_type");
    assert_eq!(bo.me().await["prime"], false);

    admin.put(path, json!({"until": "tomorrow"})).await.invalid_fields(&["until"]);
    admin.put("/api/admin/users/nobody/prime", json!({})).await.refusal(404, "user_not_found");
    admin.delete("/api/admin/users/nobody/prime").await.refusal(404, "user_not_found");
}

#[tokio::test]
async fn prime_until_an_instant_lapses_by_itself() {
    let server = Server::start().await;
    let bo = server.register("bo-b").await;
    let soon = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
    let seconds = soon.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let minute = seconds % 3_600 / 60;
    let (day, hour, second) = (civil(seconds / 86_400), seconds % 86_400 / 3_600, seconds % 60);
    let until = format!("{day}T{hour:02}:{minute:02}:{second:02}Z");
    server.admin().await.put("/api/admin/users/bo-b/prime", json!({"until": until})).await.expect_status(200);

    let lapsing = async { while bo.me().await["prime"] == true {} };
    tokio::time::timeout(crate::support::DEADLINE, lapsing).await.expect("it lapses");
    let wish = json!({"name": "Garden", "password": "open sesame"});
    bo.post("/api/chatrooms", wish).await.refusal(403, "prime_required");
}

/// The date this many days after 1970-01-01, as `YYYY-MM-DD`.
fn civil(days: u64) -> String {
    let (mut year, mut rest) = (1970, days);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while rest >= 365 + u64::from(leap(year)) {
        rest -= 365 + u64::from(leap(year));
        year += 1;
    }
    let months = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in months {
        if rest < length {
            break;
        }
        rest -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", rest + 1)
}

#[tokio::test]
async fn coins_are_granted_once_for_each_key() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let bo = server.register("bo-b").await;
    admin.grant_coins("bo-b", 100, "key-1").await.expect_status(200);
    admin.grant_coins("bo-b", 100, "key-1").await.expect_status(200);
    assert_eq!(bo.me().await["availCoins"], 100);
    admin.grant_coins("bo-b", 200, "key-1").await.invalid_fields(&["Idempotency-Key"]);
    admin.grant_coins("bo-b", 100, "key-2").await.expect_status(200);
    assert_eq!(bo.me().await["availCoins"], 200);
    assert_eq!(items(&bo.get("/api/me/transfers").await.json(200)).len(), 2);
    server.assert_sound().await;
}

#[tokio::test]
async fn the_same_grant_sent_many_times_at_once_is_made_once() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let bo = server.register("bo-b").await;
    let grants = (0..20).map(|_| admin.grant_coins("bo-b", 100, "key-1"));
    for answer in futures_util::future::join_all(grants).await {
        answer.expect_status(200);
    }
    assert_eq!(bo.me().await["availCoins"], 100);
    server.assert_sound().await;
}

#[tokio::test]
async fn a_grant_takes_a_key_and_a_sensible_amount() {
    let server = Server::start().await;
    let admin = server.admin().await;
    server.register("bo-b").await;
    let path = "/api/admin/users/bo-b/coins";
    admin.post(path, json!({"amount": 1})).await.invalid_fields(&["Idempotency-Key"]);
    for bad in [json!(0), json!(-1), json!(1_000_000_001), json!(1.5), json!("1"), json!(null)] {
        let request = admin.request(reqwest::Method::POST, path).header("Idempotency-Key", "k");
        admin.send(request.json(&json!({"amount": bad}))).await.invalid_fields(&["amount"]);
    }
    admin.post(path, json!({"amount": 0})).await.invalid_fields(&["Idempotency-Key", "amount"]);
    admin.grant_coins("nobody", 1, "k").await.refusal(404, "user_not_found");
}

#[tokio::test]
async fn only_admins_grant() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    ana.put("/api/admin/users/ana/prime", json!({})).await.refusal(403, "admin_only");
    ana.delete("/api/admin/users/nobody/prime").await.refusal(403, "admin_only");
    ana.grant_coins("ana", 1_000, "k").await.refusal(403, "admin_only");
    server.anybody().grant_coins("ana", 1, "k").await.refusal(401, "token_missing");
    assert_eq!(ana.me().await["availCoins"], 0);
}

#[tokio::test]
async fn the_command_line_grants_too() {
    let server = Server::start().await;
    let bo = server.register("bo-b").await;
    server.run_well(&["user", "prime", "bo-b"]).await;
    server.run_well(&["user", "coins", "bo-b", "250"]).await;
    let me = bo.me().await;
    assert_eq!((&me["prime"], &me["availCoins"]), (&json!(true), &json!(250)));
    let unknown = server.run(&["user", "prime", "nobody"]).await;
    assert!(!unknown.status.success());
    server.assert_sound().await;
}
