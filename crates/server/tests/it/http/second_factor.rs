//! The second factor: turning it on, signing in with it, and losing it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use totp_rs::{Builder, Secret};

use crate::support::{Actor, Answer, Server, Value, assert_members, json, text};

const PATH: &str = "/api/me/second-factor";

/// An authenticator whose clock stands still, so that a test knows which codes it has used. The server
/// takes the code of the step and those beside it for half a minute at least.
struct Authenticator {
    secret: String,
    started: Duration,
}

impl Authenticator {
    fn new(told: &Value) -> Self {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
        Self { secret: text(&told["secret"]), started }
    }

    /// The code this many steps from the beginning of the test.
    fn code(&self, steps: u64) -> String {
        let secret = Secret::try_from_base32(&self.secret).expect("Base32");
        let totp = Builder::new().with_secret(secret).build().expect("as long as it must be");
        totp.generate(self.started.as_secs() + 30 * steps).to_string()
    }

    fn wrong_code(&self) -> String {
        let right: Vec<_> = (0..4).map(|steps| self.code(steps)).collect();
        (0..10)
            .map(|digit| digit.to_string().repeat(6))
            .find(|code| !right.contains(code))
            .expect("one is wrong")
    }
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(text).collect()
}

async fn deletes(actor: &Actor, path: &str, password: &str) -> Answer {
    let request = actor.request(reqwest::Method::DELETE, path);
    actor.send(request.json(&json!({"password": password}))).await
}

async fn offered(actor: &Actor) -> Authenticator {
    let told = actor.post(PATH, json!({"password": actor.password})).await.json(200);
    assert_members(&told, &["secret", "otpauthUrl"], &[]);
    Authenticator::new(&told)
}

/// Turns it on with the code of the beginning, and returns the recovery codes.
async fn turned_on(actor: &Actor) -> (Authenticator, Vec<String>) {
    let authenticator = offered(actor).await;
    let told = actor.put(PATH, json!({"otp": authenticator.code(0)})).await.json(200);
    assert_members(&told, &["recoveryCodes"], &[]);
    (authenticator, strings(&told["recoveryCodes"]))
}

async fn signs_in(actor: &Actor, password: &str, otp: Option<&str>) -> Answer {
    let mut body = json!({"userId": actor.user_id, "password": password, "deviceId": "another"});
    if let Some(otp) = otp {
        body["otp"] = json!(otp);
    }
    actor.post("/api/login", body).await
}

#[tokio::test]
async fn signing_in_needs_a_code_once_the_authenticator_is_confirmed() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    assert_eq!(ana.me().await["secondFactor"], false);
    ana.put(PATH, json!({"otp": "123456"})).await.refusal(404, "not_found");
    ana.post(PATH, json!({"password": "not this one"})).await.refusal(401, "invalid_credentials");

    let authenticator = offered(&ana).await;
    signs_in(&ana, &ana.password, None).await.expect_status(200);
    ana.put(PATH, json!({"otp": authenticator.wrong_code()})).await.refusal(401, "second_factor_invalid");
    assert_eq!(ana.me().await["secondFactor"], false);
    let told = ana.put(PATH, json!({"otp": authenticator.code(0)})).await.json(200);
    assert_eq!(strings(&told["recoveryCodes"]).len(), 10);
    assert_eq!(ana.me().await["secondFactor"], true);

    signs_in(&ana, &ana.password, None).await.refusal(401, "second_factor_required");
    let wrong = authenticator.wrong_code();
    signs_in(&ana, &ana.password, Some(&wrong)).await.refusal(401, "second_factor_invalid");
    let signed_in = signs_in(&ana, &ana.password, Some(&authenticator.code(1))).await.json(200);
    assert_eq!(signed_in["account"]["secondFactor"], true);
}

#[tokio::test]
async fn a_wrong_password_gets_the_same_answer_with_and_without_a_second_factor() {
    let server = Server::start().await;
    let [ana, bo] = server.register_all(["ana", "bo-b"]).await;
    let (authenticator, recovery_codes) = turned_on(&ana).await;
    for otp in [None, Some(authenticator.code(1)), Some(recovery_codes[0].clone()), Some("000000".to_owned())]
    {
        for actor in [&ana, &bo] {
            let refused = signs_in(actor, "not this one", otp.as_deref()).await;
            refused.refusal(401, "invalid_credentials");
        }
    }
    let code = authenticator.code(1);
    signs_in(&ana, &ana.password, Some(&code)).await.expect_status(200);
}

#[tokio::test]
async fn a_code_is_good_once() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let (authenticator, _) = turned_on(&ana).await;
    let confirming = authenticator.code(0);
    signs_in(&ana, &ana.password, Some(&confirming)).await.refusal(401, "second_factor_invalid");
    let next = authenticator.code(1);
    let attempts = (0..8).map(|_| signs_in(&ana, &ana.password, Some(&next)));
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    signs_in(&ana, &ana.password, Some(&next)).await.refusal(401, "second_factor_invalid");
}

#[tokio::test]
async fn a_recovery_code_is_good_once_however_it_is_written() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let (_, codes) = turned_on(&ana).await;
    signs_in(&ana, &ana.password, Some(&codes[0])).await.expect_status(200);
    signs_in(&ana, &ana.password, Some(&codes[0])).await.refusal(401, "second_factor_invalid");
    let typed = codes[1].to_uppercase().replace('-', " ");
    signs_in(&ana, &ana.password, Some(&typed)).await.expect_status(200);
    server.assert_sound().await;
}

