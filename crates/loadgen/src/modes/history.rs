//! Reading history over HTTP, and whether it costs more the longer the log is.

use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use client::SecretString;
use futures_util::future::try_join_all;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::seconds;
use crate::crowd::Crowd;
use crate::pages::Pages;
use crate::schedule::Schedule;
use crate::tally::{Latency, histogram, microseconds};
use crate::target::{Target, TargetOptions};
use crate::usage::{Usages, Watches};
use crate::{Failure, population};

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct HistoryOptions {
    /// Which server.
    #[command(flatten)]
    pub target: TargetOptions,
    /// Messages in the room, smallest first
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    pub lengths: Vec<u32>,
    /// Messages a second by which the room is filled
    #[arg(long, default_value_t = 4_000.0)]
    pub fill_rate: f64,
    /// The length of a message, in bytes
    #[arg(long, default_value_t = 120)]
    pub body: usize,
    /// Connections that each ask for a page after the other
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
    /// Messages in the room.
    pub length: u32,
    /// `newest`, `middle` or `oldest`.
    pub place: String,
    /// Pages of 50 a second.
    pub pages_per_second: f64,
    /// How long a page took.
    pub latency: Latency,
    /// What the processes took.
    pub usage: Usages,
}

/// Fills a room and reads its history at three places, for each of the lengths.
pub async fn run(options: &HistoryOptions) -> Result<Vec<Reading>, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let rooms = population::rooms(&target, 1).await?;
    let reader = &rooms[0].members[0];
    let path = format!("/api/chatrooms/{}/messages?limit=50", rooms[0].room_id);
    let (mut readings, mut length) = (Vec::new(), 0);
    for wanted in &options.lengths {
        fill(&target, &rooms, options, wanted.saturating_sub(length)).await?;
        length = length.max(*wanted);
        reader.refresh().await?;
        let token = reader.tokens().borrow().access_token.clone();
        let (middle, oldest) = (format!("{path}&before={}", length / 2), format!("{path}&after=0"));
        for (place, path) in [("newest", &path), ("middle", &middle), ("oldest", &oldest)] {
            readings.push(read(&target, options, &token, path, length, place).await?);
        }
    }
    Ok(readings)
}

/// Posts so many messages. The sockets close again, so that they do not take part in the reading.
async fn fill(
    target: &Rc<Target>,
    rooms: &[population::Room],
    options: &HistoryOptions,
    count: u32,
) -> Result<(), Failure> {
    if count == 0 {
        return Ok(());
    }
    let mut crowd = Crowd::gather(Rc::clone(target), rooms, 0, options.body).await?;
    let lasting = Duration::from_secs_f64(f64::from(count) / options.fill_rate);
    crowd.run(Schedule::new(options.fill_rate, lasting), &[Duration::ZERO]).await?;
    let acknowledged = crowd.book.tally.borrow().acknowledged();
    if acknowledged < u64::from(count) {
        return Err(Failure::new(format!(
            "only {acknowledged} of {count} messages were posted; lower --fill-rate"
        )));
    }
    Ok(())
}

async fn read(
    target: &Target,
    options: &HistoryOptions,
    token: &SecretString,
    path: &str,
    length: u32,
    place: &str,
) -> Result<Reading, Failure> {
    let mut watches = Watches::begin(target.pid, target.database_pid)?;
    let began = Instant::now();
    let reading = (0..options.connections).map(|_| read_on(target, token, path, began + options.seconds));
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
    token: &SecretString,
    path: &str,
    until: Instant,
) -> Result<Histogram<u64>, Failure> {
    let mut pages = Pages::connect(target.address).await?;
    let mut times = histogram();
    while Instant::now() < until {
        let asked = Instant::now();
        let page = pages.get(path, token).await?;
        if page.status != 200 {
            return Err(Failure::new(format!("{path} answered {}", page.status)));
        }
        times.saturating_record(microseconds(asked.elapsed()));
    }
    Ok(times)
}
