//! One socket's life. The [`handshake`] agrees to open it, the [`upgrade`](mod@upgrade) takes it over from HTTP, and its
//! [`lifecycle`] is one task until its end.

mod commands;
pub(super) mod handshake;
pub(super) mod lifecycle;
mod opening;
pub(super) mod outbox;
mod pipeline;
mod session;
mod transport;
mod upgrade;

pub(crate) use handshake::connect;
pub(crate) use upgrade::upgrade;
