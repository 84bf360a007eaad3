use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use crate::stored::by_todays_rule;
use crate::unicode::is_emoji;
use crate::{Invalid, UserId};

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

/// An emoji that members have put to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    pub emoji: Emoji,
    /// Who put it there, the first one first; never nobody.
    pub user_ids: Vec<UserId>,
}

/// What members have put to a message, the emoji that came first before the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reactions(pub Vec<Reaction>);

impl Reactions {
    /// So many different emoji can be put to one message.
    pub const MOST_EMOJI: usize = 20;

    /// Whether somebody has put that emoji to the message.
    pub fn has(&self, emoji: &Emoji, user_id: &UserId) -> bool {
        self.of(emoji).is_some_and(|reaction| reaction.user_ids.contains(user_id))
    }

    /// Whether that emoji would be one too many.
    pub fn is_full_for(&self, emoji: &Emoji) -> bool {
        self.0.len() >= Self::MOST_EMOJI && self.of(emoji).is_none()
    }

    /// These, once somebody has put one more emoji to the message.
    #[must_use]
    pub fn with(mut self, emoji: &Emoji, user_id: &UserId) -> Self {
        match self.0.iter_mut().find(|reaction| reaction.emoji == *emoji) {
            Some(reaction) => reaction.user_ids.push(user_id.clone()),
            None => self.0.push(Reaction { emoji: emoji.clone(), user_ids: vec![user_id.clone()] }),
        }
        self
    }

    /// These, once somebody has taken an emoji back.
    #[must_use]
    pub fn without(mut self, emoji: &Emoji, user_id: &UserId) -> Self {
        if let Some(reaction) = self.0.iter_mut().find(|reaction| reaction.emoji == *emoji) {
            reaction.user_ids.retain(|other| other != user_id);
        }
        self.0.retain(|reaction| !reaction.user_ids.is_empty());
        self
    }

    fn of(&self, emoji: &Emoji) -> Option<&Reaction> {
        self.0.iter().find(|reaction| reaction.emoji == *emoji)
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

        #[test]
        fn each_member_puts_each_emoji_once_and_takes_it_back(
            steps in prop::collection::vec((0_usize..4, 0_usize..3, any::<bool>()), 0..40)
        ) {
            let emoji = ["👍", "❤️", "🔥", "🎉"].map(|text| text.parse::<Emoji>().expect("an emoji"));
            let users = ["ana", "bo-b", "cy-c"].map(|id| id.parse::<UserId>().expect("a user id"));
            let (mut reactions, mut expected) = (Reactions::default(), std::collections::BTreeSet::new());
            for (which, who, on) in steps {
                let (one, user) = (&emoji[which], &users[who]);
                prop_assert_eq!(reactions.has(one, user), expected.contains(&(which, who)));
                if on && expected.insert((which, who)) {
                    reactions = reactions.with(one, user);
                } else if !on {
                    expected.remove(&(which, who));
                    reactions = reactions.without(one, user);
                }
            }
            let there: usize = reactions.0.iter().map(|reaction| reaction.user_ids.len()).sum();
            prop_assert_eq!(there, expected.len());
            prop_assert!(reactions.0.iter().all(|reaction| !reaction.user_ids.is_empty()));
        }
    }
}
