use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the server is about to stop; `/readyz` says so, that nobody sends more work.
#[derive(Default)]
pub(crate) struct Stopping(AtomicBool);

impl Stopping {
    /// Whether it is.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
