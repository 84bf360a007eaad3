//! Which rows of the index a message changes.

use std::collections::{BTreeMap, BTreeSet};

use domain::Message;

use crate::failure::Failure;
use crate::search::{TermRow, bit, block, shelf};
use crate::{Statements, StoredId};

/// Where terms occur in one room, in the order of the rows' keys.
#[derive(Debug, Default)]
pub(super) struct Added(BTreeMap<(i64, Vec<u8>, i64), i64>);

impl Added {
    /// How many rows they are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Notes the terms of a message as it reads now.
    pub(super) fn add(&mut self, message: &Message) {
        let seq = message.seq.0;
        for term in message.search_terms() {
            *self.0.entry((shelf(seq), term.as_bytes().to_vec(), block(seq))).or_default() |= bit(seq);
        }
    }

    pub(super) fn into_rows(self, room_id: StoredId) -> Vec<TermRow> {
        let rows = self.0.into_iter();
        rows.map(|((shelf, term, block), seqs)| TermRow { room_id, shelf, term, block, seqs }).collect()
    }
}

/// Rows of one room that messages are taken out of.
#[derive(Debug, Default)]
pub(super) struct Stale {
    /// Each as it is, and the seqs that are left of it.
    rows: Vec<(TermRow, i64)>,
    blocks: BTreeSet<i64>,
}

impl Stale {
    /// How many rows are changed.
    pub(super) fn len(&self) -> usize {
        self.changed().count()
    }

    /// Takes a message out of the rows in which it is.
    pub(super) fn take_out(
        &mut self,
        connection: &mut impl Statements,
        room_id: StoredId,
        seq: i64,
    ) -> Result<(), Failure> {
        if self.blocks.insert(block(seq)) {
            let rows = connection.terms_of_block(room_id, shelf(seq), block(seq))?;
            self.rows.extend(rows.into_iter().map(|row| (row.clone(), row.seqs)));
        }
        for (row, seqs) in &mut self.rows {
            if row.block == block(seq) {
                *seqs &= !bit(seq);
            }
        }
        Ok(())
    }

    /// The rows that are changed, with the seqs that are left.
    pub(super) fn into_rows(self) -> Vec<TermRow> {
        self.changed().map(|(row, seqs)| TermRow { seqs: *seqs, ..row.clone() }).collect()
    }

    fn changed(&self) -> impl Iterator<Item = &(TermRow, i64)> {
        self.rows.iter().filter(|(row, seqs)| row.seqs != *seqs)
    }
}
