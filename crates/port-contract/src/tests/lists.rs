use domain::Friendship;
use domain::ports::Direction;
use domain::rules::messages::NewMessage;

use crate::{Actor, World, every_page};

const SIZES: [i64; 6] = [1, 2, 3, 6, 7, 8];

/// Walks a list of seven in pages of several sizes; each time it must be the same seven.
macro_rules! is_the_same_in_pages_of_any_size {
    ($page:expr) => {{
        let whole = every_page(100, $page).await;
        assert_eq!(whole.len(), 7);
        for size in SIZES {
            assert_eq!(every_page(size, $page).await, whole, "in pages of {size}");
        }
        whole
    }};
}

pub async fn rooms_page_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    let mut opened = Vec::new();
    for _ in 0..7 {
        opened.push(ana.opens("the same name").await);
    }
    let rooms = &world.stores().rooms;
    let list = is_the_same_in_pages_of_any_size!(|after, size| rooms.of_member(ana.id.clone(), after, size));
    opened.reverse();
    assert!(list.iter().map(|summary| summary.room.id).eq(opened));
}

pub async fn rooms_of_one_instant_page_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    let mut opened = Vec::new();
    for _ in 0..7 {
        opened.push(ana.opens("the same name").await);
    }
    let at = world.now();
    for number in [3, 0, 6, 1, 5, 2, 4] {
        let message = NewMessage { at, ..ana.writes(opened[number], &number.to_string(), "at once") };
        world.stores().rooms.post(message).await.expect("Ana sits there");
    }
    let rooms = &world.stores().rooms;
    let list = is_the_same_in_pages_of_any_size!(|after, size| rooms.of_member(ana.id.clone(), after, size));
    assert!(list.iter().all(|summary| summary.last_event_at == at));
    opened.reverse();
    assert!(list.iter().map(|summary| summary.room.id).eq(opened), "the newest room comes first");
}

pub async fn invitations_page_without_loss_or_repeat(world: World) {
    let (ana, eve) = (world.ana().await, world.prime_member("eve").await);
    let (room, other) = (ana.opens("Hexagon").await, ana.opens("other").await);
    let mut made = Vec::new();
    for _ in 0..7 {
        for (room, list) in [(room, &mut made), (other, &mut Vec::new())] {
            let id = ana.invites(&eve, room).await.expect("the one before is taken back").id;
            ana.revokes(id, room).await.expect("Ana owns the room");
            list.push(id);
        }
    }
    let rooms = &world.stores().rooms;
    let list = is_the_same_in_pages_of_any_size!(|after, size| rooms.invitations(room, after, size));
    made.reverse();
    assert!(list.iter().map(|invitation| invitation.id).eq(made));
}

pub async fn transfers_page_without_loss_or_repeat(world: World) {
    let bo = world.bo().await;
    for number in 0..7 {
        bo.is_granted(1, &number.to_string()).await.expect("a new key");
    }
    let accounts = &world.stores().accounts;
    let list = is_the_same_in_pages_of_any_size!(|after, size| accounts.ledger(bo.id.clone(), after, size));
    assert!(list.iter().map(|line| line.number).eq((1..=7).rev()));
    assert!(list.iter().map(|line| line.balance).eq((1..=7).rev()));
}

pub async fn sessions_page_without_loss_or_repeat(world: World) {
    let bo = world.bo().await;
    for device in ["a", "B", "ab", "a b", "a-b", "~"] {
        let (session, refresh_token) = world.session(&bo.id, device, &world.secret());
        let open = domain::change::AccountChange::OpenSession { session, refresh_token };
        bo.changes_to(vec![open]).await.expect("there is Bo");
    }
    let accounts = &world.stores().accounts;
    let list = is_the_same_in_pages_of_any_size!(|after, size| accounts.sessions(bo.id.clone(), after, size));
    let devices: Vec<_> = list.iter().map(|session| session.device_id.as_str()).collect();
    assert_eq!(devices, ["B", "a", "a b", "a-b", "ab", "first", "~"]);
}

