//! Puts a Hexroom server under load, and reports how it copes.
//!
//! Messages are due at a steady rate whatever the server does, and their latency counts from when they
//! were due. Each connection holds the events of its room to their order; what is lost, repeated or
//! missing is counted, never left out.
//!
//! The server is on the same machine, because the generator registers accounts by the thousand with
//! passwords that it makes up, and wants `RATE_LIMITS=off`.

#![expect(missing_docs, reason = "a program; public for the tests that drive it, and its fields for serde")]

pub mod cli;
mod client_ids;
mod comparison;
mod crowd;
mod failure;
mod hosted;
mod http;
mod measured;
mod member;
pub mod modes;
mod page;
mod plot;
mod population;
mod progress;
mod received;
mod record;
mod report;
mod schedule;
mod socket;
mod socket_writer;
mod spread;
mod tally;
mod target;
mod ticker;
mod usage;
mod wire;

pub use failure::Failure;
pub use measured::Measured;
pub use tally::{Latencies, Latency, Wrong};
pub use usage::Usage;
