//! What a client and the server say to each other: bytes, messages and frames.

pub(super) mod client_frames;
pub(super) mod close_reason;
pub(super) mod decoder;
mod events;
pub(super) mod notices;
pub(super) mod reader;
pub(super) mod server_frames;
pub(super) mod wire;
