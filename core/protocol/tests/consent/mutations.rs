//! Whatever is done to a file: an error that names the place, never a panic.

use homebody_protocol::consent::{ConsentConfig, ConsentError, Mode, lint};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{full, full_tree, path_of, pointers};

/// Anything at all, with the values that break readers more often.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(1e308)),
        Just(json!(-0.0)),
        ".{0,12}".prop_map(Value::from),
        Just(json!("x".repeat(5000))),
        Just(json!("ask")),
        Just(json!("#ffff")),
        Just(json!("javascript:alert(1)")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(".{0,6}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Whether an error is about the place that was changed: there, inside it, or about something around it.
fn is_about(error: &ConsentError, path: &str) -> bool {
    let said = error.path();
    said.starts_with(path) || path.starts_with(said) || error.code() == "consent_reference"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_changed_value_is_judged_by_its_place(at in any::<prop::sample::Index>(), value in value()) {
        let mut tree = full_tree();
        let pointers = pointers(&tree);
        let pointer = &pointers[at.index(pointers.len())];
        let path = path_of(&tree, pointer);
        *tree.pointer_mut(pointer).unwrap() = value;
        let text = serde_json::to_string_pretty(&tree).unwrap();
        let findings = lint(&text);
        match ConsentConfig::from_json(&text) {
            Ok(config) => {
                prop_assert!(config.mode("DE", "personalize") >= Mode::Ask);
                prop_assert!(config.mode_under_gpc("US", "contribute") == Mode::Off);
            }
            Err(error) => {
                prop_assert!(is_about(&error, &path), "{path}: {error}");
                prop_assert!(!error.path().is_empty() || !path.contains('.'), "{error}");
                prop_assert!(!findings.is_empty(), "the lint let pass what is not of the form: {error}");
            }
        }
        let lines = text.lines().count() as u32;
        prop_assert!(findings.iter().all(|finding| (1..=lines).contains(&finding.line) && finding.column >= 1));
    }

    #[test]
    fn a_cut_or_garbled_text_is_an_error_with_a_line(at in any::<prop::sample::Index>(), with in "[^}]{0,3}") {
        // Without the brace it ends in, whatever is put there instead.
        let full = full().trim_end();
        let mut cut = at.index(full.len());
        while !full.is_char_boundary(cut) { cut -= 1; }
        let text = format!("{}{with}", &full[..cut]);
        let findings = lint(&text);
        prop_assert!(ConsentConfig::from_json(&text).is_err());
        prop_assert!(!findings.is_empty() && findings.iter().all(|finding| finding.line >= 1));
    }

    #[test]
    fn any_text_at_all_is_judged(text in "(?s).{0,200}") {
        let is_fine = ConsentConfig::from_json(&text).is_ok();
        prop_assert!(is_fine || !lint(&text).is_empty());
    }
}

/// The table of the schema test changes every field too; here the path has to be the exact one.
#[test]
fn a_value_of_the_wrong_type_is_named_exactly() {
    let full = full_tree();
    for pointer in pointers(&full) {
        let path = path_of(&full, &pointer);
        for wrong in [json!({ "?": [] }), json!([[]]), json!(-1), json!(1e300)] {
            let mut tree = full.clone();
            *tree.pointer_mut(&pointer).unwrap() = wrong;
            if let Err(error) = ConsentConfig::from_json(&tree.to_string()) {
                assert!(error.path().starts_with(&path), "{path}: {error}");
                assert!(error.to_string().starts_with(&format!("`{path}")), "{path}: {error}");
            } else {
                panic!("{path} takes anything");
            }
        }
    }
}

#[test]
fn depth_and_size_are_no_danger() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(ConsentConfig::from_json(&deep).is_err());
    assert_eq!(lint(&deep)[0].code, "consent_syntax");
    let wide = format!(
        "{{\"version\":1,\"id\":\"t\",{}\"zz\":1}}",
        (0..2000).map(|n| format!("\"k{n}\":1,")).collect::<String>()
    );
    let found = lint(&wide);
    assert!(found.len() <= 64 && found.iter().all(|finding| finding.code == "consent_unknown_field"));
}
