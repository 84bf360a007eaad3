use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::{Denial, EventKind, Receipt, Refusal, RoomId, Seq};

use crate::world::ruled;
use crate::{Actor, Dice, World, all_at_once, every_page};

fn won(results: &[Result<Receipt, Denial>]) -> usize {
    results.iter().filter(|result| matches!(result, Ok(receipt) if !receipt.already_member)).count()
}

async fn seats_taken(owner: &Actor, room: RoomId) -> usize {
    owner.views(room).await.expect("the owner sits there").summary.seats_taken
}

pub async fn eight_registrations_of_one_id_make_one_account(world: World) {
    let registrations: Vec<_> = (0..8).map(|number| world.registration("same", number)).collect();
    let results = all_at_once(registrations.into_iter().map(|registration| {
        let accounts = Arc::clone(&world.stores().accounts);
        async move { ruled(accounts.register(registration).await) }
    }))
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| **result == Err(Denial::UserIdTaken)).count(), 7);
    let winner = results.iter().position(Result::is_ok).expect("one won");
    let same = world.stores().accounts.find("same".parse().expect("a user id")).await.expect("readable");
    let coins = same.expect("there is the account").avail_coins.get();
    assert_eq!(usize::try_from(coins), Ok(winner), "the account is the winner's");
    world.audits_clean().await;
}

pub async fn two_hundred_race_for_five_seats(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    let crowd = world.crowd("racer", 200).await;
    let results = all_at_once(crowd.into_iter().map(|racer| async move { racer.joins(room).await })).await;
    assert_eq!(won(&results), 5);
    assert_eq!(results.iter().filter(|result| **result == Err(Denial::RoomFull)).count(), 195);
    assert_eq!(seats_taken(&ana, room).await, 6);
    world.audits_clean().await;
}

pub async fn the_coins_for_one_room_buy_one_of_two(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 150).await);
    let first = ana.opens("first").await;
    bo.joins(first).await.expect("the first is free");
    for round in 0..10 {
        let rooms = [ana.opens("left").await, ana.opens("right").await];
        let results = all_at_once(rooms.map(|room| {
            let bo = bo.clone();
            async move { bo.joins(room).await }
        }))
        .await;
        assert_eq!(won(&results), 1, "in round {round}");
        assert_eq!(bo.coins().await, 0);
        assert!(results.iter().any(|result| matches!(result, Err(Denial::InsufficientCoins { .. }))));
        bo.is_granted(150, &format!("round {round}")).await.expect("a new key");
    }
    world.audits_clean().await;
}

pub async fn the_free_join_is_good_for_one_of_two(world: World) {
    let ana = world.ana().await;
    for (number, bo) in world.crowd("racer", 10).await.into_iter().enumerate() {
        let rooms = [ana.opens("left").await, ana.opens("right").await];
        let results = all_at_once(rooms.map(|room| {
            let bo = bo.clone();
            async move { bo.joins(room).await }
        }))
        .await;
        assert_eq!(won(&results), 1, "racer {number}");
    }
    world.audits_clean().await;
}

pub async fn a_join_sent_twenty_times_at_once_is_charged_once(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 1_000).await);
    let (first, second) = (ana.opens("first").await, ana.opens("second").await);
    bo.joins(first).await.expect("the first is free");
    let results = all_at_once((0..20).map(|_| {
        let bo = bo.clone();
        async move { bo.joins(second).await }
    }))
    .await;
    assert_eq!(won(&results), 1);
    for result in results {
        let receipt = result.expect("each of them gets the receipt");
        assert_eq!((receipt.fee.get(), receipt.avail_coins.get()), (150, 850));
    }
    assert_eq!(bo.coins().await, 850);
    let lines =
        every_page(100, |after, size| world.stores().accounts.ledger(bo.id.clone(), after, size)).await;
    assert_eq!(lines.len(), 2);
    world.audits_clean().await;
}

pub async fn thirty_racers_use_one_invitation_once(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    let eve = world.prime_member("eve").await;
    let others = world.crowd("thief", 15).await;
    let invited = ana.invites(&eve, room).await.expect("Ana owns the room");
    let racers = others.into_iter().chain((0..15).map(|_| eve.clone()));
    let results = all_at_once(racers.map(|racer| {
        let token = invited.token.clone();
        async move { racer.joins_with(&token).await }
    }))
    .await;
    assert_eq!(won(&results), 1);
    assert_eq!(results[..15].iter().filter(|r| **r == Err(Denial::InvitationInvalid)).count(), 15);
    assert!(results[15..].iter().all(Result::is_ok), "the invitee gets the receipt each time");
    assert_eq!(seats_taken(&ana, room).await, 2);
    world.audits_clean().await;
}

pub async fn a_ban_and_a_join_that_cross_leave_nobody_banned_in_a_seat(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    for guest in world.crowd("guest", 12).await {
        let (owner, racer) = (ana.clone(), guest.clone());
        let (joining, banning) = tokio::join!(
            tokio::spawn(async move { racer.joins(room).await }),
            tokio::spawn({
                let guest = guest.clone();
                async move { owner.bans(&guest, room).await }
            })
        );
        banning.expect("no panic").expect("Ana owns the room");
        let joined = joining.expect("no panic");
        assert!(matches!(joined, Ok(_) | Err(Denial::Banned)), "{joined:?}");
        assert_eq!(seats_taken(&ana, room).await, 1);
    }
    world.audits_clean().await;
}

