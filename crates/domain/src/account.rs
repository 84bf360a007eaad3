use crate::{AccountName, Coins, Friendship, PasswordHash, Phone, SecondFactor, Timestamp, UserId};

/// Whether an account is a prime member, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prime {
    /// A free member.
    #[default]
    No,
    /// A prime member until an instant, a free member from then on.
    Until(Timestamp),
    /// A prime member until it is withdrawn.
    Always,
}

impl Prime {
    /// Whether the account is a prime member at `now`.
    pub fn is_active(self, now: Timestamp) -> bool {
        match self {
            Self::No => false,
            Self::Until(end) => now < end,
            Self::Always => true,
        }
    }

    /// The instant at which it ends, where there is one.
    pub fn until(self) -> Option<Timestamp> {
        match self {
            Self::Until(end) => Some(end),
            Self::No | Self::Always => None,
        }
    }
}

/// A registered user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name for all time; it is never given out again.
    pub user_id: UserId,
    /// What it is called on screen.
    pub name: AccountName,
    pub phone: Phone,
    /// Never leaves the server.
    pub password_hash: PasswordHash,
    pub avail_coins: Coins,
    pub prime: Prime,
    /// Whether the one free join has been used.
    pub free_join_used: bool,
    /// Whether it may do what only admins may.
    pub admin: bool,
    /// When an admin suspended it, if it is suspended: it cannot sign in or act.
    pub suspended_at: Option<Timestamp>,
    /// When it was registered.
    pub member_since: Timestamp,
    /// What it asks for besides its password.
    pub second_factor: SecondFactor,
}

/// What of an account is to be different; `None` leaves it alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountRevision {
    pub name: Option<AccountName>,
    pub phone: Option<Phone>,
}

/// What any signed-in account may see of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub user_id: UserId,
    /// What they are called on screen.
    pub name: AccountName,
    pub prime: Prime,
    pub member_since: Timestamp,
    /// What is between the viewer and them.
    pub friendship: Friendship,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prime_lapses_at_its_instant() {
        let end = Timestamp::from_millis(1_000);
        assert!(Prime::Until(end).is_active(Timestamp::from_millis(999)));
        assert!(!Prime::Until(end).is_active(end));
        assert!(Prime::Always.is_active(end));
        assert!(!Prime::No.is_active(end));
    }
}
