//! Rates, held.

use std::rc::Rc;
use std::time::Duration;

use clap::Args;

use crate::client_ids::ClientIds;
use crate::crowd::Crowd;
use crate::modes::seconds;
use crate::schedule::Schedule;
use crate::target::{Target, TargetOptions};
use crate::{Failure, Measured, population};

/// The messages of a run.
#[derive(Debug, Clone, Args)]
pub struct Load {
    /// Rooms of six members, each with a socket
    #[arg(long, default_value_t = 200)]
    pub rooms: usize,
    /// The length of a message, in bytes
    #[arg(long, default_value_t = 120)]
    pub body: usize,
    /// The client ids of the messages
    #[arg(long, value_enum, default_value_t)]
    pub client_ids: ClientIds,
    /// How long messages are sent before they are timed, in seconds
    #[arg(long, default_value = "5", value_parser = seconds)]
    pub warm_up: Duration,
    /// How long they are timed, in seconds
    #[arg(long, default_value = "20", value_parser = seconds)]
    pub seconds: Duration,
}

#[derive(Debug, Clone, Args)]
pub struct RateOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    #[command(flatten)]
    pub load: Load,
    /// Messages a second over all rooms, or several such rates
    #[arg(long, value_delimiter = ',', required = true)]
    pub rate: Vec<f64>,
}

/// Holds one rate after the other.
pub async fn run(options: &RateOptions) -> Result<Vec<Measured>, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let mut crowd = connect(target, &options.load).await?;
    let mut measured = Vec::new();
    for rate in &options.rate {
        measured.push(run_at(&mut crowd, &options.load, *rate).await?);
    }
    Ok(measured)
}

pub(crate) async fn connect(target: Rc<Target>, load: &Load) -> Result<Crowd, Failure> {
    let rooms = population::rooms(&target, load.rooms).await?;
    Crowd::connect(target, &rooms, 0, load.body, load.client_ids).await
}

pub(crate) async fn run_at(crowd: &mut Crowd, load: &Load, rate: f64) -> Result<Measured, Failure> {
    let schedule = Schedule::new(rate, load.warm_up + load.seconds);
    let usage = crowd.run(schedule, &[load.warm_up]).await?;
    crowd.compare_history().await?;
    Ok(Measured::of(&crowd.state.tally.borrow(), rate, load.warm_up, load.seconds, usage))
}
