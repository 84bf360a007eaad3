use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::rules::cast::{ANA, BO, body, message_by, user};

fn query(text: &str) -> SearchQuery {
    SearchQuery::new(text, None).expect(text)
}

/// What is marked, in the words of the text.
fn marked(text: &str, words: &str) -> Option<Vec<String>> {
    let characters: Vec<char> = text.chars().collect();
    let ranges = query(words).find_in_text(text)?;
    Some(
        ranges
            .iter()
            .map(|range| characters[range.start..range.start + range.length].iter().collect())
            .collect(),
    )
}

#[test]
fn words_are_found_and_marked() {
    for (text, words, expected) in [
        ("The soup is ready", "soup", Some(vec!["soup"])),
        ("The soup is ready", "ready soup", Some(vec!["soup", "ready"])),
        ("The soup is ready", "READY the", Some(vec!["The", "ready"])),
        ("The soup is ready", "so", Some(vec!["soup"])),
        ("The soup is ready", "so ready", None),
        ("The soup is ready", "oup", None),
        ("soup, soup!", "soup", Some(vec!["soup", "soup"])),
        ("soup soups", "soup", Some(vec!["soup", "soups"])),
        ("soup soups", "soup soup", Some(vec!["soup", "soups"])),
        ("Crème brûlée", "creme brulee", Some(vec!["Crème", "brûlée"])),
        ("Straße", "strasse", Some(vec!["Straße"])),
        ("STRASSE", "straß", Some(vec!["STRASSE"])),
        ("Diyarbakır", "diyarbakir", Some(vec!["Diyarbakır"])),
        ("DİYARBAKIR", "diyarbakır", Some(vec!["DİYARBAKIR"])),
        ("ＡＢＣ", "abc", Some(vec!["ＡＢＣ"])),
        ("H₂O", "h2o", Some(vec!["H₂O"])),
        ("我们在北京见面", "北京", Some(vec!["北京"])),
        ("我们在北京见面", "北京 见面", Some(vec!["北京见面"])),
        ("我们在北京见面", "京", Some(vec!["京"])),
        ("我们在北京见面", "面", Some(vec!["面"])),
        ("我们在北京见面", "北面", None),
        ("用Rust写", "rust写", Some(vec!["Rust写"])),
        ("東京タワー", "ﾀﾜ", Some(vec!["タワ"])),
        ("ภาษาไทยง่าย", "ไทย", Some(vec!["ไทย"])),
        ("한국어", "한구", Some(vec!["한국어"])),
        ("ok 👍🏽!", "👍", Some(vec!["👍🏽"])),
        ("I ❤\u{fe0f} it", "❤", Some(vec!["❤\u{fe0f}"])),
        ("👩\u{200d}🚀", "🚀", None),
        ("let x = foo_bar(1);", "foo_bar", Some(vec!["foo_bar"])),
        ("aaaa", "aa", Some(vec!["aaaa"])),
        ("ああああ", "ああ", Some(vec!["ああああ"])),
    ] {
        let expected = expected.map(|texts| texts.into_iter().map(str::to_owned).collect());
        assert_eq!(marked(text, words), expected, "{words} in {text}");
    }
}

#[test]
fn a_query_has_1_to_200_characters_and_up_to_16_words() {
    let code = |text: &str| SearchQuery::new(text, None).expect_err(text).code;
    assert_eq!(code(&"a".repeat(201)), "too_long");
    assert_eq!(code(&"a ".repeat(17)), "too_many_words");
    for empty in ["", " ", "!?", "\u{200b}"] {
        assert_eq!(code(empty), "no_word");
        assert!(SearchQuery::new(empty, Some(user(BO))).is_ok());
    }
    for good in ["a".repeat(200), "e\u{301}".repeat(200), "a ".repeat(16), "本".repeat(200)] {
        assert!(SearchQuery::new(&good, None).is_ok(), "{good}");
    }
}

#[test]
fn messages_are_found_by_who_wrote_them() {
    let message = Message { body: Some(body("soup")), ..message_by(BO) };
    let found = |text, sender| SearchQuery::new(text, Some(user(sender))).expect("valid").find_in(&message);
    assert_eq!(found("", BO), Some(Vec::new()));
    assert_eq!(found("soup", BO), Some(vec![TextRange { start: 0, length: 4 }]));
    assert_eq!(found("tea", BO), None);
    assert_eq!(found("soup", ANA), None);
    assert_eq!(query("soup").find_in(&message.clone().erased()), None);
}