#[tokio::test]
async fn another_authenticator_takes_over_when_it_is_confirmed() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let (old, old_codes) = turned_on(&ana).await;
    let new = offered(&ana).await;
    signs_in(&ana, &ana.password, Some(&old.code(1))).await.expect_status(200);
    ana.put(PATH, json!({"otp": old_codes[0]})).await.refusal(401, "second_factor_invalid");
    ana.put(PATH, json!({"otp": new.code(0)})).await.expect_status(200);
    for void in [old.code(2), old_codes[0].clone()] {
        signs_in(&ana, &ana.password, Some(&void)).await.refusal(401, "second_factor_invalid");
    }
    signs_in(&ana, &ana.password, Some(&new.code(1))).await.expect_status(200);
}

#[tokio::test]
async fn the_password_turns_it_off() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    turned_on(&ana).await;
    deletes(&ana, PATH, "not this one").await.refusal(401, "invalid_credentials");
    deletes(&ana, PATH, &ana.password).await.expect_status(204);
    assert_eq!(ana.me().await["secondFactor"], false);
    signs_in(&ana, &ana.password, None).await.expect_status(200);
    deletes(&ana, PATH, &ana.password).await.expect_status(204);
}

#[tokio::test]
async fn the_operator_turns_it_off_for_somebody_who_lost_it() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    turned_on(&ana).await;
    let shown = server.run_well(&["user", "show", "ana"]).await;
    assert!(shown.contains("secondFactor  yes"), "{shown}");
    let told = server.run_well(&["user", "second-factor", "ana", "--off"]).await;
    assert_eq!(told.trim(), "The second factor of ana is off now.");
    signs_in(&ana, &ana.password, None).await.expect_status(200);
    let again = server.run_well(&["user", "second-factor", "ana", "--off"]).await;
    assert_eq!(again.trim(), "The second factor of ana was already off.");
    assert!(
        !server.run(&["user", "second-factor", "ana"]).await.status.success(),
        "only its owner turns it on"
    );
}

#[tokio::test]
async fn an_invalid_code_is_reported_with_its_field() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    ana.put(PATH, json!({})).await.invalid_fields(&["otp"]);
    ana.put(PATH, json!({"otp": " - "})).await.invalid_fields(&["otp"]);
    ana.put(PATH, json!({"otp": 123_456})).await.invalid_fields(&["otp"]);
    ana.post(PATH, json!({})).await.invalid_fields(&["password"]);
    signs_in(&ana, &ana.password, Some(&"1".repeat(65))).await.invalid_fields(&["otp"]);
}

#[tokio::test]
async fn neither_the_store_nor_the_log_contains_a_code() {
    let mut server = Server::start().await;
    let ana = server.register("ana").await;
    let (authenticator, codes) = turned_on(&ana).await;
    signs_in(&ana, &ana.password, Some(&codes[9])).await.expect_status(200);
    let raw = Secret::try_from_base32(&authenticator.secret).expect("Base32");
    server.stop().await;
    let mut told = server.stored().await;
    told.push(server.log());
    let plain = codes.iter().map(|code| code.replace('-', ""));
    let raw = String::from_utf8_lossy(raw.as_bytes()).into_owned();
    let secrets = codes.iter().cloned().chain(plain).chain([authenticator.secret.clone(), raw]);
    for secret in secrets {
        assert!(told.iter().all(|text| !text.contains(&secret)), "a secret is told in the clear");
    }
}

#[tokio::test]
async fn a_rotated_secret_signs_nobody_out_and_keeps_second_factors() {
    const OLD: &str = "the first signing secret of this test";
    const NEW: &str = "the second signing secret of this test";
    let mut server = Server::start_with(&[("JWT_SECRET", OLD)]).await;
    let ana = server.register("ana").await;
    let (authenticator, _) = turned_on(&ana).await;
    server.stop().await;
    server.set("JWT_SECRET", NEW);
    server.set("JWT_SECRET_PREVIOUS", OLD);
    server.restart().await;
    assert_eq!(ana.me().await["userId"], "ana", "the token under the old secret is good");
    let old = ana.access_token();
    let renew = || ana.post("/api/token/refresh", json!({"refreshToken": ana.refresh_token()}));
    let renewed = renew().await.json(200);
    ana.take_tokens(&renewed);

    server.stop().await;
    server.set("JWT_SECRET_PREVIOUS", "");
    server.restart().await;
    let anybody = server.anybody();
    let by_old = anybody.request(reqwest::Method::GET, "/api/me").bearer_auth(old);
    anybody.send(by_old).await.refusal(401, "token_invalid");
    assert_eq!(ana.me().await["userId"], "ana");
    let renewed = renew().await.json(200);
    ana.take_tokens(&renewed);
    signs_in(&ana, &ana.password, Some(&authenticator.code(1))).await.expect_status(200);
}

#[tokio::test]
async fn guessing_codes_is_limited_as_guessing_passwords_is() {
    let server = Server::start_with(&[("RATE_LIMITS", "default")]).await;
    let ana = server.register("ana").await;
    let (authenticator, _) = turned_on(&ana).await;
    let wrong = authenticator.wrong_code();
    let mut guesses = 0;
    let limited = loop {
        let answer = signs_in(&ana, &ana.password, Some(&wrong)).await;
        if answer.status == 429 {
            break answer;
        }
        answer.refusal(401, "second_factor_invalid");
        guesses += 1;
        assert!(guesses < 200, "there is a limit");
    };
    limited.refusal(429, "rate_limited");
}

#[tokio::test]
async fn an_account_is_deleted_with_its_second_factor() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    turned_on(&ana).await;
    deletes(&ana, "/api/me", &ana.password).await.expect_status(204);
    signs_in(&ana, &ana.password, None).await.refusal(401, "invalid_credentials");
    server.assert_sound().await;
}
