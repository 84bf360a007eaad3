use super::Hexroom;
use crate::ports::{AccountScope, Purpose, Requester, RoomScope};
use crate::rules::{accounts, operators, second_factor};
use crate::{
    Account, AccountPassword, AdminAction, AdminRecord, Announcement, Coins, Deed, Denial, Field,
    IdempotencyKey, Network, Notice, OpaqueToken, Operator, PASSWORD_LINK_LIFETIME, Prime, RecordId, Refusal,
    RoomId, Seq, SessionId, Timestamp, TransferId, UserId,
};

/// A password link that has just been made. Shown once, to who made it.
#[derive(Debug, Clone)]
pub struct PasswordLinkMade {
    /// With what its holder sets another password.
    pub token: OpaqueToken,
    /// When it ends unused.
    pub expires_at: Timestamp,
}

/// What admins do, and the command line. Callers have been let in by
/// [`admit_admin`](crate::rules::operators::admit_admin) first.
impl Hexroom {
    /// Grants or withdraws prime.
    pub async fn set_prime(&self, by: Operator, user_id: UserId, prime: Prime) -> Result<Account, Refusal> {
        let deed = self.deed(by);
        let scope = AccountScope::new(user_id.clone());
        let committed =
            self.change_account(scope, move |facts| accounts::set_prime(facts, prime, &deed)).await?;
        if !committed.changes.is_empty() {
            self.notify(&user_id, Notice::PrimeChanged { prime }).await;
        }
        Ok(Account { prime, ..committed.facts.account })
    }

    /// Makes an account an admin's, or one like any other.
    pub async fn set_admin(&self, by: Operator, user_id: UserId, admin: bool) -> Result<(), Refusal> {
        let deed = self.deed(by);
        let scope = AccountScope::new(user_id);
        self.change_account(scope, move |facts| operators::set_admin(facts, admin, &deed)).await?;
        Ok(())
    }

    /// Grants coins, once for each key. The balance is the account's own to know.
    pub async fn grant_coins(
        &self,
        by: Operator,
        user_id: UserId,
        amount: Coins,
        key: IdempotencyKey,
    ) -> Result<(), Refusal> {
        let deed = self.deed(by);
        let transfer_id = TransferId(self.randomness.id());
        let scope = AccountScope { grant: Some(key.clone()), ..AccountScope::new(user_id.clone()) };
        let committed = self
            .change_account(scope, move |facts| {
                accounts::grant_coins(facts, amount, &key, transfer_id, &deed)
            })
            .await?;
        if !committed.changes.is_empty() {
            let avail_coins = committed.facts.account.avail_coins.plus(amount);
            self.notify(&user_id, Notice::CoinsChanged { avail_coins }).await;
        }
        Ok(())
    }

    /// Suspends an account: it can do nothing until it is readmitted, and its connections end.
    pub async fn suspend(&self, by: Operator, user_id: UserId) -> Result<(), Refusal> {
        let deed = self.deed(by);
        let scope = AccountScope { admins: true, ..AccountScope::new(user_id) };
        self.change_account(scope, move |facts| operators::suspend(facts, &deed)).await?;
        Ok(())
    }

    /// Lifts the second factor of somebody who has lost it, and answers whether there was one.
    pub async fn lift_second_factor_of(&self, by: Operator, user_id: UserId) -> Result<bool, Refusal> {
        let deed = self.deed(by);
        let committed = self
            .change_account(AccountScope::new(user_id), move |facts| second_factor::lift_for(facts, &deed))
            .await?;
        Ok(!committed.changes.is_empty())
    }

    /// Lets a suspended account act again.
    pub async fn readmit(&self, by: Operator, user_id: UserId) -> Result<(), Refusal> {
        let deed = self.deed(by);
        self.change_account(AccountScope::new(user_id), move |facts| operators::readmit(facts, &deed))
            .await?;
        Ok(())
    }

    /// Ends all of an account's sessions.
    pub async fn end_sessions(&self, by: Operator, user_id: UserId) -> Result<(), Refusal> {
        let deed = self.deed(by);
        self.change_account(AccountScope::new(user_id), move |facts| operators::end_sessions(facts, &deed))
            .await?;
        Ok(())
    }

