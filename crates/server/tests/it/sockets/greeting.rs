//! The first frames of a connection.

use crate::support::{Raw, Server, assert_members, json, number};

#[tokio::test]
async fn the_welcome_lists_the_accounts_rooms() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let (garden, attic) = (ana.create_room("Garden").await, ana.create_room("Attic").await);
    let bo = server.register("bo-b").await;
    bo.join(&garden).await.expect_status(200);
    bo.say(&garden, "one").await;

    let (_, welcome) = ana.resuming_socket(json!([])).await;
    assert_members(&welcome, &["type", "connectionId", "pingMs", "maxFrameBytes", "rooms"], &[]);
    assert_eq!(welcome["pingMs"], 25_000);
    assert!(number(&welcome["maxFrameBytes"]) >= 16_000 + 1_000, "the longest message fits");
    let rooms = welcome["rooms"].as_array().expect("a list");
    assert_eq!(rooms.len(), 2);
    for room in rooms {
        let members = ["roomId", "epoch", "headSeq", "readSeq", "unread", "unreadMentions", "recovered"];
        assert_members(room, &members, &[]);
    }
    let named = |id: &str| rooms.iter().find(|room| room["roomId"] == id).expect("listed").clone();
    let markers = ["headSeq", "readSeq", "unread"].map(|name| number(&named(&garden)[name]));
    assert_eq!(markers, [3, 1, 1]);
    assert_eq!(number(&named(&attic)["headSeq"]), 1);
    assert_eq!(named(&garden)["epoch"], ana.room(&garden).await["epoch"]);
}

#[tokio::test]
async fn a_hello_may_leave_out_what_to_resume() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let mut socket = ana.silent_socket().await;
    socket.send(json!({"type": "hello", "token": ana.access_token()})).await;
    let welcome = socket.frame("welcome").await;
    assert_eq!(welcome["rooms"], json!([]));
}

#[tokio::test]
async fn a_bad_token_ends_the_connection_for_good() {
    let server = Server::start().await;
    for token in ["nonsense", ""] {
        let mut socket = server.socket().await;
        socket.send(json!({"type": "hello", "token": token, "resume": []})).await;
        let bye = socket.frame("bye").await;
        assert_members(&bye, &["type", "code", "reason"], &["retryAfterMs"]);
        assert_eq!(bye["code"], 4500);
        assert!(bye["retryAfterMs"].is_null(), "it should not come back: {bye}");
        assert_eq!(socket.close_code().await, 4500);
    }
}

#[tokio::test]
async fn the_first_frame_is_hello() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let first_frames = [
        json!({"type": "typing", "roomId": room}),
        json!({"type": "send", "id": "1", "roomId": room, "clientMessageId": "m-1", "body": "hi"}),
        json!({"type": "hello"}),
        json!([]),
    ];
    for frame in first_frames {
        let mut socket = server.socket().await;
        socket.send(frame.clone()).await;
        assert_eq!(socket.close_code().await, 4501, "{frame}");
    }
    assert!(ana.messages(&room).await.is_empty());
}

#[tokio::test]
async fn silent_sockets_are_closed() {
    let server = Server::start().await;
    assert_eq!(server.socket().await.close_code().await, 4501);
}

#[tokio::test]
async fn a_second_hello_is_an_error() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let mut socket = ana.socket().await;
    socket.send(json!({"type": "hello", "token": ana.access_token(), "resume": []})).await;
    let answered = socket.comes(|frame| frame["type"] == "error" || frame["type"] == "bye").await;
    assert!(answered);
}

#[tokio::test]
async fn a_token_in_the_url_opens_nothing() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let answer = ana.get(&format!("/api/ws?token={}", ana.access_token())).await;
    assert!((400..500).contains(&answer.status), "{} {}", answer.status, answer.text);
    assert!(!server.log().contains(&ana.access_token()));
}

#[tokio::test]
async fn the_protocol_is_agreed_on_in_the_handshake() {
    let server = Server::start().await;
    let (_, head) = Raw::upgrade(&server.url(), "Sec-WebSocket-Protocol: hexroom.v1\r\n").await;
    assert!(head.contains("101"), "{head}");
    assert!(head.to_lowercase().contains("sec-websocket-protocol: hexroom.v1"), "{head}");

    let (mut connection, head) = Raw::upgrade(&server.url(), "Sec-WebSocket-Protocol: hexroom.v9\r\n").await;
    if head.contains("101") {
        let rest = connection.rest().await;
        assert!(rest.windows(2).any(|code| code == 4502_u16.to_be_bytes()), "{rest:?}");
    } else {
        assert!(head.contains(" 400 "), "{head}");
    }
}
