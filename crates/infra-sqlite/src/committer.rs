use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use infra_sql::CommitHealth;
use infra_sql::posting::Known;
use tokio::sync::mpsc;

use crate::connection::wait_for_locks;
use crate::errors::{BatchFailed, is_locked};
use crate::files::{Displaced, Files, LastChange, NotInPlace};
use crate::jobs::{Job, do_all};
use crate::transaction::{begin, commit, roll_back};

/// How many writes are committed together at most.
const LARGEST_BATCH: usize = 256;

/// How long closing may keep others from writing.
const CLOSING_WAIT: Duration = Duration::from_millis(100);

/// Commits batches of writes on the one connection that writes.
///
/// The connection is kept whatever fails on it: a transaction that went wrong is rolled back, and with that
/// SQLite is as it was before. What it may not survive is that its files are displaced, for then it would
/// go on writing to where nobody looks.
pub(crate) struct Committer {
    connection: SqliteConnection,
    files: Arc<Files>,
    commits: Arc<CommitHealth>,
    /// What was committed, or nothing.
    known: Known,
    last_change: Option<LastChange>,
    has_given_up: bool,
}

impl Committer {
    pub(crate) fn new(connection: SqliteConnection, files: Arc<Files>, commits: Arc<CommitHealth>) -> Self {
        let last_change = files.check().ok();
        Self { connection, files, commits, known: Known::default(), last_change, has_given_up: false }
    }

    /// Commits what is queued, batch by batch, until the queue is closed and empty.
    pub(crate) fn commit_all(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(LARGEST_BATCH);
        while queue.blocking_recv_many(&mut batch, LARGEST_BATCH) > 0 {
            self.commit(&mut batch);
        }
        self.close();
    }

    /// Commits the jobs together and answers their callers.
    fn commit(&mut self, jobs: &mut Vec<Job>) {
        turn_away_the_late(jobs, &BatchFailed::TooLate);
        if jobs.is_empty() {
            return;
        }
        let began = Instant::now();
        let committed = self.try_to_commit(jobs);
        metrics::histogram!("hexroom_store_batch_seconds").record(began.elapsed().as_secs_f64());
        metrics::histogram!("hexroom_store_batch_writes")
            .record(f64::from(u32::try_from(jobs.len()).unwrap_or(u32::MAX)));
        for job in jobs.drain(..) {
            job.answer(committed.clone());
        }
    }

    fn try_to_commit(&mut self, jobs: &mut Vec<Job>) -> Result<(), BatchFailed> {
        self.check_files()?;
        self.begin(jobs)?;
        let done = do_all(&mut self.connection, &mut self.known, jobs)
            .and_then(|()| Ok(commit(&mut self.connection)?))
            .inspect_err(|failed| self.commits.refused(failed.clone()));
        if done.is_err() {
            self.known = Known::default();
            roll_back(&mut self.connection);
        }
        done?;
        let change = self.check_files()?;
        // A batch that changed nothing proves nothing.
        if self.last_change.replace(change) != Some(change) {
            self.commits.passed();
        }
        Ok(())
    }

    /// Begins the transaction as soon as no other process is in the way. Those for whom that takes too long
    /// are told so meanwhile, each in time; if that is all, it is given up.
    fn begin(&mut self, jobs: &mut Vec<Job>) -> Result<(), BatchFailed> {
        while let Some(oldest) = jobs.first() {
            match begin(&mut self.connection, oldest.until()) {
                Err(error) if is_locked(&error) => {
                    let locked = BatchFailed::from(error);
                    self.commits.refused(locked.clone());
                    turn_away_the_late(jobs, &locked);
                }
                Err(error) => {
                    let failed = BatchFailed::from(error);
                    self.commits.refused(failed.clone());
                    return Err(failed);
                }
                Ok(()) => {
                    // A write that was just refused must not be done.
                    turn_away_the_late(jobs, &BatchFailed::TooLate);
                    if !jobs.is_empty() {
                        return Ok(());
                    }
                    roll_back(&mut self.connection);
                }
            }
        }
        Err(BatchFailed::TooLate)
    }

    fn check_files(&mut self) -> Result<LastChange, BatchFailed> {
        self.files.check().map_err(|reason| {
            if let NotInPlace::Displaced(displaced) = &reason {
                self.give_up(displaced);
            }
            let failed = BatchFailed::from(reason);
            self.commits.refused(failed.clone());
            failed
        })
    }

    /// Says once what has happened, and saves what can be saved: where nothing but the log of changes was removed,
    /// what we still have of it is taken into the database.
    fn give_up(&mut self, Displaced { path }: &Displaced) {
        if mem::replace(&mut self.has_given_up, true) {
            return;
        }
        let all_is_in_the_database = self.files.lack_only_the_changes() && self.take_changes_in();
        tracing::error!(
            path = %path.display(),
            all_is_in_the_database,
            "a file of the store was moved, replaced or removed: nothing is written any more; stop the server, see \
             to it that the right files are in place, and start it again"
        );
    }

    /// Whether everything that was committed is in the database itself now.
    fn take_changes_in(&mut self) -> bool {
        let checkpoint = wait_for_locks(&mut self.connection, CLOSING_WAIT).and_then(|()| {
            diesel::sql_query("PRAGMA wal_checkpoint(FULL)").get_result::<Checkpoint>(&mut self.connection)
        });
        checkpoint.is_ok_and(|checkpoint| checkpoint.busy == 0 && checkpoint.log == checkpoint.checkpointed)
    }

    /// Takes in what stands in the log of changes, for what was deleted should not outlive the server there.
    /// Another process that reads just now may keep it from being emptied.
    fn close(mut self) {
        if self.check_files().is_err() {
            // SQLite would remove the log of changes by its name, under which there may be another's.
            mem::forget(self.connection);
            return;
        }
        let emptied = wait_for_locks(&mut self.connection, CLOSING_WAIT)
            .and_then(|()| self.connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"));
        if let Err(error) = emptied {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the log of changes could not be emptied"
            );
        }
    }
}

/// What a checkpoint answers: pages in the log, and how many of them the database has now.
#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
    #[diesel(sql_type = Integer)]
    log: i32,
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

/// Answers the callers whose time is up.
fn turn_away_the_late(jobs: &mut Vec<Job>, reason: &BatchFailed) {
    let now = Instant::now();
    for job in jobs.extract_if(.., |job| job.until() <= now) {
        job.answer(Err(reason.clone()));
    }
}
