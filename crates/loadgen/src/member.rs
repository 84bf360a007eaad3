//! One member of a room, with a socket.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::Write;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use client::{Client, ExposeSecret, RoomId, Window};
use serde_json::json;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::client_ids::ClientIds;
use crate::page::PageRequest;
use crate::received::{self, Received};
use crate::socket::{self, ResumePoint};
use crate::socket_writer::SocketWriter;
use crate::tally::{Step, Tally};
use crate::wire::{self, Frame, Writer};
use crate::{Failure, target::Target};

/// How much is read at once.
const READ_AT_ONCE: usize = 64 * 1024;

/// After this many refusals in a row a member gives up.
const TRIES: u32 = 50;

/// A member reconnects after this time, or up to twice that.
const RECONNECT_AFTER: Duration = Duration::from_millis(100);

/// The receive buffer of members that will stop reading, in bytes.
const SLOW_RECEIVE_BUFFER: u32 = 8 * 1024;

const PONG: &[u8] = br#"{"type":"pong"}"#;

/// What all members of a run share. Everything happens on one thread.
#[derive(Debug)]
pub(crate) struct RunState {
    began: Cell<Instant>,
    pub(crate) tally: RefCell<Tally>,
    pub(crate) failure: RefCell<Option<Failure>>,
    writer: RefCell<Writer>,
    buffer: RefCell<Vec<u8>>,
    body: String,
    client_ids: ClientIds,
}

impl RunState {
    /// Messages will have a body of this many bytes.
    pub(crate) fn new(body: usize, client_ids: ClientIds) -> Self {
        Self {
            began: Cell::new(Instant::now()),
            tally: RefCell::new(Tally::new(0, 0, &[], client_ids)),
            failure: RefCell::default(),
            writer: RefCell::default(),
            buffer: RefCell::new(vec![0; READ_AT_ONCE]),
            body: "As it was said. ".chars().cycle().take(body.max(1)).collect(),
            client_ids,
        }
    }

    /// Begins a run of so many messages, with its phases.
    pub(crate) fn begin(&self, run: u32, total: u32, phases: &[Duration]) {
        self.tally.replace(Tally::new(run, total, phases, self.client_ids));
        self.began.set(Instant::now());
    }

    /// The time since the run began.
    pub(crate) fn now(&self) -> Duration {
        self.began.get().elapsed()
    }
}

/// A member of a room.
#[derive(Debug)]
pub(crate) struct Member {
    client: Client,
    room_id: RoomId,
    /// Index of the room.
    pub(crate) room: usize,
    /// Whether the others' messages wait for it to be shown them; a slow reader's do not.
    pub(crate) is_prompt: bool,
    epoch: RefCell<String>,
    last: Cell<i64>,
    /// The same when the run began.
    last_before: Cell<i64>,
    socket_writer: RefCell<Option<Rc<SocketWriter>>>,
    unanswered: RefCell<VecDeque<u32>>,
    /// Stretches of the log that a reset left out: from behind the first seq up to the second.
    skipped: RefCell<Vec<(i64, i64)>>,
    is_paused: Cell<bool>,
    resumed: Notify,
}

/// A socket as its member's task holds it.
pub(crate) struct Connection {
    reading: OwnedReadHalf,
    rest: Vec<u8>,
}

impl Member {
    pub(crate) fn new(client: Client, room: usize, room_id: RoomId, is_prompt: bool) -> Self {
        Self {
            client,
            room_id,
            room,
            is_prompt,
            epoch: RefCell::default(),
            last: Cell::new(0),
            last_before: Cell::new(0),
            socket_writer: RefCell::default(),
            unanswered: RefCell::default(),
            skipped: RefCell::default(),
            is_paused: Cell::new(false),
            resumed: Notify::new(),
        }
    }

    /// The newest event that it was shown.
    pub(crate) fn last(&self) -> i64 {
        self.last.get()
    }

    /// Asks for the room's newest page of history.
    pub(crate) fn newest_page(&self) -> PageRequest {
        PageRequest::new(&self.client, &self.room_id, "")
    }

    /// The places behind the first of which, up to the second, it was shown the events of this run.
    pub(crate) fn places(&self) -> (i64, i64) {
        (self.last_before.get(), self.last.get())
    }

    /// Connects for the first time, at the head of the room's log.
    pub(crate) async fn connect(&self, target: &Target) -> Result<Connection, Failure> {
        let connection = self
            .open(target, false)
            .await
            .map_err(|error| Failure::because("a socket was refused", error))?;
        Ok(connection)
    }

