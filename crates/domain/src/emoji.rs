use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use crate::Invalid;
use crate::stored::by_todays_rule;
use crate::unicode::is_emoji;

/// Asks for the colourful form of the character before it. Keyboards add it or leave it out.
const EMOJI_STYLE: char = '\u{fe0f}';

/// Every emoji in each skin tone, fully qualified, by what is left of it without [`EMOJI_STYLE`]. The library's own look-up
/// gives some couples other skin tones unless they are fully qualified.
static BY_BARE_FORM: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| all().map(|emoji| (emoji.replace(EMOJI_STYLE, ""), emoji)).collect());

fn all() -> impl Iterator<Item = &'static str> {
    emojis::iter().flat_map(|emoji| {
        let tones: Vec<_> = emoji.skin_tones().map_or_else(|| vec![emoji], Iterator::collect);
        tones.into_iter().map(emojis::Emoji::as_str)
    })
}

/// One whole emoji sequence of Unicode, fully qualified: with U+FE0F wherever Unicode has it, however it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Emoji(String);

impl Emoji {
    /// The sequence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Emoji {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut before = None;
        let is_styled = text.chars().all(|c| {
            let styles = c != EMOJI_STYLE || before.is_some_and(is_emoji);
            before = Some(c);
            styles
        });
        let bare = text.replace(EMOJI_STYLE, "");
        let found = BY_BARE_FORM.get(&bare).filter(|_| is_styled);
        found
            .map(|emoji| Self((*emoji).to_owned()))
            .ok_or_else(|| Invalid::new("not_an_emoji", "A reaction is one whole emoji and nothing else."))
    }
}

by_todays_rule!(Emoji);

impl fmt::Display for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// Every emoji of Unicode in every skin tone, fully qualified.
    fn all() -> Vec<&'static str> {
        super::all().collect()
    }

    #[test]
    fn every_emoji_is_one_with_and_without_its_style() {
        let all = all();
        assert!(all.len() > 3_700, "{}", all.len());
        for text in all {
            let emoji = text.parse::<Emoji>().expect(text);
            assert_eq!(emoji.as_str(), text);
            assert_eq!(text.replace(EMOJI_STYLE, "").parse(), Ok(emoji), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for (text, why) in [
            ("", "nothing"),
            ("a", "a letter"),
            ("1", "a digit, which is only the beginning of a keycap"),
            ("1\u{fe0f}", "half a keycap"),
            (":+1:", "a name"),
            ("👍👍", "two"),
            ("👍 ", "a blank"),
            ("👍a", "a letter behind it"),
            ("\u{fe0f}👍", "a style for nothing"),
            ("👍\u{fe0f}\u{fe0f}", "two styles"),
            ("☺\u{fe0e}", "the form of text"),
            ("🇩", "half a flag"),
            ("👩\u{200d}", "half a family"),
            ("\u{fe0f}", "a style alone"),
            ("©®", "two"),
        ] {
            assert_eq!(text.parse::<Emoji>().map_err(|invalid| invalid.code), Err("not_an_emoji"), "{why}");
        }
    }

    proptest! {
        #[test]
        fn a_style_left_out_anywhere_changes_nothing(text in select(all()), kept in any::<u32>()) {
            let mut number = 0;
            let spelt: String = text
                .chars()
                .filter(|c| *c != EMOJI_STYLE || { number += 1; kept >> number & 1 == 1 })
                .collect();
            let emoji = spelt.parse::<Emoji>().expect("the same emoji");
            prop_assert_eq!(emoji.as_str(), text);
        }

        #[test]
        fn whatever_is_taken_is_an_emoji_of_unicode(text in "[\u{1f1e6}-\u{1f1ff}👩👍❤🔥\u{200d}\u{fe0f}🏽1#\u{20e3}]{1,6}") {
            if let Ok(emoji) = text.parse::<Emoji>() {
                let all = all();
                prop_assert!(all.contains(&emoji.as_str()));
            }
        }

        #[test]
        fn two_emoji_are_not_one(one in select(all()), other in select(all())) {
            let both = format!("{one}{other}");
            prop_assert!(both.parse::<Emoji>().is_err());
        }
    }
}
