//! How many messages a second the store takes: `cargo run --release --package infra-sqlite --example
//! posts_per_second -- [SECONDS]`.
//!
//! 256 callers post messages of 120 bytes into 1,000 rooms, each as soon as its last one is durable.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::RoomId;
use port_contract::{Actor, Dice, World};
use tempfile::TempDir;

const CALLERS: u64 = 256;
const OWNERS: usize = 200;
const ROOMS_OF_EACH: usize = 5;

#[tokio::main]
async fn main() {
    let seconds = std::env::args().nth(1).map_or(5, |seconds| seconds.parse().expect("a number of seconds"));
    let folder = TempDir::new().expect("a temporary folder");
    let stores = infra_sqlite::open(&folder.path().join("hexroom.db")).expect("the store opens");
    let world = World::new((stores, folder).into());
    let rooms = Arc::new(rooms(&world).await);

    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| tokio::spawn(post_until(until, Dice::new(number), rooms.clone())))
        .collect();
    let mut waits = Vec::new();
    for caller in callers {
        waits.extend(caller.await.expect("no caller panics"));
    }
    let took = began.elapsed();
    world.audits_clean().await;
    waits.sort_unstable();
    let percentile = |part: usize| waits[(waits.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
    println!(
        "{:.0} messages a second; p50 {:.1} ms, p99 {:.1} ms",
        f64::from(u32::try_from(waits.len()).expect("fewer than four billion")) / took.as_secs_f64(),
        percentile(50),
        percentile(99),
    );
}

/// Every room with its owner.
async fn rooms(world: &World) -> Vec<(Actor, RoomId)> {
    let mut rooms = Vec::new();
    for number in 0..OWNERS {
        let owner = world.prime_member(&format!("owner-{number}")).await;
        for _ in 0..ROOMS_OF_EACH {
            rooms.push((owner.clone(), owner.opens("Hexagon").await));
        }
    }
    rooms
}

/// How long each message took to become durable.
async fn post_until(until: Instant, mut dice: Dice, rooms: Arc<Vec<(Actor, RoomId)>>) -> Vec<Duration> {
    let body = "x".repeat(120);
    let mut waits = Vec::new();
    while Instant::now() < until {
        let (owner, room) = dice.pick(&rooms);
        let began = Instant::now();
        owner.says(*room, &body).await;
        waits.push(began.elapsed());
    }
    waits
}
