//! Whether the peer is still there, and whether its token still holds.

use std::cell::Cell;
use std::time::Duration;

use domain::Timestamp;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::close::Farewell;
use super::connection::Connection;
use super::frames;
use super::hub::Hub;

/// How often the peer is asked.
pub(super) const PING_EVERY: Duration = Duration::from_secs(25);

/// How long it may take to answer.
const PONG_WITHIN: Duration = Duration::from_secs(10);

/// One connection's heartbeat, with the one timer that an open connection has.
#[derive(Debug)]
pub(super) struct Pulse {
    expires_at: Cell<Timestamp>,
    has_answered: Cell<bool>,
    is_reading_held: Cell<bool>,
    changed: Notify,
}

/// A ping that is not answered yet.
#[derive(Clone, Copy)]
struct Asked {
    until: Instant,
    taken_before: u64,
}

impl Pulse {
    pub(super) fn new(expires_at: Timestamp) -> Self {
        Self {
            expires_at: Cell::new(expires_at),
            has_answered: Cell::new(false),
            is_reading_held: Cell::new(false),
            changed: Notify::new(),
        }
    }

    /// The peer has answered.
    pub(super) fn answer(&self) {
        self.has_answered.set(true);
        self.changed.notify_one();
    }

    /// The peer has presented a newer token.
    pub(super) fn renew(&self, expires_at: Timestamp) {
        self.expires_at.set(expires_at);
        self.changed.notify_one();
    }

    /// Whether we ourselves have stopped reading until earlier commands are done; an answer may
    /// then lie unread.
    pub(super) fn hold_reading(&self, is_held: bool) {
        self.is_reading_held.set(is_held);
    }

    /// Asks the peer from time to time, until it does not answer or its token expires.
    pub(super) async fn beat(&self, connection: &Connection, hub: &std::sync::Arc<Hub>) -> Farewell {
        let mut next_ping = Instant::now() + PING_EVERY;
        let mut asked: Option<Asked> = None;
        loop {
            let expiry = Instant::now() + self.expires_at.get().since(hub.clock.now());
            let next = asked.map_or(next_ping, |asked| asked.until);
            tokio::select! {
                () = sleep_until(next.min(expiry)) => {}
                () = self.changed.notified() => {}
            }
            if hub.clock.now() >= self.expires_at.get() {
                return Farewell::TokenExpired;
            }
            let now = Instant::now();
            match asked {
                Some(_) if self.has_answered.get() => asked = None,
                Some(ping) if now >= ping.until => match self.verdict(connection, ping) {
                    Some(farewell) => return farewell,
                    None => asked = Some(Asked::now(connection)),
                },
                None if now >= next_ping => {
                    next_ping = now + PING_EVERY;
                    self.has_answered.set(false);
                    asked = Some(Asked::now(connection));
                    ping(connection, hub);
                }
                _ => {}
            }
        }
    }

    /// What it means that no answer came in time; nothing, if the peer could not help it.
    fn verdict(&self, connection: &Connection, asked: Asked) -> Option<Farewell> {
        let (taken, is_empty) = connection.outbox.progress();
        if !is_empty && taken == asked.taken_before {
            return Some(Farewell::TooSlow);
        }
        (!self.is_reading_held.get()).then_some(Farewell::NoPong)
    }
}

impl Asked {
    fn now(connection: &Connection) -> Self {
        Self { until: Instant::now() + PONG_WITHIN, taken_before: connection.outbox.progress().0 }
    }
}

fn ping(connection: &Connection, hub: &std::sync::Arc<Hub>) {
    let feeds = connection.feeds();
    connection.outbox.push(frames::ping(feeds.iter().map(|feed| (feed.room_id, feed.head()))));
    for feed in feeds.into_iter().filter(|feed| feed.is_behind()) {
        let hub = hub.clone();
        tokio::spawn(async move { feed.catch_up(&hub).await });
    }
}
