//! How often passwords may be guessed: by whom, at what, and what is left to others meanwhile.
//!
//! A guess is taken from the allowances before the password is compared, so that a hundred at once are
//! a hundred, and given back if it was none: only wrong passwords count. A caller who vanishes without
//! waiting for the answer has guessed as well.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use domain::ports::{Purpose, Requester};
use domain::rules::guessing::RoomGuesses;
use domain::{Denial, DeviceId, Network, Refusal, RoomId, SessionId, Timestamp, UserId};

use crate::buckets::{Buckets, RetryAfter};
use crate::lock::lock;
use crate::rate_limits::Allowances;

/// The wrong passwords of as many rooms are counted at once, for their owners to be told.
const MOST_ROOMS: usize = 50_000;

/// The allowances of all who guess.
pub(crate) struct Guesses {
    passwords: Buckets<Guess>,
    passwords_by_network: Buckets<Guess>,
    passwords_overall: Buckets<Guess>,
    passwords_under_attack: Buckets<Guess>,
    confirmations: Buckets<Guess>,
    room_passwords: Buckets<Guess>,
    room_passwords_by_account: Buckets<Guess>,
    room_passwords_by_network: Buckets<Guess>,
    room_passwords_overall: Buckets<Guess>,
    room_passwords_under_attack: Buckets<Guess>,
    rooms: Mutex<HashMap<RoomId, RoomGuesses>>,
}

/// What a guess is counted as.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Guess {
    /// At an account's password, from a network.
    FromNetwork(UserId, Network),
    /// At any account's password, from a network.
    AnyFromNetwork(Network),
    /// At an account's password, on a device where it has a session.
    OnDevice(UserId, DeviceId),
    /// At an account's password, from anywhere.
    Overall(UserId),
    /// At an account's password, from a network, while too many guess from anywhere.
    UnderAttack(UserId, Network),
    /// At the account's own password, in a session.
    InSession(SessionId),
    /// At a room's password, from a network.
    RoomFromNetwork(RoomId, Network),
    /// At a room's password, by an account.
    RoomByAccount(RoomId, UserId),
    /// At any room's password, from a network.
    RoomsFromNetwork(Network),
    /// At a room's password, from anywhere.
    RoomOverall(RoomId),
    /// At a room's password, from a network, while too many guess from anywhere.
    RoomUnderAttack(RoomId, Network),
}

/// A password that may be tried. Once it is known whether it was right, it is to be
/// [settled](Guesses::settle).
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Attempt(Vec<Guess>);

impl Guesses {
    /// Nothing guessed yet. Without allowances anybody may guess as they like.
    pub(crate) fn new(allowances: Option<&Allowances>) -> Self {
        let of = |allowance: fn(&Allowances) -> crate::Allowance| Buckets::new(allowances.map(allowance));
        Self {
            passwords: of(|all| all.passwords),
            passwords_by_network: of(|all| all.passwords_by_network),
            passwords_overall: of(|all| all.passwords_overall),
            passwords_under_attack: of(|all| all.passwords_under_attack),
            confirmations: of(|all| all.confirmations),
            room_passwords: of(|all| all.room_passwords),
            room_passwords_by_account: of(|all| all.room_passwords_by_account),
            room_passwords_by_network: of(|all| all.room_passwords_by_network),
            room_passwords_overall: of(|all| all.room_passwords_overall),
            room_passwords_under_attack: of(|all| all.room_passwords_under_attack),
            rooms: Mutex::default(),
        }
    }

    /// Whether somebody in this network has lately tried to sign in with a wrong password.
    pub(crate) fn has_guessed(&self, network: Network, now: Instant) -> bool {
        !self.passwords_by_network.is_whole(&Guess::AnyFromNetwork(network), now)
    }

