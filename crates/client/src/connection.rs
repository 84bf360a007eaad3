//! A socket that reconnects.

mod background;
mod backoff;
mod conversation;
mod driver;
mod frames;
mod options;
mod room_log;
mod transport;
mod unanswered;
mod update;

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use conversation::Command;
use driver::Driver;
pub use frames::ResumePoint;
pub use options::Options;
use unanswered::Outgoing;
pub use update::{RoomStanding, Update};

use crate::{Client, Error, MessageId, Posted, RoomId};

/// How many updates may wait for the program, besides those that wait in the connection.
const MOST_UPDATES: usize = 256;

impl Client {
    /// Opens a connection, which lasts as long as its handle or one of its clones. Must be called
    /// within a tokio runtime.
    pub fn connect(&self, options: Options) -> (Connection, Updates) {
        let (commands, queued) = mpsc::unbounded_channel();
        let (shown, updates) = mpsc::channel(MOST_UPDATES);
        tokio::spawn(Driver::new(self.clone(), options, queued, shown).run());
        (Connection { commands }, Updates { updates })
    }
}

/// A handle to a connection that is kept alive: when it is lost, it reconnects, resumes where it was
/// and posts what was not acknowledged. Messages are edited and deleted by the calls of [`Client`].
#[derive(Debug, Clone)]
pub struct Connection {
    commands: mpsc::UnboundedSender<Command>,
}

impl Connection {
    /// Posts a message. While the connection is lost, it waits for the next one. It is posted
    /// once, and after those sent to the same room before it, whether or not the answer is awaited.
    pub fn send(&self, room_id: &RoomId, body: impl Into<String>) -> Sending {
        self.send_as(room_id, Uuid::now_v7().to_string(), body)
    }

    /// Posts a message under an id of the program's own, 1 to 64 printable ASCII characters. Under the
    /// same id it is posted once, even from another run of the program.
    pub fn send_as(
        &self,
        room_id: &RoomId,
        client_message_id: impl Into<String>,
        body: impl Into<String>,
    ) -> Sending {
        self.post(room_id, client_message_id.into(), body.into(), None)
    }

    /// Posts a message like [`send`](Self::send), which replies to another one of the room.
    pub fn reply(&self, room_id: &RoomId, original: &MessageId, body: impl Into<String>) -> Sending {
        self.reply_as(room_id, original, Uuid::now_v7().to_string(), body)
    }

    /// Posts a message like [`send_as`](Self::send_as), which replies to another one of the room.
    pub fn reply_as(
        &self,
        room_id: &RoomId,
        original: &MessageId,
        client_message_id: impl Into<String>,
        body: impl Into<String>,
    ) -> Sending {
        self.post(room_id, client_message_id.into(), body.into(), Some(original.clone()))
    }

    fn post(
        &self,
        room_id: &RoomId,
        client_message_id: String,
        body: String,
        reply_to: Option<MessageId>,
    ) -> Sending {
        let (answer, awaited) = oneshot::channel();
        let room_id = room_id.clone();
        // If nobody takes the command, its answer is never given, and the caller learns that it has ended.
        self.commands
            .send(Command::Send(Outgoing {
                room_id,
                client_message_id: client_message_id.clone(),
                body,
                reply_to,
                answer,
            }))
            .ok();
        Sending { client_message_id, awaited }
    }

    /// Marks a room's log as read up to a seq. The mark only moves up.
    pub fn mark_read(&self, room_id: &RoomId, seq: i64) {
        self.commands.send(Command::MarkRead(room_id.clone(), seq)).ok();
    }

    /// Tells the others in a room that the account is typing. They show it for a few seconds, so say it again
    /// meanwhile.
    pub fn send_typing(&self, room_id: &RoomId) {
        self.commands.send(Command::Type { room_id: room_id.clone(), on: true }).ok();
    }

    /// Tells them that it has stopped without sending anything.
    pub fn stop_typing(&self, room_id: &RoomId) {
        self.commands.send(Command::Type { room_id: room_id.clone(), on: false }).ok();
    }
}

/// A message on its way. Awaiting it gives its place in the room's log, once that is durable.
#[derive(Debug)]
pub struct Sending {
    client_message_id: String,
    awaited: oneshot::Receiver<Result<Posted, Error>>,
}

impl Sending {
    /// The id by which the message's own event can be recognised.
    pub fn client_message_id(&self) -> &str {
        &self.client_message_id
    }
}

impl Future for Sending {
    type Output = Result<Posted, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.awaited).poll(context).map(|answered| answered.unwrap_or(Err(Error::Ended)))
    }
}

/// The updates for the program. Take them steadily: while hundreds wait, nothing is read from the server
/// and sent messages are not acknowledged. A program that wants no updates drops this.
#[derive(Debug)]
pub struct Updates {
    updates: mpsc::Receiver<Update>,
}

impl Updates {
    /// The next update; none after [`Update::Ended`], or once every handle is gone.
    pub async fn next(&mut self) -> Option<Update> {
        self.updates.recv().await
    }
}
