//! When a room's owner is told that others guess at its password.

use std::time::Duration;

use crate::Timestamp;

/// So many wrong passwords within a [`PERIOD`] are more than those of members who mistype.
pub const MANY: u32 = 20;

/// The owner is told once in so long at most.
pub const PERIOD: Duration = Duration::from_hours(1);

/// The wrong passwords that a room was lately given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomGuesses {
    count: u32,
    since: Timestamp,
    told_at: Option<Timestamp>,
}

impl RoomGuesses {
    /// None yet.
    pub fn none(now: Timestamp) -> Self {
        Self { count: 0, since: now, told_at: None }
    }

    /// One more. Answers how many there were since the owner was last told, if it is time to tell them.
    pub fn another(&mut self, now: Timestamp) -> Option<u32> {
        if self.count < MANY && now.since(self.since) >= PERIOD {
            (self.count, self.since) = (0, now);
        }
        self.count = self.count.saturating_add(1);
        let may_be_told = self.told_at.is_none_or(|at| now.since(at) >= PERIOD);
        if self.count < MANY || !may_be_told {
            return None;
        }
        let count = self.count;
        *self = Self { count: 0, since: now, told_at: Some(now) };
        Some(count)
    }

    /// Whether forgetting these changes nothing.
    pub fn are_over(&self, now: Timestamp) -> bool {
        let is_past = |at: Timestamp| now.since(at) >= PERIOD;
        self.count < MANY && is_past(self.since) && self.told_at.is_none_or(is_past)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn minutes(number: u64) -> Timestamp {
        START.plus(Duration::from_mins(number))
    }

    #[test]
    fn the_owner_is_told_of_many_guesses_and_then_once_in_a_period_how_many_more_there_were() {
        let mut guesses = RoomGuesses::none(START);
        let told: Vec<_> = (0..20).map(|_| guesses.another(START)).collect();
        assert_eq!((told[..19].iter().flatten().count(), told[19]), (0, Some(20)));
        for minute in 0..60 {
            assert_eq!(guesses.another(minutes(minute)), None, "{minute}");
        }
        assert_eq!(guesses.another(minutes(60)), Some(61));
        assert_eq!(guesses.another(minutes(61)), None);
    }

    #[test]
    fn members_who_mistype_now_and_then_alarm_nobody() {
        let mut guesses = RoomGuesses::none(START);
        for number in 0..1_000 {
            assert_eq!(guesses.another(minutes(5 * number)), None);
        }
    }

    #[test]
    fn what_is_over_may_be_forgotten() {
        let mut guesses = RoomGuesses::none(START);
        assert!(guesses.another(START).is_none() && !guesses.are_over(minutes(59)));
        assert!(guesses.are_over(minutes(60)));
        while guesses.another(START).is_none() {}
        assert!(!guesses.are_over(minutes(59)), "the owner would be told too soon again");
        assert!(guesses.are_over(minutes(60)));
    }
}
