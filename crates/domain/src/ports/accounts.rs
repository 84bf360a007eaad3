use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::{
    Account, AccountQuery, AdminRecord, DeviceId, IdempotencyKey, LedgerLine, Page, PageSize, PasswordLink,
    Profile, RecordId, RefreshToken, Refusal, Session, SessionId, Timestamp, TokenHash, Transfer, UserId,
};

use super::decision::{Committed, Decide};

/// A new account with everything it begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The account. Its balance is what `signup_coins` brings.
    pub account: Account,
    /// Its coins, from the mint; none if it begins with none.
    pub signup_coins: Option<Transfer>,
    /// Its first session.
    pub session: Session,
    /// That session's refresh token.
    pub refresh_token: RefreshToken,
}

/// Which account to lock and what to read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountScope {
    /// The account.
    pub user_id: UserId,
    /// The refresh token that was presented.
    pub refresh_token: Option<TokenHash>,
    /// The key under which coins are to be granted.
    pub grant: Option<IdempotencyKey>,
    /// The password link that was presented.
    pub password_link: Option<TokenHash>,
    /// Whether all admins are to be locked and read too.
    pub admins: bool,
}

impl AccountScope {
    /// An account alone.
    pub fn new(user_id: UserId) -> Self {
        Self { user_id, refresh_token: None, grant: None, password_link: None, admins: false }
    }
}

/// Accounts, their sessions and their coins. An erased account is no account, but keeps its id.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds an account. Denied with `user_id_taken` if its id was ever given out.
    async fn register(&self, registration: Registration) -> Result<(), Refusal>;

    /// Locks the account, with others in the order of their ids, reads the facts, asks `decide`, applies
    /// its changes. Denied with
    /// `user_not_found` if there is no such account.
    async fn change(
        &self,
        scope: AccountScope,
        decide: Decide<AccountFacts, AccountChange>,
    ) -> Result<Committed<AccountFacts, AccountChange>, Refusal>;

    /// The account.
    async fn find(&self, user_id: UserId) -> Result<Option<Account>, Refusal>;

    /// A session that has not ended, with its account.
    async fn find_session(&self, id: SessionId) -> Result<Option<(Account, Session)>, Refusal>;

    /// Notes that these sessions were at work at that time, those that have not ended and of which nothing later
    /// is noted.
    async fn touch(&self, sessions: BTreeSet<SessionId>, at: Timestamp) -> Result<(), Refusal>;

    /// Accounts with a session that was opened by `opened` or last seen by `seen`, at most `limit`.
    async fn with_old_sessions(
        &self,
        opened: Timestamp,
        seen: Timestamp,
        limit: usize,
    ) -> Result<Vec<UserId>, Refusal>;

    /// Accounts with a second factor, on or offered, in the order of their ids from above `after`, at
    /// most `limit`.
    async fn with_second_factor(&self, after: Option<UserId>, limit: usize) -> Result<Vec<UserId>, Refusal>;

    /// Whose refresh token it is, dead or alive.
    async fn find_refresh_token(&self, hash: TokenHash) -> Result<Option<UserId>, Refusal>;

    /// The account's sessions in the order of their device ids, from above `after`.
    async fn sessions(
        &self,
        user_id: UserId,
        after: Option<DeviceId>,
        size: PageSize,
    ) -> Result<Page<Session>, Refusal>;

    /// The account's transfers, newest first, from below the line numbered `after`.
    async fn ledger(
        &self,
        user_id: UserId,
        after: Option<i64>,
        size: PageSize,
    ) -> Result<Page<LedgerLine>, Refusal>;

    /// An account as `viewer` may see it.
    async fn profile(&self, user_id: UserId, viewer: UserId) -> Result<Option<Profile>, Refusal>;

    /// The accounts that a query finds, or all, in the order of their ids, from above `after`.
    async fn list(
        &self,
        query: Option<AccountQuery>,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Account>, Refusal>;

    /// The password link with this token, expired or not.
    async fn find_password_link(&self, hash: TokenHash) -> Result<Option<PasswordLink>, Refusal>;

    /// What admins did, newest first, from below `after`.
    async fn admin_record(
        &self,
        after: Option<RecordId>,
        size: PageSize,
    ) -> Result<Page<AdminRecord>, Refusal>;

    /// What was done by the command line, oldest first, from above `since`.
    async fn command_line_record(
        &self,
        since: RecordId,
        size: PageSize,
    ) -> Result<Page<AdminRecord>, Refusal>;
}
