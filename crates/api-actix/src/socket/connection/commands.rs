//! What clients ask for, handed to the use cases.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use domain::use_cases::Reacted;
use domain::{Denial, Epoch, MessageId, OpaqueToken, Refusal, RoomId, Seq};
use futures_util::FutureExt;
use serde_json::Value;
use tokio::time::Instant;

use super::opening::{Head, Start};
use super::pipeline::{Execute, Execution};
use super::session::{Session, Stopped, authenticate, close_reason};
use crate::buckets::RetryAfter;
use crate::counted_calls::CountedCalls;
use crate::failure_log::log_failure;
use crate::metrics;
use crate::problem::{UNAVAILABLE_FOR_SECONDS, code_and_detail};
use crate::socket::delivery::sink::FrameSink;
use crate::socket::protocol::client_frames::{Command, Named};
use crate::socket::protocol::close_reason::CloseReason;
use crate::socket::protocol::reader::too_often;
use crate::socket::protocol::server_frames::{self, Ack};
use crate::socket::protocol::wire::Frame;

/// A member is shown as typing at most so often in each room.
const TYPING_INTERVAL: Duration = Duration::from_secs(2);

impl Execute for Session {
    fn execute(self: Rc<Self>, command: Command) -> Execution {
        async move { self.answer(command).await }.boxed_local()
    }
}

impl Session {
    /// Executes a command and comes to its answer, if it gets one. Dropped before its end, it may leave a
    /// commit without its publishing.
    async fn answer(&self, command: Command) -> Option<Frame> {
        let id = command.id().cloned();
        if let Err(wait) = self.admit(&command) {
            return Some(too_often(id.as_ref(), wait));
        }
        // A panic ends the command alone: others of this connection are under way.
        let outcome = AssertUnwindSafe(self.dispatch(command)).catch_unwind().await;
        match outcome.unwrap_or_else(|_| Err(Refusal::Internal("a command panicked".into()).into())) {
            // Only commands with an id are acknowledged.
            Ok(ack) => Some(server_frames::ack(&id?, &ack?)),
            Err(Stopped::Ended) => None,
            Err(Stopped::Refused(refusal)) => Some(refused(id.as_ref(), &refusal)),
        }
    }

    /// Commands count against the account, together with the calls that do the same.
    fn admit(&self, command: &Command) -> Result<(), RetryAfter> {
        let calls = match command {
            Command::Send { .. } | Command::React { .. } | Command::Edit { .. } | Command::Delete { .. } => {
                CountedCalls::Messages
            }
            Command::Read { .. } => CountedCalls::ReadMarks,
            Command::Typing { .. } => CountedCalls::Typing,
            Command::Sync { .. } => CountedCalls::History,
            Command::Auth { .. } => CountedCalls::Changes,
        };
        self.limits.call_by(calls, &self.subscriber.user_id)
    }

    async fn dispatch(&self, command: Command) -> Result<Option<Ack>, Stopped> {
        let hexroom = &self.api.hexroom;
        let user_id = self.subscriber.user_id.clone();
        match command {
            Command::Send { room_id, client_message_id, body, reply_to, .. } => {
                let room_id = room_id.known_or(Denial::RoomNotFound)?;
                // A member who goes on typing after this is shown so at once.
                self.typed_at.borrow_mut().remove(&room_id);
                let reply_to = reply_to.map(|id| id.or_nil(MessageId));
                let posted =
                    hexroom.post_message(room_id, user_id, client_message_id.0, body.0, reply_to).await?;
                let (seq, duplicate) = (posted.seq, posted.duplicate);
                Ok(Some(Ack { room_id, seq, message_id: Some(posted.message_id), duplicate }))
            }
            Command::React { room_id, message_id, emoji, on, .. } => {
                let room_id = room_id.known_or(Denial::RoomNotFound)?;
                let message_id = message_id.or_nil(MessageId);
                let Reacted { seq, duplicate } =
                    hexroom.react(room_id, user_id, message_id, emoji.0, on).await?;
                Ok(Some(Ack { room_id, seq, message_id: Some(message_id), duplicate }))
            }
            Command::Edit { room_id, message_id, body, .. } => {
                let room_id = room_id.known_or(Denial::RoomNotFound)?;
                let message_id = message_id.or_nil(MessageId);
                let changed = hexroom.edit_message(room_id, user_id, message_id, body.0).await?;
                let (seq, duplicate) = (changed.seq, changed.duplicate);
                Ok(Some(Ack { room_id, seq, message_id: Some(message_id), duplicate }))
            }
            Command::Delete { room_id, message_id, .. } => {
                let room_id = room_id.known_or(Denial::RoomNotFound)?;
                let message_id = message_id.or_nil(MessageId);
                let changed = hexroom.delete_message(room_id, user_id, message_id).await?;
                let (seq, duplicate) = (changed.seq, changed.duplicate);
                Ok(Some(Ack { room_id, seq, message_id: Some(message_id), duplicate }))
            }
            Command::Read { room_id, seq } => {
                let room_id = room_id.known_or(Denial::RoomNotFound)?;
                hexroom.mark_read(room_id, user_id, seq.0).await?;
                Ok(None)
            }
            Command::Typing { room_id, on } => {
                self.type_in(room_id.known_or(Denial::RoomNotFound)?, on).await
            }
            Command::Sync { room_id, epoch, since, .. } => {
                self.sync(room_id.known_or(Denial::RoomNotFound)?, &epoch, since.0).await.map(Some)
            }
            Command::Auth { token } => self.renew(token.0).await.map(|()| None),
        }
    }

