//! One timer for all open connections.

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::subscriber::Connection;
use crate::lock::lock;

/// How often the wheel turns, and so how late a connection's turn may come.
pub(crate) const TURN_EVERY: Duration = Duration::from_secs(1);

/// More turns than lie between a connection's pings.
const SLOTS: usize = 64;

/// Connections by the turn at which they are to be looked at next. One that has gone meanwhile is
/// forgotten at its turn.
#[derive(Debug)]
pub(crate) struct Wheel(Mutex<State>);

#[derive(Debug)]
struct State {
    slots: [Vec<Weak<Connection>>; SLOTS],
    /// The slot of the last turn.
    last: usize,
    turned_at: Instant,
}

impl Wheel {
    pub(crate) fn new() -> Self {
        let slots = [const { Vec::new() }; SLOTS];
        Self(Mutex::new(State { slots, last: 0, turned_at: Instant::now() }))
    }

    /// Has a connection looked at once `due` has come.
    pub(crate) fn add(&self, connection: &Arc<Connection>, due: Instant) {
        let mut state = lock(&self.0);
        let wait = due.saturating_duration_since(state.turned_at).as_millis();
        let turns = usize::try_from(wait.div_ceil(TURN_EVERY.as_millis())).unwrap_or(SLOTS);
        let slot = (state.last + turns.clamp(1, SLOTS - 1)) % SLOTS;
        state.slots[slot].push(Arc::downgrade(connection));
    }

    /// Turns as far as time has gone on and answers the connections whose turn it is.
    pub(crate) fn turn(&self) -> Vec<Arc<Connection>> {
        let mut state = lock(&self.0);
        let mut due = Vec::new();
        while state.turned_at.elapsed() >= TURN_EVERY {
            state.turned_at += TURN_EVERY;
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
    use crate::socket::tests::cast::{ANA, connection};

    #[actix_web::test]
    async fn a_connections_turn_comes_when_it_is_due_and_once() {
        pause();
        let (wheel, ana) = (Wheel::new(), connection(ANA));
        wheel.add(&ana, Instant::now() + 3 * TURN_EVERY);
        for turn in 1..=2 * SLOTS {
            advance(TURN_EVERY).await;
            assert_eq!(wheel.turn().len(), usize::from(turn == 3), "turn {turn}");
        }
    }

    #[actix_web::test]
    async fn what_is_due_at_once_has_the_next_turn() {
        pause();
        let (wheel, ana) = (Wheel::new(), connection(ANA));
        advance(TURN_EVERY / 2).await;
        wheel.add(&ana, Instant::now());
        assert!(wheel.turn().is_empty());
        advance(TURN_EVERY / 2).await;
        assert_eq!(wheel.turn().len(), 1);
    }

    #[actix_web::test]
    async fn turns_that_were_missed_are_made_up_for() {
        pause();
        let (wheel, ana) = (Wheel::new(), connection(ANA));
        wheel.add(&ana, Instant::now() + 3 * TURN_EVERY);
        advance(10 * TURN_EVERY).await;
        assert_eq!(wheel.turn().len(), 1);
    }

    #[actix_web::test]
    async fn a_connection_that_has_gone_has_no_turn() {
        pause();
        let wheel = Wheel::new();
        wheel.add(&connection(ANA), Instant::now());
        advance(TURN_EVERY).await;
        assert!(wheel.turn().is_empty());
    }
}
