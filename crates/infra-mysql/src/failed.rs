use diesel::result::Error as DieselError;
use domain::Refusal;
use infra_sql::Failure;

use crate::open_error::OpenError;

/// Why an attempt to do a piece of work came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// The work failed, and was rolled back.
    #[error(transparent)]
    Work(#[from] Failure),
    /// There was no connection to do it on.
    #[error(transparent)]
    NoConnection(#[from] OpenError),
    /// The connection broke as the work was being committed: it may be done, or not.
    #[error("the connection broke during the commit")]
    CommitUnknown(#[source] DieselError),
    /// The database did not answer in time.
    #[error("the database did not answer in time")]
    TimedOut,
    /// Another server writes to the database now.
    #[error("another server has taken over the database")]
    Displaced,
}

impl Failed {
    /// Whether it is the work that cannot be done, and not the database that cannot do it now.
    pub(crate) fn lies_in_the_work(&self) -> bool {
        matches!(self, Self::Work(failure) if Transient::of_failure(failure).is_none())
    }

    /// Its message and those of all causes.
    pub(crate) fn description(&self) -> Description {
        let mut words = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            words.push_str(": ");
            words.push_str(&error.to_string());
            cause = error.source();
        }
        Description(words)
    }

    /// Why doing the work again may succeed, if it may.
    pub(crate) fn transient(&self) -> Option<Transient> {
        match self {
            Self::Work(failure) => Transient::of_failure(failure),
            Self::CommitUnknown(_) => Some(Transient::Lost),
            Self::NoConnection(_) | Self::TimedOut | Self::Displaced => None,
        }
    }

    /// Why the database could not do it, as the metrics name it; nothing, if the work was at fault.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Work(failure) => Transient::of_failure(failure).map(Transient::as_str),
            Self::NoConnection(_) => Some("no_connection"),
            Self::CommitUnknown(_) => Some("commit_unknown"),
            Self::TimedOut => Some("timed_out"),
            Self::Displaced => Some("displaced"),
        }
    }
}

impl From<Failed> for Refusal {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Work(failure) => failure.into_refusal(|error| Transient::of(error).is_some()),
            Failed::NoConnection(_) | Failed::CommitUnknown(_) | Failed::TimedOut | Failed::Displaced => {
                Self::Unavailable(Box::new(failed))
            }
        }
    }
}

/// A failure in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Description(String);

/// There is no room for more work.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(crate) enum Busy {
    /// All connections are in use.
    #[error("no connection became free in time")]
    NoConnectionFree,
    /// Too many messages wait to be posted.
    #[error("the queue of messages is full")]
    QueueFull,
    /// The store is being closed.
    #[error("the store is closing")]
    Closing,
}

impl From<Busy> for Refusal {
    fn from(busy: Busy) -> Self {
        Self::Unavailable(Box::new(busy))
    }
}

/// Why an error is transient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transient {
    /// Two transactions waited for each other, and this one was chosen to give way.
    Deadlock,
    /// Another transaction kept a lock for too long.
    LockWait,
    /// What was read has changed since, as MariaDB says it.
    RecordChanged,
    /// The connection broke.
    Lost,
    /// The server can do nothing now, or not write.
    Unable,
}

/// How the errors begin. The driver passes the server's text on but not its number, and the session
/// asks for the text in English.
const TEXTS: [(&str, Transient); 18] = [
    ("Deadlock found when trying to get lock", Transient::Deadlock),
    ("Lock wait timeout exceeded", Transient::LockWait),
    ("Record has changed since last read", Transient::RecordChanged),
    ("Input/output error", Transient::Lost),
    ("Driver error", Transient::Lost),
    ("Server shutdown in progress", Transient::Lost),
    ("Connection was killed", Transient::Lost),
    ("Query execution was interrupted", Transient::Lost),
    ("The client was disconnected by the server", Transient::Lost),
    ("The MySQL server is running with the ", Transient::Unable),
    ("The MariaDB server is running with the ", Transient::Unable),
    ("Running in read-only mode", Transient::Unable),
    ("Too many connections", Transient::Unable),
    ("Disk full", Transient::Unable),
    ("Got error 28 ", Transient::Unable),
    ("Error writing file", Transient::Unable),
    ("Out of memory", Transient::Unable),
    ("WSREP has not yet prepared node", Transient::Unable),
];

/// Such as `INSERT command denied to user 'hexroom'@'10.0.0.7' for table 'events'`: one word goes before it.
fn is_denied(text: &str) -> bool {
    text.split_once(" command denied to user ").is_some_and(|(verb, _)| !verb.contains(' '))
}

impl Transient {
    /// Why a failure is transient, if it is.
    pub(crate) fn of_failure(failure: &Failure) -> Option<Self> {
        match failure {
            Failure::Database(error) => Self::of(error),
            _ => None,
        }
    }

    /// Why an error is transient, if it is.
    pub(crate) fn of(error: &DieselError) -> Option<Self> {
        match error {
            DieselError::DatabaseError(_, information) => {
                let text = information.message();
                let is_full = text.starts_with("The table '") && text.ends_with("' is full");
                // A right that was taken away may be given back, and a new connection has it then.
                if is_full || is_denied(text) {
                    return Some(Self::Unable);
                }
                TEXTS.iter().find(|(start, _)| text.starts_with(start)).map(|(_, transient)| *transient)
            }
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::of(commit_error),
            DieselError::BrokenTransactionManager => Some(Self::Lost),
            _ => None,
        }
    }

    /// The reason as the metrics name it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Deadlock => "deadlock",
            Self::LockWait => "lock_wait",
            Self::RecordChanged => "record_changed",
            Self::Lost => "connection_lost",
            Self::Unable => "server_unable",
        }
    }

    /// Whether the connection is good for nothing more.
    pub(crate) fn breaks_the_connection(self) -> bool {
        matches!(self, Self::Lost | Self::Unable)
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::DatabaseErrorKind;

    use super::*;

    fn transient(text: &str) -> Option<Transient> {
        Transient::of(&DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned())))
    }

    #[test]
    fn transient_errors_are_recognised() {
        for (text, expected) in [
            ("Deadlock found when trying to get lock; try restarting transaction", Some(Transient::Deadlock)),
            ("Lock wait timeout exceeded; try restarting transaction", Some(Transient::LockWait)),
            ("Record has changed since last read in table 'rooms'", Some(Transient::RecordChanged)),
            ("Input/output error: Input/output error: Connection reset by peer", Some(Transient::Lost)),
            ("Driver error: `Connection to the server is closed.'", Some(Transient::Lost)),
            ("The table 'events' is full", Some(Transient::Unable)),
            ("The MySQL server is running with the --read-only option so it", Some(Transient::Unable)),
            ("INSERT command denied to user 'a'@'b' for table 'events'", Some(Transient::Unable)),
            ("Duplicate entry 'INSERT command denied to user ' for key 'k'", None),
            ("The table 'events' is read only", None),
            ("Duplicate entry 'ana-Driver error' for key 'events.events_by_client_message'", None),
            ("Check constraint 'seats_chk_1' is violated.", None),
        ] {
            assert_eq!(transient(text), expected, "{text}");
        }
    }
}
