use std::time::Duration;

use domain::ports::Purpose::{KnownDevice, SignIn};
use uuid::Uuid;

use super::*;

const DAY: Duration = Duration::from_hours(24);
const WRONG: Result<(), Refusal> = Err(Refusal::Denied(Denial::InvalidCredentials));
const WRONG_FOR_ROOM: Result<(), Refusal> = Err(Refusal::Denied(Denial::WrongRoomPassword));

fn guesses() -> Guesses {
    Guesses::new(Some(&Allowances::default()))
}

fn network(number: u32) -> Network {
    Network::of(number.to_be_bytes().into())
}

fn user(id: &str) -> UserId {
    id.parse().expect("a user id")
}

fn device(id: &str) -> DeviceId {
    id.parse().expect("a device id")
}

fn room(number: u128) -> RoomId {
    RoomId(Uuid::from_u128(number))
}

/// Tries to sign in as Ana, and answers whether that was allowed.
fn tries(
    guesses: &Guesses,
    from: u32,
    purpose: Purpose,
    outcome: &Result<(), Refusal>,
    now: Instant,
) -> bool {
    let by = Requester { network: network(from), account: user("ana"), purpose };
    let attempt = guesses.sign_in(&by, &device("phone"), now);
    attempt.map(|attempt| guesses.settle(attempt, outcome, now)).is_ok()
}

/// Tries a password for a room, and answers whether that was allowed.
fn tries_room(
    guesses: &Guesses,
    (from, by, number): (u32, u32, u128),
    outcome: &Result<(), Refusal>,
    now: Instant,
) -> bool {
    let attempt = guesses.room(room(number), &user(&format!("guesser{by}")), network(from), now);
    attempt.map(|attempt| guesses.settle(attempt, outcome, now)).is_ok()
}

/// How many wrong passwords somebody gets to try who tries whenever they are allowed to.
fn in_a_day(now: Instant, mut attempt: impl FnMut(Instant) -> Result<(), Duration>) -> u32 {
    let (mut at, mut tried) = (now, 0);
    while at < now + DAY {
        match attempt(at) {
            Ok(()) => tried += 1,
            Err(wait) => at += wait,
        }
    }
    tried
}

#[test]
fn strangers_who_fail_lock_out_their_own_network_alone() {
    let (guesses, now) = (guesses(), Instant::now());
    while tries(&guesses, 1, SignIn, &WRONG, now) {}
    assert!(!tries(&guesses, 1, SignIn, &Ok(()), now), "nobody there, with whichever password");
    assert!(tries(&guesses, 2, SignIn, &Ok(()), now));
}

#[test]
fn a_network_that_has_not_guessed_is_not_refused_however_many_others_guess() {
    let (guesses, now) = (guesses(), Instant::now());
    for stranger in 1..1_000 {
        while tries(&guesses, stranger, SignIn, &WRONG, now) {}
    }
    assert!(tries(&guesses, 2_000, SignIn, &Ok(()), now));
}

#[test]
fn while_many_networks_guess_each_has_little_left() {
    let (guesses, now) = (guesses(), Instant::now());
    for stranger in 1..1_000 {
        while tries(&guesses, stranger, SignIn, &WRONG, now) {}
    }
    let left = (0..100).take_while(|_| tries(&guesses, 2_000, SignIn, &WRONG, now)).count();
    assert_eq!(left, Allowances::default().passwords_under_attack.at_once.get() as usize);
}

#[test]
fn a_network_has_guessed_until_its_allowance_is_whole_again() {
    let (guesses, now) = (guesses(), Instant::now());
    assert!(tries(&guesses, 1, SignIn, &Ok(()), now));
    assert!(!guesses.has_guessed(network(1), now));
    assert!(tries(&guesses, 1, SignIn, &WRONG, now));
    assert!(guesses.has_guessed(network(1), now) && !guesses.has_guessed(network(2), now));
    assert!(!guesses.has_guessed(network(1), now + Allowances::default().passwords_by_network.one_more_per));
}

#[test]
fn many_accounts_do_not_give_a_network_many_guesses() {
    let (guesses, now) = (guesses(), Instant::now());
    let tried = (0..10_000).filter(|number| {
        let by = Requester { network: network(1), account: user(&format!("a{number:05}")), purpose: SignIn };
        let attempt = guesses.sign_in(&by, &device("phone"), now);
        attempt.map(|attempt| guesses.settle(attempt, &WRONG, now)).is_ok()
    });
    assert_eq!(tried.count(), Allowances::default().passwords_by_network.at_once.get() as usize);
}

