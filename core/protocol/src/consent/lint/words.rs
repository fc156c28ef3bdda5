//! The first layer is short.

use std::collections::BTreeMap;

use super::super::ask::Button;
use super::super::config::ConsentConfig;
use super::Hit;

/// Most words of the first layer.
const MAX_WORDS: usize = 60;

/// What the first layer shows, and how many words its built-in text has at the most in any language;
/// `js/test/consent-texts.test.ts` holds the package to them.
const FIRST_LAYER: [(&str, usize, Option<Button>); 7] = [
    ("banner.title", 8, None),
    ("banner.body", 39, None),
    ("banner.accept", 3, Some(Button::Accept)),
    ("banner.reject", 4, Some(Button::Reject)),
    ("banner.preferences", 2, Some(Button::Preferences)),
    ("banner.later", 2, Some(Button::Later)),
    ("banner.policy", 2, None),
];

pub(super) fn first_layer(config: &ConsentConfig) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (language, texts) in &config.texts {
        let count = count(config, &[texts]);
        if count > MAX_WORDS {
            let path = place(texts, &format!("texts.{language}"));
            hits.push(Hit::new(path, format!("the first layer has {count} words in `{language}`")));
        }
    }
    for (index, arm) in config.experiment.iter().flat_map(|experiment| experiment.arms.iter().enumerate()) {
        for (language, texts) in &arm.texts {
            let base = config.texts.get(language);
            let count = count(config, &[Some(texts), base].into_iter().flatten().collect::<Vec<_>>());
            if count > MAX_WORDS {
                let path = place(texts, &format!("experiment.arms[{index}].texts.{language}"));
                let message =
                    format!("the first layer of arm `{}` has {count} words in `{language}`", arm.id);
                hits.push(Hit::new(path, message));
            }
        }
    }
    hits
}

/// Words of the first layer, with the texts of earlier maps before those of later ones.
fn count(config: &ConsentConfig, texts: &[&BTreeMap<String, String>]) -> usize {
    let is_shown = |button: Option<Button>| button.is_none_or(|button| config.ask.buttons.contains(&button));
    let words_of = |(key, built_in, _): &(&str, usize, Option<Button>)| {
        texts.iter().find_map(|texts| texts.get(*key)).map_or(*built_in, |text| words(text))
    };
    FIRST_LAYER.iter().filter(|(_, _, button)| is_shown(*button)).map(words_of).sum()
}

/// The longest text of a first layer: most often the body is what has to be cut.
fn place(texts: &BTreeMap<String, String>, path: &str) -> String {
    let longest = FIRST_LAYER.iter().filter(|(key, ..)| texts.contains_key(*key));
    let longest = longest.max_by_key(|(key, ..)| texts.get(*key).map_or(0, |text| words(text)));
    longest.map_or_else(|| path.to_owned(), |(key, ..)| format!("{path}.{key}"))
}

/// Words between spaces. Chinese and Japanese have none; there two characters count as a word.
fn words(text: &str) -> usize {
    let count = |part: &str| {
        let dense = part.chars().filter(|letter| is_dense(*letter)).count();
        let has_others = part.chars().any(|letter| letter.is_alphanumeric() && !is_dense(letter));
        dense.div_ceil(2) + usize::from(has_others)
    };
    text.split_whitespace().map(count).sum()
}

/// Kana and Han.
fn is_dense(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_with_and_without_spaces() {
        assert_eq!(words("  Sort – for me!  "), 3);
        assert_eq!(words("プライバシー policy"), 4);
        assert_eq!(words("同意する"), 2);
        assert_eq!(words("…"), 0);
    }
}
