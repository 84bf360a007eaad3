//! Bringing the schema up to date.
//!
//! Each change of the schema commits by itself, so the run as a whole is no transaction. A lock on the
//! server keeps two runs apart, and a note that outlives a crash tells that a change was begun. Where
//! there is nothing to change, nothing more is asked for than the right to read.

use std::error::Error;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationConnection, MigrationSource, MigrationVersion};
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use infra_sql::Failure;
use infra_sql::former_events::convert_some;
use infra_sql::operations::last_messages;

use crate::append_only;
use crate::connection::Connection;
use crate::open_error::OpenError;
use crate::settings::Settings;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/mysql");

/// The changes that were begun, and of which nobody has said yet that they are done.
const BEGUN: &str = "CREATE TABLE IF NOT EXISTS begun_migrations (version VARCHAR(50) NOT NULL PRIMARY KEY) \
                     ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin";

/// One run at a time in this database; another waits for a minute.
const LOCK: &str = "SELECT GET_LOCK(LEFT(CONCAT('hexroom ', DATABASE()), 64), 60) AS number";
const UNLOCK: &str = "DO RELEASE_LOCK(LEFT(CONCAT('hexroom ', DATABASE()), 64))";

/// Others who use a table may finish before it is changed.
const PATIENT: &str = "SET SESSION lock_wait_timeout = 60";

/// The change before which the former events are converted.
const CONVERTED: &str = "0035";

/// The change before which the rooms' last messages are noted.
const NOTED: &str = "0037";

type Migrations = Vec<Box<dyn Migration<Mysql>>>;

/// Brings the schema to what this binary knows.
pub(crate) fn bring_up_to_date(connection: &mut Connection, settings: &Settings) -> Result<(), OpenError> {
    check_and_migrate(connection)
        .and_then(|()| check_engines(connection))
        .map_err(|stopped| stopped.into_open_error(settings))
}

/// Only InnoDB takes back what is not committed, and a server or a restored dump may have put something else
/// in its place.
fn check_engines(connection: &mut Connection) -> Result<(), Stopped> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        engine: String,
    }
    let others = "SELECT table_name AS name, engine AS engine FROM information_schema.tables \
                  WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB' LIMIT 1";
    let found: Option<Row> = diesel::sql_query(others).get_result(&mut **connection).optional()?;
    found.map_or(Ok(()), |Row { name, engine }| Err(Stopped::NoTransactions { table: name, engine }))
}

fn check_and_migrate(connection: &mut Connection) -> Result<(), Stopped> {
    let state = State::read(connection)?;
    if state.begun.is_empty() && state.pending()?.is_empty() && append_only::is_guarded(connection)? {
        return Ok(());
    }
    connection.batch_execute(PATIENT)?;
    if connection.number(LOCK)? != Some(1) {
        return Err(Stopped::BeingMigrated);
    }
    let migrated = migrate(connection);
    // Where this fails the connection has broken, and the lock has gone with it.
    drop(connection.batch_execute(UNLOCK));
    migrated
}

fn migrate(connection: &mut Connection) -> Result<(), Stopped> {
    let state = State::read(connection)?;
    let pending = state.pending()?;
    // Nobody else changes anything now, so what was begun and not finished never will be.
    if let Some(version) = state.begun.iter().find(|version| !state.applied.contains(version)) {
        return Err(Stopped::HalfApplied(version.clone()));
    }
    if !pending.is_empty() {
        (**connection).setup()?;
        connection.batch_execute(BEGUN)?;
    }
    for migration in &pending {
        if migration.name().version() == MigrationVersion::from(CONVERTED) {
            convert_events(connection)?;
        }
        if migration.name().version() == MigrationVersion::from(NOTED) {
            last_messages::note_all(connection)?;
        }
        apply(connection, migration.as_ref())?;
    }
    append_only::guard(connection)?;
    Ok(())
}

