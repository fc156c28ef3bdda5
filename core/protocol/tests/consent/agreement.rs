//! The schema and Rust say the same. Rust's side is here and in a committed table; `js/test/consent-schema.test.ts` holds
//! the schema to the table with a validator.

use std::collections::BTreeSet;

use homebody_protocol::consent::{ConsentConfig, Severity, lint};
use serde_json::{Map, Value, json};

use super::support::{full_tree, golden, pointers, schema};

/// A name that nothing has.
const NONSENSE: &str = "?? ??";

/// Something wrong, or nearly, for every type.
fn values() -> Vec<Value> {
    let long = "x".repeat(2001);
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(70_000),
        json!(1e300),
        json!(""),
        json!("nonsense !"),
        json!(long),
        json!([]),
        json!([{}]),
        json!({}),
        json!({ "nonsense": 1 }),
    ]
}

/// What Rust says: `r`efused as not of the form, `l` an error of the lint, `-` neither.
fn verdict(tree: &Value) -> char {
    let text = tree.to_string();
    let has_error = lint(&text).iter().any(|finding| finding.severity == Severity::Error);
    match ConsentConfig::from_json(&text) {
        Err(error) if error.code() == "consent_reference" => 'l',
        Err(_) => 'r',
        Ok(_) if has_error => 'l',
        Ok(_) => '-',
    }
}

/// The tree with the key at a pointer made into nonsense; nothing in a list.
fn renamed(full: &Value, pointer: &str) -> Option<Value> {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let mut tree = full.clone();
    let fields = tree.pointer_mut(parent).unwrap().as_object_mut()?;
    let value = fields.remove(&key.replace("~1", "/").replace("~0", "~")).unwrap();
    fields.insert(NONSENSE.to_owned(), value);
    Some(tree)
}

#[test]
fn the_table_of_verdicts_is_the_committed_one() {
    let (full, values) = (full_tree(), values());
    let mut cases = Vec::new();
    for pointer in pointers(&full) {
        let judge = |value: &Value| {
            let mut tree = full.clone();
            *tree.pointer_mut(&pointer).unwrap() = value.clone();
            verdict(&tree)
        };
        let verdicts: String = values.iter().map(judge).collect();
        assert!(verdicts.contains('r') || verdicts.contains('l'), "{pointer} takes anything");
        let renamed = renamed(&full, &pointer).map(|tree| verdict(&tree));
        cases.push(json!({ "pointer": pointer, "verdicts": verdicts, "renamed": renamed }).to_string());
    }
    let (values, cases) = (Value::Array(values), cases.join(",\n"));
    let about = "r: not of the form, l: an error of the lint, -: neither";
    let head = format!(
        "\"spec_version\": 1,\n\"about\": \"{about}\",\n\"nonsense\": \"{NONSENSE}\",\n\"values\": {values}"
    );
    let text = format!("{{\n{head},\n\"cases\": [\n{cases}\n]\n}}\n");
    golden("agreement.json", &text);
}

/// Where the schema describes an object: the pointer of one in the example, and the fields.
fn objects<'a>(
    schema: &'a Value,
    node: &'a Value,
    tree: &Value,
    pointer: &str,
    found: &mut Vec<(String, &'a Map<String, Value>)>,
) {
    if let Some(name) = node["$ref"].as_str() {
        let target = schema.pointer(name.trim_start_matches('#')).unwrap();
        return objects(schema, target, tree, pointer, found);
    }
    match tree {
        Value::Object(fields) => {
            // Names that people give, and the two texts an arm may have: no struct of Rust's.
            let is_map =
                node["additionalProperties"].is_object() || node["properties"].get("banner.title").is_some();
            if let Some(properties) = node["properties"].as_object().filter(|_| !is_map) {
                found.push((pointer.to_owned(), properties));
            }
            for (key, value) in fields {
                let part = if node["properties"][key].is_null() {
                    &node["additionalProperties"]
                } else {
                    &node["properties"][key]
                };
                assert!(part.is_object(), "the schema has no `{pointer}/{key}`");
                objects(schema, part, value, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                objects(schema, &node["items"], value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_schema_has_the_fields_of_rust_and_no_others() {
    let (schema, full) = (schema(), full_tree());
    let mut found = Vec::new();
    objects(&schema, &schema, &full, "", &mut found);
    let mut count = 0;
    for (pointer, properties) in found {
        let mut tree = full.clone();
        tree.pointer_mut(&pointer).unwrap().as_object_mut().unwrap().insert("?".into(), Value::Null);
        let error = ConsentConfig::from_json(&tree.to_string()).unwrap_err();
        assert_eq!(error.code(), "consent_unknown_field", "{pointer}");
        // "`path.?`: unknown field `?`, expected one of `a`, `b`"
        let message = error.to_string();
        let known = message.split_once("expected").unwrap().1;
        let known: BTreeSet<&str> = known.split('`').skip(1).step_by(2).collect();
        let listed: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(known, listed, "{pointer}");
        count += listed.len();
    }
    assert!(count > 80, "only {count} fields were compared");
}

/// Every property that the schema describes, with its place.
fn properties<'a>(node: &'a Value, pointer: &str, found: &mut Vec<(String, &'a Value)>) {
    for (name, property) in node["properties"].as_object().into_iter().flatten() {
        found.push((format!("{pointer}/{name}"), property));
        properties(property, &format!("{pointer}/{name}"), found);
    }
    for inner in ["items", "additionalProperties"] {
        if node[inner].is_object() {
            properties(&node[inner], pointer, found);
        }
    }
}

#[test]
fn an_editor_explains_every_field_and_the_example_has_it() {
    let (schema, full) = (schema(), full_tree());
    let mut found = Vec::new();
    properties(&schema, "", &mut found);
    for (name, part) in schema["$defs"].as_object().unwrap() {
        properties(part, &format!("/$defs/{name}"), &mut found);
    }
    let text = full.to_string();
    for (pointer, property) in found {
        let described = property["description"].as_str().unwrap_or_default();
        assert!(described.len() > 10, "{pointer} is not explained");
        let name = pointer.rsplit('/').next().unwrap();
        assert!(text.contains(&format!("\"{name}\"")), "the full example has no `{name}`");
    }
}

/// Defaults that an editor shows are those of Rust.
#[test]
fn the_defaults_are_those_of_rust() {
    let schema = schema();
    let least = json!({ "version": 1, "id": "t", "purposes": { "personalize": {} },
        "experiment": { "id": "e", "arms": [{ "id": "a" }, { "id": "b" }] } });
    let config = ConsentConfig::from_json(&least.to_string()).unwrap();
    let written = serde_json::to_value(&config).unwrap();
    let places = [
        ("/properties", ""),
        ("/properties/ask/properties", "/ask"),
        ("/properties/theme/properties", "/theme"),
        ("/properties/theme/properties/button/properties", "/theme/button"),
        ("/properties/source/properties", "/source"),
        ("/properties/languages/properties", "/languages"),
        ("/$defs/purpose/properties", "/purposes/personalize"),
        ("/$defs/arm/properties", "/experiment/arms/0"),
    ];
    let mut count = 0;
    for (place, pointer) in places {
        for (name, property) in schema.pointer(place).unwrap().as_object().unwrap() {
            let Some(default) = property.get("default") else { continue };
            assert_eq!(written.pointer(&format!("{pointer}/{name}")), Some(default), "{pointer}/{name}");
            count += 1;
        }
    }
    assert!(count >= 15, "only {count} defaults were compared");
}
