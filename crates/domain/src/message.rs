use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::stored::is_some_text;
use crate::unicode::{is_blank, nfc};
use crate::{
    ClientMessageId, Emoji, Invalid, Mentions, MessageId, Reactions, RoomId, Seq, Stored, Timestamp, UserId,
};

/// What a member writes: 1 to 4,000 characters, not blank, no control characters besides newline
/// and tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageBody(String);

impl MessageBody {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 1..=4_000;

    /// How many characters of it a list of rooms shows.
    pub const EXCERPT: usize = 140;

    /// The text in Normalization Form C.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How it begins.
    pub fn excerpt(&self) -> String {
        self.0.chars().take(Self::EXCERPT).collect()
    }

    /// By which a retry is told from another message under the same client id, also when the
    /// message has been edited since.
    pub fn digest(&self) -> BodyDigest {
        let mut digest = [0; 16];
        digest.copy_from_slice(&Sha256::digest(self.0.as_bytes())[..16]);
        BodyDigest(digest)
    }
}

impl FromStr for MessageBody {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let body = nfc(text);
        let most = *Self::LENGTH.end();
        if body.chars().take(most + 1).count() > most {
            return Err(Invalid::new("too_long", format!("A message has at most {most} characters.")));
        }
        if is_blank(&body) {
            return Err(Invalid::new("blank", "A message needs at least one visible character."));
        }
        if body.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(Invalid::new(
                "control_character",
                "A message has no control characters besides newline and tab.",
            ));
        }
        Ok(Self(body.into_owned()))
    }
}

/// Once a message could have nothing to see in it but characters that show nothing.
impl Stored for MessageBody {
    fn stored(text: String) -> Self {
        Self(text)
    }

    fn was_ever_taken(text: &str) -> bool {
        is_some_text(text, *Self::LENGTH.end())
            && !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
    }
}

impl fmt::Display for MessageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first half of a body's SHA-256 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyDigest(pub [u8; 16]);

/// An event that a member wrote, as it reads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    /// Where it was written.
    pub room_id: RoomId,
    /// Its place in the room's log.
    pub seq: Seq,
    pub sender_id: UserId,
    /// The sender's own id for it.
    pub client_message_id: ClientMessageId,
    /// What it says; nothing once it is deleted.
    pub body: Option<MessageBody>,
    /// When it was written.
    pub sent_at: Timestamp,
    /// How often it was edited.
    pub revision: i32,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// The message that it replies to, whatever has become of that one since.
    pub reply_to: Option<ReplyTo>,
    /// Whom it mentions; nobody once it is deleted.
    pub mentions: Mentions,
    /// What members have put to it; nothing once it is deleted.
    pub reactions: Reactions,
}

/// The message that another one replies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyTo {
    pub message_id: MessageId,
    /// Its place in the log of the same room.
    pub seq: Seq,
}

/// An emoji that a member puts to a message, or takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reacting {
    pub message_id: MessageId,
    /// The message's place in the log.
    pub seq: Seq,
    pub emoji: Emoji,
}

impl Message {
    /// The message once it is deleted.
    #[must_use]
    pub fn erased(self) -> Self {
        Self { body: None, mentions: Mentions::default(), reactions: Reactions::default(), ..self }
    }

    /// Whether it mentions a member. Its author is never mentioned.
    pub fn does_mention(&self, user_id: &UserId) -> bool {
        self.sender_id != *user_id && self.mentions.concern(user_id)
    }

    /// Whether it was deleted; its body is then gone from every row.
    pub fn is_deleted(&self) -> bool {
        self.body.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_body_has_1_to_4000_visible_characters() {
        for good in ["a", " a ", "a\n\tb", "🦀", &"🦀".repeat(4_000), &"e\u{301}".repeat(4_000)] {
            assert!(good.parse::<MessageBody>().is_ok());
        }
        for (bad, code) in [
            ("", "blank"),
            (" \n\t\u{2003}", "blank"),
            ("\u{200b}\u{feff}", "blank"),
            ("\u{fff0}\u{fff9}\u{1d173}", "blank"),
            ("a\r\nb", "control_character"),
            ("a\0", "control_character"),
            ("a\u{85}", "control_character"),
            (&"a".repeat(4_001), "too_long"),
        ] {
            assert_eq!(bad.parse::<MessageBody>().expect_err(bad).code, code);
        }
    }

    proptest! {
        #[test]
        fn a_body_is_kept_to_the_letter_in_nfc(text in any::<String>()) {
            if let Ok(body) = text.parse::<MessageBody>() {
                prop_assert_eq!(body.as_str(), nfc(&text));
                prop_assert!(body.as_str().chars().count() <= 4_000);
                prop_assert!(text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'));
                prop_assert!(!text.trim().is_empty());
            }
        }

        #[test]
        fn different_bodies_have_different_digests(a in "[a-z ]{1,20}x", b in "[a-z ]{1,20}x") {
            let (a, b): (MessageBody, MessageBody) = (a.parse().expect("valid"), b.parse().expect("valid"));
            prop_assert_eq!(a == b, a.digest() == b.digest());
        }
    }
}
