use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::rules::messages::{NewMessage, Posting};
use domain::{Denial, Refusal};
use infra_sql::Failure;
use infra_sql::posting::{Batch, Known, Repetitions};
use infra_sql::statements::EventStatements;
use tokio::sync::oneshot;

use crate::dialect::SqliteDialect;
use crate::errors::{BatchFailed, is_transient, refusal};
use crate::transaction::{begin, roll_back};

/// Where a caller waits for what became of their write.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Refusal>>;

/// A write on its way through the queue.
pub(crate) struct Job {
    until: Instant,
    task: Task,
}

enum Task {
    /// A message, which is posted together with those queued next to it.
    Post(Box<Post>),
    /// Anything else.
    Work(Box<dyn Work>),
}

impl Job {
    /// The posting of a message, for which its caller waits until then at most.
    pub(crate) fn post(until: Instant, message: NewMessage, reply: Reply<Posting>) -> Self {
        let post = Post { message, outcome: Err(Failure::Panicked), reply };
        Self { until, task: Task::Post(Box::new(post)) }
    }

    /// Any other work.
    pub(crate) fn work<T: Send + 'static>(
        until: Instant,
        work: impl FnOnce(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send + 'static,
        reply: Reply<T>,
    ) -> Self {
        let work = OneWork { work: Some(work), outcome: Err(Failure::Panicked), reply };
        Self { until, task: Task::Work(Box::new(work)) }
    }

    /// When the caller gives up.
    pub(crate) fn until(&self) -> Instant {
        self.until
    }

    fn as_post(&mut self) -> Option<&mut Post> {
        match &mut self.task {
            Task::Post(post) => Some(post),
            Task::Work(_) => None,
        }
    }

    /// Tells the caller, if they still wait.
    pub(crate) fn answer(self, committed: Result<(), BatchFailed>) {
        match self.task {
            Task::Post(post) => answer(post.reply, post.outcome, committed),
            Task::Work(work) => work.answer(committed),
        }
    }
}

/// Does the jobs in their order, in the transaction that has begun. One that is denied or fails leaves no
/// trace. An error is the batch's, not a job's own; after it nothing that is known may be relied on.
pub(crate) fn do_all(
    connection: &mut SqliteConnection,
    known: &mut Known,
    jobs: &mut [Job],
) -> Result<(), BatchFailed> {
    let Some(until) = jobs.iter().map(Job::until).min() else { return Ok(()) };
    if let Some(mut posts) = jobs.iter_mut().map(Job::as_post).collect::<Option<Vec<_>>>() {
        if post_at_once(connection, known, &mut posts)? {
            return Ok(());
        }
        *known = Known::default();
        roll_back(connection);
        begin(connection, until)?;
    }
    let are_posts = |one: &Job, next: &Job| matches!((&one.task, &next.task), (Task::Post(_), Task::Post(_)));
    for run in jobs.chunk_by_mut(are_posts) {
        if let [Job { task: Task::Work(work), .. }] = run {
            work.run(connection)?;
            continue;
        }
        run_posts(connection, known, &mut run.iter_mut().filter_map(Job::as_post).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Posts messages with nothing else in the batch, without a savepoint, for which SQLite would copy each page
/// before it is changed. Answers whether that went well; if not, the transaction must not be committed.
fn post_at_once(
    connection: &mut SqliteConnection,
    known: &mut Known,
    posts: &mut [&mut Post],
) -> Result<bool, BatchFailed> {
    let messages: Vec<&NewMessage> = posts.iter().map(|post| &post.message).collect();
    match unless_it_panics(|| post_each(&mut SqliteDialect(connection), known, &messages)) {
        Ok(outcomes) => note(posts, outcomes),
        Err(failure) => return its_own(failure).map(|_| false),
    }
    Ok(true)
}

pub(crate) struct Post {
    message: NewMessage,
    outcome: Result<Posting, Failure>,
    reply: Reply<Posting>,
}

/// Posts messages together; once more if that fails, because one of the rooms may have changed since it was known.
/// If it fails again, each is posted by itself, so that one of them that cannot be does not keep the others out.
fn run_posts(
    connection: &mut SqliteConnection,
    known: &mut Known,
    posts: &mut [&mut Post],
) -> Result<(), BatchFailed> {
    let messages: Vec<&NewMessage> = posts.iter().map(|post| &post.message).collect();
    let mut posted = in_savepoint(connection, |connection| post_each(connection, known, &messages))?;
    if posted.is_err() {
        *known = Known::default();
        posted = in_savepoint(connection, |connection| post_each(connection, known, &messages))?;
    }
    match (posted, posts) {
        (Ok(outcomes), posts) => note(posts, outcomes),
        (Err(failure), [post]) => post.outcome = Err(failure),
        (Err(_), posts) => posts.chunks_mut(1).try_for_each(|post| run_posts(connection, known, post))?,
    }
    Ok(())
}

/// Posts messages one after the other. Each finds those before it in the log.
fn post_each(
    connection: &mut SqliteDialect<'_>,
    known: &mut Known,
    messages: &[&NewMessage],
) -> Result<Vec<Result<Posting, Denial>>, Failure> {
    let batch = Batch::decide(connection, known, messages, Repetitions::OfAll)?;
    for row in batch.rows() {
        connection.insert_event(row)?;
    }
    Ok(batch.inserted(known))
}

fn note(posts: &mut [&mut Post], outcomes: Vec<Result<Posting, Denial>>) {
    for (post, outcome) in posts.iter_mut().zip(outcomes) {
        post.outcome = outcome.map_err(Failure::Denied);
    }
}

/// What is done by itself, and answered with something that only the caller knows.
pub(crate) trait Work: Send {
    fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), BatchFailed>;

    fn answer(self: Box<Self>, committed: Result<(), BatchFailed>);
}

struct OneWork<T, W> {
    work: Option<W>,
    outcome: Result<T, Failure>,
    reply: Reply<T>,
}

impl<T, W> Work for OneWork<T, W>
where
    T: Send,
    W: FnOnce(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send,
{
    fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), BatchFailed> {
        if let Some(work) = self.work.take() {
            self.outcome = in_savepoint(connection, work)?;
        }
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), BatchFailed>) {
        answer(self.reply, self.outcome, committed);
    }
}

/// Does `work` so that it leaves no trace if it fails.
fn in_savepoint<T>(
    connection: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteDialect<'_>) -> Result<T, Failure>,
) -> Result<Result<T, Failure>, BatchFailed> {
    connection.batch_execute("SAVEPOINT write")?;
    let outcome = match unless_it_panics(|| work(&mut SqliteDialect(connection))) {
        Err(failure) => Err(its_own(failure)?),
        done => done,
    };
    // Some errors make SQLite roll back everything at once. Then there is no savepoint any more, this
    // fails, and so does the batch.
    connection.batch_execute(match outcome {
        Ok(_) => "RELEASE write",
        Err(_) => "ROLLBACK TO write; RELEASE write",
    })?;
    Ok(outcome)
}

/// A job's failure, unless every other job would meet the same: a disk that is full is the whole batch's.
fn its_own(failure: Failure) -> Result<Failure, BatchFailed> {
    match failure {
        Failure::Database(error) if is_transient(&error) => Err(error.into()),
        failure => Ok(failure),
    }
}

/// A panic in one caller's rule must not take the thread from all others.
fn unless_it_panics<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Failure::Panicked))
}

