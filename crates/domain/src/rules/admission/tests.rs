use super::*;
use crate::facts::Holdings;
use crate::rules::cast::*;
use crate::{Prime, Quota, RoomRevision, SEATS, Seat, SeatNumber, Seq};

const PAYMENT: TransferId = TransferId(uuid::Uuid::from_u128(9));

fn right_password() -> Credential {
    Credential::Password { fits: room().password_hash, renewed: None }
}

fn joins(facts: &RoomFacts) -> Verdict<RoomChange> {
    join(facts, &right_password(), PAYMENT, NOW)
}

fn joins_by_token(facts: &RoomFacts) -> Verdict<RoomChange> {
    join(facts, &Credential::Invitation, PAYMENT, NOW)
}

/// Di, who has used up her free join and has so many coins.
fn di_with(amount: i64) -> RoomFacts {
    let mut facts = wanted_by(DI);
    facts.actor.free_join_used = true;
    facts.actor.avail_coins = coins(amount);
    facts
}

fn di_invited() -> RoomFacts {
    let mut facts = wanted_by(DI);
    facts.actor.prime = Prime::Always;
    facts.invitation = Some(invitation_for(DI));
    facts
}

/// On which terms a seat is taken, and at what price.
fn terms_of(verdict: Verdict<RoomChange>) -> (JoinedAs, i64) {
    let changes = verdict.expect("a seat is taken");
    match &changes[0] {
        RoomChange::TakeSeat { joined_as, fee, .. } => (*joined_as, fee.get()),
        other => panic!("no seat is taken: {other:?}"),
    }
}

#[test]
fn a_prime_member_creates_a_room_and_holds_its_first_seat() {
    let room = Room { head_seq: Seq::ZERO, ..room() };
    let changes = create_room(&person(ANA), &room, NOW).expect("Ana is a prime member");
    let joined = Event {
        room_id: ROOM,
        seq: Seq(1),
        actor: user(ANA),
        at: NOW,
        kind: EventKind::MemberJoined { user_id: user(ANA) },
    };
    assert_eq!(
        changes,
        [
            RoomChange::Open(room),
            RoomChange::TakeSeat {
                user_id: user(ANA),
                number: SeatNumber::ALL[0],
                joined_as: JoinedAs::Creator,
                fee: Coins::ZERO,
                read_seq: Seq(1),
                at: NOW,
            },
            RoomChange::Append(joined),
        ]
    );
}

#[test]
fn a_room_begins_open_and_empty() {
    let new = Room::new(ROOM, room().epoch, room().name, user(ANA), hash("the room's"), NOW);
    assert_eq!((new.locked, new.created_at, new.closed_at, new.head_seq), (false, NOW, None, Seq::ZERO));
}

#[test]
fn a_free_member_creates_no_room() {
    assert_eq!(create_room(&person(BO), &room(), NOW), Err(Denial::PrimeRequired));
}

#[test]
fn a_lapsed_prime_member_creates_no_room() {
    let until = |end| Person { prime: Prime::Until(end), ..person(ANA) };
    assert!(create_room(&until(at(1)), &room(), NOW).is_ok());
    assert_eq!(create_room(&until(NOW), &room(), NOW), Err(Denial::PrimeRequired));
}

/// Di, who holds so much of what quotas bind.
fn di_holding(rooms_owned: usize, rooms_sat_in: usize) -> RoomFacts {
    let mut facts = wanted_by(DI);
    facts.actor.holdings = Holdings { rooms_owned, rooms_sat_in };
    facts
}

fn exceeded(quota: Quota, limit: usize) -> Denial {
    Denial::QuotaExceeded { quota, limit }
}

#[test]
fn an_account_owns_100_rooms_and_sits_in_500() {
    let creates = |rooms_owned, rooms_sat_in| {
        let holdings = Holdings { rooms_owned, rooms_sat_in };
        create_room(&Person { holdings, ..person(ANA) }, &room(), NOW).map(|_| ())
    };
    assert_eq!(creates(99, 499), Ok(()));
    assert_eq!(creates(100, 100), Err(exceeded(Quota::RoomsOwned, 100)));
    assert_eq!(creates(1, 500), Err(exceeded(Quota::RoomsSatIn, 500)));
    assert!(joins(&di_holding(0, 499)).is_ok());
    assert!(joins(&di_holding(100, 499)).is_ok());
    assert_eq!(joins(&di_holding(0, 500)), Err(exceeded(Quota::RoomsSatIn, 500)));
}

