//! A store keeps its promises also when a rule decides what no rule should.

use domain::change::{AccountChange, RoomChange};
use domain::ports::RoomScope;
use domain::{
    AccountRevision, CoinAccount, Coins, Event, EventKind, JoinedAs, Refusal, RoomRevision, SeatNumber, Seq,
    SessionId, Transfer, TransferId, TransferReason,
};

use crate::Cast;
use crate::{Actor, Snapshot, World};

/// What somebody's change to Ana's room comes to, if these changes are decided whatever the facts.
async fn decides(world: &World, cast: &Cast, actor: &Actor, changes: Vec<RoomChange>) -> Result<(), Refusal> {
    let scope = RoomScope::new(cast.room, actor.id.clone());
    let decide = Box::new(move |_: &_| Ok(changes.clone()));
    world.stores().rooms.change(scope, decide).await.map(|_| ())
}

/// A change that is fine by itself, and after it those that the store must refuse.
async fn is_refused_whole(world: &World, cast: &Cast, actor: &Actor, impossible: Vec<RoomChange>) {
    let before = Snapshot::of(world, &cast.everyone(), &[cast.room]).await;
    let shown = format!("{impossible:?}");
    let name = Some("half done".parse().expect("a room name"));
    let mut changes = vec![RoomChange::Revise(RoomRevision { name, ..RoomRevision::default() })];
    changes.extend(impossible);
    let refused = decides(world, cast, actor, changes).await;
    assert!(refused.is_err(), "the store took {shown}");
    let after = Snapshot::of(world, &cast.everyone(), &[cast.room]).await;
    assert_eq!(after, before, "{shown} left a trace");
}

fn takes_seat(world: &World, actor: &Actor, number: usize) -> RoomChange {
    RoomChange::TakeSeat {
        user_id: actor.id.clone(),
        number: SeatNumber::ALL[number - 1],
        joined_as: JoinedAs::Prime,
        fee: Coins::ZERO,
        read_seq: Seq(3),
        at: world.now(),
    }
}

fn pays(world: &World, cast: &Cast, actor: &Actor, amount: i64) -> RoomChange {
    RoomChange::Transfer(Transfer {
        id: TransferId(world.id()),
        from: CoinAccount::Member(actor.id.clone()),
        to: CoinAccount::House,
        amount: Coins::new(amount).expect("not negative"),
        reason: TransferReason::JoinFee,
        room_id: Some(cast.room),
        at: world.now(),
    })
}

fn joined(world: &World, cast: &Cast, actor: &Actor, seq: i64) -> RoomChange {
    RoomChange::Append(Event {
        room_id: cast.room,
        seq: Seq(seq),
        actor: actor.id.clone(),
        at: world.now(),
        kind: EventKind::MemberJoined { user_id: actor.id.clone() },
    })
}

pub async fn two_cannot_hold_one_seat(world: World) {
    let cast = world.cast().await;
    for number in [1, 2, 3] {
        is_refused_whole(&world, &cast, &cast.di, vec![takes_seat(&world, &cast.di, number)]).await;
    }
}

pub async fn nobody_holds_two_seats_of_a_room(world: World) {
    let cast = world.cast().await;
    is_refused_whole(&world, &cast, &cast.bo, vec![takes_seat(&world, &cast.bo, 4)]).await;
}

pub async fn nobody_pays_what_they_do_not_have(world: World) {
    let cast = world.cast().await;
    cast.bo.is_granted(150, "fee").await.expect("a new key");
    is_refused_whole(&world, &cast, &cast.bo, vec![pays(&world, &cast, &cast.bo, 151)]).await;
    let twice = vec![pays(&world, &cast, &cast.bo, 100), pays(&world, &cast, &cast.bo, 100)];
    is_refused_whole(&world, &cast, &cast.bo, twice).await;
    assert_eq!(cast.bo.coins().await, 150);
}

pub async fn a_free_join_is_used_once(world: World) {
    let cast = world.cast().await;
    let again = vec![RoomChange::UseFreeJoin { user_id: cast.bo.id.clone() }];
    is_refused_whole(&world, &cast, &cast.bo, again).await;
}

pub async fn a_log_takes_no_event_out_of_its_order(world: World) {
    let cast = world.cast().await;
    for seq in [1, 3, 5, 100] {
        is_refused_whole(&world, &cast, &cast.di, vec![joined(&world, &cast, &cast.di, seq)]).await;
    }
}

pub async fn a_seat_that_nobody_holds_is_not_vacated(world: World) {
    let cast = world.cast().await;
    let nobodys = vec![RoomChange::VacateSeat { user_id: cast.di.id.clone() }];
    is_refused_whole(&world, &cast, &cast.di, nobodys).await;
}

pub async fn an_invitation_is_used_once(world: World) {
    let cast = world.cast().await;
    let eve = world.prime_member("eve").await;
    let invited = cast.ana.invites(&eve, cast.room).await.expect("Ana owns the room");
    eve.joins_with(&invited.token).await.expect("Eve is invited");
    let again = vec![RoomChange::UseInvitation { id: invited.id, at: world.now() }];
    is_refused_whole(&world, &cast, &eve, again).await;
}

pub async fn an_account_changes_whole_or_not_at_all(world: World) {
    let bo = world.bo().await;
    let before = Snapshot::of(&world, &[&bo], &[]).await;
    let name = Some("half done".parse().expect("a name"));
    let rename = AccountChange::Revise(AccountRevision { name, phone: None });
    let unknown = AccountChange::EndSession(SessionId(world.id()));
    let scope = domain::ports::AccountScope::new(bo.id.clone());
    let decide = Box::new(move |_: &_| Ok(vec![rename.clone(), unknown.clone()]));
    let refused = world.stores().accounts.change(scope, decide).await;
    assert!(refused.is_err(), "no session ended");
    assert_eq!(Snapshot::of(&world, &[&bo], &[]).await, before);
}

pub async fn an_audit_names_what_a_wrong_rule_has_broken(world: World) {
    let cast = world.cast().await;
    world.audits_clean().await;
    let banned_in_a_seat = vec![RoomChange::Ban { user_id: cast.bo.id.clone(), at: world.now() }];
    decides(&world, &cast, &cast.ana, banned_in_a_seat).await.expect("the store cannot know better");
    let violations = world.stores().store.audit().await.expect("the audit runs");
    assert!(!violations.is_empty(), "a banned member sits there");
    cast.ana.removes(&cast.bo, cast.room).await.expect("Ana owns the room");
    world.audits_clean().await;

    let said_but_not_done = vec![joined(&world, &cast, &cast.di, 5)];
    decides(&world, &cast, &cast.di, said_but_not_done).await.expect("the store cannot know better");
    let violations = world.stores().store.audit().await.expect("the audit runs");
    assert!(!violations.is_empty(), "the log tells of a seat that nobody holds");
}

pub async fn a_rule_that_panics_harms_nobody_else(world: World) {
    let cast = world.cast().await;
    let before = Snapshot::of(&world, &cast.everyone(), &[cast.room]).await;
    let panicking = tokio::spawn({
        let (world, cast) = (world.clone(), cast.clone());
        async move {
            let scope = RoomScope::new(cast.room, cast.ana.id.clone());
            let decide = Box::new(|_: &_| panic!("a rule that panics on purpose"));
            world.stores().rooms.change(scope, decide).await.map(|_| ())
        }
    });
    assert!(!matches!(panicking.await, Ok(Ok(()))), "nothing was decided");
    assert_eq!(Snapshot::of(&world, &cast.everyone(), &[cast.room]).await, before);
    cast.bo.says(cast.room, "still here").await;
    world.audits_clean().await;
}
