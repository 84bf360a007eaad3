//! Whom a message's text mentions.

use crate::UserId;
use crate::unicode::{begins_with_a_word, ends_in_a_word};

/// What mentions all members of a room; nobody's user id.
const EVERYONE: &str = "everyone";

/// A run of backticks as long as this opens code that may go on over blank lines.
const FENCE: usize = 3;

/// Whom a message mentions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mentions {
    /// Those who are named, in the order of the text, each once; never the author.
    pub user_ids: Vec<UserId>,
    /// Whether all members are.
    pub everyone: bool,
}

impl Mentions {
    /// What the text of a message names, by its author and the members of the room.
    pub fn of(text: &str, author: &UserId, members: &[UserId]) -> Self {
        let mut mentions = Self::default();
        for text in outside_code(text) {
            let beginnings = text.match_indices('@').filter(|(at, _)| !ends_in_a_word(&text[..*at]));
            for (at, sign) in beginnings {
                match longest_id(&text[at + sign.len()..], members) {
                    Some(Named::Everyone) => mentions.everyone = true,
                    Some(Named::Member(member))
                        if member != author && !mentions.user_ids.contains(member) =>
                    {
                        mentions.user_ids.push(member.clone());
                    }
                    Some(Named::Member(_)) | None => {}
                }
            }
        }
        mentions
    }

    /// Whether a message with that text may mention somebody.
    pub fn may_be_in(text: &str) -> bool {
        text.contains('@')
    }

    /// Whether a member is named, or all are.
    pub fn concern(&self, user_id: &UserId) -> bool {
        self.everyone || self.user_ids.contains(user_id)
    }
}

enum Named<'a> {
    Everyone,
    Member(&'a UserId),
}

/// The longest id with which the text begins and at whose end a word ends.
fn longest_id<'a>(text: &str, members: &'a [UserId]) -> Option<Named<'a>> {
    let named = |id: &str| {
        if id.eq_ignore_ascii_case(EVERYONE) {
            return Some(Named::Everyone);
        }
        members.iter().find(|member| member.as_str().eq_ignore_ascii_case(id)).map(Named::Member)
    };
    let run = text.bytes().take_while(|byte| is_of_an_id(*byte)).take(*UserId::LENGTH.end()).count();
    (1..=run).rev().filter(|end| !begins_with_a_word(&text[*end..])).find_map(|end| named(&text[..end]))
}

fn is_of_an_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

/// The text without code: what stands between two runs of equally many backticks. Runs shorter than [`FENCE`] enclose code
/// within a paragraph only. A run that nothing closes is text.
fn outside_code(text: &str) -> Vec<&str> {
    let (mut pieces, mut begin, mut at) = (Vec::new(), 0, 0);
    while let Some(ahead) = text[at..].find('`') {
        let opening = at + ahead;
        let length = backticks(&text[opening..]);
        at = opening + length;
        if let Some(code) = code_length(&text[at..], length) {
            pieces.push(&text[begin..opening]);
            at += code + length;
            begin = at;
        }
    }
    pieces.push(&text[begin..]);
    pieces
}

/// How long the code is that is closed by so many backticks, if it is.
fn code_length(text: &str, length: usize) -> Option<usize> {
    let text = if length < FENCE { first_paragraph(text) } else { text };
    let mut at = 0;
    while let Some(ahead) = text[at..].find('`') {
        let closing = at + ahead;
        let found = backticks(&text[closing..]);
        if found == length {
            return Some(closing);
        }
        at = closing + found;
    }
    None
}

fn backticks(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}

