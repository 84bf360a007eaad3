use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::tally::{Latencies, Latency, Tally, Wrong};
use crate::usage::Usages;
#[cfg(test)]
use crate::{client_ids::ClientIds, usage::Usage};

/// The outcome of one run at one rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// Messages a second that were due.
    pub offered: f64,
    /// Messages a second of those due after the warm-up that were acknowledged in the end.
    pub achieved: f64,
    /// Messages that were acknowledged in all.
    pub acknowledged: u64,
    #[serde(flatten)]
    pub latencies: Latencies,
    /// How late the generator itself wrote them, which the latencies include.
    pub lateness: Latency,
    pub wrong: Wrong,
    /// Messages that were refused, by code.
    pub refused: BTreeMap<String, u64>,
    /// What the processes used.
    pub usage: Usages,
}

impl Measured {
    /// The result of a run whose only phase came after the warm-up.
    pub(crate) fn of(tally: &Tally, offered: f64, warm_up: Duration, timed: Duration, usage: Usages) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a run has fewer than 2^32 messages")]
        let acknowledged = tally.acknowledged_between(warm_up, warm_up + timed) as f64;
        Self {
            offered,
            achieved: acknowledged / timed.as_secs_f64(),
            acknowledged: tally.acknowledged(),
            latencies: tally.latencies()[0],
            lateness: tally.lateness(),
            wrong: tally.wrong(),
            refused: tally.refused().clone(),
            usage,
        }
    }
}

#[cfg(test)]
impl Measured {
    /// A run in which everything was done at once, and this went wrong.
    pub(crate) fn with(wrong: Wrong) -> Self {
        let used = Usage { cpu_percent: 1.0, peak_rss_mib: 1.0 };
        let usage = Usages { server: used, generator: used, database: None };
        let (timed, tally) = (Duration::from_secs(1), Tally::new(0, 0, &[Duration::ZERO], ClientIds::Time));
        Self { wrong, achieved: 1_000.0, ..Self::of(&tally, 1_000.0, Duration::ZERO, timed, usage) }
    }
}
