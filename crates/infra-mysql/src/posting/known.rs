use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use domain::Seq;
use domain::rules::messages::NewMessage;
use infra_sql::StoredId;
use lru::LruCache;

/// So many rooms are remembered, those with the newest messages.
const ROOMS: NonZeroUsize = NonZeroUsize::new(16_384).expect("more than none");

/// So many senders are remembered who repeated a message, the last of them.
const REPEATERS: NonZeroUsize = NonZeroUsize::new(1_024).expect("more than none");

/// Somebody who repeated a message is expected to repeat more for so long.
const REPEATS_FOR: Duration = Duration::from_secs(10);

/// What the poster remembers from one batch to the next.
///
/// Every change of a room is an event of its log, so who sits there is a function of the log's head. Whatever is
/// decided on a room that has changed since is decided for a place in the log that is taken, and the log's key refuses
/// it. A denial claims no place: it is never decided on what is remembered.
pub(crate) struct Known {
    rooms: LruCache<StoredId, KnownRoom>,
    repeaters: LruCache<String, Instant>,
}

/// A room as it was when its log ended at `head_seq`.
pub(super) struct KnownRoom {
    pub(super) head_seq: Seq,
    /// Some of those who sit there, as they are stored.
    pub(super) members: HashSet<String>,
}

impl Default for Known {
    fn default() -> Self {
        Self { rooms: LruCache::new(ROOMS), repeaters: LruCache::new(REPEATERS) }
    }
}

impl Known {
    /// Where the log of the room ends, if it is known that the message's sender sits there.
    pub(super) fn head_for_member(&mut self, new: &NewMessage) -> Option<Seq> {
        let room = self.rooms.get(&new.room_id.into())?;
        room.members.contains(new.sender_id.as_str()).then_some(room.head_seq)
    }

    /// Remembers where a room's log ends, and with it who sits there, unless that may have changed meanwhile.
    pub(super) fn room_at(&mut self, room_id: StoredId, head_seq: Seq) -> &mut KnownRoom {
        let room = self.rooms.get_or_insert_mut(room_id, || KnownRoom { head_seq, members: HashSet::new() });
        if room.head_seq != head_seq {
            *room = KnownRoom { head_seq, members: HashSet::new() };
        }
        room
    }

    /// Notes that we have moved the end of a room's log.
    pub(super) fn moved(&mut self, room_id: StoredId, head_seq: Seq) {
        if let Some(room) = self.rooms.peek_mut(&room_id) {
            room.head_seq = head_seq;
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
