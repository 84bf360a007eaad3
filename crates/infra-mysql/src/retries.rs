//! Doing a piece of work on some connection, as often as it takes.

use std::thread;
use std::time::Duration;

use infra_sql::Failure;

use crate::connection::Connection;
use crate::connections::Connections;
use crate::deadline::{Deadline, Ended};
use crate::failed::{Failed, Transient};
use crate::lease::Holder;

/// How often a piece of work is tried at most.
const MOST_ATTEMPTS: u32 = 10;

/// The longest pause after the first attempt; it doubles from then on.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// What a piece of work needs of its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessMode {
    /// One query, which sees what is committed, or several that need not see the same moment.
    Read,
    /// Several queries that all see the same moment.
    View,
    /// A transaction. Where its commit may or may not have succeeded, nobody knows whether doing the work
    /// again would do it twice, so that it is left at that.
    Write,
    /// Statements that each commit by themselves, and that find out whether they were done before.
    AutoCommit,
}

impl AccessMode {
    /// Does the work once.
    pub(crate) fn go<T>(
        self,
        connection: &mut Connection,
        holder: Option<Holder>,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, Failed> {
        match self {
            Self::Read => Ok(work(connection)?),
            Self::View => {
                connection.begin_view().map_err(Failure::from)?;
                let seen = work(connection);
                connection.end_view().map_err(Failure::from)?;
                Ok(seen?)
            }
            Self::Write => write(connection, holder, work),
            Self::AutoCommit => work(connection).map_err(|failure| match in_place(connection, holder) {
                Err(displaced @ Failed::Displaced) => displaced,
                _ => failure.into(),
            }),
        }
    }

    fn writes(self) -> bool {
        matches!(self, Self::Write | Self::AutoCommit)
    }

    /// Why the work may be done again, if it may: the reason as the metrics name it.
    fn reason_to_retry(failed: &Failed) -> Option<&'static str> {
        match failed {
            Failed::CommitUnknown(_) => None,
            // On a cluster, where others' locks are not seen.
            Failed::Work(Failure::HeadMoved) => Some("head_moved"),
            failed => {
                failed.transient().filter(|transient| *transient != Transient::Unable).map(Transient::as_str)
            }
        }
    }
}

fn write<T>(
    connection: &mut Connection,
    holder: Option<Holder>,
    work: impl FnOnce(&mut Connection) -> Result<T, Failure>,
) -> Result<T, Failed> {
    connection.begin().map_err(Failure::from)?;
    match in_place(connection, holder).and_then(|()| Ok(work(connection)?)) {
        Ok(done) => match connection.commit() {
            Ok(()) => Ok(done),
            Err(error) if Transient::of(&error) == Some(Transient::Lost) => Err(Failed::CommitUnknown(error)),
            Err(error) => Err(Failure::from(error).into()),
        },
        Err(failed) => {
            // Some errors end the transaction and some only their statement; this ends it for certain.
            // Where it cannot be said, the connection shows that a transaction is open, and is dropped.
            drop(connection.roll_back());
            Err(failed)
        }
    }
}

/// Whether it is still `holder` who writes to the database, until the transaction ends.
fn in_place(connection: &mut Connection, holder: Option<Holder>) -> Result<(), Failed> {
    let stays = holder.map_or(Ok(true), |holder| holder.stays(connection));
    if stays.map_err(Failure::from)? { Ok(()) } else { Err(Failed::Displaced) }
}

/// Does `work`, and does it again after an error that is transient.
pub(crate) fn with_retries<T>(
    connections: &Connections,
    mode: AccessMode,
    deadline: Deadline,
    work: impl Fn(&mut Connection) -> Result<T, Failure>,
) -> Result<T, Failed> {
    let mut attempts = 1;
    loop {
        let failed = match attempt(connections, mode, deadline, &work) {
            Ok(done) => return Ok(done),
            Err(failed) => failed,
        };
        let reason = AccessMode::reason_to_retry(&failed);
        let Some(reason) = reason.filter(|_| attempts < MOST_ATTEMPTS && !deadline.has_passed()) else {
            if let Some(reason) = failed.reason() {
                metrics::counter!("hexroom_store_gave_up_total", "reason" => reason).increment(1);
                if mode.writes() {
                    connections.commits.refused(failed.description());
                }
            }
            return Err(failed);
        };
        metrics::counter!("hexroom_store_retries_total", "reason" => reason).increment(1);
        thread::sleep(pause_after(attempts).min(deadline.left()));
        attempts += 1;
    }
}

fn attempt<T>(
    connections: &Connections,
    mode: AccessMode,
    deadline: Deadline,
    work: impl FnOnce(&mut Connection) -> Result<T, Failure>,
) -> Result<T, Failed> {
    // Out here, because a connection is not used again when the deadline has cut its work short.
    let mut used = None;
    let outcome = deadline.enforce(|| {
        let connection = used.insert(connections.take()?);
        mode.go(connection, connections.holder, work)
    });
    let result = match outcome {
        Ok(result) => result,
        Err(Ended::TimedOut) => return Err(Failed::TimedOut),
        Err(Ended::Panicked) => return Err(Failure::Panicked.into()),
    };
    let breaks =
        result.as_ref().err().and_then(Failed::transient).is_some_and(Transient::breaks_the_connection);
    if breaks {
        connections.forget();
    } else if let Some(mut connection) = used
        && connection.is_free()
    {
        connections.give_back(connection);
    }
    result
}

/// At random, so that those who met do not meet again.
fn pause_after(attempts: u32) -> Duration {
    let longest = FIRST_PAUSE * 2_u32.saturating_pow(attempts - 1);
    let dice = getrandom::u32().unwrap_or(u32::MAX);
    longest.mul_f64(f64::from(dice) / f64::from(u32::MAX))
}
