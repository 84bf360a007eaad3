//! All sockets cut at once, and everybody coming back at once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use clap::Args;
use client::{Client, RoomId};
use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt, TryStreamExt, stream};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;
use tokio::time::sleep;

use super::spread;
use crate::heard::{self, Heard};
use crate::link::{self, Link, Place, Refusal};
use crate::population::{self, Room};
use crate::tally::{Latency, Step, histogram, microseconds};
use crate::target::{Target, TargetOptions};
use crate::usage::{Usages, Watches};
use crate::wire::{self, Frame};
use crate::{Failure, progress};

/// Before the storm sockets are opened so many at a time.
const AT_ONCE: usize = 128;

/// Whoever is refused tries again after up to so long.
const PAUSE: Duration = Duration::from_millis(500);

/// After so many refusals somebody stays away.
const TRIES: usize = 60;

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct StormOptions {
    /// Which server.
    #[command(flatten)]
    pub target: TargetOptions,
    /// Rooms of six members, over whom the sockets are spread
    #[arg(long, default_value_t = 200)]
    pub rooms: usize,
    /// Sockets that are cut
    #[arg(long, default_value_t = 5_000)]
    pub sockets: usize,
    /// Messages that are posted in each room meanwhile
    #[arg(long, default_value_t = 5)]
    pub missed: usize,
}

/// What a storm came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Storm {
    /// Sockets that were cut.
    pub sockets: usize,
    /// Messages that each of them missed.
    pub missed: usize,
    /// Sockets that came back with everything they had missed, in order.
    pub whole: u64,
    /// From the beginning of the storm until a socket had all it had missed.
    pub back: Latency,
    /// Attempts that were refused, by reason.
    pub refused: BTreeMap<String, u64>,
    /// Those of them that a status of 500 or more refused.
    pub server_errors: u64,
    /// What the processes took during the storm.
    pub usage: Usages,
}

/// Cuts all sockets and lets everybody come back.
pub async fn run(options: &StormOptions) -> Result<Storm, Failure> {
    let target = Target::prepare(&options.target).await?;
    let rooms = population::rooms(&target, options.rooms).await?;
    let cut = open_and_cut(&target, &spread(&rooms, options.sockets)).await?;
    post(&rooms, options.missed).await?;

    let bar = progress::bar("back", cut.len() as u64);
    let mut watches = Watches::begin(target.pid, target.database_pid)?;
    let (began, mut storm) = (Instant::now(), Came::default());
    let mut returning: FuturesUnordered<_> =
        cut.iter().map(|somebody| come_back(&target, somebody, began)).collect();
    while let Some(came) = returning.next().await {
        storm.add(came);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut back = histogram();
    for took in &storm.took {
        back.saturating_record(microseconds(*took));
    }
    Ok(storm.summary(options, &back, watches.usages()?))
}

/// Somebody whose socket was cut.
struct Cut {
    client: Client,
    place: Place,
}

async fn open_and_cut(target: &Target, rooms: &[Room]) -> Result<Vec<Cut>, Failure> {
    let everybody = rooms.iter().flat_map(|room| room.members.iter().map(|client| (client, &room.room_id)));
    let opened: Vec<(Cut, Link)> = stream::iter(everybody)
        .map(|(client, room_id)| open(target, client, room_id))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    // All links are dropped here, together.
    Ok(opened.into_iter().map(|(cut, _)| cut).collect())
}

async fn open(target: &Target, client: &Client, room_id: &RoomId) -> Result<(Cut, Link), Failure> {
    let token = client.tokens().borrow().access_token.clone();
    let mut place = Place { room_id: room_id.to_string(), epoch: String::new(), seq: 0 };
    let link = link::open(target.address, &token, &place, false, None)
        .await
        .map_err(|error| Failure::because("a socket was refused", error))?;
    place.epoch.clone_from(&link.standing.epoch);
    place.seq = link.standing.head_seq;
    Ok((Cut { client: client.clone(), place }, link))
}

/// Posts what everybody will have missed.
async fn post(rooms: &[Room], count: usize) -> Result<(), Failure> {
    let messages = rooms.iter().flat_map(|room| (0..count).map(move |number| (room, number)));
    stream::iter(messages)
        .map(|(room, number)| async move {
            let owner = &room.members[0];
            owner
                .post_message(
                    &room.room_id,
                    &format!("missed-{}-{number}", room.room_id.as_str()),
                    "You were away.",
                )
                .await
        })
        .buffer_unordered(16)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    Ok(())
}

/// How somebody, or everybody, came back.
#[derive(Default)]
struct Came {
    whole: u64,
    took: Vec<Duration>,
    refused: BTreeMap<String, u64>,
    server_errors: u64,
}

impl Came {
    fn add(&mut self, other: Self) {
        self.whole += other.whole;
        self.took.extend(other.took);
        self.server_errors += other.server_errors;
        for (reason, count) in other.refused {
            *self.refused.entry(reason).or_default() += count;
        }
    }

    fn summary(self, options: &StormOptions, back: &Histogram<u64>, usage: Usages) -> Storm {
        Storm {
            sockets: options.sockets,
            missed: options.missed,
            whole: self.whole,
            back: Latency::of(back),
            refused: self.refused,
            server_errors: self.server_errors,
            usage,
        }
    }
}

async fn come_back(target: &Target, somebody: &Cut, began: Instant) -> Came {
    let mut came = Came::default();
    let token = somebody.client.tokens().borrow().access_token.clone();
    for _ in 0..TRIES {
        match link::open(target.address, &token, &somebody.place, true, None).await {
            Ok(link) => {
                came.whole = u64::from(catches_up(link, somebody.place.seq).await);
                came.took.push(began.elapsed());
                break;
            }
            Err(refusal) => {
                came.server_errors +=
                    u64::from(matches!(&refusal, Refusal::Status(status) if status.is_server_error()));
                *came.refused.entry(refusal.to_string()).or_default() += 1;
                // Not all at the same moment again.
                sleep(PAUSE.mul_f64(fastrand::f64())).await;
            }
        }
    }
    came
}

/// Reads until everything up to the head has come; whether it came in order and without a gap.
async fn catches_up(link: Link, mut last: i64) -> bool {
    let Link { mut stream, rest: mut heard, standing } = link;
    loop {
        let mut bytes = &heard[..];
        while let Ok(Some(frame)) = wire::take(&mut bytes) {
            let Frame::Text(text) = frame else { continue };
            match heard::read(text) {
                Heard::Event { seq, .. } if Step::from(last, seq) == Step::Next => last = seq,
                Heard::Event { .. } | Heard::Reset { .. } => return false,
                _ => {}
            }
        }
        if last == standing.head_seq {
            return true;
        }
        let taken = heard.len() - bytes.len();
        heard.drain(..taken);
        if !matches!(stream.read_buf(&mut heard).await, Ok(1..)) {
            return false;
        }
    }
}
