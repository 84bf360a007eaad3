use std::time::Duration;

/// How long to wait before the next attempt: longer each time, and random, so that clients that
/// were cut off together do not come back together.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    least: Duration,
    most: Duration,
    tries: u32,
}

impl Backoff {
    /// Pauses between `least`, which doubles with every try, and `most`.
    pub(super) fn between(least: Duration, most: Duration) -> Self {
        Self { least, most, tries: 0 }
    }

    /// The next pause: anything from nothing to its limit.
    pub(super) fn next(&mut self) -> Duration {
        let limit = self.least.saturating_mul(2_u32.saturating_pow(self.tries)).min(self.most);
        self.tries = self.tries.saturating_add(1);
        limit.mul_f64(fastrand::f64())
    }

    /// An attempt has succeeded.
    pub(super) fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_their_limit_and_begin_again() {
        let mut backoff = Backoff::between(Duration::from_millis(100), Duration::from_secs(5));
        for limit in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000] {
            assert!(backoff.next() <= Duration::from_millis(limit));
        }
        backoff.reset();
        assert!(backoff.next() <= Duration::from_millis(100));
    }

    #[test]
    fn clients_cut_off_together_come_back_apart() {
        let first = || Backoff::between(Duration::from_secs(1), Duration::from_secs(5)).next();
        let pauses: std::collections::HashSet<_> = (0..50).map(|_| first()).collect();
        assert!(pauses.len() > 10, "{pauses:?}");
    }
}
