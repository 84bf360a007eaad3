use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as PoolError, Pool};
use diesel::result::Error as DieselError;
use domain::Refusal;
use infra_sql::Failure;
use tokio::sync::Semaphore;

use crate::connection;
use crate::dialect::SqliteDialect;
use crate::errors::{Busy, OpenError, refusal};
use crate::files::Files;
use crate::settings::Settings;

/// How many connections read at once.
const READERS: u32 = 4;

/// The connections that only read. They see what is committed, beside the writer and each other.
pub(crate) struct Readers {
    pool: Pool<ConnectionManager<SqliteConnection>>,
    /// One for each connection: callers wait here and not on a thread.
    permits: Arc<Semaphore>,
    /// How long a caller waits for one of them.
    patience: Duration,
}

impl Readers {
    /// Opens the connections to these files, which stay open.
    pub(crate) fn open(settings: &Settings, files: Arc<Files>) -> Result<Self, OpenError> {
        let Settings { path, patience } = settings;
        let manager = ConnectionManager::new(connection::database_url(path)?);
        let pool = Pool::builder()
            .max_size(READERS)
            .max_lifetime(None)
            .idle_timeout(None)
            .test_on_check_out(false)
            .connection_timeout(*patience)
            .connection_customizer(Box::new(ReadOnly { files, patience: *patience }))
            .build(manager)
            .map_err(|error| OpenError::Database { path: path.clone(), source: Box::new(error) })?;
        Ok(Self { pool, permits: Arc::new(Semaphore::new(READERS as usize)), patience: *patience })
    }

    /// Runs one query off the caller's thread. Its caller may stop waiting at any time.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        let acquired = tokio::time::timeout(self.patience, self.permits.clone().acquire_owned()).await;
        let permit = acquired.map_err(|_| Busy::NoReader)?.map_err(|_| Busy::Closing)?;
        let pool = self.pool.clone();
        let reading = tokio::task::spawn_blocking(move || {
            // Given back after the connection is.
            let _permit = permit;
            let mut connection = pool.get().map_err(|_| Busy::NoReader)?;
            work(&mut SqliteDialect(&mut connection)).map_err(refusal)
        });
        reading.await.map_err(|panicked| Refusal::Internal(Box::new(panicked)))?
    }

    /// Runs several queries that all see the same moment.
    pub(crate) async fn view<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.read(|connection| connection.transaction(|connection| work(&mut SqliteDialect(connection))))
            .await
    }
}

#[derive(Debug)]
struct ReadOnly {
    files: Arc<Files>,
    patience: Duration,
}

impl CustomizeConnection<SqliteConnection, PoolError> for ReadOnly {
    /// A connection that comes in the place of a broken one must not be to another file of that name.
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), PoolError> {
        let displaced = |reason| PoolError::QueryError(DieselError::QueryBuilderError(Box::new(reason)));
        self.files.check().map_err(displaced)?;
        connection::prepare_reading(connection, self.patience).map_err(PoolError::QueryError)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use diesel::sql_query;
    use tempfile::TempDir;

    use super::*;
    use crate::migrations::open_migrated;

    fn readers() -> (TempDir, Readers) {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("hexroom.db");
        let settings = Settings { patience: Duration::from_millis(200), ..Settings::from(&path) };
        let _writing = open_migrated(&settings).expect("the file is made");
        let files = Files::of(&path).expect("the files are there");
        let readers = Readers::open(&settings, Arc::new(files)).expect("the file opens");
        (folder, readers)
    }

    #[tokio::test]
    async fn a_caller_is_turned_away_when_no_reader_becomes_free() {
        let (_folder, readers) = readers();
        let readers = Arc::new(readers);
        let all_busy = Arc::new(Barrier::new(READERS as usize + 1));
        let enough = Arc::new(Barrier::new(READERS as usize + 1));
        let busy: Vec<_> = (0..READERS)
            .map(|_| {
                let (readers, all_busy, enough) = (readers.clone(), all_busy.clone(), enough.clone());
                tokio::spawn(async move {
                    let held = readers.read(move |_| {
                        all_busy.wait();
                        enough.wait();
                        Ok(())
                    });
                    held.await
                })
            })
            .collect();
        tokio::task::spawn_blocking(move || all_busy.wait()).await.expect("all readers are busy");
        let refused = readers.read(|_| Ok(())).await;
        assert!(matches!(refused, Err(Refusal::Unavailable(_))), "{refused:?}");

        tokio::task::spawn_blocking(move || enough.wait()).await.expect("the readers go on");
        for reading in busy {
            reading.await.expect("it does not panic").expect("it is read");
        }
        readers.read(|_| Ok(())).await.expect("there are readers again");
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let (_folder, readers) = readers();
        let written = readers.read(|connection| {
            sql_query("UPDATE coin_accounts SET balance = 1").execute(connection.0)?;
            Ok(())
        });
        assert!(matches!(written.await, Err(Refusal::Internal(_))));
    }

    #[tokio::test]
    async fn a_panic_takes_no_reader_away() {
        let (_folder, readers) = readers();
        for _ in 0..=READERS {
            let panicked =
                readers.view(|_| -> Result<(), Failure> { panic!("a mapping panics, as this test wants") });
            assert!(matches!(panicked.await, Err(Refusal::Internal(_))));
        }
        readers.view(|_| Ok(())).await.expect("there are readers left");
    }
}
