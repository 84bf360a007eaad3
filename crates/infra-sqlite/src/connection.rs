use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

use crate::errors::{OpenError, is_transient, is_transient_message};
use crate::files::beside;
use crate::settings::Settings;

/// What every connection has, besides its patience with locks.
const PRAGMAS: &str = "
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

/// A write that changes nothing: what the file says of its user's version has no meaning here.
pub(crate) const CHANGE_NOTHING: &str = "PRAGMA user_version = 0;";

/// Opens the connection that writes. The file, and the folder it is in, are made if need be.
pub(crate) fn open_writing(Settings { path, patience }: &Settings) -> Result<SqliteConnection, OpenError> {
    make_file(path)?;
    let mut connection = establish(path)?;
    wait_for_locks(&mut connection, *patience)
        .and_then(|()| connection.batch_execute(PRAGMAS))
        .and_then(|()| enter_wal(&mut connection, Instant::now() + *patience))
        .and_then(|()| connection.batch_execute(WRITING))
        // SQLite opens what it may not write as something to be read.
        .and_then(|()| connection.batch_execute(&format!("BEGIN IMMEDIATE; {CHANGE_NOTHING} ROLLBACK;")))
        .map_err(|error| open_error(path, error))?;
    Ok(connection)
}

/// Makes a connection one that only reads.
pub(crate) fn prepare_reading(connection: &mut SqliteConnection, patience: Duration) -> QueryResult<()> {
    wait_for_locks(connection, patience)?;
    connection.batch_execute(PRAGMAS)?;
    connection.batch_execute(READING)
}

/// Lets the connection wait so long for the lock of another one before it gives up.
pub(crate) fn wait_for_locks(connection: &mut SqliteConnection, patience: Duration) -> QueryResult<()> {
    connection.batch_execute(&format!("PRAGMA busy_timeout = {}", patience.as_millis()))
}

/// The URL with which SQLite opens an existing file, and makes none.
pub(crate) fn database_url(path: &Path) -> Result<String, OpenError> {
    let not_a_name = || OpenError::Path { path: path.to_owned() };
    let absolute = std::path::absolute(path).map_err(|_| not_a_name())?;
    let name = absolute.into_os_string().into_string().map_err(|_| not_a_name())?;
    let escaped = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("file:{escaped}?mode=rw"))
}

/// Names what is wrong with a file that SQLite could not work with.
pub(crate) fn open_error(path: &Path, error: DieselError) -> OpenError {
    let path = PathBuf::from(path);
    match &error {
        _ if is_transient(&error) => OpenError::Locked { path },
        DieselError::DatabaseError(_, information) if information.message().contains("not a database") => {
            OpenError::NotADatabase { path }
        }
        DieselError::DatabaseError(_, information) if is_about_access(information.message()) => {
            OpenError::File { path, source: Box::new(error) }
        }
        _ => OpenError::Database { path, source: Box::new(error) },
    }
}

fn establish(path: &Path) -> Result<SqliteConnection, OpenError> {
    SqliteConnection::establish(&database_url(path)?).map_err(|error| {
        let path = PathBuf::from(path);
        match error.to_string() {
            told if is_transient_message(&told) => OpenError::Locked { path },
            told if is_about_access(&told) => OpenError::File { path, source: Box::new(error) },
            _ => OpenError::Database { path, source: Box::new(error) },
        }
    })
}

fn is_about_access(message: &str) -> bool {
    ["unable to open", "readonly database"].iter().any(|told| message.contains(told))
}

/// Made by hand so that only its owner may read it, and so that the system says what is wrong. A file that is
/// there is never opened, for closing it would drop the locks that SQLite may hold on it for this process.
fn make_file(path: &Path) -> Result<(), OpenError> {
    /// Held so that nobody else here has SQLite open the new file before it is closed.
    static MAKING: Mutex<()> = Mutex::new(());

    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { folder: folder.to_owned(), source })?;
    }
    let _alone = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let changes = beside(path, "-wal");
    // In this order: there are no changes before there is a database.
    let has_changes = fs::metadata(&changes).is_ok_and(|changes| changes.len() > 0);
    let is_missing = fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    if has_changes && is_missing {
        // SQLite would remove them.
        return Err(OpenError::ChangesAlone { path: path.to_owned(), changes });
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(drop);
    match made {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => {
            Err(OpenError::File { path: path.to_owned(), source: Box::new(source) })
        }
        _ => Ok(()),
    }
}

/// SQLite does not wait for a lock when two connections change the journal's mode at once.
fn enter_wal(connection: &mut SqliteConnection, until: Instant) -> QueryResult<()> {
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL;") {
            Err(error) if is_transient(&error) && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}
