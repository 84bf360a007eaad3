use std::collections::VecDeque;

use domain::{Found, FoundPlace, RoomId, RoomName, SearchQuery, Stored};

use crate::StoredId;
use crate::events::MessageRow;
use crate::failure::Failure;
use crate::search::{IndexedRoomRow, shelf};

/// How many shelves are looked at at once at most.
const MOST_SHELVES: i64 = 16;

/// A room, as far as it was searched: from its newest messages on.
pub(super) struct SearchedRoom {
    pub(super) id: StoredId,
    name: String,
    /// The newest shelf that was not looked at yet; below 0 there is none.
    next_shelf: i64,
    /// How many shelves are looked at next.
    shelves: i64,
    /// Where messages may be that are found, the newest first.
    candidates: VecDeque<i64>,
    /// When the last message that was read was sent. Those below were sent no later.
    reached: i64,
    found: VecDeque<Found>,
}

impl SearchedRoom {
    pub(super) fn new(row: IndexedRoomRow) -> Self {
        Self {
            id: row.room_id,
            name: row.name,
            next_shelf: shelf(row.indexed_seq),
            shelves: 1,
            candidates: VecDeque::new(),
            reached: i64::MAX,
            found: VecDeque::new(),
        }
    }

    /// The newest shelf that was not looked at yet.
    pub(super) fn next_shelf(&self) -> i64 {
        self.next_shelf
    }

    /// Leaves out the shelves above one.
    pub(super) fn begin_with(&mut self, next: i64) {
        self.next_shelf = next;
    }

    /// Whether messages may be left in it that are as new as one in hand, or that come first if there is none.
    pub(super) fn may_be_above(&self, newest: Option<i64>) -> bool {
        let has_more = self.next_shelf >= 0 || !self.candidates.is_empty();
        has_more && self.found.is_empty() && newest.is_none_or(|newest| self.reached >= newest)
    }

    /// The shelves to be looked at next, more at a time the more there was nothing on.
    pub(super) fn take_shelves(&mut self) -> Vec<(StoredId, i64)> {
        if !self.candidates.is_empty() || self.next_shelf < 0 {
            return Vec::new();
        }
        let below = (self.next_shelf - self.shelves).max(-1);
        let shelves = (below + 1..=self.next_shelf).map(|shelf| (self.id, shelf)).collect();
        self.next_shelf = below;
        self.shelves = (self.shelves * 2).min(MOST_SHELVES);
        shelves
    }

    /// Adds where messages may be, the newest first.
    pub(super) fn add_candidates(&mut self, seqs: impl IntoIterator<Item = i64>) {
        self.candidates.extend(seqs);
    }

    pub(super) fn take_candidates(&mut self, most: usize) -> Vec<(StoredId, i64)> {
        let count = most.min(self.candidates.len());
        self.candidates.drain(..count).map(|seq| (self.id, seq)).collect()
    }

    /// Adds the next message if it is found.
    pub(super) fn add(&mut self, query: &SearchQuery, row: MessageRow) -> Result<(), Failure> {
        let message = row.message(RoomId(self.id.0))?;
        self.reached = self.reached.min(message.sent_at.as_millis());
        if let Some(ranges) = query.find_in(&message) {
            let room_name = RoomName::stored(self.name.clone());
            self.found.push_back(Found { message, room_name, ranges });
        }
        Ok(())
    }

    /// Where the newest message in hand is.
    pub(super) fn newest(&self) -> Option<FoundPlace> {
        self.found.front().map(Found::place)
    }

    pub(super) fn take(&mut self) -> Option<Found> {
        self.found.pop_front()
    }
}