#[test]
fn a_device_that_is_signed_in_has_an_allowance_that_no_stranger_can_use_up() {
    let (guesses, now) = (guesses(), Instant::now());
    while tries(&guesses, 1, SignIn, &WRONG, now) {}
    assert!(tries(&guesses, 1, KnownDevice, &Ok(()), now), "even in the network of those who guess");
    while tries(&guesses, 1, KnownDevice, &WRONG, now) {}
    assert!(tries(&guesses, 2, SignIn, &Ok(()), now), "who knows the device's id locks out nobody else");
}

#[test]
fn a_right_password_uses_up_nothing() {
    let (guesses, now) = (guesses(), Instant::now());
    for _ in 0..1_000 {
        assert!(tries(&guesses, 1, SignIn, &Ok(()), now));
        assert!(tries(&guesses, 1, SignIn, &Err(Refusal::Unavailable("busy".into())), now));
        assert!(tries_room(&guesses, (1, 1, 1), &Ok(()), now));
    }
}

#[test]
fn guesses_that_are_under_way_count_already() {
    let (guesses, now) = (guesses(), Instant::now());
    let by = Requester { network: network(1), account: user("ana"), purpose: SignIn };
    let under_way =
        (0..1_000).map_while(|_| guesses.sign_in(&by, &device("phone"), now).ok()).collect::<Vec<_>>();
    assert_eq!(under_way.len(), Allowances::default().passwords.at_once.get() as usize);
}

#[test]
fn a_session_has_an_allowance_of_its_own() {
    let (guesses, now) = (guesses(), Instant::now());
    let [one, other] = [1, 2].map(|number| SessionId(Uuid::from_u128(number)));
    while guesses.confirmation(one, now).map(|attempt| guesses.settle(attempt, &WRONG, now)).is_ok() {}
    while tries(&guesses, 1, SignIn, &WRONG, now) {}
    assert!(guesses.confirmation(other, now).is_ok());
}

#[test]
fn ten_thousand_passwords_of_a_room_take_one_network_more_than_ten_days() {
    let (guesses, start) = (guesses(), Instant::now());
    let mut account = 0;
    let a_day = in_a_day(start, |now| {
        // Accounts are free, so each guess has one of its own.
        account += 1;
        let attempt = guesses.room(room(1), &user(&format!("guesser{account}")), network(1), now);
        let attempt = attempt.map_err(|RetryAfter(wait)| wait)?;
        guesses.settle(attempt, &WRONG_FOR_ROOM, now);
        Ok(())
    });
    assert!(10 * a_day < 10_000, "{a_day} in a day");

    let Allowances { room_passwords: allowed, .. } = Allowances::default();
    let days = (allowed.one_more_per * (10_000 - allowed.at_once.get())).as_secs_f64() / DAY.as_secs_f64();
    assert!(days > 10.0, "{days} days");
}

#[test]
fn many_rooms_do_not_give_a_network_many_guesses() {
    let (guesses, now) = (guesses(), Instant::now());
    let tried =
        (0..10_000).filter(|number| tries_room(&guesses, (1, 1, *number), &WRONG_FOR_ROOM, now)).count();
    assert_eq!(tried, Allowances::default().room_passwords_by_network.at_once.get() as usize);
}

#[test]
fn nobody_can_keep_another_network_out_of_a_room() {
    let (guesses, now) = (guesses(), Instant::now());
    for stranger in 1..1_000 {
        while tries_room(&guesses, (stranger, stranger, 1), &WRONG_FOR_ROOM, now) {}
    }
    assert!(!tries_room(&guesses, (1, 2_000, 1), &Ok(()), now), "nobody there, with whichever account");
    assert!(tries_room(&guesses, (2_000, 2_000, 1), &Ok(()), now));
    assert!(tries_room(&guesses, (2_001, 2_001, 2), &Ok(()), now));
}

#[test]
fn a_refused_guess_takes_nothing_from_other_allowances() {
    let (guesses, now) = (guesses(), Instant::now());
    for _ in 0..1_000 {
        tries_room(&guesses, (1, 1, 1), &WRONG_FOR_ROOM, now);
    }
    assert!(
        tries_room(&guesses, (1, 1, 2), &WRONG_FOR_ROOM, now),
        "the network still has some for other rooms"
    );
}

#[test]
fn the_owner_is_to_be_told_after_many_wrong_passwords_for_that_room() {
    let (guesses, now) = (guesses(), Timestamp::from_millis(1_700_000_000_000));
    let told: Vec<_> = (0..30).filter_map(|_| guesses.wrong_room_password(room(1), now)).collect();
    assert_eq!(told, [domain::rules::guessing::MANY]);
    assert_eq!(guesses.wrong_room_password(room(2), now), None);
}
