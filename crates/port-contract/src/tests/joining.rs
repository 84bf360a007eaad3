use domain::{Denial, JoinedAs, Prime, RoomId, SeatNumber, Seq};

use crate::{Actor, Snapshot, World};

/// What a receipt says: fee, balance, already a member.
async fn joins(actor: &Actor, room: RoomId) -> (i64, i64, bool) {
    let receipt = actor.joins(room).await.expect("the rules let them in");
    assert_eq!(receipt.room_id, room);
    (receipt.fee.get(), receipt.avail_coins.get(), receipt.already_member)
}

pub async fn the_first_room_is_free_and_the_next_costs_150_coins(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 200).await);
    let rooms = [ana.opens("first").await, ana.opens("second").await, ana.opens("third").await];
    assert!(!bo.account().await.free_join_used);
    assert_eq!(joins(&bo, rooms[0]).await, (0, 200, false));
    assert!(bo.account().await.free_join_used);
    assert_eq!(joins(&bo, rooms[1]).await, (150, 50, false));
    let Err(Denial::InsufficientCoins { shortfall, .. }) = bo.joins(rooms[2]).await else {
        panic!("50 coins are not enough");
    };
    assert_eq!(shortfall.get(), 100);
    assert_eq!(bo.coins().await, 50);
    world.audits_clean().await;
}

pub async fn a_prime_member_joins_free_and_keeps_the_free_join(world: World) {
    let (ana, eve) = (world.ana().await, world.prime_member("eve").await);
    let (first, second, third) = (ana.opens("1").await, ana.opens("2").await, ana.opens("3").await);
    assert_eq!(joins(&eve, first).await, (0, 0, false));
    assert_eq!(joins(&eve, second).await, (0, 0, false));
    assert!(!eve.account().await.free_join_used);
    eve.becomes(Prime::No).await;
    assert_eq!(joins(&eve, third).await, (0, 0, false));
    assert!(eve.account().await.free_join_used);
    world.audits_clean().await;
}

pub async fn members_get_the_same_receipt_again(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 150).await);
    let (first, second) = (ana.opens("first").await, ana.opens("second").await);
    assert_eq!(joins(&bo, first).await, (0, 150, false));
    assert_eq!(joins(&bo, second).await, (150, 0, false));
    let before = Snapshot::of(&world, &[&ana, &bo], &[first, second]).await;
    assert_eq!(joins(&bo, first).await, (0, 0, true));
    assert_eq!(joins(&bo, second).await, (150, 0, true));
    assert_eq!(joins(&ana, second).await, (0, 0, true));
    assert_eq!(Snapshot::of(&world, &[&ana, &bo], &[first, second]).await, before);
}

pub async fn coming_back_is_free(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 150).await);
    let (first, second) = (ana.opens("first").await, ana.opens("second").await);
    joins(&bo, first).await;
    joins(&bo, second).await;
    for room in [first, second] {
        bo.leaves(room).await.expect("Bo sits there");
        assert_eq!(joins(&bo, room).await, (0, 0, false));
        assert_eq!(joins(&bo, room).await, (0, 0, true));
    }
    world.audits_clean().await;
}

pub async fn who_made_a_room_comes_back_as_any_other_would(world: World) {
    let (ana, eve) = (world.ana().await, world.prime_member("eve").await);
    let room = ana.opens("Hexagon").await;
    joins(&eve, room).await;
    ana.hands_over(room, &eve).await.expect("Ana owns the room");
    ana.leaves(room).await.expect("Ana owns it no longer");
    ana.becomes(Prime::No).await;
    assert_eq!(joins(&ana, room).await, (0, 0, false));
    assert!(ana.account().await.free_join_used, "having made the room was not a join");
    assert_eq!(ana.reads_facts(room).await.actor.history, Some(JoinedAs::Free));
    ana.leaves(room).await.expect("Ana sits there");
    assert_eq!(joins(&ana, room).await, (0, 0, false));
    world.audits_clean().await;
}

