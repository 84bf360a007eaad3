//! Everything in which servers are compared, one after the other on one server with the same accounts.

use std::rc::Rc;
use std::time::Duration;

use clap::Args;

use super::connects::{self, Connects};
use super::fill::{FillOptions, fill};
use super::ramp::{self, Search};
use super::rate::{Load, run_at};
use super::{history, idle, seconds};
use crate::client_ids::ClientIds;
use crate::crowd::Crowd;
use crate::population::Room;
use crate::record::Outcome;
use crate::target::{Target, TargetOptions};
use crate::{Failure, population};

/// Rooms that get no messages but those they are filled with.
const QUIET_ROOMS: usize = 20;

/// Rooms are not filled more slowly than this, whatever the server sustains, in messages a second.
const FILL_RATE: f64 = 500.0;

/// Sockets that are opened at the same time.
const OPENED_AT_ONCE: usize = 32;

/// Connections that each request one page of history after the other.
const READERS: usize = 8;

/// Random client ids are tried from a tenth below the highest rate that the others have reached.
const RANDOM_IDS_FROM: f64 = 0.9;

#[derive(Debug, Clone, Args)]
pub struct CompareOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    /// Rooms of six members, each with a socket
    #[arg(long, default_value_t = 200)]
    pub rooms: usize,
    /// The length of a message, in bytes
    #[arg(long, default_value_t = 120)]
    pub body: usize,
    /// Idle sockets
    #[arg(long, default_value_t = 10_000)]
    pub sockets: usize,
    /// The rates at which acknowledgements are timed, in messages a second
    #[arg(long, value_delimiter = ',', default_value = "100,500,1000")]
    pub rates: Vec<f64>,
    /// The first rate when the highest is searched, in messages a second
    #[arg(long, default_value_t = 2_000.0)]
    pub from: f64,
    /// The highest rate is known to so many per cent
    #[arg(long, default_value_t = 5.0)]
    pub to_within: f64,
    /// Messages in each of the rooms in which history is read, and to whose members sockets are opened
    #[arg(long, default_value_t = 500)]
    pub length: u32,
    /// How long messages are sent before they are timed, in seconds
    #[arg(long, default_value = "1", value_parser = seconds)]
    pub warm_up: Duration,
    /// How long everything is timed, in seconds; acknowledgements twice as long
    #[arg(long, default_value = "3", value_parser = seconds)]
    pub seconds: Duration,
}

/// Measures one after the other.
pub(crate) async fn run(options: &CompareOptions) -> Result<Vec<Outcome>, Failure> {
    let target = Rc::new(Target::prepare(&options.target).await?);
    let rooms = population::rooms(&target, options.rooms + QUIET_ROOMS).await?;
    let (rooms, quiet_rooms) = rooms.split_at(options.rooms);
    // First, because memory that a server has used before may take the sockets in.
    let idle = idle::measure(&target, rooms, options.sockets, options.seconds).await?;
    let mut outcomes = vec![Outcome::Idle(idle)];
    let highest = post(&target, rooms, options, &mut outcomes).await?;
    read(&target, quiet_rooms, options, highest, &mut outcomes).await?;
    Ok(outcomes)
}

/// Times acknowledgements, and searches the highest rate, which is returned, with both kinds of client ids.
async fn post(
    target: &Rc<Target>,
    rooms: &[Room],
    options: &CompareOptions,
    outcomes: &mut Vec<Outcome>,
) -> Result<f64, Failure> {
    let CompareOptions { body, warm_up, seconds, .. } = *options;
    let connect = |client_ids| Crowd::connect(Rc::clone(target), rooms, 0, body, client_ids);
    let load = |client_ids, seconds| Load { rooms: rooms.len(), body, client_ids, warm_up, seconds };

    let mut crowd = connect(ClientIds::Time).await?;
    let mut rates = Vec::new();
    for rate in &options.rates {
        rates.push(run_at(&mut crowd, &load(ClientIds::Time, seconds * 2), *rate).await?);
    }
    outcomes.push(Outcome::Rate(rates));

    let search = Search { from: options.from, ..Search::to_within(options.to_within) };
    let ramp = ramp::measure(&mut crowd, &load(ClientIds::Time, seconds), &search).await?;
    let highest = ramp.highest;
    outcomes.push(Outcome::Ramp(ramp));
    drop(crowd);

    let mut crowd = connect(ClientIds::Random).await?;
    let from = (highest * RANDOM_IDS_FROM).max(FILL_RATE);
    let search = Search { from, growth: RANDOM_IDS_FROM.recip(), ..search };
    let ramp = ramp::measure(&mut crowd, &load(ClientIds::Random, seconds), &search).await?;
    outcomes.push(Outcome::Ramp(ramp));
    Ok(highest)
}

/// Opens sockets to, and reads the history of, rooms that have one.
async fn read(
    target: &Rc<Target>,
    rooms: &[Room],
    options: &CompareOptions,
    highest: f64,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), Failure> {
    let CompareOptions { body, length, seconds, .. } = *options;
    let fill_rate = (highest / 2.0).max(FILL_RATE);
    fill(target, rooms, &FillOptions { fill_rate, body }, length).await?;
    let accounts: Vec<_> = population::seats(rooms).collect();
    let connects = connects::measure(target, &accounts, OPENED_AT_ONCE, seconds).await?;
    outcomes.push(Outcome::Connects(Connects { length, ..connects }));
    outcomes.push(Outcome::History(history::measure(target, rooms, length, READERS, seconds).await?));
    Ok(())
}
