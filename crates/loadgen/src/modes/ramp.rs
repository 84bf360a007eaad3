//! The highest rate that the server sustains.

use std::rc::Rc;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::rate::{Load, connect, run_at};
use crate::target::{Target, TargetOptions};
use crate::{Failure, Measured};

#[derive(Debug, Clone, Args)]
pub struct RampOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    #[command(flatten)]
    pub load: Load,
    /// The first rate, in messages a second
    #[arg(long, default_value_t = 1_000.0)]
    pub from: f64,
    /// How much the rate grows each time
    #[arg(long, default_value_t = 1_000.0)]
    pub step: f64,
    /// The last rate, if the server sustains it
    #[arg(long, default_value_t = 30_000.0)]
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
    /// Every rate that was tried, including the first that was not sustained: nothing may be lost there either.
    pub steps: Vec<Measured>,
}

/// Raises the rate until the server cannot keep up.
pub async fn run(options: &RampOptions) -> Result<Ramp, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let mut crowd = connect(target, &options.load).await?;
    let mut ramp = Ramp { highest: 0.0, steps: Vec::new() };
    let mut rate = options.from;
    while rate <= options.to {
        let measured = run_at(&mut crowd, &options.load, rate).await?;
        let is_sustained = is_sustained(&measured, options.within_ms);
        ramp.steps.push(measured);
        if !is_sustained {
            break;
        }
        ramp.highest = rate;
        rate += options.step;
    }
    Ok(ramp)
}

fn is_sustained(measured: &Measured, within_ms: f64) -> bool {
    let Measured { offered, achieved, latencies, wrong, refused, .. } = measured;
    wrong.kept_promises()
        && refused.is_empty()
        && *achieved > 0.99 * offered
        && latencies.delivery.p99 < within_ms
}
