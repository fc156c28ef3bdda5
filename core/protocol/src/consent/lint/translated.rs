//! Every text in every language.

use std::collections::BTreeSet;

use super::super::config::{ConsentConfig, Languages, Texts};
use super::super::purpose::Purpose;
use super::super::{BUILT_IN_PURPOSES, NOTICE_KEYS, built_in_language};
use super::Hit;

/// How many keys a message names.
const SHOWN: usize = 3;

/// A text of the site's own in one language and a built-in one in the other would be two different notices.
pub(super) fn untranslated(config: &ConsentConfig) -> Vec<Hit> {
    let own = own_keys(config);
    let mut hits = Vec::new();
    for (index, language) in config.languages.available.iter().enumerate() {
        let place = format!("languages.available[{index}]");
        // Where the file names no languages, the purpose that brought the texts is the place to look at.
        let place = if config.languages == Languages::default() {
            purpose_without_words(config, &place)
        } else {
            place
        };
        let mut wanted = own.clone();
        if built_in_language(language).is_none() {
            wanted.extend(built_in_keys(config));
        }
        hits.extend(lacking(&wanted, &config.texts, language, "texts", &place));
        for (number, arm) in config.experiment.iter().flat_map(|all| all.arms.iter().enumerate()) {
            let wanted: BTreeSet<String> =
                arm.texts.values().flat_map(|texts| texts.keys().cloned()).collect();
            let path = format!("experiment.arms[{number}].texts");
            hits.extend(lacking(&wanted, &arm.texts, language, &path, &path));
        }
    }
    hits
}

/// What of `wanted` a language lacks, in one sentence; at its texts, or at `place` when it has none.
fn lacking(wanted: &BTreeSet<String>, texts: &Texts, language: &str, path: &str, place: &str) -> Option<Hit> {
    // A button to reject without words is `consent_no_reject`.
    let is_done = |key: &str, text: &str| key == "banner.reject" || has_words(text);
    let text_of = |key: &str| texts.get(language).and_then(|texts| texts.get(key));
    let is_there = |key: &str| text_of(key).is_some_and(|text| is_done(key, text));
    let keys: Vec<String> =
        wanted.iter().filter(|key| !is_there(key)).map(|key| format!("`{key}`")).collect();
    let named = keys.get(..SHOWN).unwrap_or(&keys);
    let more = keys.len() - named.len();
    let others = if more > 0 { format!(" and {more} more") } else { String::new() };
    let path = if texts.contains_key(language) { format!("{path}.{language}") } else { place.to_owned() };
    (!keys.is_empty()).then(|| Hit::new(path, format!("`{language}` lacks {}{others}", named.join(", "))))
}

/// Keys that no built-in text has, or that the site replaces somewhere.
fn own_keys(config: &ConsentConfig) -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = config.texts.values().flat_map(|texts| texts.keys().cloned()).collect();
    for (id, purpose) in &config.purposes {
        if !has_built_in_texts(id, purpose) {
            keys.extend(pair(&purpose.text_key(id)));
        }
        keys.extend(purpose.explicit.clone());
    }
    keys
}

/// The first purpose that needs texts of its own.
fn purpose_without_words(config: &ConsentConfig, place: &str) -> String {
    let needs = |(id, purpose): &(&String, &Purpose)| !has_built_in_texts(id, purpose);
    config.purposes.iter().find(needs).map_or_else(|| place.to_owned(), |(id, _)| format!("purposes.{id}"))
}

fn has_built_in_texts(id: &str, purpose: &Purpose) -> bool {
    BUILT_IN_PURPOSES.contains(&id) && purpose.text_key(id) == format!("purposes.{id}")
}

/// What a notice of this configuration can say.
fn built_in_keys(config: &ConsentConfig) -> impl Iterator<Item = String> {
    let purposes = config.purposes.iter().flat_map(|(id, purpose)| pair(&purpose.text_key(id)));
    let kinds = config.purposes.values().flat_map(|purpose| purpose.data.iter());
    let kinds = kinds.map(|kind| format!("data.{}", kind.word()));
    NOTICE_KEYS.into_iter().map(str::to_owned).chain(purposes).chain(kinds)
}

fn pair(key: &str) -> [String; 2] {
    [format!("{key}.title"), format!("{key}.body")]
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
