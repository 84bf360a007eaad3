use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

use crate::Invalid;

/// No password is longer, in characters: hashing takes time in proportion to it.
const LONGEST: usize = 128;

macro_rules! new_password {
    ($($(#[$doc:meta])* $name:ident: $shortest:literal, $what:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// How many characters it has.
            pub const LENGTH: RangeInclusive<usize> = $shortest..=LONGEST;

            /// The password in clear, for hashing only.
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }

            /// The same password, to be hashed.
            pub fn present(&self) -> PresentedPassword {
                PresentedPassword(self.0.clone())
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                if Self::LENGTH.contains(&text.chars().count()) {
                    Ok(Self(text.into()))
                } else {
                    Err(Invalid::new(
                        "bad_password_length",
                        concat!($what, " has ", $shortest, " to 128 characters."),
                    ))
                }
            }
        }
    )*};
}

new_password! {
    /// A password that an account is given: 8 to 128 characters.
    AccountPassword: 8, "An account password",
    /// A password that a room is given: 4 to 128 characters.
    RoomPassword: 4, "A room password",
}

/// A password that somebody presents. It may be too short to be right, but never too long to hash.
#[derive(Debug, Clone)]
pub struct PresentedPassword(SecretString);

impl PresentedPassword {
    /// The most characters it has.
    pub const LONGEST: usize = LONGEST;

    /// The password in clear, for verifying only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl FromStr for PresentedPassword {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() <= LONGEST {
            Ok(Self(text.into()))
        } else {
            Err(Invalid::new("bad_password_length", "A password has at most 128 characters."))
        }
    }
}

/// A password's hash, in the text form that names its scheme and cost.
#[derive(Clone)]
pub struct PasswordHash(SecretString);

impl PasswordHash {
    /// A hash as the hasher wrote it.
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// The hash, for storing and verifying only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for PasswordHash {}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!("ä".repeat(8).parse::<AccountPassword>().is_ok());
        assert!("ä".repeat(128).parse::<AccountPassword>().is_ok());
        assert!("1234567".parse::<AccountPassword>().is_err());
        assert!("x".repeat(129).parse::<AccountPassword>().is_err());
        assert!("1234".parse::<RoomPassword>().is_ok());
        assert!("123".parse::<RoomPassword>().is_err());
        assert!("x".repeat(129).parse::<RoomPassword>().is_err());
    }

    #[test]
    fn a_presented_password_may_be_short_but_not_endless() {
        assert!("".parse::<PresentedPassword>().is_ok());
        assert!("x".repeat(129).parse::<PresentedPassword>().is_err());
    }

    #[test]
    fn no_password_shows_in_debug_output() {
        let password: AccountPassword = "correct horse".parse().expect("valid");
        let hash = PasswordHash::new("$2b$12$secret".to_owned());
        assert!(!format!("{password:?} {hash:?}").contains("secret"));
        assert!(!format!("{password:?} {hash:?}").contains("horse"));
    }
}
