//! The words of a text.

use unicode_segmentation::UnicodeSegmentation;

use super::folding::FoldedText;
use crate::Emoji;
use crate::unicode::{is_letter_or_number, is_pictograph, is_unspaced};

/// A piece of a text by which it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: PieceKind,
    /// Its characters, folded.
    pub(super) text: String,
    /// Where it stands in the folded text, in characters.
    pub(super) from: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// A word by UAX #29, or an emoji.
    Word,
    /// Letters of scripts without blanks, as many as stand side by side.
    Run,
}

impl Piece {
    /// How many characters it has.
    pub(super) fn length(&self) -> usize {
        self.text.chars().count()
    }
}

/// Cuts a text into its pieces, in their order. What is neither a word nor an emoji is left out.
pub(super) fn pieces(folded: &FoldedText) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut from = 0;
    for segment in folded.text.split_word_bounds() {
        for (kind, text) in of_one_kind(segment) {
            let length = text.chars().count();
            match pieces.last_mut() {
                Some(last)
                    if kind == PieceKind::Run && last.kind == kind && last.from + last.length() == from =>
                {
                    last.text.push_str(text);
                }
                _ if kind == PieceKind::Run || is_word(text) => {
                    pieces.push(Piece { kind, text: text.to_owned(), from });
                }
                _ => {}
            }
            from += length;
        }
    }
    pieces
}

/// The parts of a segment that belong to a run, and those that do not.
fn of_one_kind(segment: &str) -> Vec<(PieceKind, &str)> {
    let kind_of = |c: char| if is_unspaced(c) { PieceKind::Run } else { PieceKind::Word };
    let mut parts = Vec::new();
    let (mut begin, mut kind) = (0, None);
    for (at, c) in segment.char_indices() {
        let next = Some(kind_of(c));
        if let Some(kind) = kind
            && next != Some(kind)
        {
            parts.push((kind, &segment[begin..at]));
            begin = at;
        }
        kind = next;
    }
    parts.extend(kind.map(|kind| (kind, &segment[begin..])));
    parts
}

fn is_word(text: &str) -> bool {
    text.chars().any(|c| is_letter_or_number(c) || is_pictograph(c)) || text.parse::<Emoji>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        pieces(&FoldedText::of(text)).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn words_are_those_of_uax_29() {
        for (text, expected) in [
            (
                "The quick (\u{201c}brown\u{201d}) fox can\u{2019}t jump 32.3 feet, right?",
                vec!["the", "quick", "brown", "fox", "can't", "jump", "32.3", "feet", "right"],
            ),
            ("fn main() { let x_1 = a::b; }", vec!["fn", "main", "let", "x_1", "a", "b"]),
            ("-- !! ...", vec![]),
            // A mark on a blank.
            ("x \u{113c5}", vec!["x"]),
            ("Hexroom™ 5㎏", vec!["hexroom", "tm", "5", "kg"]),
            ("Привет, мир", vec!["привет", "мир"]),
        ] {
            assert_eq!(cut(text), expected, "{text}");
        }
    }

    #[test]
    fn an_emoji_is_a_word() {
        for (text, expected) in [
            ("👍👍🏽", vec!["👍", "👍🏽"]),
            ("❤\u{fe0f}x", vec!["❤", "x"]),
            ("👩\u{200d}🚀🇩🇪🇫🇷", vec!["👩\u{200d}🚀", "🇩🇪", "🇫🇷"]),
            ("#\u{fe0f}\u{20e3}", vec!["#\u{20e3}"]),
            ("‼\u{fe0f}", vec!["‼"]),
        ] {
            assert_eq!(cut(text), expected, "{text}");
        }
    }

    #[test]
    fn scripts_without_blanks_give_runs() {
        for (text, expected) in [
            ("我们在北京。你好", vec!["我们在北京", "你好"]),
            ("東京タワーへ行く", vec!["東京タワーへ行く"]),
            ("ภาษาไทย", vec!["ภาษาไทย"]),
            ("用Rust写的", vec!["用", "rust", "写的"]),
            ("ﾃｽﾄ版", vec!["テスト版"]),
            ("３月", vec!["3", "月"]),
        ] {
            assert_eq!(cut(text), expected, "{text}");
        }
    }
}