    async fn type_in(&self, room_id: RoomId, on: bool) -> Result<Option<Ack>, Stopped> {
        if !self.subscriber.is_in(room_id) {
            let user_id = self.subscriber.user_id.clone();
            self.hub().rooms.standing(room_id, user_id).await?.admit()?;
            return Ok(None);
        }
        let now = Instant::now();
        let is_due = {
            let mut typed_at = self.typed_at.borrow_mut();
            typed_at.retain(|_, at| now - *at < TYPING_INTERVAL);
            if on {
                let is_due = !typed_at.contains_key(&room_id);
                typed_at.entry(room_id).or_insert(now);
                is_due
            } else {
                typed_at.remove(&room_id);
                true
            }
        };
        if is_due {
            self.hub().announce_typing(room_id, &self.subscriber.user_id, on).await;
        }
        Ok(None)
    }

    /// Sends again what the room's log has beyond `since`, and then goes on live from there. What
    /// is announced meanwhile is part of that, so it does not come a second time.
    async fn sync(&self, room_id: RoomId, epoch: &Named<Epoch>, since: Seq) -> Result<Ack, Stopped> {
        let viewer = Some(self.subscriber.user_id.clone());
        // Asked before the connection stops being live, so that a refusal leaves it as it was.
        let room = self.hub().rooms.log(room_id, viewer, since, 1).await?.room;
        let feed = self.hub().enter_room(&self.subscriber, room_id).await;
        let head = Head { epoch: room.epoch, seq: room.head_seq };
        match self.start(&feed, head, Start::after(head, epoch, since)).await {
            Ok(seq) => Ok(Ack { room_id, seq, message_id: None, duplicate: false }),
            Err(Stopped::Refused(Refusal::Denied(denial))) => {
                self.lose(&feed, &denial).await;
                Err(denial.into())
            }
            Err(Stopped::Refused(refusal)) => {
                // It is behind now and cannot catch up here; it resumes when it comes back.
                self.outbox.finish(close_reason(&refusal));
                Err(Stopped::Ended)
            }
            Err(Stopped::Ended) => Err(Stopped::Ended),
        }
    }

    async fn renew(&self, token: OpaqueToken) -> Result<(), Stopped> {
        match authenticate(&self.api, token).await {
            Ok(caller)
                if caller.account.user_id == self.subscriber.user_id
                    && caller.session.id == self.subscriber.session_id =>
            {
                self.subscriber.heartbeat.renew(caller.token_expires_at);
                self.hub().watch_heartbeat(&self.subscriber);
                Ok(())
            }
            Ok(_) => {
                self.outbox.finish(CloseReason::BadToken);
                Err(Stopped::Ended)
            }
            // The token in force still holds; a store that does not answer is no reason to go.
            Err(CloseReason::Unavailable) => {
                Err(Refusal::Unavailable("a token could not be checked".into()).into())
            }
            Err(reason) => {
                self.outbox.finish(reason);
                Err(Stopped::Ended)
            }
        }
    }
}

fn refused(id: Option<&Value>, refusal: &Refusal) -> Frame {
    log_failure(refusal);
    let (code, detail) = code_and_detail(refusal);
    metrics::count_refusal(code);
    let retry_after_ms =
        matches!(refusal, Refusal::Unavailable(_)).then_some(UNAVAILABLE_FOR_SECONDS * 1_000);
    server_frames::error(id, code, &detail, retry_after_ms)
}
