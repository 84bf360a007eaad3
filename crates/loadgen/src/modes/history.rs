//! Reading history over HTTP, and whether it costs more the longer the log is.

use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use client::SecretString;
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::fill::{FillOptions, fill};
use super::seconds;
use crate::http::HttpConnection;
use crate::tally::{Latency, histogram, microseconds};
use crate::target::{Target, TargetOptions};
use crate::usage::{Usages, Watches};
use crate::{Failure, population};

#[derive(Debug, Clone, Args)]
pub struct HistoryOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    /// Messages in each room, smallest first
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    pub lengths: Vec<u32>,
    /// Rooms that are filled side by side, and read in turn
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub rooms: u16,
    #[command(flatten)]
    pub fill: FillOptions,
    /// Connections that each request one page after the other
    #[arg(long, default_value_t = 8)]
    pub connections: usize,
    /// How long each place is read, in seconds
    #[arg(long, default_value = "5", value_parser = seconds)]
    pub seconds: Duration,
}

/// Reading at one place of a log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Messages in each room.
    pub length: u32,
    /// `newest`, `middle` or `oldest`.
    pub place: String,
    /// Pages of 50 a second.
    pub pages_per_second: f64,
    /// How long a page took.
    pub latency: Latency,
    pub usage: Usages,
}

/// The messages of a room, for one of its members.
struct Log {
    path: String,
    token: SecretString,
}

/// Fills the rooms and reads their history at three places, for each of the lengths.
pub async fn run(options: &HistoryOptions) -> Result<Vec<Reading>, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let rooms = population::rooms(&target, options.rooms.into()).await?;
    let (mut readings, mut length) = (Vec::new(), 0);
    for wanted in &options.lengths {
        fill(&target, &rooms, &options.fill, wanted.saturating_sub(length)).await?;
        length = length.max(*wanted);
        let logs: Vec<_> = stream::iter(&rooms).then(log_of).try_collect().await?;
        let middle = format!("&before={}", length / 2);
        for (place, window) in [("newest", ""), ("middle", &middle), ("oldest", "&after=0")] {
            readings.push(read(&target, options, &logs, window, length, place).await?);
        }
    }
    Ok(readings)
}

async fn log_of(room: &population::Room) -> Result<Log, Failure> {
    let reader = &room.members[0];
    reader.refresh().await?;
    let token = reader.tokens().borrow().access_token.clone();
    Ok(Log { path: format!("/api/chatrooms/{}/messages?limit=50", room.room_id), token })
}

async fn read(
    target: &Target,
    options: &HistoryOptions,
    logs: &[Log],
    window: &str,
    length: u32,
    place: &str,
) -> Result<Reading, Failure> {
    let mut watches = Watches::begin(target.pid, target.database_pid)?;
    let began = Instant::now();
    let until = began + options.seconds;
    let reading = (0..options.connections).map(|number| {
        // Each begins elsewhere, so that they are not all in one room at once.
        let first = number * logs.len() / options.connections;
        read_on(target, logs.iter().cycle().skip(first), window, until)
    });
    let mut times = histogram();
    for own in try_join_all(reading).await? {
        times.add(own).map_err(|error| Failure::because("times cannot be added", error))?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a run has fewer than 2^32 pages")]
    let pages_per_second = times.len() as f64 / began.elapsed().as_secs_f64();
    let (place, latency, usage) = (place.to_owned(), Latency::of(&times), watches.usages()?);
    Ok(Reading { length, place, pages_per_second, latency, usage })
}

async fn read_on(
    target: &Target,
    logs: impl Iterator<Item = &Log>,
    window: &str,
    until: Instant,
) -> Result<Histogram<u64>, Failure> {
    let mut pages = HttpConnection::connect(target.address).await?;
    let mut times = histogram();
    for log in logs {
        let asked = Instant::now();
        if asked >= until {
            break;
        }
        let path = format!("{}{window}", log.path);
        let page = pages.get(&path, &log.token).await?;
        if page.status != 200 {
            return Err(Failure::new(format!("{path} answered {}", page.status)));
        }
        times.saturating_record(microseconds(asked.elapsed()));
    }
    Ok(times)
}