#[test]
fn the_quota_comes_after_the_lock_and_before_the_coins() {
    let mut facts = di_holding(0, 500);
    facts.actor.free_join_used = true;
    assert_eq!(joins(&facts), Err(exceeded(Quota::RoomsSatIn, 500)));
    facts.room.locked = true;
    assert_eq!(joins(&facts), Err(Denial::RoomLocked));
    let mut seated = wanted_by(BO);
    seated.actor.holdings.rooms_sat_in = 500;
    assert_eq!(joins(&seated), Ok(Vec::new()), "who sits there takes no further seat");
}

#[test]
fn the_first_room_of_a_free_member_is_free_and_uses_up_the_free_join() {
    let changes = joins(&wanted_by(DI)).expect("Di has her free join");
    assert_eq!(
        changes,
        [
            RoomChange::TakeSeat {
                user_id: user(DI),
                number: SeatNumber::ALL[3],
                joined_as: JoinedAs::Free,
                fee: Coins::ZERO,
                read_seq: Seq(5),
                at: NOW,
            },
            RoomChange::UseFreeJoin { user_id: user(DI) },
            RoomChange::Append(Event {
                room_id: ROOM,
                seq: Seq(5),
                actor: user(DI),
                at: NOW,
                kind: EventKind::MemberJoined { user_id: user(DI) },
            }),
        ]
    );
}

#[test]
fn a_further_room_costs_150_coins_which_go_to_the_house() {
    let changes = joins(&di_with(150)).expect("150 coins are enough");
    assert_eq!(terms_of(Ok(changes.clone())), (JoinedAs::Paid, 150));
    assert_eq!(
        changes[1],
        RoomChange::Transfer(Transfer {
            id: PAYMENT,
            from: CoinAccount::Member(user(DI)),
            to: CoinAccount::House,
            amount: coins(150),
            reason: TransferReason::JoinFee,
            room_id: Some(ROOM),
            at: NOW,
        })
    );
    assert_eq!(changes.len(), 3);
}

#[test]
fn too_few_coins_are_refused_with_the_numbers() {
    for (available, shortfall) in [(149, 1), (1, 149), (0, 150)] {
        assert_eq!(
            joins(&di_with(available)),
            Err(Denial::InsufficientCoins {
                required: coins(150),
                available: coins(available),
                shortfall: coins(shortfall),
            })
        );
    }
}

#[test]
fn a_prime_member_joins_free_and_uses_up_nothing() {
    let mut facts = di_with(1_000);
    facts.actor.prime = Prime::Until(at(1));
    let changes = joins(&facts).expect("prime members join free");
    assert_eq!(terms_of(Ok(changes.clone())), (JoinedAs::Prime, 0));
    assert_eq!(changes.len(), 2, "a seat and an event");
    facts.actor.free_join_used = false;
    assert_eq!(joins(&facts).expect("prime members join free").len(), 2);
}

#[test]
fn a_lapsed_prime_member_joins_as_a_free_one() {
    let mut facts = di_with(150);
    facts.actor.prime = Prime::Until(NOW);
    assert_eq!(terms_of(joins(&facts)), (JoinedAs::Paid, 150));
    facts.actor.free_join_used = false;
    assert_eq!(terms_of(joins(&facts)), (JoinedAs::Free, 0));
}

#[test]
fn coming_back_is_free_on_the_terms_of_the_last_time() {
    for joined_as in [JoinedAs::Prime, JoinedAs::Free, JoinedAs::Paid] {
        let mut facts = di_with(0);
        facts.actor.history = Some(joined_as);
        let changes = joins(&facts).expect("Di was there before");
        assert_eq!(terms_of(Ok(changes.clone())), (joined_as, 0));
        assert_eq!(changes.len(), 2, "a seat and an event");
    }
}

#[test]
fn having_made_a_room_is_not_having_joined_it() {
    let mut facts = di_with(150);
    facts.actor.history = Some(JoinedAs::Creator);
    assert_eq!(terms_of(joins(&facts)), (JoinedAs::Paid, 150));
    facts.actor.free_join_used = false;
    assert_eq!(terms_of(joins(&facts)), (JoinedAs::Free, 0));
    facts.actor.prime = Prime::Always;
    assert_eq!(terms_of(joins(&facts)), (JoinedAs::Prime, 0));
}

#[test]
fn coming_back_takes_a_seat_that_is_free() {
    let mut facts = wanted_by(BO);
    vacate(&mut facts, BO);
    facts.seats.push(seat(2, "guest"));
    fill(&mut facts);
    assert_eq!(joins(&facts), Err(Denial::RoomFull));
}

