use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::change::AccountChange;
use domain::facts::AccountFacts;
use domain::ports::{AccountScope, Accounts, Committed, Decide, Registration};
use domain::{
    Account, AccountQuery, AdminRecord, DeviceId, LedgerLine, Page, PageSize, PasswordLink, Profile,
    RecordId, Refusal, Session, SessionId, Timestamp, TokenHash, UserId,
};

use super::Ports;
use crate::Backend;
use crate::operations::{accounts, admin};

#[async_trait]
impl<B: Backend> Accounts for Ports<B> {
    async fn register(&self, registration: Registration) -> Result<(), Refusal> {
        self.0.write(move |connection| accounts::register(connection, &registration)).await
    }

    async fn change(
        &self,
        scope: AccountScope,
        decide: Decide<AccountFacts, AccountChange>,
    ) -> Result<Committed<AccountFacts, AccountChange>, Refusal> {
        self.0.write(move |connection| accounts::change(connection, &scope, &decide)).await
    }

    async fn find(&self, user_id: UserId) -> Result<Option<Account>, Refusal> {
        self.0.read(move |connection| accounts::find(connection, &user_id)).await
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<(Account, Session)>, Refusal> {
        self.0.read(move |connection| accounts::find_session(connection, id)).await
    }

    async fn touch(&self, sessions: BTreeSet<SessionId>, at: Timestamp) -> Result<(), Refusal> {
        self.0.write(move |connection| accounts::touch(connection, &sessions, at)).await
    }

    async fn with_old_sessions(
        &self,
        opened: Timestamp,
        seen: Timestamp,
        limit: usize,
    ) -> Result<Vec<UserId>, Refusal> {
        self.0.read(move |connection| accounts::with_old_sessions(connection, opened, seen, limit)).await
    }

    async fn with_second_factor(&self, after: Option<UserId>, limit: usize) -> Result<Vec<UserId>, Refusal> {
        self.0.read(move |connection| accounts::with_second_factor(connection, after.as_ref(), limit)).await
    }

    async fn find_refresh_token(&self, hash: TokenHash) -> Result<Option<UserId>, Refusal> {
        self.0.read(move |connection| accounts::find_refresh_token(connection, hash)).await
    }

    async fn sessions(
        &self,
        user_id: UserId,
        after: Option<DeviceId>,
        size: PageSize,
    ) -> Result<Page<Session>, Refusal> {
        self.0.read(move |connection| accounts::sessions(connection, &user_id, after.as_ref(), size)).await
    }

    async fn ledger(
        &self,
        user_id: UserId,
        after: Option<i64>,
        size: PageSize,
    ) -> Result<Page<LedgerLine>, Refusal> {
        self.0.read(move |connection| accounts::ledger(connection, &user_id, after, size)).await
    }

    async fn profile(&self, user_id: UserId, viewer: UserId) -> Result<Option<Profile>, Refusal> {
        self.0.view(move |connection| accounts::profile(connection, &user_id, &viewer)).await
    }

    async fn list(
        &self,
        query: Option<AccountQuery>,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Account>, Refusal> {
        self.0.read(move |connection| admin::list(connection, query.as_ref(), after.as_ref(), size)).await
    }

    async fn find_password_link(&self, hash: TokenHash) -> Result<Option<PasswordLink>, Refusal> {
        self.0.read(move |connection| admin::find_password_link(connection, hash)).await
    }

    async fn admin_record(
        &self,
        after: Option<RecordId>,
        size: PageSize,
    ) -> Result<Page<AdminRecord>, Refusal> {
        self.0.read(move |connection| admin::record(connection, after, size)).await
    }

    async fn command_line_record(
        &self,
        since: RecordId,
        size: PageSize,
    ) -> Result<Page<AdminRecord>, Refusal> {
        self.0.read(move |connection| admin::command_line_record(connection, since, size)).await
    }
}
