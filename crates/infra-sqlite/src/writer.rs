use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::Refusal;
use domain::rules::messages::{NewMessage, Posting};
use infra_sql::Failure;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::connection;
use crate::dialect::SqliteDialect;
use crate::errors::{Busy, OpenError};
use crate::jobs::{Job, Reply, commit_all};

/// How many writes are committed together at most.
const LARGEST_BATCH: usize = 256;

/// The one thread that writes, and the queue before it.
///
/// It takes whatever is queued, without waiting for more, and commits it as one transaction, so
/// that one flush to the disk serves many callers. Messages queued next to each other are posted
/// together; every other write has a savepoint of its own. One that is denied or fails leaves no trace
/// and does not touch its neighbours. Nobody is answered before the commit, and nobody's vanishing
/// changes what becomes of their write.
pub(crate) struct Writer {
    /// Taken on closing, which ends the thread once the queue is empty.
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread on a connection of its own.
    pub(crate) fn start(
        path: &Path,
        connection: SqliteConnection,
        most_queued: usize,
    ) -> Result<Self, OpenError> {
        let (queue, jobs) = mpsc::channel(most_queued);
        let path = path.to_owned();
        let thread = thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_batches(&path, connection, jobs))
            .map_err(OpenError::Thread)?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Posts a message as the rule decides and waits until it is durable, or was refused.
    pub(crate) async fn post(&self, message: NewMessage) -> Result<Posting, Refusal> {
        self.queue(|reply| Job::post(message, reply)).await
    }

    /// Does `work` and waits until it is durable, or was found impossible.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.queue(|reply| Job::work(work, reply)).await
    }

    async fn queue<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        let queue = lock(&self.queue).clone().ok_or(Busy::Closing)?;
        queue.try_send(job(reply)).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                metrics::counter!("hexroom_store_queue_full_total").increment(1);
                Busy::QueueFull
            }
            TrySendError::Closed(_) => Busy::Closing,
        })?;
        drop(queue);
        answer.await.map_err(|_| Busy::Closing)?
    }

    /// Whether the thread still takes work.
    pub(crate) fn is_running(&self) -> bool {
        lock(&self.queue).as_ref().is_some_and(|queue| !queue.is_closed())
    }

    /// Takes no more work and waits until what was queued is done.
    pub(crate) fn close(&self) {
        drop(lock(&self.queue).take());
        let thread = lock(&self.thread).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writing thread had panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// Nobody panics while they hold one of these locks, and if they did, what it guards would be good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_batches(path: &Path, mut connection: SqliteConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(LARGEST_BATCH);
    while jobs.blocking_recv_many(&mut batch, LARGEST_BATCH) > 0 {
        let began = Instant::now();
        let committed = commit_all(&mut connection, &mut batch);
        metrics::histogram!("hexroom_store_batch_seconds").record(began.elapsed().as_secs_f64());
        metrics::histogram!("hexroom_store_batch_writes")
            .record(f64::from(u32::try_from(batch.len()).unwrap_or(u32::MAX)));
        let failed = committed.is_err();
        for job in batch.drain(..) {
            job.answer(committed.clone());
        }
        if failed {
            connection = fresh(path, connection);
        }
    }
    // What was deleted should not outlive the server in the log of changes. Another process that
    // reads just now may keep it from being emptied.
    if let Err(error) = connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::warn!(error = &error as &dyn std::error::Error, "the log of changes could not be emptied");
    }
}

