use domain::ports::RoomScope;
use domain::{
    Denial, EventKind, JoinedAs, PasswordHash, RoomId, RoomRevision, Seq, Standing, Topic, Window, Withheld,
};

use crate::world::{longest_page, ruled};
use crate::{Actor, World, every_page};

async fn standing(world: &World, actor: &Actor, room: RoomId) -> Standing {
    world.stores().rooms.standing(room, actor.id.clone()).await.expect("readable")
}

async fn last_event(world: &World, room: RoomId) -> EventKind {
    let log = world.stores().rooms.log(room, None, Seq::ZERO, 10_000).await.expect("readable");
    log.events.last().expect("a room has events").kind.clone()
}

pub async fn a_room_is_found_as_it_was_opened(world: World) {
    let ana = world.ana().await;
    let id = ana.opens("Łódź 🐝 Hive").await;
    let room = world.stores().rooms.find(id).await.expect("readable").expect("there is the room");
    assert_eq!((room.name.as_str(), &room.owner_id), ("Łódź 🐝 Hive", &ana.id));
    assert_eq!(room.password_hash.expose(), "hash of the room's first password");
    assert_eq!((room.locked, room.closed_at, room.head_seq), (false, None, Seq(1)));
    assert!(room.topic.is_empty());
    let view = ana.views(id).await.expect("Ana sits there");
    assert_eq!(view.summary.room, room.clone().withholding_password());
    assert_eq!((view.summary.seats_taken, view.summary.read_seq, view.summary.unread), (1, Seq(1), 0));
    assert_eq!(view.members.len(), 1);
    let (member, account) = (&view.members[0], ana.account().await);
    assert_eq!((&member.user_id, &member.name, member.prime), (&ana.id, &account.name, account.prime));
    assert_eq!((member.joined_at, member.read_seq), (room.created_at, Seq(1)));
    assert_eq!(last_event(&world, id).await, EventKind::MemberJoined { user_id: ana.id.clone() });
    world.audits_clean().await;
}

pub async fn a_free_member_opens_no_room(world: World) {
    let bo = world.bo().await;
    assert_eq!(bo.tries_to_open("mine").await, Err(Denial::PrimeRequired));
    let rooms =
        every_page(100, |after, size| world.stores().rooms.of_member(bo.id.clone(), after, size)).await;
    assert_eq!(rooms, []);
    world.audits_clean().await;
}

pub async fn an_unknown_room_is_not_found(world: World) {
    let ana = world.ana().await;
    let room = RoomId(world.id());
    let rooms = &world.stores().rooms;
    assert_eq!(rooms.find(room).await.expect("readable"), None);
    assert_eq!(rooms.find_invited(world.secret().hash()).await.expect("readable"), None);
    assert_eq!(standing(&world, &ana, room).await, Standing::Stranger);
    assert_eq!(ana.views(room).await.map(|_| ()), Err(Denial::RoomNotFound));
    assert_eq!(ana.joins(room).await, Err(Denial::RoomNotFound));
    assert_eq!(ana.leaves(room).await.map(|_| ()), Err(Denial::RoomNotFound));
    assert_eq!(ana.posts(room, "id", "hello").await, Err(Denial::RoomNotFound));
    assert_eq!(ana.sees_messages(room).await, Err(Denial::RoomNotFound));
    for viewer in [None, Some(ana.id.clone())] {
        let log = ruled(rooms.log(room, viewer, Seq::ZERO, 10).await);
        assert_eq!(log.map(|_| ()), Err(Denial::RoomNotFound));
    }
}

pub async fn an_actor_without_an_account_changes_nothing(world: World) {
    let cast = world.cast().await;
    let scope = RoomScope::new(cast.room, "nobody".parse().expect("a user id"));
    let changed = world.stores().rooms.change(scope, Box::new(|_| Ok(Vec::new()))).await;
    assert_eq!(ruled(changed).map(|_| ()), Err(Denial::SessionRevoked));
}

pub async fn everyone_has_a_standing(world: World) {
    let cast = world.cast().await;
    cast.cy.leaves(cast.room).await.expect("Cy sits there");
    let expected = [Standing::Member, Standing::Member, Standing::Former, Standing::Stranger];
    for (actor, standing_now) in cast.everyone().into_iter().zip(expected) {
        assert_eq!(standing(&world, actor, cast.room).await, standing_now, "{actor:?}");
    }
    cast.ana.closes(cast.room).await.expect("Ana owns the room");
    let closed = Standing::OfClosedRoom;
    for (actor, standing_now) in cast.everyone().into_iter().zip([closed, closed, closed, Standing::Stranger])
    {
        assert_eq!(standing(&world, actor, cast.room).await, standing_now, "{actor:?}");
    }
}

