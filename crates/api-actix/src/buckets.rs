//! How often something was tried lately, by whom.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::lock::lock;
use crate::rate_limits::Allowance;

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

/// As many keys are remembered at most. Past it those are forgotten first that are nearest to having
/// their whole allowance again, so that a flood of new keys does not wash out those that try the most.
const MOST_KEYS: usize = 50_000;

/// When an allowance of which one is taken now is whole again. Unless that is too far off: then there is
/// none to take. This instant is all that has to be remembered (the generic cell rate algorithm).
pub(crate) fn take_one(
    allowance: Allowance,
    whole_at: Option<Instant>,
    now: Instant,
) -> Result<Instant, RetryAfter> {
    let after = whole_at.unwrap_or(now).max(now) + allowance.one_more_per;
    let wait = (after - now).saturating_sub(allowance.one_more_per * allowance.at_once.get());
    if wait.is_zero() { Ok(after) } else { Err(RetryAfter(wait)) }
}

/// One allowance for each key.
pub(crate) struct Buckets<K> {
    allowance: Option<Allowance>,
    most_keys: usize,
    whole_at: Mutex<HashMap<K, Instant>>,
}

impl<K: Clone + Hash + Eq> Buckets<K> {
    /// Without an allowance nothing is refused, nor remembered.
    pub(crate) fn new(allowance: Option<Allowance>) -> Self {
        Self { allowance, most_keys: MOST_KEYS, whole_at: Mutex::default() }
    }

    /// Takes one, if there is one.
    pub(crate) fn take(&self, key: &K, now: Instant) -> Result<(), RetryAfter> {
        let Some(allowance) = self.allowance else { return Ok(()) };
        let mut whole_at = lock(&self.whole_at);
        let after = take_one(allowance, whole_at.get(key).copied(), now)?;
        if whole_at.len() >= self.most_keys && !whole_at.contains_key(key) {
            forget(&mut whole_at, now, self.most_keys / 2);
        }
        whole_at.insert(key.clone(), after);
        Ok(())
    }

    /// Whether nothing was taken lately.
    pub(crate) fn is_whole(&self, key: &K, now: Instant) -> bool {
        let whole_at = lock(&self.whole_at);
        whole_at.get(key).is_none_or(|at| *at <= now)
    }

    /// Gives back one that was taken.
    pub(crate) fn give_back(&self, key: &K, now: Instant) {
        let Some(allowance) = self.allowance else { return };
        let mut whole_at = lock(&self.whole_at);
        if let Some(at) = whole_at.get_mut(key) {
            *at = at.checked_sub(allowance.one_more_per).unwrap_or(now);
            if *at <= now {
                whole_at.remove(key);
            }
        }
    }
}

/// Forgets the keys that have their whole allowance, and if that is not enough, those nearest to it.
fn forget<K: Clone + Hash + Eq>(whole_at: &mut HashMap<K, Instant>, now: Instant, keep: usize) {
    whole_at.retain(|_, at| *at > now);
    if whole_at.len() > keep {
        let mut instants: Vec<Instant> = whole_at.values().copied().collect();
        let last_forgotten = instants.len() - keep - 1;
        let (_, bound, _) = instants.select_nth_unstable(last_forgotten);
        let bound = *bound;
        whole_at.retain(|_, at| *at > bound);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn buckets(at_once: u32, one_more_per: Duration) -> Buckets<u32> {
        let at_once = NonZeroU32::new(at_once).expect("not nothing");
        Buckets::new(Some(Allowance { at_once, one_more_per }))
    }

    #[test]
    fn as_many_as_allowed_and_then_one_for_each_span() {
        let (buckets, now) = (buckets(3, SECOND), Instant::now());
        for _ in 0..3 {
            assert_eq!(buckets.take(&1, now), Ok(()));
        }
        assert_eq!(buckets.take(&1, now), Err(RetryAfter(SECOND)));
        assert_eq!(buckets.take(&2, now), Ok(()), "another's allowance is another");
        let half = now + SECOND / 2;
        assert_eq!(buckets.take(&1, half), Err(RetryAfter(SECOND / 2)));
        let later = now + SECOND;
        assert_eq!(buckets.take(&1, later), Ok(()));
        assert_eq!(buckets.take(&1, later), Err(RetryAfter(SECOND)));
    }

    #[test]
    fn a_rest_brings_back_the_whole_allowance_and_no_more() {
        let (buckets, now) = (buckets(2, SECOND), Instant::now());
        assert_eq!(buckets.take(&1, now), Ok(()));
        let later = now + 60 * SECOND;
        for _ in 0..2 {
            assert_eq!(buckets.take(&1, later), Ok(()));
        }
        assert!(buckets.take(&1, later).is_err());
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_nothing_beyond() {
        let (buckets, now) = (buckets(2, SECOND), Instant::now());
        for _ in 0..100 {
            assert_eq!(buckets.take(&1, now), Ok(()));
            buckets.give_back(&1, now);
        }
        buckets.give_back(&1, now);
        for _ in 0..2 {
            assert_eq!(buckets.take(&1, now), Ok(()));
        }
        assert!(buckets.take(&1, now).is_err());
    }

    #[test]
    fn a_flood_of_keys_takes_no_more_memory_and_washes_out_nobody_who_tries_more() {
        let buckets = Buckets { most_keys: 100, ..buckets(3, SECOND) };
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(buckets.take(&0, now), Ok(()));
        }
        for key in 1..10_000 {
            assert_eq!(buckets.take(&key, now), Ok(()));
            assert!(buckets.whole_at.lock().expect("whole").len() <= 100);
        }
        assert!(buckets.take(&0, now).is_err());
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_rounded_up() {
        assert_eq!(RetryAfter(Duration::ZERO).seconds(), 1);
        assert_eq!(RetryAfter(Duration::from_millis(1)).seconds(), 1);
        assert_eq!(RetryAfter(Duration::from_millis(1_001)).seconds(), 2);
        assert_eq!(RetryAfter(Duration::from_secs(30)).seconds(), 30);
    }
}