/// Another connection in the place of one whose transaction went wrong.
fn fresh(path: &Path, failed: SqliteConnection) -> SqliteConnection {
    match connection::open_writing(path) {
        Ok(fresh) => fresh,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the store cannot be opened again");
            failed
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::mpsc as std_mpsc;

    use diesel::sql_query;
    use domain::Denial;
    use tempfile::TempDir;

    use super::*;
    use crate::migrations::open_migrated;

    /// A writer on a new file, with a queue of `most_queued`.
    fn writer(most_queued: usize) -> (TempDir, PathBuf, Writer) {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("hexroom.db");
        let connection = open_migrated(&path).expect("the file is made");
        let writer = Writer::start(&path, connection, most_queued).expect("the thread starts");
        (folder, path, writer)
    }

    fn add(connection: &mut SqliteConnection, name: &str) -> Result<(), Failure> {
        sql_query(format!("INSERT INTO coin_accounts (coin_account_id) VALUES ('{name}')"))
            .execute(connection)?;
        Ok(())
    }

    fn names(path: &Path) -> Vec<String> {
        use infra_sql::schema::coin_accounts::dsl::{coin_account_id, coin_accounts};
        let mut connection = connection::open_writing(path).expect("the file opens");
        let mut names: Vec<String> =
            coin_accounts.select(coin_account_id).load(&mut connection).expect("the names");
        names.retain(|name| !name.starts_with('@'));
        names
    }

    /// Polls a write once, which queues it, and gives it back unfinished.
    async fn queued<F: Future>(mut write: std::pin::Pin<&mut F>) {
        std::future::poll_fn(|context| {
            assert!(write.as_mut().poll(context).is_pending(), "the writer is held up");
            std::task::Poll::Ready(())
        })
        .await;
    }

    /// Keeps the writer from its queue until the sender is dropped or used.
    async fn held_up(writer: &Writer) -> (std_mpsc::Sender<()>, impl Future<Output = Result<(), Refusal>>) {
        let (release, released) = std_mpsc::channel::<()>();
        let (arrived, arrival) = oneshot::channel();
        let mut write = Box::pin(writer.write(move |_| {
            arrived.send(()).expect("the test waits for it");
            // The other end is dropped to let the writer go on.
            released.recv().expect_err("nothing is ever sent");
            Ok(())
        }));
        queued(write.as_mut()).await;
        arrival.await.expect("the writer has begun");
        (release, write)
    }

    #[tokio::test]
    async fn a_failing_write_does_not_touch_its_neighbours() {
        let (_folder, path, writer) = writer(64);
        let (release, first) = held_up(&writer).await;
        // All of these wait until the first is done, and so are one batch.
        let good = writer.write(|connection| add(connection, "before"));
        let denied = writer.write(|connection| {
            add(connection, "denied")?;
            Err::<(), _>(Denial::RoomFull.into())
        });
        let failing = writer.write(|connection| {
            add(connection, "failing")?;
            add(connection, "failing")
        });
        let panicking = writer.write(|connection| -> Result<(), Failure> {
            add(connection, "panicking")?;
            panic!("a rule panics, as this test wants");
        });
        let late = writer.write(|connection| add(connection, "after"));
        let released = async { drop(release) };
        let (first, good, denied, failing, panicking, late, ()) =
            tokio::join!(first, good, denied, failing, panicking, late, released);
        assert!(first.is_ok() && good.is_ok() && late.is_ok());
        assert!(matches!(denied, Err(Refusal::Denied(Denial::RoomFull))));
        assert!(matches!(failing, Err(Refusal::Internal(_))));
        assert!(matches!(panicking, Err(Refusal::Internal(_))));
        drop(writer);
        assert_eq!(names(&path), ["after", "before"]);
    }

    #[tokio::test]
    async fn a_write_whose_caller_vanished_is_done_all_the_same() {
        let (_folder, path, writer) = writer(64);
        let (release, first) = held_up(&writer).await;
        {
            let mut abandoned = Box::pin(writer.write(|connection| add(connection, "abandoned")));
            queued(abandoned.as_mut()).await;
        }
        drop(release);
        first.await.expect("the first write is done");
        drop(writer);
        assert_eq!(names(&path), ["abandoned"]);
    }

    #[tokio::test]
    async fn a_full_queue_turns_callers_away_and_drops_nothing() {
        let (_folder, path, writer) = writer(2);
        let (release, first) = held_up(&writer).await;
        let mut second = Box::pin(writer.write(|connection| add(connection, "second")));
        let mut third = Box::pin(writer.write(|connection| add(connection, "third")));
        queued(second.as_mut()).await;
        queued(third.as_mut()).await;
        let fourth = writer.write(|connection| add(connection, "fourth")).await;
        assert!(matches!(fourth, Err(Refusal::Unavailable(_))), "{fourth:?}");
        drop(release);
        first.await.expect("the first write is done");
        second.await.expect("the second write is done");
        third.await.expect("the third write is done");
        writer.write(|connection| add(connection, "fifth")).await.expect("there is room again");
        drop(writer);
        assert_eq!(names(&path), ["fifth", "second", "third"]);
    }

    #[tokio::test]
    async fn a_transaction_that_sqlite_gave_up_fails_for_all_and_the_next_one_works() {
        let (_folder, path, writer) = writer(64);
        let (release, first) = held_up(&writer).await;
        // What a full disk does: the whole transaction is rolled back under the writer's feet.
        let fatal = writer.write(|connection| {
            connection.batch_execute("ROLLBACK").map_err(Failure::from)?;
            add(connection, "fatal")
        });
        let neighbour = writer.write(|connection| add(connection, "neighbour"));
        let released = async { drop(release) };
        let (_, fatal, neighbour, ()) = tokio::join!(first, fatal, neighbour, released);
        assert!(fatal.is_err());
        assert!(neighbour.is_err());
        writer.write(|connection| add(connection, "next")).await.expect("the store works again");
        drop(writer);
        let names = names(&path);
        assert!(names.contains(&"next".to_owned()) && !names.contains(&"neighbour".to_owned()), "{names:?}");
    }

    #[tokio::test]
    async fn dropping_the_writer_finishes_what_was_queued() {
        let (_folder, path, writer) = writer(64);
        let (release, first) = held_up(&writer).await;
        let mut queue: Vec<_> = (100..110)
            .map(|number| Box::pin(writer.write(move |connection| add(connection, &number.to_string()))))
            .collect();
        for write in &mut queue {
            queued(write.as_mut()).await;
        }
        drop((queue, first));
        drop(release);
        drop(writer);
        assert_eq!(names(&path).len(), 10);
    }
}
