//! What the ports of a SQL store do, inside an adapter's transaction or on its reading connection.
//!
//! An operation that takes a [`Dialect`](crate::Dialect) changes something: it locks, reads the facts, asks
//! the rule and applies what it answers. One that takes [`Statements`](crate::Statements) only reads;
//! where its doc says so, all it reads must be of one moment. An operation that fails leaves its transaction
//! to be rolled back.

pub mod accounts;
pub mod admin;
pub mod audit;
pub mod friends;
pub mod indexing;
pub mod last_messages;
pub mod messages;
pub mod rooms;
pub mod search;
#[cfg(any(test, feature = "shown"))]
pub mod shown;

mod account_changes;
mod coins;
mod pair_changes;
mod room_changes;
mod room_facts;
