//! One room's events on their way to the connections that are in it.
//!
//! A feed remembers the last event it has delivered. Announcements only wake it: one that follows
//! the last is delivered, an older one is dropped, and for a later one the gap is read from the
//! log, where everything up to a committed event is committed too. One lock for each room makes
//! all of its connections see the same order.
//!
//! A connection that has to catch up takes a place first and then replays the log by itself, while
//! the feed passes it over. The log is its buffer: it reads on until nothing has been announced
//! beyond what it has read, and only then, under the lock, goes live. So nothing is held for it in
//! memory, nothing is missed and nothing comes twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use domain::{Event, EventKind, Refusal, RoomId, Seq, UserId};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use super::hub::Hub;
use super::subscriber::Connection;
use crate::problem::log_failure;
use crate::socket::protocol::frames;
use crate::socket::protocol::wire::Frame;

/// How many events are read from the log at once. Even with the longest bodies they take less than
/// half of an outbox, so that a page always fits into one that is less than half full.
pub(crate) const LOG_PAGE: usize = 25;

/// The feed was dropped because nobody was in it; there may be a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retired;

/// One room's live delivery.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) room_id: RoomId,
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
    places: Vec<Place>,
    retired: bool,
}

#[derive(Debug)]
struct Place {
    connection: Arc<Connection>,
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
    /// It has no place here any more.
    Gone,
}

impl Feed {
    pub(crate) fn new(room_id: RoomId) -> Self {
        Self { room_id, head: AtomicI64::new(0), is_behind: AtomicBool::new(false), state: Mutex::default() }
    }

    /// The newest event known to be committed.
    pub(crate) fn head(&self) -> Seq {
        Seq(self.head.load(Ordering::Acquire))
    }

    /// Notes that an event is committed.
    pub(crate) fn note_head(&self, seq: Seq) {
        self.head.fetch_max(seq.0, Ordering::AcqRel);
    }

