use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// Coin accounts and the double entries between them.
    trait CoinStatements, implemented by implement_coin_statements;

    /// Adds a coin account.
    fn insert_coin_account(connection, account: &CoinAccountRow) -> usize {
        insert_into(schema::coin_accounts::table).values(account).execute(connection)
    }

    /// Sets a coin account's balance and the number of its last line.
    fn set_balance(connection, account: &CoinAccountRow) -> usize {
        update(coins::coin_account(&account.coin_account_id))
            .set((
                schema::coin_accounts::balance.eq(account.balance),
                schema::coin_accounts::last_entry_no.eq(account.last_entry_no),
            ))
            .execute(connection)
    }

    /// Adds a transfer.
    fn insert_transfer(connection, transfer: &TransferRow) -> usize {
        insert_into(schema::transfers::table).values(transfer).execute(connection)
    }

    /// Adds one side of a transfer.
    fn insert_entry(connection, entry: &EntryRow) -> usize {
        insert_into(schema::transfer_entries::table).values(entry).execute(connection)
    }

    /// How many coins were granted to somebody under a key.
    fn granted(connection, user_id: &str, key: &str) -> Option<i64> {
        coins::granted(user_id, key).first(connection).optional()
    }

    /// Notes which transfer a grant's key stands for.
    fn insert_grant(connection, grant: &GrantRow) -> usize {
        insert_into(schema::grants::table).values(grant).execute(connection)
    }

    /// An account's lines below the one numbered `before`, newest first.
    fn ledger_before(connection, user_id: &str, before: i64, limit: i64) -> Vec<(EntryRow, TransferRow)> {
        coins::ledger_before(user_id, before, limit).load(connection)
    }
}
