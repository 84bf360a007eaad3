//! A timer that is exact to some tens of microseconds, where tokio's is exact to a millisecond.

use std::io;
use std::time::Duration;

use rustix::io::Errno;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;

use crate::Failure;

/// Ticks at a steady pace. A tick that comes while nobody waits is kept, but no more than one.
#[derive(Debug)]
pub(crate) struct Ticker {
    /// The system has a timer read like a pipe: once it has ticked, eight bytes say how often.
    ticks: Receiver,
}

impl Ticker {
    /// The first tick comes at once.
    pub(crate) fn every(period: Duration) -> Result<Self, Failure> {
        let failed = |error: Errno| Failure::because("there is no timer", io::Error::from(error));
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)
            .map_err(failed)?;
        let time = |duration| {
            Timespec::try_from(duration).map_err(|error| Failure::because("a period is too long", error))
        };
        let setting = Itimerspec { it_interval: time(period)?, it_value: time(Duration::from_nanos(1))? };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &setting).map_err(failed)?;
        let ticks = Receiver::from_owned_fd_unchecked(timer)
            .map_err(|error| Failure::because("a timer cannot be waited for", error))?;
        Ok(Self { ticks })
    }

    /// Waits for the next tick.
    pub(crate) async fn tick(&mut self) -> Result<(), Failure> {
        // One byte more than there is: tokio takes a buffer that is not full to mean that nothing is left to read.
        let ticked = self.ticks.read(&mut [0; 9]).await;
        ticked.map(|_| ()).map_err(|error| Failure::because("a timer was lost", error))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn ticks_come_at_a_steady_pace_the_first_at_once() {
        let began = Instant::now();
        let mut ticker = Ticker::every(Duration::from_millis(20)).expect("a timer");
        for tick in 0..4 {
            ticker.tick().await.expect("a tick");
            assert!(
                began.elapsed() >= Duration::from_millis(20) * tick,
                "tick {tick}: {:?}",
                began.elapsed()
            );
        }
    }
}
