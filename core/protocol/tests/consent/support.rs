//! Examples, and ways into trees of JSON.

use std::path::PathBuf;

use serde_json::Value;

/// The page of the documentation.
pub(crate) const PAGE: &str = include_str!("../../../../docs/consent-config.md");

/// The examples of the page.
pub(crate) fn examples() -> Vec<&'static str> {
    PAGE.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// The longest of them: it has every field there is.
pub(crate) fn full() -> &'static str {
    examples().into_iter().max_by_key(|example| example.len()).unwrap()
}

/// The longest of them as a tree.
pub(crate) fn full_tree() -> Value {
    serde_json::from_str(full()).unwrap()
}

/// The published schema.
pub(crate) fn schema() -> Value {
    serde_json::from_str(include_str!("../../../../docs/consent.schema.json")).unwrap()
}

/// A file of `testdata/consent`.
pub(crate) fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/consent").join(name)
}

/// JSON pointers of every value in a tree, the root left out.
pub(crate) fn pointers(tree: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(tree, "", &mut found);
    found
}

fn walk(tree: &Value, pointer: &str, found: &mut Vec<String>) {
    let mut go = |step: &str, value: &Value| {
        let pointer = format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"));
        found.push(pointer.clone());
        walk(value, &pointer, found);
    };
    match tree {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| go(key, value)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| go(&index.to_string(), value))
        }
        _ => {}
    }
}

/// The path of an error for a JSON pointer.
pub(crate) fn path_of(tree: &Value, pointer: &str) -> String {
    let (mut path, mut value) = (String::new(), tree);
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        if value.is_array() {
            path.push_str(&format!("[{step}]"));
            value = &value[step.parse::<usize>().unwrap()];
        } else {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(&step);
            value = &value[step.as_str()];
        }
    }
    path
}

/// Compares a file of `testdata/consent` with what it should be; with `HOMEBODY_BLESS` set, writes it.
pub(crate) fn golden(name: &str, wanted: &str) {
    let path = data(name);
    if std::env::var_os("HOMEBODY_BLESS").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, wanted,
        "{name} differs; look at the difference, then set HOMEBODY_BLESS=1 to accept it"
    );
}
