use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::invalid::in_words;
use crate::stored::{by_todays_rule, is_some_text};
use crate::unicode::{hides_something, is_blank, is_invisible, is_space, nfc, nfkc};
use crate::{Invalid, Stored};

macro_rules! name_of {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// How many characters it has.
            pub const LENGTH: RangeInclusive<usize> = 1..=80;

            /// The name in Normalization Form C.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                let name = nfc(text);
                let fits =
                    Self::LENGTH.contains(&name.chars().count()) && !is_blank(&name) && !hides_something(&name);
                if fits {
                    Ok(Self(name.into_owned()))
                } else {
                    let length = in_words(&Self::LENGTH);
                    let message = format!(
                        "A name has {length} characters, not all of them blank and none of them invisible."
                    );
                    Err(Invalid::new("not_a_name", message))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// Once a name could have invisible characters and such as turn the direction of writing.
        impl Stored for $name {
            fn stored(text: String) -> Self {
                Self(text)
            }

            fn was_ever_taken(text: &str) -> bool {
                is_some_text(text, *Self::LENGTH.end()) && !text.contains(char::is_control)
            }
        }
    )*};
}

name_of! {
    /// What an account is called on screen.
    AccountName,
    /// What a room is called on screen.
    RoomName,
}

/// A telephone number in E.164 form: `+`, then 7 to 15 digits, the first not 0.
///
/// It is checked for its form only. Number plans change faster than any table of them, and
/// refusing a person's real number is worse than keeping one that does not ring.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// How many characters it has as it is written, with spaces and punctuation.
    pub const WRITTEN_LENGTH: RangeInclusive<usize> = 8..=40;

    /// The number in E.164 form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            Invalid::new(
                "not_a_phone_number",
                "A phone number is written in international form, such as +49 151 2345678.",
            )
        };
        if text.chars().count() > *Self::WRITTEN_LENGTH.end() {
            return Err(invalid());
        }
        let seen: String = nfkc(text).chars().filter(|c| !is_space(*c) && !is_invisible(*c)).collect();
        // The zero that is dialled within the country only.
        let number = seen.strip_prefix('+').ok_or_else(invalid)?.replacen("(0)", "", 1);
        let digits: String = number.chars().filter(|c| !SEPARATORS.contains(c)).collect();
        let fits = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if fits { Ok(Self(format!("+{digits}"))) } else { Err(invalid()) }
    }
}

by_todays_rule!(Phone);

/// What people write between a number's digits: hyphens and dashes of several kinds among it.
const SEPARATORS: [char; 9] = ['-', '\u{2010}', '\u{2012}', '\u{2013}', '\u{2212}', '.', '/', '(', ')'];

/// A phone number is its owner's alone, so it never reaches a log by way of `{:?}`.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_80_visible_characters() {
        for good in ["A", "日本語", "👩‍🚀 Ana", &"ä".repeat(80), &"a\u{308}".repeat(80)] {
            assert!(good.parse::<AccountName>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "  ",
            "\u{fff0}",
            "\u{fff8}",
            "\u{fff9}",
            "\u{1d173}",
            "a\nb",
            "\u{202e}anA",
            &"a".repeat(81),
        ] {
            assert!(bad.parse::<RoomName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_the_same_however_it_was_typed() {
        let composed: AccountName = "Ren\u{e9}".parse().expect("a name");
        assert_eq!("Rene\u{301}".parse(), Ok(composed));
    }

    #[test]
    fn a_stored_name_is_taken_as_it_is() {
        assert_eq!(RoomName::stored("\u{fff9}".to_owned()).as_str(), "\u{fff9}");
    }

    #[test]
    fn a_phone_number_is_normalised() {
        for written in [
            "+4915112345678",
            "+49 151 1234-5678",
            " +49 (151) 1234.5678 ",
            "\u{202a}+49\u{a0}151\u{202f}1234\u{2011}5678\u{202c}",
            "+49 (0)151 / 1234\u{2013}5678",
            "\u{feff}+49 ( 0 ) 151\u{200b}12345678",
            "＋４９１５１１２３４５６７８",
        ] {
            assert_eq!(written.parse::<Phone>().expect(written).as_str(), "+4915112345678");
        }
    }

    #[test]
    fn a_phone_number_keeps_to_e164() {
        for bad in [
            "",
            "4915112345678",
            "+0151123456",
            "+123456",
            "+1234567890123456",
            "+49x511234567",
            "++4915112345678",
        ] {
            assert!(bad.parse::<Phone>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_phone_number_does_not_show_in_debug_output() {
        let phone: Phone = "+4915112345678".parse().expect("valid");
        assert!(!format!("{phone:?}").contains("491511"));
    }
}
