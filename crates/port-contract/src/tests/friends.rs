use domain::ports::Direction;
use domain::{Denial, FriendRequestId, FriendRequestStatus, UserId};

use crate::world::ruled;
use crate::{Actor, Snapshot, World, all_at_once, every_page};

async fn friends(world: &World, of: &Actor) -> Vec<String> {
    let friends = every_page(100, |after, size| world.stores().friends.of(of.id.clone(), after, size)).await;
    friends.into_iter().map(|friend| friend.user_id.to_string()).collect()
}

async fn requests(world: &World, of: &Actor, direction: Direction) -> Vec<FriendRequestId> {
    let list =
        every_page(100, |after, size| world.stores().friends.requests(of.id.clone(), direction, after, size));
    list.await
        .into_iter()
        .map(|request| {
            assert_eq!(request.status, FriendRequestStatus::Pending);
            request.id
        })
        .collect()
}

async fn status(world: &World, id: FriendRequestId) -> FriendRequestStatus {
    let request = world.stores().friends.request(id).await.expect("readable");
    request.expect("there is the request").status
}

pub async fn a_request_is_found_as_it_was_sent(world: World) {
    let cast = world.cast().await;
    let id = cast.bo.asks(&cast.cy).await.expect("they share a room");
    let request = world.stores().friends.request(id).await.expect("readable").expect("there is the request");
    assert_eq!((&request.from, &request.to), (&cast.bo.id, &cast.cy.id));
    assert_eq!(request.status, FriendRequestStatus::Pending);
    assert_eq!(requests(&world, &cast.bo, Direction::Out).await, [id]);
    assert_eq!(requests(&world, &cast.cy, Direction::In).await, [id]);
    assert_eq!(requests(&world, &cast.bo, Direction::In).await, []);
    assert_eq!(requests(&world, &cast.cy, Direction::Out).await, []);
    let unknown = world.stores().friends.request(FriendRequestId(world.id())).await.expect("readable");
    assert_eq!(unknown, None);
}

pub async fn participants_share_or_have_shared_a_room(world: World) {
    let cast = world.cast().await;
    assert_eq!(cast.di.asks(&cast.bo).await, Err(Denial::NotParticipants));
    cast.cy.leaves(cast.room).await.expect("Cy sits there");
    cast.di.joins(cast.room).await.expect("there is a seat");
    cast.di.leaves(cast.room).await.expect("Di sits there");
    cast.di.asks(&cast.bo).await.expect("they have shared a room");
    let apart = cast.ana.opens("another").await;
    assert_eq!(cast.ana.views(apart).await.expect("Ana sits there").summary.seats_taken, 1);
    let lonely = world.free_member("lonely", 0).await;
    assert_eq!(lonely.asks(&cast.ana).await, Err(Denial::NotParticipants));
}

pub async fn an_accepted_request_is_a_friendship_both_ways(world: World) {
    let cast = world.cast().await;
    let id = cast.bo.asks(&cast.cy).await.expect("they share a room");
    assert_eq!(cast.bo.accepts(&cast.cy, id).await.map(|_| ()), Err(Denial::FriendRequestNotFound));
    cast.cy.accepts(&cast.bo, id).await.expect("Bo asked");
    assert_eq!(status(&world, id).await, FriendRequestStatus::Accepted);
    assert_eq!(friends(&world, &cast.bo).await, ["cy-"]);
    assert_eq!(friends(&world, &cast.cy).await, ["bo-"]);
    assert_eq!(requests(&world, &cast.cy, Direction::In).await, []);
    assert_eq!(cast.cy.asks(&cast.bo).await, Err(Denial::AlreadyFriends));
    cast.bo.unfriends(&cast.cy).await.expect("they are friends");
    assert!(friends(&world, &cast.cy).await.is_empty());
    assert_eq!(cast.cy.unfriends(&cast.bo).await.map(|_| ()), Err(Denial::NotFound));
    cast.cy.asks(&cast.bo).await.expect("they may ask again");
    world.audits_clean().await;
}

pub async fn a_request_is_sent_once_until_it_is_answered(world: World) {
    let cast = world.cast().await;
    let first = cast.bo.asks(&cast.cy).await.expect("they share a room");
    assert_eq!(cast.bo.asks(&cast.cy).await, Err(Denial::FriendRequestPending));
    cast.cy.declines(&cast.bo, first).await.expect("Bo asked");
    assert_eq!(status(&world, first).await, FriendRequestStatus::Declined);
    let second = cast.bo.asks(&cast.cy).await.expect("they may ask again");
    cast.bo.cancels(&cast.cy, second).await.expect("Bo asked");
    assert_eq!(status(&world, second).await, FriendRequestStatus::Cancelled);
    let third = cast.cy.asks(&cast.bo).await.expect("Cy may ask too");
    assert_eq!(requests(&world, &cast.bo, Direction::In).await, [third]);
    assert!(friends(&world, &cast.bo).await.is_empty());
    world.audits_clean().await;
}

