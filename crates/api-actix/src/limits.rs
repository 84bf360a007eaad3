//! How often anything may be tried. A normal client meets none of this.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::{RoomId, UserId};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota};

use crate::allowances::{Allowance, RateLimits};
use crate::client_address::Network;
use crate::strangers::{Stranger, Strangers};

/// Too often: how long to wait before the next try can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryAfter(pub(crate) Duration);

impl RetryAfter {
    /// Whole seconds, rounded up, at least one.
    pub(crate) fn seconds(self) -> u64 {
        let whole = self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0);
        whole.max(1)
    }
}

/// Without limits an account, and a network, still has so many connections at most, for they take
/// memory.
const CONNECTIONS_WITHOUT_LIMITS: usize = 10_000;

/// When a socket may be tried again while too many of its network have not said hello.
const STRANGERS_STAY: Duration = Duration::from_secs(1);

/// All limits of the process; shared by the workers.
pub(crate) struct Limits {
    registrations: Keyed<Network>,
    logins: Keyed<Network>,
    passwords: Keyed<UserId>,
    refreshes: Keyed<Network>,
    joins: Keyed<(UserId, RoomId)>,
    rooms: Keyed<UserId>,
    messages: Keyed<UserId>,
    frames: Option<Quota>,
    connections: usize,
    connections_per_network: usize,
    strangers: Arc<Strangers>,
}

impl Limits {
    /// Limits as the settings want them, nothing tried yet.
    pub(crate) fn new(rate_limits: RateLimits) -> Self {
        let allowances = match rate_limits {
            RateLimits::On(allowances) => Some(allowances),
            RateLimits::Off => None,
        };
        Self {
            registrations: Keyed::new(allowances.map(|all| all.registrations)),
            logins: Keyed::new(allowances.map(|all| all.logins)),
            passwords: Keyed::new(allowances.map(|all| all.passwords)),
            refreshes: Keyed::new(allowances.map(|all| all.refreshes)),
            joins: Keyed::new(allowances.map(|all| all.joins)),
            rooms: Keyed::new(allowances.map(|all| all.rooms)),
            messages: Keyed::new(allowances.map(|all| all.messages)),
            frames: allowances.map(|all| quota(all.frames)),
            connections: allowances.map_or(CONNECTIONS_WITHOUT_LIMITS, |all| all.connections),
            connections_per_network: allowances.map_or(usize::MAX, |all| all.network_connections),
            strangers: Strangers::new(allowances.map_or(CONNECTIONS_WITHOUT_LIMITS, |all| all.strangers)),
        }
    }

    /// A registration from a network.
    pub(crate) fn registration(&self, from: Network) -> Result<(), RetryAfter> {
        self.registrations.check(&from)
    }

    /// A login from a network.
    pub(crate) fn login(&self, from: Network) -> Result<(), RetryAfter> {
        self.logins.check(&from)
    }

    /// A password presented for an account, at login or later.
    pub(crate) fn password(&self, user_id: &UserId) -> Result<(), RetryAfter> {
        self.passwords.check(user_id)
    }

    /// A refresh token from a network.
    pub(crate) fn refresh(&self, from: Network) -> Result<(), RetryAfter> {
        self.refreshes.check(&from)
    }

    /// A password given to a room by an account.
    pub(crate) fn room(&self, user_id: &UserId) -> Result<(), RetryAfter> {
        self.rooms.check(user_id)
    }

    /// A password presented by an account for a room.
    pub(crate) fn join(&self, user_id: &UserId, room_id: RoomId) -> Result<(), RetryAfter> {
        self.joins.check(&(user_id.clone(), room_id))
    }

    /// A message written, edited or deleted by an account, over whichever transport.
    pub(crate) fn message(&self, user_id: &UserId) -> Result<(), RetryAfter> {
        self.messages.check(user_id)
    }

    /// The limit of one connection's frames.
    pub(crate) fn frame_limiter(&self) -> FrameLimiter {
        FrameLimiter(self.frames.map(DefaultDirectRateLimiter::direct))
    }

