use super::{Caller, Hexroom, SignedIn};
use crate::change::AccountChange;
use crate::ports::RoomScope;
use crate::ports::{AccountScope, Registration};
use crate::rules::{accounts as rules, membership};
use crate::{
    Account, AccountName, AccountPassword, CoinAccount, Coins, Denial, DeviceId, PageSize, PasswordHash,
    Phone, PresentedPassword, Prime, Profile, Refusal, Transfer, TransferId, TransferReason, UserId,
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
        let coins = rules::signup_coins(new.avail_coins, self.signup_coins_max)?;
        if self.accounts.find(new.user_id.clone()).await?.is_some() {
            return Err(Denial::UserIdTaken.into());
        }
        let password_hash = self.passwords.hash(new.password.present()).await?;
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
            member_since: now,
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
        let compared_with = self.verify_own_password(caller, current).await?;
        let hash = self.passwords.hash(new.present()).await?;
        let session_id = caller.session.id;
        let scope = AccountScope::new(caller.account.user_id.clone());
        self.change_account(scope, move |facts| {
            rules::change_password(facts, &compared_with, &hash, session_id)
        })
        .await?;
        Ok(())
    }

    /// Ends the account: it leaves its rooms, its sessions end, everything personal goes.
    pub async fn erase_account(&self, caller: &Caller, password: PresentedPassword) -> Result<(), Refusal> {
        let user_id = caller.account.user_id.clone();
        let compared_with = self.verify_own_password(caller, password).await?;
        let now = self.clock.now();
        // Asked once before any room is left, so that a refusal changes nothing.
        let probe = compared_with.clone();
        self.accounts
            .change(
                AccountScope::new(user_id.clone()),
                Box::new(move |facts| rules::erase(facts, &probe, now).map(|_| Vec::new())),
            )
            .await?;
        loop {
            let rooms = self.rooms.of_member(user_id.clone(), None, PageSize::default()).await?;
            for summary in &rooms.items {
                let scope = RoomScope::new(summary.room.id, user_id.clone());
                match self.change_room(scope, move |facts| membership::leave(facts, now)).await {
                    Ok(_) | Err(Refusal::Denied(Denial::NotAMember | Denial::RoomClosed)) => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            if !rooms.has_more {
                break;
            }
        }
        let scope = AccountScope::new(user_id);
        self.change_account(scope, move |facts| rules::erase(facts, &compared_with, now)).await?;
        Ok(())
    }

    /// An account as another may see it.
    pub async fn profile(&self, user_id: UserId, viewer: UserId) -> Result<Profile, Refusal> {
        Ok(self.accounts.profile(user_id, viewer).await?.ok_or(Denial::UserNotFound)?)
    }

    /// The hash that the caller's password was found to fit.
    async fn verify_own_password(
        &self,
        caller: &Caller,
        password: PresentedPassword,
    ) -> Result<PasswordHash, Refusal> {
        let hash = caller.account.password_hash.clone();
        if self.passwords.verify(password, Some(hash.clone())).await?.fits {
            Ok(hash)
        } else {
            Err(Denial::InvalidCredentials.into())
        }
    }
}