    /// Stops reading, until told otherwise.
    pub(crate) fn pause(&self) {
        self.is_paused.set(true);
    }

    /// Reads again.
    pub(crate) fn resume(&self) {
        self.is_paused.set(false);
        self.resumed.notify_one();
    }

    /// Renews the token, on the socket too, if it does not last for `lasting`.
    pub(crate) async fn keep_signed_in(&self, lasting: Duration) -> Result<(), Failure> {
        let expires_at = self.client.tokens().borrow().access_token_expires_at;
        let remaining =
            Duration::try_from(expires_at.duration_since(client::Timestamp::now())).unwrap_or_default();
        if remaining < lasting {
            self.client.refresh().await?;
            let token = self.client.tokens().borrow().access_token.clone();
            let auth = json!({"type": "auth", "token": token.expose_secret()}).to_string();
            self.write(Writer::default().frame(|text| text.extend_from_slice(auth.as_bytes())));
        }
        Ok(())
    }

    /// Writes a message. If the socket is lost, it is written to the next one.
    pub(crate) fn send(&self, state: &RunState, number: u32) {
        self.unanswered.borrow_mut().push_back(number);
        self.write_message(state, number);
    }

    /// Begins another run, and forgets what the last one left unanswered.
    pub(crate) fn begin(&self) {
        self.unanswered.borrow_mut().clear();
        self.last_before.set(self.last.get());
    }

    /// Reads and answers until the end, and reconnects whenever the server closes the socket.
    pub(crate) async fn run(
        self: Rc<Self>,
        mut connection: Connection,
        state: Rc<RunState>,
        target: Rc<Target>,
    ) {
        loop {
            if let Err(failure) = self.serve(&mut connection, &state).await {
                state.failure.borrow_mut().get_or_insert(failure);
                return;
            }
            self.socket_writer.take();
            state.tally.borrow_mut().note_close();
            match self.reconnect(&target).await {
                Ok(new) => connection = new,
                Err(failure) => {
                    state.failure.borrow_mut().get_or_insert(failure);
                    return;
                }
            }
            let unanswered: Vec<_> = self.unanswered.borrow().iter().copied().collect();
            for number in unanswered {
                self.write_message(&state, number);
            }
        }
    }

    async fn reconnect(&self, target: &Target) -> Result<Connection, Failure> {
        let mut tries = 0;
        loop {
            sleep(RECONNECT_AFTER.mul_f64(1.0 + fastrand::f64())).await;
            match self.open(target, true).await {
                Ok(connection) => return Ok(connection),
                Err(socket::Refusal::Closed(4004)) => self.client.refresh().await?,
                Err(error) if tries == TRIES => {
                    return Err(Failure::because("a socket cannot reconnect", error));
                }
                Err(_) => tries += 1,
            }
        }
    }

    async fn open(&self, target: &Target, is_resuming: bool) -> Result<Connection, socket::Refusal> {
        let token = self.client.tokens().borrow().access_token.clone();
        let resume_at = ResumePoint {
            room_id: self.room_id.to_string(),
            epoch: self.epoch.borrow().clone(),
            seq: self.last.get(),
        };
        let receive_buffer = (!self.is_prompt).then_some(SLOW_RECEIVE_BUFFER);
        let socket = socket::open(target.address, &token, &resume_at, is_resuming, receive_buffer).await?;
        if !is_resuming {
            self.last.set(socket.standing.head_seq);
        }
        *self.epoch.borrow_mut() = socket.standing.epoch;
        let (reading, half) = socket.stream.into_split();
        *self.socket_writer.borrow_mut() = Some(Rc::new(SocketWriter::new(half)));
        Ok(Connection { reading, rest: socket.rest })
    }

    /// Reads and answers until the server closes the socket.
    async fn serve(&self, connection: &mut Connection, state: &RunState) -> Result<(), Failure> {
        let Connection { reading, rest } = connection;
        self.consume(&[], rest, state)?;
        while poll_fn(|context| self.poll_read(context, reading, rest, state)).await? {
            if self.is_paused.get() {
                self.resumed.notified().await;
            }
        }
        Ok(())
    }

