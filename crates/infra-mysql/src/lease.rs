//! The right to be the only server on a database.
//!
//! A named lock says who may become it. It is held on a connection of its own, so that it ends with the
//! process, and with a host that vanished or was paused when the database has heard nothing for
//! `wait_timeout`.
//!
//! A row says who is it, and only a transaction that finds its own server there is committed. It holds
//! the row until its commit, so that the next server waits for it; and a server that wakes up after
//! another has come writes nothing any more.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Binary;
use tokio::sync::watch;

use crate::connection::Connection;
use crate::deadline::{Deadline, runtime};
use crate::failed::Transient;
use crate::open_error::OpenError;
use crate::opening::{FIRST_PATIENCE, open_within};
use crate::settings::Settings;
use crate::{migrations, version};

/// How often it is made sure of. The database ends a session that is silent for five times as long.
const EVERY: Duration = Duration::from_secs(3);

/// How long the database may take to answer then.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// Longer than the database waits for the last transaction of a server that has gone without a word.
const LAST_TRANSACTION: Duration = Duration::from_secs(20);

/// The lock's name, for which there are 64 characters, and a database's own may have as many.
macro_rules! lock_name {
    () => {
        "CONCAT('hexroom ', SHA2(DATABASE(), 224))"
    };
}

/// A server that is being stopped, or was killed, has a moment to be gone.
const LOCK: &str = concat!("SELECT GET_LOCK(", lock_name!(), ", 2) AS number");
const LOCK_AT_ONCE: &str = concat!("SELECT GET_LOCK(", lock_name!(), ", 0) AS number");
const IS_LOCKED: &str = concat!("SELECT IS_USED_LOCK(", lock_name!(), ") = CONNECTION_ID() AS number");
const UNLOCK: &str = concat!("DO RELEASE_LOCK(", lock_name!(), ")");

const TAKE: &str =
    "INSERT INTO server_lease (only_row, holder) VALUES (1, ?) ON DUPLICATE KEY UPDATE holder = ?";

/// One run of a server, as the database knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder([u8; 16]);

