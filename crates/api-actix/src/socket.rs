//! The WebSocket protocol `hexroom.v1`, in three rooms.
//!
//! [`protocol`] makes requests of a peer's bytes, and frames of what it is to be told. [`connection`] is
//! one socket's life, from the handshake to the close frame. [`delivery`] knows everybody who is connected, and
//! brings each room's events to those who are in it. A connection uses both others, delivery uses the protocol,
//! and the protocol knows neither.

mod connection;
mod delivery;
mod protocol;
#[cfg(test)]
mod tests;

pub(crate) use connection::{connect, upgrade};
pub use delivery::Hub;