    /// Makes a link with which an account's holder sets another password.
    pub async fn make_password_link(
        &self,
        by: Operator,
        user_id: UserId,
    ) -> Result<PasswordLinkMade, Refusal> {
        let (deed, token) = (self.deed(by), self.randomness.token());
        let (hash, expires_at) = (token.hash(), deed.at.plus(PASSWORD_LINK_LIFETIME));
        self.change_account(AccountScope::new(user_id), move |facts| {
            operators::make_password_link(facts, hash, &deed)
        })
        .await?;
        Ok(PasswordLinkMade { token, expires_at })
    }

    /// Sets another password with a link, ends all of the account's sessions, and answers whose link it
    /// was. A token that is not good costs no hashing.
    pub async fn use_password_link(
        &self,
        token: &OpaqueToken,
        new: AccountPassword,
        from: Network,
    ) -> Result<UserId, Refusal> {
        let (hash, now) = (token.hash(), self.clock.now());
        let link = self.accounts.find_password_link(hash).await?.ok_or(Denial::PasswordLinkInvalid)?;
        let user_id = link.user_id.clone();
        let account = self.accounts.find(user_id.clone()).await?.ok_or(Denial::PasswordLinkInvalid)?;
        operators::admit_password_link(&link, &account, now)?;
        let new = accounts::new_password(new, &user_id, Field::NewPassword)?;
        let by = Requester { network: from, account: user_id.clone(), purpose: Purpose::OwnAccount };
        let password = self.passwords.hash(new.present(), by).await?;
        let scope = AccountScope { password_link: Some(hash), ..AccountScope::new(user_id.clone()) };
        self.change_account(scope, move |facts| operators::use_password_link(facts, &password, now))
            .await
            .map_err(|refusal| match refusal {
                Refusal::Denied(Denial::UserNotFound) => Denial::PasswordLinkInvalid.into(),
                other => other,
            })?;
        Ok(user_id)
    }

    /// Closes any room.
    pub async fn close_room_as_operator(&self, by: Operator, room_id: RoomId) -> Result<(), Refusal> {
        let deed = self.deed(by);
        // A room that changes hands meanwhile is closed all the same: the facts say whose it is then.
        let owner_id = self.rooms.find(room_id).await?.ok_or(Denial::RoomNotFound)?.owner_id;
        let scope = RoomScope::new(room_id, owner_id);
        self.change_room(scope, move |facts| operators::close_room(facts, &deed)).await?;
        Ok(())
    }

    /// Announces what another process did. `sessions` are those that the account has connections of.
    pub async fn announce_record(
        &self,
        record: &AdminRecord,
        sessions: impl IntoIterator<Item = SessionId>,
    ) -> Result<(), Refusal> {
        if let Some(room_id) = record.room_id {
            return self.announce_end_of_log(room_id).await;
        }
        let Some(user_id) = record.user_id.clone() else { return Ok(()) };
        let Some(account) = self.accounts.find(user_id.clone()).await? else { return Ok(()) };
        match record.action {
            AdminAction::GrantPrime | AdminAction::WithdrawPrime => {
                self.notify(&user_id, Notice::PrimeChanged { prime: account.prime }).await;
            }
            AdminAction::GrantCoins => {
                self.notify(&user_id, Notice::CoinsChanged { avail_coins: account.avail_coins }).await;
            }
            AdminAction::Suspend if account.suspended_at.is_some() => {
                self.events.publish(Announcement::Suspended(user_id)).await;
            }
            AdminAction::EndSessions => {
                let mut ended = Vec::new();
                for id in sessions {
                    if self.accounts.find_session(id).await?.is_none() {
                        ended.push(id);
                    }
                }
                if !ended.is_empty() {
                    self.events.publish(Announcement::SessionsEnded(ended)).await;
                }
            }
            // Nobody who is connected sees anything of these.
            AdminAction::Suspend
            | AdminAction::Readmit
            | AdminAction::GrantAdmin
            | AdminAction::WithdrawAdmin
            | AdminAction::MakePasswordLink
            | AdminAction::LiftSecondFactor
            | AdminAction::CloseRoom => {}
        }
        Ok(())
    }

