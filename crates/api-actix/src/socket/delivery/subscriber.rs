//! One open connection, as delivery knows it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use domain::{RoomId, Seq, SessionId, Timestamp, UserId};
use uuid::Uuid;

use super::heartbeat::Heartbeat;
use super::sink::FrameSink;
use crate::lock::lock;
use crate::socket::protocol::wire::Frame;

/// The most notices that are kept for a connection while it opens.
const MOST_HELD_NOTICES: usize = 64;

/// An account's connection, from its `hello` on.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    pub(crate) heartbeat: Heartbeat,
    pub(super) sink: Arc<dyn FrameSink>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    /// The rooms to whose feeds it subscribes.
    rooms: HashSet<RoomId>,
}

#[derive(Debug)]
enum Phase {
    /// It reads which rooms it is in; what happens meanwhile is kept until the welcome is queued.
    Opening { joined: Vec<(RoomId, Seq)>, notices: Vec<Frame> },
    /// It gets what happens as it happens.
    Open,
    /// It gets nothing any more.
    Closed,
}

impl Default for Phase {
    fn default() -> Self {
        Self::Opening { joined: Vec::new(), notices: Vec::new() }
    }
}

impl Subscriber {
    /// A connection with a token that holds until `expires_at`.
    pub(crate) fn new(
        user_id: UserId,
        session_id: SessionId,
        expires_at: Timestamp,
        sink: Arc<dyn FrameSink>,
    ) -> Self {
        let heartbeat = Heartbeat::new(expires_at);
        Self { id: Uuid::new_v4(), user_id, session_id, heartbeat, sink, state: Mutex::default() }
    }

    /// Notes that it subscribes to a room, unless the connection has closed meanwhile.
    pub(super) fn enter(&self, room_id: RoomId) -> bool {
        let mut state = lock(&self.state);
        if matches!(state.phase, Phase::Closed) {
            return false;
        }
        state.rooms.insert(room_id);
        true
    }

    /// The account has joined the room by the event `seq`. Subscribes to it if the connection is open; one
    /// that is still opening remembers it for later.
    pub(super) fn join(&self, room_id: RoomId, seq: Seq) -> bool {
        let mut state = lock(&self.state);
        match &mut state.phase {
            Phase::Opening { joined, .. } => {
                joined.push((room_id, seq));
                false
            }
            Phase::Open => {
                state.rooms.insert(room_id);
                true
            }
            Phase::Closed => false,
        }
    }

    /// Notes that it no longer subscribes to a room.
    pub(super) fn exit(&self, room_id: RoomId) {
        lock(&self.state).rooms.remove(&room_id);
    }

    /// Whether it subscribes to a room.
    pub(crate) fn is_in(&self, room_id: RoomId) -> bool {
        lock(&self.state).rooms.contains(&room_id)
    }

    /// The rooms to which it subscribes.
    pub(super) fn rooms(&self) -> Vec<RoomId> {
        lock(&self.state).rooms.iter().copied().collect()
    }

    /// Queues a notice, behind the welcome if that is still to come.
    pub(super) fn notify(&self, frame: &Frame) {
        let mut state = lock(&self.state);
        match &mut state.phase {
            Phase::Opening { notices, .. } if notices.len() < MOST_HELD_NOTICES => {
                notices.push(frame.clone());
            }
            Phase::Open => self.sink.push(frame.clone()),
            Phase::Opening { .. } | Phase::Closed => {}
        }
    }

    /// The rooms joined while the connection was opening; when there are none left, it is open.
    pub(crate) fn joined_meanwhile(&self) -> Vec<(RoomId, Seq)> {
        let mut state = lock(&self.state);
        let Phase::Opening { joined, notices } = &mut state.phase else { return Vec::new() };
        let joined = std::mem::take(joined);
        if joined.is_empty() {
            for notice in notices.drain(..) {
                self.sink.push(notice);
            }
            state.phase = Phase::Open;
        }
        joined
    }

    /// Subscribes to nothing any more, and answers the rooms to which it did.
    pub(super) fn close(&self) -> HashSet<RoomId> {
        let mut state = lock(&self.state);
        state.phase = Phase::Closed;
        std::mem::take(&mut state.rooms)
    }
}
