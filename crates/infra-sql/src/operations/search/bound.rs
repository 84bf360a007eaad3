//! Where a page of what is found begins.

use std::collections::HashMap;

use domain::{FoundPlace, RoomId, SearchRequest, Seq, Timestamp};

use super::room::SearchedRoom;
use crate::failure::Failure;
use crate::search::SHELF;
use crate::statements::searching::MOST_READ;
use crate::{Statements, StoredId};

/// What a page is below.
pub(super) struct Bound {
    before: Option<Timestamp>,
    after: Option<FoundPlace>,
}

/// Places in a room's log, the newest first, of which those before the first below the bound are looked for. Later ones
/// were sent no later.
pub(super) struct Places {
    pub(super) room_id: StoredId,
    pub(super) seqs: Vec<i64>,
    /// The first that is below the bound is not before this one, and not after that one.
    from: usize,
    to: usize,
}

impl Places {
    pub(super) fn new(room_id: StoredId, seqs: Vec<i64>) -> Self {
        let to = seqs.len();
        Self { room_id, seqs, from: 0, to }
    }

    /// Those below the bound.
    pub(super) fn below(self) -> Vec<i64> {
        self.seqs[self.from..].to_vec()
    }

    fn middle(&self) -> Option<(StoredId, i64)> {
        let middle = usize::midpoint(self.from, self.to);
        (self.from < self.to).then(|| (self.room_id, self.seqs[middle]))
    }

    fn halve(&mut self, is_below: bool) {
        let middle = usize::midpoint(self.from, self.to);
        if is_below {
            self.to = middle;
        } else {
            self.from = middle + 1;
        }
    }
}

impl Bound {
    pub(super) fn of(request: &SearchRequest) -> Self {
        Self { before: request.before, after: request.after }
    }

    /// Leaves out of each room the shelves on which everything is newer.
    pub(super) fn leave_out_newer_shelves(
        &self,
        connection: &mut impl Statements,
        rooms: &mut [SearchedRoom],
    ) -> Result<(), Failure> {
        let firsts = rooms.iter().filter(|room| room.next_shelf() > 0).map(|room| {
            // A shelf begins with its lowest seq, and the first one with 1.
            let seqs = (0..=room.next_shelf()).rev().map(|shelf| (shelf * SHELF).max(1));
            Places::new(room.id, seqs.collect())
        });
        let mut firsts: Vec<Places> = firsts.collect();
        self.find(connection, &mut firsts)?;
        let below: HashMap<StoredId, i64> = firsts
            .into_iter()
            .map(|first| (first.room_id, first.below().len().try_into().unwrap_or(i64::MAX)))
            .collect();
        for room in rooms {
            if let Some(shelves) = below.get(&room.id) {
                room.begin_with(shelves - 1);
            }
        }
        Ok(())
    }

    /// Finds the first place below the bound in each room, in all rooms side by side.
    pub(super) fn find(&self, connection: &mut impl Statements, rooms: &mut [Places]) -> Result<(), Failure> {
        if self.before.is_none() && self.after.is_none() {
            return Ok(());
        }
        loop {
            let middles: Vec<_> = rooms.iter().filter_map(Places::middle).collect();
            if middles.is_empty() {
                return Ok(());
            }
            let mut instants = HashMap::new();
            for places in middles.chunks(MOST_READ) {
                for (room_id, seq, at) in connection.instants_at(places)? {
                    instants.insert((room_id, seq), at);
                }
            }
            for room in rooms.iter_mut() {
                if let Some((room_id, seq)) = room.middle() {
                    // What is not there was not sent later than anything.
                    let at = instants.get(&(room_id, seq)).copied().unwrap_or(i64::MIN);
                    room.halve(self.is_above(room_id, seq, at));
                }
            }
        }
    }

    /// Whether the bound is above a place.
    fn is_above(&self, room_id: StoredId, seq: i64, at: i64) -> bool {
        let sent_at = Timestamp::from_millis(at);
        let place = FoundPlace { sent_at, room_id: RoomId(room_id.0), seq: Seq(seq) };
        let is_after = self.after.is_none_or(|after| {
            if after.room_id == place.room_id { place.seq < after.seq } else { place < after }
        });
        is_after && self.before.is_none_or(|before| sent_at < before)
    }
}
