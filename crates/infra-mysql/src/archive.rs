use std::io::{BufRead, Write};

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use domain::ports::Randomness;
use infra_sql::archive::{self, Archive, ExportError, ImportError};

use crate::connection::Connection;
use crate::open_error::OpenError;
use crate::settings::Settings;

infra_sql::implement_tables!(crate::connection::Connection);

/// The database as something that moves as a whole, on a connection of its own. It waits for the server
/// as long as it takes, on the caller's thread, which must be no runtime's.
pub struct MysqlArchive(Connection);

impl MysqlArchive {
    /// Opens a database that exists, and brings its schema up to date.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        crate::open_migrated(settings).map(Self)
    }

    /// Does `work` in a transaction and commits it, or leaves no trace of it.
    fn write<T, E: From<DieselError>>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.begin()?;
        let done = work(&mut self.0);
        match done {
            Ok(_) => self.0.commit()?,
            // What went wrong first says more than that this goes wrong too, and a connection that is
            // gone takes its transaction with it.
            Err(_) => drop(self.0.roll_back()),
        }
        done
    }
}

impl Archive for MysqlArchive {
    fn export(&mut self, to: &mut dyn Write) -> Result<u64, ExportError> {
        self.0.begin_view()?;
        let rows = archive::export(&mut self.0, to)?;
        self.0.end_view()?;
        Ok(rows)
    }

    fn import(&mut self, from: &mut dyn BufRead) -> Result<u64, ImportError> {
        self.write(|connection| archive::import(connection, from))
    }

    fn renew_epochs(&mut self, randomness: &dyn Randomness) -> QueryResult<usize> {
        self.write(|connection| archive::renew_epochs(connection, randomness))
    }
}
