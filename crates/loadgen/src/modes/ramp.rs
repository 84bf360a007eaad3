//! The highest rate that the server sustains.

use std::rc::Rc;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::rate::{Load, connect, run_at};
use crate::client_ids::ClientIds;
use crate::crowd::Crowd;
use crate::target::{Target, TargetOptions};
use crate::{Failure, Measured};

#[derive(Debug, Clone, Args)]
pub struct RampOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    #[command(flatten)]
    pub load: Load,
    #[command(flatten)]
    pub search: Search,
}

/// Which rates are tried.
#[derive(Debug, Clone, Args)]
pub struct Search {
    /// The first rate, in messages a second
    #[arg(long, default_value_t = 1_000.0)]
    pub from: f64,
    /// How much the rate grows each time
    #[arg(long, default_value_t = 1_000.0)]
    pub step: f64,
    /// Double the rate instead, and then halve what is left between a rate that is sustained and one that is not, until
    /// that is no more than this many per cent of the former
    #[arg(long, value_name = "PERCENT", conflicts_with = "step")]
    pub to_within: Option<f64>,
    /// With --to-within, multiply the rate by this instead of doubling it
    #[arg(long, default_value_t = 2.0, requires = "to_within")]
    pub growth: f64,
    /// The last rate, if the server sustains it
    #[arg(long, default_value_t = 100_000.0)]
    pub to: f64,
    /// A rate is sustained if 99 in a hundred messages reach everybody in less than this, in milliseconds
    #[arg(long, default_value_t = 100.0)]
    pub within_ms: f64,
}

/// The outcome of a ramp.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ramp {
    /// The highest rate that was sustained, in messages a second; 0 if none was.
    pub highest: f64,
    /// The client ids of the messages.
    #[serde(default)]
    pub client_ids: ClientIds,
    /// Every rate that was tried, including those that were not sustained: nothing may be lost there either.
    pub steps: Vec<Measured>,
}

impl Ramp {
    /// The highest rate that was sustained.
    pub(crate) fn sustained(&self) -> Option<&Measured> {
        self.steps.iter().find(|step| step.offered.total_cmp(&self.highest).is_eq())
    }
}

/// Raises the rate until the server cannot keep up.
pub async fn run(options: &RampOptions) -> Result<Ramp, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let mut crowd = connect(target, &options.load).await?;
    measure(&mut crowd, &options.load, &options.search).await
}

pub(crate) async fn measure(crowd: &mut Crowd, load: &Load, search: &Search) -> Result<Ramp, Failure> {
    let mut ramp = Ramp { highest: 0.0, client_ids: load.client_ids, steps: Vec::new() };
    let (mut unsustained, mut next) = (None, Some(search.from));
    while let Some(rate) = next.filter(|rate| *rate <= search.to) {
        let measured = run_at(crowd, load, rate).await?;
        if is_sustained(&measured, search.within_ms) {
            ramp.highest = rate;
        } else {
            unsustained = Some(rate);
        }
        ramp.steps.push(measured);
        next = search.next(ramp.highest, unsustained);
    }
    Ok(ramp)
}

impl Search {
    /// Until the highest rate is known to so many per cent.
    pub(crate) fn to_within(per_cent: f64) -> Self {
        let (from, step, growth, to, within_ms) = (1_000.0, 0.0, 2.0, 100_000.0, 100.0);
        Self { from, step, to_within: Some(per_cent), growth, to, within_ms }
    }

    /// The rate to try next, if any, when the highest that was sustained and the lowest that was not are these.
    fn next(&self, highest: f64, unsustained: Option<f64>) -> Option<f64> {
        match (unsustained, self.to_within) {
            (None, None) => Some(highest + self.step),
            (None, Some(_)) => Some(highest * self.growth),
            (Some(_), None) => None,
            (Some(unsustained), Some(per_cent)) => {
                // Less than a tenth of the first rate is as good as nothing.
                let enough = if highest > 0.0 { highest * per_cent / 100.0 } else { self.from / 10.0 };
                (unsustained - highest > enough).then(|| f64::midpoint(highest, unsustained))
            }
        }
    }
}

fn is_sustained(measured: &Measured, within_ms: f64) -> bool {
    let Measured { offered, achieved, latencies, wrong, refused, .. } = measured;
    // A server that mixes up the order sustains the rate all the same; the table says that it does.
    wrong.broken() == wrong.misplaced
        && refused.is_empty()
        && *achieved > 0.99 * offered
        && latencies.delivery.p99 < within_ms
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};

    use super::*;
    use crate::Wrong;

    /// The rates that are tried if those up to this one are sustained.
    fn tried(line: &str, sustained: f64) -> Vec<f64> {
        let command = Search::augment_args(Command::new("ramp"));
        let search = Search::from_arg_matches(&command.get_matches_from(line.split(' '))).expect("known");
        let (mut rates, mut highest, mut unsustained) = (Vec::new(), 0.0, None);
        let mut next = Some(search.from);
        while let Some(rate) = next {
            rates.push(rate);
            if rate <= sustained {
                highest = rate;
            } else {
                unsustained = Some(rate);
            }
            next = search.next(highest, unsustained);
        }
        rates
    }

    #[test]
    fn a_ramp_grows_by_steps_up_to_the_first_rate_that_is_not_sustained() {
        assert_eq!(tried("ramp --from 500 --step 300", 1_000.0), [500.0, 800.0, 1_100.0]);
    }

    #[test]
    fn a_ramp_closes_in_on_the_highest_rate() {
        let rates = tried("ramp --from 1000 --to-within 5", 6_200.0);
        assert_eq!(rates, [1_000.0, 2_000.0, 4_000.0, 8_000.0, 6_000.0, 7_000.0, 6_500.0, 6_250.0]);
        let rates = tried("ramp --from 800 --to-within 5 --growth 1.25", 1_130.0);
        assert_eq!(rates, [800.0, 1_000.0, 1_250.0, 1_125.0, 1_187.5, 1_156.25]);
        assert_eq!(tried("ramp --from 1000 --to-within 5", 0.0), [1_000.0, 500.0, 250.0, 125.0, 62.5]);
    }

    #[test]
    fn a_rate_is_sustained_if_all_comes_once_and_soon_in_whatever_order() {
        let none = Wrong::default();
        for (wrong, within_ms, expected) in [
            (none, 100.0, true),
            (none, 0.0, false),
            (Wrong { misplaced: 9, ..none }, 100.0, true),
            (Wrong { lost: 1, ..none }, 100.0, false),
            (Wrong { repeated: 1, misplaced: 9, ..none }, 100.0, false),
        ] {
            assert_eq!(is_sustained(&Measured::with(wrong), within_ms), expected, "{wrong:?}");
        }
        let slow = Measured { achieved: 900.0, ..Measured::with(none) };
        assert!(!is_sustained(&slow, 100.0));
    }
}
