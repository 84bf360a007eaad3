use crate::{Emoji, UserId};

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
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_member_puts_each_emoji_once_and_takes_it_back(
            steps in prop::collection::vec((0_usize..4, 0_usize..3, any::<bool>()), 0..40)
        ) {
            let emoji = ["👍", "❤️", "🔥", "🎉"].map(|text| text.parse::<Emoji>().expect("an emoji"));
            let users = ["ana", "bo-b", "cy-c"].map(|id| id.parse::<UserId>().expect("a user id"));
            let (mut reactions, mut expected) = (Reactions::default(), BTreeSet::new());
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
