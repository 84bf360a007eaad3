//! One room's events on their way to the connections that are in it.
//!
//! A feed remembers the last event it has delivered. Announcements only wake it: one that follows
//! the last is delivered, an older one is dropped, and for a later one the gap is read from the
//! log, where everything up to a committed event is committed too. One lock for each room makes
//! all of its connections see the same order.
//!
//! A connection that has to catch up subscribes first and then replays the log by itself, while
//! the feed passes it over. The log is its buffer: it reads on until nothing has been announced
//! beyond what it has read, and only then, under the lock, goes live. So nothing is held for it in
//! memory, nothing is missed and nothing comes twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use domain::ports::Rooms;
use domain::{Event, EventKind, Refusal, RoomId, Seq, UserId};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::presence::Presence;
use super::subscriber::Subscriber;
use crate::failure_log::log_failure;
use crate::socket::protocol::server_frames;
use crate::socket::protocol::wire::Frame;

/// How many events are read from the log at once. Even with the longest bodies they take less than
/// half of an outbox, so that a page fits into one that is less than half full, unless very many have reacted.
pub(crate) const LOG_PAGE: usize = 25;

/// One room's live delivery.
pub(crate) struct Feed {
    pub(crate) room_id: RoomId,
    rooms: Arc<dyn Rooms>,
    presence: Arc<Presence>,
    /// The newest event known to be committed.
    head: AtomicI64,
    /// Whether the log could not be read when it had to be.
    is_behind: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last event delivered. It means something only while somebody is live.
    delivered: Seq,
    subscriptions: Vec<Subscription>,
    retired: bool,
}

#[derive(Debug)]
struct Subscription {
    subscriber: Arc<Subscriber>,
    position: Position,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// It replays the log by itself.
    CatchingUp,
    /// It has everything up to `after` and gets what follows.
    Live { after: Seq },
}

/// Whether a connection that caught up gets on with the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// What follows comes by itself.
    Live,
    /// More has been announced than it has read.
    Behind,
    /// It is not subscribed any more.
    Gone,
}

/// Whether somebody is in a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Occupancy {
    /// Somebody is.
    Occupied,
    /// Nobody is any more, and nobody will be: the feed is to be forgotten.
    Emptied,
    /// Nobody was before already, so nothing has been done. There may be a newer feed for the room.
    Retired,
}

impl Feed {
    /// A feed that nobody is in. It reads the log from `rooms`, and from `presence` by which connections an
    /// account that joins is to be reached.
    pub(super) fn new(room_id: RoomId, rooms: Arc<dyn Rooms>, presence: Arc<Presence>) -> Self {
        let (head, is_behind) = (AtomicI64::new(0), AtomicBool::new(false));
        Self { room_id, rooms, presence, head, is_behind, state: Mutex::default() }
    }

    /// The newest event known to be committed.
    pub(super) fn head(&self) -> Seq {
        Seq(self.head.load(Ordering::Acquire))
    }

    /// Notes that an event is committed.
    pub(crate) fn note_head(&self, seq: Seq) {
        self.head.fetch_max(seq.0, Ordering::AcqRel);
    }

    /// Subscribes a connection and passes it over until it has caught up, also if it was live.
    pub(super) async fn enter(&self, subscriber: &Arc<Subscriber>) -> Occupancy {
        let mut state = self.state.lock().await;
        if state.retired {
            return Occupancy::Retired;
        }
        if subscriber.enter(self.room_id) {
            state.subscriptions.retain(|other| other.subscriber.id != subscriber.id);
            let subscriber = subscriber.clone();
            state.subscriptions.push(Subscription { subscriber, position: Position::CatchingUp });
        }
        state.retire_if_empty()
    }

    /// Makes a connection live that has everything up to `read`, if that is all there is.
    pub(crate) async fn go_live(&self, subscriber_id: Uuid, read: Seq) -> Arrival {
        let mut state = self.state.lock().await;
        let is_first = !state.is_attended();
        let mut subscriptions = state.subscriptions.iter_mut();
        let Some(subscription) = subscriptions.find(|other| other.subscriber.id == subscriber_id) else {
            return Arrival::Gone;
        };
        if self.head() > read {
            return Arrival::Behind;
        }
        subscription.position = Position::Live { after: read };
        if is_first {
            state.delivered = read;
        }
        Arrival::Live
    }

    /// Ends a connection's subscription.
    pub(super) async fn leave(&self, subscriber_id: Uuid) -> Occupancy {
        let mut state = self.state.lock().await;
        state.subscriptions.retain(|subscription| {
            let stays = subscription.subscriber.id != subscriber_id;
            if !stays {
                subscription.subscriber.exit(self.room_id);
            }
            stays
        });
        state.retire_if_empty()
    }

    /// Delivers an event and whatever of the log lies before it.
    pub(super) async fn announce(&self, event: &Event) -> Occupancy {
        self.note_head(event.seq);
        let mut state = self.state.lock().await;
        if state.retired {
            return Occupancy::Retired;
        }
        if state.is_attended() {
            if event.seq == state.delivered.next() {
                self.deliver(&mut state, event);
            } else if event.seq > state.delivered {
                self.read_gap(&mut state, event).await;
            }
        } else if matches!(event.kind, EventKind::MemberJoined { .. }) {
            // Nobody was live, so later events may have been announced to nobody. Connections that enter
            // with this one get them from the log.
            state.delivered = Seq(event.seq.0 - 1);
            if let Err(refusal) = self.read_on(&mut state).await {
                log_failure(&refusal);
                self.deliver(&mut state, event);
            }
        }
        state.retire_if_empty()
    }

