use std::collections::BTreeSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Hexroom;
use crate::{Refusal, SessionId};

/// The sessions that were at work, and of which that is not written down yet.
///
/// When everybody comes back at once, each of them would otherwise wait for a transaction of its own.
#[derive(Debug, Default)]
pub struct LastSeen(Mutex<BTreeSet<SessionId>>);

impl LastSeen {
    pub(super) fn note(&self, id: SessionId) {
        self.noted().insert(id);
    }

    /// A poisoned lock is taken all the same: the set is never left half changed.
    fn noted(&self) -> MutexGuard<'_, BTreeSet<SessionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hexroom {
    /// Writes down which sessions were at work. Those of which that fails are noted again when they next are.
    pub async fn write_last_seen(&self) -> Result<(), Refusal> {
        let sessions = mem::take(&mut *self.last_seen.noted());
        if sessions.is_empty() {
            return Ok(());
        }
        self.accounts.touch(sessions, self.clock.now()).await
    }
}
