//! The API as requests meet it, on ports that are told what to say. The cast: Ana is an admin, Bo
//! is not; nobody else is signed in.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{self, TestRequest};
use actix_web::web::Data;
use domain::ports::{
    MockAccessTokens, MockAccounts, MockClock, MockEvents, MockFriends, MockPasswordHasher, MockRandomness,
    MockRefreshTokens, MockRooms, MockSearch, MockSecondFactors, MockStore, Verification,
};
use domain::use_cases::Hexroom;
use domain::{
    AccessClaims, Account, Coins, Denial, Page, PasswordHash, Prime, Refusal, Session, SessionId, Timestamp,
    UserId,
};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::limiter::Limiter;
use crate::serve::app;
use crate::stopping::Stopping;
use crate::{Api, Hub, RateLimits, Settings, TrustedProxies};

const NOW: Timestamp = Timestamp::from_millis(1_893_456_000_000);
const ALLOWED: &str = "https://chat.example";

/// What a test looks at in an answer.
struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().expect("a problem").to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    fn failing_fields(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().expect("errors");
        let mut fields: Vec<_> =
            errors.iter().map(|error| error["field"].as_str().expect("a name").to_owned()).collect();
        fields.sort();
        fields
    }
}

fn session(user_id: &str) -> (Account, Session) {
    let user_id: UserId = user_id.parse().expect("valid");
    let account = Account {
        user_id: user_id.clone(),
        name: "Ana".parse().expect("valid"),
        phone: "+49 151 2345678".parse().expect("valid"),
        password_hash: PasswordHash::new("not a hash".to_owned()),
        avail_coins: Coins::new(40).expect("not negative"),
        prime: Prime::Always,
        free_join_used: false,
        admin: user_id.as_str() == "ana",
        suspended_at: None,
        member_since: Timestamp::from_millis(0),
        second_factor: domain::SecondFactor::default(),
    };
    let session = Session {
        id: SessionId(Uuid::from_u128(1)),
        user_id,
        device_id: "laptop".parse().expect("valid"),
        created_at: NOW,
        last_seen_at: NOW,
        generation: 0,
        renewal: None,
    };
    (account, session)
}

/// `Bearer ana` and `Bearer bo1` are good tokens here.
fn access_tokens() -> MockAccessTokens {
    let mut tokens = MockAccessTokens::new();
    tokens.expect_read().returning(|token, now| match token.expose() {
        "expired" => Err(Denial::TokenExpired),
        "ana" | "bo1" => Ok(AccessClaims {
            user_id: token.expose().parse().expect("valid"),
            session_id: SessionId(Uuid::from_u128(if token.expose() == "ana" { 1 } else { 2 })),
            issued_at: now,
            expires_at: now,
        }),
        _ => Err(Denial::TokenInvalid),
    });
    tokens
}

fn accounts() -> MockAccounts {
    let mut accounts = MockAccounts::new();
    accounts.expect_find_session().returning(|id| {
        let who = if id == SessionId(Uuid::from_u128(1)) { "ana" } else { "bo1" };
        Ok(Some(session(who)))
    });
    accounts.expect_find().returning(|_| Ok(None));
    accounts.expect_sessions().returning(|_, _, _| Ok(Page { items: Vec::new(), has_more: false }));
    accounts
}

pub(crate) fn api(store: MockStore) -> Api {
    let mut clock = MockClock::new();
    clock.expect_now().return_const(NOW);
    let mut passwords = MockPasswordHasher::new();
    passwords.expect_verify().returning(|_, _, _| Ok(Verification { fits: false, is_outdated: false }));
    let (rooms, clock) = (Arc::new(MockRooms::new()), Arc::new(clock));
    Api {
        hexroom: Hexroom {
            accounts: Arc::new(accounts()),
            rooms: rooms.clone(),
            search: Arc::new(MockSearch::new()),
            friends: Arc::new(MockFriends::new()),
            events: Arc::new(MockEvents::new()),
            passwords: Arc::new(passwords),
            access_tokens: Arc::new(access_tokens()),
            refresh_tokens: Arc::new(MockRefreshTokens::new()),
            second_factors: Arc::new(MockSecondFactors::new()),
            randomness: Arc::new(MockRandomness::new()),
            clock: clock.clone(),
            last_seen: Arc::default(),
            signup_coins_max: Coins::ZERO,
        },
        store: Arc::new(store),
        hub: Hub::new(rooms, clock),
        settings: Settings {
            allowed_origins: vec![ALLOWED.to_owned()],
            rate_limits: RateLimits::default(),
            trusted_proxies: TrustedProxies::default(),
            most_connections: 1_000,
            metrics_on_api: false,
        },
        metrics: PrometheusBuilder::new().build_recorder().handle(),
    }
}

