//! The open connections of this process: whoever has something for them says it here.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::ports::{Clock, Events, Rooms};
use domain::{Announcement, Event, EventKind, RoomId, SessionId, UserId};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::feed::Feed;
use super::heartbeat::Beat;
use super::presence::{Accounts, Closing};
use super::subscriber::Connection;
use super::timer_wheel::{TURN_EVERY, Wheel};
use crate::lock::lock;
use crate::socket::protocol::close_reason::Farewell;
use crate::socket::protocol::frames;
use crate::socket::protocol::notices::NoticeShape;

/// An account whose last connection closed counts as online for so long: a page that reloads, or a
/// phone that changes networks, does not flicker.
const OFFLINE_AFTER: Duration = Duration::from_secs(5);

/// How long a shutdown waits for the connections to close.
const SHUTDOWN_WITHIN: Duration = Duration::from_secs(8);

/// How many sockets ask the store at once while they open or catch up. The others wait for their turn
/// here: when everybody comes back after a restart, nobody is refused, and HTTP finds the store free.
const READS_AT_ONCE: usize = 8;

/// Passes what was committed on to the connections it concerns, in the order in which it was. On a
/// single node it is the [`Events`] adapter; with several, what feeds from the bus.
pub struct Hub {
    pub(crate) rooms: Arc<dyn Rooms>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) accounts: Accounts,
    pub(crate) wheel: Wheel,
    feeds: Mutex<HashMap<RoomId, Arc<Feed>>>,
    /// How many sockets are open, those that have not said hello included.
    sockets: watch::Sender<usize>,
    is_stopping: watch::Sender<bool>,
    turns: Semaphore,
}

/// A socket that is open for as long as this lives.
pub(crate) struct Attendance(Arc<Hub>);

impl Drop for Attendance {
    fn drop(&mut self) {
        self.0.sockets.send_modify(|sockets| *sockets -= 1);
    }
}