#[test]
fn whole_terms_are_wanted_before_beginnings() {
    let wanted = SearchQuery::new("a 本 bb 東京 c", Some(user(BO))).expect("valid").wanted();
    let is_whole = |wanted: &Wanted| matches!(wanted, Wanted::Term(_));
    assert_eq!(wanted.iter().map(is_whole).collect::<Vec<_>>(), [true, true, true, true, false, false]);
    assert_eq!(query(&"本日".repeat(100)).wanted().len(), 2);
}

/// Whether the terms of a text are enough for an index to find it by.
fn is_indexed(text: &str, query: &SearchQuery) -> bool {
    let terms = Message { body: Some(body(text)), ..message_by(BO) }.search_terms();
    query.wanted().iter().all(|wanted| match wanted {
        Wanted::Term(term) => terms.contains(term),
        Wanted::Beginning(begin) => terms.iter().any(|term| term.as_bytes().starts_with(begin.as_bytes())),
    })
}

/// Pieces of texts in many scripts, of which some run into each other.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "soup",
        "Crème",
        "Straße",
        "ıI",
        "Σίσυφος",
        "Ёлка",
        "北京",
        "東京タワー",
        "ｶﾞ",
        "ภาษา",
        "한국",
        "👍🏽",
        "❤\u{fe0f}",
        "🇩🇪",
        "™",
        "½",
        "x_1",
        "don\u{2019}t",
        " ",
        " ",
        " ",
        ",",
        "\n",
        "\u{301}",
        "\u{200d}",
        "१२",
        "ﷺ",
    ];
    prop_oneof![6 => select(known.to_vec()).prop_map(str::to_owned), 1 => "\\PC{1,4}", 1 => "[a-z]{30,60}"]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 1..12).prop_map(|pieces| format!("x {}", pieces.concat()))
}

proptest! {
    #[test]
    fn a_text_is_found_by_each_of_its_words(text in text(), index in any::<Index>()) {
        let words: Vec<_> = nfc(&text).split_whitespace().map(str::to_owned).collect();
        let word = index.get(&words);
        if let Ok(query) = SearchQuery::new(word, None) {
            prop_assert!(query.find_in_text(&nfc(&text)).is_some(), "{word:?} in {text:?}");
        }
    }

    #[test]
    fn whatever_is_found_is_found_by_its_terms(text in text(), other in text(), index in any::<Index>()) {
        let characters: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
        let part = &text[*index.get(&characters)..];
        for words in [part, &text, &other] {
            if let Ok(query) = SearchQuery::new(words, None) && query.find_in_text(&nfc(&text)).is_some() {
                prop_assert!(is_indexed(&nfc(&text), &query), "{words:?} in {text:?}");
            }
        }
    }

    #[test]
    fn two_neighbouring_letters_of_a_script_without_blanks_are_found(run in "[ぁ-んァ-ヶ一-龥ก-ฮ]{2,20}", index in any::<Index>()) {
        let run: Vec<char> = run.chars().collect();
        let at = index.index(run.len() - 1);
        let text: String = run.iter().collect();
        let pair: String = run[at..at + 2].iter().collect();
        prop_assert!(query(&pair).find_in_text(&text).is_some());
    }

    #[test]
    fn what_does_not_matter_changes_nothing(text in text(), words in text()) {
        if let Ok(query) = SearchQuery::new(&words, None) {
            let marks = |text: &str| query.find_in_text(text).is_some();
            prop_assert_eq!(marks(&text), marks(&text.replace('\u{fe0f}', "")));
        }
    }

    #[test]
    fn ranges_are_apart_in_their_order_and_within_the_text(text in text(), words in piece()) {
        let Ok(query) = SearchQuery::new(&words, None) else { return Ok(()) };
        let ranges = query.find_in_text(&text).unwrap_or_default();
        let mut end = None;
        for TextRange { start, length } in ranges {
            prop_assert!(length > 0 && end.is_none_or(|end| start > end), "{text:?}");
            end = Some(start + length);
        }
        prop_assert!(end.is_none_or(|end| end <= text.chars().count()));
    }
}
