//! What a client and the server say to each other: bytes, messages and frames.

pub(super) mod close_reason;
pub(super) mod decoder;
mod events;
pub(super) mod frames;
pub(super) mod notices;
pub(super) mod reader;
pub(super) mod requests;
pub(super) mod wire;
