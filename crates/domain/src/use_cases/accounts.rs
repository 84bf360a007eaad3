use super::{Caller, Hexroom, SignedIn};
use crate::change::AccountChange;
use crate::ports::{AccountScope, Registration, RoomScope};
use crate::rules::{accounts as rules, membership};
use crate::{
    Account, AccountName, AccountPassword, CoinAccount, Coins, Denial, DeviceId, PageSize, Phone,
    PresentedPassword, Prime, Profile, Refusal, SecondFactor, Timestamp, Transfer, TransferId,
    TransferReason, UserId,
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
    /// Their phone number.
    pub phone: Phone,
    /// Their password.
    pub password: AccountPassword,
    /// The coins they ask to begin with.
    pub avail_coins: Option<Coins>,
}

/// What an account wants to be different; `None` leaves it alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountRevision {
    /// Another name.
    pub name: Option<AccountName>,
    /// Another phone number.
    pub phone: Option<Phone>,
}

impl Hexroom {
    /// Registers an account and opens its first session.
    pub async fn register(&self, new: NewAccount) -> Result<SignedIn, Refusal> {
        let coins = rules::signup_coins(new.avail_coins, self.signup_coins_max)
            .map_err(|invalid| Denial::Invalid { field: "availCoins", invalid })?;
        let password = rules::new_password(new.password, &new.user_id, "password")?;
        if self.accounts.find(new.user_id.clone()).await?.is_some() {
            return Err(Denial::UserIdTaken.into());
        }
        let password_hash = self.passwords.hash(password.present()).await?;
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

    /// Changes the account's name or phone number.
    pub async fn revise_account(
        &self,
        user_id: UserId,
        revision: AccountRevision,
    ) -> Result<Account, Refusal> {
        let wanted = revision.clone();
        let committed = self
            .change_account(AccountScope::new(user_id), move |_| {
                let name = wanted.name.clone().map(AccountChange::Rename);
                Ok(name.into_iter().chain(wanted.phone.clone().map(AccountChange::SetPhone)).collect())
            })
            .await?;
        let mut account = committed.facts.account;
        account.name = revision.name.unwrap_or(account.name);
        account.phone = revision.phone.unwrap_or(account.phone);
        Ok(account)
    }

    /// Sets another password and ends the account's other sessions.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: PresentedPassword,
        new: AccountPassword,
    ) -> Result<(), Refusal> {
        let user_id = &caller.account.user_id;
        let new = rules::new_password(new, user_id, "newPassword")?;
        let verified = self.verify(user_id, &current).await?;
        let hash = self.passwords.hash(new.present()).await?;
        let session_id = caller.session.id;
        self.change_account_with_password(user_id, &current, verified, move |facts, verified| {
            rules::change_password(facts, &verified.hash, &hash, session_id)
        })
        .await?;
        Ok(())
    }

    /// Ends the account: it leaves its rooms, its sessions end, everything personal goes.
    pub async fn erase_account(&self, caller: &Caller, password: PresentedPassword) -> Result<(), Refusal> {
        let user_id = &caller.account.user_id;
        let verified = self.verify(user_id, &password).await?;
        let now = self.clock.now();
        // Whoever owns rooms is refused before any room is left. The account ends once it holds no
        // seat, and a seat may still be taken on another device while rooms are being left.
        loop {
            let erased = self
                .change_account_with_password(user_id, &password, verified.clone(), move |facts, verified| {
                    rules::erase(facts, &verified.hash, now)
                })
                .await?;
            if !erased.changes.is_empty() {
                return Ok(());
            }
            self.leave_rooms(user_id, now).await?;
        }
    }

