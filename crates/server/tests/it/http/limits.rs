//! The abuse limits, as they are by default.

use reqwest::Method;
use serde_json::Value;

use crate::support::{Actor, Answer, Server, json};

/// Sends until the first refusal and returns it.
async fn until_limited<F: Future<Output = Answer>>(
    most: usize,
    mut attempt: impl FnMut(usize) -> F,
) -> Answer {
    for number in 0..most {
        let answer = attempt(number).await;
        if answer.status == 429 {
            return answer;
        }
    }
    panic!("{most} attempts and no limit");
}

fn assert_limited(answer: Answer) {
    let seconds: u64 = answer.header("retry-after").parse().expect("Retry-After is a number of seconds");
    assert!((1..=3_600).contains(&seconds), "{seconds}");
    answer.refusal(429, "rate_limited");
}

async fn limited_server() -> Server {
    Server::start_with(&[("RATE_LIMITS", "default")]).await
}

async fn limited_login(attempts: usize, actor: &Actor) -> Answer {
    until_limited(attempts, |_| async {
        let body = json!({"userId": actor.user_id, "password": "a wrong one", "deviceId": "d"});
        actor.post("/api/login", body).await
    })
    .await
}

#[tokio::test]
async fn logins_are_limited() {
    let server = limited_server().await;
    let ana = server.register("ana").await;
    assert_limited(limited_login(200, &ana).await);
}

#[tokio::test]
async fn registrations_are_limited() {
    let server = limited_server().await;
    let answer = until_limited(200, |number| {
        let newcomer = server.newcomer(&format!("newcomer-{number}"));
        async move { newcomer.post("/api/register", newcomer.registration()).await }
    })
    .await;
    assert_limited(answer);
}

const ELSEWHERE: [u8; 4] = [127, 0, 0, 2];

#[tokio::test]
async fn guessing_an_accounts_password_locks_nobody_else_out() {
    let server = limited_server().await;
    let ana = server.register("ana").await;
    let stranger = ana.calling_from(ELSEWHERE);
    assert_limited(limited_login(200, &stranger).await);
    let not_even_with_the_right_one = stranger.login_on("a stranger's device").await;
    assert_limited(not_even_with_the_right_one);

    let laptop = ana.on_device("laptop").await;
    let change = json!({"currentPassword": ana.password, "newPassword": "another secret of ana"});
    laptop.post("/api/me/password", change.clone()).await.expect_status(204);
    laptop.post("/api/me/password", change).await.refusal(401, "invalid_credentials");
    let farewell = laptop.request(Method::DELETE, "/api/me");
    laptop.send(farewell.json(&json!({"password": "another secret of ana"}))).await.expect_status(204);
}

#[tokio::test]
async fn guessing_in_the_same_network_locks_no_signed_in_device_out() {
    let server = limited_server().await;
    let ana = server.register("ana").await;
    assert_limited(limited_login(200, &ana).await);
    ana.login().await.expect_status(200);
    assert_limited(ana.login_on("a new device").await);
}

#[tokio::test]
async fn correct_sign_ins_use_up_no_guesses() {
    let server = limited_server().await;
    let ana = server.register("ana").await;
    for _ in 0..30 {
        ana.login_on("a new device").await.expect_status(200);
    }
}

#[tokio::test]
async fn guessing_a_rooms_password_is_limited_for_all_accounts_of_a_network_and_nobody_elsewhere() {
    let server = limited_server().await;
    let ana = server.register_prime("ana").await;
    let (room, other) = (ana.create_room("Garden").await, ana.create_room("Attic").await);
    let (bo, cy) = (server.register_prime("bo-b").await, server.register_prime("cy-c").await);
    let guessers = [bo.calling_from(ELSEWHERE), cy.calling_from(ELSEWHERE)];
    let answer = until_limited(200, |number| {
        let guess = json!({"roomId": room, "password": format!("guess {number}")});
        let guesser = guessers[number % 2].clone();
        async move { guesser.post("/api/joinroom", guess).await }
    })
    .await;
    assert_limited(answer);
    for guesser in guessers {
        assert_limited(guesser.join(&room).await);
        guesser.join(&other).await.expect_status(200);
    }
    bo.join(&room).await.expect_status(200);
}

#[tokio::test]
async fn the_owner_is_told_once_of_many_wrong_passwords_for_a_room() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let (room, other) = (ana.create_room("Garden").await, ana.create_room("Attic").await);
    let bo = server.register("bo-b").await;
    let (mut at_ana, mut at_bo) = (ana.socket().await, bo.socket().await);
    for number in 0..30 {
        let guess = json!({"roomId": room, "password": format!("guess {number}")});
        bo.post("/api/joinroom", guess).await.refusal(403, "wrong_room_password");
    }
    let told = at_ana.frame("notice").await;
    let data = json!({"roomId": room, "guesses": 20});
    assert_eq!(told, json!({"type": "notice", "kind": "room_password_guessed", "data": data}));
    bo.join(&other).await.expect_status(200);
    at_ana.event("member_joined").await;
    at_bo.frame("event").await;
    let notices = |frames: &[Value]| frames.iter().filter(|frame| frame["type"] == "notice").count();
    assert_eq!((notices(&at_ana.frames), notices(&at_bo.frames)), (1, 0));
}

