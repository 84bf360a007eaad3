//! One socket's life: [`handshake`] agrees to it, [`upgrade`](mod@upgrade) takes it over from HTTP, and [`session`] serves it
//! until its end.

mod commands;
pub(super) mod handshake;
mod opening;
pub(super) mod outbox;
mod pipeline;
pub(super) mod session;
mod transport;
mod upgrade;

pub(crate) use handshake::connect;
pub(crate) use upgrade::upgrade;