    async fn leave_rooms(&self, user_id: &UserId, now: Timestamp) -> Result<(), Refusal> {
        let rooms = self.rooms.of_member(user_id.clone(), None, PageSize::default()).await?;
        for summary in &rooms.items {
            let scope = RoomScope::new(summary.room.id, user_id.clone());
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
    use crate::facts::AccountFacts;
    use crate::rules::cast::*;
    use crate::use_cases::stage::*;
    use crate::{Announcement, EventKind, Page, RoomSummary, Seq};

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
        let mut stage = Stage::default();
        stage.finds_account(None);
        stage.hashes_to("hashed");
        stage.signs_tokens();
        stage
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
        let signed_in = stage.hexroom().register(new_account(Some(1_000))).await.expect("the id is free");
        assert_eq!(signed_in.account.prime, Prime::No);
        assert!(!signed_in.account.admin);
        assert_eq!(signed_in.account.member_since, NOW);
    }

    #[tokio::test]
    async fn a_registration_without_coins_moves_none() {
        for asked_for in [None, Some(0)] {
            let mut stage = Stage::default();
            stage.finds_account(None);
            stage.hashes_to("hashed");
            stage.signs_tokens();
            stage
                .accounts
                .expect_register()
                .withf(|it| it.signup_coins.is_none())
                .times(1)
                .returning(|_| Ok(()));
            stage.hexroom().register(new_account(asked_for)).await.expect("the id is free");
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
        let refused = Stage::default().hexroom().register(new).await;
        assert!(matches!(denied(refused), Denial::Invalid { field: "password", .. }));

        let mut caller = caller();
        caller.account.user_id = "di-the-third".parse().expect("a user id");
        let refused = Stage::default().hexroom().change_password(&caller, password(), own()).await;
        assert!(matches!(denied(refused), Denial::Invalid { field: "newPassword", .. }));
    }

    #[tokio::test]
    async fn too_many_coins_are_refused_before_anything_else() {
        let refused = Stage::default().hexroom().register(new_account(Some(1_001))).await;
        assert!(matches!(denied(refused), Denial::Invalid { field: "availCoins", .. }));
    }

    #[tokio::test]
    async fn a_taken_id_is_refused_before_the_hashing() {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(DI).account));
        stage.passwords.expect_hash().never();
        stage.accounts.expect_register().never();
        assert_eq!(denied(stage.hexroom().register(new_account(None)).await), Denial::UserIdTaken);
    }

    #[tokio::test]
    async fn an_id_taken_during_the_hashing_is_refused_by_the_store() {
        let mut stage = Stage::default();
        stage.finds_account(None);
        stage.hashes_to("hashed");
        stage.signs_tokens();
        stage.accounts.expect_register().times(1).returning(|_| Err(Denial::UserIdTaken.into()));
        assert_eq!(denied(stage.hexroom().register(new_account(None)).await), Denial::UserIdTaken);
    }

    #[tokio::test]
    async fn a_revised_account_is_answered_as_it_is_now() {
        let mut stage = Stage::default();
        stage.changes_account(account(BO));
        let name: AccountName = "Bo the Second".parse().expect("a name");
        let revision = AccountRevision { name: Some(name.clone()), phone: None };
        let revised = stage.hexroom().revise_account(user(BO), revision).await.expect("there is Bo");
        assert_eq!(revised, Account { name, ..account(BO).account });
    }

