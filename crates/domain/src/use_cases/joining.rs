use super::Hexroom;
use super::sessions::ATTEMPTS;
use crate::Notice;
use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::ports::{Committed, InvitationKey, Requester, RoomScope};
use crate::rules::admission::{self, Credential};
use crate::{
    Account, Coins, Denial, JoinTerms, Network, OpaqueToken, PresentedPassword, Receipt, Refusal, RoomId,
    Standing, TransferId, UserId,
};

/// The way by which somebody wants to come in.
#[derive(Debug, Clone)]
pub enum JoinBy {
    /// By the room's id and password.
    Password {
        room_id: RoomId,
        /// What they take its password to be.
        password: PresentedPassword,
    },
    /// By an invitation's token.
    Invitation(OpaqueToken),
}

type Joined = Committed<RoomFacts, RoomChange>;

impl Hexroom {
    /// Takes a seat. Asking again, at any moment, gives the same receipt and charges nothing.
    pub async fn join_room(
        &self,
        user_id: UserId,
        join_by: JoinBy,
        from: Network,
    ) -> Result<Receipt, Refusal> {
        let joined = match join_by {
            JoinBy::Password { room_id, password } => {
                let by = Requester::of_room(&user_id, from);
                self.join_with_password(&by, room_id, &password).await?
            }
            JoinBy::Invitation(token) => {
                let hash = token.hash();
                let room_id = self.rooms.find_invited(hash).await?.ok_or(Denial::InvitationInvalid)?;
                let scope = RoomScope {
                    invitation: Some(InvitationKey::Token(hash)),
                    ..RoomScope::new(room_id, user_id.clone())
                };
                self.join(scope, Credential::Invitation).await?
            }
        };
        let receipt = admission::receipt(&joined.facts, &joined.changes);
        if !receipt.already_member && receipt.fee > Coins::ZERO {
            self.notify(&user_id, Notice::CoinsChanged { avail_coins: receipt.avail_coins }).await;
        }
        Ok(receipt)
    }

    /// On which terms an account would take a seat in a room. Whether it may, a join says; where it sits already, a
    /// join costs nothing.
    pub async fn join_terms(&self, account: &Account, room_id: RoomId) -> Result<JoinTerms, Refusal> {
        let room = self.rooms.find(room_id).await?.ok_or(Denial::RoomNotFound)?;
        admission::admit_to(&room)?;
        let history = self.rooms.joined_as(room_id, account.user_id.clone()).await?;
        if let (Some(joined_as), Standing::Member) =
            (history, self.rooms.standing(room_id, account.user_id.clone()).await?)
        {
            return Ok(JoinTerms::Returning(joined_as));
        }
        Ok(admission::join_terms(history, account.prime, account.free_join_used, self.clock.now()))
    }

    /// Tells a room's owner how many wrong passwords there were.
    pub async fn tell_of_guesses(&self, room_id: RoomId, guesses: u32) -> Result<(), Refusal> {
        let room = self.rooms.find(room_id).await?.ok_or(Denial::RoomNotFound)?;
        self.notify(&room.owner_id, Notice::RoomPasswordGuessed { room_id, guesses }).await;
        Ok(())
    }

    /// Comparing takes long, so the room may have another hash by the time it is locked: renewed by another's
    /// join, or another password's. Then that one decides.
    async fn join_with_password(
        &self,
        by: &Requester,
        room_id: RoomId,
        password: &PresentedPassword,
    ) -> Result<Joined, Refusal> {
        for _ in 0..ATTEMPTS {
            let credential = self.compare_with_rooms(by, room_id, password).await?;
            match self.join(RoomScope::new(room_id, by.account.clone()), credential).await {
                Err(Refusal::Denied(Denial::WrongRoomPassword)) => {}
                other => return other,
            }
        }
        Err(Denial::WrongRoomPassword.into())
    }

    async fn compare_with_rooms(
        &self,
        by: &Requester,
        room_id: RoomId,
        password: &PresentedPassword,
    ) -> Result<Credential, Refusal> {
        let room = self.rooms.find(room_id).await?.ok_or(Denial::RoomNotFound)?;
        admission::admit_to(&room)?;
        let fits = room.password_hash;
        let verification = self.passwords.verify(password.clone(), Some(fits.clone()), by.clone()).await?;
        if !verification.fits {
            // Guessing never gets as far as the room's lock, where its members would wait for it.
            return Err(Denial::WrongRoomPassword.into());
        }
        let renewed = self.renewed(password, verification, by).await?;
        Ok(Credential::Password { fits, renewed })
    }

