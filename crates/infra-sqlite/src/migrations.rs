use std::error::Error;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use infra_sql::Failure;
use infra_sql::former_events::convert_some;
use infra_sql::operations::last_messages;

use crate::audit::dangling_references;
use crate::connection::{open_error, open_writing};
use crate::dialect::SqliteDialect;
use crate::errors::OpenError;
use crate::settings::Settings;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// The change before which the former events are converted.
const CONVERTED: &str = "0015";

/// The change after which the rooms' last messages are noted.
const LAST_MESSAGES: &str = "0016";

type BoxError = Box<dyn Error + Send + Sync>;

/// Opens the connection that writes, on a file whose schema is the one that this binary knows.
pub(crate) fn open_migrated(settings: &Settings) -> Result<SqliteConnection, OpenError> {
    let mut connection = open_writing(settings)?;
    let path = &settings.path;
    let known: Vec<_> = MigrationSource::<Sqlite>::migrations(&MIGRATIONS)
        .map_err(|source| OpenError::Migration { path: path.clone(), source })?
        .iter()
        .map(|migration| migration.name().version().as_owned())
        .collect();
    let stopped = without_foreign_keys(&mut connection, |connection| {
        connection.immediate_transaction(|connection| bring_up_to_date(connection, &known))
    });
    match stopped {
        Ok(()) => Ok(connection),
        Err(Stopped::Newer(version)) => Err(OpenError::Newer { path: path.clone(), version }),
        Err(Stopped::Migration(source)) => Err(OpenError::Migration { path: path.clone(), source }),
        Err(Stopped::Database(error)) => Err(open_error(path, error)),
    }
}

/// Dropping a table deletes its rows, and for each of them SQLite would look for others that refer to it. So foreign
/// keys are off while tables are rebuilt, as its manual advises, and checked at the end
/// (<https://www.sqlite.org/lang_altertable.html#otheralter>). Within a transaction they could not be turned off.
fn without_foreign_keys(
    connection: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> Result<(), Stopped>,
) -> Result<(), Stopped> {
    connection.batch_execute("PRAGMA foreign_keys = OFF")?;
    work(connection)?;
    connection.batch_execute("PRAGMA foreign_keys = ON")?;
    Ok(())
}

/// The whole run is one transaction that locks the file first, so that of two processes starting at
/// once the second finds nothing left to do.
fn bring_up_to_date(
    connection: &mut SqliteConnection,
    known: &[MigrationVersion<'static>],
) -> Result<(), Stopped> {
    let applied = connection.applied_migrations().map_err(Stopped::Migration)?;
    if let Some(newest) = applied.iter().filter(|version| !known.contains(version)).max() {
        return Err(Stopped::Newer(newest.to_string()));
    }
    let pending = connection.pending_migrations(MIGRATIONS).map_err(Stopped::Migration)?;
    if pending.is_empty() {
        return Ok(());
    }
    for migration in pending {
        if migration.name().version() == MigrationVersion::from(CONVERTED) {
            while convert_some(&mut SqliteDialect(connection))? {}
        }
        connection.run_migration(&migration).map_err(Stopped::Migration)?;
        if migration.name().version() == MigrationVersion::from(LAST_MESSAGES) {
            last_messages::note_all(&mut SqliteDialect(connection))?;
        }
    }
    match dangling_references(connection)?.first() {
        None => Ok(()),
        Some(first) => Err(Stopped::Migration(format!("the file is damaged: {first}").into())),
    }
}

enum Stopped {
    Newer(String),
    Migration(BoxError),
    Database(DieselError),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Migration(failure.into())
    }
}

impl From<DieselError> for Stopped {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}
