use std::collections::HashSet;
use std::fmt::Write as _;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::actor::Heard;
use super::{DEADLINE, number};

/// A client of `hexroom.v1` that keeps every frame it gets and answers the server's pings.
pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    heard: Heard,
    /// Every frame so far, in its order.
    pub(crate) frames: Vec<Value>,
    taken: HashSet<usize>,
    closed: Option<u16>,
    sent: usize,
    /// Whether it answers pings.
    pub(crate) answers_pings: bool,
}

impl Socket {
    pub(super) async fn open(address: &str, heard: Heard) -> Self {
        let host = address.trim_start_matches("http://");
        let mut request = format!("ws://{host}/api/ws").into_client_request().expect("a valid address");
        let protocol = "hexroom.v1".parse().expect("a valid header");
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
        let connection = TcpSocket::new_v4().expect("a socket");
        // A small window, so that a client that does not read is soon noticed.
        connection.set_recv_buffer_size(16 * 1024).expect("a size that the system takes");
        let connection = connection.connect(host.parse().expect("an address and a port")).await;
        let opening = client_async(request, connection.expect("the server listens"));
        let (stream, _) = timeout(DEADLINE, opening).await.expect("in time").expect("the server upgrades");
        Self {
            stream,
            heard,
            frames: Vec::new(),
            taken: HashSet::new(),
            closed: None,
            sent: 0,
            answers_pings: true,
        }
    }

    /// Sends hello and waits for the welcome.
    pub(crate) async fn hello(&mut self, token: &str, resume: Value) -> Value {
        self.send(json!({"type": "hello", "token": token, "resume": resume})).await;
        self.frame("welcome").await
    }