impl Holder {
    fn new() -> Result<Self, OpenError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| OpenError::Database(Box::new(error)))?;
        Ok(Self(bytes))
    }

    /// Whether no other server has taken over, nor will until the transaction ends.
    pub(crate) fn stays(self, connection: &mut Connection) -> QueryResult<bool> {
        let found = CurrentHolder.get_result(&mut **connection).optional()?;
        Ok(self.is_it(found))
    }

    /// As the lease has it.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn is_it(self, found: Option<Vec<u8>>) -> bool {
        found.is_some_and(|found| found == self.0)
    }

    /// Becomes the server. Waits for the transactions of the one before.
    fn take_over(self, connection: &mut Connection) -> Result<(), OpenError> {
        let deadline = Deadline::after(LAST_TRANSACTION);
        loop {
            let taking = diesel::sql_query(TAKE)
                .bind::<Binary, _>(self.0.as_slice())
                .bind::<Binary, _>(self.0.as_slice());
            match taking.execute(&mut **connection) {
                Ok(_) => return Ok(()),
                Err(error)
                    if Transient::of(&error) == Some(Transient::LockWait) && !deadline.has_passed() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Who the server is: `Vec<u8>`. The row stays so until the transaction ends.
#[derive(Debug, Clone, Copy, QueryId)]
struct CurrentHolder;

impl Query for CurrentHolder {
    type SqlType = Binary;
}

impl<C> RunQueryDsl<C> for CurrentHolder {}

impl QueryFragment<Mysql> for CurrentHolder {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Mysql>) -> QueryResult<()> {
        // MariaDB knows no other words for it.
        out.push_sql("SELECT holder FROM server_lease LOCK IN SHARE MODE");
        Ok(())
    }
}

/// The right to be the only server on a database, or to change all of it as if no server were. It is
/// given up when this is dropped, for which the database is waited for a moment.
#[derive(Debug)]
pub struct Lease {
    pub(crate) holder: Holder,
    lost: watch::Receiver<bool>,
    /// Dropped to end the thread.
    going_on: Option<mpsc::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl Lease {
    /// Takes the lease on a database that exists, brings its schema up to date, and keeps the lease from then on.
    pub async fn take(settings: Settings) -> Result<Self, OpenError> {
        let taking = runtime().spawn_blocking(move || Self::take_now(settings));
        taking.await.map_err(|panicked| OpenError::Database(Box::new(panicked)))?
    }

    fn take_now(settings: Settings) -> Result<Self, OpenError> {
        let mut connection = open_within(FIRST_PATIENCE, &settings)?;
        version::check(&mut connection)?;
        if connection.number(LOCK)? != Some(1) {
            return Err(OpenError::InUse {
                database: settings.database.clone(),
                address: settings.address(),
            });
        }
        migrations::bring_up_to_date(&mut connection, &settings)?;
        let holder = Holder::new()?;
        holder.take_over(&mut connection)?;

        let (going_on, ended) = mpsc::channel();
        let (tell, lost) = watch::channel(false);
        let keeper = Keeper { holder, settings, connection: Some(connection) };
        let keeper = thread::Builder::new()
            .name("mysql-lease".to_owned())
            .spawn(move || keeper.run(&ended, &tell))
            .map_err(OpenError::Thread)?;
        Ok(Self { holder, lost, going_on: Some(going_on), keeper: Some(keeper) })
    }

    /// Resolves once another server has taken over.
    pub fn lost(&self) -> impl Future<Output = ()> + 'static {
        let mut lost = self.lost.clone();
        async move {
            if lost.wait_for(|lost| *lost).await.is_err() {
                // Nobody is left to say so.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Whether another server has taken over.
    pub fn is_lost(&self) -> bool {
        *self.lost.borrow()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        drop(self.going_on.take());
        if self.keeper.take().is_some_and(|keeper| keeper.join().is_err()) {
            tracing::error!("the thread that keeps the lease had panicked");
        }
    }
}

/// Whose the database is.
enum Whose {
    Ours,
    /// It may still be ours: the row says so, but the lock is taken, perhaps by a session of our own that
    /// the database has not given up yet.
    Unclear,
    Theirs,
}

/// What keeps the lease, on a thread of its own.
struct Keeper {
    holder: Holder,
    settings: Settings,
    /// The one that has the lock.
    connection: Option<Connection>,
}

impl Keeper {
    fn run(mut self, ended: &mpsc::Receiver<()>, lost: &watch::Sender<bool>) {
        while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
            match Deadline::after(ANSWERS_WITHIN).enforce(|| self.look()) {
                Ok(Ok(Whose::Ours)) => {}
                Ok(Ok(Whose::Theirs)) => {
                    tracing::error!("another server has taken over the database");
                    // Nobody may wait for it any more.
                    lost.send_replace(true);
                    break;
                }
                Ok(Ok(Whose::Unclear)) => self.disconnect("the lock is taken"),
                Ok(Err(error)) => self.disconnect(&error.to_string()),
                Err(_) => self.disconnect("the database did not answer in time"),
            }
        }
        let mut connection = self.connection.take();
        drop(
            connection.as_mut().map(|connection| {
                Deadline::after(ANSWERS_WITHIN).enforce(|| connection.batch_execute(UNLOCK))
            }),
        );
        disconnect(connection);
    }

    fn look(&mut self) -> Result<Whose, OpenError> {
        let is_locked = match &mut self.connection {
            Some(connection) => connection.number(IS_LOCKED)? == Some(1),
            empty => empty.insert(Connection::open(&self.settings)?).number(LOCK_AT_ONCE)? == Some(1),
        };
        let Some(connection) = &mut self.connection else { return Ok(Whose::Unclear) };
        let found =
            diesel::sql_query("SELECT holder FROM server_lease").get_result::<HolderRow>(&mut **connection);
        let is_ours = self.holder.is_it(found.optional()?.map(|row| row.holder));
        Ok(match (is_ours, is_locked) {
            (true, true) => Whose::Ours,
            (true, false) => Whose::Unclear,
            (false, _) => Whose::Theirs,
        })
    }

    /// Said once for each connection that had been made.
    fn disconnect(&mut self, why: &str) {
        if self.connection.is_some() {
            tracing::warn!(why, "the lease on the database has to be taken up again");
        }
        disconnect(self.connection.take());
    }
}

#[derive(QueryableByName)]
struct HolderRow {
    #[diesel(sql_type = Binary)]
    holder: Vec<u8>,
}

/// Says goodbye to the server, on the driver's runtime.
fn disconnect(connection: Option<Connection>) {
    let _entered = runtime().enter();
    drop(connection);
}
