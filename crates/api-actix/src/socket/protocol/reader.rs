//! What the peer says, one message after the other.

use std::sync::Arc;

use actix_ws::AggregatedMessage as Message;
use metrics::counter;
use serde_json::Value;

use super::close_reason::Farewell;
use super::decoder::Breach;
use super::frames;
use super::requests::{self, Request, Unreadable};
use super::wire::Frame;
use crate::code::Code;
use crate::limits::{FrameLimiter, RetryAfter};
use crate::measures;
use crate::socket::connection::outbox::Outbox;

/// How many frames may be bad before the connection ends.
const MOST_BAD_FRAMES: u32 = 20;

/// Understands a peer, within its limits.
pub(crate) struct Reader {
    outbox: Arc<Outbox>,
    limiter: FrameLimiter,
    bad_frames: u32,
}

impl Reader {
    pub(crate) fn new(outbox: Arc<Outbox>, limiter: FrameLimiter) -> Self {
        Self { outbox, limiter, bad_frames: 0 }
    }

    /// What the session has to do because of a message. Whatever it need not know of is answered here;
    /// after the last message, the outbox has been told why it was the last.
    pub(crate) fn read(&mut self, message: Option<Result<Message, Breach>>) -> Option<Request> {
        match message {
            Some(Ok(Message::Text(text))) => {
                counter!("hexroom_socket_frames_in_total").increment(1);
                match requests::read(&text) {
                    Ok(request) if self.admits(&request) => return Some(request),
                    Ok(_) => {}
                    Err(unreadable) => self.refuse(&unreadable),
                }
            }
            Some(Ok(Message::Ping(payload))) => {
                if self.limiter.check().is_ok() {
                    self.outbox.push(Frame::pong(&payload));
                }
            }
            Some(Ok(Message::Pong(_))) => {}
            Some(Ok(Message::Close(reason))) => {
                self.outbox.finish_as_asked(reason.map(|reason| reason.code.into()));
            }
            Some(Ok(Message::Binary(_)) | Err(Breach)) => self.outbox.finish(Farewell::Protocol),
            None => self.outbox.abandon(),
        }
        None
    }

    /// Answers a frame that has no place here. Too many of them end the connection.
    pub(crate) fn refuse(&mut self, bad: &Unreadable) {
        measures::count_refusal(bad.code.as_str());
        self.outbox.push(frames::unreadable(bad));
        self.bad_frames += 1;
        if self.bad_frames > MOST_BAD_FRAMES {
            self.outbox.finish(Farewell::Protocol);
        }
    }

    /// Pongs are always heard: not to answer is what would end the connection.
    fn admits(&self, request: &Request) -> bool {
        let id = match request {
            Request::Pong => return true,
            Request::Hello(_) => None,
            Request::Command(command) => command.id(),
        };
        match self.limiter.check() {
            Ok(()) => true,
            Err(wait) => {
                self.outbox.push(too_often(id, wait));
                false
            }
        }
    }
}

/// The answer to what comes too often.
pub(crate) fn too_often(id: Option<&Value>, RetryAfter(wait): RetryAfter) -> Frame {
    let code = Code::RateLimited.as_str();
    measures::count_refusal(code);
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    frames::error(id, code, "That was too often. Wait a little before the next try.", Some(wait_ms))
}