    async fn join(&self, scope: RoomScope, credential: Credential) -> Result<Joined, Refusal> {
        let now = self.clock.now();
        let transfer_id = TransferId(self.randomness.id());
        let scope = RoomScope { counts_holdings: true, ..scope };
        self.change_room(scope, move |facts| admission::join(facts, &credential, transfer_id, now)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;
    use crate::{EventKind, JoinedAs, Room, RoomRevision};

    fn by_password() -> JoinBy {
        JoinBy::Password { room_id: ROOM, password: password() }
    }

    fn by_token() -> JoinBy {
        JoinBy::Invitation(OpaqueToken::new("token".to_owned()))
    }

    /// Di's password fits, and the room is found to be so once it is locked.
    fn fixture(facts: RoomFacts) -> Fixture {
        let mut fixture = Fixture::default();
        fixture.finds_room(Some(room()));
        fixture.compares(true, false);
        fixture.changes_room(facts);
        fixture
    }

    fn di_with(amount: i64) -> RoomFacts {
        let mut facts = wanted_by(DI);
        facts.actor.free_join_used = true;
        facts.actor.avail_coins = coins(amount);
        facts
    }

    fn joined() -> EventKind {
        EventKind::MemberJoined { user_id: user(DI) }
    }

    #[tokio::test]
    async fn a_join_is_announced_after_its_commit() {
        let mut fixture = fixture(wanted_by(DI));
        fixture.then_publishes_event(DI, joined());
        let receipt =
            fixture.hexroom().join_room(user(DI), by_password(), NETWORK).await.expect("the password fits");
        assert_eq!((receipt.fee, receipt.already_member), (Coins::ZERO, false));
    }

    #[tokio::test]
    async fn a_join_that_was_paid_for_also_tells_the_balance() {
        let mut fixture = fixture(di_with(200));
        fixture.then_publishes_event(DI, joined());
        fixture.then_notifies(DI, Notice::CoinsChanged { avail_coins: coins(50) });
        let receipt = fixture.hexroom().join_room(user(DI), by_password(), NETWORK).await.expect("Di pays");
        assert_eq!((receipt.fee, receipt.avail_coins), (coins(150), coins(50)));
    }

    #[tokio::test]
    async fn a_join_denied_under_the_lock_is_silent() {
        let mut full = wanted_by(DI);
        fill(&mut full);
        assert_eq!(
            denied(fixture(full).hexroom().join_room(user(DI), by_password(), NETWORK).await),
            Denial::RoomFull
        );
        let broke = fixture(di_with(0)).hexroom().join_room(user(DI), by_password(), NETWORK).await;
        assert!(matches!(denied(broke), Denial::InsufficientCoins { .. }));
    }

    #[tokio::test]
    async fn joining_again_is_silent() {
        let mut facts = di_with(200);
        facts.actor.history = Some(JoinedAs::Paid);
        facts.seats.push(crate::Seat { fee: coins(150), ..seat(4, DI) });
        let receipt = fixture(facts)
            .hexroom()
            .join_room(user(DI), by_password(), NETWORK)
            .await
            .expect("Di sits there");
        assert_eq!((receipt.fee, receipt.avail_coins), (coins(150), coins(200)));
        assert!(receipt.already_member);
    }

    async fn terms(history: Option<JoinedAs>, standing: Standing) -> JoinTerms {
        let mut fixture = Fixture::default();
        fixture.finds_room(Some(room()));
        fixture.rooms.expect_joined_as().returning(move |_, _| Ok(history));
        fixture.rooms.expect_standing().returning(move |_, _| Ok(standing));
        let di = Account { free_join_used: true, ..account(DI).account };
        fixture.hexroom().join_terms(&di, ROOM).await.expect("there is the room")
    }

    #[tokio::test]
    async fn the_terms_of_a_join_can_be_asked_for_before_it() {
        assert_eq!(terms(None, Standing::Stranger).await, JoinTerms::FurtherJoin);
        let returning = JoinTerms::Returning(JoinedAs::Paid);
        assert_eq!(terms(Some(JoinedAs::Paid), Standing::Former).await, returning);
        assert_eq!(terms(Some(JoinedAs::Creator), Standing::Former).await, JoinTerms::FurtherJoin);
        let seated = JoinTerms::Returning(JoinedAs::Creator);
        assert_eq!(terms(Some(JoinedAs::Creator), Standing::Member).await, seated);
    }

    #[tokio::test]
    async fn a_room_that_cannot_be_joined_has_no_terms() {
        for (found, denial) in [
            (None, Denial::RoomNotFound),
            (Some(Room { closed_at: Some(at(-1)), ..room() }), Denial::RoomClosed),
        ] {
            let mut fixture = Fixture::default();
            fixture.finds_room(found);
            assert_eq!(denied(fixture.hexroom().join_terms(&account(DI).account, ROOM).await), denial);
        }
    }

    #[tokio::test]
    async fn a_wrong_password_never_reaches_the_rooms_lock() {
        let mut fixture = Fixture::default();
        fixture.finds_room(Some(room()));
        fixture.compares(false, false);
        fixture.rooms.expect_change().never();
        let refused = fixture.hexroom().join_room(user(DI), by_password(), NETWORK).await;
        assert_eq!(denied(refused), Denial::WrongRoomPassword);
    }

    /// The room, whose hash has become another by the time it is locked.
    fn stage_with_another_hash() -> (Fixture, Room) {
        let mut fixture = Fixture::default();
        let changed = Room { password_hash: hash("another"), ..room() };
        fixture.rooms.expect_find().times(1).return_once(|_| Ok(Some(room())));
        fixture.finds_room(Some(changed.clone()));
        fixture.compares(true, false);
        fixture.changes_room(RoomFacts { room: changed.clone(), ..wanted_by(DI) });
        (fixture, changed)
    }

    #[tokio::test]
    async fn the_owner_is_told_of_guesses() {
        let mut fixture = Fixture::default();
        fixture.finds_room(Some(room()));
        fixture.then_notifies(ANA, Notice::RoomPasswordGuessed { room_id: ROOM, guesses: 20 });
        fixture.hexroom().tell_of_guesses(ROOM, 20).await.expect("there is the room");
    }

    #[tokio::test]
    async fn a_password_changed_while_it_was_compared_is_wrong() {
        let (mut fixture, _) = stage_with_another_hash();
        fixture.compares(false, false);
        let refused = fixture.hexroom().join_room(user(DI), by_password(), NETWORK).await;
        assert_eq!(denied(refused), Denial::WrongRoomPassword);
    }

    #[tokio::test]
    async fn a_password_whose_hash_another_join_has_renewed_is_compared_anew() {
        let (mut fixture, renewed) = stage_with_another_hash();
        fixture.compares(true, false);
        fixture.changes_room(RoomFacts { room: renewed, ..wanted_by(DI) });
        fixture.then_publishes_event(DI, joined());
        fixture
            .hexroom()
            .join_room(user(DI), by_password(), NETWORK)
            .await
            .expect("the password fits both hashes");
    }

    #[tokio::test]
    async fn an_outdated_hash_is_renewed_by_whoever_takes_a_seat() {
        let mut fixture = Fixture::default();
        fixture.finds_room(Some(room()));
        fixture.compares(true, true);
        fixture.hashes_to("renewed");
        fixture.rooms.expect_change().times(1).returning(|_, decide| {
            let (facts, renewed) =
                (wanted_by(DI), RoomChange::Revise(RoomRevision::of_password(hash("renewed"))));
            let changes = decide(&facts)?;
            assert!(changes.contains(&renewed), "{changes:?}");
            Ok(Committed { facts, changes })
        });
        fixture.then_publishes_event(DI, joined());
        fixture.hexroom().join_room(user(DI), by_password(), NETWORK).await.expect("the password fits");
    }

    #[tokio::test]
    async fn no_password_is_compared_for_a_room_that_cannot_be_joined() {
        for (found, denial) in [
            (None, Denial::RoomNotFound),
            (Some(Room { closed_at: Some(at(-1)), ..room() }), Denial::RoomClosed),
        ] {
            let mut fixture = Fixture::default();
            fixture.finds_room(found);
            fixture.passwords.expect_verify().never();
            assert_eq!(denied(fixture.hexroom().join_room(user(DI), by_password(), NETWORK).await), denial);
        }
    }

    #[tokio::test]
    async fn a_token_is_looked_for_by_its_hash() {
        let mut fixture = Fixture::default();
        let hash = invitation_for(DI).token_hash;
        fixture.rooms.expect_find_invited().withf(move |it| *it == hash).returning(|_| Ok(Some(ROOM)));
        let mut facts = wanted_by(DI);
        facts.invitation = Some(invitation_for(DI));
        let expected = RoomScope {
            invitation: Some(InvitationKey::Token(hash)),
            counts_holdings: true,
            ..RoomScope::new(ROOM, user(DI))
        };
        fixture
            .rooms
            .expect_change()
            .withf(move |scope, _| *scope == expected)
            .times(1)
            .in_sequence(&mut fixture.order)
            .returning(move |_, decide| {
                Ok(crate::ports::Committed { changes: decide(&facts)?, facts: facts.clone() })
            });
        fixture.then_publishes_event(DI, joined());
        fixture.hexroom().join_room(user(DI), by_token(), NETWORK).await.expect("Di is invited");
    }

    #[tokio::test]
    async fn a_token_that_never_existed_locks_no_room() {
        let mut fixture = Fixture::default();
        fixture.rooms.expect_find_invited().returning(|_| Ok(None));
        fixture.rooms.expect_change().never();
        assert_eq!(
            denied(fixture.hexroom().join_room(user(DI), by_token(), NETWORK).await),
            Denial::InvitationInvalid
        );
    }
}
