use std::collections::BTreeSet;
use std::iter;

use super::folding::FoldedText;
use super::words::{Piece, PieceKind, pieces};
use crate::{Message, UserId};

/// What an index has of a message: a word, two neighbouring letters of a script without blanks, or who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(Vec<u8>);

impl Term {
    /// How many bytes it has at most. Of a longer word it is the beginning.
    pub const LONGEST: usize = 48;

    /// Before the id of somebody who wrote a message. No text has this byte.
    const SENDER: u8 = 0xff;

    /// Its bytes, by which an index finds it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The term of somebody's messages.
    pub(super) fn of_sender(user_id: &UserId) -> Self {
        Self([&[Self::SENDER], user_id.as_str().as_bytes()].concat())
    }

    /// The term of a folded word.
    pub(super) fn of_word(word: &str) -> Self {
        Self(word.as_bytes()[..word.floor_char_boundary(Self::LONGEST)].to_vec())
    }

    /// Two letters side by side.
    pub(super) fn of_neighbours(letter: char, next: char) -> Self {
        Self(String::from_iter([letter, next]).into_bytes())
    }
}

impl Message {
    /// What it is found by; nothing once it is deleted.
    pub fn search_terms(&self) -> BTreeSet<Term> {
        let Some(body) = &self.body else { return BTreeSet::new() };
        let words = pieces(&FoldedText::of(body.as_str()));
        words.iter().flat_map(of_piece).chain([Term::of_sender(&self.sender_id)]).collect()
    }
}

/// The last letter of a run is a term by itself, so that each letter is the beginning of some term.
fn of_piece(piece: &Piece) -> Vec<Term> {
    match piece.kind {
        PieceKind::Word => vec![Term::of_word(&piece.text)],
        PieceKind::Run => {
            let last =
                piece.text.chars().next_back().map(|last| Term::of_word(last.encode_utf8(&mut [0; 4])));
            neighbours(&piece.text).chain(last).collect()
        }
    }
}

/// Every two letters of a run that stand side by side.
pub(super) fn neighbours(run: &str) -> impl Iterator<Item = Term> {
    iter::zip(run.chars(), run.chars().skip(1)).map(|(letter, next)| Term::of_neighbours(letter, next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::{BO, body, message_by};

    fn terms(text: &str) -> Vec<String> {
        let message = Message { body: Some(body(text)), ..message_by(BO) };
        let terms = message.search_terms();
        let texts = terms.iter().filter_map(|term| std::str::from_utf8(term.as_bytes()).ok());
        texts.map(str::to_owned).collect()
    }

    #[test]
    fn a_message_has_a_term_for_each_word() {
        assert_eq!(terms("Grüße, grüße an Zoë"), ["an", "grusse", "zoe"]);
        assert_eq!(terms("東京都 x"), ["x", "京都", "東京", "都"]);
    }

    #[test]
    fn a_long_word_has_its_beginning_as_its_term() {
        let long = "ж".repeat(100);
        assert_eq!(terms(&long), ["ж".repeat(24)]);
        assert_eq!(terms(&format!("a{long}")), [format!("a{}", "ж".repeat(23))]);
    }

    #[test]
    fn who_wrote_it_is_a_term_that_no_text_has() {
        let message = Message { body: Some(body("bo-")), ..message_by(BO) };
        let terms = message.search_terms();
        let sender = Term::of_sender(&message.sender_id);
        assert!(terms.contains(&sender) && std::str::from_utf8(sender.as_bytes()).is_err(), "{terms:?}");
        assert_eq!(message.erased().search_terms(), BTreeSet::new());
    }
}
