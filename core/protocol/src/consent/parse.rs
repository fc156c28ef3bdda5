//! From text to a configuration.

use serde_json::Value;
use serde_path_to_error::Segment;

use super::config::ConsentConfig;
use super::error::ConsentError;
use super::places::Places;

impl ConsentConfig {
    /// Reads JSON. What is accepted has the form; whether it may be published is for [`super::lint()`] to say.
    ///
    /// # Errors
    /// [`ConsentError`] with the place in the file and what is allowed there.
    pub fn from_json(text: &str) -> Result<Self, ConsentError> {
        let tree = tree(text)?;
        if let Some(path) = Places::of(text).duplicates.into_iter().next() {
            return Err(ConsentError::DuplicateKey { path });
        }
        let config = typed(&tree).map_err(|refusal| refusal.error)?;
        match config.problems().into_iter().next() {
            Some(error) => Err(error),
            None => Ok(config),
        }
    }
}

/// A value that has no place in the form.
pub(super) struct Refusal {
    pub(super) error: ConsentError,
    /// The way to it from the root; the last step is the value itself.
    pub(super) steps: Vec<Step>,
}

/// One step down.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The text as a tree.
pub(super) fn tree(text: &str) -> Result<Value, ConsentError> {
    serde_json::from_str(text)
        .map_err(|error| ConsentError::Syntax { path: String::new(), message: error.to_string() })
}

/// The tree as a configuration, without a look at ranges.
pub(super) fn typed(tree: &Value) -> Result<ConsentConfig, Refusal> {
    let config: ConsentConfig = serde_path_to_error::deserialize(tree).map_err(|error| {
        let steps = error.path().iter().filter_map(step).collect();
        refuse(steps, plain(error.inner().to_string()))
    })?;
    // serde takes a list for a struct, a map for a word and null for what is optional. What is written again from what
    // was read shows where it did.
    let written = serde_json::to_value(&config).unwrap_or_default();
    match differing(tree, &written) {
        None => Ok(config),
        Some((mut steps, message)) => {
            steps.reverse();
            Err(refuse(steps, message))
        }
    }
}

fn refuse(steps: Vec<Step>, message: String) -> Refusal {
    // serde has no kinds of errors; its sentence is the only place where it says which one it is.
    let is_unknown = message.starts_with("unknown field");
    let path = shown(&steps);
    let error = match is_unknown {
        true => ConsentError::UnknownField { path, message },
        false => ConsentError::Syntax { path, message },
    };
    Refusal { error, steps }
}

/// serde's sentence, without names of Rust's types.
fn plain(message: String) -> String {
    let names = [
        ("expected u16", "expected a whole number from 0 to 65535"),
        ("expected u32", "expected a whole number"),
        ("expected u8", "expected a whole number from 0 to 255"),
        ("expected f64", "expected a number"),
    ];
    let message = match message.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected an object"),
        None => message,
    };
    names.into_iter().fold(message, |message, (name, words)| message.replace(name, words))
}

/// The first value that was read as one of another type: the way to it, last step first, and what is wrong.
fn differing(tree: &Value, written: &Value) -> Option<(Vec<Step>, String)> {
    let within = |step: Step, found: Option<(Vec<Step>, String)>| {
        found.map(|(mut steps, message)| {
            steps.push(step);
            (steps, message)
        })
    };
    match (tree, written) {
        (Value::Object(fields), Value::Object(known)) => fields.iter().find_map(|(key, value)| {
            within(Step::Key(key.clone()), differing(value, known.get(key).unwrap_or(&Value::Null)))
        }),
        (Value::Array(list), Value::Array(known)) => list
            .iter()
            .zip(known)
            .enumerate()
            .find_map(|(at, (value, known))| within(Step::Index(at), differing(value, known))),
        (Value::Null, _) => Some((Vec::new(), "null is no value; leave the field out".to_owned())),
        _ if kind(tree) == kind(written) => None,
        _ => Some((Vec::new(), format!("invalid type: {}, expected {}", kind(tree), kind(written)))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn step(segment: &Segment) -> Option<Step> {
    match segment {
        Segment::Seq { index } => Some(Step::Index(*index)),
        Segment::Map { key } => Some(Step::Key(key.clone())),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

pub(super) fn shown(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Key(key) if path.is_empty() => path.push_str(key),
            Step::Key(key) => path.push_str(&format!(".{key}")),
        }
    }
    path
}
