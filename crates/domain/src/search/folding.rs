//! A text in the form in which it is compared.

use std::iter;

use icu_casemap::CaseMapper;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCompositionBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{CanonicalCombiningClass as Class, GeneralCategory};

use crate::unicode::{category, is_emoji_modifier, is_ignorable, is_pictograph};

const JOINER: char = '\u{200d}';

/// A text without regard to case, accents, width and compatibility forms.
#[derive(Debug, Default)]
pub(super) struct FoldedText {
    pub(super) text: String,
    /// For each of its characters the place of the one that it comes from.
    origins: Vec<usize>,
    /// How many characters it was made of.
    length: usize,
}

impl FoldedText {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self::default();
        for c in text.chars() {
            folded.add(c);
            folded.length += 1;
        }
        folded
    }

    /// Which characters of the original some of these come from, and those after them that show nothing by themselves.
    pub(super) fn origin(&self, from: usize, to: usize) -> (usize, usize) {
        let last = self.origins[to - 1];
        let next = self.origins[to..].iter().find(|origin| **origin > last);
        (self.origins[from], next.copied().unwrap_or(self.length))
    }

    fn add(&mut self, c: char) {
        if c.is_ascii() {
            self.push(c.to_ascii_lowercase());
            return;
        }
        if c == '\u{2019}' {
            // An apostrophe, as telephones type it.
            self.push('\'');
            return;
        }
        if is_ignorable(c) {
            if self.is_within_emoji(c) {
                self.push(c);
            }
            return;
        }
        let folded = fold(c);
        let stands_apart = folded.len() > 1 && is_symbol(c);
        if stands_apart {
            self.push(' ');
        }
        for c in folded {
            self.push_composed(c);
        }
        if stands_apart {
            self.push(' ');
        }
    }

    fn push(&mut self, c: char) {
        self.text.push(c);
        self.origins.push(self.length);
    }

    /// A mark that makes another sound of a kana is one character with it, however both were typed.
    fn push_composed(&mut self, c: char) {
        if class(c) == Class::KanaVoicing
            && let Some(last) = self.text.chars().next_back()
            && let Some(composed) = CanonicalCompositionBorrowed::new().compose(last, c)
        {
            self.text.pop();
            self.text.push(composed);
            return;
        }
        self.push(c);
    }

    /// Joiners and tags tell one emoji from another.
    fn is_within_emoji(&self, c: char) -> bool {
        let is_part = |c: char| is_pictograph(c) || is_emoji_modifier(c) || is_tag(c);
        (c == JOINER || is_tag(c)) && self.text.chars().next_back().is_some_and(is_part)
    }
}

fn is_tag(c: char) -> bool {
    ('\u{e0020}'..='\u{e007f}').contains(&c)
}

/// The characters in place of one. They stay decomposed, so that a syllable of Korean begins with its first letters.
fn fold(c: char) -> Vec<char> {
    let decomposed: Vec<char> = decompose(c).filter(|c| !is_accent(*c)).collect();
    if is_pictograph(c) && !decomposed.iter().any(|c| c.is_alphanumeric()) {
        return vec![c];
    }
    let cases = CaseMapper::new();
    let mut folded = Vec::with_capacity(decomposed.len());
    for c in decomposed {
        let mut utf8 = [0; 4];
        folded.extend(cases.fold_string(c.encode_utf8(&mut utf8)).chars().map(plain));
    }
    folded
}

/// The letter without what Unicode does not take for an accent: a stroke through it, or that it lacks its dot.
fn plain(c: char) -> char {
    match c {
        'đ' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ł' => 'l',
        'ø' => 'o',
        'ŧ' => 't',
        c => c,
    }
}

fn decompose(c: char) -> impl Iterator<Item = char> {
    DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(iter::once(c))
}

/// Marks that collations pass over at first. Those that stand for a vowel, or for its absence, are letters in all but
/// their form, and the voicing of a kana makes another one.
fn is_accent(c: char) -> bool {
    !matches!(
        class(c),
        Class::NotReordered
            | Class::KanaVoicing
            | Class::Virama
            | Class::CCC84
            | Class::CCC91
            | Class::CCC103
            | Class::CCC118
            | Class::CCC129
            | Class::CCC130
            | Class::CCC132
    )
}

fn class(c: char) -> Class {
    CodePointMapData::<Class>::new().get(c)
}

/// Whether it is a symbol for a text that is no part of the word beside it, such as ™, ㎏ or ½.
fn is_symbol(c: char) -> bool {
    matches!(category(c), GeneralCategory::OtherSymbol | GeneralCategory::OtherNumber)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        FoldedText::of(text).text
    }

    #[test]
    fn what_does_not_matter_is_the_same() {
        for (one, other) in [
            ("Ana", "ANA"),
            ("Straße", "STRASSE"),
            ("ıIİi", "iiii"),
            ("Ren\u{e9}", "rene\u{301}"),
            ("ΣΊΣΥΦΟΣ", "σισυφος"),
            ("Ёлка", "елка"),
            ("Ａｎａ１", "ana1"),
            ("Łódź, Ørsted, Đà", "lodz, orsted, da"),
            ("ﬁn", "fin"),
            ("H₂O", "h2o"),
            ("Ⅷ", "viii"),
            ("ｶﾞｷﾞ", "ガギ"),
            ("か\u{3099}", "が"),
            ("한", "\u{1112}\u{1161}\u{11ab}"),
            ("שָׁלוֹם", "שלום"),
            ("ที่", "ที"),
            ("soft\u{ad}ly", "softly"),
            ("don\u{2019}t", "don't"),
            ("❤\u{fe0f}", "❤"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn what_matters_is_different() {
        for (one, other) in [("か", "が"), ("กุ", "กู"), ("कम", "क्म"), ("👩\u{200d}🚀", "👩🚀"), ("हि", "ह")]
        {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn a_symbol_for_a_text_stands_apart() {
        assert_eq!(folded("Hexroom™"), "hexroom tm ");
        assert_eq!(folded("2½"), "2 1\u{2044}2 ");
    }

    #[test]
    fn every_character_is_folded_once_and_for_all() {
        // Beyond these are Chinese characters and tags alone.
        for c in '\0'..='\u{1ffff}' {
            let once = folded(c.encode_utf8(&mut [0; 4]));
            assert_eq!(folded(&once), once, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,20}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn what_is_folded_comes_from_somewhere_in_the_text(text in any::<String>()) {
            let folded = FoldedText::of(&text);
            prop_assert_eq!(folded.origins.len(), folded.text.chars().count());
            prop_assert!(folded.origins.is_sorted());
            prop_assert!(folded.origins.iter().all(|origin| *origin < text.chars().count()));
        }
    }
}