#[test]
fn the_lowest_free_seat_is_taken() {
    for free in 1..=SEATS {
        let mut facts = wanted_by(DI);
        facts.seats = (1..=SEATS).filter(|n| *n != free).map(|n| seat(n, &format!("guest-{n}"))).collect();
        let changes = joins(&facts).expect("a seat is free");
        assert!(
            matches!(changes[0], RoomChange::TakeSeat { number, .. } if number == SeatNumber::ALL[free - 1])
        );
    }
}

#[test]
fn an_outdated_hash_is_renewed_by_taking_a_seat_alone() {
    let credential = Credential::Password { fits: room().password_hash, renewed: Some(hash("renewed")) };
    let changes = join(&wanted_by(DI), &credential, PAYMENT, NOW).expect("the password fits");
    assert!(changes.contains(&RoomChange::Revise(RoomRevision::of_password(hash("renewed")))));
    assert_eq!(join(&wanted_by(BO), &credential, PAYMENT, NOW), Ok(Vec::new()));
    let events = changes.iter().filter(|change| matches!(change, RoomChange::Append(_)));
    assert_eq!(events.count(), 1, "the password is what it was");
}

#[test]
fn a_seventh_member_is_refused_whatever_they_present() {
    let mut by_password = di_with(1_000);
    fill(&mut by_password);
    assert_eq!(joins(&by_password), Err(Denial::RoomFull));
    let mut by_token = di_invited();
    fill(&mut by_token);
    assert_eq!(joins_by_token(&by_token), Err(Denial::RoomFull));
}

#[test]
fn a_password_that_was_right_before_it_was_changed_is_wrong() {
    let old = Credential::Password { fits: hash("the room's old one"), renewed: None };
    assert_eq!(join(&wanted_by(DI), &old, PAYMENT, NOW), Err(Denial::WrongRoomPassword));
    assert_eq!(join(&wanted_by(BO), &old, PAYMENT, NOW), Err(Denial::WrongRoomPassword));
}

#[test]
fn a_locked_room_takes_nobody_in() {
    let mut facts = di_invited();
    facts.room.locked = true;
    assert_eq!(joins(&facts), Err(Denial::RoomLocked));
    assert_eq!(joins_by_token(&facts), Err(Denial::RoomLocked));
    facts.actor.history = Some(JoinedAs::Free);
    assert_eq!(joins(&facts), Err(Denial::RoomLocked), "not even former members");
}

#[test]
fn an_invitation_replaces_the_password_and_is_used_up() {
    let changes = joins_by_token(&di_invited()).expect("Di is invited");
    let used = RoomChange::UseInvitation { id: invitation_for(DI).id, at: NOW };
    assert!(changes.contains(&used));
    assert_eq!(terms_of(Ok(changes)), (JoinedAs::Prime, 0));
}

#[test]
fn a_join_by_password_leaves_the_invitation_alone() {
    let changes = joins(&di_invited()).expect("the password fits");
    assert!(!changes.iter().any(|change| matches!(change, RoomChange::UseInvitation { .. })));
}

#[test]
fn an_invitee_whose_prime_has_lapsed_joins_on_the_terms_of_a_free_member() {
    let mut facts = di_with(150);
    facts.invitation = Some(invitation_for(DI));
    assert_eq!(terms_of(joins_by_token(&facts)), (JoinedAs::Paid, 150));
}

#[test]
fn a_token_is_worth_nothing_in_other_hands() {
    for spoil in [
        |_: &mut RoomFacts| {},
        |facts: &mut RoomFacts| facts.invitation = None,
        fill,
        shut,
        |facts: &mut RoomFacts| facts.actor.banned = true,
        |facts: &mut RoomFacts| facts.room.locked = true,
        |facts: &mut RoomFacts| {
            facts.invitation = Some(Invitation { used_at: Some(at(-1)), ..invitation_for(CY) });
        },
        |facts: &mut RoomFacts| {
            facts.invitation = Some(Invitation { revoked_at: Some(at(-1)), ..invitation_for(CY) });
        },
        |facts: &mut RoomFacts| {
            facts.invitation = Some(Invitation { expires_at: at(-1), ..invitation_for(CY) });
        },
    ] {
        for actor in [DI, BO] {
            let mut facts = wanted_by(actor);
            facts.invitation = Some(invitation_for(CY));
            spoil(&mut facts);
            assert_eq!(joins_by_token(&facts), Err(Denial::InvitationInvalid), "as if it never existed");
        }
    }
}