/// Trusts proxies at 10.0.0.0/8.
fn behind_a_proxy() -> Api {
    let mut api = api(MockStore::new());
    api.settings.trusted_proxies = "10.0.0.0/8".parse().expect("a network");
    api
}

/// Answers each request in its turn, all by the same server.
async fn ask_all(api: Api, stopping: Stopping, requests: Vec<TestRequest>) -> Vec<Answer> {
    let limits = Data::new(Limiter::new(&api.settings.rate_limits));
    let service = test::init_service(app(Data::new(api), limits, Data::new(stopping))).await;
    let mut answers = Vec::new();
    for request in requests {
        let response = test::call_service(&service, request.to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        answers.push(Answer { status, headers, body: test::read_body(response).await.to_vec() });
    }
    answers
}

async fn ask(request: TestRequest) -> Answer {
    let answers = ask_all(api(MockStore::new()), Stopping::default(), vec![request]).await;
    answers.into_iter().next().expect("one answer")
}

fn call(method: Method, path: &str) -> TestRequest {
    TestRequest::default().method(method).uri(path)
}

fn get(path: &str) -> TestRequest {
    call(Method::GET, path)
}

fn by(who: &str, request: TestRequest) -> TestRequest {
    request.insert_header(("Authorization", format!("Bearer {who}")))
}

#[actix_web::test]
async fn an_unknown_path_is_a_problem_with_the_requests_id() {
    let answer = ask(get("/nowhere")).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.json()["requestId"].as_str(), answer.header("x-request-id"));
}

#[actix_web::test]
async fn a_wrong_method_is_told_which_ones_work() {
    let answer = ask(call(Method::PUT, "/api/me")).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), Some("GET, PATCH, DELETE"));
}

#[actix_web::test]
async fn a_trusted_proxys_request_id_is_taken_over_if_it_is_plain_and_a_strangers_is_not() {
    for (peer, id, is_taken_over) in [
        ([10, 0, 0, 1], "trace-1.a_b", true),
        ([10, 0, 0, 1], "not plain", false),
        ([192, 0, 2, 1], "trace-1.a_b", false),
    ] {
        let request = get("/healthz").peer_addr((peer, 4711).into()).insert_header(("X-Request-Id", id));
        let answers = ask_all(behind_a_proxy(), Stopping::default(), vec![request]).await;
        assert_eq!(answers[0].header("x-request-id") == Some(id), is_taken_over, "{peer:?} {id}");
    }
}

#[actix_web::test]
async fn clients_of_a_trusted_proxy_have_allowances_of_their_own() {
    let signing_in = |peer: [u8; 4], client: &str| {
        call(Method::POST, "/api/login")
            .peer_addr((peer, 4711).into())
            .insert_header(("X-Forwarded-For", client.to_owned()))
            .set_json(json!({"userId": "ana", "password": "a guess", "deviceId": "d"}))
    };
    let requests = vec![
        signing_in([10, 0, 0, 1], "192.0.2.1"),
        signing_in([10, 0, 0, 1], "192.0.2.1"),
        signing_in([10, 0, 0, 1], "192.0.2.1, 192.0.2.2"),
        // A client that is no proxy counts as what it is, whatever it writes.
        signing_in([192, 0, 2, 1], "192.0.2.3"),
    ];
    let mut api = behind_a_proxy();
    api.settings.rate_limits = "logins=1/600s".parse().expect("limits");
    let answers = ask_all(api, Stopping::default(), requests).await;
    let codes: Vec<_> = answers.iter().map(Answer::code).collect();
    assert_eq!(codes, ["invalid_credentials", "rate_limited", "invalid_credentials", "rate_limited"]);
}

#[actix_web::test]
async fn each_failure_to_prove_who_calls_has_its_code() {
    for (authorization, code) in [
        (None, "token_missing"),
        (Some("Basic YTpi"), "token_missing"),
        (Some("Bearer nonsense"), "token_invalid"),
        (Some("Bearer expired"), "token_expired"),
    ] {
        let mut request = get("/api/me");
        if let Some(authorization) = authorization {
            request = request.insert_header(("Authorization", authorization));
        }
        let answer = ask(request).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, code));
        let challenge = answer.header("www-authenticate").expect("a challenge");
        assert_eq!(challenge.contains("error=\"invalid_token\""), code != "token_missing", "{challenge}");
    }
}