/// The text up to its first blank line.
fn first_paragraph(text: &str) -> &str {
    let is_before_blank_line = |(end, _): &(usize, &str)| {
        let next = text[end + 1..].split('\n').next().unwrap_or_default();
        next.trim().is_empty()
    };
    text.match_indices('\n').find(is_before_blank_line).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn user(id: &str) -> UserId {
        id.parse().expect("a user id")
    }

    /// Whom a text of Ana's mentions, in a room whose members have similar ids.
    fn mentioned(text: &str) -> (Vec<String>, bool) {
        let members = ["ana", "bo1", "bo1b", "bo1.b", "a_b", "cy-"].map(user);
        let Mentions { user_ids, everyone } = Mentions::of(text, &user("ana"), &members);
        (user_ids.iter().map(ToString::to_string).collect(), everyone)
    }

    #[test]
    fn a_member_is_mentioned_at_the_beginning_of_a_word() {
        for (text, ids) in [
            ("@bo1", vec!["bo1"]),
            ("@BO1, look", vec!["bo1"]),
            ("look,@bo1", vec!["bo1"]),
            ("(@bo1)", vec!["bo1"]),
            ("**@bo1**", vec!["bo1"]),
            ("_@bo1_", vec!["bo1"]),
            ("foo_@bo1", vec!["bo1"]),
            ("\n@bo1\n", vec!["bo1"]),
            ("@@bo1", vec!["bo1"]),
            ("你好，@bo1", vec!["bo1"]),
            ("请@bo1看一下", vec!["bo1"]),
            ("カナ@bo1さん", vec!["bo1"]),
            ("ขอที่@bo1ครับ", vec!["bo1"]),
            ("https://example.org/@bo1", vec!["bo1"]),
            ("님@bo1", vec![]),
            ("@bo1님", vec![]),
            ("@bo1\u{301}", vec![]),
            ("👍@bo1👍", vec!["bo1"]),
            ("❤️@bo1", vec!["bo1"]),
            ("mail@bo1", vec![]),
            ("é@bo1", vec![]),
            ("x\u{301}@bo1", vec![]),
            ("7@bo1", vec![]),
            ("@ bo1", vec![]),
            ("bo1", vec![]),
            ("@di4", vec![]),
        ] {
            assert_eq!(mentioned(text).0, ids, "{text}");
        }
    }

    #[test]
    fn the_longest_id_that_fits_is_meant() {
        for (text, ids) in [
            ("@bo1b", vec!["bo1b"]),
            ("@bo1.b", vec!["bo1.b"]),
            ("@bo1.", vec!["bo1"]),
            ("@bo1...", vec!["bo1"]),
            ("@bo1.b.", vec!["bo1.b"]),
            ("@bo1-", vec!["bo1"]),
            ("@bo1.x", vec!["bo1"]),
            ("@bo12", vec![]),
            ("@bo1é", vec![]),
            ("@bo1x", vec![]),
            ("@a_b_", vec!["a_b"]),
            ("@cy-", vec!["cy-"]),
            ("@cy-.", vec!["cy-"]),
            ("@cy", vec![]),
            ("@cy-x", vec![]),
            ("@bo1@bo1b", vec!["bo1"]),
        ] {
            assert_eq!(mentioned(text).0, ids, "{text}");
        }
    }

    #[test]
    fn an_id_of_full_length_is_mentioned() {
        let longest = "b".repeat(*UserId::LENGTH.end());
        let members = [user("ana"), user(&longest), user(&longest[1..])];
        for (text, member) in [(format!("@{longest}"), Some(1)), (format!("@{longest}b"), None)] {
            let expected: Vec<_> = member.map(|place: usize| members[place].clone()).into_iter().collect();
            assert_eq!(Mentions::of(&text, &members[0], &members).user_ids, expected, "{text}");
        }
    }

    #[test]
    fn each_is_mentioned_once_and_the_author_never() {
        let (ids, everyone) = mentioned("@bo1b @ana @bo1 @BO1 @bo1b @Ana");
        assert_eq!((ids, everyone), (vec!["bo1b".to_owned(), "bo1".to_owned()], false));
    }

    #[test]
    fn everyone_is_mentioned_in_any_case() {
        for (text, everyone) in [
            ("@everyone", true),
            ("@Everyone!", true),
            ("hey @EVERYONE.", true),
            ("@everyones", false),
            ("at@everyone", false),
            ("everyone", false),
            ("`@everyone`", false),
        ] {
            assert_eq!(mentioned(text), (Vec::new(), everyone), "{text}");
        }
    }

    #[test]
    fn nobody_is_mentioned_in_closed_code() {
        for (text, count) in [
            ("`@bo1`", 0),
            ("`` ` @bo1 ``", 0),
            ("```\n@bo1\n\n@bo1b\n```", 0),
            ("`@bo1", 1),
            ("``@bo1`", 1),
            ("`a` @bo1 `b`", 1),
            ("`a`@bo1`b`", 1),
            ("`one\n\n@bo1`", 1),
            ("`one\n \t\n@bo1`", 1),
            ("`one\n@bo1`", 0),
            ("`@bo1` @bo1b `@bo1.b`", 1),
        ] {
            assert_eq!(mentioned(text).0.len(), count, "{text}");
        }
    }

    /// Pieces of which texts are made that mention people, or nearly.
    fn piece() -> impl Strategy<Value = String> {
        let known = [
            "@bo1",
            "@bo1b",
            "@bo1.b",
            "@cy-",
            "@ana",
            "@everyone",
            "@",
            "`",
            "``",
            "```",
            " ",
            "\n",
            ".",
            "x",
            "é",
        ];
        prop_oneof![4 => select(known.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,3}"]
    }

    proptest! {
        #[test]
        fn only_members_named_after_a_sign_are_mentioned(pieces in prop::collection::vec(piece(), 1..20)) {
            let text = format!("x {}", pieces.concat());
            let (ids, everyone) = mentioned(&text);
            let lower = text.to_ascii_lowercase();
            for id in &ids {
                let sign = format!("@{id}");
                prop_assert!(lower.contains(&sign) && id != "ana");
            }
            prop_assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
            prop_assert!(!everyone || lower.contains("@everyone"));
        }

        #[test]
        fn a_fence_hides_everything(pieces in prop::collection::vec(piece(), 0..10)) {
            let inside = pieces.concat().replace('`', "'");
            let text = format!("x ```{inside}``` y");
            prop_assert_eq!(mentioned(&text), (Vec::new(), false));
        }

        #[test]
        fn a_mention_between_blanks_counts_whatever_stands_around_it(before in "[^`]{0,20}", after in "[^`]{0,20}") {
            let text = format!("x{} @bo1 {}", before.replace(char::is_control, ""), after.replace(char::is_control, ""));
            prop_assert!(mentioned(&text).0.contains(&"bo1".to_owned()));
        }

        #[test]
        fn case_does_not_matter(pieces in prop::collection::vec(piece(), 1..20)) {
            let text = format!("x {}", pieces.concat());
            prop_assert_eq!(mentioned(&text), mentioned(&text.to_ascii_uppercase()));
        }
    }
}
