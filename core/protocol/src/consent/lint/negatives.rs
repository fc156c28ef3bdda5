//! Double negatives, by lists of words: a hint to people who write, not a grammar.

use super::super::config::{ConsentConfig, Texts};
use super::Hit;

/// How near two negatives have to be, in words.
const REACH: usize = 3;

/// The negatives of a language: words that negate, beginnings of verbs that refuse, what negates a negative only right
/// beside it ("not without"), and the words with which a new thought begins.
struct Negatives {
    language: &'static str,
    words: &'static [&'static str],
    verbs: &'static [&'static str],
    beside: &'static str,
    joints: &'static [&'static str],
}

const LISTS: [Negatives; 3] = [
    Negatives {
        language: "en",
        words: &["not", "no", "never", "nothing", "none", "cannot"],
        verbs: &[
            "refus",
            "declin",
            "reject",
            "deny",
            "denie",
            "disabl",
            "disallow",
            "prevent",
            "uncheck",
            "untick",
            "optout",
            "opt-out",
            "disagree",
            "unsubscrib",
            "withhold",
        ],
        beside: "without",
        joints: &["and", "or", "but", "if", "when", "then"],
    },
    Negatives {
        language: "de",
        words: &[
            "nicht", "nie", "niemals", "nichts", "kein", "keine", "keinen", "keiner", "keinem", "keines",
        ],
        verbs: &[
            "ablehn",
            "abgelehn",
            "lehn",
            "widersprech",
            "widersproch",
            "verweiger",
            "deaktivier",
            "untersag",
            "verbiet",
            "abwähl",
            "abmeld",
        ],
        beside: "ohne",
        joints: &["und", "oder", "aber", "wenn", "dann", "falls", "sofern"],
    },
    Negatives {
        language: "fr",
        words: &["pas", "jamais", "aucun", "aucune", "rien", "non"],
        verbs: &["refus", "déclin", "rejet", "désactiv", "décoch", "oppos", "interdi", "empêch", "désinscri"],
        beside: "sans",
        joints: &["et", "ou", "mais", "si", "quand", "alors"],
    },
];

pub(super) fn double(config: &ConsentConfig) -> Vec<Hit> {
    let mut hits = in_texts(&config.texts, "texts");
    for (index, arm) in config.experiment.iter().flat_map(|experiment| experiment.arms.iter().enumerate()) {
        hits.extend(in_texts(&arm.texts, &format!("experiment.arms[{index}].texts")));
    }
    hits
}

fn in_texts(texts: &Texts, path: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (language, texts) in texts {
        let main = language.split('-').next().unwrap_or(language);
        let Some(list) = LISTS.iter().find(|list| list.language == main) else { continue };
        for (key, text) in texts {
            if let Some((one, two)) = list.find(text) {
                let message = format!("`{one}` and `{two}` negate one another");
                hits.push(Hit::new(format!("{path}.{language}.{key}"), message));
            }
        }
    }
    hits
}

impl Negatives {
    /// The first two negatives of one thought that stand near one another; one of them a word, not a verb.
    fn find(&self, text: &str) -> Option<(String, String)> {
        let text = text.to_lowercase().replace('’', "'").replace("opt out", "optout");
        let is_end = |letter: char| ".,;:!?…()–—\n".contains(letter);
        text.split(is_end).find_map(|thought| self.in_thought(thought))
    }

    fn in_thought(&self, thought: &str) -> Option<(String, String)> {
        let mut last: Option<(usize, &str)> = None;
        for (at, word) in thought.split_whitespace().enumerate() {
            let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            if self.joints.contains(&word) {
                last = None;
            } else if self.is_word(word) || self.is_verb(word) || word == self.beside {
                match last {
                    Some((before, first)) if self.is_double(first, word, at - before) => {
                        return Some((first.to_owned(), word.to_owned()));
                    }
                    _ => last = Some((at, word)),
                }
            }
        }
        None
    }

    fn is_double(&self, first: &str, second: &str, distance: usize) -> bool {
        let reach = if second == self.beside { 1 } else { REACH };
        let has_word = self.is_word(first) || (self.is_word(second) && first != self.beside);
        distance <= reach && has_word
    }

    fn is_word(&self, word: &str) -> bool {
        self.words.contains(&word) || (self.language == "en" && word.ends_with("n't"))
    }

    fn is_verb(&self, word: &str) -> bool {
        self.verbs.iter().any(|verb| word.starts_with(verb))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(language: &str, text: &str) -> bool {
        LISTS.iter().find(|list| list.language == language).unwrap().find(text).is_some()
    }

    #[test]
    fn double_negatives_are_found() {
        let found = [
            ("en", "Do not decline personalisation"),
            ("en", "I don’t want to opt out."),
            ("en", "Lists are sorted. This is not without reason"),
            ("en", "Never say no"),
            ("de", "Bitte nicht ablehnen"),
            ("de", "Deaktivieren Sie das nicht"),
            ("de", "Ich möchte keinen Widerspruch, nicht widersprechen"),
            ("fr", "Ne pas refuser"),
            ("fr", "Je ne veux pas m'opposer, ne décochez jamais"),
        ];
        for (language, text) in found {
            assert!(find(language, text), "{text}");
        }
    }

    #[test]
    fn plain_refusals_are_not() {
        let plain = [
            ("en", "No, same for all"),
            ("en", "You can refuse without any disadvantage, and nothing is stored."),
            ("en", "If you refuse, no profile is made"),
            ("en", "Nothing is stored and no data leaves"),
            ("en", "Not now"),
            ("en", "It is neither stored nor sent"),
            ("de", "Nein, für alle gleich"),
            ("de", "Sie können ablehnen, ohne dass Nachteile entstehen"),
            ("de", "Wenn Sie ablehnen, wird nichts gespeichert"),
            ("fr", "Refuser"),
            ("fr", "Rien n'est gardé sans votre accord explicite et vous pouvez refuser"),
        ];
        for (language, text) in plain {
            let said = LISTS.iter().find(|list| list.language == language).unwrap().find(text);
            assert_eq!(said, None, "{text}");
        }
    }
}