/// Converts the former events, some in each transaction, and then notes which of their messages are deleted. If it is
/// interrupted, the next run goes on with it.
fn convert_events(connection: &mut Connection) -> Result<(), Stopped> {
    tracing::info!("converting the events to those with data");
    loop {
        connection.begin()?;
        let converted = convert_some(connection);
        if converted.is_err() {
            drop(connection.roll_back());
        }
        let is_more = converted?;
        connection.commit()?;
        if !is_more {
            return Ok(());
        }
    }
}

fn apply(connection: &mut Connection, migration: &dyn Migration<Mysql>) -> Result<(), Stopped> {
    let version = migration.name().version().to_string();
    tracing::info!(version, "changing the schema");
    diesel::sql_query("INSERT INTO begun_migrations VALUES (?)")
        .bind::<Text, _>(&version)
        .execute(&mut **connection)?;
    let applied = (**connection).run_migration(migration).map(drop);
    // One change either happened or did not, unless the connection broke; then the note stays.
    diesel::sql_query("DELETE FROM begun_migrations WHERE version = ?")
        .bind::<Text, _>(&version)
        .execute(&mut **connection)?;
    applied.map_err(Stopped::Failed)
}

/// How far a database's schema has come.
struct State {
    applied: Vec<String>,
    begun: Vec<String>,
}

impl State {
    fn read(connection: &mut Connection) -> QueryResult<Self> {
        let begun = versions(connection, "begun_migrations")?;
        Ok(Self { applied: versions(connection, "__diesel_schema_migrations")?, begun })
    }

    /// The changes that are missing, in their order.
    fn pending(&self) -> Result<Migrations, Stopped> {
        let mut changes: Migrations = MIGRATIONS.migrations().map_err(Stopped::Failed)?;
        let known: Vec<_> = changes.iter().map(|change| change.name().version().to_string()).collect();
        if let Some(newest) = self.applied.iter().filter(|version| !known.contains(version)).max() {
            return Err(Stopped::Newer(newest.clone()));
        }
        changes.retain(|change| !self.applied.contains(&change.name().version().to_string()));
        changes.sort_unstable_by(|a, b| a.name().version().cmp(&b.name().version()));
        Ok(changes)
    }
}

/// What a table of versions holds; nothing, if there is no such table.
fn versions(connection: &mut Connection, table: &str) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let held = "SELECT COUNT(*) AS number FROM information_schema.tables \
                WHERE table_schema = DATABASE() AND table_name = ";
    if connection.number(&format!("{held} '{table}'"))? == Some(0) {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = diesel::sql_query(format!("SELECT version FROM {table}")).load(&mut **connection)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Why a run stopped.
enum Stopped {
    Newer(String),
    HalfApplied(String),
    BeingMigrated,
    NoTransactions { table: String, engine: String },
    Failed(Box<dyn Error + Send + Sync>),
}

impl Stopped {
    fn into_open_error(self, settings: &Settings) -> OpenError {
        let database = settings.database.clone();
        match self {
            Self::Newer(version) => OpenError::Newer { database, version },
            Self::HalfApplied(version) => OpenError::HalfApplied { database, version },
            Self::BeingMigrated => OpenError::BeingMigrated { database },
            Self::NoTransactions { table, engine } => OpenError::NoTransactions { database, table, engine },
            Self::Failed(source) if source.to_string().contains(" command denied to user ") => {
                OpenError::MissingGrant { user: settings.user.clone(), database, source }
            }
            Self::Failed(source) => OpenError::Migration { database, source },
        }
    }
}

impl From<DieselError> for Stopped {
    fn from(error: DieselError) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Of two with one number the first would be applied, and the other taken for applied.
    #[test]
    fn each_migration_has_a_number_of_its_own() {
        let migrations: Migrations = MIGRATIONS.migrations().expect("they are embedded");
        let numbers: BTreeSet<_> = migrations.iter().map(|one| one.name().version().to_string()).collect();
        assert_eq!(numbers.len(), migrations.len());
    }
}
