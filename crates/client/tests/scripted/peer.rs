//! The scripted server: its sockets are in the test's hands, its HTTP answers are laid out before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::{Client, Options, Server, Timestamp, Tokens, Update, Updates};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

pub(crate) const GARDEN: &str = "garden";

const AT: &str = "2030-01-01T00:00:00.000Z";

/// How long anything may take before a test gives up on it.
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) struct Peer {
    server: Server,
    connections: mpsc::UnboundedReceiver<Wire>,
    script: Arc<Mutex<Script>>,
}

/// What is answered over HTTP.
#[derive(Default)]
struct Script {
    answers: HashMap<String, Value>,
    accepted: Option<String>,
    refreshes: Vec<String>,
    refuses_refreshes: bool,
    refreshes_to_lose: usize,
}

impl Peer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = Server::at(&format!("http://{address}")).expect("an address");
        let (opened, connections) = mpsc::unbounded_channel();
        let script = Arc::new(Mutex::new(Script::default()));
        let answering = Arc::clone(&script);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, opened.clone(), Arc::clone(&answering)));
            }
        });
        Self { server, connections, script }
    }

    /// Somebody signed in whose token is good for long.
    pub(crate) fn client(&self) -> Client {
        self.client_whose_token_lasts(3_600)
    }

    pub(crate) fn client_whose_token_lasts(&self, seconds: i64) -> Client {
        self.server.resume(tokens(1, seconds))
    }

    /// The next socket that is opened.
    pub(crate) async fn connection(&mut self) -> Wire {
        let opened = timeout(DEADLINE, self.connections.recv()).await.expect("somebody connects");
        opened.expect("the server runs")
    }

    /// From now on the room can be loaded, with messages of these seqs.
    pub(crate) fn serve_room(&self, head: i64, messages: &[i64]) {
        let room = json!({
            "roomId": GARDEN, "name": "Garden", "ownerId": "ana", "seats": 6, "seatsTaken": 1, "locked": false,
            "createdAt": AT, "epoch": "second", "headSeq": head, "readSeq": 0, "unread": 0, "members": [],
        });
        let messages: Vec<_> = messages.iter().map(|seq| message_posted(*seq)["data"].clone()).collect();
        let path = format!("/api/chatrooms/{GARDEN}");
        let mut script = self.script();
        script.answers.insert(format!("{path}/messages"), json!({"items": messages, "hasMore": true}));
        script.answers.insert(path, room);
    }

    /// From now on any other token has expired.
    pub(crate) fn accept_only(&self, token: &str) {
        self.script().accepted = Some(token.to_owned());
    }

    /// From now on the session has ended.
    pub(crate) fn refuse_refreshes(&self) {
        self.script().refuses_refreshes = true;
    }

    /// The answers to the next refreshes are lost.
    pub(crate) fn lose_refreshes(&self, count: usize) {
        self.script().refreshes_to_lose = count;
    }

    /// The refresh tokens that were presented.
    pub(crate) fn refreshes(&self) -> Vec<String> {
        self.script().refreshes.clone()
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().expect("nobody panicked here")
    }
}

/// The server's end of a socket.
pub(crate) struct Wire {
    stream: WebSocketStream<TcpStream>,
}

impl Wire {
    pub(crate) async fn say(&mut self, frame: Value) {
        self.stream.send(Message::text(frame.to_string())).await.expect("the client is there");
    }

    /// The next frame of this type; others are passed over.
    pub(crate) async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let next = timeout(DEADLINE, self.stream.next()).await;
            let next = next.unwrap_or_else(|_| panic!("no {kind} came"));
            let Some(Ok(Message::Text(text))) = next else { panic!("no {kind} came, but {next:?}") };
            let frame: Value = serde_json::from_str(&text).expect("frames are JSON");
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// Answers what was sent.
    pub(crate) async fn acknowledge(&mut self, sent: &Value, seq: i64, duplicate: bool) {
        self.say(json!({
            "type": "ack", "id": sent["id"], "roomId": GARDEN, "seq": seq, "messageId": format!("m-{seq}"),
            "duplicate": duplicate,
        }))
        .await;
    }

    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "As the test wants it.".into() };
        self.stream.close(Some(frame)).await.ok();
        while let Ok(Some(Ok(_))) = timeout(DEADLINE, self.stream.next()).await {}
    }

    /// Waits for the end; whether the client has closed the connection properly.
    pub(crate) async fn ends_properly(&mut self) -> bool {
        while let Some(Ok(message)) = timeout(DEADLINE, self.stream.next()).await.expect("in time") {
            if message.is_close() {
                return true;
            }
        }
        false
    }
}

/// Options by which a test need not wait long for anybody to come back.
pub(crate) fn options() -> Options {
    let soon = Duration::from_millis(5);
    Options { first_pause: soon, longest_pause: soon, ..Options::default() }
}

