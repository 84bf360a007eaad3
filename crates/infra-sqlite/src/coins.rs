use diesel::prelude::*;
use domain::{CoinAccount, Transfer};
use infra_sql::coins::{self, CoinAccountRow, TransferRow};
use infra_sql::schema::{coin_accounts, transfer_entries, transfers};

use crate::errors::Failure;

/// Moves coins: both balances and the two entries that say why they are what they are.
pub(crate) fn transfer(connection: &mut SqliteConnection, transfer: &Transfer) -> Result<(), Failure> {
    diesel::insert_into(transfers::table).values(TransferRow::from(transfer)).execute(connection)?;
    let amount = transfer.amount.get();
    book(connection, transfer, &transfer.from, -amount)?;
    book(connection, transfer, &transfer.to, amount)
}

fn book(
    connection: &mut SqliteConnection,
    transfer: &Transfer,
    account: &CoinAccount,
    amount: i64,
) -> Result<(), Failure> {
    let id = coins::coin_account_id(account);
    let before: CoinAccountRow = coins::coin_account(id).first(connection)?;
    let (after, entry) = before.booked(transfer.id, amount);
    diesel::update(coins::coin_account(id))
        .set((coin_accounts::balance.eq(after.balance), coin_accounts::last_entry_no.eq(after.last_entry_no)))
        .execute(connection)?;
    diesel::insert_into(transfer_entries::table).values(entry).execute(connection)?;
    Ok(())
}
