use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// Coin accounts and the double entries between them.
    trait CoinStatements, implemented by implement_coin_statements;

    fn insert_coin_account(connection, account: &CoinAccountRow) -> usize {
        insert_into(coin_accounts::table).values(account).execute(connection)
    }

    /// Sets a coin account's balance and the number of its last line.
    fn set_balance(connection, account: &CoinAccountRow) -> usize {
        diesel::update(coin_accounts::table.find(&account.coin_account_id))
            .set((
                coin_accounts::balance.eq(account.balance),
                coin_accounts::last_entry_no.eq(account.last_entry_no),
            ))
            .execute(connection)
    }

    fn insert_transfer(connection, transfer: &TransferRow) -> usize {
        insert_into(transfers::table).values(transfer).execute(connection)
    }

    fn insert_entry(connection, entry: &EntryRow) -> usize {
        insert_into(transfer_entries::table).values(entry).execute(connection)
    }

    /// How many coins were granted to somebody under a key.
    fn granted(connection, user_id: &str, key: &str) -> Option<i64> {
        let is_theirs = transfer_entries::transfer_id
            .eq(grants::transfer_id)
            .and(transfer_entries::coin_account_id.eq(grants::user_id));
        grants::table
            .inner_join(transfer_entries::table.on(is_theirs))
            .filter(grants::user_id.eq(user_id))
            .filter(grants::idempotency_key.eq(key))
            .select(transfer_entries::amount)
            .first(connection)
            .optional()
    }

    /// Notes which transfer a grant's key stands for.
    fn insert_grant(connection, grant: &GrantRow) -> usize {
        insert_into(grants::table).values(grant).execute(connection)
    }

    /// An account's lines below the one numbered `before`, newest first.
    fn ledger_before(connection, user_id: &str, before: i64, limit: i64) -> Vec<(EntryRow, TransferRow)> {
        transfer_entries::table
            .inner_join(transfers::table.on(transfers::transfer_id.eq(transfer_entries::transfer_id)))
            .filter(transfer_entries::coin_account_id.eq(user_id))
            .filter(transfer_entries::entry_no.lt(before))
            .order(transfer_entries::entry_no.desc())
            .limit(limit)
            .load(connection)
    }
}