    /// Gives a connection a place and passes it over until it has caught up, also if it was live.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        connection: &Arc<Connection>,
        hub: &Hub,
    ) -> Result<(), Retired> {
        let mut state = self.state.lock().await;
        if state.retired {
            return Err(Retired);
        }
        if connection.enter(self) {
            state.places.retain(|place| place.connection.id != connection.id);
            state.places.push(Place { connection: connection.clone(), position: Position::CatchingUp });
        }
        self.retire_if_empty(&mut state, hub);
        Ok(())
    }

    /// Makes a connection live that has everything up to `read`, if that is all there is.
    pub(crate) async fn go_live(&self, connection_id: Uuid, read: Seq) -> Arrival {
        let mut state = self.state.lock().await;
        let is_first = !state.is_attended();
        let Some(place) = state.places.iter_mut().find(|place| place.connection.id == connection_id) else {
            return Arrival::Gone;
        };
        if self.head() > read {
            return Arrival::Behind;
        }
        place.position = Position::Live { after: read };
        if is_first {
            state.delivered = read;
        }
        Arrival::Live
    }

    /// Takes a connection's place away.
    pub(crate) async fn leave(self: &Arc<Self>, connection_id: Uuid, hub: &Hub) {
        let mut state = self.state.lock().await;
        state.places.retain(|place| {
            let stays = place.connection.id != connection_id;
            if !stays {
                place.connection.exit(self.room_id);
            }
            stays
        });
        self.retire_if_empty(&mut state, hub);
    }

    /// Delivers an event and whatever of the log lies before it.
    pub(crate) async fn announce(self: &Arc<Self>, event: &Event, hub: &Hub) -> Result<(), Retired> {
        self.note_head(event.seq);
        let mut state = self.state.lock().await;
        if state.retired {
            return Err(Retired);
        }
        if state.is_attended() {
            if event.seq == state.delivered.next() {
                self.deliver(&mut state, event, hub);
            } else if event.seq > state.delivered {
                self.read_gap(&mut state, event, hub).await;
            }
        } else if matches!(event.kind, EventKind::MemberJoined { .. }) {
            // Nobody was live, so later events may have been announced to nobody. Whoever enters
            // with this one gets them from the log.
            state.delivered = Seq(event.seq.0 - 1);
            if let Err(refusal) = self.read_on(&mut state, hub).await {
                log_failure(&refusal);
                self.deliver(&mut state, event, hub);
            }
        }
        self.retire_if_empty(&mut state, hub);
        Ok(())
    }

    /// Whether the log could not be read when it had to be, so that events wait in it.
    pub(crate) fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Relaxed)
    }

    /// Delivers what an earlier failure to read the log has left behind.
    pub(crate) async fn catch_up(self: &Arc<Self>, hub: &Hub) {
        let mut state = self.state.lock().await;
        if self.is_behind() && state.is_attended() {
            if let Err(refusal) = self.read_on(&mut state, hub).await {
                log_failure(&refusal);
            }
            self.retire_if_empty(&mut state, hub);
        }
    }

    /// Queues a frame for everyone live.
    pub(crate) async fn tell(&self, frame: &Frame) {
        for place in self.state.lock().await.live() {
            place.connection.outbox.push(frame.clone());
        }
    }

    /// Queues a frame that nobody misses for everyone live but an account's own connections.
    pub(crate) async fn mention(&self, frame: &Frame, except: &UserId) {
        self.state.lock().await.mention(frame, except);
    }

    async fn read_gap(self: &Arc<Self>, state: &mut MutexGuard<'_, State>, event: &Event, hub: &Hub) {
        if let Err(refusal) = self.read_on(state, hub).await {
            log_failure(&refusal);
            // The next announcement or heartbeat tries again. But who has left the room is not kept
            // in it by a store that does not answer.
            if let Some((user_id, code)) = departure(&event.kind) {
                self.expel(state, event.seq, user_id, code);
            }
        }
    }

    /// Delivers everything that the log has beyond the last event delivered.
    async fn read_on(self: &Arc<Self>, state: &mut MutexGuard<'_, State>, hub: &Hub) -> Result<(), Refusal> {
        self.is_behind.store(true, Ordering::Relaxed);
        loop {
            let page = hub.rooms.log(self.room_id, None, state.delivered, LOG_PAGE).await?;
            self.note_head(page.room.head_seq);
            for event in &page.events {
                self.deliver(state, event, hub);
            }
            if page.events.len() < LOG_PAGE {
                self.is_behind.store(false, Ordering::Relaxed);
                return Ok(());
            }
        }
    }

    /// Queues the event that follows the last for everyone who is live.
    fn deliver(self: &Arc<Self>, state: &mut State, event: &Event, hub: &Hub) {
        if let EventKind::MemberJoined { user_id } = &event.kind {
            for connection in hub.accounts.connections(user_id) {
                let has_place = state.places.iter().any(|place| place.connection.id == connection.id);
                if !has_place && connection.join(self, event.seq) {
                    let position = Position::Live { after: Seq(event.seq.0 - 1) };
                    state.places.push(Place { connection, position });
                }
            }
        }
        state.delivered = event.seq;
        if let Some((user_id, code)) = departure(&event.kind) {
            self.expel(state, event.seq, user_id, code);
        }
        let frame = frames::event(event);
        for place in state.places.iter().filter(|place| place.awaits(event.seq)) {
            place.connection.outbox.push(frame.clone());
        }
        match &event.kind {
            EventKind::MemberJoined { user_id } if hub.accounts.is_known(user_id) => {
                state.mention(&frames::presence(self.room_id, user_id, true), user_id);
            }
            EventKind::RoomClosed => self.dismiss(state, "room_closed", |place| place.awaits(event.seq)),
            _ => {}
        }
    }

    /// Takes the places of an account that has left by the event `seq`.
    fn expel(&self, state: &mut State, seq: Seq, user_id: &UserId, code: &str) {
        self.dismiss(state, code, |place| place.awaits(seq) && place.connection.user_id == *user_id);
    }

    fn dismiss(&self, state: &mut State, code: &str, leaves: impl Fn(&Place) -> bool) {
        let frame = frames::removed(&self.room_id, code);
        state.places.retain(|place| {
            if leaves(place) {
                place.connection.exit(self.room_id);
                place.connection.outbox.push(frame.clone());
                return false;
            }
            true
        });
    }

    fn retire_if_empty(self: &Arc<Self>, state: &mut State, hub: &Hub) {
        if state.places.is_empty() && !state.retired {
            state.retired = true;
            hub.forget(self);
        }
    }
}

impl State {
    /// Whether somebody is owed every event.
    fn is_attended(&self) -> bool {
        self.live().next().is_some()
    }

    /// Queues a frame that nobody misses for everyone live but an account's own connections.
    fn mention(&self, frame: &Frame, except: &UserId) {
        for place in self.live().filter(|place| place.connection.user_id != *except) {
            place.connection.outbox.push_ephemeral(frame);
        }
    }

    fn live(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| matches!(place.position, Position::Live { .. }))
    }
}

impl Place {
    /// Whether the event `seq` is one that this place gets from the feed.
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
