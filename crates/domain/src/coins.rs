use std::fmt;

use crate::{Invalid, RoomId, Timestamp, TransferId, UserId};

/// A number of coins, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Coins(i64);

/// What a free member pays for each room after the first.
pub const JOIN_FEE: Coins = Coins(150);

impl Coins {
    /// No coins.
    pub const ZERO: Self = Self(0);

    /// The most that one registration or grant may give, far below what a balance can hold.
    pub const MOST_AT_ONCE: i64 = 1_000_000_000;

    /// So many coins; none if the number is negative.
    pub const fn new(amount: i64) -> Option<Self> {
        if amount < 0 { None } else { Some(Self(amount)) }
    }

    /// An amount that someone asks to be given at once.
    pub fn asked_for(amount: i64) -> Result<Self, Invalid> {
        if (0..=Self::MOST_AT_ONCE).contains(&amount) {
            Ok(Self(amount))
        } else {
            Err(Invalid::new("out_of_range", "An amount of coins is a whole number from 0 to 1000000000."))
        }
    }

    /// An amount that an admin grants: at least one coin.
    pub fn granted(amount: i64) -> Result<Self, Invalid> {
        if (1..=Self::MOST_AT_ONCE).contains(&amount) {
            Ok(Self(amount))
        } else {
            Err(Invalid::new("out_of_range", "A grant is a whole number of coins from 1 to 1000000000."))
        }
    }

    /// The number of coins.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// What is left after paying `price`, if it can be paid.
    pub fn checked_sub(self, price: Self) -> Option<Self> {
        Self::new(self.0 - price.0)
    }

    /// So many and `more`.
    #[must_use]
    pub fn plus(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }

    /// How many coins are missing for `price`.
    #[must_use]
    pub fn shortfall(self, price: Self) -> Self {
        Self((price.0 - self.0).max(0))
    }
}

impl fmt::Display for Coins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A party to a transfer. All balances together are always zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CoinAccount {
    /// Gives the coins of registrations and grants; the only balance that may be negative.
    Mint,
    House,
    /// A member's own coins.
    Member(UserId),
}

/// Why coins moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferReason {
    /// The coins an account was registered with.
    Registration,
    /// An admin gave them.
    Grant,
    /// The price of a further room.
    JoinFee,
}

impl TransferReason {
    /// The reason's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Grant => "grant",
            Self::JoinFee => "join_fee",
        }
    }
}

/// An immutable movement of coins from one coin account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub id: TransferId,
    pub from: CoinAccount,
    pub to: CoinAccount,
    /// How many coins; never zero.
    pub amount: Coins,
    pub reason: TransferReason,
    /// The room whose fee it is.
    pub room_id: Option<RoomId>,
    pub at: Timestamp,
}

/// A transfer as one of its two parties sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// Its place in the party's own list: 1, 2, 3 …
    pub number: i64,
    pub id: TransferId,
    /// Coins gained, or lost if negative.
    pub amount: i64,
    /// The party's balance after it.
    pub balance: i64,
    /// Why the coins moved.
    pub reason: TransferReason,
    /// The room whose fee it is.
    pub room_id: Option<RoomId>,
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_at_least_one_coin_and_at_most_the_most() {
        for good in [1, Coins::MOST_AT_ONCE] {
            assert_eq!(Coins::granted(good).map(Coins::get), Ok(good));
        }
        for bad in [i64::MIN, -1, 0, Coins::MOST_AT_ONCE + 1] {
            assert!(Coins::granted(bad).is_err(), "{bad}");
        }
    }
}
