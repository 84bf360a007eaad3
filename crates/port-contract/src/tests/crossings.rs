use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::change::RoomChange;
use domain::facts::RoomFacts;
use domain::ports::RoomScope;
use domain::{CoinAccount, Coins, Denial, InvitationStatus, RoomId, Transfer, TransferId, TransferReason};

use crate::{Actor, Dice, World, all_at_once};

/// Pays another member, as no rule of Hexroom does, if there are coins enough.
async fn pays(world: &World, payer: &Actor, other: &Actor, room: RoomId, amount: i64) {
    let transfer = Transfer {
        id: TransferId(world.id()),
        from: CoinAccount::Member(payer.id.clone()),
        to: CoinAccount::Member(other.id.clone()),
        amount: Coins::new(amount).expect("not negative"),
        reason: TransferReason::JoinFee,
        room_id: Some(room),
        at: world.now(),
    };
    let scope = RoomScope { target: Some(other.id.clone()), ..RoomScope::new(room, payer.id.clone()) };
    let rule = move |facts: &RoomFacts| match facts.actor.avail_coins.checked_sub(transfer.amount) {
        Some(_) => Ok(vec![RoomChange::Transfer(transfer.clone())]),
        None => Ok(Vec::new()),
    };
    payer.changes_room(scope, rule).await.expect("there are both");
}

pub async fn coins_that_go_both_ways_at_once_neither_appear_nor_vanish(world: World) {
    let ana = world.ana().await;
    let mut payers = Vec::new();
    for number in 0..6 {
        // A room for each, so that nothing but the accounts keeps two payments apart.
        payers.push((world.free_member(&format!("payer-{number}"), 100).await, ana.opens("bank").await));
    }
    let is_open = Arc::new(AtomicBool::new(true));
    let auditor = tokio::spawn({
        let (world, is_open) = (world.clone(), Arc::clone(&is_open));
        async move {
            let mut audits = 0;
            while is_open.load(Ordering::SeqCst) || audits == 0 {
                let mut violations = world.stores().store.audit().await.expect("the audit runs");
                violations.retain(|violation| !violation.invariant.starts_with("fees_"));
                assert_eq!(violations, [], "nothing is broken but where fees go");
                audits += 1;
            }
        }
    });
    all_at_once((0..payers.len()).map(|own| {
        let (world, payers) = (world.clone(), payers.clone());
        async move {
            let mut dice = Dice::new(own as u64);
            for _ in 0..20 {
                let (payer, room) = &payers[own];
                let (other, _) = &payers[(own + 1 + dice.roll(payers.len() - 1)) % payers.len()];
                pays(&world, payer, other, *room, 30).await;
            }
        }
    }))
    .await;
    is_open.store(false, Ordering::SeqCst);
    auditor.await.expect("the books balance");
    let mut coins = 0;
    for (payer, _) in &payers {
        coins += payer.coins().await;
    }
    assert_eq!(coins, 600);
}

pub async fn an_invitation_used_and_revoked_at_once_comes_to_one_of_them(world: World) {
    let ana = world.ana().await;
    for number in 0..8 {
        let room = ana.opens("Hexagon").await;
        let eve = world.prime_member(&format!("eve-{number}")).await;
        let invited = ana.invites(&eve, room).await.expect("Ana owns the room");
        let (owner, guest, token) = (ana.clone(), eve.clone(), invited.token.clone());
        let (revoked, joined) = tokio::join!(
            tokio::spawn(async move { owner.revokes(invited.id, room).await.map(|_| ()) }),
            tokio::spawn(async move { guest.joins_with(&token).await.map(|_| ()) })
        );
        let joined = joined.expect("no panic");
        let status = ana.sees_invitations(room).await[0].1;
        match status {
            InvitationStatus::Used => assert_eq!(joined, Ok(())),
            InvitationStatus::Revoked => assert_eq!(joined, Err(Denial::InvitationRevoked)),
            other => panic!("{other:?} is neither"),
        }
        revoked.expect("no panic").expect("Ana owns the room, and taking back what was used is nothing");
    }
    world.audits_clean().await;
}

pub async fn an_account_that_ends_while_it_joins_holds_no_seat(world: World) {
    let ana = world.ana().await;
    for guest in world.crowd("guest", 8).await {
        let room = ana.opens("Hexagon").await;
        let (leaving, joining) = (guest.clone(), guest.clone());
        let (erased, joined) = tokio::join!(
            tokio::spawn(async move { leaving.is_erased().await }),
            tokio::spawn(async move { joining.joins(room).await })
        );
        let is_erased = !erased.expect("no panic").expect("the password is right").changes.is_empty();
        match joined.expect("no panic") {
            Ok(_) => assert!(!is_erased, "a member leaves the room first"),
            Err(denial) => assert_eq!((denial, is_erased), (Denial::SessionRevoked, true)),
        }
    }
    world.audits_clean().await;
}
