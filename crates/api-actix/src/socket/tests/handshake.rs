use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::http::header::HeaderValue;

use super::*;
use crate::socket::tests::peer::{Server, server_with_room};

fn headers(host: &str, origins: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_str(host).expect("valid"));
    for origin in origins {
        headers.append(header::ORIGIN, HeaderValue::from_str(origin).expect("valid"));
    }
    headers
}

fn is_admitted(host: &str, origins: &[&str]) -> bool {
    let allowed = ["https://chat.example".to_owned()];
    admit_origin(&headers(host, origins), &allowed).is_ok()
}

#[test]
fn a_client_that_is_no_browser_names_no_origin() {
    assert!(is_admitted("127.0.0.1:8080", &[]));
}

#[test]
fn the_servers_own_pages_and_those_allowed_may_connect() {
    assert!(is_admitted("127.0.0.1:8080", &["http://127.0.0.1:8080"]));
    assert!(is_admitted("Hexroom.Example", &["https://hexroom.example"]));
    assert!(is_admitted("127.0.0.1:8080", &["https://chat.example"]));
}

#[test]
fn anybody_elses_page_may_not_connect() {
    for foreign in [
        "https://evil.example",
        "http://127.0.0.1:8081",
        "http://127.0.0.1",
        "http://chat.example",
        "https://chat.example.evil.example",
        "null",
        "",
        "127.0.0.1:8080",
    ] {
        assert!(!is_admitted("127.0.0.1:8080", &[foreign]), "{foreign}");
    }
    assert!(!is_admitted("127.0.0.1:8080", &["http://127.0.0.1:8080", "https://evil.example"]));
}

#[test]
fn a_foreign_page_is_refused_as_forbidden() {
    let refused = admit_origin(&headers("a.example", &["https://evil.example"]), &[]).expect_err("foreign");
    assert_eq!(refused.to_string(), "origin_not_allowed");
    assert_eq!(Code::OriginNotAllowed.status(), actix_web::http::StatusCode::FORBIDDEN);
}

fn agreed(offers: &[&str]) -> Option<String> {
    let mut headers = HeaderMap::new();
    for offer in offers {
        headers.append(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_str(offer).expect("valid"));
    }
    subprotocol(&headers)
}

#[test]
fn our_protocol_is_agreed_on_wherever_it_is_offered() {
    assert_eq!(agreed(&["hexroom.v1"]).as_deref(), Some(PROTOCOL));
    assert_eq!(agreed(&["hexroom.v2, hexroom.v1"]).as_deref(), Some(PROTOCOL));
    assert_eq!(agreed(&["chat", "x,hexroom.v1"]).as_deref(), Some(PROTOCOL));
}

#[test]
fn a_client_that_offers_nothing_is_taken_to_mean_ours() {
    assert_eq!(agreed(&[]), None);
    assert_eq!(agreed(&[" , "]), None);
}

#[test]
fn a_client_that_offers_only_others_is_told_so_in_one_of_them() {
    assert_eq!(agreed(&["hexroom.v2, chat"]).as_deref(), Some("hexroom.v2"));
}

const HANDSHAKE: &[u8] =
    b"GET /api/ws HTTP/1.1\r\nHost: hexroom\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n";

