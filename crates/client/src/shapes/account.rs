use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

use crate::{Price, RoomId, TransferId, UserId};

/// An account, as only its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Account {
    pub user_id: UserId,
    pub name: String,
    /// The phone number, in E.164.
    pub phone: String,
    /// The device that this session is on.
    pub device_id: String,
    /// The balance in coins.
    pub avail_coins: i64,
    pub prime: bool,
    /// When prime ends, where it does.
    #[serde(default)]
    pub prime_until: Option<Timestamp>,
    /// Whether the one free join has been used.
    pub free_join_used: bool,
    /// What joining a room costs that the account has never joined.
    pub next_join: Price,
    /// Whether it may grant prime and coins.
    pub admin: bool,
    /// Whether signing in takes a code besides the password.
    pub second_factor: bool,
    pub member_since: Timestamp,
}

/// The tokens of a session.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    pub access_token: SecretString,
    pub access_token_expires_at: Timestamp,
    /// Good for one renewal.
    pub refresh_token: SecretString,
    pub refresh_token_expires_at: Timestamp,
}

/// One sign-in of the account on one device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub device_id: String,
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// Whether it is the session of this call.
    pub current: bool,
}

/// A movement of the account's coins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
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
    pub at: Timestamp,
}

/// An account's membership after an admin has changed it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prime {
    pub user_id: UserId,
    pub prime: bool,
    /// When prime ends, where it does.
    #[serde(default)]
    pub prime_until: Option<Timestamp>,
}
