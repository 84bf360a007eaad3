use domain::{CoinAccount, Transfer};

use crate::Dialect;
use crate::coins::{TransferRow, coin_account_id};
use crate::failure::{Failure, exactly_one};

/// Moves coins: both balances and the two entries that say why they are what they are.
pub(super) fn transfer(connection: &mut impl Dialect, transfer: &Transfer) -> Result<(), Failure> {
    connection.insert_transfer(&TransferRow::from(transfer))?;
    let amount = transfer.amount.get();
    book(connection, transfer, &transfer.from, -amount)?;
    book(connection, transfer, &transfer.to, amount)
}

fn book(
    connection: &mut impl Dialect,
    transfer: &Transfer,
    account: &CoinAccount,
    amount: i64,
) -> Result<(), Failure> {
    let before = connection.lock_coin_account(coin_account_id(account))?;
    let (after, entry) = before.booked(transfer.id, amount);
    exactly_one(connection.set_balance(&after)?, "a coin account that is booked is there")?;
    connection.insert_entry(&entry)?;
    Ok(())
}
