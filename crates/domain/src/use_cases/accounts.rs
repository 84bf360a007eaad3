use super::{Caller, Hexroom, SignedIn};
use crate::facts::AccountFacts;
use crate::ports::{AccountScope, Purpose, Registration, Requester, RoomScope};
use crate::rules::{accounts as rules, membership};
use crate::{
    Account, AccountName, AccountPassword, AccountRevision, Announcement, CoinAccount, Coins, Denial,
    DeviceId, Field, Network, Phone, PresentedPassword, Prime, Profile, Refusal, SecondFactor, Timestamp,
    Transfer, TransferId, TransferReason, UserId,
};

/// What somebody registers with.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The id they choose.
    pub user_id: UserId,
    /// The device they register on.
    pub device_id: DeviceId,
    /// What they are called on screen.
    pub name: AccountName,
    pub phone: Phone,
    pub password: AccountPassword,
    /// The coins they ask to begin with.
    pub avail_coins: Option<Coins>,
}

impl Hexroom {
    /// Registers an account and opens its first session.
    pub async fn register(&self, new: NewAccount, from: Network) -> Result<SignedIn, Refusal> {
        let coins = rules::signup_coins(new.avail_coins, self.signup_coins_max)
            .map_err(|invalid| Denial::Invalid { field: Field::SignupCoins, invalid })?;
        let password = rules::new_password(new.password, &new.user_id, Field::Password)?;
        if self.accounts.find(new.user_id.clone()).await?.is_some() {
            return Err(Denial::UserIdTaken.into());
        }
        let by = Requester { network: from, account: new.user_id.clone(), purpose: Purpose::Registration };
        let password_hash = self.passwords.hash(password.present(), by).await?;
        let now = self.clock.now();
        let account = Account {
            user_id: new.user_id.clone(),
            name: new.name,
            phone: new.phone,
            password_hash,
            avail_coins: coins,
            prime: Prime::No,
            free_join_used: false,
            admin: false,
            suspended_at: None,
            member_since: now,
            second_factor: SecondFactor::default(),
        };
        let session = self.new_session(new.user_id.clone(), new.device_id)?;
        let signup_coins = (coins > Coins::ZERO).then(|| Transfer {
            id: TransferId(self.randomness.id()),
            from: CoinAccount::Mint,
            to: CoinAccount::Member(new.user_id),
            amount: coins,
            reason: TransferReason::Registration,
            room_id: None,
            at: now,
        });
        self.accounts
            .register(Registration {
                account: account.clone(),
                signup_coins,
                session: session.session.clone(),
                refresh_token: session.refresh_token,
            })
            .await?;
        Ok(SignedIn { account, session: session.session, tokens: session.tokens })
    }

    /// Changes the account's name or phone number, and tells the members of its rooms of another name.
    pub async fn revise_account(
        &self,
        user_id: UserId,
        revision: AccountRevision,
    ) -> Result<Account, Refusal> {
        let wanted = revision.clone();
        let rule = move |_: &AccountFacts| Ok(rules::revise(&wanted));
        let committed = self.change_account(AccountScope::new(user_id), rule).await?;
        let before = committed.facts.account;
        let account = Account {
            name: revision.name.unwrap_or(before.name.clone()),
            phone: revision.phone.unwrap_or(before.phone.clone()),
            ..before.clone()
        };
        if account.name != before.name {
            self.announce_name(&account).await;
        }
        Ok(account)
    }

    /// The name is committed, so a store that does not answer now is no refusal: people see the name when they load a room.
    async fn announce_name(&self, account: &Account) {
        let Ok(room_ids) = self.rooms.ids_of_member(account.user_id.clone()).await else { return };
        let (user_id, name) = (account.user_id.clone(), account.name.clone());
        self.events.publish(Announcement::Renamed { user_id, name, room_ids }).await;
    }