#[test]
fn an_invitation_that_is_no_longer_open_says_why() {
    let invited = |change: fn(&mut Invitation)| {
        let mut facts = di_invited();
        change(facts.invitation.as_mut().expect("Di is invited"));
        joins_by_token(&facts)
    };
    assert_eq!(invited(|it| it.used_at = Some(at(-1))), Err(Denial::InvitationUsed));
    assert_eq!(invited(|it| it.revoked_at = Some(at(-1))), Err(Denial::InvitationRevoked));
    assert_eq!(invited(|it| it.expires_at = at(-1)), Err(Denial::InvitationExpired));
    assert_eq!(invited(|it| it.expires_at = NOW), Err(Denial::InvitationExpired));
    assert!(invited(|it| it.expires_at = at(1)).is_ok());
}

#[test]
fn a_used_invitation_still_answers_whoever_sits_there_with_it() {
    let mut facts = wanted_by(BO);
    facts.invitation = Some(Invitation { used_at: Some(at(-1)), expires_at: NOW, ..invitation_for(BO) });
    assert_eq!(joins_by_token(&facts), Ok(Vec::new()));
    vacate(&mut facts, BO);
    assert_eq!(joins_by_token(&facts), Err(Denial::InvitationUsed));
}

#[test]
fn whoever_sits_there_changes_nothing_and_gets_the_same_receipt() {
    let before = di_with(500);
    let changes = joins(&before).expect("Di pays");
    let first = receipt(&before, &changes);
    assert_eq!(
        first,
        Receipt { room_id: ROOM, fee: coins(150), avail_coins: coins(350), already_member: false }
    );

    let mut after = di_with(350);
    after.actor.history = Some(JoinedAs::Paid);
    after.seats.push(Seat { fee: coins(150), ..seat(4, DI) });
    assert_eq!(joins(&after), Ok(Vec::new()));
    assert_eq!(receipt(&after, &[]), Receipt { already_member: true, ..first });
}

#[test]
fn a_receipt_for_a_free_seat_takes_no_coins() {
    let mut facts = wanted_by(DI);
    facts.actor.avail_coins = coins(20);
    let changes = joins(&facts).expect("Di has her free join");
    let expected = Receipt { room_id: ROOM, fee: Coins::ZERO, avail_coins: coins(20), already_member: false };
    assert_eq!(receipt(&facts, &changes), expected);
}

/// A reason to refuse a join or, for a seat held already, to answer it without a change.
struct Reason {
    name: &'static str,
    applies: fn(&mut RoomFacts),
    verdict: Verdict<RoomChange>,
}

/// In the order in which they are told. `wrong credential` differs with the way in.
fn reasons(wrong_credential: Denial, spoil_the_credential: fn(&mut RoomFacts)) -> Vec<Reason> {
    let reason = |name, applies, verdict| Reason { name, applies, verdict };
    let broke =
        Denial::InsufficientCoins { required: coins(150), available: coins(0), shortfall: coins(150) };
    vec![
        reason("closed", |facts| facts.room.closed_at = Some(at(-1)), Err(Denial::RoomClosed)),
        reason("wrong credential", spoil_the_credential, Err(wrong_credential)),
        reason("banned", |facts| facts.actor.banned = true, Err(Denial::Banned)),
        reason("seated", |facts| facts.seats.push(seat(4, DI)), Ok(Vec::new())),
        reason("full", fill, Err(Denial::RoomFull)),
        reason("locked", |facts| facts.room.locked = true, Err(Denial::RoomLocked)),
        reason(
            "without coins",
            |facts| {
                facts.actor.prime = Prime::No;
                facts.actor.free_join_used = true;
            },
            Err(broke),
        ),
    ]
}

fn the_first_of_two_reasons_is_told(credential: &Credential, reasons: &[Reason]) {
    for (place, first) in reasons.iter().enumerate() {
        for second in &reasons[place..] {
            let mut facts = di_invited();
            (first.applies)(&mut facts);
            (second.applies)(&mut facts);
            assert_eq!(
                join(&facts, credential, PAYMENT, NOW),
                first.verdict,
                "{} and {}, with {credential:?}",
                first.name,
                second.name
            );
        }
    }
}

#[test]
fn of_two_reasons_against_a_password_the_first_is_told() {
    let changed: fn(&mut RoomFacts) = |facts| facts.room.password_hash = hash("another");
    the_first_of_two_reasons_is_told(&right_password(), &reasons(Denial::WrongRoomPassword, changed));
}

#[test]
fn of_two_reasons_against_a_token_the_first_is_told() {
    let revoked: fn(&mut RoomFacts) = |facts| {
        facts.invitation = Some(Invitation { revoked_at: Some(at(-1)), ..invitation_for(DI) });
    };
    the_first_of_two_reasons_is_told(&Credential::Invitation, &reasons(Denial::InvitationRevoked, revoked));
}