    async fn announce_end_of_log(&self, room_id: RoomId) -> Result<(), Refusal> {
        let Some(room) = self.rooms.find(room_id).await? else { return Ok(()) };
        let last = self.rooms.log(room_id, None, Seq(room.head_seq.0 - 1), 1).await?;
        for event in last.events {
            self.events.publish(Announcement::Event(event)).await;
        }
        Ok(())
    }

    fn deed(&self, by: Operator) -> Deed {
        Deed { id: RecordId(self.randomness.id()), at: self.clock.now(), by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::AccountFacts;
    use crate::ports::LogPage;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;
    use crate::{Event, EventKind, PasswordLink};

    fn key() -> IdempotencyKey {
        "key".parse().expect("a key")
    }

    fn command_line() -> Operator {
        Operator::default()
    }

    #[tokio::test]
    async fn prime_is_told_to_its_member_after_the_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_account(account(BO));
        let prime = Prime::Until(at(1));
        fixture.then_notifies(BO, Notice::PrimeChanged { prime });
        let account =
            fixture.hexroom().set_prime(command_line(), user(BO), prime).await.expect("there is Bo");
        assert_eq!(account.prime, prime);
    }

    #[tokio::test]
    async fn prime_granted_again_is_silent() {
        let mut fixture = Fixture::default();
        fixture.changes_account(account(BO));
        fixture.hexroom().set_prime(command_line(), user(BO), Prime::No).await.expect("there is Bo");
    }

    #[tokio::test]
    async fn a_grant_is_told_with_the_balance_after_the_commit() {
        let mut fixture = Fixture::default();
        let mut facts = account(BO);
        facts.account.avail_coins = coins(20);
        fixture.changes_account(facts);
        fixture.then_notifies(BO, Notice::CoinsChanged { avail_coins: coins(25) });
        fixture.hexroom().grant_coins(command_line(), user(BO), coins(5), key()).await.expect("a new key");
    }

    #[tokio::test]
    async fn a_repeated_grant_is_silent_and_moves_nothing() {
        let mut fixture = Fixture::default();
        fixture.changes_account(AccountFacts { earlier_grant: Some(coins(5)), ..account(BO) });
        fixture
            .hexroom()
            .grant_coins(command_line(), user(BO), coins(5), key())
            .await
            .expect("the same grant");
    }

    #[tokio::test]
    async fn a_grant_denied_is_silent() {
        let mut fixture = Fixture::default();
        fixture.changes_account(AccountFacts { earlier_grant: Some(coins(5)), ..account(BO) });
        let refused = fixture.hexroom().grant_coins(command_line(), user(BO), coins(6), key()).await;
        assert!(matches!(denied(refused), Denial::Invalid { field: Field::IdempotencyKey, .. }));
    }

    #[tokio::test]
    async fn a_suspension_ends_the_connections_after_the_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_account(account(BO));
        fixture.then_publishes(Announcement::Suspended(user(BO)));
        fixture.hexroom().suspend(command_line(), user(BO)).await.expect("there is Bo");
    }

    #[tokio::test]
    async fn sessions_ended_by_an_admin_are_announced() {
        let mut fixture = Fixture::default();
        fixture.changes_account(account(BO));
        let ended = account(BO).sessions.iter().map(|session| session.id).collect();
        fixture.then_publishes(Announcement::SessionsEnded(ended));
        fixture.hexroom().end_sessions(command_line(), user(BO)).await.expect("there is Bo");
    }

    #[tokio::test]
    async fn a_closed_room_is_announced_to_those_in_it() {
        let mut fixture = Fixture::default();
        fixture.finds_room(Some(room()));
        fixture.changes_room(wanted_by(ANA));
        fixture.then_publishes_event(ANA, EventKind::RoomClosed);
        fixture.hexroom().close_room_as_operator(command_line(), ROOM).await.expect("it is open");
    }

    fn recorded(action: AdminAction) -> AdminRecord {
        deed(None).to_account(action, &user(BO))
    }

