//! What quotas count is counted under the lock that keeps it so.

use domain::facts::{Holdings, Person};
use domain::ports::RoomScope;
use domain::rules::admission::{self, Credential};
use domain::{Denial, Epoch, InvitationStatus, PasswordHash, Quota, Room, RoomId, TransferId};

use crate::world::ruled;
use crate::{Actor, World, all_at_once};

/// A limit that a test reaches sooner than the rules' own.
const FEW: usize = 3;

fn exceeded(limit: usize) -> Denial {
    Denial::QuotaExceeded { quota: Quota::OpenInvitations, limit }
}

/// Opens a room, unless the facts say that the actor owns a few already.
async fn opens_one_of_few(world: World, actor: Actor) -> Result<RoomId, Denial> {
    let now = world.now();
    let (id, epoch) = (RoomId(world.id()), Epoch(world.id()));
    let name = "one of few".parse().expect("a room name");
    let hash = PasswordHash::new("hash".to_owned());
    let room = Room::new(id, epoch, name, actor.id.clone(), hash, now);
    let decide = Box::new(move |creator: &Person| match creator.holdings {
        Holdings { rooms_owned, rooms_sat_in } if rooms_owned.max(rooms_sat_in) >= FEW => {
            Err(Denial::NotFound)
        }
        _ => admission::create_room(creator, &room, now),
    });
    ruled(world.stores().rooms.create(actor.id.clone(), decide).await).map(|_| id)
}

/// Takes a seat, unless the facts say that the actor sits in a few rooms already.
async fn joins_one_of_few(world: World, actor: Actor, room: RoomId) -> Result<(), Denial> {
    let found = ruled(world.stores().rooms.find(room).await)?.ok_or(Denial::RoomNotFound)?;
    let credential = Credential::Password { fits: found.password_hash, renewed: None };
    let scope = RoomScope { counts_holdings: true, ..RoomScope::new(room, actor.id.clone()) };
    let (payment, now) = (TransferId(world.id()), world.now());
    let joined = actor.changes_room(scope, move |facts| match facts.actor.holdings.rooms_sat_in {
        0..FEW => admission::join(facts, &credential, payment, now),
        _ => Err(Denial::NotFound),
    });
    joined.await.map(|_| ())
}

async fn holdings(actor: &Actor, room: RoomId) -> Holdings {
    let scope = RoomScope { counts_holdings: true, ..RoomScope::new(room, actor.id.clone()) };
    actor.changes_room(scope, |_| Ok(Vec::new())).await.expect("there is the room").facts.actor.holdings
}

pub async fn rooms_owned_and_sat_in_are_those_of_the_moment(world: World) {
    let (ana, eve) = (world.ana().await, world.prime_member("eve").await);
    let rooms = [ana.opens("one").await, ana.opens("two").await];
    eve.joins(rooms[0]).await.expect("there is a seat");
    eve.joins(rooms[1]).await.expect("there is a seat");
    assert_eq!(holdings(&ana, rooms[0]).await, Holdings { rooms_owned: 2, rooms_sat_in: 2 });
    assert_eq!(holdings(&eve, rooms[0]).await, Holdings { rooms_owned: 0, rooms_sat_in: 2 });
    ana.hands_over(rooms[0], &eve).await.expect("Eve sits there");
    assert_eq!(holdings(&eve, rooms[1]).await, Holdings { rooms_owned: 1, rooms_sat_in: 2 });
    ana.closes(rooms[1]).await.expect("Ana owns it");
    ana.leaves(rooms[0]).await.expect("Eve owns it");
    assert_eq!(holdings(&eve, rooms[0]).await, Holdings { rooms_owned: 1, rooms_sat_in: 1 });
    assert_eq!(holdings(&ana, rooms[0]).await, Holdings::default());
}

pub async fn rooms_opened_at_once_stop_at_the_limit(world: World) {
    let ana = world.ana().await;
    let opened = all_at_once((0..8).map(|_| opens_one_of_few(world.clone(), ana.clone()))).await;
    assert_eq!(opened.iter().filter(|result| result.is_ok()).count(), FEW);
    world.audits_clean().await;
}

pub async fn seats_taken_at_once_stop_at_the_limit(world: World) {
    let (ana, eve) = (world.ana().await, world.prime_member("eve").await);
    let mut rooms = Vec::new();
    for _ in 0..8 {
        rooms.push(ana.opens("Hexagon").await);
    }
    let joins = rooms.into_iter().map(|room| joins_one_of_few(world.clone(), eve.clone(), room));
    let joined = all_at_once(joins).await;
    assert_eq!(joined.iter().filter(|result| result.is_ok()).count(), FEW);
    world.audits_clean().await;
}

