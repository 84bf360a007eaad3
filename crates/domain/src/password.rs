use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

use crate::invalid::in_words;
use crate::unicode::{nfc, nfkc};
use crate::{Invalid, UserId};

/// No password is longer, in characters: hashing takes time in proportion to it.
const LONGEST: usize = 128;

/// The commonest passwords that are long enough for an account, in NFKC and lower case.
const COMMON: &str = include_str!("../data/common_passwords.txt");

/// A password that an account is to be given: 8 to 128 characters, and not one of the commonest.
#[derive(Debug, Clone)]
pub struct AccountPassword(SecretString);

impl AccountPassword {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 8..=LONGEST;

    /// The password as that of `user_id`, which everybody knows and so is nobody's password.
    pub fn of(self, user_id: &UserId) -> Result<NewPassword, Invalid> {
        if folded(self.0.expose_secret()).expose_secret() == user_id.as_str() {
            return Err(Invalid::new("is_user_id", "The user id is no secret. Choose another password."));
        }
        Ok(NewPassword(PresentedPassword(self.0)))
    }
}

impl FromStr for AccountPassword {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let password = within(Self::LENGTH, text, "An account password")?;
        let folded = folded(text);
        if COMMON.lines().any(|common| common == folded.expose_secret()) {
            return Err(Invalid::new(
                "too_common",
                "This is one of the passwords that are guessed first. Choose another.",
            ));
        }
        Ok(Self(password))
    }
}

/// A password that may become an account's: the only kind that an account's is hashed from.
#[derive(Debug, Clone)]
pub struct NewPassword(PresentedPassword);

impl NewPassword {
    /// The same password, to be hashed.
    pub fn present(&self) -> PresentedPassword {
        self.0.clone()
    }
}

/// A password that a room is given: 4 to 128 characters. It is shared, and may be a number.
#[derive(Debug, Clone)]
pub struct RoomPassword(SecretString);

impl RoomPassword {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 4..=LONGEST;

    /// The same password, to be hashed.
    pub fn present(&self) -> PresentedPassword {
        PresentedPassword(self.0.clone())
    }
}

impl FromStr for RoomPassword {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        within(Self::LENGTH, text, "A room password").map(Self)
    }
}

/// The text as it came, if its NFC has such a length in characters.
fn within(length: RangeInclusive<usize>, text: &str, what: &str) -> Result<SecretString, Invalid> {
    if length.contains(&secret(nfc(text)).expose_secret().chars().count()) {
        Ok(text.into())
    } else {
        let message = format!("{what} has {} characters.", in_words(&length));
        Err(Invalid::new("bad_password_length", message))
    }
}

/// A password as it is looked for among the common ones: case does not make it harder to guess.
fn folded(password: &str) -> SecretString {
    secret(nfkc(password)).expose_secret().to_lowercase().into()
}

fn secret(text: Cow<'_, str>) -> SecretString {
    text.into_owned().into()
}

/// A password that somebody presents. It may be too short to be right, but never too long to hash.
#[derive(Debug, Clone)]
pub struct PresentedPassword(SecretString);

impl PresentedPassword {
    /// The most characters it has.
    pub const LENGTH: RangeInclusive<usize> = 0..=LONGEST;

    /// The password in NFKC, in clear: what is hashed. It is the same however it was typed.
    pub fn normalized(&self) -> SecretString {
        secret(nfkc(self.0.expose_secret()))
    }

    /// The password as it came, in clear, where that is not its NFKC: hashes that were made before
    /// passwords were normalized are of this.
    pub fn as_it_came(&self) -> Option<&SecretString> {
        Some(&self.0).filter(|text| text.expose_secret() != self.normalized().expose_secret())
    }
}

impl FromStr for PresentedPassword {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        within(Self::LENGTH, text, "A password").map(Self)
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

    fn user() -> UserId {
        "anas-account".parse().expect("a user id")
    }

    fn refused(text: &str) -> &'static str {
        let of_user = |password: AccountPassword| password.of(&user());
        text.parse().and_then(of_user).map(|_| ()).expect_err(text).code
    }

    #[test]
    fn lengths_are_counted_in_characters_of_nfc() {
        assert!("ä".repeat(8).parse::<AccountPassword>().is_ok());
        assert!("ä".repeat(128).parse::<AccountPassword>().is_ok());
        assert!("a\u{308}".repeat(128).parse::<AccountPassword>().is_ok());
        assert!("a\u{308}".repeat(7).parse::<AccountPassword>().is_err());
        assert!("1234567".parse::<AccountPassword>().is_err());
        assert!("x".repeat(129).parse::<AccountPassword>().is_err());
        assert!("1234".parse::<RoomPassword>().is_ok());
        assert!("123".parse::<RoomPassword>().is_err());
        assert!("e\u{301}".repeat(3).parse::<RoomPassword>().is_err());
        assert!("x".repeat(129).parse::<RoomPassword>().is_err());
    }

    #[test]
    fn a_presented_password_may_be_short_but_not_endless() {
        assert!("".parse::<PresentedPassword>().is_ok());
        assert!("x".repeat(129).parse::<PresentedPassword>().is_err());
        assert!("e\u{301}".repeat(128).parse::<PresentedPassword>().is_ok());
    }

    #[test]
    fn a_common_password_is_nobodys() {
        assert!(COMMON.lines().count() > 3_000);
        for common in ["password", "12345678", "iloveyou", "PassWord1", "ｐａｓｓｗｏｒｄ", "qwertyuiop"]
        {
            assert_eq!(refused(common), "too_common", "{common}");
        }
        assert!("correct horse battery".parse::<AccountPassword>().is_ok());
        assert!("12345678".parse::<RoomPassword>().is_ok(), "a room's may be a number");
    }

    #[test]
    fn a_user_id_is_not_its_own_password() {
        for own in ["anas-account", "Anas-ACCOUNT", "ａnas-account"] {
            assert_eq!(refused(own), "is_user_id", "{own}");
        }
        let other: AccountPassword = "anas-account2".parse().expect("a password");
        assert!(other.of(&user()).is_ok());
    }

    #[test]
    fn a_password_is_the_same_however_it_was_typed() {
        let normalized = |text: &str| {
            let presented: PresentedPassword = text.parse().expect("not too long");
            presented.normalized().expose_secret().to_owned()
        };
        assert_eq!(normalized("caf\u{e9}"), normalized("cafe\u{301}"));
        assert_eq!(normalized("ｃafé"), normalized("café"));
    }

    #[test]
    fn only_a_password_that_is_not_in_nfkc_has_another_form() {
        for (text, has_another) in
            [("plain", false), ("caf\u{e9}", false), ("cafe\u{301}", true), ("①", true)]
        {
            let presented: PresentedPassword = text.parse().expect("not too long");
            let other = presented.as_it_came().map(ExposeSecret::expose_secret);
            assert_eq!(other, has_another.then_some(text));
        }
    }

    #[test]
    fn no_password_shows_in_debug_output() {
        let password: AccountPassword = "correct horse".parse().expect("valid");
        let new = password.clone().of(&user()).expect("valid");
        let hash = PasswordHash::new("$2b$12$secret".to_owned());
        let shown = format!("{password:?} {new:?} {hash:?}");
        assert!(!shown.contains("secret") && !shown.contains("horse"), "{shown}");
    }
}
