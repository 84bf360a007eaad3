//! Messages that the server has not acknowledged.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::frames::ClientFrame;
use crate::{Error, MessageId, Posted, Problem, RoomId};

/// When to try again what the server cannot take for the moment, if it does not say.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A message on its way.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) room_id: RoomId,
    pub(super) client_message_id: String,
    pub(super) body: String,
    pub(super) reply_to: Option<MessageId>,
    pub(super) answer: oneshot::Sender<Result<Posted, Error>>,
}

impl Outgoing {
    /// Answers the sender, if it still waits.
    pub(super) fn answer(self, outcome: Result<Posted, Error>) {
        self.answer.send(outcome).ok();
    }
}

/// A message and the id under which it is sent. The client message id would not do: the program may
/// use it twice.
#[derive(Debug)]
struct Numbered {
    id: String,
    outgoing: Outgoing,
}

/// A queue for each room. Only its first message is sent: if there were more, one that is refused
/// for the moment would be overtaken by those behind it.
#[derive(Debug, Default)]
pub(super) struct Unanswered {
    queues: HashMap<RoomId, VecDeque<Numbered>>,
    retries: HashMap<RoomId, Instant>,
    pushed: u64,
}

impl Unanswered {
    /// Queues a message. Returns whether it is the first of its room.
    pub(super) fn push(&mut self, outgoing: Outgoing) -> bool {
        self.pushed += 1;
        let queue = self.queues.entry(outgoing.room_id.clone()).or_default();
        queue.push_back(Numbered { id: format!("m{}", self.pushed), outgoing });
        queue.len() == 1
    }

    /// The rooms in which something is to be posted.
    pub(super) fn rooms(&self) -> Vec<RoomId> {
        self.queues.keys().cloned().collect()
    }

    /// The frame that posts the room's first message. One that would be longer than `most` bytes is
    /// answered instead, for it would end the connection.
    pub(super) fn first_frame(&mut self, room_id: &RoomId, most: usize) -> Option<String> {
        self.retries.remove(room_id);
        loop {
            let Numbered { id, outgoing } = self.queues.get(room_id)?.front()?;
            let Outgoing { client_message_id, body, reply_to, .. } = outgoing;
            let reply_to = reply_to.as_ref();
            let frame = ClientFrame::Send { id, room_id, client_message_id, body, reply_to };
            let text = frame.text();
            if text.len() <= most {
                return Some(text);
            }
            self.answer_first(room_id, Err(Error::TooLong));
        }
    }

    /// The server has answered under this id. Returns the room whose next message may be sent, if it was
    /// a message's id.
    pub(super) fn answer(&mut self, id: &str, outcome: Result<Posted, Error>) -> Option<RoomId> {
        let room_id = self.room_of(id)?;
        self.answer_first(&room_id, outcome);
        Some(room_id)
    }

    /// The server has refused what it was asked under this id. What it cannot take for the moment is
    /// tried again later. Returns the room whose next message may be sent.
    pub(super) fn refuse(&mut self, id: &str, problem: Problem, now: Instant) -> Option<RoomId> {
        if !matches!(problem.code.as_str(), "rate_limited" | "unavailable") {
            return self.answer(id, Err(problem.into()));
        }
        let room_id = self.room_of(id)?;
        self.retries.insert(room_id, now + problem.retry_after.unwrap_or(RETRY_AFTER));
        None
    }

    /// The connection is lost: everything is sent again as soon as there is another one.
    pub(super) fn lose_connection(&mut self) {
        self.retries.clear();
    }

    /// When the next message is to be tried again.
    pub(super) fn next_retry(&self) -> Option<Instant> {
        self.retries.values().min().copied()
    }

    /// The rooms whose first message is to be tried again by now.
    pub(super) fn due(&self, now: Instant) -> Vec<RoomId> {
        self.retries.iter().filter(|(_, at)| **at <= now).map(|(room_id, _)| room_id.clone()).collect()
    }

    fn room_of(&self, id: &str) -> Option<RoomId> {
        let is_first = |queue: &VecDeque<Numbered>| queue.front().is_some_and(|first| first.id == id);
        self.queues.iter().find(|(_, queue)| is_first(queue)).map(|(room_id, _)| room_id.clone())
    }

    fn answer_first(&mut self, room_id: &RoomId, outcome: Result<Posted, Error>) {
        let Some(queue) = self.queues.get_mut(room_id) else { return };
        if let Some(first) = queue.pop_front() {
            first.outgoing.answer(outcome);
        }
        if queue.is_empty() {
            self.queues.remove(room_id);
        }
    }
}
