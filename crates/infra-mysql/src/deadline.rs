//! How long the database is waited for.
//!
//! A server that is stopped, or beyond a network that swallows everything, answers neither yes nor
//! no, and the driver would wait for it without end. So every piece of work runs under a deadline:
//! past it the statement under way is given up and the work unwinds from there, as a panic would but
//! silently. What it leaves in the connection is unknown, so it must be dropped.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use diesel_async::async_connection_wrapper::BlockOn;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout_at;

thread_local! {
    static CURRENT: Cell<Option<Deadline>> = const { Cell::new(None) };

    /// The thread's own runtime, if it has one.
    static OWN_RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// The moment until which a caller waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline(Instant);

/// Why a piece of work came to no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The deadline passed.
    TimedOut,
    /// A rule or a mapping panicked.
    Panicked,
}

/// What unwinds past the deadline.
struct TimedOut;

impl Deadline {
    /// The moment when that much time has passed.
    pub(crate) fn after(patience: Duration) -> Self {
        Self(Instant::now() + patience)
    }

    /// How much time is left.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether there is no time left.
    pub(crate) fn has_passed(self) -> bool {
        self.left().is_zero()
    }

    /// Does `work` on this thread, and every wait for the database in it ends with the deadline, or
    /// with one that holds already if that is sooner.
    pub(crate) fn enforce<T>(self, work: impl FnOnce() -> T) -> Result<T, Ended> {
        let outer = CURRENT.get();
        CURRENT.set(Some(outer.map_or(self, |outer| outer.min(self))));
        let done = catch_unwind(AssertUnwindSafe(work));
        CURRENT.set(outer);
        done.map_err(|payload| Ended::by(&*payload))
    }
}

impl Ended {
    fn by(payload: &(dyn Any + Send)) -> Self {
        if payload.is::<TimedOut>() { Self::TimedOut } else { Self::Panicked }
    }
}

/// Waits on this thread for what the driver does.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let Some(deadline) = CURRENT.get() else { return block_on(future) };
    if deadline.has_passed() {
        resume_unwind(Box::new(TimedOut));
    }
    let bounded = async { timeout_at(deadline.0.into(), future).await };
    block_on(bounded).unwrap_or_else(|_| resume_unwind(Box::new(TimedOut)))
}

fn block_on<F: Future>(future: F) -> F::Output {
    OWN_RUNTIME.with_borrow(|own| match own {
        Some(own) => own.block_on(future),
        None => runtime().block_on(future),
    })
}

/// Gives this thread a runtime of its own for the connections that it opens from now on, so that no other thread has to
/// wake it for each answer.
pub(crate) fn have_own_runtime() -> io::Result<()> {
    let own = Builder::new_current_thread().enable_all().build()?;
    OWN_RUNTIME.set(Some(own));
    Ok(())
}

/// The driver's runtime, which all connections share but the poster's. It has its own threads to block, so that a
/// database that hangs takes none from anybody else, and it lasts as long as the process, so that a
/// connection may be dropped anywhere.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            // One for each connection that anybody could ask for.
            .max_blocking_threads(1_024)
            .thread_name("mysql-driver")
            .enable_all()
            .build()
            .expect("the system gives the threads that the process cannot do without")
    })
}

/// How diesel waits for its asynchronous connection.
pub(crate) struct UpToTheDeadline;

impl BlockOn for UpToTheDeadline {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        wait(future)
    }

    fn get_runtime() -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    #[test]
    fn what_never_comes_is_given_up() {
        let waited = Deadline::after(Duration::from_millis(1)).enforce(|| wait(pending::<()>()));
        assert_eq!(waited, Err(Ended::TimedOut));
    }

    #[test]
    fn nothing_is_begun_when_no_time_is_left() {
        let begun = Cell::new(false);
        let waited = Deadline::after(Duration::ZERO).enforce(|| wait(async { begun.set(true) }));
        assert_eq!(waited, Err(Ended::TimedOut));
        assert!(!begun.get());
    }

    #[test]
    fn what_comes_in_time_is_passed_on() {
        assert_eq!(Deadline::after(LONG).enforce(|| wait(ready(7))), Ok(7));
        assert_eq!(wait(ready(7)), 7);
    }

    #[test]
    fn a_panic_is_told_from_a_deadline() {
        let panicked = Deadline::after(LONG).enforce(|| panic!("a rule panics, as this test wants"));
        assert_eq!(panicked, Err::<(), _>(Ended::Panicked));
    }

    #[test]
    fn a_deadline_within_another_does_not_put_it_off() {
        let both =
            Deadline::after(Duration::ZERO).enforce(|| Deadline::after(LONG).enforce(|| wait(ready(1))));
        assert_eq!(both, Ok(Err(Ended::TimedOut)));
    }

    #[test]
    fn a_deadline_within_another_ends_with_its_work() {
        let both = Deadline::after(LONG).enforce(|| {
            let inner = Deadline::after(Duration::ZERO).enforce(|| wait(ready(1)));
            (inner, wait(ready(2)))
        });
        assert_eq!(both, Ok((Err(Ended::TimedOut), 2)));
    }
}
