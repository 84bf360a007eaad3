/// A text that a store holds. It was taken by the rule of its day and may not be by today's, so it is
/// shown as it is, and no rule is asked.
pub trait Stored: Sized {
    /// The value as it stands there.
    fn stored(text: String) -> Self;

    /// Whether some version's rule took such a value: today's, or one that was wider.
    fn was_ever_taken(text: &str) -> bool;
}

/// Rules that are as wide as they ever were, and leave a value that they take once as it is.
macro_rules! by_todays_rule {
    ($($name:ident),*) => {$(
        impl $crate::Stored for $name {
            fn stored(text: String) -> Self {
                Self(text)
            }

            fn was_ever_taken(text: &str) -> bool {
                text.parse::<Self>().is_ok_and(|value| value.as_str() == text)
            }
        }
    )*};
}

pub(crate) use by_todays_rule;

/// Whether there is something in a text, as earlier versions saw it, and no more than so many characters.
pub(crate) fn is_some_text(text: &str, longest: usize) -> bool {
    text.chars().nth(longest).is_none() && !text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        AccountName, ClientMessageId, DeviceId, IdempotencyKey, MessageBody, Phone, RoomName, UserId,
    };

    /// What today's rule takes was taken once, and is read as it was written.
    fn is_kept<T: Stored + FromStr + Display + PartialEq + Debug>(typed: &str) {
        if let Ok(value) = typed.parse::<T>() {
            let text = value.to_string();
            assert!(T::was_ever_taken(&text), "{text:?}");
            assert_eq!(T::stored(text), value);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_today_is_kept(typed in "\\PC{0,90}", id in "[a-zA-Z0-9._-]{1,40}") {
            is_kept::<AccountName>(&typed);
            is_kept::<RoomName>(&typed);
            is_kept::<MessageBody>(&typed);
            for text in [&typed, &id] {
                is_kept::<UserId>(text);
                is_kept::<DeviceId>(text);
                is_kept::<ClientMessageId>(text);
                is_kept::<IdempotencyKey>(text);
            }
        }
    }

    #[test]
    fn what_earlier_rules_took_is_no_violation() {
        assert!(UserId::was_ever_taken("admin"));
        assert!(AccountName::was_ever_taken("An\u{202e}a") && RoomName::was_ever_taken("\u{200b}x"));
        assert!(MessageBody::was_ever_taken("\u{200b}") && MessageBody::was_ever_taken("e\u{301}"));
    }

    #[test]
    fn what_no_rule_ever_took_is_told() {
        for bad in ["", "ab", "Ana", "ana!", "-ana", &"a".repeat(33)] {
            assert!(!UserId::was_ever_taken(bad), "{bad}");
        }
        for bad in ["", "  ", "a\nb", &"a".repeat(81)] {
            assert!(!AccountName::was_ever_taken(bad) && !RoomName::was_ever_taken(bad), "{bad:?}");
        }
        for bad in ["", " \n", "a\u{7}", &"a".repeat(4_001)] {
            assert!(!MessageBody::was_ever_taken(bad), "{bad:?}");
        }
        for bad in ["", "+49 151 2345678", "0151", "+0151123456"] {
            assert!(!Phone::was_ever_taken(bad), "{bad}");
        }
        assert!(!DeviceId::was_ever_taken("tab\t") && !ClientMessageId::was_ever_taken(&"c".repeat(65)));
    }
}
