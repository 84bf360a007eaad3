use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use infra_sql::CommitHealth;

use crate::connection::Connection;
use crate::deadline::{Deadline, runtime};
use crate::lease::Holder;
use crate::open_error::OpenError;
use crate::settings::Settings;

/// A connection that was idle for longer may have gone bad, and is asked before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// How long it may take to answer then.
const ANSWERS_WITHIN: Duration = Duration::from_millis(500);

/// A connection that nobody has needed for so long is given up; the server would soon do so itself.
const KEPT_FOR: Duration = Duration::from_secs(10);

/// The connections that nobody uses just now, the last used on top.
pub(crate) struct Connections {
    settings: Settings,
    /// The server that must still hold the lease for anything to be written; none if anybody may write.
    pub(crate) holder: Option<Holder>,
    /// Whether the database takes writes, as the last of them told.
    pub(crate) commits: Arc<CommitHealth>,
    idle: Mutex<Vec<Connection>>,
}

impl Connections {
    /// Opens no connection; that is done as they are needed.
    pub(crate) fn new(settings: Settings, holder: Option<Holder>) -> Self {
        Self { settings, holder, commits: Arc::default(), idle: Mutex::default() }
    }

    /// Others to the same database, which break and are given up by themselves.
    pub(crate) fn apart(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            holder: self.holder,
            commits: self.commits.clone(),
            idle: Mutex::default(),
        }
    }

    /// A connection that works, as far as can be known.
    pub(crate) fn take(&self) -> Result<Connection, OpenError> {
        let Some(mut connection) = self.newest() else { return Connection::open(&self.settings) };
        if connection.used_at.elapsed() < TRUSTED_FOR {
            return Ok(connection);
        }
        let asked = Deadline::after(ANSWERS_WITHIN).enforce(|| connection.ping());
        if matches!(asked, Ok(Ok(()))) {
            return Ok(connection);
        }
        self.forget();
        Connection::open(&self.settings)
    }

    /// Takes back a connection that works.
    pub(crate) fn give_back(&self, mut connection: Connection) {
        connection.used_at = Instant::now();
        self.idle().push(connection);
    }

    /// Drops all that are idle: where one has broken, they all have.
    pub(crate) fn forget(&self) {
        // Each says goodbye to the server, on the driver's runtime.
        let _entered = runtime().enter();
        drop(std::mem::take(&mut *self.idle()));
    }

    fn newest(&self) -> Option<Connection> {
        let mut idle = self.idle();
        idle.retain(|connection| connection.used_at.elapsed() < KEPT_FOR);
        idle.pop()
    }

    /// A poisoned lock is taken all the same: the list is never left half changed.
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