pub async fn how_somebody_came_in_is_known_after_they_left(world: World) {
    let cast = world.cast().await;
    cast.bo.leaves(cast.room).await.expect("Bo sits there");
    for (actor, expected) in
        [(&cast.ana, Some(JoinedAs::Creator)), (&cast.bo, Some(JoinedAs::Free)), (&cast.di, None)]
    {
        let joined_as = world.stores().rooms.joined_as(cast.room, actor.id.clone()).await.expect("readable");
        assert_eq!(joined_as, expected, "{actor:?}");
    }
}

pub async fn only_members_see_anything(world: World) {
    let cast = world.cast().await;
    cast.bo.says(cast.room, "for members").await;
    cast.cy.leaves(cast.room).await.expect("Cy sits there");
    let rooms = &world.stores().rooms;
    for (actor, denial) in [(&cast.cy, Denial::NotAMember), (&cast.di, Denial::RoomNotFound)] {
        assert_eq!(actor.views(cast.room).await.map(|_| ()), Err(denial.clone()));
        assert_eq!(actor.sees_messages(cast.room).await, Err(denial.clone()));
        let around = rooms.history_around(cast.room, actor.id.clone(), Seq(1), longest_page());
        assert_eq!(ruled(around.await).map(|_| ()), Err(denial.clone()));
        let log = ruled(rooms.log(cast.room, Some(actor.id.clone()), Seq::ZERO, 10).await);
        assert_eq!(log.map(|_| ()), Err(denial.clone()));
        assert_eq!(actor.posts(cast.room, "id", "hello").await, Err(denial));
    }
    assert!(rooms.history(cast.room, cast.bo.id.clone(), Window::default()).await.is_ok());
}

pub async fn an_owner_changes_everything_at_once(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    eve.joins(cast.room).await.expect("there is a seat");
    let wanted = RoomRevision {
        name: Some("Renamed 🦀".parse().expect("a room name")),
        topic: Some("🦀".repeat(250).parse().expect("a topic")),
        password: Some(PasswordHash::new("hash of the second password".to_owned())),
        locked: Some(true),
        owner_id: Some(eve.id.clone()),
    };
    cast.ana.revises(cast.room, wanted).await.expect("Ana owns the room");
    let room = world.stores().rooms.find(cast.room).await.expect("readable").expect("there is the room");
    assert_eq!((room.name.as_str(), &room.owner_id, room.locked), ("Renamed 🦀", &eve.id, true));
    assert_eq!(room.password_hash.expose(), "hash of the second password");
    assert_eq!((room.topic.as_str(), room.head_seq), ("🦀".repeat(250).as_str(), Seq(5)));
    assert_eq!(
        last_event(&world, cast.room).await,
        EventKind::RoomChanged(RoomRevision {
            name: Some(room.name),
            topic: Some(room.topic.clone()),
            locked: Some(true),
            owner_id: Some(eve.id.clone()),
            password: Some(Withheld),
        })
    );
    assert_eq!(cast.di.joins(cast.room).await, Err(Denial::RoomLocked));
    eve.locks(cast.room, false).await.expect("Eve owns the room now");
    let unlocked = RoomRevision { locked: Some(false), ..RoomRevision::default() };
    assert_eq!(last_event(&world, cast.room).await, EventKind::RoomChanged(unlocked));
    assert_eq!(eve.views(cast.room).await.expect("Eve sits there").summary.room.topic, room.topic);
    let removed = RoomRevision { topic: Some(Topic::default()), ..RoomRevision::default() };
    eve.revises(cast.room, removed).await.expect("Eve owns the room now");
    let removed = RoomRevision { topic: Some(Topic::default()), ..RoomRevision::default() };
    assert_eq!(last_event(&world, cast.room).await, EventKind::RoomChanged(removed));
    assert!(eve.views(cast.room).await.expect("Eve sits there").summary.room.topic.is_empty());
    cast.di.joins(cast.room).await.expect("it is unlocked");
    cast.ana.leaves(cast.room).await.expect("Ana owns it no longer");
    world.audits_clean().await;
}

pub async fn what_is_so_already_is_no_event(world: World) {
    let cast = world.cast().await;
    let committed = cast.ana.renames(cast.room, "Hexagon").await.expect("Ana owns the room");
    assert_eq!(committed.changes, []);
    assert_eq!(committed.facts.room.head_seq, Seq(3));
    assert_eq!(cast.ana.reads_facts(cast.room).await.room.head_seq, Seq(3));
}

