use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;

use crate::connection::wait_for_locks;

/// Begins a transaction that writes, and waits up to then for another process that does. Diesel knows of it, so
/// that what it does in a transaction of its own, such as adding several rows, is a part of this one.
pub(crate) fn begin(connection: &mut SqliteConnection, until: Instant) -> QueryResult<()> {
    // What is left of a millisecond counts as a whole one, or this would be called again for it.
    let left = until.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
    wait_for_locks(connection, left)?;
    AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
}

/// Makes the transaction durable.
pub(crate) fn commit(connection: &mut SqliteConnection) -> QueryResult<()> {
    AnsiTransactionManager::commit_transaction(connection)
}

/// Ends the transaction and leaves no trace of it, also if SQLite has ended it by itself. There is never a second
/// one to end; hearing that, diesel forgets what it knew of the first.
pub(crate) fn roll_back(connection: &mut SqliteConnection) {
    drop(connection.batch_execute("ROLLBACK; ROLLBACK"));
}
