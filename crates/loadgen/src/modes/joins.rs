//! Joining a room in which much is said.

use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use client::{JoinBy, SecretString};
use serde::{Deserialize, Serialize};

use super::seconds;
use crate::Failure;
use crate::client_ids::ClientIds;
use crate::crowd::Crowd;
use crate::population::{self, Room};
use crate::schedule::Schedule;
use crate::tally::{Latencies, Latency, Wrong, histogram, microseconds};
use crate::target::{Target, TargetOptions};
use crate::usage::Usages;

#[derive(Debug, Clone, Args)]
pub struct JoinsOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    /// Messages a second that the other five post in the room
    #[arg(long, default_value_t = 1_000.0)]
    pub rate: f64,
    /// The length of a message, in bytes
    #[arg(long, default_value_t = 120)]
    pub body: usize,
    /// For how long, in seconds
    #[arg(long, default_value = "20", value_parser = seconds)]
    pub seconds: Duration,
}

/// How joining a busy room fares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Joins {
    /// Messages a second that were due.
    pub offered: f64,
    /// How long joining took, the check of the password included.
    pub join: Latency,
    /// How long leaving took.
    pub leave: Latency,
    /// How the messages fared.
    #[serde(flatten)]
    pub latencies: Latencies,
    pub wrong: Wrong,
    pub usage: Usages,
}

/// Lets a room's sixth member leave and join again and again while the others post.
pub async fn run(options: &JoinsOptions) -> Result<Joins, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let mut rooms = population::rooms(&target, 1).await?;
    let comer = rooms[0].members.split_off(5);
    let comer = Room { room_id: rooms[0].room_id.clone(), members: comer };
    let mut crowd = Crowd::connect(target, &rooms, 0, options.body, ClientIds::default()).await?;
    let schedule = Schedule::new(options.rate, options.seconds);
    let state = Rc::clone(&crowd.state);
    let (usage, come_and_gone) =
        tokio::join!(crowd.run(schedule, &[Duration::ZERO]), come_and_go(&comer, options.seconds));
    let (usage, (join, leave)) = (usage?, come_and_gone?);
    let tally = state.tally.borrow();
    let (latencies, wrong) = (tally.latencies()[0], tally.wrong());
    Ok(Joins { offered: options.rate, join, leave, latencies, wrong, usage })
}

/// How long joining took, and leaving.
async fn come_and_go(
    Room { room_id, members }: &Room,
    lasting: Duration,
) -> Result<(Latency, Latency), Failure> {
    let (mut joins, mut leaves) = (histogram(), histogram());
    let by =
        JoinBy::Password { room_id: room_id.clone(), password: SecretString::from(population::PASSWORD) };
    let began = Instant::now();
    while began.elapsed() < lasting {
        let leaving = Instant::now();
        members[0].leave(room_id).await?;
        leaves.saturating_record(microseconds(leaving.elapsed()));
        let joining = Instant::now();
        members[0].join(&by).await?;
        joins.saturating_record(microseconds(joining.elapsed()));
    }
    Ok((Latency::of(&joins), Latency::of(&leaves)))
}
