//! Connecting as an account that sits in many rooms.

use std::time::Duration;

use clap::Args;
use client::{Client, JoinBy, RoomId, SecretString};
use uuid::Uuid;

use super::connects::{self, Connects};
use super::seconds;
use crate::target::{Target, TargetOptions};
use crate::{Failure, progress};

/// Rooms that one account may own.
const OWNED: usize = 100;

#[derive(Debug, Clone, Args)]
pub struct WelcomeOptions {
    #[command(flatten)]
    pub target: TargetOptions,
    /// Rooms in which the account sits; 500 is the most that Hexroom allows
    #[arg(long, default_value_t = 500)]
    pub rooms: usize,
    /// For how long, in seconds
    #[arg(long, default_value = "5", value_parser = seconds)]
    pub seconds: Duration,
}

/// Seats one account in many rooms, each with a message that it has not read, and lets it connect again and again.
pub async fn run(options: &WelcomeOptions) -> Result<Connects, Failure> {
    let target = Target::prepare(&options.target).await?;
    let reader = prime(&target, 0).await?;
    let (bar, mut owners, mut room_ids) = (progress::bar("rooms", options.rooms as u64), 0, Vec::new());
    while room_ids.len() < options.rooms {
        owners += 1;
        let owner = prime(&target, owners).await?;
        for _ in 0..OWNED.min(options.rooms - room_ids.len()) {
            room_ids.push(room(&owner, &reader).await?);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let seats: Vec<_> = room_ids.first().map(|room_id| (&reader, room_id)).into_iter().collect();
    let connects = connects::measure(&target, &seats, 1, options.seconds).await?;
    Ok(Connects { rooms_each: options.rooms, length: 1, ..connects })
}

/// Somebody who may own rooms, and whom joining costs nothing.
async fn prime(target: &Target, number: usize) -> Result<Client, Failure> {
    let account = target.register(number).await?;
    target.make_prime(number).await?;
    Ok(account)
}

async fn room(owner: &Client, reader: &Client) -> Result<RoomId, Failure> {
    let password = SecretString::from("for both of us");
    let room_id = owner.create_room("Load", &password).await?.room.room_id;
    reader.join(&JoinBy::Password { room_id: room_id.clone(), password }).await?;
    owner.post_message(&room_id, &Uuid::new_v4().to_string(), "As it was said.").await?;
    Ok(room_id)
}