    /// A password presented to sign in.
    ///
    /// A device that has a session has an allowance that nobody else can use up. Anybody else is counted
    /// by network, and all together. When those are too many, each network has little left, so that
    /// guessing from many of them is slow too, but one that has not guessed is never refused.
    pub(crate) fn sign_in(
        &self,
        by: &Requester,
        device_id: &DeviceId,
        now: Instant,
    ) -> Result<Attempt, RetryAfter> {
        let (user_id, from) = (&by.account, by.network);
        if by.purpose == Purpose::KnownDevice {
            let attempt = self.take([Guess::OnDevice(user_id.clone(), device_id.clone())], now);
            if attempt.is_ok() {
                return attempt;
            }
        }
        let with = |last| [Guess::FromNetwork(user_id.clone(), from), Guess::AnyFromNetwork(from), last];
        self.take(with(Guess::Overall(user_id.clone())), now)
            .or_else(|_| self.take(with(Guess::UnderAttack(user_id.clone(), from)), now))
    }

    /// The account's own password presented in a session, which no stranger can reach.
    pub(crate) fn confirmation(&self, session_id: SessionId, now: Instant) -> Result<Attempt, RetryAfter> {
        self.take([Guess::InSession(session_id)], now)
    }

    /// A password presented for a room.
    pub(crate) fn room(
        &self,
        room_id: RoomId,
        user_id: &UserId,
        from: Network,
        now: Instant,
    ) -> Result<Attempt, RetryAfter> {
        let own = || {
            let by_account = Guess::RoomByAccount(room_id, user_id.clone());
            [Guess::RoomFromNetwork(room_id, from), by_account, Guess::RoomsFromNetwork(from)]
        };
        let with = |last| own().into_iter().chain([last]);
        self.take(with(Guess::RoomOverall(room_id)), now)
            .or_else(|_| self.take(with(Guess::RoomUnderAttack(room_id, from)), now))
    }

    /// Gives an attempt back that was no wrong guess, and answers whether it was one.
    pub(crate) fn settle<T>(&self, attempt: Attempt, outcome: &Result<T, Refusal>, now: Instant) -> bool {
        let is_wrong = matches!(
            outcome,
            Err(Refusal::Denied(
                Denial::InvalidCredentials | Denial::SecondFactorInvalid | Denial::WrongRoomPassword
            ))
        );
        if !is_wrong {
            self.give_back(attempt.0, now);
        }
        is_wrong
    }

    /// Remembers a wrong password for a room, and answers how many there were if its owner is to be told.
    pub(crate) fn wrong_room_password(&self, room_id: RoomId, now: Timestamp) -> Option<u32> {
        let mut rooms = lock(&self.rooms);
        if rooms.len() >= MOST_ROOMS && !rooms.contains_key(&room_id) {
            rooms.retain(|_, guesses| !guesses.are_over(now));
            if rooms.len() >= MOST_ROOMS {
                return None;
            }
        }
        rooms.entry(room_id).or_insert_with(|| RoomGuesses::none(now)).another(now)
    }

    /// Takes all of them or none.
    fn take(&self, guesses: impl IntoIterator<Item = Guess>, now: Instant) -> Result<Attempt, RetryAfter> {
        let mut taken = Vec::new();
        for guess in guesses {
            if let Err(wait) = self.bucket(&guess).take(&guess, now) {
                self.give_back(taken, now);
                return Err(wait);
            }
            taken.push(guess);
        }
        Ok(Attempt(taken))
    }

    fn give_back(&self, guesses: Vec<Guess>, now: Instant) {
        for guess in guesses {
            self.bucket(&guess).give_back(&guess, now);
        }
    }

    fn bucket(&self, guess: &Guess) -> &Buckets<Guess> {
        match guess {
            Guess::FromNetwork(..) | Guess::OnDevice(..) => &self.passwords,
            Guess::AnyFromNetwork(_) => &self.passwords_by_network,
            Guess::Overall(_) => &self.passwords_overall,
            Guess::UnderAttack(..) => &self.passwords_under_attack,
            Guess::InSession(_) => &self.confirmations,
            Guess::RoomFromNetwork(..) => &self.room_passwords,
            Guess::RoomByAccount(..) => &self.room_passwords_by_account,
            Guess::RoomsFromNetwork(_) => &self.room_passwords_by_network,
            Guess::RoomOverall(_) => &self.room_passwords_overall,
            Guess::RoomUnderAttack(..) => &self.room_passwords_under_attack,
        }
    }
}

#[cfg(test)]
#[path = "guesses_tests.rs"]
mod tests;
