//! Whether a connection's peer is still there, and whether its token still holds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::Timestamp;
use tokio::time::Instant;

use super::timer_wheel::TURN_EVERY;
use crate::lock::lock;
use crate::socket::connection::outbox::Outbox;
use crate::socket::protocol::close_reason::Farewell;

/// How often the peer is asked.
pub(crate) const PING_EVERY: Duration = Duration::from_secs(25);

/// How long it may take to answer.
const PONG_WITHIN: Duration = Duration::from_secs(10);

/// One connection's heartbeat. It has no timer of its own: the wheel comes by.
#[derive(Debug)]
pub(crate) struct Pulse {
    state: Mutex<State>,
    is_reading_held: AtomicBool,
}

#[derive(Debug)]
struct State {
    expires_at: Timestamp,
    next_ping: Instant,
    asked: Option<Asked>,
    /// When the wheel has to come by.
    due: Instant,
}

/// A ping that is not answered yet.
#[derive(Debug, Clone, Copy)]
struct Asked {
    until: Instant,
    written_before: u64,
}

/// What is to be done for a connection when the wheel comes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beat {
    /// Nothing, and the wheel comes again another time by itself.
    Early,
    /// Nothing before this instant.
    Rest(Instant),
    /// To ask the peer, and nothing more before this instant.
    Ask(Instant),
    /// To end the connection.
    End(Farewell),
}

impl Pulse {
    /// The pulse of a connection that begins with a token that holds until `expires_at`.
    pub(crate) fn new(expires_at: Timestamp) -> Self {
        let now = Instant::now();
        let state = State { expires_at, next_ping: now + PING_EVERY, asked: None, due: now };
        Self { state: Mutex::new(state), is_reading_held: AtomicBool::new(false) }
    }

    /// The peer has answered.
    pub(crate) fn answer(&self) {
        lock(&self.state).asked = None;
    }

    /// The peer has presented a newer token. The wheel has to come by at once, in case it holds for less
    /// than the old one.
    pub(crate) fn renew(&self, expires_at: Timestamp) {
        let mut state = lock(&self.state);
        state.expires_at = expires_at;
        state.due = Instant::now();
    }

    /// Whether we ourselves have stopped reading until earlier commands are done; an answer may
    /// then lie unread.
    pub(crate) fn hold_reading(&self, is_held: bool) {
        self.is_reading_held.store(is_held, Ordering::Relaxed);
    }

    /// What is to be done at `time`, now that the wheel has come by.
    pub(crate) fn beat(&self, time: Timestamp, outbox: &Outbox) -> Beat {
        let now = Instant::now();
        let mut state = lock(&self.state);
        if now + TURN_EVERY < state.due {
            return Beat::Early;
        }
        if time >= state.expires_at {
            return Beat::End(Farewell::TokenExpired);
        }
        let mut is_asked_now = false;
        match state.asked {
            Some(asked) if now >= asked.until => {
                if let Some(farewell) = self.verdict(asked, outbox) {
                    return Beat::End(farewell);
                }
                state.asked = Some(Asked::at(now, outbox));
            }
            None if now >= state.next_ping => {
                state.next_ping = now + PING_EVERY;
                state.asked = Some(Asked::at(now, outbox));
                is_asked_now = true;
            }
            _ => {}
        }
        let next = state.asked.map_or(state.next_ping, |asked| asked.until);
        state.due = next.min(now + state.expires_at.since(time));
        if is_asked_now { Beat::Ask(state.due) } else { Beat::Rest(state.due) }
    }

    /// What it means that no answer came in time; nothing, if the peer could not help it.
    fn verdict(&self, asked: Asked, outbox: &Outbox) -> Option<Farewell> {
        let (written, is_empty) = outbox.progress();
        if !is_empty && written == asked.written_before {
            return Some(Farewell::TooSlow);
        }
        (!self.is_reading_held.load(Ordering::Relaxed)).then_some(Farewell::NoPong)
    }
}

impl Asked {
    fn at(now: Instant, outbox: &Outbox) -> Self {
        Self { until: now + PONG_WITHIN, written_before: outbox.progress().0 }
    }
}