pub async fn a_room_that_is_handed_over_counts_for_its_heir_at_once(world: World) {
    let (ana, eve) = (world.ana().await, world.prime_member("eve").await);
    for _ in 0..98 {
        eve.opens("of Eve").await;
    }
    let mut rooms = Vec::new();
    for _ in 0..4 {
        let room = ana.opens("of Ana").await;
        eve.joins(room).await.expect("there is a seat");
        rooms.push(room);
    }
    let handed = all_at_once(rooms.into_iter().map(|room| {
        let (ana, eve) = (ana.clone(), eve.clone());
        async move { ana.hands_over(room, &eve).await.map(|_| ()) }
    }))
    .await;
    assert_eq!(handed.iter().filter(|result| result.is_ok()).count(), 2);
    let owned = Denial::QuotaExceeded { quota: Quota::RoomsOwned, limit: 100 };
    assert_eq!(handed.iter().filter(|result| **result == Err(owned.clone())).count(), 2);
    assert_eq!(eve.tries_to_open("one more").await, Err(owned));
    world.audits_clean().await;
}

pub async fn somebody_invited_many_times_at_once_is_invited_once(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    let invited = all_at_once((0..8).map(|_| {
        let (cast, eve) = (cast.clone(), eve.clone());
        async move { cast.ana.invites(&eve, cast.room).await.map(|invited| invited.id) }
    }))
    .await;
    let made: Vec<_> = invited.iter().filter_map(|result| result.as_ref().ok()).collect();
    assert_eq!(made.len(), 1);
    assert_eq!(invited.iter().filter(|result| **result == Err(exceeded(1))).count(), 7);
    cast.ana.revokes(*made[0], cast.room).await.expect("Ana owns the room");
    let brief = cast.ana.invites_until(&eve, cast.room, world.now()).await;
    brief.expect("the one before was taken back");
    let third = cast.ana.invites(&eve, cast.room).await.expect("the one before has expired");
    eve.joins_with(&third.token).await.expect("Eve is invited");
    cast.ana.invites(&eve, cast.room).await.expect("the one before was used");
    let open = |(_, status): &(_, InvitationStatus)| *status == InvitationStatus::Open;
    assert_eq!(cast.ana.sees_invitations(cast.room).await.iter().filter(|it| open(it)).count(), 1);
}

pub async fn a_room_has_50_open_invitations_however_fast_they_are_made(world: World) {
    let (ana, other) = (world.ana().await, world.prime_member("fay").await);
    let (room, elsewhere) = (ana.opens("Hexagon").await, other.opens("elsewhere").await);
    let mut guests = Vec::new();
    for number in 0..53 {
        guests.push(world.prime_member(&format!("guest-{number}")).await);
    }
    other.invites(&guests[0], elsewhere).await.expect("Fay owns the room");
    let invited = all_at_once(guests.into_iter().map(|guest| {
        let ana = ana.clone();
        async move { ana.invites(&guest, room).await.map(|_| ()) }
    }))
    .await;
    assert_eq!(invited.iter().filter(|result| result.is_ok()).count(), 50);
    assert_eq!(invited.iter().filter(|result| **result == Err(exceeded(50))).count(), 3);
}

pub async fn whether_the_invitee_has_blocked_the_owner_is_a_fact(world: World) {
    let (ana, eve) = (world.ana().await, world.prime_member("eve").await);
    let room = ana.opens("Hexagon").await;
    for (blocked, blocks) in [(false, None), (false, Some((&ana, &eve))), (true, Some((&eve, &ana)))] {
        if let Some((by, of)) = blocks {
            by.blocks(of).await.expect("there are both");
        }
        let scope = RoomScope {
            target: Some(eve.id.clone()),
            inviting_at: Some(world.now()),
            ..RoomScope::new(room, ana.id.clone())
        };
        let facts = ana.changes_room(scope, |_| Ok(Vec::new())).await.expect("there is the room").facts;
        assert_eq!(facts.inviting.blocked_by_target, blocked);
    }
}

pub async fn an_outdated_hash_of_a_rooms_password_is_renewed_by_a_join(world: World) {
    let (ana, bo) = (world.ana().await, world.bo().await);
    let room = ana.opens("Hexagon").await;
    let rooms = &world.stores().rooms;
    let before = rooms.find(room).await.expect("readable").expect("there is the room");
    let renewed = PasswordHash::new("renewed".to_owned());
    let credential =
        Credential::Password { fits: before.password_hash.clone(), renewed: Some(renewed.clone()) };
    let (payment, now) = (TransferId(world.id()), world.now());
    let join = move |facts: &_| admission::join(facts, &credential, payment, now);
    bo.changes_room(RoomScope::new(room, bo.id.clone()), join).await.expect("there is a seat");
    let after = rooms.find(room).await.expect("readable").expect("there is the room");
    assert_eq!((after.password_hash, after.head_seq), (renewed, before.head_seq.next()));
    world.audits_clean().await;
}
