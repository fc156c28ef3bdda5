//! What makes a purpose be asked again, and what does not.

use homebody_protocol::consent::ConsentConfig;
use serde_json::{Value, json};

use super::support::{full_tree, golden};

fn config(value: &Value) -> ConsentConfig {
    ConsentConfig::from_json(&value.to_string()).unwrap()
}

fn small() -> Value {
    json!({
        "version": 1, "id": "t",
        "languages": { "default": "en", "available": ["en", "de"] },
        "purposes": {
            "personalize": { "data": ["views", "cart"], "retentionDays": 90 },
            "contribute": { "epsilon": 0.5 },
            "count": { "kind": "site-tag", "text": "words.count", "recipients": ["Counter Ltd"] },
        },
        "texts": {
            "de": { "words.count.title": "Zählen", "words.count.body": "Wir zählen Besuche." },
            "en": { "words.count.title": "Counting", "words.count.body": "We count visits." },
        },
    })
}

/// The file with one value replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut tree = small();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    tree.pointer_mut(parent).unwrap()[last] = value;
    tree
}

#[test]
fn digests_are_the_committed_ones() {
    let own_revision = with("/revision", json!("0a1b2c3d"));
    let cases: Vec<Value> = [("full", full_tree()), ("small", small()), ("own revision", own_revision)]
        .into_iter()
        .map(|(name, tree)| {
            let read = config(&tree);
            let digests: Value = read
                .purposes
                .keys()
                .map(|id| (id.clone(), json!(format!("{:06x}", read.digest(id).unwrap()))))
                .collect::<serde_json::Map<_, _>>()
                .into();
            json!({ "name": name, "config": tree, "revision": read.revision_digits(), "digests": digests })
        })
        .collect();
    let value = json!({ "spec_version": 1, "cases": cases });
    golden("material.json", &format!("{}\n", serde_json::to_string_pretty(&value).unwrap()));
}

#[test]
fn what_was_told_about_a_purpose_is_material_to_it_alone() {
    let before = config(&small());
    let changes = [
        ("/purposes/personalize/data", json!(["views"]), "personalize"),
        ("/purposes/personalize/retentionDays", json!(180), "personalize"),
        ("/purposes/personalize/tier", json!("session"), "personalize"),
        ("/purposes/contribute/epsilon", json!(1.0), "contribute"),
        ("/purposes/count/recipients", json!(["Counter Ltd", "Another"]), "count"),
        ("/texts/de/words.count.body", json!("Wir zählen Besuche und Käufe."), "count"),
        ("/texts/en/words.count.title", json!("Statistics"), "count"),
    ];
    for (pointer, value, purpose) in changes {
        let after = config(&with(pointer, value));
        assert_eq!(before.material_changes(&after), [purpose], "{pointer}");
        assert_ne!(before.revision_digits(), after.revision_digits(), "{pointer}");
    }
}

#[test]
fn the_rest_is_cosmetic() {
    let before = config(&small());
    let changes = [
        ("/theme", json!({ "radius": 3 })),
        ("/ask", json!({ "position": "top" })),
        ("/texts/en/banner.title", json!("Cookies?")),
        ("/purposes/personalize/dpv", json!("dpv:ServicePersonalisation")),
        ("/id", json!("u")),
    ];
    for (pointer, value) in changes {
        let after = config(&with(pointer, value));
        assert!(before.material_changes(&after).is_empty(), "{pointer}");
        assert_eq!(before.revision_digits(), after.revision_digits(), "{pointer}");
    }
}

#[test]
fn a_revision_of_the_sites_own_asks_everything_anew() {
    let before = config(&small());
    let after = config(&with("/revision", json!("0a1b2c3d")));
    assert_eq!(before.material_changes(&after), ["contribute", "count", "personalize"]);
}