    /// Reads and handles what is available; false at the end. The buffer is shared, so it is not held
    /// while waiting.
    fn poll_read(
        &self,
        context: &mut Context<'_>,
        reading: &mut OwnedReadHalf,
        rest: &mut Vec<u8>,
        state: &RunState,
    ) -> Poll<Result<bool, Failure>> {
        let mut buffer = state.buffer.borrow_mut();
        let mut buffer = ReadBuf::new(&mut buffer);
        match Pin::new(reading).poll_read(context, &mut buffer) {
            Poll::Pending => Poll::Pending,
            // A connection that was reset has ended like any other.
            Poll::Ready(Err(_)) => Poll::Ready(Ok(false)),
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => Poll::Ready(Ok(false)),
            Poll::Ready(Ok(())) => Poll::Ready(self.consume(buffer.filled(), rest, state).map(|()| true)),
        }
    }

    /// Handles the complete frames among the bytes received, and keeps the rest.
    fn consume(&self, came: &[u8], rest: &mut Vec<u8>, state: &RunState) -> Result<(), Failure> {
        let now = state.now();
        if rest.is_empty() {
            let mut bytes = came;
            self.handle_frames(&mut bytes, state, now)?;
            rest.extend_from_slice(bytes);
        } else {
            rest.extend_from_slice(came);
            let mut bytes = &rest[..];
            self.handle_frames(&mut bytes, state, now)?;
            let taken = rest.len() - bytes.len();
            rest.drain(..taken);
        }
        Ok(())
    }

    fn handle_frames(&self, bytes: &mut &[u8], state: &RunState, now: Duration) -> Result<(), Failure> {
        while let Some(frame) = wire::take(bytes)? {
            if let Frame::Text(text) = frame {
                self.handle(received::read(text), state, now);
            }
        }
        Ok(())
    }

    fn handle(&self, heard: Received<'_>, state: &RunState, now: Duration) {
        match heard {
            Received::Event { room_id, .. } if room_id != self.room_id.as_str().as_bytes() => {
                state.tally.borrow_mut().note_stray();
            }
            Received::Event { seq, message, .. } => {
                let step = Step::from(self.last.get(), seq);
                let mut tally = state.tally.borrow_mut();
                tally.note(step);
                if step != Step::Repeat {
                    self.last.set(seq);
                    if let Some(message) = message.filter(|_| self.is_prompt) {
                        tally.show(message, seq, now);
                    }
                }
            }
            Received::Ack { number } => {
                self.answered(number);
                state.tally.borrow_mut().acknowledge(number, now);
            }
            Received::Refused { number, code } => {
                self.answered(number);
                state.tally.borrow_mut().refuse(number, code);
            }
            Received::Reset { head } => {
                state.tally.borrow_mut().note_reset();
                self.skipped.borrow_mut().push((self.last.replace(head), head));
            }
            Received::Ping => {
                self.write(state.writer.borrow_mut().frame(|text| text.extend_from_slice(PONG)));
            }
            Received::Other => {}
        }
    }

    fn answered(&self, number: u32) {
        let mut unanswered = self.unanswered.borrow_mut();
        if let Some(index) = unanswered.iter().position(|other| *other == number) {
            unanswered.remove(index);
        }
    }

    fn write_message(&self, state: &RunState, number: u32) {
        let client_id = state.tally.borrow().client_id(number);
        let mut writer = state.writer.borrow_mut();
        self.write(writer.frame(|text| {
            let (room_id, body) = (&self.room_id, &state.body);
            write!(
                text,
                r#"{{"type":"send","id":{number},"roomId":"{room_id}","clientMessageId":"{client_id}","body":"{body}"}}"#
            )
            .expect("a vector takes all");
        }));
    }

    fn write(&self, frame: &[u8]) {
        if let Some(socket_writer) = &*self.socket_writer.borrow() {
            socket_writer.write(frame);
        }
    }

    /// Reads over HTTP what resets skipped, and returns how many messages are missing there too. Under
    /// load each event is a message.
    pub(crate) async fn read_skipped(&self) -> Result<u64, Failure> {
        let (skipped, mut missing) = (self.skipped.take(), 0);
        for (mut last, head) in skipped {
            while last < head {
                let page = self.client.history(&self.room_id, Window::After(last)).await?;
                let Some(newest) = page.items.last().map(|message| message.seq.min(head)) else { break };
                let there = page.items.iter().filter(|message| message.seq <= head).count();
                missing += (newest - last).unsigned_abs() - there as u64;
                last = newest;
            }
            missing += (head - last).unsigned_abs();
        }
        Ok(missing)
    }
}
