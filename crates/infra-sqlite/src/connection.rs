use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

use crate::errors::{OpenError, is_passing, is_passing_message};

/// How long a connection waits for another's lock before it gives up.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// What every connection begins with. Waiting for locks comes first, for the others may meet one.
const PRAGMAS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
";

/// What the writing connection has besides. It keeps the ends of many rooms' logs at hand, 64 MiB at
/// most, instead of reading them again for each message. `secure_delete` overwrites a deleted body with
/// zeros where it stood; the log of changes still holds it until the next checkpoint has run through.
const WRITING: &str = "
    PRAGMA cache_size = -65536;
    PRAGMA wal_autocheckpoint = 10000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA secure_delete = ON;
";

const READING: &str = "PRAGMA query_only = ON;";

/// Opens the connection that writes. The file, and the folder it is in, are made if need be.
pub(crate) fn open_writing(path: &Path) -> Result<SqliteConnection, OpenError> {
    make_file(path)?;
    let mut connection = establish(path)?;
    connection
        .batch_execute(PRAGMAS)
        .and_then(|()| enter_wal(&mut connection))
        .and_then(|()| connection.batch_execute(WRITING))
        .map_err(|error| open_error(path, error))?;
    Ok(connection)
}

/// Makes a connection one that only reads.
pub(crate) fn prepare_reading(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.batch_execute(PRAGMAS)?;
    connection.batch_execute(READING)
}

/// The name by which SQLite opens a path: an absolute one, which it takes for nothing else.
pub(crate) fn database_url(path: &Path) -> Result<String, OpenError> {
    let not_a_name = || OpenError::Path { path: path.to_owned() };
    let absolute = std::path::absolute(path).map_err(|_| not_a_name())?;
    absolute.into_os_string().into_string().map_err(|_| not_a_name())
}

/// Names what is wrong with a file that SQLite could not work with.
pub(crate) fn open_error(path: &Path, error: DieselError) -> OpenError {
    let path = PathBuf::from(path);
    match &error {
        _ if is_passing(&error) => OpenError::Locked { path },
        DieselError::DatabaseError(_, information) if information.message().contains("not a database") => {
            OpenError::NotADatabase { path }
        }
        _ => OpenError::Database { path, source: Box::new(error) },
    }
}

fn establish(path: &Path) -> Result<SqliteConnection, OpenError> {
    SqliteConnection::establish(&database_url(path)?).map_err(|error| {
        let path = PathBuf::from(path);
        if is_passing_message(&error.to_string()) {
            OpenError::Locked { path }
        } else {
            OpenError::Database { path, source: Box::new(error) }
        }
    })
}

/// Made by hand so that only its owner may read it, and so that the system says what is wrong.
fn make_file(path: &Path) -> Result<(), OpenError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { folder: folder.to_owned(), source })?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|source| OpenError::File { path: path.to_owned(), source })
}

/// SQLite does not wait for a lock when two connections change the journal's mode at once.
fn enter_wal(connection: &mut SqliteConnection) -> QueryResult<()> {
    let deadline = Instant::now() + LOCK_WAIT;
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL;") {
            Err(error) if is_passing(&error) && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}
