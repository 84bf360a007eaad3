use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use domain::rules::messages::NewMessage;
use domain::{SeatNumber, Seq, UserId};
use lru::LruCache;

use crate::stored::StoredId;
use crate::tally::{MentionTally, Tally};

/// How many rooms are remembered, those with the newest messages.
const ROOMS: NonZeroUsize = NonZeroUsize::new(16_384).expect("more than none");

/// So many senders are remembered who repeated a message, the last of them.
const REPEATERS: NonZeroUsize = NonZeroUsize::new(1_024).expect("more than none");

/// How long somebody who repeated a message is expected to repeat more.
const REPEATS_FOR: Duration = Duration::from_secs(10);

/// What is remembered from one batch of messages to the next.
///
/// Every change of a room is an event of its log, so who sits there is a function of the log's head. Whatever is
/// decided on a room that has changed since is decided for a place in the log that is taken, and the log's key refuses
/// it. A denial claims no place: it is never decided on what is remembered.
pub struct Known {
    rooms: LruCache<StoredId, KnownRoom>,
    repeaters: LruCache<String, Instant>,
}

/// Where a log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Head {
    pub(super) seq: Seq,
    pub(super) tally: Tally,
    pub(super) mentions: Option<MentionTally>,
}

/// A room as it was when its log ended there.
struct KnownRoom {
    head: Head,
    /// Some of those who sit there, as they are stored, and where.
    members: HashMap<String, SeatNumber>,
    /// All of them, once a message was to mention somebody.
    all: Option<Vec<(UserId, SeatNumber)>>,
}

impl Default for Known {
    fn default() -> Self {
        Self { rooms: LruCache::new(ROOMS), repeaters: LruCache::new(REPEATERS) }
    }
}

impl Known {
    /// Where the log of the room ends, and where the message's sender sits there, if that is known.
    pub(super) fn of_sender(&mut self, new: &NewMessage) -> Option<(Head, SeatNumber)> {
        let room = self.rooms.get(&new.room_id.into())?;
        let seat = room.members.get(new.sender_id.as_str())?;
        Some((room.head, *seat))
    }

    /// Remembers where a room's log ends, and with it who sits there, unless that may have changed meanwhile.
    pub(super) fn ends_at(&mut self, room_id: StoredId, head: Head) {
        let unknown = || KnownRoom { head, members: HashMap::new(), all: None };
        let room = self.rooms.get_or_insert_mut(room_id, unknown);
        if room.head.seq != head.seq {
            *room = unknown();
        }
    }

    /// Remembers who sits in a room, as it is where its log ends.
    pub(super) fn seated(&mut self, room_id: StoredId, user_id: String, seat: SeatNumber) {
        if let Some(room) = self.rooms.peek_mut(&room_id) {
            room.members.insert(user_id, seat);
        }
    }

    /// All who sit in a room, if that is known.
    pub(super) fn members(&self, room_id: StoredId) -> Option<&[(UserId, SeatNumber)]> {
        self.rooms.peek(&room_id)?.all.as_deref()
    }

    /// Remembers all who sit in a room, as it is where its log ends.
    pub(super) fn seated_are(&mut self, room_id: StoredId, members: Vec<(UserId, SeatNumber)>) {
        if let Some(room) = self.rooms.peek_mut(&room_id) {
            room.all = Some(members);
        }
    }

    /// Notes that we have moved the end of a room's log.
    pub(super) fn moved(&mut self, room_id: StoredId, head: Head) {
        if let Some(room) = self.rooms.peek_mut(&room_id) {
            room.head = head;
        }
    }

    pub(super) fn forget_room(&mut self, room_id: StoredId) {
        self.rooms.pop(&room_id);
    }

    /// Notes that somebody repeated a message.
    pub(super) fn repeats(&mut self, sender_id: &str) {
        self.repeaters.put(sender_id.to_owned(), Instant::now());
    }

    /// Whether somebody has just repeated a message.
    pub(super) fn is_repeater(&self, sender_id: &str) -> bool {
        self.repeaters.peek(sender_id).is_some_and(|since| since.elapsed() < REPEATS_FOR)
    }
}