async fn serve(stream: TcpStream, opened: mpsc::UnboundedSender<Wire>, script: Arc<Mutex<Script>>) {
    let mut head = [0; 16];
    stream.peek(&mut head).await.expect("a request comes");
    if !head.starts_with(b"GET /api/ws ") {
        return answer(stream, script).await;
    }
    #[expect(clippy::result_large_err, reason = "the library wants it so")]
    let echo = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        let protocol = request.headers()["Sec-WebSocket-Protocol"].clone();
        assert_eq!(protocol, "hexroom.v1");
        response.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
        Ok(response)
    };
    let stream = accept_hdr_async(stream, echo).await.expect("an upgrade");
    opened.send(Wire { stream }).ok();
}

/// Answers one request and closes the connection.
async fn answer(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let (mut request, mut chunk) = (String::new(), [0; 4096]);
    let (head, body) = loop {
        let count = stream.read(&mut chunk).await.expect("a request comes");
        request.push_str(std::str::from_utf8(&chunk[..count]).expect("text"));
        if let Some((head, body)) = request.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            break (head.to_owned(), body.to_owned());
        }
    };
    let answer = script.lock().expect("nobody panicked here").answer(&head, &body);
    let Some((status, body)) = answer else { return };
    let body = body.to_string();
    let response = format!(
        "HTTP/1.1 {status} As the test wants it\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(response.as_bytes()).await.expect("the client reads");
}

fn content_length(head: &str) -> usize {
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length.map_or(0, |(_, value)| value.parse().expect("a number"))
}

impl Script {
    /// The answer, unless it is to be lost.
    fn answer(&mut self, head: &str, body: &str) -> Option<(u16, Value)> {
        let target = head.split(' ').nth(1).expect("a target");
        let path = target.split('?').next().expect("a path");
        if path == "/api/token/refresh" {
            if self.refuses_refreshes {
                return Some((401, problem("session_revoked", "The session has ended.")));
            }
            let body: Value = serde_json::from_str(body).expect("JSON");
            self.refreshes.push(body["refreshToken"].as_str().expect("a token").to_owned());
            if self.refreshes_to_lose > 0 {
                self.refreshes_to_lose -= 1;
                return None;
            }
            return Some((200, token_pair(self.refreshes.len() + 1, 3_600)));
        }
        let is_accepted =
            |token: &String| head.lines().any(|line| line.ends_with(&format!("Bearer {token}")));
        if !self.accepted.as_ref().is_none_or(is_accepted) {
            return Some((401, problem("token_expired", "The token has expired.")));
        }
        let answer = self.answers.get(path).cloned();
        Some(
            answer.map_or_else(|| (404, problem("not_found", "There is no such thing.")), |body| (200, body)),
        )
    }
}

fn problem(code: &str, detail: &str) -> Value {
    json!({"code": code, "detail": detail, "status": 401})
}

/// The tokens of the `number`th renewal.
pub(crate) fn tokens(number: usize, seconds: i64) -> Tokens {
    serde_json::from_value(token_pair(number, seconds)).expect("tokens")
}

fn token_pair(number: usize, seconds: i64) -> Value {
    let expires_at = Timestamp::from_second(Timestamp::now().as_second() + seconds).expect("not that late");
    json!({
        "accessToken": format!("access-{number}"), "accessTokenExpiresAt": expires_at,
        "refreshToken": format!("refresh-{number}"), "refreshTokenExpiresAt": expires_at,
    })
}

/// The welcome to somebody with one room.
pub(crate) fn welcome(head: i64, recovered: bool) -> Value {
    let room = json!({
        "roomId": GARDEN, "epoch": "first", "headSeq": head, "readSeq": 0, "unread": 0, "recovered": recovered,
    });
    json!({"type": "welcome", "connectionId": "c", "pingMs": 25_000, "maxFrameBytes": 65_536, "rooms": [room]})
}

/// Something that happened in the room.
pub(crate) fn event(seq: i64) -> Value {
    let kind = ("member_joined", json!({"userId": "bo"}));
    json!({
        "type": "event", "roomId": GARDEN, "seq": seq, "kind": kind.0, "actor": "bo", "at": AT, "data": kind.1,
    })
}

/// Somebody has written something.
pub(crate) fn message_posted(seq: i64) -> Value {
    let message = json!({
        "messageId": format!("m-{seq}"), "roomId": GARDEN, "seq": seq, "senderId": "bo",
        "clientMessageId": format!("c-{seq}"), "body": "x".repeat(300), "sentAt": AT, "revision": 0,
        "deleted": false,
    });
    let mut event = event(seq);
    event["kind"] = json!("message_posted");
    event["data"] = message;
    event
}

/// The next update of a kind; others are passed over.
pub(crate) async fn next(updates: &mut Updates, is_wanted: impl Fn(&Update) -> bool) -> Update {
    loop {
        let update = timeout(DEADLINE, updates.next()).await.expect("an update comes in time");
        let update = update.expect("the connection lasts");
        if is_wanted(&update) {
            return update;
        }
    }
}

/// The seqs of the next events.
pub(crate) async fn next_seqs(updates: &mut Updates, count: usize) -> Vec<i64> {
    let mut seqs = Vec::new();
    while seqs.len() < count {
        if let Update::Event(event) = next(updates, |update| matches!(update, Update::Event(_))).await {
            seqs.push(event.seq);
        }
    }
    seqs
}