pub async fn requests_that_cross_become_a_friendship(world: World) {
    let cast = world.cast().await;
    let id = cast.bo.asks(&cast.cy).await.expect("they share a room");
    cast.cy.asks(&cast.bo).await.expect("it crosses Bo's");
    assert_eq!(status(&world, id).await, FriendRequestStatus::Accepted);
    assert_eq!(friends(&world, &cast.bo).await, ["cy-"]);
    assert_eq!(requests(&world, &cast.cy, Direction::Out).await, []);
}

pub async fn requests_that_cross_at_once_become_one_friendship(world: World) {
    let cast = world.cast().await;
    for _ in 0..6 {
        let pairs = [(cast.bo.clone(), cast.cy.clone()), (cast.cy.clone(), cast.bo.clone())];
        let asked = all_at_once(pairs.map(|(from, to)| async move { from.asks(&to).await })).await;
        assert!(asked.iter().all(Result::is_ok), "{asked:?}");
        assert_eq!(friends(&world, &cast.bo).await, ["cy-"]);
        assert_eq!(friends(&world, &cast.cy).await, ["bo-"]);
        cast.bo.unfriends(&cast.cy).await.expect("they are friends");
    }
    world.audits_clean().await;
}

pub async fn a_request_sent_many_times_at_once_is_pending_once(world: World) {
    let cast = world.cast().await;
    let asked = all_at_once((0..8).map(|_| {
        let (bo, cy) = (cast.bo.clone(), cast.cy.clone());
        async move { bo.asks(&cy).await }
    }))
    .await;
    assert_eq!(asked.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(requests(&world, &cast.cy, Direction::In).await.len(), 1);
    world.audits_clean().await;
}

pub async fn a_block_ends_what_was_and_looks_like_nothing(world: World) {
    let cast = world.cast().await;
    let (bo, cy) = (&cast.bo, &cast.cy);
    let id = bo.asks(cy).await.expect("they share a room");
    cy.accepts(bo, id).await.expect("Bo asked");
    cy.blocks(bo).await.expect("there is Bo");
    assert!(friends(&world, bo).await.is_empty());
    assert_eq!(bo.asks(cy).await, Err(Denial::NotParticipants));
    assert_eq!(cy.blocks(bo).await.expect("there is Bo").changes, []);
    cy.unblocks(bo).await.expect("there is Bo");
    bo.asks(cy).await.expect("the block is lifted");
    bo.blocks(cy).await.expect("there is Cy");
    assert_eq!(requests(&world, cy, Direction::In).await, [], "a blocker asks for nothing");
    assert_eq!(cy.asks(bo).await, Err(Denial::NotParticipants));
    world.audits_clean().await;
}

pub async fn a_block_goes_one_way(world: World) {
    let cast = world.cast().await;
    cast.bo.blocks(&cast.cy).await.expect("there is Cy");
    let facts = cast.bo.reads_facts_with(&cast.cy).await;
    assert_eq!((facts.blocked_by_actor, facts.blocked_by_other), (true, false));
    let facts = cast.cy.reads_facts_with(&cast.bo).await;
    assert_eq!((facts.blocked_by_actor, facts.blocked_by_other), (false, true));
    assert_eq!((facts.actor, facts.other), (cast.cy.id.clone(), cast.bo.id.clone()));
    cast.bo.asks(&cast.cy).await.expect("asking lifts one's own block");
    assert!(!cast.bo.reads_facts_with(&cast.cy).await.blocked_by_actor);
}

pub async fn strangers_may_be_blocked_before_they_meet(world: World) {
    let cast = world.cast().await;
    cast.di.blocks(&cast.bo).await.expect("there is Bo");
    cast.di.joins(cast.room).await.expect("there is a seat");
    assert_eq!(cast.bo.asks(&cast.di).await, Err(Denial::NotParticipants));
}

pub async fn nobody_befriends_an_unknown_account(world: World) {
    let bo = world.bo().await;
    let nobody: UserId = "nobody".parse().expect("a user id");
    let changed = world.stores().friends.change(bo.id.clone(), nobody, Box::new(|_| Ok(Vec::new()))).await;
    assert_eq!(ruled(changed).map(|_| ()), Err(Denial::UserNotFound));
}

pub async fn a_denied_change_between_two_leaves_no_trace(world: World) {
    let cast = world.cast().await;
    let id = cast.bo.asks(&cast.cy).await.expect("they share a room");
    cast.ana.blocks(&cast.bo).await.expect("there is Bo");
    let before = Snapshot::of(&world, &cast.everyone(), &[cast.room]).await;
    assert!(cast.bo.asks(&cast.cy).await.is_err());
    assert!(cast.bo.asks(&cast.ana).await.is_err());
    assert!(cast.di.asks(&cast.ana).await.is_err());
    assert!(cast.bo.declines(&cast.cy, id).await.is_err());
    assert!(cast.cy.cancels(&cast.bo, id).await.is_err());
    assert!(cast.cy.accepts(&cast.bo, FriendRequestId(world.id())).await.is_err());
    assert!(cast.bo.unfriends(&cast.cy).await.is_err());
    assert_eq!(Snapshot::of(&world, &cast.everyone(), &[cast.room]).await, before);
}