#[actix_web::test]
async fn the_own_account_is_shown_as_promised() {
    let answer = ask(by("ana", get("/api/me"))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.json(),
        json!({
            "userId": "ana", "name": "Ana", "phone": "+491512345678", "deviceId": "laptop", "availCoins": 40,
            "prime": true, "freeJoinUsed": false, "nextJoin": {"terms": "prime", "fee": 0, "furtherFee": 150}, "admin": true,
            "secondFactor": false, "memberSince": "1970-01-01T00:00:00.000Z",
        })
    );
}

#[actix_web::test]
async fn private_answers_are_kept_out_of_caches_and_frames() {
    for answer in [ask(by("ana", get("/api/me"))).await, ask(get("/api/me")).await] {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    }
}

#[actix_web::test]
async fn who_may_not_call_is_told_so_before_the_body_is_looked_at() {
    let answer = ask(call(Method::POST, "/api/chatrooms").set_payload("nonsense")).await;
    assert_eq!(answer.code(), "token_missing");
    let path = "/api/admin/users/ana/coins";
    let answer = ask(by("bo1", call(Method::POST, path).set_payload("nonsense"))).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "admin_only"));
}

#[actix_web::test]
async fn a_body_that_cannot_be_read_is_refused_for_its_reason() {
    let login = || call(Method::POST, "/api/login");
    let as_json =
        |body: &str| login().insert_header(header::ContentType::json()).set_payload(body.to_owned());
    for (request, status, code) in [
        (login().set_payload("{}"), 415, "unsupported_media_type"),
        (
            login().insert_header(header::ContentType::plaintext()).set_payload("{}"),
            415,
            "unsupported_media_type",
        ),
        (as_json(&format!("\"{}\"", "x".repeat(64 * 1024))), 413, "payload_too_large"),
        (as_json("{"), 400, "malformed_request"),
        (as_json("[]"), 400, "malformed_request"),
        (as_json(""), 400, "malformed_request"),
        (as_json("{}"), 422, "validation_failed"),
    ] {
        let answer = ask(request).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code));
    }
}

#[actix_web::test]
async fn every_failing_field_of_a_registration_is_named() {
    let body =
        json!({"userId": "!", "deviceId": 1, "phone": "0151", "password": "short", "availCoins": -1, "x": 1});
    let answer = ask(call(Method::POST, "/api/register").set_json(body)).await;
    assert_eq!(
        answer.failing_fields(),
        ["availCoins", "deviceId", "name", "password", "phone", "userId", "x"]
    );
}

#[actix_web::test]
async fn a_rule_of_the_domain_about_a_field_is_answered_as_that_field() {
    let body = json!({
        "userId": "cy1", "deviceId": "d", "name": "Cy", "phone": "+4915112345678", "password": "long enough",
        "availCoins": 1,
    });
    let answer = ask(call(Method::POST, "/api/register").set_json(body)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.failing_fields(), ["availCoins"]);
}

#[actix_web::test]
async fn a_missing_key_and_a_bad_amount_are_named_together() {
    let request = call(Method::POST, "/api/admin/users/bo1/coins").set_json(json!({"amount": "many"}));
    assert_eq!(ask(by("ana", request)).await.failing_fields(), ["Idempotency-Key", "amount"]);
    let request = call(Method::POST, "/api/admin/users/bo1/coins").set_json(json!({"amount": 1}));
    let request = request.insert_header(("Idempotency-Key", "x".repeat(65)));
    assert_eq!(ask(by("ana", request)).await.failing_fields(), ["Idempotency-Key"]);
}

#[actix_web::test]
async fn ids_that_cannot_be_name_nothing() {
    for (method, path, code) in [
        (Method::GET, "/api/chatrooms/nonsense", "room_not_found"),
        (Method::GET, "/api/chatrooms/%00%ff/messages", "room_not_found"),
        (Method::GET, "/api/profile/a", "user_not_found"),
        (Method::DELETE, "/api/sessions/%C3%A9", "not_found"),
        (Method::DELETE, "/api/friend-requests/1", "friend_request_not_found"),
    ] {
        let answer = ask(by("bo1", call(method, path))).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, code), "{path}");
    }
}

