//! Reading history over HTTP, and whether it costs more the longer the log is.

use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use futures_util::future::try_join_all;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::fill::{FillOptions, fill};
use super::seconds;
use crate::Failure;
use crate::http::HttpConnection;
use crate::page::{self, PageRequest};
use crate::population::{self, Room};
use crate::tally::{Latency, histogram, microseconds};
use crate::target::{Target, TargetOptions};
use crate::usage::{Usages, Watches};

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

/// Fills the rooms and reads their history at three places, for each of the lengths.
pub async fn run(options: &HistoryOptions) -> Result<Vec<Reading>, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let rooms = population::rooms(&target, options.rooms.into()).await?;
    let (mut readings, mut length) = (Vec::new(), 0);
    for wanted in &options.lengths {
        fill(&target, &rooms, &options.fill, wanted.saturating_sub(length)).await?;
        length = length.max(*wanted);
        readings.extend(measure(&target, &rooms, length, options.connections, options.seconds).await?);
    }
    Ok(readings)
}

/// Reads for so long at each of three places of rooms of `length` messages.
pub(crate) async fn measure(
    target: &Target,
    rooms: &[Room],
    length: u32,
    connections: usize,
    lasting: Duration,
) -> Result<Vec<Reading>, Failure> {
    let mut middles = Vec::new();
    for room in rooms {
        room.members[0].refresh().await?;
        middles.push(format!("&before={}", middle_of(target, room).await?));
    }
    let mut readings = Vec::new();
    for place in ["newest", "middle", "oldest"] {
        let request = |(room, middle): (&Room, &String)| {
            let window: &str = match place {
                "newest" => "",
                "middle" => middle,
                _ => "&after=0",
            };
            PageRequest::new(&room.members[0], &room.room_id, window)
        };
        let requests: Vec<_> = rooms.iter().zip(&middles).map(request).collect();
        let mut watches = Watches::begin(target.pid, target.database_pid)?;
        let (pages_per_second, latency) = read(target, &requests, connections, lasting).await?;
        let (place, usage) = (place.to_owned(), watches.usages()?);
        readings.push(Reading { length, place, pages_per_second, latency, usage });
    }
    Ok(readings)
}

/// The seq in the middle of a room's messages, wherever the server begins to count.
async fn middle_of(target: &Target, room: &Room) -> Result<i64, Failure> {
    let mut connection = HttpConnection::connect(target.address).await?;
    let mut ends = Vec::new();
    for window in ["&after=0", ""] {
        let request = PageRequest::new(&room.members[0], &room.room_id, window);
        let page = page::items(request.send(&mut connection).await?)?;
        ends.extend(page.first().map(|item| item.seq));
        ends.extend(page.last().map(|item| item.seq));
    }
    match ends[..] {
        [oldest, .., newest] => Ok(i64::midpoint(oldest, newest)),
        _ => Err(Failure::new("history is empty")),
    }
}

/// Pages a second, and how long one took.
async fn read(
    target: &Target,
    requests: &[PageRequest],
    connections: usize,
    lasting: Duration,
) -> Result<(f64, Latency), Failure> {
    let began = Instant::now();
    let until = began + lasting;
    let reading = (0..connections).map(|number| {
        // Each begins elsewhere, so that they are not all in one room at once.
        let first = number * requests.len() / connections;
        read_on(target, requests.iter().cycle().skip(first), until)
    });
    let mut times = histogram();
    for own in try_join_all(reading).await? {
        times.add(own).map_err(|error| Failure::because("times cannot be added", error))?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a run has fewer than 2^32 pages")]
    let pages_per_second = times.len() as f64 / began.elapsed().as_secs_f64();
    Ok((pages_per_second, Latency::of(&times)))
}

async fn read_on(
    target: &Target,
    requests: impl Iterator<Item = &PageRequest>,
    until: Instant,
) -> Result<Histogram<u64>, Failure> {
    let mut connection = HttpConnection::connect(target.address).await?;
    let mut times = histogram();
    for request in requests {
        let asked = Instant::now();
        if asked >= until {
            break;
        }
        request.send(&mut connection).await?;
        times.saturating_record(microseconds(asked.elapsed()));
    }
    Ok(times)
}
