//! Whatever happens in whatever order, the promises about seats, coins and logs hold. A small model
//! of a store applies what the real rules decide.

mod model;

use domain::rules::admission::{self, Credential};
use domain::rules::{accounts, invitations, membership, ownership};
use domain::{Denial, JoinedAs, PasswordHash, Prime, Receipt, RoomRevision, SEATS};
use model::{GUESTS, Model, PEOPLE, ROOMS};
use proptest::prelude::*;

/// Something that somebody tries; the rules may well refuse it.
#[derive(Debug, Clone)]
enum Step {
    Create { creator: usize },
    Join { actor: usize, room: usize, fits: bool },
    JoinByToken { actor: usize, invitation: usize },
    Invite { invitee: usize, room: usize },
    Revoke { room: usize, invitation: usize },
    Leave { actor: usize, room: usize },
    Remove { actor: usize, target: usize, room: usize },
    Ban { actor: usize, target: usize, room: usize },
    LiftBan { target: usize, room: usize },
    Lock { room: usize, locked: bool },
    HandOver { heir: usize, room: usize },
    ChangePassword { room: usize },
    Close { room: usize },
    Grant { to: usize, amount: i64, key: usize },
    SetPrime { to: usize, prime: Prime },
    Wait { millis: i64 },
}

fn prime() -> impl Strategy<Value = Prime> {
    prop_oneof![
        Just(Prime::No),
        Just(Prime::Always),
        (0..2_000_i64).prop_map(|end| Prime::Until(domain::Timestamp::from_millis(end))),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let (person, room, invitation) = (0..PEOPLE, 0..ROOMS, 0..6_usize);
    prop_oneof![
        2 => (person.clone()).prop_map(|creator| Step::Create { creator }),
        12 => (person.clone(), room.clone(), prop::bool::weighted(0.9))
            .prop_map(|(actor, room, fits)| Step::Join { actor, room, fits }),
        4 => (person.clone(), invitation.clone())
            .prop_map(|(actor, invitation)| Step::JoinByToken { actor, invitation }),
        3 => (person.clone(), room.clone()).prop_map(|(invitee, room)| Step::Invite { invitee, room }),
        1 => (room.clone(), invitation).prop_map(|(room, invitation)| Step::Revoke { room, invitation }),
        4 => (person.clone(), room.clone()).prop_map(|(actor, room)| Step::Leave { actor, room }),
        2 => (person.clone(), person.clone(), room.clone())
            .prop_map(|(actor, target, room)| Step::Remove { actor, target, room }),
        2 => (person.clone(), person.clone(), room.clone())
            .prop_map(|(actor, target, room)| Step::Ban { actor, target, room }),
        1 => (person.clone(), room.clone()).prop_map(|(target, room)| Step::LiftBan { target, room }),
        1 => (room.clone(), any::<bool>()).prop_map(|(room, locked)| Step::Lock { room, locked }),
        1 => (person.clone(), room.clone()).prop_map(|(heir, room)| Step::HandOver { heir, room }),
        1 => room.clone().prop_map(|room| Step::ChangePassword { room }),
        1 => room.prop_map(|room| Step::Close { room }),
        4 => (person.clone(), 0..400_i64, 0..4_usize)
            .prop_map(|(to, amount, key)| Step::Grant { to, amount, key }),
        3 => (person, prime()).prop_map(|(to, prime)| Step::SetPrime { to, prime }),
        2 => (0..300_i64).prop_map(|millis| Step::Wait { millis }),
    ]
}

fn joins(model: &mut Model, actor: usize, room: usize, fits: bool) -> Result<Receipt, Denial> {
    let old = PasswordHash::new("the hash of an older password".to_owned());
    let credential =
        Credential::Password { fits: if fits { model.password_of(room) } else { old }, renewed: None };
    joins_with(model, actor, room, None, &credential)
}

fn joins_with(
    model: &mut Model,
    actor: usize,
    room: usize,
    invitation: Option<usize>,
    credential: &Credential,
) -> Result<Receipt, Denial> {
    let facts = model.room_facts(room, actor, None, invitation);
    let changes = admission::join(&facts, credential, model.transfer_id(), model.now())?;
    let receipt = admission::receipt(&facts, &changes);
    model.apply_to_room(room, &changes);
    Ok(receipt)
}

/// Tries a step. What the rules allow is applied.
fn tries(model: &mut Model, step: &Step) -> Result<(), Denial> {
    let now = model.now();
    match *step {
        Step::Create { creator } => model.creates(creator),
        Step::Join { actor, room, fits } => model.has(room, |it| joins(it, actor, room, fits).map(|_| ())),
        Step::JoinByToken { actor, invitation } => match model.room_invited_to(invitation) {
            Some(room) => {
                joins_with(model, actor, room, Some(invitation), &Credential::Invitation).map(|_| ())
            }
            None => Err(Denial::InvitationInvalid),
        },
        Step::Invite { invitee, room } => model.has(room, |it| {
            let new = it.new_invitation(room, invitee);
            it.as_owner(room, Some(invitee), None, |facts| invitations::invite(facts, &new, now))
        }),
        Step::Revoke { room, invitation } => model.has(room, |it| {
            it.as_owner(room, None, Some(invitation), |facts| invitations::revoke(facts, now))
        }),
        Step::Leave { actor, room } => {
            model.has(room, |it| it.change(room, actor, None, |facts| membership::leave(facts, now)))
        }
        Step::Remove { actor, target, room } => model.has(room, |it| {
            it.change(room, actor, Some(target), |facts| ownership::remove_member(facts, now))
        }),
        Step::Ban { actor, target, room } => {
            model.has(room, |it| it.change(room, actor, Some(target), |facts| ownership::ban(facts, now)))
        }
        Step::LiftBan { target, room } => {
            model.has(room, |it| it.as_owner(room, Some(target), None, ownership::lift_ban))
        }
        Step::Lock { room, locked } => model.has(room, |it| {
            let wanted = RoomRevision { locked: Some(locked), ..Default::default() };
            it.as_owner(room, None, None, |facts| ownership::revise(facts, &wanted, now))
        }),
        Step::HandOver { heir, room } => model.has(room, |it| {
            let wanted = RoomRevision { owner_id: Some(model::person(heir)), ..Default::default() };
            it.as_owner(room, Some(heir), None, |facts| ownership::revise(facts, &wanted, now))
        }),
        Step::ChangePassword { room } => model.has(room, |it| {
            let password = Some(PasswordHash::new(format!("set at {}", now.as_millis())));
            let wanted = RoomRevision { password, ..Default::default() };
            it.as_owner(room, None, None, |facts| ownership::revise(facts, &wanted, now))
        }),
        Step::Close { room } => {
            model.has(room, |it| it.as_owner(room, None, None, |facts| ownership::close(facts, now)))
        }
        Step::Grant { to, amount, key } => model.grants(to, amount, key),
        Step::SetPrime { to, prime } => {
            let deed = model.deed();
            model.change_account(to, None, |facts| accounts::set_prime(facts, prime, &deed))
        }
        Step::Wait { millis } => {
            model.wait(millis);
            Ok(())
        }
    }
}

/// A world in which the first two own a room, or two.
fn world() -> Model {
    let mut model = Model::new();
    for creator in [0, 1, 1] {
        model.creates(creator).expect("a prime member creates a room");
    }
    model
}

/// Whatever the rules ever promise.
fn all_promises_hold(model: &Model) -> Result<(), TestCaseError> {
    for room in model.rooms() {
        prop_assert!(room.seats.len() <= SEATS, "a seventh seat");
        let mut numbers: Vec<_> = room.seats.iter().map(|seat| seat.number).collect();
        numbers.sort();
        numbers.dedup();
        prop_assert_eq!(numbers.len(), room.seats.len(), "two hold one seat");
        prop_assert!(room.seats.iter().all(|seat| !room.banned.contains(&seat.user_id)), "a banned member");
        if room.room.closed_at.is_some() {
            prop_assert!(room.seats.is_empty(), "somebody sits in a closed room");
        } else {
            prop_assert!(room.seats.iter().any(|seat| seat.user_id == room.room.owner_id), "no owner inside");
        }
        let seqs: Vec<_> = room.log.iter().map(|event| event.seq.0).collect();
        prop_assert!(seqs.iter().copied().eq(1..=room.room.head_seq.0), "a gap in the log: {:?}", seqs);
    }
    prop_assert_eq!(model.sum_of_all_coin_accounts(), 0, "coins were made or lost");
    for (place, account) in model.accounts().iter().enumerate() {
        prop_assert!(account.avail_coins.get() >= 0);
        prop_assert_eq!(account.avail_coins.get(), model.sum_of_transfers(place), "of {:?}", account.user_id);
        let free_joins = model.histories(place).filter(|terms| *terms == JoinedAs::Free).count();
        prop_assert!(free_joins <= 1, "{:?} joined free {} times", account.user_id, free_joins);
        prop_assert_eq!(account.free_join_used, model.free_joins(place) == 1);
        prop_assert!(model.free_joins(place) <= 1);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_steps_keeps_all_promises(steps in prop::collection::vec(step(), 1..120)) {
        let mut model = world();
        for step in &steps {
            let before = model.clone();
            if tries(&mut model, step).is_err() {
                prop_assert_eq!(&model, &before, "a refusal changed something");
            }
            all_promises_hold(&model)?;
        }
    }

    #[test]
    fn a_join_retried_at_once_gets_the_same_receipt_and_is_charged_once(
        steps in prop::collection::vec(step(), 1..80),
        actor in 0..PEOPLE,
        room in 0..3_usize,
    ) {
        let mut model = world();
        for step in &steps {
            let _refused_or_not = tries(&mut model, step);
        }
        let before = model.balance(actor);
        let first = joins(&mut model, actor, room, true);
        let after_the_first = model.clone();
        for _ in 0..3 {
            let again = joins(&mut model, actor, room, true);
            prop_assert_eq!(&model, &after_the_first, "a retry changed something");
            match (&first, again) {
                (Ok(first), Ok(again)) => {
                    prop_assert_eq!(again, Receipt { already_member: true, ..first.clone() });
                }
                (Err(first), Err(again)) => prop_assert_eq!(&again, first),
                (first, again) => prop_assert!(false, "first {:?}, then {:?}", first, again),
            }
        }
        let paid = match &first {
            Ok(receipt) if !receipt.already_member => receipt.fee.get(),
            _ => 0,
        };
        prop_assert_eq!(before - model.balance(actor), paid);
    }

    #[test]
    fn of_any_crowd_only_as_many_get_in_as_seats_are_free(
        order in Just((1..GUESTS).collect::<Vec<_>>()).prop_shuffle(),
        leavers in prop::collection::vec(1..GUESTS, 0..10),
    ) {
        let mut model = Model::new();
        model.creates(0).expect("a prime member creates a room");
        let now = model.now();
        let welcomed = order.iter().filter(|guest| joins(&mut model, **guest, 0, true).is_ok()).count();
        prop_assert_eq!(welcomed, SEATS - 1);
        for leaver in &leavers {
            let _refused_or_not = model.change(0, *leaver, None, |facts| membership::leave(facts, now));
        }
        let free = SEATS - model.rooms()[0].seats.len();
        let seated = |model: &Model, guest: usize| {
            model.rooms()[0].seats.iter().any(|seat| seat.user_id == model::person(guest))
        };
        let outside: Vec<_> = order.into_iter().filter(|guest| !seated(&model, *guest)).collect();
        let welcomed = outside.iter().filter(|guest| joins(&mut model, **guest, 0, true).is_ok()).count();
        prop_assert_eq!(welcomed, free, "each seat given up is good for one");
        all_promises_hold(&model)?;
    }
}
