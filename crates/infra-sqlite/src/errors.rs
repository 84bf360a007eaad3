use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use diesel::result::Error as DieselError;
use domain::Refusal;
use infra_sql::Failure;

use crate::files::NotInPlace;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub enum OpenError {
    /// The path cannot be given to SQLite.
    #[error("{path:?} cannot name a database: use a path in UTF-8")]
    Path { path: PathBuf },
    /// The folder is not there and cannot be made.
    #[error("the folder {folder:?} cannot be made: check the path and who may write there")]
    Folder {
        folder: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The file cannot be read and written.
    #[error("{path:?} cannot be opened for reading and writing: check the path and its permissions")]
    File {
        path: PathBuf,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file is gone, and the newest part of what was in it is left.
    #[error(
        "{changes:?} has the newest changes of {path:?}, which is not there: put that back beside it; or, to begin \
         with an empty store, move the changes away"
    )]
    ChangesAlone { path: PathBuf, changes: PathBuf },
    /// The file is something else.
    #[error("{path:?} is not a database: move it away, or name another file")]
    NotADatabase { path: PathBuf },
    /// The file was made by a newer Hexroom.
    #[error(
        "{path:?} has the schema {version}, which this version of Hexroom does not know: use a newer one"
    )]
    Newer { path: PathBuf, version: String },
    /// Another process kept the file locked.
    #[error("{path:?} is locked by another process: try again when that has finished")]
    Locked { path: PathBuf },
    /// A change of the schema did not succeed; the file is as it was.
    #[error("the schema of {path:?} cannot be brought up to date")]
    Migration {
        path: PathBuf,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else that SQLite said.
    #[error("{path:?} cannot be opened as a database")]
    Database {
        path: PathBuf,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The system gave no thread to write with.
    #[error("no thread can be started to write with")]
    Thread(#[source] io::Error),
}

/// What the caller of a port is told.
pub(crate) fn refusal(failure: Failure) -> Refusal {
    failure.into_refusal(is_transient)
}

/// Why a whole group of writes is not acknowledged.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum BatchFailed {
    /// It could not be committed, so that nothing of it was done.
    #[error("the group of writes could not be committed")]
    Uncommitted(#[source] Arc<DieselError>),
    /// What is written may never be found again.
    #[error("nothing can be written")]
    NotInPlace(#[source] Arc<NotInPlace>),
    /// Nothing of it was begun, and its callers have been told so.
    #[error("the store did not come to it in time")]
    TooLate,
}

impl From<DieselError> for BatchFailed {
    fn from(error: DieselError) -> Self {
        Self::Uncommitted(Arc::new(error))
    }
}

impl From<NotInPlace> for BatchFailed {
    fn from(reason: NotInPlace) -> Self {
        Self::NotInPlace(Arc::new(reason))
    }
}

impl From<BatchFailed> for Refusal {
    fn from(failed: BatchFailed) -> Self {
        match &failed {
            BatchFailed::Uncommitted(error) if !is_transient(error) => Self::Internal(Box::new(failed)),
            _ => Self::Unavailable(Box::new(failed)),
        }
    }
}

/// The queue, the readers or the writer cannot take more work.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(crate) enum Busy {
    /// Too many writes wait.
    #[error("the queue of writes is full")]
    QueueFull,
    /// All readers are busy.
    #[error("no reading connection became free in time")]
    NoReader,
    /// The writing thread is gone.
    #[error("the store is closing")]
    Closing,
}

impl From<Busy> for Refusal {
    fn from(busy: Busy) -> Self {
        Self::Unavailable(Box::new(busy))
    }
}

/// Whether trying again later may succeed. Diesel keeps SQLite's message, not its code.
pub(crate) fn is_transient(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(_, information) => is_transient_message(information.message()),
        DieselError::RollbackErrorOnCommit { commit_error, .. } => is_transient(commit_error),
        _ => false,
    }
}

pub(crate) fn is_transient_message(message: &str) -> bool {
    TRANSIENT.iter().any(|transient| message.contains(transient))
}

/// Whether another process is in the way.
pub(crate) fn is_locked(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information) if information.message().contains("is locked"))
}

/// What SQLite says when not the work is at fault but the file, its disk, or who else uses it.
const TRANSIENT: [&str; 4] =
    ["database is locked", "database table is locked", "database or disk is full", "disk I/O error"];
