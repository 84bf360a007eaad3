//! What the SQL adapters share: the tables, their rows, the mappings between rows and the domain's
//! nouns, and the query expressions.
//!
//! Nothing here opens a connection or names a backend. An adapter runs these expressions on its own
//! connection and keeps what differs: locks, transactions, retries and error codes. Column types
//! are those that every backend has, and no statement needs `RETURNING` or a generated key.

pub mod accounts;
pub mod audit;
pub mod coins;
pub mod events;
pub mod friends;
pub mod rooms;
pub mod schema;

mod stored;

pub use stored::{Corrupt, StoredId};
