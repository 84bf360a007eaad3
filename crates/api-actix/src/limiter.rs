//! How often anything may be tried. A normal client meets none of this.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{Network, UserId};

use crate::buckets::{Buckets, RetryAfter, take_one};
use crate::counted_calls::CountedCalls;
use crate::guesses::Guesses;
use crate::rate_limits::{Allowance, RateLimits};
use crate::unauthenticated_sockets::{UnauthenticatedSocket, UnauthenticatedSockets};

/// Without limits an account, and a network, still has so many connections at most, for they take
/// memory.
const CONNECTIONS_WITHOUT_LIMITS: usize = 10_000;

/// When a socket may be tried again while too many of its network have not said hello.
const RETRY_UNAUTHENTICATED_AFTER: Duration = Duration::from_secs(1);

/// All limits of the process; shared by the workers.
pub(crate) struct Limiter {
    /// By the number of their [`CountedCalls`].
    calls: Vec<Buckets<CalledBy>>,
    /// Those for guesses at passwords.
    pub(crate) guesses: Guesses,
    frames: Option<Allowance>,
    connections: usize,
    connections_per_network: usize,
    unauthenticated_sockets: Arc<UnauthenticatedSockets>,
}

/// By whom calls are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum CalledBy {
    Account(UserId),
    Network(Network),
}

impl Limiter {
    /// Limiter as the settings want them, nothing tried yet.
    pub(crate) fn new(rate_limits: &RateLimits) -> Self {
        let allowances = match rate_limits {
            RateLimits::On(allowances) => Some(allowances),
            RateLimits::Off => None,
        };
        let calls = |calls: &CountedCalls| Buckets::new(allowances.map(|all| calls.allowance(all)));
        Self {
            calls: CountedCalls::ALL.iter().map(calls).collect(),
            guesses: Guesses::new(allowances),
            frames: allowances.map(|all| all.frames),
            connections: allowances.map_or(CONNECTIONS_WITHOUT_LIMITS, |all| all.connections),
            connections_per_network: allowances.map_or(usize::MAX, |all| all.network_connections),
            unauthenticated_sockets: UnauthenticatedSockets::new(
                allowances.map_or(CONNECTIONS_WITHOUT_LIMITS, |all| all.strangers),
            ),
        }
    }

    /// A call by an account.
    pub(crate) fn call_by(&self, calls: CountedCalls, user_id: &UserId) -> Result<(), RetryAfter> {
        self.calls[calls as usize].take(&CalledBy::Account(user_id.clone()), Instant::now())
    }

    /// A call from a network.
    pub(crate) fn call_from(&self, calls: CountedCalls, network: Network) -> Result<(), RetryAfter> {
        self.calls[calls as usize].take(&CalledBy::Network(network), Instant::now())
    }

    /// The limit of one connection's frames.
    pub(crate) fn frame_limiter(&self) -> FrameLimiter {
        FrameLimiter { allowance: self.frames, whole_at: Cell::default() }
    }

    /// A socket from a network, which has yet to say hello.
    pub(crate) fn unauthenticated_socket(&self, from: Network) -> Result<UnauthenticatedSocket, RetryAfter> {
        self.unauthenticated_sockets.admit(from).map_err(|_| RetryAfter(RETRY_UNAUTHENTICATED_AFTER))
    }

    /// How many connections a network may have open at once.
    pub(crate) fn connections_per_network(&self) -> usize {
        self.connections_per_network
    }

    /// How many connections an account may have open at once.
    pub(crate) fn connections_per_account(&self) -> usize {
        self.connections
    }
}

/// Limiter the frames of one connection.
pub(crate) struct FrameLimiter {
    allowance: Option<Allowance>,
    whole_at: Cell<Option<Instant>>,
}

impl FrameLimiter {
    /// One more frame.
    pub(crate) fn check(&self) -> Result<(), RetryAfter> {
        if let Some(allowance) = self.allowance {
            self.whole_at.set(Some(take_one(allowance, self.whole_at.get(), Instant::now())?));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str) -> UserId {
        id.parse().expect("valid")
    }

    #[test]
    fn without_limits_nothing_is_refused() {
        let limits = Limiter::new(&RateLimits::Off);
        let frames = limits.frame_limiter();
        for _ in 0..1_000 {
            for calls in CountedCalls::ALL {
                assert_eq!(limits.call_by(*calls, &user("ana")), Ok(()));
                assert_eq!(limits.call_from(*calls, Network::of([192, 0, 2, 7].into())), Ok(()));
            }
            assert_eq!(frames.check(), Ok(()));
        }
        assert_eq!(limits.connections_per_account(), CONNECTIONS_WITHOUT_LIMITS);
    }

    #[test]
    fn each_connection_has_frames_of_its_own() {
        let limits = Limiter::new(&RateLimits::default());
        let (one, other) = (limits.frame_limiter(), limits.frame_limiter());
        while one.check().is_ok() {}
        assert_eq!(other.check(), Ok(()));
    }
}
