//! The embedded store: the domain's ports on one SQLite file.
//!
//! One thread owns the connection that writes and commits in groups; a few other connections read
//! beside it. Rules are asked inside the transaction, and the schema's constraints are a second
//! line of defence. Another process may open the same file at the same time.

mod archive;
mod audit;
mod committer;
mod connection;
mod database;
mod dialect;
mod errors;
mod files;
mod jobs;
mod migrations;
// Where the kernel counts what a process reads.
#[cfg(all(test, target_os = "linux"))]
mod pages_read;
mod readers;
mod settings;
mod transaction;
mod writer;

use std::sync::Arc;

use domain::ports::Stores;

use crate::database::Database;
use crate::files::Files;
use crate::readers::Readers;
use crate::writer::Writer;

pub use archive::SqliteArchive;
pub use errors::OpenError;
pub use settings::Settings;

/// How many writes may wait for their turn before callers are turned away.
const QUEUED_WRITES: usize = 4_096;

/// Opens the store in a file, which is made if there is none, and brings its schema up to date. Dropping all
/// clones of what this gives finishes the writes that were queued.
pub fn open(settings: impl Into<Settings>) -> Result<Stores, OpenError> {
    let settings = settings.into();
    let writing = migrations::open_migrated(&settings)?;
    let files = Files::of(&settings.path)
        .map_err(|source| OpenError::File { path: settings.path.clone(), source: Box::new(source) })?;
    let files = Arc::new(files);
    let readers = Readers::open(&settings, files.clone())?;
    let writer = Writer::start(writing, files, settings.patience, QUEUED_WRITES)?;
    Ok(infra_sql::ports::stores(Database::new(writer, readers)))
}

/// Brings the schema of a file up to date, and does nothing else.
pub fn migrate(settings: impl Into<Settings>) -> Result<(), OpenError> {
    migrations::open_migrated(&settings.into()).map(drop)
}