    /// A socket from a network, which has yet to say hello.
    pub(crate) fn stranger(&self, from: Network) -> Result<Stranger, RetryAfter> {
        self.strangers.admit(from).map_err(|_| RetryAfter(STRANGERS_STAY))
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

/// Limits the frames of one connection.
pub(crate) struct FrameLimiter(Option<DefaultDirectRateLimiter>);

impl FrameLimiter {
    /// One more frame.
    pub(crate) fn check(&self) -> Result<(), RetryAfter> {
        match &self.0 {
            Some(limiter) => limiter.check().map_err(|until| retry_after(&until)),
            None => Ok(()),
        }
    }
}

fn quota(allowance: Allowance) -> Quota {
    Quota::with_period(allowance.one_more_per)
        .unwrap_or_else(|| Quota::per_second(allowance.at_once))
        .allow_burst(allowance.at_once)
}

/// One limit for each key. Keys that have had their rest are forgotten now and then, so that memory
/// is bounded by what was tried lately.
struct Keyed<K: Clone + Hash + Eq> {
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    checks: AtomicU32,
}

impl<K: Clone + Hash + Eq> Keyed<K> {
    const CHECKS_BETWEEN_PRUNINGS: u32 = 4_096;

    fn new(allowance: Option<Allowance>) -> Self {
        let limiter = allowance.map(|allowance| DefaultKeyedRateLimiter::keyed(quota(allowance)));
        Self { limiter, checks: AtomicU32::new(0) }
    }

    fn check(&self, key: &K) -> Result<(), RetryAfter> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let checks = self.checks.fetch_add(1, Ordering::Relaxed);
        if checks % Self::CHECKS_BETWEEN_PRUNINGS == Self::CHECKS_BETWEEN_PRUNINGS - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        limiter.check_key(key).map_err(|until| retry_after(&until))
    }
}

fn retry_after(until: &governor::NotUntil<<DefaultClock as Clock>::Instant>) -> RetryAfter {
    RetryAfter(until.wait_time_from(DefaultClock::default().now()))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::allowances::Allowances;

    fn user(id: &str) -> UserId {
        id.parse().expect("valid")
    }

    #[test]
    fn the_guess_after_the_allowed_ones_is_refused_for_that_account_alone() {
        let limits = Limits::new(RateLimits::default());
        let allowance = Allowances::default().passwords;
        for _ in 0..allowance.at_once.get() {
            assert_eq!(limits.password(&user("ana")), Ok(()));
        }
        let RetryAfter(wait) = limits.password(&user("ana")).expect_err("one too many");
        assert!(wait > Duration::ZERO && wait <= allowance.one_more_per);
        assert_eq!(limits.password(&user("bo1")), Ok(()));
    }

    #[test]
    fn without_limits_nothing_is_refused() {
        let limits = Limits::new(RateLimits::Off);
        let frames = limits.frame_limiter();
        for _ in 0..1_000 {
            assert_eq!(limits.password(&user("ana")), Ok(()));
            assert_eq!(limits.registration(Network::of([192, 0, 2, 7].into())), Ok(()));
            assert_eq!(limits.message(&user("ana")), Ok(()));
            assert_eq!(frames.check(), Ok(()));
        }
        assert_eq!(limits.connections_per_account(), CONNECTIONS_WITHOUT_LIMITS);
    }

    #[test]
    fn each_connection_has_frames_of_its_own() {
        let limits = Limits::new(RateLimits::default());
        let (one, other) = (limits.frame_limiter(), limits.frame_limiter());
        while one.check().is_ok() {}
        assert_eq!(other.check(), Ok(()));
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_rounded_up() {
        assert_eq!(RetryAfter(Duration::ZERO).seconds(), 1);
        assert_eq!(RetryAfter(Duration::from_millis(1)).seconds(), 1);
        assert_eq!(RetryAfter(Duration::from_millis(1_001)).seconds(), 2);
        assert_eq!(RetryAfter(Duration::from_secs(30)).seconds(), 30);
    }

    #[test]
    fn keys_that_have_had_their_rest_are_forgotten() {
        let allowance = Allowance { at_once: NonZeroU32::MIN, one_more_per: Duration::from_nanos(1) };
        let keyed = Keyed::new(Some(allowance));
        for key in 0..Keyed::<u32>::CHECKS_BETWEEN_PRUNINGS * 3 {
            let _ = keyed.check(&key);
        }
        let known = keyed.limiter.as_ref().expect("limited").len();
        assert!(known <= Keyed::<u32>::CHECKS_BETWEEN_PRUNINGS as usize, "{known}");
    }
}