    /// Sends a frame.
    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_raw(Message::text(frame.to_string())).await.expect("the connection stands");
    }

    /// Sends anything.
    pub(crate) async fn send_raw(
        &mut self,
        message: Message,
    ) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        self.stream.send(message).await
    }

    /// Sends a command under an id of its own and waits for its `ack` or `error`.
    pub(crate) async fn ask(&mut self, mut command: Value) -> Value {
        self.sent += 1;
        let id = format!("ask-{}", self.sent);
        command["id"] = json!(id);
        self.send(command).await;
        self.frame_where("an answer", |frame| frame["id"] == id.as_str()).await
    }

    /// Posts a message and waits for its `ack`, unless the connection ends before.
    pub(crate) async fn try_say(
        &mut self,
        room_id: &str,
        client_message_id: &str,
        body: &str,
    ) -> Option<Value> {
        let command = json!({
            "type": "send", "id": client_message_id, "roomId": room_id, "clientMessageId": client_message_id,
            "body": body,
        });
        self.send_raw(Message::text(command.to_string())).await.ok()?;
        let is_answer = |frame: &Value| frame["id"] == client_message_id;
        if self.comes(is_answer).await {
            self.frames.iter().rfind(|frame| is_answer(frame)).cloned()
        } else {
            None
        }
    }

    /// Posts a message and waits for its `ack`.
    pub(crate) async fn say(&mut self, room_id: &str, client_message_id: &str, body: &str) -> Value {
        let command = json!({
            "type": "send", "roomId": room_id, "clientMessageId": client_message_id, "body": body,
        });
        let answer = self.ask(command).await;
        assert_eq!(answer["type"], "ack", "{answer}");
        answer
    }

    /// The first frame of this type that nobody has taken yet.
    pub(crate) async fn frame(&mut self, kind: &str) -> Value {
        self.frame_where(kind, |frame| frame["type"] == kind).await
    }

    /// The first event of this kind that nobody has taken yet.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        self.frame_where(kind, |frame| frame["type"] == "event" && frame["kind"] == kind).await
    }

    /// The first frame that fits and that nobody has taken yet; waits for it.
    pub(crate) async fn frame_where(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut next = 0;
        loop {
            while next < self.frames.len() {
                if !self.taken.contains(&next) && fits(&self.frames[next]) {
                    self.taken.insert(next);
                    return self.frames[next].clone();
                }
                next += 1;
            }
            assert!(self.read().await, "closed with {:?} before {what}: {}", self.closed, self.summary());
        }
    }

    /// Whether a fitting frame came before the connection was closed; waits for either.
    pub(crate) async fn comes(&mut self, fits: impl Fn(&Value) -> bool) -> bool {
        let mut seen = 0;
        loop {
            if self.frames[seen..].iter().any(&fits) {
                return true;
            }
            seen = self.frames.len();
            if !self.read().await {
                return false;
            }
        }
    }

    /// Waits until the server has closed the connection, and returns its close code.
    pub(crate) async fn close_code(&mut self) -> u16 {
        while self.read().await {}
        self.closed.unwrap_or_else(|| panic!("cut without a close frame: {}", self.summary()))
    }

    /// Waits until the server has processed everything sent so far.
    pub(crate) async fn catch_up(&mut self) {
        let nothing = json!({"type": "delete", "roomId": "unknown", "messageId": "unknown"});
        let answer = self.ask(nothing).await;
        assert_eq!(answer["type"], "error", "{answer}");
    }

    /// The events of one room so far, in the order in which they came.
    pub(crate) fn events_of(&self, room_id: &str) -> Vec<Value> {
        let is_of_room = |frame: &&Value| frame["type"] == "event" && frame["roomId"] == room_id;
        self.frames.iter().filter(is_of_room).cloned().collect()
    }

    /// The seqs of one room's events so far, in the order in which they came.
    pub(crate) fn seqs_of(&self, room_id: &str) -> Vec<i64> {
        self.events_of(room_id).iter().map(|event| number(&event["seq"])).collect()
    }

    /// Waits for one room's event with this seq.
    pub(crate) async fn wait_for_seq(&mut self, room_id: &str, seq: i64) {
        let came = self
            .comes(|frame| frame["type"] == "event" && frame["roomId"] == room_id && frame["seq"] == seq)
            .await;
        assert!(came, "closed with {:?} before seq {seq}: {}", self.closed, self.summary());
    }

    /// Closes the connection as a client does.
    pub(crate) async fn close(mut self) {
        self.stream.close(None).await.ok();
    }

    /// Reads one frame; false once the connection has ended.
    async fn read(&mut self) -> bool {
        let next = timeout(DEADLINE, self.stream.next()).await;
        let Ok(next) = next else { panic!("nothing more came: {}", self.summary()) };
        match next {
            Some(Ok(Message::Text(frame))) => {
                self.heard.lock().expect("nobody panicked here").push(frame.to_string());
                let frame: Value = serde_json::from_str(&frame).expect("each frame is JSON");
                if frame["type"] == "ping" && self.answers_pings {
                    self.send(json!({"type": "pong"})).await;
                }
                self.frames.push(frame);
                true
            }
            Some(Ok(Message::Close(close))) => {
                self.closed = close.map(|frame| frame.code.into());
                false
            }
            Some(Ok(Message::Binary(_))) => panic!("the server sends no binary frames"),
            Some(Ok(_)) => true,
            Some(Err(_)) | None => false,
        }
    }

    fn summary(&self) -> String {
        let newest = self.frames.iter().rev().take(12).rev();
        newest.fold(String::new(), |mut all, frame| {
            write!(all, "\n{frame}").expect("a string takes all");
            all
        })
    }
}

/// A WebSocket connection whose bytes the test writes itself.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

impl Raw {
    /// Connects and upgrades, with these further header lines.
    pub(crate) async fn upgrade(url: &str, headers: &str) -> (Self, String) {
        let host = url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await.expect("the server listens");
        let request = format!(
            "GET /api/ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = timeout(DEADLINE, stream.read_u8()).await.expect("in time").expect("an answer comes");
            head.push(byte);
        }
        (Self { stream }, String::from_utf8(head).expect("a head is ASCII"))
    }

    /// Reads all that the server sends until it ends the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset ends the connection as well as a close does.
        timeout(DEADLINE, self.stream.read_to_end(&mut rest)).await.expect("the server ends it in time").ok();
        rest
    }
}
