//! When each message is due, whatever happened to those before it.

use std::time::Duration;

/// An open loop: messages are due at a steady rate, and nobody waits for an answer. A message that is
/// written late, because the server or the generator stalled, is late all the same: its latency counts
/// from when it was due, so a stall shows in all the messages that it held up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    per_second: f64,
    total: u32,
}

impl Schedule {
    /// Messages at this rate, for so long.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a run has fewer than 2^32 messages"
    )]
    pub(crate) fn new(per_second: f64, lasting: Duration) -> Self {
        Self { per_second, total: (per_second * lasting.as_secs_f64()).round() as u32 }
    }

    /// How many messages there are.
    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    /// How long after a message the next one is due.
    pub(crate) fn pause(&self) -> Duration {
        Duration::from_secs_f64(self.per_second.recip())
    }

    /// When this message is due, from the start of the run.
    pub(crate) fn due_at(&self, number: u32) -> Duration {
        Duration::from_secs_f64(f64::from(number) / self.per_second)
    }

    /// How many messages are due by this time from the start of the run.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to the total")]
    pub(crate) fn due_by(&self, now: Duration) -> u32 {
        let begun = (now.as_secs_f64() * self.per_second).floor() + 1.0;
        begun.min(f64::from(self.total)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn messages_are_due_at_a_steady_rate() {
        let schedule = Schedule::new(1_000.0, SECOND * 3);
        assert_eq!((schedule.total(), schedule.pause()), (3_000, Duration::from_millis(1)));
        assert_eq!(schedule.due_at(0), Duration::ZERO);
        assert_eq!(schedule.due_at(1_500), Duration::from_millis(1_500));
        assert_eq!(schedule.due_by(Duration::ZERO), 1);
        assert_eq!(schedule.due_by(SECOND), 1_001);
        assert_eq!(schedule.due_by(SECOND * 100), 3_000);
    }

    #[test]
    fn a_stall_delays_no_message_that_was_due_meanwhile() {
        let schedule = Schedule::new(100.0, SECOND * 2);
        let written_before = schedule.due_by(SECOND / 2);
        // Nothing is written for a second; then all that was due is, and each is as late as it is.
        let resumed_at = SECOND * 3 / 2;
        let overdue: Vec<_> = (written_before..schedule.due_by(resumed_at)).collect();
        assert_eq!(overdue.len(), 100);
        let delays: Vec<_> =
            overdue.iter().map(|number| resumed_at.abs_diff(schedule.due_at(*number))).collect();
        assert_eq!((delays[0], delays[99]), (Duration::from_millis(990), Duration::ZERO));
    }

    proptest::proptest! {
        #[test]
        fn a_message_is_counted_as_due_from_its_due_time_on(rate in 1.0..50_000.0_f64, number in 0_u32..1_000) {
            let schedule = Schedule::new(rate, SECOND * 2_000);
            let due_at = schedule.due_at(number);
            proptest::prop_assert!(schedule.due_by(due_at + Duration::from_nanos(2)) > number);
            proptest::prop_assert!(schedule.due_by(due_at.saturating_sub(Duration::from_nanos(2))) <= number + 1);
        }
    }
}
