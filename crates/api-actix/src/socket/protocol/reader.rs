//! A peer's bytes, read as what it asks for.

use ::metrics::counter;
use actix_ws::AggregatedMessage as Message;
use serde_json::Value;

use super::client_frames::{self, Request, Unreadable};
use super::decoder::{Breach, Decoder};
use super::server_frames;
use super::wire::Frame;
use crate::buckets::RetryAfter;
use crate::limiter::FrameLimiter;
use crate::metrics;
use crate::refusal_code::Code;

/// How many frames may be bad before the connection ends.
const MOST_BAD_FRAMES: u32 = 20;

/// What came in.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// Something for the connection to do.
    Request(Request),
    /// Something that needs a reply alone.
    Reply(Reply),
}

/// How the server replies to what asks for nothing else.
#[derive(Debug)]
pub(crate) enum Reply {
    /// By this frame.
    Answer(Frame),
    /// By ending the connection, because the peer breaks the protocol; first by an answer, if there is one.
    Breach(Option<Frame>),
    /// By a close frame with the same code as the peer's own.
    Close(Option<u16>),
}

/// Understands one peer, within its limits.
pub(crate) struct Reader {
    decoder: Decoder,
    limiter: FrameLimiter,
    bad_frames: u32,
}

impl Reader {
    pub(crate) fn new(limiter: FrameLimiter) -> Self {
        Self { decoder: Decoder::default(), limiter, bad_frames: 0 }
    }

    /// Adds bytes behind those that were added before.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.decoder.add(bytes);
    }

    /// What comes next, if enough was added.
    pub(crate) fn next(&mut self) -> Option<Incoming> {
        loop {
            match self.decoder.next() {
                Ok(Some(Message::Text(text))) => {
                    counter!("hexroom_socket_frames_in_total").increment(1);
                    return Some(self.read(&text));
                }
                Ok(Some(Message::Ping(payload))) => {
                    if self.limiter.check().is_ok() {
                        return Some(Incoming::Reply(Reply::Answer(Frame::pong(&payload))));
                    }
                }
                Ok(Some(Message::Pong(_))) => {}
                Ok(Some(Message::Close(reason))) => {
                    let code = reason.map(|reason| reason.code.into());
                    return Some(Incoming::Reply(Reply::Close(code)));
                }
                Ok(Some(Message::Binary(_))) | Err(Breach) => {
                    return Some(Incoming::Reply(Reply::Breach(None)));
                }
                Ok(None) => return None,
            }
        }
    }

    /// Refuses a request that can be read, but is not the one to make now.
    pub(crate) fn refuse(&mut self, detail: &'static str) -> Reply {
        self.answer_bad(&Unreadable {
            id: None,
            code: Code::VALIDATION_FAILED,
            detail: detail.into(),
            errors: Vec::new(),
        })
    }

    fn read(&mut self, text: &str) -> Incoming {
        match client_frames::read(text) {
            Ok(request) => self.admit(request),
            Err(unreadable) => Incoming::Reply(self.answer_bad(&unreadable)),
        }
    }

    /// Answers a bad frame. Too many of them end the connection.
    fn answer_bad(&mut self, bad: &Unreadable) -> Reply {
        metrics::count_refusal(bad.code.as_str());
        self.bad_frames += 1;
        let answer = server_frames::unreadable(bad);
        if self.bad_frames > MOST_BAD_FRAMES { Reply::Breach(Some(answer)) } else { Reply::Answer(answer) }
    }

    /// Pongs are always admitted: without them the connection would end.
    fn admit(&self, request: Request) -> Incoming {
        let id = match &request {
            Request::Pong => return Incoming::Request(request),
            Request::Hello(_) => None,
            Request::Command(command) => command.id(),
        };
        match self.limiter.check() {
            Ok(()) => Incoming::Request(request),
            Err(wait) => Incoming::Reply(Reply::Answer(too_often(id, wait))),
        }
    }
}

/// The answer to what comes too often.
pub(crate) fn too_often(id: Option<&Value>, RetryAfter(wait): RetryAfter) -> Frame {
    let code = Code::RateLimited.as_str();
    metrics::count_refusal(code);
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    server_frames::error(id, code, "That was too often. Wait a little before the next try.", Some(wait_ms))
}