pub async fn the_seventh_is_refused_whatever_they_present(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    for guest in world.crowd("guest", 5).await {
        joins(&guest, room).await;
    }
    let (rich, prime) = (world.free_member("rich", 1_000).await, world.prime_member("prime").await);
    let invited = ana.invites(&prime, room).await.expect("Ana owns the room");
    let before = Snapshot::of(&world, &[&ana, &rich, &prime], &[room]).await;
    assert_eq!(rich.joins(room).await, Err(Denial::RoomFull));
    assert_eq!(prime.joins(room).await, Err(Denial::RoomFull));
    assert_eq!(prime.joins_with(&invited.token).await, Err(Denial::RoomFull));
    assert_eq!(Snapshot::of(&world, &[&ana, &rich, &prime], &[room]).await, before);
}

pub async fn a_seat_given_up_is_the_next_to_be_taken(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    let guests = world.crowd("guest", 5).await;
    for guest in &guests {
        joins(guest, room).await;
    }
    guests[2].leaves(room).await.expect("they sit there");
    let late = world.free_member("late", 0).await;
    joins(&late, room).await;
    let view = ana.views(room).await.expect("Ana sits there");
    let order: Vec<_> = view.members.iter().map(|member| member.user_id.as_str()).collect();
    assert_eq!(order, ["ana", "guest-0", "guest-1", "late", "guest-3", "guest-4"]);
    assert_eq!(view.summary.seats_taken, 6);
    world.audits_clean().await;
}

pub async fn the_facts_remember_on_which_terms_somebody_came(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 150).await);
    let eve = world.prime_member("eve").await;
    let (first, second) = (ana.opens("first").await, ana.opens("second").await);
    for (actor, room) in [(&bo, first), (&bo, second), (&eve, second)] {
        joins(actor, room).await;
    }
    bo.leaves(second).await.expect("Bo sits there");
    for (actor, room, terms) in [
        (&ana, first, Some(JoinedAs::Creator)),
        (&bo, first, Some(JoinedAs::Free)),
        (&bo, second, Some(JoinedAs::Paid)),
        (&eve, second, Some(JoinedAs::Prime)),
        (&eve, first, None),
    ] {
        let facts = actor.reads_facts(room).await;
        assert_eq!(facts.actor.history, terms, "{actor:?}");
        assert_eq!(facts.actor.user_id, actor.id);
    }
}

pub async fn the_facts_are_those_of_the_moment(world: World) {
    let cast = world.cast().await;
    cast.ana.bans(&cast.di, cast.room).await.expect("Ana owns the room");
    let facts = cast.di.reads_facts(cast.room).await;
    assert!(facts.actor.banned);
    assert!(!facts.actor.free_join_used);
    assert_eq!(facts.actor.prime, Prime::No);
    assert_eq!(facts.room.head_seq, Seq(3));
    assert_eq!((facts.target, facts.invitation, facts.message), (None, None, None));
    let numbers: Vec<_> = facts.seats.iter().map(|seat| seat.number).collect();
    assert_eq!(numbers, SeatNumber::ALL[..3]);
    let holders: Vec<_> = facts.seats.iter().map(|seat| seat.user_id.as_str()).collect();
    assert_eq!(holders, ["ana", "bo-", "cy-"]);
    let read: Vec<_> = facts.seats.iter().map(|seat| seat.read_seq).collect();
    assert_eq!(read, [Seq(1), Seq(2), Seq(3)], "joining counts as read");
    assert!(cast.bo.reads_facts(cast.room).await.actor.free_join_used);
}

pub async fn joining_puts_the_history_before_the_newcomer(world: World) {
    let cast = world.cast().await;
    cast.ana.says(cast.room, "before Di came").await;
    joins(&cast.di, cast.room).await;
    let messages = cast.di.sees_messages(cast.room).await.expect("Di sits there");
    assert_eq!(messages[0].body.as_ref().map(domain::MessageBody::as_str), Some("before Di came"));
    assert_eq!(cast.di.views(cast.room).await.expect("Di sits there").summary.unread, 0);
}
