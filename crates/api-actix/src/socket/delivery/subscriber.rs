//! One open connection, as the hub knows it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::{RoomId, Seq, SessionId, Timestamp, UserId};
use uuid::Uuid;

use super::feed::Feed;
use super::heartbeat::Pulse;
use crate::lock::lock;
use crate::socket::connection::outbox::Outbox;
use crate::socket::protocol::wire::Frame;

/// The most notices that are kept for a connection while it opens.
const MOST_HELD_NOTICES: usize = 64;

/// An account's connection, from its `hello` on.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) pulse: Pulse,
    place: Mutex<Place>,
}

/// Where a connection stands, and in which rooms.
#[derive(Debug, Default)]
struct Place {
    stage: Stage,
    feeds: HashMap<RoomId, Arc<Feed>>,
}

#[derive(Debug)]
enum Stage {
    /// It reads which rooms it is in; what happens meanwhile is kept until it has said welcome.
    Opening { joined: Vec<(RoomId, Seq)>, notices: Vec<Frame> },
    /// It gets what happens as it happens.
    Open,
    /// It gets nothing any more.
    Closed,
}

impl Default for Stage {
    fn default() -> Self {
        Self::Opening { joined: Vec::new(), notices: Vec::new() }
    }
}

impl Connection {
    /// A connection with a token that holds until `expires_at`.
    pub(crate) fn new(
        user_id: UserId,
        session_id: SessionId,
        expires_at: Timestamp,
        outbox: Arc<Outbox>,
    ) -> Self {
        let pulse = Pulse::new(expires_at);
        Self { id: Uuid::new_v4(), user_id, session_id, outbox, pulse, place: Mutex::default() }
    }

    /// Takes its place in a room's feed, unless the connection has closed meanwhile.
    pub(crate) fn enter(&self, feed: &Arc<Feed>) -> bool {
        let mut place = lock(&self.place);
        if matches!(place.stage, Stage::Closed) {
            return false;
        }
        place.feeds.insert(feed.room_id, feed.clone());
        true
    }

    /// The account has joined the room by the event `seq`. Takes its place in the feed if the
    /// connection is open; one that is still opening remembers it for later.
    pub(crate) fn join(&self, feed: &Arc<Feed>, seq: Seq) -> bool {
        let mut place = lock(&self.place);
        match &mut place.stage {
            Stage::Opening { joined, .. } => {
                joined.push((feed.room_id, seq));
                false
            }
            Stage::Open => {
                place.feeds.insert(feed.room_id, feed.clone());
                true
            }
            Stage::Closed => false,
        }
    }

    /// Gives up its place in a room's feed.
    pub(crate) fn exit(&self, room_id: RoomId) {
        lock(&self.place).feeds.remove(&room_id);
    }

    /// Whether it has a place in the room's feed.
    pub(crate) fn is_in(&self, room_id: RoomId) -> bool {
        lock(&self.place).feeds.contains_key(&room_id)
    }

    /// The feeds in which it has a place.
    pub(crate) fn feeds(&self) -> Vec<Arc<Feed>> {
        lock(&self.place).feeds.values().cloned().collect()
    }

    /// Queues a notice, behind the welcome if that is still to come.
    pub(crate) fn notify(&self, frame: &Frame) {
        let mut place = lock(&self.place);
        match &mut place.stage {
            Stage::Opening { notices, .. } if notices.len() < MOST_HELD_NOTICES => {
                notices.push(frame.clone());
            }
            Stage::Open => self.outbox.push(frame.clone()),
            Stage::Opening { .. } | Stage::Closed => {}
        }
    }

    /// The rooms joined while the connection was opening; when there are none left, it is open.
    pub(crate) fn joined_meanwhile(&self) -> Vec<(RoomId, Seq)> {
        let mut place = lock(&self.place);
        let Stage::Opening { joined, notices } = &mut place.stage else { return Vec::new() };
        let joined = std::mem::take(joined);
        if joined.is_empty() {
            for notice in notices.drain(..) {
                self.outbox.push(notice);
            }
            place.stage = Stage::Open;
        }
        joined
    }

    /// Takes no place any more, and answers the feeds in which it had one.
    pub(crate) fn close(&self) -> Vec<Arc<Feed>> {
        let mut place = lock(&self.place);
        place.stage = Stage::Closed;
        std::mem::take(&mut place.feeds).into_values().collect()
    }
}
