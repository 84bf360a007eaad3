//! How connections end.

use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};

use crate::support::{Actor, Server, Value, json, number};

const SECRET: &str = "a secret that is known to the test alone, 47 bytes";

/// The actor's token, only with another time to live.
fn retimed(token: &str, seconds_from_now: i64) -> String {
    let header = jsonwebtoken::decode_header(token).expect("a JWT");
    let mut anything_goes = Validation::new(Algorithm::HS256);
    anything_goes.validate_aud = false;
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let mut claims = jsonwebtoken::decode::<Value>(token, &key, &anything_goes).expect("ours").claims;
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    claims["exp"] = json!(i64::try_from(now).expect("not that late") + seconds_from_now);
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(SECRET.as_bytes())).expect("signed")
}

async fn server_with_known_secret() -> (Server, Actor) {
    let server = Server::start_with(&[("JWT_SECRET", SECRET)]).await;
    let ana = server.register("ana").await;
    (server, ana)
}

#[tokio::test]
async fn an_expired_token_is_refused_after_a_leeway() {
    let (server, ana) = server_with_known_secret().await;
    let with = |seconds| {
        let token = retimed(&ana.access_token(), seconds);
        server.anybody().request(reqwest::Method::GET, "/api/me").bearer_auth(token)
    };
    ana.send(with(60)).await.expect_status(200);
    ana.send(with(-10)).await.expect_status(200);
    ana.send(with(-60)).await.refusal(401, "token_expired");

    // A request that comes a little late passes; a connection could only end at once.
    for seconds in [-10, -60] {
        let mut socket = ana.silent_socket().await;
        let token = retimed(&ana.access_token(), seconds);
        socket.send(json!({"type": "hello", "token": token, "resume": []})).await;
        assert_eq!(socket.close_code().await, 4004);
        assert!(socket.frames.iter().all(|frame| frame["type"] != "welcome"));
    }
}

#[tokio::test]
async fn a_connection_ends_when_its_token_expires() {
    let (_server, ana) = server_with_known_secret().await;
    let mut socket = ana.silent_socket().await;
    socket.hello(&retimed(&ana.access_token(), 3), json!([])).await;
    let bye = socket.frame("bye").await;
    assert_eq!(bye["code"], 4004);
    assert!(bye["retryAfterMs"].is_number(), "it may come back: {bye}");
    assert_eq!(socket.close_code().await, 4004);
}

#[tokio::test]
async fn a_renewed_connection_outlives_its_first_token() {
    let (_server, ana) = server_with_known_secret().await;
    let (mut renewed, mut not_renewed) = (ana.silent_socket().await, ana.silent_socket().await);
    renewed.hello(&retimed(&ana.access_token(), 3), json!([])).await;
    not_renewed.hello(&retimed(&ana.access_token(), 3), json!([])).await;
    renewed.send(json!({"type": "auth", "token": ana.access_token()})).await;
    assert_eq!(not_renewed.close_code().await, 4004);
    renewed.catch_up().await;
}

#[tokio::test]
async fn clients_that_do_not_answer_a_ping_are_closed_and_others_stay() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let (mut deaf, mut lively) = (ana.socket().await, ana.socket().await);
    deaf.answers_pings = false;
    let going = async {
        let ping = deaf.frame("ping").await;
        assert_eq!(number(&ping["heads"][&room]), 1, "a ping carries the heads: {ping}");
        assert_eq!(deaf.frame("bye").await["code"], 4003);
        assert_eq!(deaf.close_code().await, 4003);
    };
    let staying = async { lively.frame("ping").await };
    tokio::join!(going, staying);
    lively.catch_up().await;
}

#[tokio::test]
async fn a_graceful_stop_sends_bye_to_everybody() {
    let mut server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let (mut first, mut second) = (ana.socket().await, ana.socket().await);
    first.say(&room, "a-1", "one last word").await;
    let silent = server.socket().await;

    server.ask_to_stop().await;
    for socket in [&mut first, &mut second] {
        let bye = socket.frame("bye").await;
        assert_eq!(bye["code"], 4001);
        assert!(bye["retryAfterMs"].is_number(), "it may come back: {bye}");
        assert_eq!(socket.close_code().await, 4001);
    }
    let status = server.exit().await;
    assert_eq!(status.code(), Some(0), "{}", server.log());
    drop(silent);
    server.restart().await;
    assert_eq!(ana.messages(&room).await[0]["body"], "one last word");
    server.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connections_are_told_of_the_end_and_come_back_without_loss() {
    const CONNECTIONS: usize = 1_000;
    rlimit::increase_nofile_limit(4 * CONNECTIONS as u64).expect("so many files may be open");
    let mut server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let epoch = ana.room(&room).await["epoch"].clone();
    let mut sockets = Vec::new();
    while sockets.len() < CONNECTIONS {
        sockets.extend(join_all((0..50).map(|_| ana.socket())).await);
    }
    let head = 20;
    for _ in 2..=head {
        ana.say(&room, "and so on").await;
    }

    server.ask_to_stop().await;
    let endings = sockets.iter_mut().map(|socket| async {
        assert_eq!(socket.frame("bye").await["code"], 4001);
        assert_eq!(socket.close_code().await, 4001);
        socket.seqs_of(&room)
    });
    let seen = join_all(endings).await;
    assert_eq!(server.exit().await.code(), Some(0), "{}", server.log());
    assert!(!server.log().contains("did not close in time"), "{}", server.log());
    for seqs in &seen {
        assert_eq!(*seqs, (2..=head).collect::<Vec<_>>(), "what was queued came before the end");
    }

    server.restart().await;
    ana.say(&room, "after").await;
    let resume = json!([{"roomId": room, "epoch": epoch, "seq": head}]);
    for _ in 0..CONNECTIONS / 50 {
        for (mut socket, welcome) in join_all((0..50).map(|_| ana.resuming_socket(resume.clone()))).await {
            assert_eq!(welcome["rooms"][0]["recovered"], true);
            socket.wait_for_seq(&room, head + 1).await;
            assert_eq!(socket.seqs_of(&room), [head + 1]);
        }
    }
}

#[tokio::test]
async fn an_acknowledged_message_survives_a_kill() {
    let mut server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let mut socket = ana.socket().await;
    let ack = socket.say(&room, "a-1", "durable").await;
    server.kill().await;
    server.restart().await;
    let message = &ana.messages(&room).await[0];
    assert_eq!((&message["messageId"], &message["seq"]), (&ack["messageId"], &ack["seq"]));
    let again = ana.post_message(&room, "a-1", "durable").await.json(200);
    assert_eq!(again["messageId"], ack["messageId"]);
}