    /// Sets another password and ends the account's other sessions.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: PresentedPassword,
        new: AccountPassword,
        from: Network,
    ) -> Result<(), Refusal> {
        let by = caller.own_account(from);
        let new = rules::new_password(new, &by.account, Field::NewPassword)?;
        let verified = self.verify(&by, &current).await?;
        let hash = self.passwords.hash(new.present(), by.clone()).await?;
        let session_id = caller.session.id;
        self.change_account_with_password(&by, &current, verified, move |facts, verified| {
            rules::change_password(facts, &verified.hash, &hash, session_id)
        })
        .await?;
        Ok(())
    }

    /// Ends the account: it leaves its rooms, its sessions end, everything personal goes.
    pub async fn erase_account(
        &self,
        caller: &Caller,
        password: PresentedPassword,
        from: Network,
    ) -> Result<(), Refusal> {
        let by = caller.own_account(from);
        let verified = self.verify(&by, &password).await?;
        let now = self.clock.now();
        // An owner of rooms is refused before any room is left. The account ends once it holds no
        // seat, and a seat may still be taken on another device while rooms are being left.
        loop {
            let erased = self
                .change_account_with_password(&by, &password, verified.clone(), move |facts, verified| {
                    rules::erase(facts, &verified.hash, now)
                })
                .await?;
            if !erased.changes.is_empty() {
                return Ok(());
            }
            self.leave_rooms(&by.account, now).await?;
        }
    }

    async fn leave_rooms(&self, user_id: &UserId, now: Timestamp) -> Result<(), Refusal> {
        for room_id in self.rooms.ids_of_member(user_id.clone()).await? {
            let scope = RoomScope::new(room_id, user_id.clone());
            match self.change_room(scope, move |facts| membership::leave(facts, now)).await {
                Ok(_) | Err(Refusal::Denied(Denial::NotAMember | Denial::RoomClosed)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(())
    }

    /// An account as another may see it.
    pub async fn profile(&self, user_id: UserId, viewer: UserId) -> Result<Profile, Refusal> {
        Ok(self.accounts.profile(user_id, viewer).await?.ok_or(Denial::UserNotFound)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventKind;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;

    fn new_account(avail_coins: Option<i64>) -> NewAccount {
        NewAccount {
            user_id: user(DI),
            device_id: device("phone"),
            name: "Di".parse().expect("a name"),
            phone: "+4915112345678".parse().expect("a phone number"),
            password: "correct horse".parse().expect("a password"),
            avail_coins: avail_coins.map(coins),
        }
    }

    #[tokio::test]
    async fn a_registration_brings_the_coins_from_the_mint() {
        let mut fixture = Fixture::default();
        fixture.finds_account(None);
        fixture.hashes_to("hashed");
        fixture.signs_tokens();
        fixture
            .accounts
            .expect_register()
            .withf(|it| {
                let transfer = it.signup_coins.as_ref().expect("there are coins");
                transfer.from == CoinAccount::Mint
                    && transfer.to == CoinAccount::Member(user(DI))
                    && transfer.amount == coins(1_000)
                    && transfer.reason == TransferReason::Registration
                    && it.account.avail_coins == coins(1_000)
                    && it.account.password_hash == hash("hashed")
                    && it.session.user_id == user(DI)
                    && it.refresh_token.session_id == it.session.id
            })
            .times(1)
            .returning(|_| Ok(()));
        let signed_in =
            fixture.hexroom().register(new_account(Some(1_000)), NETWORK).await.expect("the id is free");
        assert_eq!(signed_in.account.prime, Prime::No);
        assert!(!signed_in.account.admin);
        assert_eq!(signed_in.account.member_since, NOW);
    }

    #[tokio::test]
    async fn a_registration_without_coins_moves_none() {
        for asked_for in [None, Some(0)] {
            let mut fixture = Fixture::default();
            fixture.finds_account(None);
            fixture.hashes_to("hashed");
            fixture.signs_tokens();
            fixture
                .accounts
                .expect_register()
                .withf(|it| it.signup_coins.is_none())
                .times(1)
                .returning(|_| Ok(()));
            fixture.hexroom().register(new_account(asked_for), NETWORK).await.expect("the id is free");
        }
    }

    #[tokio::test]
    async fn the_own_user_id_is_refused_as_a_password_before_anything_else() {
        let own = || "di-the-third".parse().expect("long enough");
        let new = NewAccount {
            user_id: "Di-The-Third".parse().expect("a user id"),
            password: own(),
            ..new_account(None)
        };
        let refused = Fixture::default().hexroom().register(new, NETWORK).await;
        assert!(matches!(denied(refused), Denial::Invalid { field: Field::Password, .. }));

        let mut caller = caller();
        caller.account.user_id = "di-the-third".parse().expect("a user id");
        let refused = Fixture::default().hexroom().change_password(&caller, password(), own(), NETWORK).await;
        assert!(matches!(denied(refused), Denial::Invalid { field: Field::NewPassword, .. }));
    }

    #[tokio::test]
    async fn too_many_coins_are_refused_before_anything_else() {
        let refused = Fixture::default().hexroom().register(new_account(Some(1_001)), NETWORK).await;
        assert!(matches!(denied(refused), Denial::Invalid { field: Field::SignupCoins, .. }));
    }

    #[tokio::test]
    async fn a_taken_id_is_refused_before_the_hashing() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(account(DI).account));
        fixture.passwords.expect_hash().never();
        fixture.accounts.expect_register().never();
        assert_eq!(denied(fixture.hexroom().register(new_account(None), NETWORK).await), Denial::UserIdTaken);
    }

    #[tokio::test]
    async fn an_id_taken_during_the_hashing_is_refused_by_the_store() {
        let mut fixture = Fixture::default();
        fixture.finds_account(None);
        fixture.hashes_to("hashed");
        fixture.signs_tokens();
        fixture.accounts.expect_register().times(1).returning(|_| Err(Denial::UserIdTaken.into()));
        assert_eq!(denied(fixture.hexroom().register(new_account(None), NETWORK).await), Denial::UserIdTaken);
    }

    #[tokio::test]
    async fn a_revised_account_is_answered_as_it_is_now_though_nobody_can_be_told() {
        let mut fixture = Fixture::default();
        fixture.changes_account(account(BO));
        fixture.rooms.expect_ids_of_member().returning(|_| Err(Refusal::Unavailable("away".into())));
        let name: AccountName = "Bo the Second".parse().expect("a name");
        let revision = AccountRevision { name: Some(name.clone()), phone: None };
        let revised = fixture.hexroom().revise_account(user(BO), revision).await.expect("there is Bo");
        assert_eq!(revised, Account { name, ..account(BO).account });
    }

    #[tokio::test]
    async fn another_name_is_announced_to_the_accounts_rooms_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_account(account(BO));
        fixture.rooms.expect_ids_of_member().returning(|_| Ok(vec![ROOM]));
        let name: AccountName = "Bo the Second".parse().expect("a name");
        let (user_id, room_ids) = (user(BO), vec![ROOM]);
        fixture.then_publishes(Announcement::Renamed { user_id, name: name.clone(), room_ids });
        let revision = AccountRevision { name: Some(name), phone: None };
        fixture.hexroom().revise_account(user(BO), revision).await.expect("there is Bo");
    }

    #[tokio::test]
    async fn the_same_name_and_another_phone_number_are_announced_to_nobody() {
        let mut fixture = Fixture::default();
        fixture.changes_account(account(BO));
        let revision = AccountRevision {
            name: Some(account(BO).account.name),
            phone: Some("+4915199999999".parse().expect("a phone number")),
        };
        fixture.hexroom().revise_account(user(BO), revision).await.expect("there is Bo");
    }

    #[tokio::test]
    async fn the_sessions_ended_by_another_password_are_announced_after_the_commit() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(account(BO).account));
        fixture.compares(true, false);
        fixture.hashes_to("new");
        fixture.changes_account(account(BO));
        fixture.then_publishes(Announcement::SessionsEnded(vec![account(BO).sessions[1].id]));
        let new = "battery staple".parse().expect("a password");
        fixture
            .hexroom()
            .change_password(&caller(), password(), new, NETWORK)
            .await
            .expect("the password fits");
    }

    #[tokio::test]
    async fn a_wrong_password_never_reaches_the_accounts_lock() {
        let fixture = || {
            let mut fixture = Fixture::default();
            fixture.finds_account(Some(account(BO).account));
            fixture.compares(false, false);
            fixture.passwords.expect_hash().never();
            fixture.accounts.expect_change().never();
            fixture.hexroom()
        };
        let new = "battery staple".parse().expect("a password");
        let changed = fixture().change_password(&caller(), password(), new, NETWORK).await;
        assert_eq!(denied(changed), Denial::InvalidCredentials);
        assert_eq!(
            denied(fixture().erase_account(&caller(), password(), NETWORK).await),
            Denial::InvalidCredentials
        );
    }

    #[tokio::test]
    async fn a_password_whose_hash_a_sign_in_has_renewed_is_compared_anew() {
        let mut fixture = Fixture::default();
        let mut before = account(BO).account;
        before.password_hash = hash("outdated");
        fixture.accounts.expect_find().times(1).return_once(move |_| Ok(Some(before)));
        fixture.finds_account(Some(account(BO).account));
        fixture.compares(true, false);
        fixture.compares(true, false);
        fixture.changes_account(account(BO));
        fixture.changes_account(account(BO));
        fixture.then_publishes(ended());
        fixture
            .hexroom()
            .erase_account(&caller(), password(), NETWORK)
            .await
            .expect("the password fits both hashes");
    }

    fn sits_in_anas_room(fixture: &mut Fixture) {
        fixture
            .rooms
            .expect_ids_of_member()
            .times(1)
            .in_sequence(&mut fixture.order)
            .returning(|_| Ok(vec![ROOM]));
    }

    fn ended() -> Announcement {
        Announcement::SessionsEnded(account(BO).sessions.iter().map(|session| session.id).collect())
    }

    #[tokio::test]
    async fn an_account_leaves_its_rooms_before_it_ends() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(account(BO).account));
        fixture.compares(true, false);
        fixture.changes_account(AccountFacts { seats_held: 1, ..account(BO) });
        sits_in_anas_room(&mut fixture);
        fixture.changes_room(wanted_by(BO));
        fixture.then_publishes_event(BO, EventKind::MemberLeft { user_id: user(BO) });
        fixture.changes_account(account(BO));
        fixture.then_publishes(ended());
        fixture.hexroom().erase_account(&caller(), password(), NETWORK).await.expect("the password fits");
    }

    #[tokio::test]
    async fn a_seat_taken_while_rooms_are_left_is_given_up_too() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(account(BO).account));
        fixture.compares(true, false);
        for _ in 0..2 {
            fixture.changes_account(AccountFacts { seats_held: 1, ..account(BO) });
            sits_in_anas_room(&mut fixture);
            fixture.changes_room(wanted_by(BO));
            fixture.then_publishes_event(BO, EventKind::MemberLeft { user_id: user(BO) });
        }
        fixture.changes_account(account(BO));
        fixture.then_publishes(ended());
        fixture.hexroom().erase_account(&caller(), password(), NETWORK).await.expect("the password fits");
    }

    #[tokio::test]
    async fn being_removed_meanwhile_does_not_keep_an_account() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(account(BO).account));
        fixture.compares(true, false);
        fixture.changes_account(AccountFacts { seats_held: 1, ..account(BO) });
        sits_in_anas_room(&mut fixture);
        let mut removed = wanted_by(BO);
        vacate(&mut removed, BO);
        fixture.changes_room(removed);
        fixture.changes_account(account(BO));
        fixture.then_publishes(ended());
        fixture.hexroom().erase_account(&caller(), password(), NETWORK).await.expect("the password fits");
    }

    #[tokio::test]
    async fn an_owner_is_refused_before_any_room_is_left() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(account(BO).account));
        fixture.compares(true, false);
        fixture.changes_account(AccountFacts { owned_rooms: 1, seats_held: 2, ..account(BO) });
        fixture.rooms.expect_of_member().never();
        fixture.rooms.expect_change().never();
        let refused = fixture.hexroom().erase_account(&caller(), password(), NETWORK).await;
        assert_eq!(denied(refused), Denial::OwnerMustHandOver);
    }

    #[tokio::test]
    async fn a_profile_of_nobody_is_not_found() {
        let mut fixture = Fixture::default();
        fixture.accounts.expect_profile().returning(|_, _| Ok(None));
        assert_eq!(denied(fixture.hexroom().profile(user(DI), user(BO)).await), Denial::UserNotFound);
    }
}
