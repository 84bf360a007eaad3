use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::tally::{Latencies, Latency, Tally, Wrong};
use crate::usage::Usages;

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
