//! What the peer says, one frame after the other.

use std::sync::Arc;

use actix_web::error::PayloadError;
use actix_ws::{AggregatedMessage, AggregatedMessageStream, ProtocolError};
use futures_util::StreamExt;
use metrics::counter;
use serde_json::Value;

use super::close::Farewell;
use super::frames;
use super::outbox::Outbox;
use super::requests::{self, Request, Unreadable};
use super::wire::Frame;
use crate::code::Code;
use crate::limits::{FrameLimiter, RetryAfter};
use crate::measures;

/// How many frames may be bad before the connection ends.
const MOST_BAD_FRAMES: u32 = 20;

/// The incoming half of a connection.
pub(super) struct Reader {
    stream: AggregatedMessageStream,
    outbox: Arc<Outbox>,
    limiter: FrameLimiter,
    bad_frames: u32,
}

impl Reader {
    pub(super) fn new(stream: AggregatedMessageStream, outbox: Arc<Outbox>, limiter: FrameLimiter) -> Self {
        Self { stream, outbox, limiter, bad_frames: 0 }
    }

    /// The next frame that can be read and comes within the limits. Whatever else the peer sends is
    /// answered here; after the last frame, the outbox has been told why it was the last.
    pub(super) async fn next(&mut self) -> Option<Request> {
        loop {
            match self.stream.next().await {
                Some(Ok(AggregatedMessage::Text(text))) => {
                    counter!("hexroom_socket_frames_in_total").increment(1);
                    match requests::read(&text) {
                        Ok(request) if self.admits(&request) => return Some(request),
                        Ok(_) => {}
                        Err(unreadable) => self.refuse(&unreadable)?,
                    }
                }
                Some(Ok(AggregatedMessage::Ping(payload))) => {
                    if self.limiter.check().is_ok() {
                        self.outbox.push(Frame::pong(&payload));
                    }
                }
                Some(Ok(AggregatedMessage::Pong(_))) => {}
                Some(Ok(AggregatedMessage::Close(reason))) => {
                    self.outbox.finish_as_asked(reason.map(|reason| reason.code.into()));
                    return None;
                }
                Some(Ok(AggregatedMessage::Binary(_))) => {
                    self.outbox.finish(Farewell::Protocol);
                    return None;
                }
                Some(Err(error)) if !is_disconnect(&error) => {
                    self.outbox.finish(Farewell::Protocol);
                    return None;
                }
                Some(Err(_)) | None => {
                    self.outbox.abandon();
                    return None;
                }
            }
        }
    }

    /// Answers a frame that has no place here. Too many of them end the connection.
    pub(super) fn refuse(&mut self, bad: &Unreadable) -> Option<()> {
        measures::count_refusal(bad.code);
        self.outbox.push(frames::error(bad.id.as_ref(), bad.code, &bad.detail, None));
        self.bad_frames += 1;
        if self.bad_frames > MOST_BAD_FRAMES {
            self.outbox.finish(Farewell::Protocol);
            return None;
        }
        Some(())
    }

    /// Pongs are always heard: not to answer is what would end the connection.
    fn admits(&self, request: &Request) -> bool {
        let id = match request {
            Request::Pong => return true,
            Request::Hello { .. } => None,
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
pub(super) fn too_often(id: Option<&Value>, RetryAfter(wait): RetryAfter) -> Frame {
    let code = Code::RateLimited.as_str();
    measures::count_refusal(code);
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    frames::error(id, code, "That was too often. Wait a little before the next try.", Some(wait_ms))
}

/// Whether the peer has vanished, as opposed to having said something wrong.
fn is_disconnect(error: &ProtocolError) -> bool {
    let ProtocolError::Io(error) = error else { return false };
    let payload_error = error.get_ref().and_then(|inner| inner.downcast_ref::<PayloadError>());
    matches!(payload_error, Some(PayloadError::Incomplete(_) | PayloadError::Io(_)))
}
