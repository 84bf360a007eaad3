use std::io::{BufRead, Write};

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use domain::ports::Randomness;
use infra_sql::archive::{self, Archive, ExportError, ImportError};

use crate::connection::Connection;
use crate::failed::Failed;
use crate::lease::{Holder, Lease};
use crate::open_error::OpenError;
use crate::opening::open_migrated;
use crate::settings::Settings;

infra_sql::implement_tables!(crate::connection::Connection);

/// The database as something that moves as a whole, on a connection of its own. It waits for the server
/// as long as it takes, on the caller's thread, which must be no runtime's.
pub struct MysqlArchive {
    connection: Connection,
    /// The server that must still hold the lease for anything to be written; none if anybody may write.
    holder: Option<Holder>,
}

/// Writing or sending the file may take a while.
const PATIENT: &str = "SET SESSION lock_wait_timeout = 60, wait_timeout = 28800, net_read_timeout = 28800, net_write_timeout = 28800";

impl MysqlArchive {
    /// Opens a database that exists, and brings its schema up to date. With a lease, nothing is committed
    /// any more once a server has taken over.
    pub fn open(settings: &Settings, lease: Option<&Lease>) -> Result<Self, OpenError> {
        let mut connection = open_migrated(settings)?;
        connection.batch_execute(PATIENT)?;
        Ok(Self { connection, holder: lease.map(|lease| lease.holder) })
    }

    /// Does `work` in a transaction and commits it, or leaves no trace of it.
    fn write<T, E: From<DieselError>>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.connection.begin()?;
        let done = match self.holder.map_or(Ok(true), |holder| holder.stays(&mut self.connection)) {
            Ok(true) => work(&mut self.connection),
            Ok(false) => Err(DieselError::QueryBuilderError(Box::new(Failed::Displaced)).into()),
            Err(error) => Err(error.into()),
        };
        match done {
            Ok(_) => self.connection.commit()?,
            // What went wrong first says more than that this goes wrong too, and a connection that is
            // gone takes its transaction with it.
            Err(_) => drop(self.connection.roll_back()),
        }
        done
    }
}

impl Archive for MysqlArchive {
    fn export(&mut self, to: &mut dyn Write) -> Result<u64, ExportError> {
        self.connection.begin_view()?;
        let rows = archive::export(&mut self.connection, to)?;
        self.connection.end_view()?;
        Ok(rows)
    }

    fn import(&mut self, from: &mut dyn BufRead) -> Result<u64, ImportError> {
        self.write(|connection| archive::import(connection, from))
    }

    fn renew_epochs(&mut self, randomness: &dyn Randomness) -> QueryResult<usize> {
        self.write(|connection| archive::renew_epochs(connection, randomness))
    }
}
