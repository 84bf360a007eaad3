//! What a text means, however it was typed, and what of it is seen: by Unicode's properties.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{
    BinaryProperty, CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, EmojiModifier,
    ExtendedPictographic, GeneralCategory, GeneralCategoryGroup, JoiningType, LineBreak,
    PrependedConcatenationMark, Script, VariationSelector, WhiteSpace, WordBreak,
};
use icu_properties::script::ScriptWithExtensions;
use icu_properties::{CodePointMapData, CodePointSetData};

/// Drawn as nothing, though no property says so: the Braille pattern without a dot and the null
/// notehead.
const EMPTY_SYMBOLS: [char; 2] = ['\u{2800}', '\u{1d159}'];

/// The emoji that are spelt with invisible tags: the flags of England, Scotland and Wales.
const FLAGS_WITH_TAGS: [&str; 3] = [
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];
const BLACK_FLAG: &str = "\u{1f3f4}";

/// The scripts whose characters have variants that a variation selector chooses.
const SCRIPTS_WITH_VARIANTS: [Script; 5] =
    [Script::Han, Script::Mongolian, Script::Myanmar, Script::PhagsPa, Script::Manichaean];

/// The scripts without blanks between words, beside those whose words only a dictionary can tell.
const UNSPACED_SCRIPTS: [Script; 3] = [Script::Han, Script::Hiragana, Script::Katakana];

/// The text in Normalization Form C, in which it is kept and counted.
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// The text in Normalization Form KC, in which letters of another width or style are the same.
pub(crate) fn nfkc(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text)
}

/// Whether it may be an emoji, or the beginning of one.
pub(crate) fn is_emoji(c: char) -> bool {
    has::<Emoji>(c)
}

/// Whether it is a picture by itself: an emoji, or a symbol that may become one.
pub(crate) fn is_pictograph(c: char) -> bool {
    has::<ExtendedPictographic>(c)
}

/// Whether it gives the emoji before it another tone of skin.
pub(crate) fn is_emoji_modifier(c: char) -> bool {
    has::<EmojiModifier>(c)
}

/// Whether it shows nothing wherever it stands.
pub(crate) fn is_ignorable(c: char) -> bool {
    has::<DefaultIgnorableCodePoint>(c)
}

/// Whether it is a letter or a number by itself, and no mark on one.
pub(crate) fn is_letter_or_number(c: char) -> bool {
    GeneralCategoryGroup::Letter.union(GeneralCategoryGroup::Number).contains(category(c))
}

/// Whether it is a letter, or a mark on one, of a script that puts no blanks between words.
pub(crate) fn is_unspaced(c: char) -> bool {
    let category = category(c);
    let is_letter = GeneralCategoryGroup::Letter.contains(category)
        || GeneralCategoryGroup::Mark.contains(category)
        || category == GeneralCategory::LetterNumber;
    let is_complex = CodePointMapData::<LineBreak>::new().get(c) == LineBreak::ComplexContext;
    let scripts = ScriptWithExtensions::new();
    is_letter && (is_complex || UNSPACED_SCRIPTS.iter().any(|script| scripts.has_script(c, *script)))
}

/// Whether a text ends within a word that an ASCII letter or digit would go on with, by the word boundaries of UAX #29. There,
/// no word of a script without blanks, such as Chinese, Japanese or Thai, goes on with one. Unlike there, an underscore ends a
/// word, because Markdown puts it around what is emphasised.
pub(crate) fn ends_in_a_word(text: &str) -> bool {
    text.chars().rev().find(|c| !is_mark(*c)).is_some_and(is_letter_or_digit)
}

/// Whether a text goes on with the word that an ASCII letter or digit before it would belong to, be it only with a mark on it.
pub(crate) fn begins_with_a_word(text: &str) -> bool {
    text.chars().next().is_some_and(|c| is_mark(c) || is_letter_or_digit(c))
}

fn is_letter_or_digit(c: char) -> bool {
    let in_words = CodePointMapData::<WordBreak>::new().get(c);
    matches!(in_words, WordBreak::ALetter | WordBreak::HebrewLetter | WordBreak::Numeric)
}

fn is_mark(c: char) -> bool {
    let is_mark = matches!(category(c), GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark);
    is_mark && !has::<VariationSelector>(c)
}

/// Whether nothing of the text would be seen.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| is_space(c) || is_invisible(c) || EMPTY_SYMBOLS.contains(&c))
}

/// White space of any kind and width.
pub(crate) fn is_space(c: char) -> bool {
    has::<WhiteSpace>(c)
}

/// Characters that show nothing of themselves: joiners, variation selectors, direction marks, tags …
/// Those that stand before Arabic numbers and enclose them are seen.
pub(crate) fn is_invisible(c: char) -> bool {
    let formats = category(c) == GeneralCategory::Format && !has::<PrependedConcatenationMark>(c);
    formats || has::<DefaultIgnorableCodePoint>(c)
}

/// Whether a control character stands in a line of text, a line's end, or an invisible character
/// that neither an emoji nor a script needs at its place.
pub(crate) fn hides_something(line: &str) -> bool {
    let without_tags =
        FLAGS_WITH_TAGS.iter().fold(line.to_owned(), |text, flag| text.replace(flag, BLACK_FLAG));
    let characters: Vec<char> = without_tags.chars().collect();
    characters.iter().enumerate().any(|(at, c)| {
        let ends_a_line = matches!(
            category(*c),
            GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
        );
        ends_a_line || is_invisible(*c) && !is_needed(&characters[..at], *c, &characters[at + 1..])
    })
}

