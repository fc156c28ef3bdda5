//! The first layer is short.

use std::collections::BTreeMap;

use super::super::FIRST_LAYER_WORDS;
use super::super::ask::Button;
use super::super::config::ConsentConfig;
use super::Hit;

/// Most words of the first layer.
const MAX_WORDS: usize = 60;

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
    let is_shown = |key: &str| button(key).is_none_or(|button| config.ask.buttons.contains(&button));
    let words_of = |&(key, built_in): &(&str, usize)| {
        texts.iter().find_map(|texts| texts.get(key)).map_or(built_in, |text| words(text))
    };
    FIRST_LAYER_WORDS.iter().filter(|(key, _)| is_shown(key)).map(words_of).sum()
}

/// The button that a text is on.
fn button(key: &str) -> Option<Button> {
    match key {
        "banner.accept" => Some(Button::Accept),
        "banner.reject" => Some(Button::Reject),
        "banner.preferences" => Some(Button::Preferences),
        "banner.later" => Some(Button::Later),
        _ => None,
    }
}

/// The longest text of a first layer: most often the body is what has to be cut.
fn place(texts: &BTreeMap<String, String>, path: &str) -> String {
    let own = FIRST_LAYER_WORDS.iter().filter_map(|(key, _)| Some((key, words(texts.get(*key)?))));
    own.max_by_key(|(_, words)| *words).map_or_else(|| path.to_owned(), |(key, _)| format!("{path}.{key}"))
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
