//! The fixture of the tests: every port is a mock, and whatever is expected of the stores and of the
//! announcements is expected in that order.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mockall::Sequence;
use mockall::predicate::eq;

use super::{Caller, Hexroom};
use crate::change::{AccountChange, PairChange, RoomChange};
use crate::facts::{AccountFacts, PairFacts, Person, RoomFacts};
use crate::ports::{
    Committed, Decide, MockAccessTokens, MockAccounts, MockClock, MockEvents, MockFriends,
    MockPasswordHasher, MockRandomness, MockRefreshTokens, MockRooms, MockSearch, MockSecondFactors,
    Verification,
};
use crate::rules::Verdict;
use crate::rules::cast::*;
use crate::{
    Account, Announcement, Denial, Event, EventKind, Network, NewAuthenticator, Notice, OpaqueToken,
    PresentedPassword, Refusal, Room, Salt, SealedSecret, Seq,
};

#[derive(Default)]
pub(super) struct Fixture {
    pub(super) accounts: MockAccounts,
    pub(super) rooms: MockRooms,
    pub(super) friends: MockFriends,
    pub(super) events: MockEvents,
    pub(super) passwords: MockPasswordHasher,
    pub(super) access_tokens: MockAccessTokens,
    pub(super) order: Sequence,
}

impl Fixture {
    pub(super) fn hexroom(self) -> Hexroom {
        let (mut clock, mut randomness) = (MockClock::new(), MockRandomness::new());
        clock.expect_now().return_const(NOW);
        let drawn = AtomicU64::new(100);
        randomness.expect_id().returning(move || uuid(drawn.fetch_add(1, Ordering::Relaxed).into()));
        randomness.expect_token().returning(|| OpaqueToken::new("secret".to_owned()));
        randomness.expect_salt().return_const(Salt([9; 32]));
        let mut refresh_tokens = MockRefreshTokens::new();
        refresh_tokens.expect_successors().returning(|_, salt| successors(salt));
        Hexroom {
            accounts: Arc::new(self.accounts),
            rooms: Arc::new(self.rooms),
            search: Arc::new(MockSearch::new()),
            friends: Arc::new(self.friends),
            events: Arc::new(self.events),
            passwords: Arc::new(self.passwords),
            access_tokens: Arc::new(self.access_tokens),
            refresh_tokens: Arc::new(refresh_tokens),
            second_factors: Arc::new(second_factors()),
            randomness: Arc::new(randomness),
            clock: Arc::new(clock),
            last_seen: Arc::default(),
            signup_coins_max: coins(1_000),
        }
    }

    /// The store is asked for one change to a room, and decides it on these facts.
    pub(super) fn changes_room(&mut self, facts: RoomFacts) {
        self.rooms
            .expect_change()
            .times(1)
            .in_sequence(&mut self.order)
            .returning(move |_, decide| decided::<RoomFacts, RoomChange>(&facts, &decide));
    }

    /// The store is asked to create one room, and decides it on these facts.
    pub(super) fn creates_room(&mut self, creator: Person) {
        self.rooms
            .expect_create()
            .times(1)
            .in_sequence(&mut self.order)
            .returning(move |_, decide| decided::<Person, RoomChange>(&creator, &decide));
    }

    /// The store is asked for one change to an account, and decides it on these facts.
    pub(super) fn changes_account(&mut self, facts: AccountFacts) {
        self.accounts
            .expect_change()
            .times(1)
            .in_sequence(&mut self.order)
            .returning(move |_, decide| decided::<AccountFacts, AccountChange>(&facts, &decide));
    }

    /// The store is asked for one change between two accounts, and decides it on these facts.
    pub(super) fn changes_pair(&mut self, facts: PairFacts) {
        self.friends
            .expect_change()
            .with(eq(facts.actor.clone()), eq(facts.other.clone()), mockall::predicate::always())
            .times(1)
            .in_sequence(&mut self.order)
            .returning(move |_, _, decide| decided::<PairFacts, PairChange>(&facts, &decide));
    }

    /// After that, this is announced. Nothing that is not expected may be.
    pub(super) fn then_publishes(&mut self, announcement: Announcement) {
        self.events
            .expect_publish()
            .with(eq(announcement))
            .times(1)
            .in_sequence(&mut self.order)
            .return_const(());
    }

    pub(super) fn then_notifies(&mut self, to: &str, notice: Notice) {
        self.then_publishes(Announcement::Notice { to: user(to), notice });
    }

    /// After that, the next event of Ana's room is announced.
    pub(super) fn then_publishes_event(&mut self, actor: &str, kind: EventKind) {
        let event = Event { room_id: ROOM, seq: Seq(5), actor: user(actor), at: NOW, kind };
        self.then_publishes(Announcement::Event(event));
    }

    pub(super) fn finds_room(&mut self, room: Option<Room>) {
        self.rooms.expect_find().with(eq(ROOM)).returning(move |_| Ok(room.clone()));
    }

    pub(super) fn finds_account(&mut self, account: Option<Account>) {
        self.accounts.expect_find().returning(move |_| Ok(account.clone()));
    }

    /// One password is compared, with this result.
    pub(super) fn compares(&mut self, fits: bool, is_outdated: bool) {
        self.passwords
            .expect_verify()
            .times(1)
            .returning(move |_, _, _| Ok(Verification { fits, is_outdated }));
    }

    /// One password is hashed.
    pub(super) fn hashes_to(&mut self, text: &'static str) {
        self.passwords.expect_hash().times(1).returning(move |_, _| Ok(hash(text)));
    }

    pub(super) fn signs_tokens(&mut self) {
        self.access_tokens.expect_sign().returning(|_| Ok(OpaqueToken::new("signed".to_owned())));
    }
}

/// Secrets of one byte; an authenticator shows it, and the step.
fn second_factors() -> MockSecondFactors {
    let mut second_factors = MockSecondFactors::new();
    second_factors.expect_new_authenticator().returning(|_| {
        Ok(NewAuthenticator {
            secret: OpaqueToken::new("BASE32".to_owned()),
            otpauth_url: OpaqueToken::new("otpauth://totp/".to_owned()),
            sealed: SealedSecret(vec![7]),
        })
    });
    second_factors.expect_code().returning(|_, secret, step| {
        secret.0.first().map(|byte| OpaqueToken::new(format!("{byte:03}{:03}", step.0)))
    });
    second_factors.expect_renew().returning(|_, secret| Some(secret.clone()));
    second_factors.expect_recovery_code().returning(|| OpaqueToken::new("a recovery code".to_owned()));
    second_factors
}

fn decided<F: Clone, C>(facts: &F, decide: &Decide<F, C>) -> Result<Committed<F, C>, Refusal> {
    let verdict: Verdict<C> = decide(facts);
    Ok(Committed { facts: facts.clone(), changes: verdict? })
}

/// Bo, calling from the phone.
pub(super) fn caller() -> Caller {
    let facts = account(BO);
    Caller { account: facts.account, session: facts.sessions[0].clone(), token_expires_at: at(1) }
}

/// Where everybody calls from.
pub(super) const NETWORK: Network = Network::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));

pub(super) fn password() -> PresentedPassword {
    "correct horse".parse().expect("a password")
}

/// The denial with which a use case was refused.
pub(super) fn denied<T>(result: Result<T, Refusal>) -> Denial {
    match result {
        Err(Refusal::Denied(denial)) => denial,
        Err(failure) => panic!("no rule said no: {failure:?}"),
        Ok(_) => panic!("nobody said no"),
    }
}
