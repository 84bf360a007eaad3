use std::ops::RangeInclusive;

use super::folding::FoldedText;
use super::terms::{Term, neighbours};
use super::words::{Piece, PieceKind, pieces};
use crate::invalid::in_words;
use crate::unicode::nfc;
use crate::{Invalid, Message, UserId};

/// What is looked for in messages: words that all occur, somebody who wrote them, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    words: Vec<Piece>,
    sender_id: Option<UserId>,
}

/// What an index must have of a message that a query may find.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// This term.
    Term(Term),
    /// A term that begins so.
    Beginning(Term),
}

/// A part of a text, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRange {
    pub start: usize,
    pub length: usize,
}

impl SearchQuery {
    /// How many characters its words have together, with what stands between them.
    pub const LENGTH: RangeInclusive<usize> = 1..=200;

    /// How many words it has at most.
    pub const MOST_WORDS: usize = 16;

    /// How many terms of one query are looked up at most; the messages themselves tell the rest.
    const MOST_WANTED: usize = 32;

    /// Looks for the words of a text, and for messages of a sender if there is one. Without a sender there must be a word.
    pub fn new(text: &str, sender_id: Option<UserId>) -> Result<Self, Invalid> {
        let text = nfc(text);
        if text.chars().count() > *Self::LENGTH.end() {
            let message = format!("A search has {} characters.", in_words(&Self::LENGTH));
            return Err(Invalid::new("too_long", message));
        }
        let words = pieces(&FoldedText::of(&text));
        if words.is_empty() && sender_id.is_none() {
            let message = "A search needs a word: a letter, a digit or an emoji at least.";
            return Err(Invalid::new("no_word", message));
        }
        if words.len() > Self::MOST_WORDS {
            let message = format!("A search has at most {} words.", Self::MOST_WORDS);
            return Err(Invalid::new("too_many_words", message));
        }
        Ok(Self { words, sender_id })
    }

    /// What an index must have of each message that is found, whole terms first, each once.
    pub fn wanted(&self) -> Vec<Wanted> {
        let senders = self.sender_id.iter().map(|sender_id| Wanted::Term(Term::of_sender(sender_id)));
        let mut wanted: Vec<_> = senders.collect();
        for (position, word) in self.words.iter().enumerate() {
            match word.kind {
                PieceKind::Run if word.length() > 1 => {
                    wanted.extend(neighbours(&word.text).map(Wanted::Term));
                }
                PieceKind::Run => wanted.push(Wanted::Beginning(Term::of_word(&word.text))),
                PieceKind::Word if self.is_last(position) && word.text.len() <= Term::LONGEST => {
                    wanted.push(Wanted::Beginning(Term::of_word(&word.text)));
                }
                PieceKind::Word => wanted.push(Wanted::Term(Term::of_word(&word.text))),
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted.truncate(Self::MOST_WANTED);
        wanted
    }

    /// Where the words are in a message as it reads now, from its beginning on; nothing if it is not found.
    pub fn find_in(&self, message: &Message) -> Option<Vec<TextRange>> {
        let body = message.body.as_ref()?;
        let is_theirs = self.sender_id.as_ref().is_none_or(|sender_id| message.sender_id == *sender_id);
        if is_theirs { self.find_in_text(body.as_str()) } else { None }
    }

    fn find_in_text(&self, text: &str) -> Option<Vec<TextRange>> {
        let folded = FoldedText::of(text);
        let found_in = pieces(&folded);
        let mut ranges = Vec::new();
        for (position, word) in self.words.iter().enumerate() {
            let before = ranges.len();
            for piece in &found_in {
                let places = places(word, self.is_last(position), piece);
                ranges.extend(places.into_iter().map(|(from, to)| folded.origin(from, to)));
            }
            if ranges.len() == before {
                return None;
            }
        }
        Some(merged(ranges))
    }

    fn is_last(&self, position: usize) -> bool {
        position + 1 == self.words.len()
    }
}

/// Where a word is found in a piece of a text: from a place in the folded text to before another.
fn places(word: &Piece, is_last: bool, piece: &Piece) -> Vec<(usize, usize)> {
    match (word.kind, piece.kind) {
        (PieceKind::Word, PieceKind::Word) => {
            let is_found = if is_last { piece.text.starts_with(&word.text) } else { piece.text == word.text };
            if is_found { vec![(piece.from, piece.from + piece.length())] } else { Vec::new() }
        }
        (PieceKind::Run, PieceKind::Run) => {
            let (length, begins) = (word.length(), piece.text.char_indices().enumerate());
            let found = begins.filter(|(_, (at, _))| piece.text[*at..].starts_with(&word.text));
            found.map(|(nth, _)| (piece.from + nth, piece.from + nth + length)).collect()
        }
        _ => Vec::new(),
    }
}

/// The ranges from the first one on; those that overlap or touch are one.
fn merged(mut found: Vec<(usize, usize)>) -> Vec<TextRange> {
    found.sort_unstable();
    let mut ranges: Vec<TextRange> = Vec::new();
    for (start, end) in found {
        match ranges.last_mut() {
            Some(last) if start <= last.start + last.length => {
                last.length = last.length.max(end - last.start);
            }
            _ => ranges.push(TextRange { start, length: end - start }),
        }
    }
    ranges
}

#[cfg(test)]
mod tests;
