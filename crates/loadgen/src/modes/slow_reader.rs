//! Some members stop reading, and the others should not notice.

use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use client::SecretString;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::seconds;
use crate::client_ids::ClientIds;
use crate::crowd::Crowd;
use crate::http::HttpConnection;
use crate::member::Member;
use crate::schedule::Schedule;
use crate::target::{Target, TargetOptions};
use crate::usage::Watch;
use crate::{Failure, Latencies, Wrong, population};

/// How often the server's metrics and memory are read.
const SAMPLE_EVERY: Duration = Duration::from_millis(100);

/// How long a slow reader may take to catch up with the others once it reads again.
const RESUMED_WITHIN: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Args)]
pub struct SlowReaderOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    /// Rooms of six members
    #[arg(long, default_value_t = 20)]
    pub rooms: usize,
    /// Rooms in which one of the six stops reading
    #[arg(long, default_value_t = 10)]
    pub slow: usize,
    /// Messages a second, over all rooms
    #[arg(long, default_value_t = 2_000.0)]
    pub rate: f64,
    /// The length of a message, in bytes
    #[arg(long, default_value_t = 400)]
    pub body: usize,
    /// How long everybody reads before some stop, and how long the run goes on after that, in seconds
    #[arg(long, default_value = "15", value_parser = seconds)]
    pub seconds: Duration,
}

/// What slow readers cost the others and the server.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlowReader {
    /// How many stopped reading.
    pub slow: usize,
    /// How long messages took to reach the other five while all were reading.
    pub before: Latencies,
    /// The same while some were not.
    pub during: Latencies,
    /// What the server held for each of them at most, in KiB of resident memory.
    pub held_kib_each: f64,
    /// From when they stopped until the server had closed the last of them, in seconds.
    pub closed_after: f64,
    /// Whether each of them reconnected and got everything it had missed.
    pub resumed: bool,
    /// What should not have happened. The slow readers are closed, of course.
    pub wrong: Wrong,
}

/// Lets some stop reading.
pub async fn run(options: &SlowReaderOptions) -> Result<SlowReader, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let rooms = population::rooms(&target, options.rooms).await?;
    let slow = options.slow.min(options.rooms);
    let mut crowd =
        Crowd::connect(Rc::clone(&target), &rooms, slow, options.body, ClientIds::default()).await?;
    let slow_readers: Vec<_> =
        crowd.rooms.iter().flatten().filter(|member| !member.is_prompt).map(Rc::clone).collect();

    let (warm_up, stop_at) = (options.seconds / 3, options.seconds / 3 + options.seconds);
    let phases = [warm_up, stop_at];
    let schedule = Schedule::new(options.rate, stop_at + options.seconds);
    let token = rooms[0].members[0].tokens().borrow().access_token.clone();
    let watching = watch_slow_readers(&target, &token, &slow_readers, stop_at);
    let (ran, stopped) = tokio::join!(crowd.run(schedule, &phases), watching);
    ran?;
    let stopped = stopped?;
    let resumed = all_resumed(&crowd, &slow_readers).await?;
    let tally = crowd.state.tally.borrow();
    let latencies = tally.latencies();
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory fit a double")]
    let held_kib_each = stopped.held as f64 / 1_024.0 / slow.max(1) as f64;
    Ok(SlowReader {
        slow,
        before: latencies[0],
        during: latencies[1],
        held_kib_each,
        closed_after: stopped.closed_after.as_secs_f64(),
        resumed,
        wrong: tally.wrong(),
    })
}

/// What was seen of the members that stopped, from outside.
struct Stopped {
    closed_after: Duration,
    held: u64,
}

async fn watch_slow_readers(
    target: &Target,
    token: &SecretString,
    slow_readers: &[Rc<Member>],
    stop_at: Duration,
) -> Result<Stopped, Failure> {
    sleep(stop_at).await;
    let mut pages = HttpConnection::connect(target.address).await?;
    let mut server = Watch::begin(target.pid)?;
    let closed_before = closed_as_slow(&mut pages, token).await?;
    let (began, rss_before) = (Instant::now(), server.rss()?);
    let mut most = rss_before;
    for member in slow_readers {
        member.pause();
    }
    let gone = closed_before + slow_readers.len() as u64;
    while closed_as_slow(&mut pages, token).await? < gone && began.elapsed() < Duration::from_mins(1) {
        most = most.max(server.rss()?);
        sleep(SAMPLE_EVERY).await;
    }
    let closed_after = began.elapsed();
    for member in slow_readers {
        member.resume();
    }
    Ok(Stopped { closed_after, held: most - rss_before })
}

/// How many sockets the server has closed because they were read too slowly.
async fn closed_as_slow(pages: &mut HttpConnection, token: &SecretString) -> Result<u64, Failure> {
    let metrics = pages.get("/metrics", token).await?;
    let text = String::from_utf8_lossy(metrics.body);
    let count =
        text.lines().find_map(|line| line.strip_prefix(r#"hexroom_socket_closes_total{code="4002"} "#));
    Ok(count.and_then(|count| count.parse().ok()).unwrap_or_default())
}

async fn all_resumed(crowd: &Crowd, slow_readers: &[Rc<Member>]) -> Result<bool, Failure> {
    let began = Instant::now();
    for member in slow_readers {
        let prompt = &crowd.rooms[member.room][0];
        while member.last() < prompt.last() {
            if began.elapsed() > RESUMED_WITHIN {
                return Ok(false);
            }
            sleep(SAMPLE_EVERY).await;
            crowd.check()?;
        }
        if member.read_skipped().await? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
