use std::fmt;
use std::str::FromStr;

use crate::Invalid;

macro_rules! name_of {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub(crate) String);

        impl $name {
            /// The name as it was typed.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                let fits = (1..=80).contains(&text.chars().count())
                    && !is_blank(text)
                    && !text.chars().any(char::is_control);
                if fits {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Invalid::new(
                        "not_a_name",
                        "A name has 1 to 80 characters, not all of them blank and none a control character.",
                    ))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
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

/// Whether nothing of the text would be seen: white space and the invisible characters.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
    })
}

/// A telephone number in E.164 form: `+`, then 7 to 15 digits, the first not 0.
///
/// It is checked for its form only. Number plans change faster than any table of them, and
/// refusing a person's real number is worse than keeping one that does not ring.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(pub(crate) String);

impl Phone {
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
        let rest = text.trim().strip_prefix('+').ok_or_else(invalid)?;
        let digits: String =
            rest.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')')).collect();
        let fits = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if fits && text.len() <= 40 { Ok(Self(format!("+{digits}"))) } else { Err(invalid()) }
    }
}

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
        for good in ["A", "日本語", "👩‍🚀 Ana", &"ä".repeat(80)] {
            assert!(good.parse::<AccountName>().is_ok(), "{good}");
        }
        for bad in ["", "  ", "\u{200b}", "\u{34f}\u{fe0f}\u{e0020}", "a\nb", &"a".repeat(81)] {
            assert!(bad.parse::<RoomName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_phone_number_is_normalised() {
        for written in ["+4915112345678", "+49 151 1234-5678", " +49 (151) 1234.5678 "] {
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
