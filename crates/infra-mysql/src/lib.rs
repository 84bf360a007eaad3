//! The production store: the domain's ports on a database of MySQL or MariaDB.
//!
//! Diesel talks to the server through a driver written in Rust, on blocking threads, so that the operations
//! are the ones that SQLite uses too. Rules are asked inside the transaction, under the locks that keep
//! their facts true; messages are committed in groups. What the server cannot do in time is answered
//! as unavailable, and work that met a transient error is done again.
//!
//! One server at a time works on a database, by its [`Lease`]; what the command line does beside it needs none.

// As the integration tests call it, with which the unit tests share how a database is reached.
#[cfg(test)]
extern crate self as infra_mysql;

mod append_only;
mod archive;
mod connection;
mod connections;
mod database;
mod deadline;
mod dialect;
mod failed;
#[cfg(test)]
mod fixture;
mod lease;
mod migrations;
mod open_error;
mod opening;
mod poster;
mod posting;
mod retries;
#[cfg(test)]
mod round_trips;
#[cfg(test)]
mod rows_examined;
mod settings;
mod version;
mod write_probe;

use domain::ports::Stores;

use crate::database::Database;
use crate::deadline::runtime;
use crate::opening::open_migrated;

pub use archive::MysqlArchive;
pub use lease::Lease;
pub use open_error::OpenError;
pub use settings::{Settings, Tls};

/// Opens the store in a database that exists, and brings its schema up to date. It is to be closed before the
/// process ends, so that the messages that were queued are posted.
///
/// With a lease, nothing is committed any more once another server has taken over.
pub async fn open(settings: Settings, lease: Option<&Lease>) -> Result<Stores, OpenError> {
    migrate(settings.clone()).await?;
    Ok(infra_sql::ports::stores(Database::new(settings, lease.map(|lease| lease.holder))?))
}

/// Brings the schema of a database that exists up to date, and does nothing else.
pub async fn migrate(settings: Settings) -> Result<(), OpenError> {
    let migrating = runtime().spawn_blocking(move || open_migrated(&settings).map(drop));
    migrating.await.map_err(|panicked| OpenError::Database(Box::new(panicked)))?
}
