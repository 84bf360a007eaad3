//! The search index: which terms occur where, and how far each room's log is indexed.
//!
//! A row has a term's occurrences in [`BLOCK`] seqs as bits of one number. Rooms are indexed in the order of their logs, so
//! what is indexed of a room changes only together with how far it is.

use diesel::prelude::*;
use domain::{Message, RoomId};

use crate::StoredId;
use crate::events::{EventData, MessageRow};

/// How many seqs stand together.
pub const SHELF: i64 = 4_096;

/// How many seqs one row has. MySQL's bit operators make unsigned numbers, and those of as many bits fit a signed column.
pub const BLOCK: i64 = 32;

/// How far a room is indexed whose terms have to go first.
pub const TO_BE_EMPTIED: i64 = -1;

/// On which shelf a seq is.
pub(crate) fn shelf(seq: i64) -> i64 {
    seq.div_euclid(SHELF)
}

/// The block of a seq.
pub(crate) fn block(seq: i64) -> i64 {
    seq.div_euclid(BLOCK)
}

/// The bit of a seq in its block.
pub(crate) fn bit(seq: i64) -> i64 {
    1 << seq.rem_euclid(BLOCK)
}

/// The seqs of a block whose bits are set, the newest first.
pub(crate) fn seqs_of(block: i64, seqs: i64) -> impl Iterator<Item = i64> {
    (0..BLOCK).rev().filter(move |bit| seqs >> bit & 1 == 1).map(move |bit| block * BLOCK + bit)
}

/// Where a term occurs.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct TermRow {
    pub room_id: StoredId,
    pub shelf: i64,
    pub term: Vec<u8>,
    pub block: i64,
    pub seqs: i64,
}

/// Where a term that was asked for occurs.
#[derive(Debug, Clone, Copy, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct PostingRow {
    pub room_id: StoredId,
    pub block: i64,
    pub seqs: i64,
}

/// A room that may be searched, and how far it is indexed.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct IndexedRoomRow {
    pub room_id: StoredId,
    pub name: String,
    pub indexed_seq: i64,
}

/// A room, how far it is indexed, and where its log ends.
#[derive(Debug, Clone, Copy, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct BehindRow {
    pub room_id: StoredId,
    pub closed_at: Option<i64>,
    pub indexed_seq: Option<i64>,
    pub head_seq: Option<i64>,
}

impl BehindRow {
    /// How far it is indexed.
    pub(crate) fn indexed_seq(&self) -> i64 {
        self.indexed_seq.unwrap_or_default()
    }

    /// Whether its log goes on above what is indexed.
    pub(crate) fn is_behind(&self) -> bool {
        Some(self.indexed_seq()) < self.head_seq
    }

    /// The log from above what is indexed, up to so many events.
    pub(crate) fn next(&self, events: i64) -> (StoredId, i64, i64) {
        (self.room_id, self.indexed_seq(), self.indexed_seq().saturating_add(events))
    }

    pub(crate) fn room_id(&self) -> RoomId {
        RoomId(self.room_id.0)
    }
}

/// An event as it is indexed.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct IndexedEventRow {
    pub room_id: StoredId,
    pub kind: String,
    pub row: MessageRow,
}

/// What makes no sense is not indexed, and the audit names it.
impl IndexedEventRow {
    /// The place of the message that it edits or deletes.
    pub(crate) fn target_seq(&self) -> Option<i64> {
        EventData::read(&self.kind, &self.row.data).ok()?.target_seq()
    }

    /// The message that it posts, as it reads now.
    pub(crate) fn message(self) -> Option<Message> {
        self.row.message_id?;
        self.row.message(RoomId(self.room_id.0)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seq_is_read_back_from_its_bit() {
        for seq in [1, 31, 32, 33, 4_095, 4_096, 1 << 40] {
            assert_eq!(seqs_of(block(seq), bit(seq)).collect::<Vec<_>>(), [seq]);
            assert_eq!(shelf(seq), block(seq) * BLOCK / SHELF);
        }
        assert_eq!(seqs_of(2, 0b101).collect::<Vec<_>>(), [66, 64]);
        assert!((0..BLOCK).map(bit).sum::<i64>() <= i64::from(u32::MAX));
    }
}
