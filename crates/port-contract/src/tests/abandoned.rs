use domain::rules::messages::Posting;
use domain::{Denial, EventKind, Seq};

use crate::{World, abandoned_after, all_at_once, every_page};

/// A caller may vanish before the store has heard of the call, while it waits, or just after.
const POLLS: [usize; 5] = [0, 1, 2, 3, 5];

pub async fn an_abandoned_join_is_whole_or_never_was(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    for polls in POLLS {
        let name = format!("racer-{polls}");
        let racer = world.free_member(&name, 150).await;
        let elsewhere = ana.opens("elsewhere").await;
        racer.joins(elsewhere).await.expect("the first is free");
        abandoned_after(polls, racer.joins(room)).await;
        world.audits_clean().await;
        let receipt = racer.joins(room).await.expect("the retry finds a seat and the coins for it");
        assert_eq!((receipt.fee.get(), receipt.avail_coins.get()), (150, 0));
        assert_eq!(racer.coins().await, 0);
    }
    let log = world.stores().rooms.log(room, None, Seq::ZERO, 100).await.expect("readable");
    let joined = log.events.iter().filter(|event| matches!(event.kind, EventKind::MemberJoined { .. }));
    assert_eq!(joined.count(), 1 + POLLS.len(), "each of them joined once");
    world.audits_clean().await;
}

pub async fn an_abandoned_use_of_an_invitation_is_whole_or_never_was(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    for polls in POLLS {
        let eve = world.prime_member(&format!("eve-{polls}")).await;
        let invited = ana.invites(&eve, room).await.expect("Ana owns the room");
        abandoned_after(polls, eve.joins_with(&invited.token)).await;
        eve.joins_with(&invited.token).await.expect("the retry gets the receipt");
        let (_, status) = ana.sees_invitations(room).await[0];
        assert_eq!(status, domain::InvitationStatus::Used);
    }
    world.audits_clean().await;
}

pub async fn an_abandoned_message_is_posted_once_by_its_retry(world: World) {
    let cast = world.cast().await;
    for polls in POLLS {
        for number in 0..8 {
            let id = format!("{polls}-{number}");
            abandoned_after(polls, cast.bo.posts(cast.room, &id, &id)).await;
        }
    }
    let mut seqs = Vec::new();
    for polls in POLLS {
        for number in 0..8 {
            let id = format!("{polls}-{number}");
            seqs.push(match cast.bo.posts(cast.room, &id, &id).await.expect("Bo sits there") {
                Posting::New(message) => message.seq.0,
                Posting::Repeated(earlier) => earlier.message.seq.0,
            });
        }
    }
    seqs.sort_unstable();
    assert!(seqs.into_iter().eq(4..=43), "forty messages, one after the other");
    world.audits_clean().await;
}

pub async fn an_abandoned_grant_is_made_once_by_its_retry(world: World) {
    let bo = world.bo().await;
    for polls in POLLS {
        let key = polls.to_string();
        abandoned_after(polls, bo.is_granted(10, &key)).await;
        bo.is_granted(10, &key).await.expect("the same grant");
    }
    assert_eq!(bo.coins().await, 50);
    let lines =
        every_page(100, |after, size| world.stores().accounts.ledger(bo.id.clone(), after, size)).await;
    assert_eq!(lines.len(), 5);
    world.audits_clean().await;
}

pub async fn an_abandoned_registration_is_whole_or_never_was(world: World) {
    for polls in POLLS {
        let registration = world.registration(&format!("racer-{polls}"), 30);
        let account = registration.account.clone();
        let accounts = &world.stores().accounts;
        abandoned_after(polls, accounts.register(registration.clone())).await;
        let again = crate::world::ruled(accounts.register(registration).await);
        assert!(matches!(again, Ok(()) | Err(Denial::UserIdTaken)), "{again:?}");
        assert_eq!(accounts.find(account.user_id.clone()).await.expect("readable"), Some(account.clone()));
        let sessions =
            every_page(100, |after, size| accounts.sessions(account.user_id.clone(), after, size)).await;
        assert_eq!(sessions.len(), 1);
        let lines =
            every_page(100, |after, size| accounts.ledger(account.user_id.clone(), after, size)).await;
        assert_eq!(lines.len(), 1);
    }
    world.audits_clean().await;
}

pub async fn a_store_serves_on_after_many_callers_have_vanished(world: World) {
    let cast = world.cast().await;
    all_at_once((0..60).map(|number| {
        let (world, cast) = (world.clone(), cast.clone());
        async move {
            let polls = number % 4;
            abandoned_after(polls, cast.bo.posts(cast.room, &number.to_string(), "hello")).await;
            abandoned_after(polls, cast.cy.views(cast.room)).await;
            abandoned_after(polls, cast.ana.renames(cast.room, &format!("name {number}"))).await;
            abandoned_after(polls, cast.di.joins_with_a_wrong_password(cast.room)).await;
            abandoned_after(polls, world.stores().store.audit()).await;
        }
    }))
    .await;
    let said = cast.bo.says(cast.room, "still here").await;
    let log = world.stores().rooms.log(cast.room, None, Seq::ZERO, 10_000).await.expect("readable");
    let head = log.room.head_seq.0;
    assert!(head >= said.seq.0);
    assert!(log.events.iter().map(|event| event.seq.0).eq(1..=head));
    world.stores().store.ping().await.expect("the store answers");
    world.audits_clean().await;
}