/// Whether an invisible character does its work between those before and those after it.
fn is_needed(before: &[char], c: char, after: &[char]) -> bool {
    let last_script = || before.last().map(|last| CodePointMapData::<Script>::new().get(*last));
    match c {
        '\u{200d}' if joins_emoji(before, after) => true,
        '\u{200c}' | '\u{200d}' => joins_letters(before, after),
        // The vowel separator.
        '\u{180e}' => last_script() == Some(Script::Mongolian),
        // As text or as an emoji.
        '\u{fe0e}' | '\u{fe0f}' => before.last().is_some_and(|last| has::<Emoji>(*last)),
        _ if has::<VariationSelector>(c) => {
            last_script().is_some_and(|script| SCRIPTS_WITH_VARIANTS.contains(&script))
        }
        _ => false,
    }
}

fn joins_emoji(before: &[char], after: &[char]) -> bool {
    let base = before.iter().rev().find(|c| **c != '\u{fe0f}' && !has::<EmojiModifier>(**c));
    [base, after.first()].into_iter().all(|c| c.is_some_and(|c| has::<ExtendedPictographic>(*c)))
}

/// Beside a virama, or between letters of a cursive script, a joiner chooses how they are drawn.
fn joins_letters(before: &[char], after: &[char]) -> bool {
    let beside_virama = [before.last(), after.first()].into_iter().flatten().any(|c| {
        CodePointMapData::<CanonicalCombiningClass>::new().get(*c) == CanonicalCombiningClass::Virama
    });
    beside_virama || is_cursive(before.iter().rev()) && is_cursive(after.iter())
}

/// Whether the first letter, marks apart, is one that may join its neighbours.
fn is_cursive<'a>(mut characters: impl Iterator<Item = &'a char>) -> bool {
    let joining = characters
        .by_ref()
        .map(|c| CodePointMapData::<JoiningType>::new().get(*c))
        .find(|joining| *joining != JoiningType::Transparent);
    matches!(joining, Some(JoiningType::DualJoining | JoiningType::LeftJoining | JoiningType::RightJoining))
}

fn has<P: BinaryProperty>(c: char) -> bool {
    CodePointSetData::new::<P>().contains(c)
}

pub(crate) fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_shows_nothing_is_blank() {
        // Spaces of any width, joiners, fillers, variation selectors, tags, unassigned code points that
        // are to be ignored, annotation marks, musical and other format characters, empty symbols.
        let nothing = " \t\n\u{a0}\u{1680}\u{2003}\u{202f}\u{3000}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\
            \u{180b}\u{180e}\u{180f}\u{200b}\u{200d}\u{202e}\u{2028}\u{2060}\u{2065}\u{2066}\u{3164}\u{fe0f}\
            \u{feff}\u{ffa0}\u{fff0}\u{fff8}\u{fff9}\u{fffb}\u{1bca0}\u{1d159}\u{1d173}\u{e0000}\u{e0041}\
            \u{e0100}\u{e0fff}\u{2800}";
        assert!(is_blank(nothing));
        for c in nothing.chars() {
            assert!(is_blank(&c.to_string()), "U+{:04X}", u32::from(c));
        }
        for seen in ["a", "\u{0600}", "\u{06dd}", "\u{301}", "\u{fffd}", "🏳", "\u{e000}"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    #[test]
    fn invisible_characters_are_needed_in_emoji_and_by_scripts() {
        for needed in [
            "👩‍🚀",
            "👩🏽‍🚀",
            "🏳️‍🌈",
            "❤️‍🔥",
            "1️⃣",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            // Persian "I want", Bengali "rya", Sinhala "Sri", Marathi "eyelash" ra.
            "می\u{200c}خواهم",
            "র\u{200d}\u{9cd}য",
            "ශ\u{dca}\u{200d}රී",
            "र\u{94d}\u{200d}य",
            // A Japanese place name's variant, a Mongolian suffix.
            "葛\u{e0100}城",
            "ᠬᠠᠨ\u{180e}ᠠ",
            "ᠠ\u{180b}",
        ] {
            assert!(!hides_something(needed), "{needed:?}");
        }
    }

    #[test]
    fn invisible_characters_are_hidden_anywhere_else() {
        for hidden in [
            "A\u{200d}na",
            "A\u{200c}na",
            "Ana\u{200d}",
            "\u{200d}👩",
            "👩\u{200d}",
            "👩\u{200d}a",
            "👩\u{200d}\u{200d}🚀",
            "A\u{fe0f}na",
            "A\u{e0100}na",
            "Ana\u{e0041}",
            "🏴\u{e0041}\u{e007f}",
            "علی\u{200c}",
            "می\u{200c}\u{200c}خواهم",
            "A\u{ad}na",
            "A\u{34f}na",
            "\u{feff}Ana",
            "Ana\u{2028}Bo",
            "Ana\tBo",
            "\u{202e}anA",
            "Ana\u{200e}",
            "Ana\u{2067}",
            "Ana\u{61c}",
            "A\u{fff9}na",
            "A\u{1d173}na",
            "A\u{fff0}na",
            "A\u{115f}na",
        ] {
            assert!(hides_something(hidden), "{hidden:?}");
        }
    }

    #[test]
    fn a_text_is_the_same_however_it_was_typed() {
        assert_eq!(nfc("e\u{301}"), "\u{e9}");
        assert_eq!(nfkc("ｅ\u{301}①"), "\u{e9}1");
    }
}
