//! For every rule a file that breaks it and no other, and the words it is told.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use homebody_protocol::consent::{lint, lint_rules};

use super::support::{data, golden};

fn names() -> Vec<String> {
    let entries = fs::read_dir(data("lint")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    names
}

fn read(name: &str) -> String {
    fs::read_to_string(data("lint").join(name)).unwrap()
}

/// `consent_no_reject.json` and `consent_no_reject-words.json` both break `consent_no_reject`.
fn code_of(name: &str) -> &str {
    name.trim_end_matches(".json").split('-').next().unwrap()
}

#[test]
fn every_file_breaks_its_rule_and_no_other() {
    for name in names().iter().filter(|name| !name.starts_with("clean")) {
        let codes: BTreeSet<&str> = lint(&read(name)).iter().map(|finding| finding.code).collect();
        assert_eq!(codes, BTreeSet::from([code_of(name)]), "{name}: {:#?}", lint(&read(name)));
    }
}

#[test]
fn every_rule_has_a_file() {
    let (names, rules) = (names(), lint_rules());
    for rule in rules {
        assert!(names.iter().any(|name| code_of(name) == rule.code), "no file breaks `{}`", rule.code);
    }
}

#[test]
fn the_clean_files_are_clean() {
    let names = names();
    let clean: Vec<_> = names.iter().filter(|name| name.starts_with("clean")).collect();
    assert!(!clean.is_empty());
    for name in clean {
        assert_eq!(lint(&read(name)), [], "{name}");
    }
}

#[test]
fn the_words_are_the_committed_ones() {
    let mut text = String::new();
    for name in names() {
        for finding in lint(&read(&name)) {
            writeln!(text, "{name}:{finding}").unwrap();
        }
    }
    golden("lint.txt", &text);
}
