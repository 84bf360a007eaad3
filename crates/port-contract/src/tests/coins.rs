use domain::ports::AccountScope;
use domain::{Denial, Field, LedgerLine, RoomId, TransferReason};

use crate::{Actor, Snapshot, World, every_page};

async fn ledger(world: &World, of: &Actor) -> Vec<LedgerLine> {
    every_page(100, |after, size| world.stores().accounts.ledger(of.id.clone(), after, size)).await
}

fn columns(lines: &[LedgerLine]) -> Vec<(i64, i64, i64, TransferReason, Option<RoomId>)> {
    lines.iter().map(|line| (line.number, line.amount, line.balance, line.reason, line.room_id)).collect()
}

pub async fn coins_at_registration_come_from_the_mint(world: World) {
    let registration = world.registration("bo-", 150);
    world.stores().accounts.register(registration.clone()).await.expect("the id is free");
    let transfer = registration.signup_coins.expect("150 coins");
    let lines = every_page(100, |after, size| {
        world.stores().accounts.ledger(registration.account.user_id.clone(), after, size)
    })
    .await;
    assert_eq!(columns(&lines), [(1, 150, 150, TransferReason::Registration, None)]);
    assert_eq!((lines[0].id, lines[0].at), (transfer.id, transfer.at));
    world.audits_clean().await;
}

pub async fn an_account_without_coins_has_an_empty_ledger(world: World) {
    let bo = world.bo().await;
    assert_eq!(ledger(&world, &bo).await, []);
    assert_eq!(bo.coins().await, 0);
}

pub async fn a_grant_is_made_once_for_each_key(world: World) {
    let bo = world.bo().await;
    bo.is_granted(100, "a").await.expect("a new key");
    let repeated = bo.is_granted(100, "a").await.expect("the same grant");
    assert_eq!(repeated.changes, []);
    assert_eq!(repeated.facts.earlier_grant.map(domain::Coins::get), Some(100));
    bo.is_granted(100, "A").await.expect("a key is another in another case");
    bo.is_granted(100, "a ").await.expect("a key is another with a space");
    let before = Snapshot::of(&world, &[&bo], &[]).await;
    let Err(Denial::Invalid { field, .. }) = bo.is_granted(101, "a").await else {
        panic!("a key is good for one amount");
    };
    assert_eq!(field, Field::IdempotencyKey);
    assert_eq!(Snapshot::of(&world, &[&bo], &[]).await, before);
    assert_eq!(bo.coins().await, 300);
    world.audits_clean().await;
}

pub async fn a_key_belongs_to_one_account(world: World) {
    let (bo, cy) = (world.bo().await, world.cy().await);
    bo.is_granted(1, "key").await.expect("a new key");
    cy.is_granted(2, "key").await.expect("a new key");
    assert_eq!((bo.coins().await, cy.coins().await), (1, 2));
    let scope = AccountScope::new(bo.id.clone());
    let unasked = bo.changes(scope, |_| Ok(Vec::new())).await.expect("there is Bo");
    assert_eq!(unasked.facts.earlier_grant, None, "no key was asked about");
}

pub async fn a_ledger_runs_from_the_newest_line_with_its_balance(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 200).await);
    let (first, second) = (ana.opens("first").await, ana.opens("second").await);
    bo.joins(first).await.expect("the first is free");
    bo.joins(second).await.expect("the second can be paid");
    bo.is_granted(7, "seven").await.expect("a new key");
    let lines = ledger(&world, &bo).await;
    assert_eq!(
        columns(&lines),
        [
            (3, 7, 57, TransferReason::Grant, None),
            (2, -150, 50, TransferReason::JoinFee, Some(second)),
            (1, 200, 200, TransferReason::Registration, None),
        ]
    );
    assert!(lines.windows(2).all(|pair| pair[0].at > pair[1].at));
    assert_eq!(bo.coins().await, 57);
    world.audits_clean().await;
}

pub async fn a_fee_may_take_the_last_coin(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 150).await);
    let (first, second) = (ana.opens("first").await, ana.opens("second").await);
    bo.joins(first).await.expect("the first is free");
    let receipt = bo.joins(second).await.expect("150 coins are enough");
    assert_eq!((receipt.fee.get(), receipt.avail_coins.get()), (150, 0));
    assert_eq!(bo.coins().await, 0);
    world.audits_clean().await;
}

pub async fn a_fee_never_takes_a_coin_too_many(world: World) {
    let (ana, bo) = (world.ana().await, world.free_member("bo-", 149).await);
    let (first, second) = (ana.opens("first").await, ana.opens("second").await);
    bo.joins(first).await.expect("the first is free");
    let before = Snapshot::of(&world, &[&ana, &bo], &[first, second]).await;
    let Err(Denial::InsufficientCoins { required, available, shortfall }) = bo.joins(second).await else {
        panic!("149 coins are not enough");
    };
    assert_eq!((required.get(), available.get(), shortfall.get()), (150, 149, 1));
    assert_eq!(Snapshot::of(&world, &[&ana, &bo], &[first, second]).await, before);
}

pub async fn great_fortunes_are_kept_to_the_coin(world: World) {
    let bo = world.free_member("bo-", 1_000_000_000).await;
    for number in 0..4 {
        bo.is_granted(1_000_000_000, &number.to_string()).await.expect("a new key");
    }
    bo.is_granted(1, "one more").await.expect("a new key");
    assert_eq!(bo.coins().await, 5_000_000_001);
    assert_eq!(ledger(&world, &bo).await[0].balance, 5_000_000_001);
    world.audits_clean().await;
}

pub async fn nobody_sees_the_ledger_of_another(world: World) {
    let (bo, cy) = (world.free_member("bo-", 3).await, world.free_member("cy-", 4).await);
    assert_eq!(columns(&ledger(&world, &bo).await), [(1, 3, 3, TransferReason::Registration, None)]);
    assert_eq!(columns(&ledger(&world, &cy).await), [(1, 4, 4, TransferReason::Registration, None)]);
}