    #[tokio::test]
    async fn the_sessions_ended_by_another_password_are_announced_after_the_commit() {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(BO).account));
        stage.compares(true, false);
        stage.hashes_to("new");
        stage.changes_account(account(BO));
        stage.then_publishes(Announcement::SessionsEnded(vec![account(BO).sessions[1].id]));
        let new = "battery staple".parse().expect("a password");
        stage.hexroom().change_password(&caller(), password(), new).await.expect("the password fits");
    }

    #[tokio::test]
    async fn a_wrong_password_never_reaches_the_accounts_lock() {
        let stage = || {
            let mut stage = Stage::default();
            stage.finds_account(Some(account(BO).account));
            stage.compares(false, false);
            stage.passwords.expect_hash().never();
            stage.accounts.expect_change().never();
            stage.hexroom()
        };
        let new = "battery staple".parse().expect("a password");
        let changed = stage().change_password(&caller(), password(), new).await;
        assert_eq!(denied(changed), Denial::InvalidCredentials);
        assert_eq!(denied(stage().erase_account(&caller(), password()).await), Denial::InvalidCredentials);
    }

    #[tokio::test]
    async fn a_password_whose_hash_a_sign_in_has_renewed_is_compared_anew() {
        let mut stage = Stage::default();
        let mut before = account(BO).account;
        before.password_hash = hash("outdated");
        stage.accounts.expect_find().times(1).return_once(move |_| Ok(Some(before)));
        stage.finds_account(Some(account(BO).account));
        stage.compares(true, false);
        stage.compares(true, false);
        stage.changes_account(account(BO));
        stage.changes_account(account(BO));
        stage.then_publishes(ended());
        stage.hexroom().erase_account(&caller(), password()).await.expect("the password fits both hashes");
    }

    fn sits_in_anas_room(stage: &mut Stage) {
        let summary = RoomSummary { room: room(), seats_taken: 3, read_seq: Seq(2), unread: 0 };
        let page = Page { items: vec![summary], has_more: false };
        stage
            .rooms
            .expect_of_member()
            .times(1)
            .in_sequence(&mut stage.order)
            .returning(move |_, _, _| Ok(page.clone()));
    }

    fn ended() -> Announcement {
        Announcement::SessionsEnded(account(BO).sessions.iter().map(|session| session.id).collect())
    }

    #[tokio::test]
    async fn an_account_leaves_its_rooms_before_it_ends() {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(BO).account));
        stage.compares(true, false);
        stage.changes_account(AccountFacts { seats_held: 1, ..account(BO) });
        sits_in_anas_room(&mut stage);
        stage.changes_room(wanted_by(BO));
        stage.then_publishes_event(BO, EventKind::MemberLeft { user_id: user(BO) });
        stage.changes_account(account(BO));
        stage.then_publishes(ended());
        stage.hexroom().erase_account(&caller(), password()).await.expect("the password fits");
    }

    #[tokio::test]
    async fn a_seat_taken_while_rooms_are_left_is_given_up_too() {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(BO).account));
        stage.compares(true, false);
        for _ in 0..2 {
            stage.changes_account(AccountFacts { seats_held: 1, ..account(BO) });
            sits_in_anas_room(&mut stage);
            stage.changes_room(wanted_by(BO));
            stage.then_publishes_event(BO, EventKind::MemberLeft { user_id: user(BO) });
        }
        stage.changes_account(account(BO));
        stage.then_publishes(ended());
        stage.hexroom().erase_account(&caller(), password()).await.expect("the password fits");
    }

    #[tokio::test]
    async fn being_removed_meanwhile_does_not_keep_an_account() {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(BO).account));
        stage.compares(true, false);
        stage.changes_account(AccountFacts { seats_held: 1, ..account(BO) });
        sits_in_anas_room(&mut stage);
        let mut removed = wanted_by(BO);
        vacate(&mut removed, BO);
        stage.changes_room(removed);
        stage.changes_account(account(BO));
        stage.then_publishes(ended());
        stage.hexroom().erase_account(&caller(), password()).await.expect("the password fits");
    }

    #[tokio::test]
    async fn an_owner_is_refused_before_any_room_is_left() {
        let mut stage = Stage::default();
        stage.finds_account(Some(account(BO).account));
        stage.compares(true, false);
        stage.changes_account(AccountFacts { owned_rooms: 1, seats_held: 2, ..account(BO) });
        stage.rooms.expect_of_member().never();
        stage.rooms.expect_change().never();
        let refused = stage.hexroom().erase_account(&caller(), password()).await;
        assert_eq!(denied(refused), Denial::OwnerMustHandOver);
    }

    #[tokio::test]
    async fn a_profile_of_nobody_is_not_found() {
        let mut stage = Stage::default();
        stage.accounts.expect_profile().returning(|_, _| Ok(None));
        assert_eq!(denied(stage.hexroom().profile(user(DI), user(BO)).await), Denial::UserNotFound);
    }
}