#[tokio::test]
async fn messages_are_limited_over_both_transports() {
    // As many at once as by default, and no more while the test goes on.
    let server = Server::start_with(&[("RATE_LIMITS", "messages=120/600s")]).await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let answer = until_limited(2_000, |number| {
        let (ana, room) = (ana.clone(), room.clone());
        async move { ana.post_message(&room, &format!("m-{number}"), "again").await }
    })
    .await;
    assert_limited(answer);
    let mut socket = ana.socket().await;
    let mut refused = json!(null);
    for number in 0..200 {
        let id = format!("s-{number}");
        let command = json!({"type": "send", "roomId": room, "clientMessageId": id, "body": "again"});
        refused = socket.ask(command).await;
        if refused["type"] == "error" {
            break;
        }
    }
    assert_eq!(refused["code"], "rate_limited", "{refused}");
    assert!(refused["retryAfterMs"].as_i64().is_some_and(|ms| ms > 0), "{refused}");
}

#[tokio::test]
async fn connections_of_one_account_are_limited() {
    let server = limited_server().await;
    let ana = server.register("ana").await;
    let mut sockets = Vec::new();
    for _ in 0..100 {
        let mut socket = ana.silent_socket().await;
        socket.send(json!({"type": "hello", "token": ana.access_token(), "resume": []})).await;
        if socket.comes(|frame| frame["type"] == "welcome").await {
            sockets.push(socket);
        } else {
            assert_eq!(socket.close_code().await, 4504);
            assert!(sockets.len() >= 3, "a person has more than {} devices", sockets.len());
            return;
        }
    }
    panic!("a hundred connections and no limit");
}

#[tokio::test]
async fn limits_that_are_off_are_logged_loudly() {
    let server = Server::start().await;
    let log = server.log();
    assert!(log.contains("RATE_LIMITS"), "{log}");
    let warns = log.lines().any(|line| line.contains("WARN") && line.contains("RATE_LIMITS"));
    assert!(warns, "{log}");
}

#[tokio::test]
async fn giving_rooms_passwords_is_limited_for_that_account_alone() {
    let server = limited_server().await;
    let (ana, bo) = (server.register_prime("ana").await, server.register_prime("bo-b").await);
    let room = ana.create_room("Garden").await;
    let wish = json!({"password": "another one"});
    let path = format!("/api/chatrooms/{room}");
    assert_limited(until_limited(100, |_| ana.patch(&path, wish.clone())).await);
    ana.patch(&path, json!({"name": "Orchard"})).await.expect_status(200);
    bo.create_room("Attic").await;
}

#[tokio::test]
async fn refreshing_is_limited() {
    let server = limited_server().await;
    let (anybody, body) = (server.anybody(), json!({"refreshToken": "nonsense"}));
    assert_limited(until_limited(2_000, |_| anybody.post("/api/token/refresh", body.clone())).await);
}

/// All limits, so tight that the second call of a kind is one too many.
const ONE_OF_EACH: &str = "registrations=1/600s,logins=1/600s,refreshes=1/600s,rooms=1/600s,joins=1/600s,\
    messages=1/600s,invitations=1/600s,friends=1/600s,changes=1/600s,read_marks=1/600s,profiles=1/600s,\
    history=1/600s,searches=1/600s,admin=1/600s";

#[tokio::test]
async fn every_call_that_writes_or_can_be_enumerated_is_limited_and_described_so() {
    let server = Server::start_with(&[("RATE_LIMITS", ONE_OF_EACH)]).await;
    let ana = server.register("ana").await;
    let description = ana.get("/api/openapi.json").await.json(200);
    let searched = [
        "/api/profile/{userId}",
        "/api/chatrooms/{roomId}/messages",
        "/api/chatrooms/{roomId}/messages/{messageId}",
        "/api/search",
    ];
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("calls") {
            if method == "get" && !searched.contains(&path.as_str()) {
                continue;
            }
            assert!(operation["responses"]["429"].is_object(), "{method} {path}");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            assert_limited(until_limited(2, |_| ana.call(method.clone(), path)).await);
        }
    }
}

#[tokio::test]
async fn every_socket_command_is_limited() {
    let limits = "changes=1/600s,read_marks=1/600s,typing=1/600s,history=1/600s,messages=1/600s";
    let server = Server::start_with(&[("RATE_LIMITS", limits)]).await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let commands = [
        json!({"type": "send", "id": 1, "roomId": room, "clientMessageId": "m", "body": "again"}),
        json!({"type": "edit", "id": 2, "roomId": room, "messageId": room, "body": "again"}),
        json!({"type": "delete", "id": 3, "roomId": room, "messageId": room}),
        json!({"type": "react", "id": 8, "roomId": room, "messageId": room, "emoji": "👍", "on": true}),
        json!({"type": "sync", "id": 4, "roomId": room, "epoch": "e", "since": 0}),
        json!({"type": "read", "roomId": room, "seq": 1}),
        json!({"type": "typing", "roomId": room}),
        json!({"type": "auth", "token": ana.access_token()}),
    ];
    for command in commands {
        let mut socket = ana.socket().await;
        for _ in 0..2 {
            socket.send(command.clone()).await;
        }
        assert!(socket.comes(|frame| frame["code"] == "rate_limited").await, "{command}");
    }
}
