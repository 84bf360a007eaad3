//! Coin accounts and the double entries between them.

use diesel::prelude::*;
use domain::{
    CoinAccount, Coins, IdempotencyKey, LedgerLine, RoomId, Stored, Timestamp, Transfer, TransferId,
    TransferReason, UserId,
};
use serde::{Deserialize, Serialize};

use crate::fields::{Fields, Found};
use crate::schema::{coin_accounts, grants, transfer_entries, transfers};
use crate::stored::{Corrupt, StoredId, coins, named};

const REASONS: [TransferReason; 3] =
    [TransferReason::Registration, TransferReason::Grant, TransferReason::JoinFee];

/// The id of the coin account that gives coins out.
pub const MINT: &str = "@mint";

/// The id of the coin account that takes fees.
pub const HOUSE: &str = "@house";

/// A coin account's id. No user id begins as the system's own do.
pub fn coin_account_id(account: &CoinAccount) -> &str {
    match account {
        CoinAccount::Mint => MINT,
        CoinAccount::House => HOUSE,
        CoinAccount::Member(user_id) => user_id.as_str(),
    }
}

/// A coin account's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = coin_accounts)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct CoinAccountRow {
    pub coin_account_id: String,
    pub balance: i64,
    pub last_entry_no: i64,
}

impl Fields for CoinAccountRow {
    fn look(&self, found: &mut Found) {
        let id = &self.coin_account_id;
        let is_known = [MINT, HOUSE].contains(&id.as_str()) || UserId::was_ever_taken(id);
        found.that(is_known, "coin_accounts.coin_account_id", id);
        found.that(self.last_entry_no >= 0, "coin_accounts.last_entry_no", id);
    }
}

impl CoinAccountRow {
    /// The row of a new member, who has no coins yet.
    pub fn empty(user_id: &UserId) -> Self {
        Self { coin_account_id: user_id.to_string(), balance: 0, last_entry_no: 0 }
    }

    /// A member's balance.
    pub fn coins(&self) -> Result<Coins, Corrupt> {
        coins(self.balance, "coin_accounts.balance")
    }

    /// Books `amount`, which is signed: the account as it is after it, and the entry that made it so.
    #[must_use]
    pub fn booked(self, transfer_id: TransferId, amount: i64) -> (Self, EntryRow) {
        let after = Self { balance: self.balance + amount, last_entry_no: self.last_entry_no + 1, ..self };
        let entry = EntryRow {
            coin_account_id: after.coin_account_id.clone(),
            entry_no: after.last_entry_no,
            transfer_id: transfer_id.into(),
            amount,
            balance: after.balance,
        };
        (after, entry)
    }
}

/// A transfer's row; who gave and took how much stands in its two entries.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = transfers, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct TransferRow {
    pub transfer_id: StoredId,
    pub reason: String,
    pub room_id: Option<StoredId>,
    pub at: i64,
}

impl Fields for TransferRow {
    fn look(&self, found: &mut Found) {
        found.that(self.reason().is_ok(), "transfers.reason", self.transfer_id.0);
    }
}

impl From<&Transfer> for TransferRow {
    fn from(transfer: &Transfer) -> Self {
        Self {
            transfer_id: transfer.id.into(),
            reason: transfer.reason.as_str().to_owned(),
            room_id: transfer.room_id.map(StoredId::from),
            at: transfer.at.as_millis(),
        }
    }
}

impl TransferRow {
    /// What the coins were moved for.
    pub fn reason(&self) -> Result<TransferReason, Corrupt> {
        named(REASONS, TransferReason::as_str, &self.reason, "transfers.reason")
    }
}

/// One side of a transfer: an account's line number `entry_no`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = transfer_entries)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct EntryRow {
    pub coin_account_id: String,
    pub entry_no: i64,
    pub transfer_id: StoredId,
    pub amount: i64,
    pub balance: i64,
}

impl Fields for EntryRow {
    fn look(&self, found: &mut Found) {
        found.that(self.entry_no >= 1, "transfer_entries.entry_no", self.transfer_id.0);
        found.that(self.amount != 0, "transfer_entries.amount", self.transfer_id.0);
    }
}

/// A ledger's line from its two rows.
pub fn ledger_line((entry, transfer): (EntryRow, TransferRow)) -> Result<LedgerLine, Corrupt> {
    Ok(LedgerLine {
        number: entry.entry_no,
        id: TransferId(entry.transfer_id.0),
        amount: entry.amount,
        balance: entry.balance,
        reason: transfer.reason()?,
        room_id: transfer.room_id.map(|id| RoomId(id.0)),
        at: Timestamp::from_millis(transfer.at),
    })
}

/// Which transfer a grant's key stands for.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = grants)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct GrantRow {
    pub user_id: String,
    pub idempotency_key: String,
    pub transfer_id: StoredId,
}

impl Fields for GrantRow {
    fn look(&self, found: &mut Found) {
        found.text::<IdempotencyKey>(&self.idempotency_key, "grants.idempotency_key", self.transfer_id.0);
    }
}

impl GrantRow {
    /// The row of a grant.
    pub fn of(user_id: &UserId, key: &IdempotencyKey, transfer: &Transfer) -> Self {
        Self {
            user_id: user_id.to_string(),
            idempotency_key: key.to_string(),
            transfer_id: transfer.id.into(),
        }
    }
}
