use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::Refusal;
use domain::rules::messages::{NewMessage, Posting};
use infra_sql::{CommitHealth, CommitsRefused, Failure};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout_at;

use crate::committer::Committer;
use crate::connection::CHANGE_NOTHING;
use crate::dialect::SqliteDialect;
use crate::errors::{BatchFailed, Busy, OpenError};
use crate::files::Files;
use crate::jobs::{Job, Reply};

/// The one thread that writes, and the queue before it.
///
/// It takes whatever is queued, without waiting for more, and commits it as one transaction, so
/// that one flush to the disk serves many callers. Messages queued next to each other are posted
/// together; every other write has a savepoint of its own. One that is denied or fails leaves no trace
/// and does not touch its neighbours. Nobody is told that their write is done before the commit, nobody waits
/// for longer than the callers' patience, and nobody's vanishing changes what becomes of their write.
pub(crate) struct Writer {
    /// Taken on closing, which ends the thread once the queue is empty.
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    patience: Duration,
    commits: Arc<CommitHealth>,
    /// Held by the one who finds out whether commits pass.
    proving: tokio::sync::Mutex<()>,
}

impl Writer {
    /// Starts the thread on a connection of its own.
    pub(crate) fn start(
        connection: SqliteConnection,
        files: Arc<Files>,
        patience: Duration,
        most_queued: usize,
    ) -> Result<Self, OpenError> {
        let (queue, jobs) = mpsc::channel(most_queued);
        let commits = Arc::new(CommitHealth::default());
        let committer = Committer::new(connection, files, commits.clone());
        let thread = thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || committer.commit_all(jobs))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
            patience,
            commits,
            proving: tokio::sync::Mutex::new(()),
        })
    }

    /// Posts a message as the rule decides and waits until it is durable, or was refused.
    pub(crate) async fn post(&self, message: NewMessage) -> Result<Posting, Refusal> {
        self.queue(|until, reply| Job::post(until, message, reply)).await
    }

    /// Does `work` and waits until it is durable, or was found impossible.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.queue(|until, reply| Job::work(until, work, reply)).await
    }

    async fn queue<T>(&self, job: impl FnOnce(Instant, Reply<T>) -> Job) -> Result<T, Refusal> {
        let until = Instant::now() + self.patience;
        let (reply, answer) = oneshot::channel();
        let queue = lock(&self.queue).clone().ok_or(Busy::Closing)?;
        queue.try_send(job(until, reply)).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                metrics::counter!("hexroom_store_queue_full_total").increment(1);
                Busy::QueueFull
            }
            TrySendError::Closed(_) => Busy::Closing,
        })?;
        drop(queue);
        let Ok(answered) = timeout_at(until.into(), answer).await else {
            // The thread turns the late away as well, unless it waits itself, for a disk that does not answer.
            self.commits.refused(BatchFailed::TooLate);
            return Err(BatchFailed::TooLate.into());
        };
        answered.map_err(|_| Busy::Closing)?
    }

    /// Whether commits pass. If that is not known, one that changes nothing is made, for all who ask.
    pub(crate) async fn takes_writes(&self) -> Result<(), Refusal> {
        if lock(&self.queue).as_ref().is_none_or(mpsc::Sender::is_closed) {
            return Err(Busy::Closing.into());
        }
        let _alone = match self.commits.known() {
            Some(known) => return known.map_err(unavailable),
            None => self.proving.lock().await,
        };
        match self.commits.known() {
            Some(known) => known.map_err(unavailable),
            None => self.write(|connection| Ok(connection.batch_execute(CHANGE_NOTHING)?)).await,
        }
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

fn unavailable(refused: CommitsRefused) -> Refusal {
    Refusal::Unavailable(Box::new(refused))
}

/// A poisoned lock is taken all the same: what it guards is never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::mpsc as std_mpsc;

    use diesel::sql_query;
    use domain::Denial;
    use tempfile::TempDir;

    use super::*;
    use crate::connection;
    use crate::migrations::open_migrated;
    use crate::settings::Settings;

    /// Longer than any test takes.
    const LONG: Duration = Duration::from_mins(1);

    /// A writer on a new file, with a queue of `most_queued`.
    fn writer(most_queued: usize) -> (TempDir, PathBuf, Writer) {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("hexroom.db");
        let connection = open_migrated(&Settings::from(&path)).expect("the file is made");
        let files = Arc::new(Files::of(&path).expect("the files are there"));
        let writer = Writer::start(connection, files, LONG, most_queued).expect("the thread starts");
        (folder, path, writer)
    }

    fn add(connection: &mut SqliteConnection, name: &str) -> Result<(), Failure> {
        sql_query(format!("INSERT INTO coin_accounts (coin_account_id) VALUES ('{name}')"))
            .execute(connection)?;
        Ok(())
    }

    fn names(path: &Path) -> Vec<String> {
        use infra_sql::schema::coin_accounts::dsl::{coin_account_id, coin_accounts};
        let mut connection = connection::open_writing(&Settings::from(path)).expect("the file opens");
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
    async fn a_write_may_be_a_transaction_of_diesel_s_own() {
        let (_folder, path, writer) = writer(64);
        let nested = |fails: bool| {
            writer.write(move |connection| {
                connection.0.transaction(|connection| {
                    add(connection, if fails { "undone" } else { "done" })?;
                    if fails { Err(Denial::RoomFull.into()) } else { Ok::<_, Failure>(()) }
                })
            })
        };
        nested(false).await.expect("it is written");
        let denied = nested(true).await;
        assert!(matches!(denied, Err(Refusal::Denied(Denial::RoomFull))), "{denied:?}");
        drop(writer);
        assert_eq!(names(&path), ["done"]);
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
