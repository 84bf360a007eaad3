use std::time::{SystemTime, UNIX_EPOCH};

use domain::Timestamp;
use domain::ports::Clock;

/// The operating system's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let epoch = Timestamp::from_millis(0);
        // A clock set before 1970 is wrong anyway; the server then lives in 1970.
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(epoch, |since| epoch.plus(since))
    }
}
