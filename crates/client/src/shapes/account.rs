use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

use crate::{RoomId, TransferId, UserId};

/// An account, as only its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Account {
    /// Its id.
    pub user_id: UserId,
    /// What people see.
    pub name: String,
    /// The phone number, in E.164.
    pub phone: String,
    /// The device that this session is on.
    pub device_id: String,
    /// The balance in coins.
    pub avail_coins: i64,
    /// Whether it is a prime member now.
    pub prime: bool,
    /// When prime ends, where it does.
    #[serde(default)]
    pub prime_until: Option<Timestamp>,
    /// Whether the one free join has been used.
    pub free_join_used: bool,
    /// Whether it may grant prime and coins.
    pub admin: bool,
    /// Whether signing in takes a code besides the password.
    pub second_factor: bool,
    /// When it registered.
    pub member_since: Timestamp,
}

/// What a session is carried on with.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// Proves who calls.
    pub access_token: SecretString,
    /// Until when it does.
    pub access_token_expires_at: Timestamp,
    /// Buys the next pair; good until the next pair is first used.
    pub refresh_token: SecretString,
    /// Until when it does.
    pub refresh_token_expires_at: Timestamp,
}

/// One sign-in of the account on one device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The device.
    pub device_id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used; right to the minute.
    pub last_seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A movement of the account's coins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// Its id.
    pub transfer_id: TransferId,
    /// Coins gained, or lost if negative.
    pub amount: i64,
    /// The balance after it, in coins.
    pub balance: i64,
    /// `registration`, `grant` or `join_fee`; others may come.
    pub reason: String,
    /// The room whose fee it is.
    #[serde(default)]
    pub room_id: Option<RoomId>,
    /// When it was made.
    pub at: Timestamp,
}

/// What an admin's change to an account's membership came to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prime {
    /// Whose it is.
    pub user_id: UserId,
    /// Whether the account is a prime member now.
    pub prime: bool,
    /// When prime ends, where it does.
    #[serde(default)]
    pub prime_until: Option<Timestamp>,
}