#[actix_web::test]
async fn a_query_is_held_to_its_rules() {
    let answer = ask(by("bo1", get("/api/chatrooms?limit=101&cursor=x&page=2"))).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (422, "validation_failed"));
    assert_eq!(answer.failing_fields(), ["cursor", "limit", "page"]);
}

#[actix_web::test]
async fn passwords_cannot_be_guessed_without_end() {
    let body = json!({"userId": "ana", "password": "a guess", "deviceId": "d"});
    let guess = || call(Method::POST, "/api/login").set_json(&body);
    let answers =
        ask_all(api(MockStore::new()), Stopping::default(), (0..21).map(|_| guess()).collect()).await;
    let (last, before) = answers.split_last().expect("some");
    assert!(before.iter().all(|answer| answer.code() == "invalid_credentials"));
    assert_eq!((last.status.as_u16(), last.code().as_str()), (429, "rate_limited"));
    let wait: u64 = last.header("retry-after").expect("a wait").parse().expect("whole seconds");
    assert!((1..=30).contains(&wait), "{wait}");
}

#[actix_web::test]
async fn pages_of_allowed_origins_may_call_and_others_learn_nothing() {
    let from = |origin: &str| get("/healthz").insert_header(("Origin", origin));
    let answer = ask(from(ALLOWED)).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(ALLOWED));
    for foreign in ["https://evil.example", "http://chat.example", "null"] {
        let answer = ask(from(foreign)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{foreign}");
    }
}

#[actix_web::test]
async fn a_preflight_is_answered_for_allowed_origins_only() {
    let from = |origin: &str| {
        call(Method::OPTIONS, "/api/login")
            .insert_header(("Origin", origin))
            .insert_header(("Access-Control-Request-Method", "POST"))
    };
    let answer = ask(from(ALLOWED)).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(
        answer.header("access-control-allow-headers").is_some_and(|names| names.contains("authorization"))
    );
    assert_eq!(ask(from("https://evil.example")).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[actix_web::test]
async fn the_documentation_comes_from_the_binary_alone() {
    let answer = ask(get("/api/docs/")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let page = String::from_utf8(answer.body).expect("text");
    assert!(!page.contains("https://") && !page.contains("<script>"), "{page}");
    assert_eq!(ask(get("/api/docs/swagger-ui-bundle.js")).await.status, StatusCode::OK);
    let start = ask(get("/api/docs/swagger-initializer.js")).await;
    assert!(String::from_utf8(start.body).expect("text").contains("/api/openapi.json"));
    assert_eq!(ask(get("/api/docs")).await.header("location"), Some("/api/docs/"));
    assert_eq!(ask(get("/api/openapi.json")).await.json()["info"]["title"], "Hexroom");
}

#[actix_web::test]
async fn a_problems_type_leads_to_its_explanation() {
    let answer = ask(get("/problems/room_full")).await;
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(ask(get("/problems/nonsense")).await.code(), "not_found");
}

#[actix_web::test]
async fn readiness_is_the_stores_and_ends_when_stopping_begins() {
    let store = |outcome: fn() -> Result<(), Refusal>| {
        let mut store = MockStore::new();
        store.expect_ping().returning(outcome);
        store
    };
    let ready = || vec![get("/readyz")];
    let answer = ask_all(api(store(|| Ok(()))), Stopping::default(), ready()).await;
    assert_eq!(answer[0].status, StatusCode::OK);
    let gone: fn() -> Result<(), Refusal> = || Err(Refusal::Internal("gone".into()));
    let answer = ask_all(api(store(gone)), Stopping::default(), ready()).await;
    assert_eq!((answer[0].status.as_u16(), answer[0].code().as_str()), (503, "unavailable"));
    let stopping = Stopping::default();
    stopping.begin();
    let answer = ask_all(api(store(|| Ok(()))), stopping, ready()).await;
    assert_eq!(answer[0].code(), "unavailable");
}

#[actix_web::test]
async fn measurements_are_where_the_settings_put_them() {
    assert_eq!(ask(get("/metrics")).await.code(), "not_found");
    let mut here = api(MockStore::new());
    here.settings.metrics_on_api = true;
    let answers = ask_all(here, Stopping::default(), vec![get("/metrics")]).await;
    assert_eq!(answers[0].status, StatusCode::OK);
}
