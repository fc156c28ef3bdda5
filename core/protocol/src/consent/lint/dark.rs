//! Fields that the form does not have because they would make a dark pattern. Their names come from other platforms and
//! from wishful thinking; whoever writes one is told what is wrong with it, not only that it is unknown.

use serde_json::Value;

use super::super::error::ConsentError;
use super::super::parse::{Refusal, Step};
use super::Hit;

/// Names for "on before anybody said yes".
const ON: [&str; 12] = [
    "default",
    "checked",
    "prechecked",
    "preticked",
    "preselected",
    "enabled",
    "granted",
    "defaulton",
    "on",
    "required",
    "readonly",
    "alwayson",
];
/// The same as modes.
const ON_MODES: [&str; 7] = ["on", "always", "granted", "enabled", "true", "opt-out", "optout"];
/// Names for "no".
const NO: [&str; 5] = ["reject", "refuse", "decline", "deny", "disagree"];
/// Names for "yes".
const YES: [&str; 4] = ["accept", "agree", "allow", "approve"];
/// Names for style sheets, which can do anything.
const SHEETS: [&str; 5] = ["css", "customcss", "style", "styles", "stylesheet"];

/// The rule that a refused value breaks, with what is wrong.
pub(super) fn name(refusal: &Refusal, value: &Value) -> (&'static str, Hit) {
    let error = &refusal.error;
    let path = error.path().to_owned();
    let keys: Vec<&str> = refusal.steps.iter().filter_map(key).collect();
    let found = match error {
        ConsentError::UnknownField { .. } => unknown(&keys, value),
        _ => wrong(&keys, value),
    };
    match found {
        Some((code, message)) => (code, Hit { path, message }),
        None => (error.code(), Hit { message: said(error), path }),
    }
}

/// The whole file has no path to begin with.
fn said(error: &ConsentError) -> String {
    match error {
        ConsentError::Syntax { path, message } if path.is_empty() => message.clone(),
        _ => error.to_string(),
    }
}

fn key(step: &Step) -> Option<&str> {
    match step {
        Step::Key(key) => Some(key),
        Step::Index(_) => None,
    }
}

fn unknown(keys: &[&str], value: &Value) -> Option<(&'static str, String)> {
    let (last, above) = keys.split_last()?;
    let word = plain(last);
    let of = |names: &[&str]| names.iter().any(|name| word.contains(name));
    match above.first().copied() {
        Some("purposes") if ON.contains(&word.as_str()) && is_on(value) => {
            Some(("consent_preticked", format!("`{last}` switches the purpose on before anybody said yes")))
        }
        Some("experiment") => Some(("consent_experiment_differs", format!("arms cannot differ in `{last}`"))),
        Some("theme" | "ask") | None if of(&NO) && is_hidden(&word, value) => {
            let message = format!("`{last}` would take the button to reject away");
            let is_theme = above.first() == Some(&"theme");
            Some((if is_theme { "consent_button_hidden" } else { "consent_no_reject" }, message))
        }
        Some("theme") if SHEETS.contains(&word.as_str()) => {
            Some(("consent_button_hidden", format!("`{last}` could hide a button or unbalance the two")))
        }
        Some("theme" | "ask") if of(&NO) || of(&YES) || word == "buttons" => {
            Some(("consent_button_unequal", format!("`{last}` would give accept and reject different looks")))
        }
        _ => None,
    }
}

fn wrong(keys: &[&str], value: &Value) -> Option<(&'static str, String)> {
    let is_mode = matches!(keys, ["regions", "modes", _]);
    let is_always =
        value.as_bool() == Some(true) || value.as_str().is_some_and(|word| ON_MODES.contains(&word));
    (is_mode && is_always).then(|| {
        ("consent_preticked", format!("{value} would switch the purpose on before anybody said yes"))
    })
}

/// In small letters, without joints.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_on(value: &Value) -> bool {
    match value {
        Value::Bool(is_on) => *is_on,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(word) => !matches!(word.as_str(), "" | "false" | "off" | "denied"),
        _ => false,
    }
}

/// Whether the value takes away what the word names.
fn is_hidden(word: &str, value: &Value) -> bool {
    let starts = ["hide", "hidden", "without", "no", "disable"];
    let hides = starts.iter().any(|start| word.starts_with(start)) || word.ends_with("hidden");
    match value {
        Value::Bool(is_so) => *is_so == hides,
        Value::Null => true,
        Value::String(text) => matches!(text.as_str(), "" | "none" | "hidden" | "off" | "false"),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Object(fields) => fields.iter().any(|(name, value)| is_hiding(name, value)),
        Value::Array(_) => false,
    }
}

fn is_hiding(name: &str, value: &Value) -> bool {
    match plain(name).as_str() {
        "hidden" | "hide" => is_on(value),
        "display" | "visibility" => matches!(value.as_str(), Some("none" | "hidden" | "collapse")),
        "opacity" | "size" | "width" | "height" | "fontsize" | "scale" => value.as_f64() == Some(0.0),
        "visible" | "show" | "enabled" => value.as_bool() == Some(false),
        _ => false,
    }
}
