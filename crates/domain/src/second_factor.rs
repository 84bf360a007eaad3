use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

use crate::{Invalid, OpaqueToken, TokenHash};

/// An authenticator's secret as it is stored: encrypted, for codes are made from it and not compared
/// with a hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret(pub Vec<u8>);

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(…)")
    }
}

/// A span of 30 seconds in which an authenticator shows one code, counted from 1970 (RFC 6238).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeStep(pub i64);

/// What an account asks for besides its password.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecondFactor {
    /// The secret of the authenticator in force.
    pub secret: Option<SealedSecret>,
    /// The newest time step of which a code was accepted; the codes up to it are used up.
    pub last_step: Option<TimeStep>,
    /// The secret of an authenticator that has yet to be confirmed.
    pub offered: Option<SealedSecret>,
}

impl SecondFactor {
    /// Whether signing in takes a code.
    pub fn is_on(&self) -> bool {
        self.secret.is_some()
    }
}

/// An authenticator's secret, as its owner is shown it once and as it is stored.
#[derive(Debug, Clone)]
pub struct NewAuthenticator {
    /// The secret in Base32, to be typed in.
    pub secret: OpaqueToken,
    /// The same as an address that authenticators read from a QR code.
    pub otpauth_url: OpaqueToken,
    pub sealed: SealedSecret,
}

/// A code that somebody presents: one of an authenticator, or a recovery code.
#[derive(Debug, Clone)]
pub struct PresentedCode(SecretString);

impl PresentedCode {
    /// How many characters it has, blanks and hyphens included.
    pub const LENGTH: RangeInclusive<usize> = 1..=64;

    /// The six digits of an authenticator, if it is such a code.
    pub fn digits(&self) -> Option<OpaqueToken> {
        let code = self.0.expose_secret();
        let is_digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        is_digits.then(|| OpaqueToken::new(code.to_owned()))
    }

    /// By what a recovery code is known.
    pub fn recovery_hash(&self) -> TokenHash {
        recovery_hash(self.0.expose_secret())
    }
}

impl FromStr for PresentedCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = plain(text);
        if code.is_empty() || !Self::LENGTH.contains(&text.chars().count()) {
            return Err(Invalid::new(
                "bad_code",
                "A code is six digits of an authenticator, or a recovery code.",
            ));
        }
        Ok(Self(code.into()))
    }
}

/// A code without what only helps to read it.
fn plain(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace() && *char != '-').collect::<String>().to_lowercase()
}

/// By what a recovery code is known, however it is written. It has 80 random bits, so a plain digest
/// cannot be guessed back.
pub fn recovery_hash(code: &str) -> TokenHash {
    OpaqueToken::new(plain(code)).hash()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(text: &str) -> PresentedCode {
        text.parse().expect("a code")
    }

    #[test]
    fn six_digits_are_an_authenticators_however_they_are_grouped() {
        for text in ["123456", "123 456", " 123-456 ", "123\u{a0}456"] {
            assert_eq!(presented(text).digits().expect("six digits").expose(), "123456");
        }
        for text in ["12345", "1234567", "12345a", "١٢٣٤٥٦", "abcd-efgh-ijkl-mnop"] {
            assert!(presented(text).digits().is_none(), "{text}");
        }
    }

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_written() {
        for text in ["abcd-efgh-2345-mnop", "ABCDEFGH2345MNOP", "abcd efgh 2345 mnop"] {
            assert_eq!(presented(text).recovery_hash(), recovery_hash("abcd-efgh-2345-mnop"));
        }
        assert_ne!(presented("abcd").recovery_hash(), recovery_hash("abce"));
    }

    #[test]
    fn nothing_and_far_too_much_are_no_codes() {
        for text in ["", " - ", &"1".repeat(65)] {
            assert!(text.parse::<PresentedCode>().is_err());
        }
        assert!("1".repeat(64).parse::<PresentedCode>().is_ok());
    }

    #[test]
    fn no_secret_shows_in_debug_output() {
        assert_eq!(format!("{:?}", SealedSecret(vec![1])), "SealedSecret(…)");
        assert!(!format!("{:?}", presented("123456")).contains("123456"));
    }
}
