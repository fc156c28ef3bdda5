//! The page of the documentation shows what is.

use std::collections::BTreeSet;

use homebody_protocol::consent::{
    BUILT_IN_LANGUAGES, BUILT_IN_PURPOSES, ConsentConfig, DataKind, FIRST_LAYER_WORDS, NOTICE_KEYS, Severity,
    lint, lint_rules,
};
use serde_json::json;

use super::support::{PAGE, examples, full, golden};

#[test]
fn every_example_may_be_published() {
    assert!(examples().len() >= 2);
    for example in examples() {
        let config = ConsentConfig::from_json(example).unwrap();
        assert_eq!(lint(example), [], "{}", config.id);
    }
}

#[test]
fn what_is_written_is_read_again() {
    let config = ConsentConfig::from_json(full()).unwrap();
    let again = ConsentConfig::from_json(&serde_json::to_string(&config).unwrap()).unwrap();
    assert_eq!(config, again);
}

#[test]
fn the_table_of_codes_is_that_of_the_lint() {
    let mut known = BTreeSet::new();
    for rule in lint_rules() {
        assert!(known.insert(rule.code), "{} is there twice", rule.code);
        let finds = match rule.severity {
            Severity::Error => rule.finds.to_owned(),
            Severity::Warning => format!("warning: {}", rule.finds),
        };
        let row = format!("| `{}` | {finds} | {} |", rule.code, rule.fix);
        assert!(PAGE.contains(&row), "the page lacks\n{row}");
    }
    let shown = PAGE.lines().filter(|line| line.starts_with("| `consent_")).count();
    assert_eq!(shown, known.len(), "the page has a code that nothing finds");
}

/// What the lint believes of the built-in texts; `js/test/consent-texts.test.ts` compares it with the texts.
#[test]
fn the_built_in_texts_are_as_the_package_has_them() {
    let cases: Vec<_> =
        FIRST_LAYER_WORDS.iter().map(|(key, words)| json!({ "key": key, "words": words })).collect();
    let kinds = DataKind::ALL.iter().map(|kind| format!("data.{}", kind.word()));
    let purposes =
        BUILT_IN_PURPOSES.iter().flat_map(|id| ["title", "body"].map(|part| format!("purposes.{id}.{part}")));
    let keys: BTreeSet<String> =
        NOTICE_KEYS.iter().map(|key| (*key).to_owned()).chain(kinds).chain(purposes).collect();
    let value = json!({ "spec_version": 1, "languages": BUILT_IN_LANGUAGES, "keys": keys, "cases": cases });
    golden("built-in.json", &format!("{}\n", serde_json::to_string_pretty(&value).unwrap()));
}

#[test]
fn words_of_data_are_those_of_the_file() {
    for kind in DataKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
    }
}