pub async fn a_member_who_was_removed_may_come_back(world: World) {
    let cast = world.cast().await;
    cast.ana.removes(&cast.bo, cast.room).await.expect("Ana owns the room");
    let removed = EventKind::MemberRemoved { user_id: cast.bo.id.clone(), banned: false };
    assert_eq!(last_event(&world, cast.room).await, removed);
    assert_eq!(standing(&world, &cast.bo, cast.room).await, Standing::Former);
    cast.bo.joins(cast.room).await.expect("Bo is not banned");
    world.audits_clean().await;
}

pub async fn a_banned_member_comes_back_when_the_ban_is_lifted(world: World) {
    let cast = world.cast().await;
    cast.ana.bans(&cast.bo, cast.room).await.expect("Ana owns the room");
    let removed = EventKind::MemberRemoved { user_id: cast.bo.id.clone(), banned: true };
    assert_eq!(last_event(&world, cast.room).await, removed);
    assert_eq!(cast.bo.joins(cast.room).await, Err(Denial::Banned));
    assert_eq!(cast.ana.bans(&cast.bo, cast.room).await.expect("Ana owns the room").changes, []);
    cast.ana.lifts_the_ban_of(&cast.bo, cast.room).await.expect("Ana owns the room");
    let receipt = cast.bo.joins(cast.room).await.expect("the ban is lifted");
    assert_eq!(receipt.fee.get(), 0, "coming back is free");
    world.audits_clean().await;
}

pub async fn a_ban_holds_in_its_room_only(world: World) {
    let cast = world.cast().await;
    let other = cast.ana.opens("other").await;
    cast.ana.bans(&cast.di, cast.room).await.expect("Ana owns the room");
    cast.di.joins(other).await.expect("Di is banned elsewhere");
    assert_eq!(cast.di.joins(cast.room).await, Err(Denial::Banned));
}

pub async fn a_closed_room_is_empty_for_good(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    let invited = cast.ana.invites(&eve, cast.room).await.expect("Ana owns the room");
    cast.ana.closes(cast.room).await.expect("Ana owns the room");
    assert_eq!(last_event(&world, cast.room).await, EventKind::RoomClosed);
    let room = world.stores().rooms.find(cast.room).await.expect("readable").expect("closed, but known");
    assert!(room.closed_at.is_some());
    assert_eq!(room.head_seq, Seq(4));
    for actor in cast.everyone() {
        let rooms =
            every_page(100, |after, size| world.stores().rooms.of_member(actor.id.clone(), after, size));
        assert_eq!(rooms.await, [], "{actor:?}");
    }
    assert_eq!(cast.bo.views(cast.room).await.map(|_| ()), Err(Denial::RoomClosed));
    assert_eq!(cast.bo.joins(cast.room).await, Err(Denial::RoomClosed));
    assert_eq!(cast.bo.posts(cast.room, "id", "hello").await, Err(Denial::RoomClosed));
    assert_eq!(cast.ana.closes(cast.room).await.map(|_| ()), Err(Denial::RoomClosed));
    assert_eq!(eve.joins_with(&invited.token).await, Err(Denial::RoomClosed));
    let invitations = cast.ana.sees_invitations(cast.room).await;
    assert_eq!(invitations, [(invited.id, domain::InvitationStatus::Revoked)]);
    world.audits_clean().await;
}

pub async fn a_list_of_rooms_begins_where_something_happened_last(world: World) {
    let cast = world.cast().await;
    let newer = cast.ana.opens("newer").await;
    cast.bo.is_granted(150, "fee").await.expect("a new key");
    cast.bo.joins(newer).await.expect("Bo pays");
    cast.cy.leaves(cast.room).await.expect("Cy sits there");
    let list = async |actor: &Actor| {
        let rooms =
            every_page(100, |after, size| world.stores().rooms.of_member(actor.id.clone(), after, size));
        rooms.await.iter().map(|room| (room.room.id, room.seats_taken)).collect::<Vec<_>>()
    };
    assert_eq!(list(&cast.ana).await, [(cast.room, 2), (newer, 2)]);
    assert_eq!(list(&cast.bo).await, [(cast.room, 2), (newer, 2)]);
    cast.bo.says(newer, "hello").await;
    assert_eq!(list(&cast.ana).await, [(newer, 2), (cast.room, 2)]);
    assert_eq!(list(&cast.cy).await, []);
    assert_eq!(list(&cast.di).await, []);
}