/// Seven people who have all met Ana, though not all at once.
async fn acquaintances(world: &World, ana: &Actor) -> Vec<Actor> {
    let crowd = world.crowd("guest", 7).await;
    let rooms = [ana.opens("one").await, ana.opens("two").await];
    for (number, guest) in crowd.iter().enumerate() {
        guest.joins(rooms[number % 2]).await.expect("there is a seat");
    }
    crowd
}

pub async fn friend_requests_page_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    let crowd = acquaintances(&world, &ana).await;
    let mut sent = Vec::new();
    for guest in &crowd {
        sent.push(guest.asks(&ana).await.expect("they share a room"));
    }
    let friends = &world.stores().friends;
    let list = is_the_same_in_pages_of_any_size!(|after, size| friends.requests(
        ana.id.clone(),
        Direction::In,
        after,
        size
    ));
    sent.reverse();
    assert!(list.iter().map(|request| request.id).eq(sent));
}

pub async fn requests_sent_page_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    for guest in acquaintances(&world, &ana).await {
        ana.asks(&guest).await.expect("they share a room");
    }
    let friends = &world.stores().friends;
    is_the_same_in_pages_of_any_size!(|after, size| friends.requests(
        ana.id.clone(),
        Direction::Out,
        after,
        size
    ));
}

pub async fn friends_page_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    let crowd = acquaintances(&world, &ana).await;
    for guest in crowd.iter().rev() {
        guest.asks(&ana).await.expect("they share a room");
        ana.asks(guest).await.expect("it crosses theirs");
    }
    let friends = &world.stores().friends;
    let list = is_the_same_in_pages_of_any_size!(|after, size| friends.of(ana.id.clone(), after, size));
    assert!(list.iter().map(|friend| &friend.user_id).eq(crowd.iter().map(|guest| &guest.id)));
}

pub async fn bans_page_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    let (room, other) = (ana.opens("Hexagon").await, ana.opens("other").await);
    let crowd = world.crowd("guest", 7).await;
    for guest in crowd.iter().rev() {
        ana.bans(guest, room).await.expect("Ana owns the room");
    }
    ana.bans(&world.bo().await, other).await.expect("Ana owns the room");
    let gone = world.free_member("gone", 0).await;
    ana.bans(&gone, room).await.expect("Ana owns the room");
    gone.is_erased().await.expect("there is the account");
    let rooms = &world.stores().rooms;
    let list = is_the_same_in_pages_of_any_size!(|after, size| rooms.bans(room, after, size));
    assert!(list.iter().map(|ban| &ban.user_id).eq(crowd.iter().map(|guest| &guest.id)));
    assert_eq!(list[0].name, crowd[0].account().await.name);
}

pub async fn blocks_page_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    let crowd = acquaintances(&world, &ana).await;
    for guest in crowd.iter().rev() {
        ana.blocks(guest).await.expect("there are both");
        guest.blocks(&ana).await.expect("there are both");
    }
    let friends = &world.stores().friends;
    let list = is_the_same_in_pages_of_any_size!(|after, size| friends.blocked(ana.id.clone(), after, size));
    assert!(list.iter().map(|profile| &profile.user_id).eq(crowd.iter().map(|guest| &guest.id)));
    assert!(list.iter().all(|profile| profile.friendship == Friendship::None));
}

pub async fn what_is_added_meanwhile_disturbs_no_list(world: World) {
    let ana = world.ana().await;
    let mut opened = Vec::new();
    for _ in 0..4 {
        opened.push(ana.opens("early").await);
    }
    let rooms = &world.stores().rooms;
    let two = domain::PageSize::new(2).expect("a size within the limits");
    let first = rooms.of_member(ana.id.clone(), None, two).await.expect("readable");
    ana.opens("late").await;
    let cursor = first.items.last().map(domain::RoomSummary::place);
    let second = rooms.of_member(ana.id.clone(), cursor, two).await.expect("readable");
    let seen: Vec<_> = first.items.iter().chain(&second.items).map(|summary| summary.room.id).collect();
    opened.reverse();
    assert_eq!(seen, opened);
    assert!(!second.has_more);
}
