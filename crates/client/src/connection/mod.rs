//! The socket, kept up.

mod conversation;
mod driver;
mod errands;
mod frames;
mod link;
mod pause;
mod room_log;
mod unanswered;

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use conversation::Order;
use driver::Driver;
pub use frames::Position;
use unanswered::Outgoing;

use crate::{Client, Epoch, Error, Event, Message, Notice, Posted, RoomDetail, RoomId, UserId};

/// How many updates the program may leave untaken besides those that wait within.
const UNTAKEN: usize = 256;

/// How a connection is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Up to where the program has the logs of rooms, from an earlier run. It is shown what came after
    /// that, or gets the room loaded afresh where that is too much. Other rooms begin at their newest
    /// event.
    pub resume: Vec<Position>,
    /// The limit of the first pause before a lost connection is made again, where the server does not
    /// name one. It doubles with every try; the pause itself is a random part of it.
    pub first_pause: Duration,
    /// The limit that it does not grow beyond.
    pub longest_pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            resume: Vec::new(),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
        }
    }
}

/// Something that the program is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// The connection stands, for the first time or again. These are the account's rooms.
    Connected {
        /// The rooms. One that is new here begins at its `head_seq`; what lies before is its history.
        rooms: Vec<RoomStanding>,
    },
    /// The connection is lost, and will be made again. Messages may be sent all the same.
    Disconnected {
        /// Why, for people.
        reason: String,
        /// After how long.
        back_in: Duration,
    },
    /// The next event of its room.
    Event(Event),
    /// A room as it stands at `seq`, because it was just joined or too much was missed. It takes the
    /// place of all that the program knew of it; its next event is `seq + 1`.
    Loaded {
        /// The room with its members.
        room: Box<RoomDetail>,
        /// Its newest messages, oldest first. Earlier ones are in its history.
        messages: Vec<Message>,
        /// Where in its log.
        seq: i64,
    },
    /// The account is no longer in this room.
    Removed {
        /// The room.
        room_id: RoomId,
        /// Why: `not_a_member`, `banned` or `room_closed`.
        code: String,
    },
    /// A member is writing.
    Typing {
        /// The room.
        room_id: RoomId,
        /// Who.
        user_id: UserId,
    },
    /// A member has come or gone.
    Presence {
        /// The room.
        room_id: RoomId,
        /// Who.
        user_id: UserId,
        /// Whether they are there now.
        online: bool,
    },
    /// A member, maybe the account itself elsewhere, has read a room's log up to here.
    Read {
        /// The room.
        room_id: RoomId,
        /// Who.
        user_id: UserId,
        /// Up to where.
        seq: i64,
    },
    /// Something in the account's own affairs.
    Notice(Notice),
    /// The server does not want this connection back: the session was ended, say. Nothing follows.
    Ended {
        /// The socket's close code, if there was one.
        code: Option<u16>,
        /// Why, for people.
        reason: String,
    },
}

/// A room of the account at the moment of connecting.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomStanding {
    /// The room.
    pub room_id: RoomId,
    /// Which life of its log this is.
    pub epoch: Epoch,
    /// The newest event's seq.
    pub head_seq: i64,
    /// Up to where the account has read.
    pub read_seq: i64,
    /// How many messages by others lie above that.
    pub unread: i64,
    /// Whether the events that the program has missed follow.
    pub recovered: bool,
}

impl Client {
    /// Opens a connection, which lasts as long as its handle or one of its clones. Must be called
    /// within a tokio runtime.
    pub fn connect(&self, options: Options) -> (Connection, Updates) {
        let (orders, given) = mpsc::unbounded_channel();
        let (shown, updates) = mpsc::channel(UNTAKEN);
        tokio::spawn(Driver::new(self.clone(), options, given, shown).run());
        (Connection { orders }, Updates { updates })
    }
}

/// A handle to a connection that is kept up: lost, it comes back, resumes where it was and posts what
/// was not acknowledged. Messages are edited and deleted by the calls of [`Client`].
#[derive(Debug, Clone)]
pub struct Connection {
    orders: mpsc::UnboundedSender<Order>,
}

impl Connection {
    /// Posts a message, also while the connection is lost: it then goes out first thing. It is posted
    /// once, and after those sent to the same room before it. The message is on its way whether or not
    /// the answer is awaited.
    pub fn send(&self, room_id: &RoomId, body: impl Into<String>) -> Sending {
        self.send_as(room_id, Uuid::now_v7().to_string(), body)
    }

    /// Posts a message under an id of the program's own, 1 to 64 printable ASCII characters. Under the
    /// same id it is posted once, also from another run of the program.
    pub fn send_as(
        &self,
        room_id: &RoomId,
        client_message_id: impl Into<String>,
        body: impl Into<String>,
    ) -> Sending {
        let client_message_id = client_message_id.into();
        let (answer, awaited) = oneshot::channel();
        let (room_id, body) = (room_id.clone(), body.into());
        // If nobody takes the order, its answer is never given, and that is told as the end.
        self.orders
            .send(Order::Send(Outgoing {
                room_id,
                client_message_id: client_message_id.clone(),
                body,
                answer,
            }))
            .ok();
        Sending { client_message_id, awaited }
    }

    /// Marks a room's log as read up to a seq. The mark only moves up.
    pub fn mark_read(&self, room_id: &RoomId, seq: i64) {
        self.orders.send(Order::MarkRead(room_id.clone(), seq)).ok();
    }

    /// Lets the others in a room know that the account is writing.
    pub fn type_in(&self, room_id: &RoomId) {
        self.orders.send(Order::Type(room_id.clone())).ok();
    }
}

/// A message on its way. Awaiting it gives its place in the room's log, once that is durable.
#[derive(Debug)]
pub struct Sending {
    client_message_id: String,
    awaited: oneshot::Receiver<Result<Posted, Error>>,
}

impl Sending {
    /// The id by which the message's own event can be told.
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

/// What the program is shown. Take it steadily: whoever leaves hundreds untaken is not read for, and
/// sent messages are not acknowledged meanwhile. A program that wants none of it drops this.
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
