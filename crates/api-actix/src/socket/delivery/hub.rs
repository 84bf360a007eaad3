//! The open connections of this process, and all that is published to them.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::ports::{Clock, Events, Rooms};
use domain::{Announcement, Event, EventKind, RoomId, SessionId, UserId};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::feed::{Feed, Occupancy};
use super::heartbeat::Action;
use super::presence::{Closing, Presence, TooMany};
use super::subscriber::Subscriber;
use super::timer_wheel::{TICK, TimerWheel};
use crate::lock::lock;
use crate::socket::protocol::close_reason::CloseReason;
use crate::socket::protocol::notices::NoticeShape;
use crate::socket::protocol::server_frames;

/// An account whose last connection closed counts as online for so long: a page that reloads, or a
/// phone that changes networks, does not flicker.
const OFFLINE_AFTER: Duration = Duration::from_secs(5);

/// How long a shutdown waits for the connections to close.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);

/// How many sockets ask the store at once while they open or catch up. The others wait for their turn
/// here: when everybody comes back after a restart, nobody is refused, and HTTP finds the store free.
const READS_AT_ONCE: usize = 8;

/// Passes what was committed on to the connections it concerns, in the order in which it was. On a
/// single node it is the [`Events`] adapter; with several, what feeds from the bus.
pub struct Hub {
    pub(crate) rooms: Arc<dyn Rooms>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) presence: Arc<Presence>,
    wheel: TimerWheel<Subscriber>,
    feeds: Mutex<HashMap<RoomId, Arc<Feed>>>,
    /// How many sockets are open, those that have not said hello included.
    sockets: watch::Sender<usize>,
    is_stopping: watch::Sender<bool>,
    reads: Semaphore,
    /// How often connections have been looked for that have to end.
    endings: AtomicU64,
}

/// Counts a socket as open for as long as it lives.
pub(crate) struct OpenSocketGuard(Arc<Hub>);

