use std::sync::{Arc, LazyLock};
use std::time::Duration;

use domain::Refusal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// As many callers may wait for a turn; whoever comes then is better told so at once.
const MOST_WAITING: usize = 256;

/// Longer than this nobody waits for a turn: their client has given up by then.
const PATIENCE: Duration = Duration::from_secs(20);

/// The one queue of this process. Runtimes and tests may be many, but cores are not.
static OF_THE_PROCESS: LazyLock<Queue> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Queue::new(cores, MOST_WAITING, PATIENCE)
});

/// Where work that keeps a core busy waits for its turn on a blocking thread.
#[derive(Clone)]
pub(crate) struct Queue {
    turns: Arc<Semaphore>,
    waiting_room: Arc<Semaphore>,
    patience: Duration,
}

/// Why work was not done.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error("too many callers wait for their password to be hashed")]
    WaitingRoomFull,
    #[error("no turn to hash a password came up in time")]
    OutOfPatience,
    #[error("the runtime is shutting down")]
    ShuttingDown,
}

impl Queue {
    pub(crate) fn of_the_process() -> Self {
        OF_THE_PROCESS.clone()
    }

    fn new(turns: usize, most_waiting: usize, patience: Duration) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            waiting_room: Arc::new(Semaphore::new(most_waiting)),
            patience,
        }
    }

    /// Runs `work` on a blocking thread when its turn comes. A caller who stops waiting meanwhile
    /// gives up their place; work that has begun keeps its turn until it is done.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = self.turn().await.map_err(|reason| Refusal::Unavailable(reason.into()))?;
        let done = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|failure| {
            if failure.is_cancelled() {
                Refusal::Unavailable(NotDone::ShuttingDown.into())
            } else {
                Refusal::Internal(failure.into())
            }
        })
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, NotDone> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(turn);
        }
        let _place = self.waiting_room.try_acquire().map_err(|_| NotDone::WaitingRoomFull)?;
        timeout(self.patience, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| NotDone::OutOfPatience)?
            .map_err(|_| NotDone::ShuttingDown)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    /// Occupies a turn until told to let go of it.
    fn occupy(queue: &Queue) -> (tokio::task::JoinHandle<Result<(), Refusal>>, mpsc::Sender<()>) {
        let (let_go, told) = mpsc::channel();
        let queue = queue.clone();
        let work = move || told.recv().expect("the test tells it");
        (tokio::spawn(async move { queue.run(work).await }), let_go)
    }

    async fn until(condition: impl Fn() -> bool) {
        while !condition() {
            tokio::task::yield_now().await;
        }
    }

    fn reason(refusal: Refusal) -> String {
        match refusal {
            Refusal::Unavailable(reason) => reason.to_string(),
            other => panic!("not unavailable: {other:?}"),
        }
    }

    #[tokio::test]
    async fn work_is_done_and_its_outcome_given_back() {
        let queue = Queue::new(1, 0, LONG);
        assert_eq!(queue.run(|| 6 * 7).await.expect("there is a turn"), 42);
    }

    #[tokio::test]
    async fn who_finds_the_waiting_room_full_is_refused_at_once() {
        let queue = Queue::new(1, 1, LONG);
        let (first, let_first_go) = occupy(&queue);
        until(|| queue.turns.available_permits() == 0).await;
        let (second, let_second_go) = occupy(&queue);
        until(|| queue.waiting_room.available_permits() == 0).await;

        let refusal = queue.run(|| ()).await.expect_err("nobody fits in any more");
        assert_eq!(reason(refusal), NotDone::WaitingRoomFull.to_string());

        let_first_go.send(()).expect("it listens");
        let_second_go.send(()).expect("it listens");
        first.await.expect("no panic").expect("it had a turn");
        second.await.expect("no panic").expect("it got a turn");
        assert!(queue.run(|| ()).await.is_ok(), "the queue is empty again");
    }

    #[tokio::test]
    async fn who_gets_no_turn_in_time_is_refused() {
        let queue = Queue::new(1, 1, Duration::ZERO);
        let (first, let_first_go) = occupy(&queue);
        until(|| queue.turns.available_permits() == 0).await;

        let refusal = queue.run(|| ()).await.expect_err("the turn is taken");
        assert_eq!(reason(refusal), NotDone::OutOfPatience.to_string());

        let_first_go.send(()).expect("it listens");
        first.await.expect("no panic").expect("it had a turn");
    }

    #[tokio::test]
    async fn a_vanished_caller_does_not_free_the_core_that_still_works() {
        let queue = Queue::new(1, 1, LONG);
        let (first, let_first_go) = occupy(&queue);
        until(|| queue.turns.available_permits() == 0).await;
        first.abort();
        assert!(first.await.expect_err("it was aborted").is_cancelled());
        assert_eq!(queue.turns.available_permits(), 0);

        let_first_go.send(()).expect("it listens");
        until(|| queue.turns.available_permits() == 1).await;
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_failure_and_frees_the_turn() {
        let queue = Queue::new(1, 0, LONG);
        let refusal = queue.run(|| panic!("on purpose")).await.map(|()| "done").expect_err("it panicked");
        assert!(matches!(refusal, Refusal::Internal(_)));
        assert_eq!(queue.turns.available_permits(), 1);
    }

    #[test]
    fn the_process_has_one_queue() {
        let (one, other) = (Queue::of_the_process(), Queue::of_the_process());
        assert!(Arc::ptr_eq(&one.turns, &other.turns));
        assert_eq!(one.waiting_room.available_permits(), MOST_WAITING);
    }
}
