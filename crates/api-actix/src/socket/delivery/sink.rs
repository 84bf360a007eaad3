//! All that delivery needs of a connection: somewhere to push frames to.

use std::fmt;

use crate::socket::protocol::close_reason::CloseReason;
use crate::socket::protocol::wire::Frame;

/// Where a connection's frames are queued. Nothing here ever waits for the peer.
pub(crate) trait FrameSink: fmt::Debug + Send + Sync {
    /// Queues a frame.
    fn push(&self, frame: Frame);

    /// Queues a frame that may be dropped if many wait.
    fn push_ephemeral(&self, frame: &Frame);

    /// Ends the connection behind what is queued. The first reason counts.
    fn finish(&self, reason: CloseReason);

    /// Whether nothing more can be queued.
    fn has_ended(&self) -> bool;

    /// How far the peer has read.
    fn progress(&self) -> Progress;
}

/// How far a peer has read what was queued for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// How many frames have been written so far.
    pub(crate) written: u64,
    /// Whether no frame waits.
    pub(crate) is_empty: bool,
}
