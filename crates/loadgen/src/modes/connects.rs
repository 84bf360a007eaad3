//! Connecting and authenticating, in rooms that have a history.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use client::{Client, RoomId};
use futures_util::future::try_join_all;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::fill::{FillOptions, fill};
use super::seconds;
use crate::Failure;
use crate::population;
use crate::socket::{self, ResumePoint};
use crate::tally::{Latency, histogram, microseconds};
use crate::target::{Target, TargetOptions};
use crate::usage::{Usages, Watches};

#[derive(Debug, Clone, Args)]
pub struct ConnectsOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    /// Rooms of six members, who connect in turn
    #[arg(long, default_value_t = 20)]
    pub rooms: usize,
    /// Messages in each room, which nobody has read
    #[arg(long, default_value_t = 1_000)]
    pub length: u32,
    #[command(flatten)]
    pub fill: FillOptions,
    /// Connections that are opened at the same time
    #[arg(long, default_value_t = 32)]
    pub at_once: usize,
    /// For how long, in seconds
    #[arg(long, default_value = "10", value_parser = seconds)]
    pub seconds: Duration,
}

/// How quickly sockets are opened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connects {
    /// Rooms in which each account sits.
    pub rooms_each: usize,
    /// Messages in each room.
    pub length: u32,
    /// Sockets that were welcomed, a second.
    pub per_second: f64,
    /// From connecting until the welcome.
    pub latency: Latency,
    pub usage: Usages,
}

/// Fills rooms, and lets their members connect.
pub async fn run(options: &ConnectsOptions) -> Result<Connects, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let rooms = population::rooms(&target, options.rooms).await?;
    fill(&target, &rooms, &options.fill, options.length).await?;
    let accounts: Vec<_> = population::seats(&rooms).collect();
    let connects = measure(&target, &accounts, options.at_once, options.seconds).await?;
    Ok(Connects { length: options.length, ..connects })
}

/// Opens sockets of accounts that each sit in a room, and closes each once it is welcomed, without a pause.
pub(crate) async fn measure(
    target: &Target,
    accounts: &[(&Client, &RoomId)],
    at_once: usize,
    lasting: Duration,
) -> Result<Connects, Failure> {
    for (account, _) in accounts {
        account.refresh().await?;
    }
    let mut watches = Watches::begin(target.pid, target.database_pid)?;
    let (began, turn) = (Instant::now(), Cell::new(0));
    let until = began + lasting;
    let opening = (0..at_once).map(|_| open_in_turn(target, accounts, &turn, until));
    let mut times = histogram();
    for own in try_join_all(opening).await? {
        times.add(own).map_err(|error| Failure::because("times cannot be added", error))?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a run has fewer than 2^32 connections")]
    let per_second = times.len() as f64 / began.elapsed().as_secs_f64();
    let (latency, usage) = (Latency::of(&times), watches.usages()?);
    Ok(Connects { rooms_each: 1, length: 0, per_second, latency, usage })
}

async fn open_in_turn(
    target: &Target,
    accounts: &[(&Client, &RoomId)],
    turn: &Cell<usize>,
    until: Instant,
) -> Result<Histogram<u64>, Failure> {
    let mut times = histogram();
    loop {
        let began = Instant::now();
        if began >= until {
            return Ok(times);
        }
        let (account, room_id) = accounts[turn.replace(turn.get() + 1) % accounts.len()];
        let token = account.tokens().borrow().access_token.clone();
        let anywhere = ResumePoint { room_id: room_id.to_string(), epoch: String::new(), seq: 0 };
        socket::open(target.address, &token, &anywhere, false, None)
            .await
            .map_err(|refusal| Failure::because("a socket was refused", refusal))?;
        times.saturating_record(microseconds(began.elapsed()));
    }
}
