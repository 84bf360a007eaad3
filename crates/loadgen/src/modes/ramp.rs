//! The highest rate that the server bears.

use std::rc::Rc;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::rate::{Load, gather, hold};
use crate::target::{Target, TargetOptions};
use crate::{Failure, Measured};

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct RampOptions {
    /// Which server.
    #[command(flatten)]
    pub target: TargetOptions,
    /// Rooms and messages.
    #[command(flatten)]
    pub load: Load,
    /// The first rate, in messages a second
    #[arg(long, default_value_t = 1_000.0)]
    pub from: f64,
    /// The rate grows by so much
    #[arg(long, default_value_t = 1_000.0)]
    pub step: f64,
    /// The last rate, if the server bears it
    #[arg(long, default_value_t = 30_000.0)]
    pub to: f64,
    /// A rate is borne if 99 in a hundred messages reach everybody in less than this, in milliseconds
    #[arg(long, default_value_t = 100.0)]
    pub within_ms: f64,
}

/// What a ramp came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ramp {
    /// The highest rate that was borne, in messages a second; 0 if none was.
    pub highest: f64,
    /// Every rate that was tried, the first one not borne included: also there nothing may be lost.
    pub steps: Vec<Measured>,
}

/// Raises the rate until the server does not bear it.
pub async fn run(options: &RampOptions) -> Result<Ramp, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let mut crowd = gather(target, &options.load).await?;
    let mut ramp = Ramp { highest: 0.0, steps: Vec::new() };
    let mut rate = options.from;
    while rate <= options.to {
        let measured = hold(&mut crowd, &options.load, rate).await?;
        let is_borne = is_borne(&measured, options.within_ms);
        ramp.steps.push(measured);
        if !is_borne {
            break;
        }
        ramp.highest = rate;
        rate += options.step;
    }
    Ok(ramp)
}

fn is_borne(measured: &Measured, within_ms: f64) -> bool {
    let Measured { offered, achieved, latencies, wrong, refused, .. } = measured;
    wrong.kept_promises()
        && refused.is_empty()
        && *achieved > 0.99 * offered
        && latencies.delivery.p99 < within_ms
}
