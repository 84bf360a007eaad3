use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::ports::{Purpose, Requester};
use domain::{Network, Refusal, UserId};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::fair_queue::{Line, Shares};

/// As many may wait for a turn. Then the last in the longest line is sent away for a newcomer.
const MOST_WAITING: usize = 1_024;

/// A turn that is not to be expected within so long is refused at once.
const SOON: Duration = Duration::from_secs(15);

/// Longer than this nobody waits for a turn: their client has given up by then.
const PATIENCE: Duration = Duration::from_secs(20);

/// The one queue of this process. Runtimes and tests may be many, but cores are not.
static OF_THE_PROCESS: LazyLock<Queue> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Queue::new(cores, MOST_WAITING, SOON, PATIENCE)
});

/// Where work that keeps a core busy waits for its turn on a blocking thread.
///
/// Every purpose has a lane, each network a line there, and each account one in that. Turns go round
/// the lanes, in a lane round the networks, and in a network round the accounts, so that nobody waits
/// for another's crowd.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    turns: usize,
    most_waiting: usize,
    soon: Duration,
    patience: Duration,
}

/// Who waits, and how many turns are taken.
struct State {
    lanes: [Lane; Purpose::ALL.len()],
    /// The lane to look at first.
    next: usize,
    taken: usize,
    /// How long work took lately.
    typical: Duration,
}

type Lane = Shares<Network, Shares<UserId, VecDeque<Waiter>>>;
type Waiter = oneshot::Sender<Turn>;

/// Leave to work, until dropped.
struct Turn {
    queue: Option<Queue>,
    since: Instant,
}

/// Why work was not done.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error("the next turn to hash a password is too far off")]
    NotSoon,
    #[error("too many callers wait for their password to be hashed")]
    TooManyWaiting,
    #[error("no turn to hash a password came up in time")]
    OutOfPatience,
    #[error("the runtime is shutting down")]
    ShuttingDown,
}

impl Queue {
    pub(crate) fn of_the_process() -> Self {
        OF_THE_PROCESS.clone()
    }

    fn new(turns: usize, most_waiting: usize, soon: Duration, patience: Duration) -> Self {
        let state = State { lanes: Default::default(), next: 0, taken: 0, typical: Duration::ZERO };
        Self(Arc::new(Shared { state: Mutex::new(state), turns, most_waiting, soon, patience }))
    }

    /// Runs `work` on a blocking thread when its turn comes. A caller who stops waiting meanwhile
    /// gives up their place; work that has begun keeps its turn until it is done.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        by: &Requester,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = self.turn(by).await.map_err(|reason| Refusal::Unavailable(reason.into()))?;
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

    async fn turn(&self, by: &Requester) -> Result<Turn, NotDone> {
        let turn = self.line_up(by)?;
        timeout(self.0.patience, turn)
            .await
            .map_err(|_| NotDone::OutOfPatience)?
            .map_err(|_| NotDone::TooManyWaiting)
    }

    fn line_up(&self, by: &Requester) -> Result<oneshot::Receiver<Turn>, NotDone> {
        let (waiter, turn) = oneshot::channel();
        let mut state = self.state();
        if self.wait(&state, by) > self.0.soon {
            return Err(NotDone::NotSoon);
        }
        if state.waiting() >= self.0.most_waiting {
            state.lanes.iter_mut().for_each(|lane| lane.retain(&|waiter: &Waiter| !waiter.is_closed()));
        }
        state.lanes[by.purpose as usize].line(&by.network).line(&by.account).push_back(waiter);
        self.give_turns(&mut state);
        if state.waiting() > self.0.most_waiting {
            let longest = state.lanes.iter_mut().max_by_key(|lane| lane.len());
            // Sending them away wakes them, which is all that it does while the state is locked.
            drop(longest.and_then(Line::pop_last_of_longest));
        }
        Ok(turn)
    }

    /// How long they would wait for a turn, as things go.
    fn wait(&self, state: &State, by: &Requester) -> Duration {
        let rounds = (state.ahead(by) + state.taken) / self.0.turns;
        state.typical * u32::try_from(rounds).unwrap_or(u32::MAX)
    }

    /// Gives the turns that are free to those who wait.
    fn give_turns(&self, state: &mut State) {
        while state.taken < self.0.turns {
            let Some(waiter) = state.pop() else { return };
            let turn = Turn { queue: Some(self.clone()), since: Instant::now() };
            match waiter.send(turn) {
                Ok(()) => state.taken += 1,
                // They wait no longer. The turn was never counted, so it is not to be given back.
                Err(mut turn) => turn.queue = None,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn waiting(&self) -> usize {
        self.lanes.iter().map(Line::len).sum()
    }

    /// How many are served before a newcomer.
    fn ahead(&self, by: &Requester) -> usize {
        let lane = &self.lanes[by.purpose as usize];
        let of_network = lane.get(&by.network);
        let of_account = of_network.and_then(|line| line.get(&by.account)).map_or(0, Line::len);
        let in_network = of_network.map_or(0, |line| line.ahead(&by.account, of_account));
        let in_lane = lane.ahead(&by.network, in_network);
        let others = Purpose::ALL.iter().filter(|purpose| **purpose != by.purpose);
        in_lane + others.map(|purpose| self.lanes[*purpose as usize].len().min(in_lane + 1)).sum::<usize>()
    }

    /// The next who has a turn.
    fn pop(&mut self) -> Option<Waiter> {
        let lanes = self.lanes.len();
        let first = self.next;
        (0..lanes).map(|step| (first + step) % lanes).find_map(|lane| {
            let waiter = self.lanes[lane].pop()?;
            self.next = (lane + 1) % lanes;
            Some(waiter)
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(queue) = self.queue.take() else { return };
        let mut state = queue.state();
        state.taken -= 1;
        // The newest counts an eighth, so that one slow turn is not taken for all.
        state.typical = state.typical * 7 / 8 + self.since.elapsed() / 8;
        queue.give_turns(&mut state);
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
