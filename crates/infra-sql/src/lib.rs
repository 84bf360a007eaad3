//! What the SQL adapters share: the tables, their rows, the mappings between rows and the domain's
//! nouns, the statements, the [`operations`] that put them to a database, and the [`ports`] that carry out the
//! operations on a [`Backend`].
//!
//! Nothing here opens a connection or names a database. An adapter implements [`Backend`], which lends its
//! connections to the operations as a [`Dialect`], and keeps what differs: pools, transactions, retries, error
//! codes and the statements that lock. Column types are those that every backend has, and no statement needs
//! `RETURNING` or a generated key.
//!
//! Text is equal and ordered by its bytes, blanks at its end included: keys differ in case alone, and
//! pairs and pages follow that order. A backend whose collations see it otherwise is told so in its
//! migrations.
//!
//! Rows that hold a hash or a phone number have no `Debug`, so that none of these reaches a log.

#[macro_use]
mod table_list;

pub mod accounts;
pub mod admin;
pub mod archive;
pub mod audit;
pub mod coins;
pub mod events;
pub mod former_events;
pub mod friends;
pub mod operations;
pub mod ports;
pub mod posting;
pub mod rooms;
pub mod schema;
pub mod search;
pub mod statements;
pub mod tables;

mod backend;
mod commit_health;
mod dialect;
mod failure;
mod fields;
mod stored;
mod tally;

pub use backend::Backend;
pub use commit_health::{CommitHealth, CommitsRefused};
pub use dialect::Dialect;
pub use failure::Failure;
pub use statements::Statements;
pub use stored::{Corrupt, StoredId};
pub use tally::{MentionTally, Tally};

/// How long callers of any store wait unless it is told otherwise. With what is around it an answer then takes
/// no longer than three seconds.
pub const USUAL_PATIENCE: std::time::Duration = std::time::Duration::from_millis(2_500);
