//! All sockets cut at once, and everybody reconnecting at once.

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
use crate::population::{self, Room};
use crate::received::{self, Received};
use crate::socket::{self, Refusal, ResumePoint, Socket};
use crate::tally::{Latency, Step, histogram, microseconds};
use crate::target::{Target, TargetOptions};
use crate::usage::{Usages, Watches};
use crate::wire::{self, Frame};
use crate::{Failure, progress};

/// How many sockets are opened at a time before the storm.
const AT_ONCE: usize = 128;

/// A refused member tries again after up to this time.
const PAUSE: Duration = Duration::from_millis(500);

/// After this many refusals a member gives up.
const TRIES: usize = 60;

#[derive(Debug, Clone, Args)]
pub struct StormOptions {
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

/// The outcome of a storm.
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

/// Cuts all sockets and lets everybody reconnect.
pub async fn run(options: &StormOptions) -> Result<Storm, Failure> {
    let target = Target::prepare(&options.target).await?;
    let rooms = population::rooms(&target, options.rooms).await?;
    let dropped_sockets = open_and_cut(&target, &spread(&rooms, options.sockets)).await?;
    post(&rooms, options.missed).await?;

    let bar = progress::bar("back", dropped_sockets.len() as u64);
    let mut watches = Watches::begin(target.pid, target.database_pid)?;
    let (began, mut storm) = (Instant::now(), Reconnects::default());
    let mut returning: FuturesUnordered<_> =
        dropped_sockets.iter().map(|dropped| reconnect(&target, dropped, began)).collect();
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

/// A member whose socket was cut.
struct DroppedSocket {
    client: Client,
    resume_at: ResumePoint,
}

async fn open_and_cut(target: &Target, rooms: &[Room]) -> Result<Vec<DroppedSocket>, Failure> {
    let everybody = rooms.iter().flat_map(|room| room.members.iter().map(|client| (client, &room.room_id)));
    let opened: Vec<(DroppedSocket, Socket)> = stream::iter(everybody)
        .map(|(client, room_id)| open(target, client, room_id))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    // All links are dropped here, together.
    Ok(opened.into_iter().map(|(dropped, _)| dropped).collect())
}

async fn open(
    target: &Target,
    client: &Client,
    room_id: &RoomId,
) -> Result<(DroppedSocket, Socket), Failure> {
    let token = client.tokens().borrow().access_token.clone();
    let mut resume_at = ResumePoint { room_id: room_id.to_string(), epoch: String::new(), seq: 0 };
    let socket = socket::open(target.address, &token, &resume_at, false, None)
        .await
        .map_err(|error| Failure::because("a socket was refused", error))?;
    resume_at.epoch.clone_from(&socket.standing.epoch);
    resume_at.seq = socket.standing.head_seq;
    Ok((DroppedSocket { client: client.clone(), resume_at }, socket))
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

/// How members reconnected.
#[derive(Default)]
struct Reconnects {
    whole: u64,
    took: Vec<Duration>,
    refused: BTreeMap<String, u64>,
    server_errors: u64,
}

impl Reconnects {
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

async fn reconnect(target: &Target, dropped: &DroppedSocket, began: Instant) -> Reconnects {
    let mut came = Reconnects::default();
    let token = dropped.client.tokens().borrow().access_token.clone();
    for _ in 0..TRIES {
        match socket::open(target.address, &token, &dropped.resume_at, true, None).await {
            Ok(socket) => {
                came.whole = u64::from(is_caught_up(socket, dropped.resume_at.seq).await);
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

/// Reads up to the head of the log; whether everything came in order and without a gap.
async fn is_caught_up(socket: Socket, mut last: i64) -> bool {
    let Socket { mut stream, rest: mut heard, standing } = socket;
    loop {
        let mut bytes = &heard[..];
        while let Ok(Some(frame)) = wire::take(&mut bytes) {
            let Frame::Text(text) = frame else { continue };
            match received::read(text) {
                Received::Event { seq, .. } if Step::from(last, seq) == Step::Next => last = seq,
                Received::Event { .. } | Received::Reset { .. } => return false,
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
