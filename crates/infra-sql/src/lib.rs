//! What the SQL adapters share: the tables, their rows, the mappings between rows and the domain's
//! nouns, and the query expressions.
//!
//! Nothing here opens a connection or names a backend. An adapter runs these expressions on its own
//! connection and keeps what differs: locks, transactions, retries and error codes. Column types
//! are those that every backend has, and no statement needs `RETURNING` or a generated key.
//!
//! Text is equal and ordered by its bytes, blanks at its end included: keys differ in case alone, and
//! pairs and pages follow that order. A backend whose collations see it otherwise is told so in its
//! migrations.
//!
//! Rows that hold a hash or a phone number have no `Debug`, so that none of these reaches a log.

pub mod accounts;
pub mod audit;
pub mod coins;
pub mod events;
pub mod friends;
pub mod rooms;
pub mod schema;

mod stored;

pub use stored::{Corrupt, StoredId};