pub async fn rooms_and_people_in_every_order_never_block_each_other(world: World) {
    let ana = world.ana().await;
    let rooms = [ana.opens("1").await, ana.opens("2").await, ana.opens("3").await];
    let crowd = world.crowd("walker", 8).await;
    for walker in &crowd {
        walker.is_granted(1_000, "start").await.expect("a new key");
    }
    all_at_once(crowd.into_iter().enumerate().map(|(number, walker)| {
        let ana = ana.clone();
        async move {
            let mut dice = Dice::new(number as u64);
            for _ in 0..12 {
                let room = *dice.pick(&rooms);
                let allowed = match dice.roll(4) {
                    0 | 1 => walker.joins(room).await.map(|_| ()),
                    2 => walker.leaves(room).await.map(|_| ()),
                    _ => ana.removes(&walker, room).await.map(|_| ()),
                };
                assert!(
                    matches!(
                        allowed,
                        Ok(())
                            | Err(Denial::RoomFull
                                | Denial::NotAMember
                                | Denial::RoomNotFound
                                | Denial::UserNotFound)
                    ),
                    "{allowed:?}"
                );
            }
        }
    }))
    .await;
    for room in rooms {
        assert!(seats_taken(&ana, room).await <= 6);
        let log = world.stores().rooms.log(room, None, Seq::ZERO, 10_000).await.expect("readable");
        let steps: i64 = log
            .events
            .iter()
            .map(|event| match event.kind {
                EventKind::MemberJoined { .. } => 1,
                EventKind::MemberLeft { .. } | EventKind::MemberRemoved { .. } => -1,
                _ => 0,
            })
            .sum();
        assert_eq!(usize::try_from(steps), Ok(seats_taken(&ana, room).await), "the log tells who sits there");
    }
    world.audits_clean().await;
}

pub async fn the_books_balance_at_every_moment(world: World) {
    let ana = world.ana().await;
    let mut rooms = Vec::new();
    for _ in 0..4 {
        rooms.push(ana.opens("till").await);
    }
    let customers = world.crowd("customer", 5).await;
    let is_open = Arc::new(AtomicBool::new(true));
    let auditor = tokio::spawn({
        let (world, customers, is_open) = (world.clone(), customers.clone(), Arc::clone(&is_open));
        async move {
            let mut audits = 0;
            while is_open.load(Ordering::SeqCst) || audits == 0 {
                world.audits_clean().await;
                for customer in &customers {
                    let ledger = world.stores().accounts.ledger(
                        customer.id.clone(),
                        None,
                        crate::world::longest_page(),
                    );
                    let lines = ledger.await.expect("readable").items;
                    let sum: i64 = lines.iter().map(|line| line.amount).sum();
                    assert_eq!(lines.first().map_or(0, |line| line.balance), sum);
                    assert!(lines.iter().all(|line| line.balance >= 0));
                }
                audits += 1;
            }
        }
    });
    let spent = all_at_once(customers.iter().cloned().map(|customer| {
        let rooms = rooms.clone();
        async move {
            let (mut granted, mut paid) = (0, 0);
            for round in 0..12 {
                customer.is_granted(40, &format!("round {round}")).await.expect("a new key");
                granted += 40;
                let room = rooms[round % rooms.len()];
                match customer.joins(room).await {
                    Ok(receipt) if !receipt.already_member => paid += receipt.fee.get(),
                    Ok(_) | Err(Denial::InsufficientCoins { .. }) => {}
                    Err(denial) => panic!("not expected: {denial:?}"),
                }
            }
            granted - paid
        }
    }))
    .await;
    is_open.store(false, Ordering::SeqCst);
    auditor.await.expect("the books balance");
    for (customer, left) in customers.iter().zip(spent) {
        assert_eq!(customer.coins().await, left);
    }
    world.audits_clean().await;
}

pub async fn a_grant_sent_many_times_at_once_is_made_once(world: World) {
    let bo = world.bo().await;
    let results = all_at_once((0..16).map(|_| {
        let bo = bo.clone();
        async move { bo.is_granted(10, "one").await }
    }))
    .await;
    let made =
        results.into_iter().filter(|result| result.as_ref().is_ok_and(|done| !done.changes.is_empty()));
    assert_eq!(made.count(), 1);
    assert_eq!(bo.coins().await, 10);
    world.audits_clean().await;
}

pub async fn an_owner_who_closes_and_a_guest_who_joins_agree(world: World) {
    let ana = world.ana().await;
    for guest in world.crowd("guest", 8).await {
        let room = ana.opens("Hexagon").await;
        let (owner, racer) = (ana.clone(), guest.clone());
        let (closed, joined) = tokio::join!(
            tokio::spawn(async move { owner.closes(room).await }),
            tokio::spawn(async move { racer.joins(room).await })
        );
        closed.expect("no panic").expect("Ana owns the room");
        let joined = joined.expect("no panic");
        assert!(
            matches!(joined, Ok(_) | Err(Denial::RoomClosed | Denial::InsufficientCoins { .. })),
            "{joined:?}"
        );
        let seated =
            every_page(100, |after, size| world.stores().rooms.of_member(guest.id.clone(), after, size));
        assert_eq!(seated.await, [], "nobody sits in a closed room");
    }
    world.audits_clean().await;
}

pub async fn readers_are_not_refused_while_others_write(world: World) {
    let cast = world.cast().await;
    let results = all_at_once((0..40).map(|number| {
        let (world, cast) = (world.clone(), cast.clone());
        async move {
            if number % 2 == 0 {
                cast.bo.says(cast.room, "writing").await;
                return Ok(());
            }
            let read: Result<_, Refusal> = world.stores().rooms.view(cast.room, cast.cy.id.clone()).await;
            ruled(read).map(|_| ())
        }
    }))
    .await;
    assert!(results.iter().all(Result::is_ok));
    world.audits_clean().await;
}
