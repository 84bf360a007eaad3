//! Who may put an emoji to a message, and take it back (docs/protocol.md, Reactions).

use super::messages::living;
use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::rules::Verdict;
use crate::{Denial, Emoji, EventKind, Reacting, Timestamp};

/// Puts a member's emoji to a message, or takes it back. What is so already stays so.
pub fn react(facts: &RoomFacts, emoji: &Emoji, on: bool, now: Timestamp) -> Verdict<RoomChange> {
    facts.standing().admit()?;
    let message = living(facts.message.as_ref())?;
    let (reactions, actor) = (&message.reactions, &facts.actor.user_id);
    if reactions.has(emoji, actor) == on {
        return Ok(Vec::new());
    }
    if on && reactions.is_full_for(emoji) {
        return Err(Denial::TooManyReactions);
    }
    let reacting = Reacting { message_id: message.id, seq: message.seq, emoji: emoji.clone() };
    let (reactions, kind) = if on {
        (reactions.clone().with(emoji, actor), EventKind::ReactionAdded(reacting))
    } else {
        (reactions.clone().without(emoji, actor), EventKind::ReactionRemoved(reacting))
    };
    Ok(vec![
        RoomChange::SetReactions { seq: message.seq, reactions },
        RoomChange::Append(facts.next_event(kind, now)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::{Event, Message, Reaction, Reactions, Seq};

    fn emoji(text: &str) -> Emoji {
        text.parse().expect("an emoji")
    }

    /// Ana's message with these reactions of Cy's, wanted by another.
    fn wanted(actor: &str, by_cy: &[&str]) -> RoomFacts {
        let reactions = by_cy
            .iter()
            .fold(Reactions::default(), |reactions, text| reactions.with(&emoji(text), &user(CY)));
        RoomFacts { message: Some(Message { reactions, ..message_by(ANA) }), ..wanted_by(actor) }
    }

    fn event(actor: &str, kind: EventKind) -> RoomChange {
        RoomChange::Append(Event { room_id: ROOM, seq: Seq(5), actor: user(actor), at: NOW, kind })
    }

    fn thumb() -> Reacting {
        Reacting { message_id: message_by(ANA).id, seq: Seq(4), emoji: emoji("👍") }
    }

    fn reactions(of: &[(&str, &[&str])]) -> Reactions {
        let reaction = |(text, ids): &(&str, &[&str])| Reaction {
            emoji: emoji(text),
            user_ids: ids.iter().map(|id| user(id)).collect(),
        };
        Reactions(of.iter().map(reaction).collect())
    }

    #[test]
    fn a_member_puts_an_emoji_to_a_message_and_takes_it_back() {
        let added = react(&wanted(BO, &["🔥", "👍"]), &emoji("👍"), true, NOW).expect("Bo sits there");
        let both = reactions(&[("🔥", &[CY]), ("👍", &[CY, BO])]);
        assert_eq!(
            added,
            [
                RoomChange::SetReactions { seq: Seq(4), reactions: both.clone() },
                event(BO, EventKind::ReactionAdded(thumb()))
            ]
        );
        let removed = react(&wanted(CY, &["🔥", "👍"]), &emoji("👍"), false, NOW).expect("Cy sits there");
        assert_eq!(
            removed,
            [
                RoomChange::SetReactions { seq: Seq(4), reactions: reactions(&[("🔥", &[CY])]) },
                event(CY, EventKind::ReactionRemoved(thumb()))
            ]
        );
    }

    #[test]
    fn a_repetition_changes_nothing() {
        assert_eq!(react(&wanted(CY, &["👍"]), &emoji("👍"), true, NOW), Ok(Vec::new()));
        assert_eq!(react(&wanted(BO, &["👍"]), &emoji("👍"), false, NOW), Ok(Vec::new()));
    }

    #[test]
    fn a_message_has_20_different_emoji_at_most() {
        const MANY: [&str; 20] = [
            "😀", "😃", "😄", "😁", "😆", "😅", "🤣", "😂", "🙂", "🙃", "😉", "😊", "😇", "🥰", "😍", "🤩",
            "😘", "😗", "😚", "😙",
        ];
        assert!(react(&wanted(BO, &MANY[..19]), &emoji("👍"), true, NOW).is_ok());
        let full = wanted(BO, &MANY);
        assert_eq!(react(&full, &emoji("👍"), true, NOW), Err(Denial::TooManyReactions));
        assert!(react(&full, &emoji("😙"), true, NOW).is_ok(), "it is there already");
        assert!(react(&wanted(CY, &MANY), &emoji("😙"), false, NOW).is_ok());
    }

    #[test]
    fn nobody_reacts_to_a_message_that_is_not_there() {
        let gone = Message { body: None, ..message_by(ANA) };
        for message in [None, Some(gone)] {
            for on in [true, false] {
                let facts = RoomFacts { message: message.clone(), ..wanted_by(BO) };
                assert_eq!(react(&facts, &emoji("👍"), on, NOW), Err(Denial::MessageNotFound));
            }
        }
    }

    #[test]
    fn only_members_react() {
        let mut facts = wanted(BO, &["👍"]);
        vacate(&mut facts, BO);
        assert_eq!(react(&facts, &emoji("👍"), true, NOW), Err(Denial::NotAMember));
        assert_eq!(react(&wanted(DI, &[]), &emoji("👍"), true, NOW), Err(Denial::RoomNotFound));
        shut(&mut facts);
        assert_eq!(react(&facts, &emoji("👍"), true, NOW), Err(Denial::RoomClosed));
    }
}
