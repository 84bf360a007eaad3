use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::connection::wait_for_locks;

/// Begins a transaction that writes, and waits up to then for another process that does.
pub(crate) fn begin(connection: &mut SqliteConnection, until: Instant) -> QueryResult<()> {
    // What is left of a millisecond counts as a whole one, or this would be called again for it.
    let left = until.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
    wait_for_locks(connection, left)?;
    connection.batch_execute("BEGIN IMMEDIATE")
}

/// Makes the transaction durable.
pub(crate) fn commit(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.batch_execute("COMMIT")
}

/// Ends the transaction and leaves no trace of it. Some failures have made SQLite do so itself; then there is
/// none to end any more.
pub(crate) fn roll_back(connection: &mut SqliteConnection) {
    drop(connection.batch_execute("ROLLBACK"));
}
