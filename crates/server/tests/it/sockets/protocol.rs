//! Clients that break the protocol.

use std::fs;

use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Raw, Server, Socket, json, number};

async fn welcomed(server: &Server) -> Socket {
    server.register("ana").await.socket().await
}

#[tokio::test]
async fn a_frame_that_is_not_a_json_object_is_malformed() {
    let server = Server::start().await;
    let mut socket = welcomed(&server).await;
    for frame in ["", "{", "[]", "7", "null"] {
        socket.send_raw(Message::text(frame)).await.expect("the connection stands");
        assert_eq!(socket.frame("error").await["code"], "malformed_request", "{frame}");
    }
    socket.catch_up().await;
}

#[tokio::test]
async fn a_frame_with_wrong_members_is_refused_naming_them() {
    let server = Server::start().await;
    let mut socket = welcomed(&server).await;
    let frames = [
        (json!({"type": "send", "id": "1"}), vec!["body", "clientMessageId", "roomId"]),
        (
            json!({"type": "send", "id": "1", "roomId": "x", "clientMessageId": 7, "body": " "}),
            vec!["body", "clientMessageId"],
        ),
        (json!({"type": "read", "roomId": "x", "seq": "three"}), vec!["seq"]),
        (json!({"type": "typing", "roomId": "x", "loud": true}), vec!["loud"]),
        (json!({"type": "shout"}), vec!["type"]),
        (json!({}), vec!["type"]),
        (json!({"type": 1}), vec!["type"]),
        (json!({"type": "welcome"}), vec!["type"]),
    ];
    for (frame, expected) in frames {
        socket.send(frame.clone()).await;
        let error = socket.frame("error").await;
        assert_eq!(error["code"], "validation_failed", "{frame}");
        let errors = error["errors"].as_array().expect("the members that are wrong");
        let mut named: Vec<_> = errors.iter().filter_map(|error| error["field"].as_str()).collect();
        named.sort_unstable();
        assert_eq!(named, expected, "{frame}");
    }
    socket.catch_up().await;
}

#[tokio::test]
async fn many_bad_frames_end_the_connection() {
    let server = Server::start().await;
    let mut socket = welcomed(&server).await;
    for _ in 0..200 {
        if socket.send_raw(Message::text("nonsense")).await.is_err() {
            break;
        }
    }
    assert_eq!(socket.close_code().await, 4501);
}

#[tokio::test]
async fn a_binary_frame_ends_the_connection() {
    let server = Server::start().await;
    let mut socket = welcomed(&server).await;
    socket.send_raw(Message::binary(b"{}".to_vec())).await.expect("the connection stands");
    assert_eq!(socket.frame("bye").await["code"], 4501);
    assert_eq!(socket.close_code().await, 4501);
}

#[tokio::test]
async fn a_frame_one_byte_too_long_ends_the_connection() {
    let server = Server::start().await;
    let ana = server.register("ana").await;
    let (mut socket, welcome) = ana.resuming_socket(json!([])).await;
    let most = usize::try_from(number(&welcome["maxFrameBytes"])).expect("positive");
    let fits = format!("{{\"type\": \"typing\", \"roomId\": \"{}\"}}", "x".repeat(most - 32));
    assert_eq!(fits.len(), most);
    socket.send_raw(Message::text(fits.clone())).await.expect("the connection stands");
    socket.catch_up().await;
    // The server may end the connection before all of it is sent.
    socket.send_raw(Message::text(fits + " ")).await.ok();
    assert_eq!(socket.close_code().await, 4501);
}

#[tokio::test]
async fn a_websocket_ping_is_answered_and_a_close_is_confirmed() {
    let server = Server::start().await;
    let (mut connection, head) = Raw::upgrade(&server.url(), "").await;
    assert!(head.contains("101"), "{head}");
    // Masked with zeros: a ping that carries "hi", then a close with code 1000.
    let frames = [&[0x89, 0x82, 0, 0, 0, 0][..], b"hi", &[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]].concat();
    connection.stream.write_all(&frames).await.expect("the server reads");
    let rest = connection.rest().await;
    assert!(rest.starts_with(&[0x8A, 2, b'h', b'i', 0x88]), "{rest:?}");
}

#[tokio::test]
async fn a_giant_frame_does_not_make_the_server_grow() {
    const DECLARED: u64 = 1 << 40;
    const SENT_MIB: usize = 200;
    let server = Server::start().await;
    welcomed(&server).await.close().await;
    let before = peak_memory_kib(server.pid());

    let (connection, head) = Raw::upgrade(&server.url(), "").await;
    assert!(head.contains("101"), "{head}");
    let (mut reading, mut writing) = connection.stream.into_split();
    let mut header = vec![0x81, 0xFF];
    header.extend(DECLARED.to_be_bytes());
    header.extend([0; 4]);
    let sending = async {
        let chunk = vec![b'x'; 1 << 20];
        writing.write_all(&header).await.ok();
        for _ in 0..SENT_MIB {
            // The server may have ended the connection; that is the best of answers.
            if writing.write_all(&chunk).await.is_err() {
                break;
            }
        }
        writing.shutdown().await.ok();
    };
    let mut answer = Vec::new();
    let both =
        async { tokio::join!(sending, tokio::io::AsyncReadExt::read_to_end(&mut reading, &mut answer)) };
    tokio::time::timeout(crate::support::DEADLINE, both).await.expect("the server ends it").1.ok();

    let grown = peak_memory_kib(server.pid()) - before;
    assert!(grown < 16 * 1024, "the server grew by {grown} KiB");
    server.anybody().get("/healthz").await.expect_status(200);
}

#[tokio::test]
async fn a_length_in_more_bytes_than_needed_breaks_the_protocol() {
    let server = Server::start().await;
    let (mut connection, head) = Raw::upgrade(&server.url(), "").await;
    assert!(head.contains("101"), "{head}");
    let frame = [0x81, 0xFE, 0, 2, 0, 0, 0, 0, b'{', b'}'];
    connection.stream.write_all(&frame).await.expect("the server reads");
    let said = connection.rest().await;
    let closed = 4501_u16.to_be_bytes();
    assert!(said.windows(2).any(|bytes| bytes == closed), "{}", String::from_utf8_lossy(&said));
}

/// The most memory that the process ever held, in KiB.
fn peak_memory_kib(pid: u32) -> i64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the server runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells the peak");
    peak.trim().trim_end_matches(" kB").parse().expect("a number of kB")
}
