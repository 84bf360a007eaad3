//! What admins do to accounts and rooms, and the record of it.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use crate::invalid::in_words;
use crate::stored::by_todays_rule;
use crate::unicode::{is_blank, nfc};
use crate::{Invalid, RecordId, RoomId, Timestamp, TokenHash, UserId};

/// How long a password link is good.
pub const PASSWORD_LINK_LIFETIME: Duration = Duration::from_hours(24);

/// Who acts with an admin's powers, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Operator {
    /// The admin; none for the command line, which needs no account.
    pub admin_id: Option<UserId>,
    /// Why, in their own words.
    pub reason: Option<Reason>,
}

/// Something that an operator is about to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// What it will be recorded under.
    pub id: RecordId,
    pub at: Timestamp,
    pub by: Operator,
}

impl Deed {
    /// The record of what was done to an account.
    pub(crate) fn to_account(&self, action: AdminAction, user_id: &UserId) -> AdminRecord {
        self.record(action, Some(user_id.clone()), None)
    }

    /// The record of what was done to a room.
    pub(crate) fn to_room(&self, action: AdminAction, room_id: RoomId) -> AdminRecord {
        self.record(action, None, Some(room_id))
    }

    fn record(&self, action: AdminAction, user_id: Option<UserId>, room_id: Option<RoomId>) -> AdminRecord {
        let Operator { admin_id, reason } = self.by.clone();
        AdminRecord { id: self.id, at: self.at, admin_id, action, user_id, room_id, reason }
    }
}

/// One line of the record of what admins did. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminRecord {
    pub id: RecordId,
    pub at: Timestamp,
    /// Who; none for the command line.
    pub admin_id: Option<UserId>,
    pub action: AdminAction,
    pub user_id: Option<UserId>,
    pub room_id: Option<RoomId>,
    pub reason: Option<Reason>,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $text:literal,)+) => {
        /// What an admin did.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AdminAction {
            $($(#[$doc])* $name,)+
        }

        impl AdminAction {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The action's stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

actions! {
    /// Prime was granted, or its end moved.
    GrantPrime "grant_prime",
    WithdrawPrime "withdraw_prime",
    GrantCoins "grant_coins",
    /// The account became an admin's.
    GrantAdmin "grant_admin",
    /// The account is no admin's any more.
    WithdrawAdmin "withdraw_admin",
    /// The account was suspended.
    Suspend "suspend",
    /// The account may act again.
    Readmit "readmit",
    /// All of the account's sessions were ended.
    EndSessions "end_sessions",
    /// A link was made with which the account's holder sets another password.
    MakePasswordLink "make_password_link",
    /// The account's second factor was turned off.
    LiftSecondFactor "lift_second_factor",
    /// The room was closed.
    CloseRoom "close_room",
}

/// An admin, as far as another's deed depends on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    pub user_id: UserId,
    /// Whether their account is suspended, so that they can do nothing.
    pub suspended: bool,
}

/// A link with which an account's holder sets another password without knowing the present one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordLink {
    /// Its token's hash; the token itself is shown once and stored nowhere.
    pub hash: TokenHash,
    /// Whose password it sets.
    pub user_id: UserId,
    /// When it ends unused.
    pub expires_at: Timestamp,
}

/// Why an admin does something: 1 to 500 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 1..=500;

    /// The reason as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = nfc(text);
        let fits = Self::LENGTH.contains(&text.chars().count())
            && !is_blank(&text)
            && !text.chars().any(char::is_control);
        if fits {
            Ok(Self(text.into_owned()))
        } else {
            let length = in_words(&Self::LENGTH);
            let message = format!("A reason has {length} characters on one line, not all of them blank.");
            Err(Invalid::new("not_a_reason", message))
        }
    }
}

by_todays_rule!(Reason);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What accounts are looked for by: a part of the user id or of the name, in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountQuery(String);

impl AccountQuery {
    /// Whether an account with this id and name is among those looked for.
    pub fn finds(&self, user_id: &str, name: &str) -> bool {
        user_id.contains(&self.0) || name.to_lowercase().contains(&self.0)
    }
}

impl FromStr for AccountQuery {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = nfc(text.trim());
        if (1..=80).contains(&text.chars().count()) {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(Invalid::new("not_a_query", "Accounts are looked for by 1 to 80 characters of id or name."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_that_says_something() {
        for good in ["spam", &"ä".repeat(500)] {
            assert!(good.parse::<Reason>().is_ok(), "{good}");
        }
        for bad in ["", "  ", "\u{200b}", "two\nlines", &"a".repeat(501)] {
            assert!(bad.parse::<Reason>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_account_is_found_by_a_part_of_its_id_or_name_in_any_case() {
        let query = |text: &str| text.parse::<AccountQuery>().expect("a query");
        for good in ["ana", "ANA", " na.b ", "łódź", "Łódź", "from"] {
            assert!(query(good).finds("ana.b", "Ana from Łódź"), "{good}");
        }
        assert!(!query("bo").finds("ana.b", "Ana from Łódź"));
        for bad in ["", "  ", &"a".repeat(81)] {
            assert!(bad.parse::<AccountQuery>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn each_action_has_a_name_of_its_own() {
        let names: std::collections::HashSet<_> =
            AdminAction::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(names.len(), AdminAction::ALL.len());
    }
}
