//! Sockets on which nothing happens.

use std::rc::Rc;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::{seconds, spread};
use crate::Failure;
use crate::client_ids::ClientIds;
use crate::crowd::Crowd;
use crate::population::{self, Room};
use crate::target::{Target, TargetOptions};
use crate::usage::{Usages, Watch, Watches, mib};

#[derive(Debug, Clone, Args)]
pub struct IdleOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    /// Rooms of six members, over whom the sockets are spread
    #[arg(long, default_value_t = 200)]
    pub rooms: usize,
    /// Authenticated sockets
    #[arg(long, default_value_t = 10_000)]
    pub sockets: usize,
    /// How long they are watched, in seconds
    #[arg(long, default_value = "30", value_parser = seconds)]
    pub seconds: Duration,
}

/// What idle sockets cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Idle {
    pub sockets: usize,
    /// The server's resident memory before the first, in MiB.
    pub before_mib: f64,
    /// The same at the end, in MiB.
    pub after_mib: f64,
    /// What each socket took of it, in KiB.
    pub kib_each: f64,
    /// Sockets that the server closed.
    pub closed: u64,
    /// What the processes took while the sockets were idle.
    pub usage: Usages,
}

/// Opens sockets and leaves them idle.
pub async fn run(options: &IdleOptions) -> Result<Idle, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let rooms = population::rooms(&target, options.rooms).await?;
    measure(&target, &rooms, options.sockets, options.seconds).await
}

pub(crate) async fn measure(
    target: &Rc<Target>,
    rooms: &[Room],
    sockets: usize,
    lasting: Duration,
) -> Result<Idle, Failure> {
    let mut server = Watch::begin(target.pid)?;
    let before = server.rss()?;
    let rooms = spread(rooms, sockets);
    let crowd = Crowd::connect(Rc::clone(target), &rooms, 0, 0, ClientIds::default()).await?;
    let mut watches = Watches::begin(target.pid, target.database_pid)?;
    sleep(lasting).await;
    crowd.check()?;
    let (after, usage) = (server.rss()?, watches.usages()?);
    #[expect(clippy::cast_precision_loss, reason = "sockets and bytes fit a double")]
    let kib_each = after.saturating_sub(before) as f64 / 1_024.0 / sockets as f64;
    Ok(Idle {
        sockets,
        before_mib: mib(before),
        after_mib: mib(after),
        kib_each,
        closed: crowd.state.tally.borrow().wrong().closed,
        usage,
    })
}
