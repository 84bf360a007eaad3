//! The accounts and rooms of a measurement.

use client::{Client, JoinBy, RoomId, SecretString};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::target::Target;
use crate::{Failure, progress};

/// Accounts that are set up at the same time. Hashing their passwords is what takes long, and the
/// server refuses to queue many.
const AT_ONCE: usize = 4;

const SEATS: usize = 6;

/// Every room's.
pub(crate) const PASSWORD: &str = "for everybody here";

/// A room with everybody in it, its owner first.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) room_id: RoomId,
    pub(crate) members: Vec<Client>,
}

/// All members, each with the room.
pub(crate) fn seats(rooms: &[Room]) -> impl Iterator<Item = (&Client, &RoomId)> {
    rooms.iter().flat_map(|room| room.members.iter().map(|member| (member, &room.room_id)))
}

/// Sets up full rooms.
pub(crate) async fn rooms(target: &Target, count: usize) -> Result<Vec<Room>, Failure> {
    let bar = progress::bar("accounts", (count * SEATS) as u64);
    let password = SecretString::from(PASSWORD);
    let accounts: Vec<_> = stream::iter(0..count * SEATS)
        .map(|number| {
            let bar = &bar;
            async move {
                let account = target.register(number).await?;
                bar.inc(1);
                Ok::<_, Failure>(account)
            }
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    bar.finish_and_clear();

    let bar = progress::bar("rooms", count as u64);
    let (password, bar) = (&password, &bar);
    let rooms = stream::iter(accounts.chunks(SEATS).enumerate())
        .map(|(number, members)| async move {
            let room = room(target, number * SEATS, members, password).await?;
            bar.inc(1);
            Ok::<_, Failure>(room)
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    bar.finish_and_clear();
    Ok(rooms)
}

async fn room(
    target: &Target,
    owner: usize,
    members: &[Client],
    password: &SecretString,
) -> Result<Room, Failure> {
    target.make_prime(owner).await?;
    let room_id = members[0].create_room("Load", password).await?.room.room_id;
    for member in &members[1..] {
        member.join(&JoinBy::Password { room_id: room_id.clone(), password: password.clone() }).await?;
    }
    Ok(Room { room_id, members: members.to_vec() })
}
