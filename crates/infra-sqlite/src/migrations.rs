use std::error::Error;

use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use infra_sql::Failure;
use infra_sql::former_events::convert_some;

use crate::connection::{open_error, open_writing};
use crate::dialect::SqliteDialect;
use crate::errors::OpenError;
use crate::settings::Settings;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// The change before which the former events are converted.
const CONVERTED: &str = "0015";

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
    let stopped = connection.immediate_transaction(|connection| bring_up_to_date(connection, &known));
    match stopped {
        Ok(()) => Ok(connection),
        Err(Stopped::Newer(version)) => Err(OpenError::Newer { path: path.clone(), version }),
        Err(Stopped::Migration(source)) => Err(OpenError::Migration { path: path.clone(), source }),
        Err(Stopped::Database(error)) => Err(open_error(path, error)),
    }
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
    for migration in connection.pending_migrations(MIGRATIONS).map_err(Stopped::Migration)? {
        if migration.name().version() == MigrationVersion::from(CONVERTED) {
            while convert_some(&mut SqliteDialect(connection))? {}
        }
        connection.run_migration(&migration).map_err(Stopped::Migration)?;
    }
    Ok(())
}

enum Stopped {
    Newer(String),
    Migration(BoxError),
    Database(DieselError),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => Self::Database(error),
            failure => Self::Migration(failure.into()),
        }
    }
}

impl From<DieselError> for Stopped {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}
