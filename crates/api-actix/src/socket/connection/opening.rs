//! Which rooms a connection is in, and from where on it gets their events.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{Denial, Epoch, Reading, Refusal, RoomId, Seq};

use super::session::{Session, Stopped};
use crate::refusal_code::Code;
use crate::socket::delivery::feed::{Arrival, Feed, LOG_PAGE};
use crate::socket::delivery::heartbeat::PING_INTERVAL;
use crate::socket::delivery::sink::FrameSink;
use crate::socket::protocol::client_frames::{Named, ResumePoint};
use crate::socket::protocol::decoder::MAX_FRAME_BYTES;
use crate::socket::protocol::server_frames::{self, WelcomeRoom};

/// The most events that are replayed; a client that is further behind reloads.
pub(super) const MOST_REPLAYED: i64 = 500;

/// From where on a connection gets a room's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// From the head on; the client said nothing of the room.
    Head,
    /// From behind the place that the client named.
    Behind(Seq),
    /// From the head on, and the client is told to reload.
    Afresh,
}

/// Where a room's log ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) epoch: Epoch,
    pub(super) seq: Seq,
}

impl From<&Reading> for Head {
    fn from(reading: &Reading) -> Self {
        Self { epoch: reading.epoch, seq: reading.head_seq }
    }
}

impl Start {
    /// What a client that has a room's log up to `seq` of `epoch` can be given.
    pub(super) fn after(head: Head, epoch: &Named<Epoch>, seq: Seq) -> Self {
        let missing = head.seq.0 - seq.0;
        if *epoch == Named::Known(head.epoch) && (0..=MOST_REPLAYED).contains(&missing) {
            Self::Behind(seq)
        } else {
            Self::Afresh
        }
    }
}

impl Session {
    /// Subscribes to each room of the account, says welcome, and replays what the client asks
    /// for and can be given.
    pub(super) async fn open(&self, resume: Vec<ResumePoint>) -> Result<(), Stopped> {
        let rooms = self.enter_rooms().await?;
        let mut resume: HashMap<String, ResumePoint> =
            resume.into_iter().map(|point| (point.room_id.to_string(), point)).collect();
        let starts: Vec<_> = rooms
            .iter()
            .map(|(_, reading)| match resume.remove(&reading.room_id.to_string()) {
                Some(point) => Start::after(reading.into(), &point.epoch, point.seq.0),
                None => Start::Head,
            })
            .collect();

        self.welcome(&rooms, &starts);
        for ((feed, reading), start) in rooms.iter().zip(starts) {
            match self.start(feed, reading.into(), start).await {
                Err(Stopped::Refused(Refusal::Denied(denial))) => self.lose(feed, &denial).await,
                outcome => _ = outcome?,
            }
        }
        for point in resume.values() {
            self.explain_loss(&point.room_id).await?;
        }
        self.enter_rooms_joined_meanwhile().await
    }

    /// Sends the connection into a room from `start` on, and answers up to where it then is.
    pub(super) async fn start(&self, feed: &Arc<Feed>, head: Head, start: Start) -> Result<Seq, Stopped> {
        feed.note_head(head.seq);
        match start {
            Start::Head => self.replay(feed, head.seq).await,
            Start::Behind(seq) => self.replay(feed, seq).await,
            Start::Afresh => {
                self.outbox.roomy().await?;
                self.outbox.push(server_frames::reset(feed.room_id, head.epoch, head.seq));
                self.replay(feed, head.seq).await
            }
        }
    }

    /// Queues what the log has beyond `read`, at the pace of the peer, until the feed takes over.
    async fn replay(&self, feed: &Arc<Feed>, mut read: Seq) -> Result<Seq, Stopped> {
        loop {
            match feed.go_live(self.subscriber.id, read).await {
                Arrival::Live => return Ok(read),
                Arrival::Gone => return Err(Stopped::Ended),
                Arrival::Behind => {}
            }
            // A page is queued as soon as it is read: a peer that takes its time does not get now what
            // its account was allowed to see before it lost its seat.
            self.outbox.roomy().await?;
            let _permit = self.hub().read_permit().await;
            let viewer = self.subscriber.user_id.clone();
            let events = self.hub().rooms.events(feed.room_id, viewer, read, LOG_PAGE).await?;
            if events.is_empty() {
                return Err(
                    Refusal::Internal("the log has nothing where an event was announced".into()).into()
                );
            }
            for event in &events {
                self.outbox.push(server_frames::event(event));
                read = event.seq;
                // Reactions of very many make a message long. The rest is read again once there is room.
                if !self.outbox.is_light() {
                    break;
                }
            }
        }
    }