impl Drop for OpenSocketGuard {
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
            presence: Arc::default(),
            wheel: TimerWheel::new(),
            feeds: Mutex::default(),
            sockets: watch::Sender::new(0),
            is_stopping: watch::Sender::new(false),
            reads: Semaphore::new(READS_AT_ONCE),
            endings: AtomicU64::new(0),
        })
    }

    /// Whether an account has a connection, or had one until just now.
    pub fn is_online(&self, user_id: &UserId) -> bool {
        self.presence.is_online(user_id)
    }

    /// The sessions that an account's connections belong to.
    pub(crate) fn sessions_of(&self, user_id: &UserId) -> HashSet<SessionId> {
        self.note_ending();
        self.presence.connections(user_id).iter().map(|connection| connection.session_id).collect()
    }

    /// How often connections have been looked for that have to end, because a session ended or an account
    /// was suspended. If it is the same before a session was found and after its connection was added,
    /// nobody has missed that connection.
    pub(crate) fn endings(&self) -> u64 {
        self.endings.load(Ordering::SeqCst)
    }

    /// Comes before the connections are looked for.
    fn note_ending(&self) {
        self.endings.fetch_add(1, Ordering::SeqCst);
    }

    /// Keeps the time for every connection: asks who is still there, and ends those who do not answer
    /// or whose token has expired. It never ends by itself.
    pub(crate) async fn keep_time(self: Arc<Self>) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            for subscriber in self.wheel.turn() {
                self.check_heartbeat(&subscriber);
            }
        }
    }

    /// Says goodbye to every connection, now and to come, and waits until all are closed, though
    /// not for ever: a peer that does not read cannot hold up a shutdown.
    pub async fn shutdown(&self) {
        self.is_stopping.send_replace(true);
        for connection in self.presence.all() {
            connection.sink.finish(CloseReason::ShuttingDown);
        }
        let mut sockets = self.sockets.subscribe();
        let closed = timeout(SHUTDOWN_TIMEOUT, sockets.wait_for(|sockets| *sockets == 0)).await;
        if closed.is_err() {
            tracing::warn!(sockets = *self.sockets.borrow(), "some sockets did not close in time");
        }
    }

    /// Waits for a socket's turn to ask the store, which lasts as long as the permit.
    pub(crate) async fn read_permit(&self) -> Option<SemaphorePermit<'_>> {
        // It fails only if it was closed, and nobody does that.
        self.reads.acquire().await.ok()
    }

    /// Counts a socket as open.
    pub(crate) fn open_socket(self: &Arc<Self>) -> OpenSocketGuard {
        self.sockets.send_modify(|sockets| *sockets += 1);
        OpenSocketGuard(self.clone())
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

    /// Adds a connection, if its account has fewer than `limit`.
    pub(crate) fn add(&self, subscriber: Arc<Subscriber>, limit: usize) -> Result<(), TooMany> {
        self.presence.add(subscriber, limit)
    }

    /// Has a connection's heartbeat checked soon, and from then on whenever it is due.
    pub(crate) fn watch_heartbeat(&self, subscriber: &Arc<Subscriber>) {
        self.wheel.add(subscriber, Instant::now());
    }

    /// Subscribes a connection to a room, where it has yet to catch up.
    pub(crate) async fn enter_room(&self, subscriber: &Arc<Subscriber>, room_id: RoomId) -> Arc<Feed> {
        loop {
            let feed = self.feed_or_new(room_id);
            let occupancy = feed.enter(subscriber).await;
            self.forget_unless_occupied(&feed, occupancy);
            if occupancy != Occupancy::Retired {
                return feed;
            }
        }
    }

    /// Ends a connection's subscription to a room.
    pub(crate) async fn leave_room(&self, subscriber: &Subscriber, feed: &Arc<Feed>) {
        let occupancy = feed.leave(subscriber.id).await;
        self.forget_unless_occupied(feed, occupancy);
    }

    /// Takes a connection out of everything. Its account goes offline unless it comes back soon.
    pub(crate) async fn remove(self: &Arc<Self>, subscriber: &Subscriber) {
        let rooms = subscriber.close();
        let closing = self.presence.remove(subscriber, rooms.iter().copied());
        for feed in self.feeds(rooms) {
            self.leave_room(subscriber, &feed).await;
        }
        if let Some(closing) = closing {
            tokio::spawn(self.clone().go_offline(subscriber.user_id.clone(), closing));
        }
    }

    /// Tells the other members of a connection's rooms that its account is online, unless they
    /// know.
    pub(crate) async fn announce_online(&self, subscriber: &Subscriber) {
        if !self.presence.announce_once(&subscriber.user_id) {
            return;
        }
        for feed in self.feeds(subscriber.rooms()) {
            let frame = server_frames::presence(feed.room_id, &subscriber.user_id, true);
            feed.broadcast_ephemeral(&frame, &subscriber.user_id).await;
        }
    }

    /// Tells the other members of a room that somebody is typing, or no longer is.
    pub(crate) async fn announce_typing(&self, room_id: RoomId, user_id: &UserId, on: bool) {
        if let Some(feed) = self.feed(room_id) {
            feed.broadcast_ephemeral(&server_frames::typing(room_id, user_id, on), user_id).await;
        }
    }

    /// Forgets a feed that nobody is in, unless there is a newer one for the room already.
    fn forget_unless_occupied(&self, feed: &Arc<Feed>, occupancy: Occupancy) {
        if occupancy == Occupancy::Occupied {
            return;
        }
        let mut feeds = lock(&self.feeds);
        if feeds.get(&feed.room_id).is_some_and(|known| Arc::ptr_eq(known, feed)) {
            feeds.remove(&feed.room_id);
        }
    }

    fn check_heartbeat(self: &Arc<Self>, subscriber: &Arc<Subscriber>) {
        if subscriber.sink.has_ended() {
            return;
        }
        match subscriber.heartbeat.check(self.clock.now(), &*subscriber.sink) {
            Action::Nothing => {}
            Action::CheckAt(due) => self.wheel.add(subscriber, due),
            Action::PingAndCheckAt(due) => {
                self.ping(subscriber);
                self.wheel.add(subscriber, due);
            }
            Action::Close(reason) => subscriber.sink.finish(reason),
        }
    }

    fn ping(self: &Arc<Self>, subscriber: &Subscriber) {
        let feeds = self.feeds(subscriber.rooms());
        subscriber.sink.push(server_frames::ping(feeds.iter().map(|feed| (feed.room_id, feed.head()))));
        for feed in feeds.into_iter().filter(|feed| feed.is_behind()) {
            let hub = self.clone();
            tokio::spawn(async move {
                let occupancy = feed.catch_up().await;
                hub.forget_unless_occupied(&feed, occupancy);
            });
        }
    }

    async fn go_offline(self: Arc<Self>, user_id: UserId, closing: Closing) {
        sleep(OFFLINE_AFTER).await;
        for room_id in self.presence.go_offline(&user_id, closing).into_iter().flatten() {
            if let Some(feed) = self.feed(room_id) {
                feed.broadcast_ephemeral(&server_frames::presence(room_id, &user_id, false), &user_id).await;
            }
        }
    }

    async fn announce(&self, event: &Event) {
        while let Some(feed) = self.feed_for(event) {
            let occupancy = feed.announce(event).await;
            self.forget_unless_occupied(&feed, occupancy);
            if occupancy != Occupancy::Retired {
                return;
            }
        }
    }

    /// The feed that has to hear of an event: the room's, if somebody is in it or enters it now.
    fn feed_for(&self, event: &Event) -> Option<Arc<Feed>> {
        match &event.kind {
            EventKind::MemberJoined { user_id } if !self.presence.connections(user_id).is_empty() => {
                Some(self.feed_or_new(event.room_id))
            }
            _ => self.feed(event.room_id),
        }
    }

    pub(crate) fn feed(&self, room_id: RoomId) -> Option<Arc<Feed>> {
        lock(&self.feeds).get(&room_id).cloned()
    }

    /// The feeds of those rooms that somebody is in.
    fn feeds(&self, rooms: impl IntoIterator<Item = RoomId>) -> Vec<Arc<Feed>> {
        let feeds = lock(&self.feeds);
        rooms.into_iter().filter_map(|room_id| feeds.get(&room_id).cloned()).collect()
    }

    fn feed_or_new(&self, room_id: RoomId) -> Arc<Feed> {
        let new = || Arc::new(Feed::new(room_id, self.rooms.clone(), self.presence.clone()));
        lock(&self.feeds).entry(room_id).or_insert_with(new).clone()
    }
}

