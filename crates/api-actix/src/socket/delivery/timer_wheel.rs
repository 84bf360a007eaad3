//! One timer for everything that is to be looked at again and again.

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::time::Instant;

use crate::lock::lock;

/// How often the wheel turns, and so how late an item's turn may come.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// More ticks than lie between a connection's pings.
const SLOTS: usize = 64;

/// Items by the tick at which they are due. One that has been dropped meanwhile is forgotten at its tick.
#[derive(Debug)]
pub(super) struct TimerWheel<T>(Mutex<State<T>>);

#[derive(Debug)]
struct State<T> {
    slots: [Vec<Weak<T>>; SLOTS],
    /// The slot of the last tick.
    last: usize,
    ticked_at: Instant,
}

impl<T> TimerWheel<T> {
    pub(super) fn new() -> Self {
        let slots = [const { Vec::new() }; SLOTS];
        Self(Mutex::new(State { slots, last: 0, ticked_at: Instant::now() }))
    }

    /// Has an item come up once `due` has come.
    pub(super) fn add(&self, item: &Arc<T>, due: Instant) {
        let mut state = lock(&self.0);
        let wait = due.saturating_duration_since(state.ticked_at).as_millis();
        let ticks = usize::try_from(wait.div_ceil(TICK.as_millis())).unwrap_or(SLOTS);
        let slot = (state.last + ticks.clamp(1, SLOTS - 1)) % SLOTS;
        state.slots[slot].push(Arc::downgrade(item));
    }

    /// Turns as far as time has gone on and answers the items that are due.
    pub(super) fn turn(&self) -> Vec<Arc<T>> {
        let mut state = lock(&self.0);
        let mut due = Vec::new();
        while state.ticked_at.elapsed() >= TICK {
            state.ticked_at += TICK;
            state.last = (state.last + 1) % SLOTS;
            let last = state.last;
            due.append(&mut state.slots[last]);
        }
        drop(state);
        due.iter().filter_map(Weak::upgrade).collect()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, pause};

    use super::*;

    #[actix_web::test]
    async fn an_item_comes_up_when_it_is_due_and_once() {
        pause();
        let (wheel, item) = (TimerWheel::new(), Arc::new(()));
        wheel.add(&item, Instant::now() + 3 * TICK);
        for tick in 1..=2 * SLOTS {
            advance(TICK).await;
            assert_eq!(wheel.turn().len(), usize::from(tick == 3), "tick {tick}");
        }
    }

    #[actix_web::test]
    async fn what_is_due_at_once_comes_up_at_the_next_tick() {
        pause();
        let (wheel, item) = (TimerWheel::new(), Arc::new(()));
        advance(TICK / 2).await;
        wheel.add(&item, Instant::now());
        assert!(wheel.turn().is_empty());
        advance(TICK / 2).await;
        assert_eq!(wheel.turn().len(), 1);
    }

    #[actix_web::test]
    async fn ticks_that_were_missed_are_made_up_for() {
        pause();
        let (wheel, item) = (TimerWheel::new(), Arc::new(()));
        wheel.add(&item, Instant::now() + 3 * TICK);
        advance(10 * TICK).await;
        assert_eq!(wheel.turn().len(), 1);
    }

    #[actix_web::test]
    async fn an_item_that_was_dropped_does_not_come_up() {
        pause();
        let wheel = TimerWheel::new();
        wheel.add(&Arc::new(()), Instant::now());
        advance(TICK).await;
        assert!(wheel.turn().is_empty());
    }
}