    /// Whether the log could not be read when it had to be, so that events wait in it.
    pub(super) fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Relaxed)
    }

    /// Delivers what an earlier failure to read the log has left behind.
    pub(super) async fn catch_up(&self) -> Occupancy {
        let mut state = self.state.lock().await;
        if self.is_behind()
            && state.is_attended()
            && let Err(refusal) = self.read_on(&mut state).await
        {
            log_failure(&refusal);
        }
        state.retire_if_empty()
    }

    /// Queues a frame for everyone live.
    pub(super) async fn broadcast(&self, frame: &Frame) {
        for subscription in self.state.lock().await.live() {
            subscription.subscriber.sink.push(frame.clone());
        }
    }

    /// Queues a frame that may be dropped for everyone live but an account's own connections.
    pub(super) async fn broadcast_ephemeral(&self, frame: &Frame, except: &UserId) {
        self.state.lock().await.broadcast_ephemeral(frame, except);
    }

    async fn read_gap(&self, state: &mut State, event: &Event) {
        if let Err(refusal) = self.read_on(state).await {
            log_failure(&refusal);
            // The next announcement or heartbeat tries again. But who has left the room is not kept
            // in it by a store that does not answer.
            if let Some((user_id, code)) = departure(&event.kind) {
                self.expel(state, event.seq, user_id, code);
            }
        }
    }

    /// Delivers everything that the log has beyond the last event delivered.
    async fn read_on(&self, state: &mut State) -> Result<(), Refusal> {
        self.is_behind.store(true, Ordering::Relaxed);
        loop {
            let page = self.rooms.log(self.room_id, None, state.delivered, LOG_PAGE).await?;
            self.note_head(page.room.head_seq);
            for event in &page.events {
                self.deliver(state, event);
            }
            if page.events.len() < LOG_PAGE {
                self.is_behind.store(false, Ordering::Relaxed);
                return Ok(());
            }
        }
    }

    /// Queues the event that follows the last for everyone who is live.
    fn deliver(&self, state: &mut State, event: &Event) {
        if let EventKind::MemberJoined { user_id } = &event.kind {
            for subscriber in self.presence.connections(user_id) {
                let is_in = state.subscriptions.iter().any(|other| other.subscriber.id == subscriber.id);
                if !is_in && subscriber.join(self.room_id, event.seq) {
                    let position = Position::Live { after: Seq(event.seq.0 - 1) };
                    state.subscriptions.push(Subscription { subscriber, position });
                }
            }
        }
        state.delivered = event.seq;
        if let Some((user_id, code)) = departure(&event.kind) {
            self.expel(state, event.seq, user_id, code);
        }
        let frame = server_frames::event(event);
        for subscription in state.subscriptions.iter().filter(|subscription| subscription.awaits(event.seq)) {
            subscription.subscriber.sink.push(frame.clone());
        }
        match &event.kind {
            EventKind::MemberJoined { user_id } if self.presence.is_announced(user_id) => {
                state.broadcast_ephemeral(&server_frames::presence(self.room_id, user_id, true), user_id);
            }
            EventKind::RoomClosed => {
                self.dismiss(state, "room_closed", |subscription| subscription.awaits(event.seq));
            }
            _ => {}
        }
    }

    /// Ends the subscriptions of an account that has left by the event `seq`.
    fn expel(&self, state: &mut State, seq: Seq, user_id: &UserId, code: &str) {
        self.dismiss(state, code, |subscription| {
            subscription.awaits(seq) && subscription.subscriber.user_id == *user_id
        });
    }

    fn dismiss(&self, state: &mut State, code: &str, leaves: impl Fn(&Subscription) -> bool) {
        let frame = server_frames::removed(&self.room_id, code);
        state.subscriptions.retain(|subscription| {
            if leaves(subscription) {
                subscription.subscriber.exit(self.room_id);
                subscription.subscriber.sink.push(frame.clone());
                return false;
            }
            true
        });
    }
}

impl State {
    /// Takes nobody any more once nobody is left.
    fn retire_if_empty(&mut self) -> Occupancy {
        self.retired |= self.subscriptions.is_empty();
        if self.retired { Occupancy::Emptied } else { Occupancy::Occupied }
    }

    /// Whether somebody is owed every event.
    fn is_attended(&self) -> bool {
        self.live().next().is_some()
    }

    fn broadcast_ephemeral(&self, frame: &Frame, except: &UserId) {
        for subscription in self.live().filter(|other| other.subscriber.user_id != *except) {
            subscription.subscriber.sink.push_ephemeral(frame);
        }
    }

    fn live(&self) -> impl Iterator<Item = &Subscription> {
        self.subscriptions.iter().filter(|other| matches!(other.position, Position::Live { .. }))
    }
}

impl Subscription {
    /// Whether the event `seq` is one that it gets from the feed.
    fn awaits(&self, seq: Seq) -> bool {
        matches!(self.position, Position::Live { after } if after < seq)
    }
}

/// Who is no longer in the room after an event, and what their connections are told.
fn departure(kind: &EventKind) -> Option<(&UserId, &'static str)> {
    match kind {
        EventKind::MemberLeft { user_id } | EventKind::MemberRemoved { user_id, banned: false } => {
            Some((user_id, "not_a_member"))
        }
        EventKind::MemberRemoved { user_id, banned: true } => Some((user_id, "banned")),
        _ => None,
    }
}

#[cfg(test)]
impl Feed {
    /// Has everybody who has to do with the room wait, for as long as what it answers lives.
    pub(crate) async fn hold(&self) -> impl Drop {
        self.state.lock().await
    }
}

#[cfg(test)]
#[path = "../tests/feed.rs"]
mod tests;