/// Says hello, declares a frame of a terabyte, sends 64 MiB of it, and answers all that it hears.
fn declare_a_terabyte(server: SocketAddr) -> Vec<u8> {
    let mut stream = TcpStream::connect(server).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a deadline");
    stream.set_write_timeout(Some(Duration::from_mins(1))).expect("a deadline");
    let mut reading = stream.try_clone().expect("a second handle");
    let heard = std::thread::spawn(move || {
        let mut heard = Vec::new();
        // The server may end the connection without having read everything.
        let _ = reading.read_to_end(&mut heard);
        heard
    });
    stream.write_all(HANDSHAKE).expect("a handshake");
    let hello = br#"{"type":"hello","token":"ana"}"#;
    let mut frames = vec![0x81, 0x80 + u8::try_from(hello.len()).expect("short"), 0, 0, 0, 0];
    frames.extend(hello);
    frames.extend([0x81, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    stream.write_all(&frames).expect("frames");
    let megabyte = vec![0; 1024 * 1024];
    for _ in 0..64 {
        if stream.write_all(&megabyte).is_err() {
            break;
        }
    }
    heard.join().expect("no panic")
}

#[actix_web::test]
async fn a_frame_of_a_terabyte_ends_a_real_connection_with_its_code() {
    let (address, stop) = Server::start(|_| {}).listen();
    let heard = web::block(move || declare_a_terabyte(address)).await.expect("no panic");
    let text = String::from_utf8_lossy(&heard);
    assert!(text.starts_with("HTTP/1.1 101 "), "{text}");
    assert!(text.contains(r#""type":"bye","code":4501"#), "{text}");
    assert!(text.ends_with(CloseReason::Protocol.sentence()), "the close frame comes last: {text}");
    stop.send(()).expect("it still serves");
}

/// Asks for an upgrade with these lines, and answers all that it hears until the server ends it.
async fn ask_to_upgrade(address: SocketAddr, lines: &'static str) -> String {
    let ask = move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a deadline");
        stream.write_all(lines.replace('\n', "\r\n").as_bytes()).expect("a request");
        let mut heard = String::new();
        stream.read_to_string(&mut heard).expect("an answer and its end");
        heard
    };
    web::block(ask).await.expect("no panic")
}

#[actix_web::test]
async fn who_is_refused_an_upgrade_is_told_so_as_over_http_and_the_connection_ends() {
    let (address, stop) = Server::start(|_| {}).listen();
    for (request, status, code) in [
        (
            "GET /api/ws HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\n\n",
            400,
            "malformed_request",
        ),
        (
            "GET /api/ws HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\nOrigin: https://evil.example\n\n",
            403,
            "origin_not_allowed",
        ),
        (
            "POST /api/ws HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\n\n",
            405,
            "method_not_allowed",
        ),
        ("GET /nowhere HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\n\n", 404, "not_found"),
    ] {
        let heard = ask_to_upgrade(address, request).await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {heard}");
        assert!(heard.contains(&format!(r#""code":"{code}""#)), "{request}: {heard}");
        let heard = heard.to_lowercase();
        for header in ["x-request-id: ", "connection: close", "content-type: application/problem+json"] {
            assert!(heard.contains(header), "{header} after {request}: {heard}");
        }
    }
    stop.send(()).expect("it still serves");
}

#[actix_web::test]
async fn an_upgrade_that_nobody_offers_is_passed_over() {
    let (address, stop) = Server::start(|_| {}).listen();
    let request = "GET /healthz HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\n\n";
    let heard = ask_to_upgrade(address, request).await;
    assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
    stop.send(()).expect("it still serves");
}

#[actix_web::test]
async fn a_connection_between_two_requests_does_not_hold_up_the_end() {
    let (address, stop) = Server::start(|_| {}).listen();
    let ask = move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("less than the server would wait");
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").expect("a request");
        let mut heard = vec![0; 12];
        stream.read_exact(&mut heard).expect("an answer");
        assert_eq!(heard, b"HTTP/1.1 200");
        stop.send(()).expect("it still serves");
        stream.read_to_end(&mut heard).expect("the end comes before the deadline");
    };
    web::block(ask).await.expect("no panic");
}

#[actix_web::test]
async fn an_unauthenticated_socket_too_many_is_refused_until_another_has_said_hello() {
    let server = server_with_room(0);
    let most = crate::Allowances::default().strangers;
    let mut sockets = Vec::new();
    for _ in 0..most {
        sockets.push(server.connect().await);
    }
    let refused = server.try_connect(None).await.err().expect("one too many");
    assert_eq!(refused.code(), Code::RateLimited);
    let mut first = sockets.swap_remove(0);
    first.say(&serde_json::json!({"type": "hello", "token": "ana"}));
    assert_eq!(first.hear().await["type"], "welcome");
    server.connect().await;
}
