//! Whether a connection's peer is still there, and whether its token still holds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::Timestamp;
use tokio::time::Instant;

use super::sink::{FrameSink, Progress};
use super::timer_wheel::TICK;
use crate::lock::lock;
use crate::socket::protocol::close_reason::CloseReason;

/// How often the peer is pinged.
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(25);

/// How long it may take to answer.
const PONG_TIMEOUT: Duration = Duration::from_secs(10);

/// One connection's heartbeat. It has no timer of its own: it is checked when the timer wheel says so.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    state: Mutex<State>,
    is_reading_paused: AtomicBool,
}

#[derive(Debug)]
struct State {
    expires_at: Timestamp,
    next_ping: Instant,
    unanswered: Option<Ping>,
    /// When the next check is due.
    due: Instant,
}

/// A ping that is not answered yet.
#[derive(Debug, Clone, Copy)]
struct Ping {
    answer_by: Instant,
    written_before: u64,
}

/// What a check asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing: another check is scheduled already.
    Nothing,
    /// The next check at this instant.
    CheckAt(Instant),
    /// A ping now, and the next check at this instant.
    PingAndCheckAt(Instant),
    /// To end the connection.
    Close(CloseReason),
}

impl Heartbeat {
    /// The heartbeat of a connection that begins with a token that holds until `expires_at`.
    pub(super) fn new(expires_at: Timestamp) -> Self {
        let now = Instant::now();
        let state = State { expires_at, next_ping: now + PING_INTERVAL, unanswered: None, due: now };
        Self { state: Mutex::new(state), is_reading_paused: AtomicBool::new(false) }
    }

    /// The peer has answered.
    pub(crate) fn pong(&self) {
        lock(&self.state).unanswered = None;
    }

    /// The peer has presented a newer token. A check is due at once, in case it holds for less than the
    /// old one.
    pub(crate) fn renew(&self, expires_at: Timestamp) {
        let mut state = lock(&self.state);
        state.expires_at = expires_at;
        state.due = Instant::now();
    }

    /// Whether we ourselves have stopped reading until earlier commands are done; an answer may
    /// then lie unread.
    pub(crate) fn set_reading_paused(&self, is_paused: bool) {
        self.is_reading_paused.store(is_paused, Ordering::Relaxed);
    }

    /// What is to be done at `time`.
    pub(super) fn check(&self, time: Timestamp, sink: &dyn FrameSink) -> Action {
        let now = Instant::now();
        let mut state = lock(&self.state);
        if now + TICK < state.due {
            return Action::Nothing;
        }
        if time >= state.expires_at {
            return Action::Close(CloseReason::TokenExpired);
        }
        let mut is_ping_due = false;
        match state.unanswered {
            Some(ping) if now >= ping.answer_by => {
                if let Some(reason) = self.unanswered(ping, sink.progress()) {
                    return Action::Close(reason);
                }
                state.unanswered = Some(Ping::at(now, sink));
            }
            None if now >= state.next_ping => {
                state.next_ping = now + PING_INTERVAL;
                state.unanswered = Some(Ping::at(now, sink));
                is_ping_due = true;
            }
            _ => {}
        }
        let next = state.unanswered.map_or(state.next_ping, |ping| ping.answer_by);
        state.due = next.min(now + state.expires_at.since(time));
        if is_ping_due { Action::PingAndCheckAt(state.due) } else { Action::CheckAt(state.due) }
    }

    /// What it means that no answer came in time; nothing, if the peer could not help it.
    fn unanswered(&self, ping: Ping, progress: Progress) -> Option<CloseReason> {
        if !progress.is_empty && progress.written == ping.written_before {
            return Some(CloseReason::TooSlow);
        }
        (!self.is_reading_paused.load(Ordering::Relaxed)).then_some(CloseReason::NoPong)
    }
}

impl Ping {
    fn at(now: Instant, sink: &dyn FrameSink) -> Self {
        Self { answer_by: now + PONG_TIMEOUT, written_before: sink.progress().written }
    }
}