#[async_trait]
impl Events for Hub {
    async fn publish(&self, announcement: Announcement) {
        match announcement {
            Announcement::Event(event) => self.announce(&event).await,
            Announcement::Read { room_id, user_id, seq } => {
                if let Some(feed) = self.feed(room_id) {
                    feed.broadcast(&server_frames::read(room_id, &user_id, seq)).await;
                }
            }
            Announcement::Renamed { user_id, name, room_ids } => {
                for feed in self.feeds(room_ids) {
                    feed.broadcast(&server_frames::member(feed.room_id, &user_id, &name)).await;
                }
            }
            Announcement::Notice { to, notice } => {
                let frame = server_frames::notice(&NoticeShape::new(&notice, self.clock.now()));
                for connection in self.presence.connections(&to) {
                    connection.notify(&frame);
                }
            }
            Announcement::Suspended(user_id) => {
                self.note_ending();
                for connection in self.presence.connections(&user_id) {
                    connection.sink.finish(CloseReason::Suspended);
                }
            }
            Announcement::SessionsEnded(sessions) => {
                self.note_ending();
                for connection in sessions.into_iter().flat_map(|id| self.presence.of_session(id)) {
                    connection.sink.finish(CloseReason::SessionRevoked);
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "../tests/hub.rs"]
mod tests;