/// A caller who no longer waits finds the outcome in the store.
fn answer<T>(reply: Reply<T>, outcome: Result<T, Failure>, committed: Result<(), BatchFailed>) {
    drop(reply.send(match committed {
        Ok(()) => outcome.map_err(refusal),
        Err(failed) => Err(failed.into()),
    }));
}

#[cfg(test)]
mod tests {
    use port_contract::World;
    use tempfile::TempDir;

    use super::*;
    use crate::connection::open_writing;
    use crate::settings::Settings;

    #[tokio::test]
    async fn messages_posted_together_find_each_other_in_the_log() {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("hexroom.db");
        let world = World::new(crate::open(&path).expect("the store opens").into());
        let cast = world.cast().await;
        let elsewhere = cast.ana.opens("Elsewhere").await;
        let messages = [
            cast.bo.writes(cast.room, "a", "one"),
            cast.bo.writes(cast.room, "a", "one"),
            cast.bo.writes(cast.room, "a", "two"),
            cast.ana.writes(elsewhere, "a", "one"),
            cast.ana.writes(cast.room, "a", "one"),
            cast.di.writes(elsewhere, "a", "one"),
            cast.ana.writes(cast.room, "b", "one"),
        ];

        let mut connection = open_writing(&Settings::from(&path)).expect("the file opens");
        let messages: Vec<_> = messages.iter().collect();
        let outcomes = post_each(&mut SqliteDialect(&mut connection), &mut Known::default(), &messages)
            .expect("they are posted");
        let seqs: Vec<_> = outcomes
            .into_iter()
            .map(|outcome| match outcome {
                Ok(Posting::New(message)) => Ok((message.seq.0, "new")),
                Ok(Posting::Repeated(earlier)) => Ok((earlier.message.seq.0, "repeated")),
                Err(denial) => Err(denial),
            })
            .collect();
        let expected = [
            Ok((4, "new")),
            Ok((4, "repeated")),
            Err(Denial::ClientMessageIdConflict),
            Ok((2, "new")),
            Err(Denial::ClientMessageIdConflict),
            Err(Denial::RoomNotFound),
            Ok((5, "new")),
        ];
        assert_eq!(seqs, expected);
        world.audits_clean().await;
    }
}