    #[tokio::test]
    async fn prime_and_coins_of_another_process_are_told_as_they_are_now() {
        let mut bo = account(BO).account;
        (bo.prime, bo.avail_coins) = (Prime::Always, coins(7));
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(bo));
        fixture.then_notifies(BO, Notice::PrimeChanged { prime: Prime::Always });
        fixture.then_notifies(BO, Notice::CoinsChanged { avail_coins: coins(7) });
        let hexroom = fixture.hexroom();
        for action in [AdminAction::GrantPrime, AdminAction::GrantCoins] {
            hexroom.announce_record(&recorded(action), []).await.expect("it can be read");
        }
    }

    #[tokio::test]
    async fn a_suspension_by_another_process_counts_while_it_lasts() {
        for suspended_at in [Some(NOW), None] {
            let mut fixture = Fixture::default();
            fixture.finds_account(Some(Account { suspended_at, ..account(BO).account }));
            if suspended_at.is_some() {
                fixture.then_publishes(Announcement::Suspended(user(BO)));
            }
            let announced = fixture.hexroom().announce_record(&recorded(AdminAction::Suspend), []).await;
            announced.expect("it can be read");
        }
    }

    #[tokio::test]
    async fn of_sessions_ended_by_another_process_those_are_told_that_are_gone() {
        let facts = account(BO);
        let (gone, newer) = (facts.sessions[0].id, facts.sessions[1].clone());
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(facts.account.clone()));
        let (id, found) = (newer.id, (facts.account, newer));
        fixture
            .accounts
            .expect_find_session()
            .returning(move |asked| Ok((asked == id).then(|| found.clone())));
        fixture.then_publishes(Announcement::SessionsEnded(vec![gone]));
        let announced =
            fixture.hexroom().announce_record(&recorded(AdminAction::EndSessions), [gone, id]).await;
        announced.expect("they can be read");
    }

    #[tokio::test]
    async fn a_room_closed_by_another_process_is_announced_by_the_end_of_its_log() {
        let mut fixture = Fixture::default();
        fixture.finds_room(Some(room()));
        let closed = Event {
            room_id: ROOM,
            seq: room().head_seq,
            actor: user(ANA),
            at: NOW,
            kind: EventKind::RoomClosed,
        };
        let page = LogPage { room: room(), events: vec![closed.clone()] };
        fixture.rooms.expect_log().times(1).return_once(move |_, _, _, _| Ok(page));
        fixture.then_publishes(Announcement::Event(closed));
        let record = deed(None).to_room(AdminAction::CloseRoom, ROOM);
        fixture.hexroom().announce_record(&record, []).await.expect("it can be read");
    }

    fn link(expires_at: Timestamp) -> PasswordLink {
        PasswordLink { hash: secret().hash(), user_id: user(BO), expires_at }
    }

    fn secret() -> OpaqueToken {
        OpaqueToken::new("secret".to_owned())
    }

    fn new_password() -> AccountPassword {
        "battery staple".parse().expect("a password")
    }

    #[tokio::test]
    async fn a_password_link_ends_the_sessions() {
        let mut fixture = Fixture::default();
        fixture.accounts.expect_find_password_link().return_once(|_| Ok(Some(link(at(1)))));
        fixture.finds_account(Some(account(BO).account));
        fixture.hashes_to("new");
        fixture.changes_account(AccountFacts { password_link: Some(link(at(1))), ..account(BO) });
        let ended = account(BO).sessions.iter().map(|session| session.id).collect();
        fixture.then_publishes(Announcement::SessionsEnded(ended));
        let whose = fixture.hexroom().use_password_link(&secret(), new_password(), NETWORK).await;
        assert_eq!(whose.expect("it is good"), user(BO));
    }

    #[tokio::test]
    async fn a_token_that_is_not_good_costs_no_hashing() {
        for found in [None, Some(link(NOW))] {
            let mut fixture = Fixture::default();
            fixture.accounts.expect_find_password_link().return_once(|_| Ok(found));
            fixture.finds_account(Some(account(BO).account));
            fixture.passwords.expect_hash().never();
            let refused = fixture.hexroom().use_password_link(&secret(), new_password(), NETWORK).await;
            assert_eq!(denied(refused), Denial::PasswordLinkInvalid);
        }
    }
}