impl Hub {
    /// A hub without connections. It reads what announcements leave out from `rooms`.
    pub fn new(rooms: Arc<dyn Rooms>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            rooms,
            clock,
            accounts: Accounts::default(),
            wheel: Wheel::new(),
            feeds: Mutex::default(),
            sockets: watch::Sender::new(0),
            is_stopping: watch::Sender::new(false),
            turns: Semaphore::new(READS_AT_ONCE),
        })
    }

    /// Whether an account has a connection, or had one until just now.
    pub fn is_online(&self, user_id: &UserId) -> bool {
        self.accounts.is_online(user_id)
    }

    /// The sessions that an account's connections belong to.
    pub(crate) fn sessions_of(&self, user_id: &UserId) -> HashSet<SessionId> {
        self.accounts.connections(user_id).iter().map(|connection| connection.session_id).collect()
    }

    /// Keeps the time for every connection: asks who is still there, and ends those who do not answer
    /// or whose token has expired. It never ends by itself.
    pub(crate) async fn keep_time(self: Arc<Self>) {
        let mut turns = interval(TURN_EVERY);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            for connection in self.wheel.turn() {
                self.look_after(&connection);
            }
        }
    }

    /// Says goodbye to every connection, now and to come, and waits until all are closed, though
    /// not for ever: a peer that does not read cannot hold up a shutdown.
    pub async fn shutdown(&self) {
        self.is_stopping.send_replace(true);
        for connection in self.accounts.all() {
            connection.outbox.finish(Farewell::ShuttingDown);
        }
        let mut sockets = self.sockets.subscribe();
        let closed = timeout(SHUTDOWN_WITHIN, sockets.wait_for(|sockets| *sockets == 0)).await;
        if closed.is_err() {
            tracing::warn!(sockets = *self.sockets.borrow(), "some sockets did not close in time");
        }
    }

    /// Waits for a socket's turn to ask the store, which lasts as long as the permit.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // It fails only if it was closed, and nobody does that.
        self.turns.acquire().await.ok()
    }

    /// Counts a socket as open.
    pub(crate) fn attend(self: &Arc<Self>) -> Attendance {
        self.sockets.send_modify(|sockets| *sockets += 1);
        Attendance(self.clone())
    }

    /// Whether the server stops.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.is_stopping.borrow()
    }

    /// Resolves once the server stops.
    pub(crate) async fn stopping(&self) {
        // It fails only when the hub is gone, and the caller holds it.
        let _ = self.is_stopping.subscribe().wait_for(|is_stopping| *is_stopping).await;
    }

    /// Gives a connection a place in a room's feed, where it has yet to catch up.
    pub(crate) async fn enter(&self, connection: &Arc<Connection>, room_id: RoomId) -> Arc<Feed> {
        loop {
            let feed = self.feed_or_new(room_id);
            if feed.enter(connection, self).await.is_ok() {
                return feed;
            }
        }
    }

    /// Takes a connection out of everything. Its account goes offline unless it comes back soon.
    pub(crate) async fn leave(self: &Arc<Self>, connection: &Connection) {
        let feeds = connection.close();
        let closing = self.accounts.remove(connection, feeds.iter().map(|feed| feed.room_id));
        for feed in &feeds {
            feed.leave(connection.id, self).await;
        }
        if let Some(closing) = closing {
            tokio::spawn(self.clone().go_offline(connection.user_id.clone(), closing));
        }
    }

    /// Tells the other members of a connection's rooms that its account is online, unless they
    /// know.
    pub(crate) async fn come_online(&self, connection: &Connection) {
        if !self.accounts.is_news(&connection.user_id) {
            return;
        }
        for feed in connection.feeds() {
            let frame = frames::presence(feed.room_id, &connection.user_id, true);
            feed.mention(&frame, &connection.user_id).await;
        }
    }

    /// Tells the other members of a room that somebody writes.
    pub(crate) async fn type_in(&self, room_id: RoomId, user_id: &UserId) {
        if let Some(feed) = self.feed(room_id) {
            feed.mention(&frames::typing(room_id, user_id), user_id).await;
        }
    }

    /// Forgets a feed that has retired.
    pub(crate) fn forget(&self, feed: &Arc<Feed>) {
        let mut feeds = lock(&self.feeds);
        if feeds.get(&feed.room_id).is_some_and(|known| Arc::ptr_eq(known, feed)) {
            feeds.remove(&feed.room_id);
        }
    }

    fn look_after(self: &Arc<Self>, connection: &Arc<Connection>) {
        if connection.outbox.has_ended() {
            return;
        }
        match connection.pulse.beat(self.clock.now(), &connection.outbox) {
            Beat::Early => {}
            Beat::Rest(due) => self.wheel.add(connection, due),
            Beat::Ask(due) => {
                self.ping(connection);
                self.wheel.add(connection, due);
            }
            Beat::End(farewell) => connection.outbox.finish(farewell),
        }
    }

    fn ping(self: &Arc<Self>, connection: &Connection) {
        let feeds = connection.feeds();
        connection.outbox.push(frames::ping(feeds.iter().map(|feed| (feed.room_id, feed.head()))));
        for feed in feeds.into_iter().filter(|feed| feed.is_behind()) {
            let hub = self.clone();
            tokio::spawn(async move { feed.catch_up(&hub).await });
        }
    }

    async fn go_offline(self: Arc<Self>, user_id: UserId, closing: Closing) {
        sleep(OFFLINE_AFTER).await;
        for room_id in self.accounts.go_offline(&user_id, closing).into_iter().flatten() {
            if let Some(feed) = self.feed(room_id) {
                feed.mention(&frames::presence(room_id, &user_id, false), &user_id).await;
            }
        }
    }

    async fn announce(&self, event: &Event) {
        while let Some(feed) = self.feed_for(event) {
            if feed.announce(event, self).await.is_ok() {
                return;
            }
        }
    }

    /// The feed that has to hear of an event: the room's, if somebody is in it or enters it now.
    fn feed_for(&self, event: &Event) -> Option<Arc<Feed>> {
        match &event.kind {
            EventKind::MemberJoined { user_id } if !self.accounts.connections(user_id).is_empty() => {
                Some(self.feed_or_new(event.room_id))
            }
            _ => self.feed(event.room_id),
        }
    }

    fn feed(&self, room_id: RoomId) -> Option<Arc<Feed>> {
        lock(&self.feeds).get(&room_id).cloned()
    }

    fn feed_or_new(&self, room_id: RoomId) -> Arc<Feed> {
        lock(&self.feeds).entry(room_id).or_insert_with(|| Arc::new(Feed::new(room_id))).clone()
    }
}

#[async_trait]
impl Events for Hub {
    async fn publish(&self, announcement: Announcement) {
        match announcement {
            Announcement::Event(event) => self.announce(&event).await,
            Announcement::Read { room_id, user_id, seq } => {
                if let Some(feed) = self.feed(room_id) {
                    feed.tell(&frames::read(room_id, &user_id, seq)).await;
                }
            }
            Announcement::Notice { to, notice } => {
                let frame = frames::notice(&NoticeShape::new(&notice, self.clock.now()));
                for connection in self.accounts.connections(&to) {
                    connection.notify(&frame);
                }
            }
            Announcement::Suspended(user_id) => {
                for connection in self.accounts.connections(&user_id) {
                    connection.outbox.finish(Farewell::Suspended);
                }
            }
            Announcement::SessionsEnded(sessions) => {
                for connection in sessions.into_iter().flat_map(|id| self.accounts.of_session(id)) {
                    connection.outbox.finish(Farewell::SessionRevoked);
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "../tests/hub.rs"]
mod tests;
