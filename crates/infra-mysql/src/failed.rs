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
        matches!(self, Self::Work(failure) if Passing::why(failure).is_none())
    }

    /// The same as words alone, with all causes.
    pub(crate) fn told(&self) -> Told {
        let mut words = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            words.push_str(": ");
            words.push_str(&error.to_string());
            cause = error.source();
        }
        Told(words)
    }

    /// Why doing the work again may succeed, if it may.
    pub(crate) fn passing(&self) -> Option<Passing> {
        match self {
            Self::Work(failure) => Passing::why(failure),
            Self::CommitUnknown(_) => Some(Passing::Lost),
            Self::NoConnection(_) | Self::TimedOut | Self::Displaced => None,
        }
    }

    /// Why the database could not do it, as the metrics name it; nothing, if the work was at fault.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Work(failure) => Passing::why(failure).map(Passing::as_str),
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
            Failed::Work(failure) => failure.into_refusal(|error| Passing::of(error).is_some()),
            Failed::NoConnection(_) | Failed::CommitUnknown(_) | Failed::TimedOut | Failed::Displaced => {
                Self::Unavailable(Box::new(failed))
            }
        }
    }
}

/// What a failure said.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Told(String);

/// There is no place for more work.
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

/// A reason to fail that goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
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
const TEXTS: [(&str, Passing); 18] = [
    ("Deadlock found when trying to get lock", Passing::Deadlock),
    ("Lock wait timeout exceeded", Passing::LockWait),
    ("Record has changed since last read", Passing::RecordChanged),
    ("Input/output error", Passing::Lost),
    ("Driver error", Passing::Lost),
    ("Server shutdown in progress", Passing::Lost),
    ("Connection was killed", Passing::Lost),
    ("Query execution was interrupted", Passing::Lost),
    ("The client was disconnected by the server", Passing::Lost),
    ("The MySQL server is running with the ", Passing::Unable),
    ("The MariaDB server is running with the ", Passing::Unable),
    ("Running in read-only mode", Passing::Unable),
    ("Too many connections", Passing::Unable),
    ("Disk full", Passing::Unable),
    ("Got error 28 ", Passing::Unable),
    ("Error writing file", Passing::Unable),
    ("Out of memory", Passing::Unable),
    ("WSREP has not yet prepared node", Passing::Unable),
];

/// Such as `INSERT command denied to user 'hexroom'@'10.0.0.7' for table 'events'`: one word goes before it.
fn is_denied(text: &str) -> bool {
    text.split_once(" command denied to user ").is_some_and(|(verb, _)| !verb.contains(' '))
}

impl Passing {
    /// What of a failure goes by, if anything does.
    pub(crate) fn why(failure: &Failure) -> Option<Self> {
        match failure {
            Failure::Database(error) => Self::of(error),
            _ => None,
        }
    }

    /// What of an error goes by, if anything does.
    pub(crate) fn of(error: &DieselError) -> Option<Self> {
        match error {
            DieselError::DatabaseError(_, information) => {
                let text = information.message();
                let is_full = text.starts_with("The table '") && text.ends_with("' is full");
                // A right that was taken away may be given back, and a new connection has it then.
                if is_full || is_denied(text) {
                    return Some(Self::Unable);
                }
                TEXTS.iter().find(|(start, _)| text.starts_with(start)).map(|(_, passing)| *passing)
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

    fn passing(text: &str) -> Option<Passing> {
        Passing::of(&DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned())))
    }

    #[test]
    fn what_goes_by_is_told_from_what_stays() {
        for (text, expected) in [
            ("Deadlock found when trying to get lock; try restarting transaction", Some(Passing::Deadlock)),
            ("Lock wait timeout exceeded; try restarting transaction", Some(Passing::LockWait)),
            ("Record has changed since last read in table 'rooms'", Some(Passing::RecordChanged)),
            ("Input/output error: Input/output error: Connection reset by peer", Some(Passing::Lost)),
            ("Driver error: `Connection to the server is closed.'", Some(Passing::Lost)),
            ("The table 'events' is full", Some(Passing::Unable)),
            ("The MySQL server is running with the --read-only option so it", Some(Passing::Unable)),
            ("INSERT command denied to user 'a'@'b' for table 'events'", Some(Passing::Unable)),
            ("Duplicate entry 'INSERT command denied to user ' for key 'k'", None),
            ("The table 'events' is read only", None),
            ("Duplicate entry 'ana-Driver error' for key 'events.events_by_client_message'", None),
            ("Check constraint 'seats_chk_1' is violated.", None),
        ] {
            assert_eq!(passing(text), expected, "{text}");
        }
    }
}
