use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use domain::change::AccountChange;
use domain::facts::AccountFacts;
use domain::ports::{AccountScope, Accounts, Committed, Decide, Registration};
use domain::rules::friendship::friendship;
use domain::{
    Account, Denial, DeviceId, LedgerLine, Page, PageSize, Profile, Refusal, Session, SessionId, TokenHash,
    UserId,
};
use infra_sql::accounts::{self, AccountRow, SessionRow};
use infra_sql::coins::{self, CoinAccountRow, EntryRow, TransferRow};
use infra_sql::schema::{accounts as accounts_table, coin_accounts};

use crate::apply_account_change::{apply, open_session};
use crate::errors::Failure;
use crate::{Database, account_facts, friends};

/// The accounts in a SQLite file.
pub(crate) struct SqliteAccounts {
    database: Arc<Database>,
}

impl SqliteAccounts {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Accounts for SqliteAccounts {
    async fn register(&self, registration: Registration) -> Result<(), Refusal> {
        self.database.writer.write(move |connection| register(connection, &registration)).await
    }

    async fn change(
        &self,
        scope: AccountScope,
        decide: Decide<AccountFacts, AccountChange>,
    ) -> Result<Committed<AccountFacts, AccountChange>, Refusal> {
        let changed = self.database.writer.write(move |connection| {
            let facts = account_facts::load(connection, &scope)?;
            let changes = decide(&facts)?;
            for change in &changes {
                apply(connection, &scope.user_id, change)?;
            }
            Ok(Committed { facts, changes })
        });
        changed.await
    }

    async fn find(&self, user_id: UserId) -> Result<Option<Account>, Refusal> {
        self.database.readers.read(move |connection| account_facts::find(connection, &user_id)).await
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<(Account, Session)>, Refusal> {
        let found = self.database.readers.read(move |connection| {
            let row: Option<(SessionRow, AccountRow, CoinAccountRow)> =
                accounts::session_with_account(id.into()).first(connection).optional()?;
            let Some((session, account, coins)) = row else { return Ok(None) };
            Ok(Some((account.account(&coins)?, Session::try_from(session)?)))
        });
        found.await
    }

    async fn find_refresh_token(&self, hash: TokenHash) -> Result<Option<UserId>, Refusal> {
        let found = self.database.readers.read(move |connection| {
            Ok(account_facts::refresh_token(connection, hash)?.map(|(_, user_id)| user_id))
        });
        found.await
    }

    async fn sessions(
        &self,
        user_id: UserId,
        after: Option<DeviceId>,
        size: PageSize,
    ) -> Result<Page<Session>, Refusal> {
        let page = self.database.readers.read(move |connection| {
            let rows = account_facts::sessions(connection, &user_id, after.as_ref(), size.and_one_more())?;
            Ok(Page::cut(rows, size))
        });
        page.await
    }

    async fn ledger(
        &self,
        user_id: UserId,
        after: Option<i64>,
        size: PageSize,
    ) -> Result<Page<LedgerLine>, Refusal> {
        let before = after.unwrap_or(i64::MAX);
        let page = self.database.readers.read(move |connection| {
            let rows: Vec<(EntryRow, TransferRow)> =
                coins::ledger_before(user_id.as_str(), before, size.and_one_more()).load(connection)?;
            let lines = rows.into_iter().map(coins::ledger_line).collect::<Result<_, _>>()?;
            Ok(Page::cut(lines, size))
        });
        page.await
    }

    async fn profile(&self, user_id: UserId, viewer: UserId) -> Result<Option<Profile>, Refusal> {
        let profile = self.database.readers.view(move |connection| {
            let row = accounts::living(user_id.as_str())
                .first::<(AccountRow, CoinAccountRow)>(connection)
                .optional()?;
            let Some((account, _)) = row else { return Ok(None) };
            let between = friends::facts(connection, &viewer, &user_id)?;
            Ok(Some(account.profile(friendship(&between))?))
        });
        profile.await
    }
}

fn register(connection: &mut SqliteConnection, registration: &Registration) -> Result<(), Failure> {
    let Registration { account, signup_coins, session, refresh_token } = registration;
    // An erased account's row is still there, so its id stays taken.
    let taken: i64 = accounts_table::table
        .filter(accounts_table::user_id.eq(account.user_id.as_str()))
        .count()
        .get_result(connection)?;
    if taken > 0 {
        return Err(Denial::UserIdTaken.into());
    }
    diesel::insert_into(accounts_table::table).values(AccountRow::of(account)).execute(connection)?;
    diesel::insert_into(coin_accounts::table)
        .values(CoinAccountRow::empty(&account.user_id))
        .execute(connection)?;
    if let Some(transfer) = signup_coins {
        crate::coins::transfer(connection, transfer)?;
    }
    open_session(connection, session, refresh_token)
}
