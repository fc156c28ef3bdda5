//! The cases of the law that are about the file, by their numbers; `docs/law.md` lists all of them.

use homebody_protocol::consent::{ConsentConfig, Mode, lint};
use serde_json::{Value, json};

use super::support::full_tree;

/// What the lint says about the full example with one value replaced, or taken away by null.
fn codes(pointer: &str, value: &Value) -> Vec<&'static str> {
    let mut tree = full_tree();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let fields = tree.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Value::Null => fields.remove(last),
        _ => fields.insert(last.to_owned(), value.clone()),
    };
    lint(&tree.to_string()).iter().map(|finding| finding.code).collect()
}

#[test]
fn l11_a_refusal_lasts_six_months_at_least() {
    assert_eq!(codes("/ask/reaskAfterRefusalDays", &json!(179)), ["consent_reask_too_soon"]);
    assert_eq!(codes("/ask/reaskAfterRefusalDays", &json!(180)), [""; 0]);
}

#[test]
fn l12_a_consent_lasts_thirteen_months_at_most() {
    assert_eq!(codes("/ask/expireAfterDays", &json!(396)), ["consent_expiry_too_long"]);
}

#[test]
fn l15_what_visitors_have_to_be_told_is_there() {
    let needed = [
        ("/controller/name", json!(""), "consent_no_controller"),
        ("/controller/contact", json!(""), "consent_no_contact"),
        ("/controller/policyUrl", json!(""), "consent_no_policy"),
        ("/controller/authority", json!(""), "consent_no_authority"),
        ("/rights", json!(["access"]), "consent_no_rights"),
        ("/purposes/personalize/retentionDays", Value::Null, "consent_no_retention"),
    ];
    for (pointer, value, code) in needed {
        assert!(codes(pointer, &value).contains(&code), "{pointer}");
    }
}

#[test]
fn l28_in_britain_statistics_need_a_notice_and_a_profile_a_yes() {
    let text =
        json!({ "version": 1, "id": "t", "purposes": { "personalize": {}, "contribute": {} } }).to_string();
    let config = ConsentConfig::from_json(&text).unwrap();
    assert_eq!(config.mode("GB", "personalize"), Mode::Ask);
    assert_eq!(config.mode("GB", "contribute"), Mode::Notice);
}

#[test]
fn l32_the_first_layer_is_short_and_without_double_negatives() {
    let long = "word ".repeat(61);
    assert!(codes("/texts/en/banner.body", &json!(long)).contains(&"consent_first_layer_long"));
    let twisted = json!("Do not refuse not to be tracked.");
    assert!(codes("/texts/en/banner.body", &twisted).contains(&"consent_double_negative"));
}
