//! What the socket's tests share.

pub(super) mod cast;
pub(super) mod peer;
