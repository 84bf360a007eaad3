//! The rule by which a room's events reach the program in order, each once.

use std::collections::BTreeMap;

use crate::{Epoch, Event};

/// Most events that wait for an earlier one. What comes beyond is not kept: the answer to `sync`
/// brings it again.
const MOST_HELD: usize = 1_000;

/// After this many answers to `sync` that left something out, the room is loaded again.
const FRUITLESS_SYNCS: u8 = 3;

/// How far one room's log has been shown.
#[derive(Debug)]
pub(super) struct RoomLog {
    /// Unknown in a room that was joined while connected, until it has been loaded.
    pub(super) epoch: Option<Epoch>,
    /// The newest event that was shown, or will be once the room is loaded.
    pub(super) applied: i64,
    held: BTreeMap<i64, Event>,
    sync: Option<String>,
    fruitless: u8,
    loading: Option<Loading>,
}

/// The room is being loaded; what happens meanwhile is shown after it.
#[derive(Debug)]
struct Loading {
    generation: u64,
    waiting: Vec<Event>,
}

/// The outcome of a `sync`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Synced {
    /// Nothing is missing.
    Whole,
    /// Something still is: ask again.
    Missing,
    /// Asking has not helped: load the room.
    GaveUp,
}

impl RoomLog {
    /// A log that has been shown up to `applied`.
    pub(super) fn at(applied: i64, epoch: Option<Epoch>) -> Self {
        Self { epoch, applied, held: BTreeMap::new(), sync: None, fruitless: 0, loading: None }
    }

    /// Takes an event that came. The next one is applied with all that waited for it, an earlier one
    /// dropped, a later one held. Returns what is to be shown now.
    pub(super) fn take(&mut self, event: Event) -> Vec<Event> {
        let mut next = Vec::new();
        if event.seq > self.applied + 1 {
            if self.held.len() < MOST_HELD {
                self.held.insert(event.seq, event);
            }
        } else if event.seq == self.applied + 1 {
            next.push(event);
            self.applied += 1;
            while let Some(event) = self.held.remove(&(self.applied + 1)) {
                next.push(event);
                self.applied += 1;
            }
        }
        match &mut self.loading {
            Some(loading) => {
                loading.waiting.append(&mut next);
                Vec::new()
            }
            None => next,
        }
    }

    /// The place after which to ask again, if events up to `head` are missing and it is not being
    /// asked already.
    pub(super) fn missing_since(&self, head: i64) -> Option<(&Epoch, i64)> {
        let is_missing = head > self.applied || !self.held.is_empty();
        let epoch = self.epoch.as_ref()?;
        (is_missing && self.sync.is_none()).then_some((epoch, self.applied))
    }

    /// A `sync` under this id is on its way.
    pub(super) fn ask(&mut self, id: String) {
        self.sync = Some(id);
    }

    /// Whether the answer under this id is the one waited for.
    pub(super) fn is_asked(&self, id: &str) -> bool {
        self.sync.as_deref() == Some(id)
    }

    /// The `sync` was answered: everything up to `head` should have come.
    pub(super) fn finish_sync(&mut self, head: i64) -> Synced {
        self.sync = None;
        if self.missing_since(head).is_none() {
            self.fruitless = 0;
            return Synced::Whole;
        }
        self.fruitless += 1;
        if self.fruitless < FRUITLESS_SYNCS { Synced::Missing } else { Synced::GaveUp }
    }

    /// The `sync` was refused. The next event or ping asks again.
    pub(super) fn cancel_sync(&mut self) {
        self.sync = None;
    }

    /// The connection was lost, and what was held with it: resuming brings it again.
    pub(super) fn lose_connection(&mut self) {
        self.held.clear();
        self.sync = None;
    }

    /// Goes on behind `seq`, once the room as it stands there has been loaded.
    pub(super) fn load(&mut self, seq: i64, generation: u64) {
        *self = Self {
            loading: Some(Loading { generation, waiting: Vec::new() }),
            ..Self::at(seq, self.epoch.take())
        };
    }

    /// The room has been loaded. Returns what happened meanwhile, unless another loading has begun
    /// since then.
    pub(super) fn finish_load(&mut self, generation: u64, epoch: &Epoch) -> Option<Vec<Event>> {
        self.loading.take_if(|loading| loading.generation == generation).map(|loading| {
            self.epoch.get_or_insert_with(|| epoch.clone());
            loading.waiting
        })
    }
}

#[cfg(test)]
#[path = "room_log_tests.rs"]
mod tests;
