use std::io::{BufRead, Write};

use diesel::prelude::*;
use domain::ports::Randomness;
use infra_sql::archive::{self, Archive, ExportError, ImportError};

use crate::dialect::SqliteDialect;
use crate::errors::OpenError;
use crate::migrations::open_migrated;
use crate::settings::Settings;

infra_sql::implement_tables!(SqliteDialect<'_>);

/// The file as something that moves as a whole, on a connection of its own.
pub struct SqliteArchive(SqliteConnection);

impl SqliteArchive {
    /// Opens the file, which is made if there is none, and brings its schema up to date.
    pub fn open(settings: impl Into<Settings>) -> Result<Self, OpenError> {
        open_migrated(&settings.into()).map(Self)
    }
}

impl Archive for SqliteArchive {
    fn export(&mut self, to: &mut dyn Write) -> Result<u64, ExportError> {
        self.0.transaction(|connection| archive::export(&mut SqliteDialect(connection), to))
    }

    fn import(&mut self, from: &mut dyn BufRead) -> Result<u64, ImportError> {
        self.0.immediate_transaction(|connection| archive::import(&mut SqliteDialect(connection), from))
    }

    fn renew_epochs(&mut self, randomness: &dyn Randomness) -> QueryResult<usize> {
        self.0.immediate_transaction(|connection| {
            archive::renew_epochs(&mut SqliteDialect(connection), randomness)
        })
    }
}