    /// Subscribes to each of the account's rooms and then reads how they stand, so that the feeds see whatever
    /// happens after that reading.
    async fn enter_rooms(&self) -> Result<Vec<(Arc<Feed>, Reading)>, Stopped> {
        let user_id = || self.subscriber.user_id.clone();
        let permit = self.hub().read_permit().await;
        let ids = self.hub().rooms.ids_of_member(user_id()).await?;
        drop(permit);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut feeds = HashMap::new();
        for room_id in &ids {
            feeds.insert(*room_id, self.hub().enter_room(&self.subscriber, *room_id).await);
        }
        let permit = self.hub().read_permit().await;
        let current = self.hub().rooms.reading(user_id(), ids).await?;
        drop(permit);
        let rooms = current
            .into_iter()
            .filter_map(|reading| feeds.remove(&reading.room_id).map(|feed| (feed, reading)))
            .collect();
        for left_meanwhile in feeds.values() {
            self.hub().leave_room(&self.subscriber, left_meanwhile).await;
        }
        Ok(rooms)
    }

    fn welcome(&self, rooms: &[(Arc<Feed>, Reading)], starts: &[Start]) {
        let rooms: Vec<_> = rooms
            .iter()
            .zip(starts)
            .map(|((_, reading), start)| WelcomeRoom {
                room_id: reading.room_id.to_string(),
                epoch: reading.epoch.to_string(),
                head_seq: reading.head_seq.0,
                read_seq: reading.read_seq.0,
                unread: reading.unread,
                unread_mentions: reading.unread_mentions,
                recovered: matches!(start, Start::Behind(_)),
            })
            .collect();
        let ping_ms = u64::try_from(PING_INTERVAL.as_millis()).unwrap_or(u64::MAX);
        self.outbox.push(server_frames::welcome(self.subscriber.id, ping_ms, MAX_FRAME_BYTES, &rooms));
    }

    /// The account turned out to have lost its seat while the connection caught up.
    pub(super) async fn lose(&self, feed: &Arc<Feed>, denial: &Denial) {
        self.hub().leave_room(&self.subscriber, feed).await;
        self.outbox.push(server_frames::removed(&feed.room_id, Code::from(denial).as_str()));
    }

    /// Tells a client that would resume a room why it is not among the account's.
    async fn explain_loss(&self, room: &Named<RoomId>) -> Result<(), Stopped> {
        let admitted = match room {
            Named::Unknown(_) => Err(Denial::RoomNotFound),
            Named::Known(id) => {
                let _permit = self.hub().read_permit().await;
                self.hub().rooms.standing(*id, self.subscriber.user_id.clone()).await?.admit()
            }
        };
        if let Err(denial) = admitted {
            self.outbox.roomy().await?;
            self.outbox.push(server_frames::removed(room, Code::from(&denial).as_str()));
        }
        Ok(())
    }

    async fn enter_rooms_joined_meanwhile(&self) -> Result<(), Stopped> {
        loop {
            let joined = self.subscriber.joined_meanwhile();
            if joined.is_empty() {
                return Ok(());
            }
            for (room_id, seq) in joined {
                if self.subscriber.is_in(room_id) {
                    continue;
                }
                let feed = self.hub().enter_room(&self.subscriber, room_id).await;
                feed.note_head(seq);
                match self.replay(&feed, Seq(seq.0 - 1)).await {
                    Err(Stopped::Refused(Refusal::Denied(_))) => {
                        self.hub().leave_room(&self.subscriber, &feed).await;
                    }
                    outcome => _ = outcome?,
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "../tests/opening.rs"]
mod tests;
