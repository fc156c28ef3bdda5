//! Reading on behind a mistake.

use serde_json::Value;

use super::super::config::ConsentConfig;
use super::super::error::ConsentError;
use super::super::parse::{Step, typed};
use super::super::places::Places;
use super::{Finding, Hit, RULES, Severity, dark};

/// After so many refused fields nobody reads on.
const MAX_REFUSED: usize = 64;
/// What could be read.
pub(super) struct Read {
    /// Without what was refused; none when the file is no configuration at all.
    pub(super) config: Option<ConsentConfig>,
    /// What was refused, by code.
    pub(super) hits: Vec<(&'static str, Hit)>,
    /// The paths that are not in `config`, though the file has something there.
    pub(super) taken_out: Vec<String>,
}

/// Reads a tree, leaving out every field that has no place in the form.
pub(super) fn read(mut tree: Value, places: &Places) -> Read {
    let twice = |path: &String| {
        let error = ConsentError::DuplicateKey { path: path.clone() };
        (error.code(), Hit::new(path, error.to_string()))
    };
    let mut hits: Vec<_> = places.duplicates.iter().map(twice).collect();
    let mut taken_out = Vec::new();
    for _ in 0..MAX_REFUSED {
        let refusal = match typed(&tree) {
            Ok(config) => return Read { config: Some(config), hits, taken_out },
            Err(refusal) => refusal,
        };
        let value = at(&tree, &refusal.steps).cloned().unwrap_or_default();
        hits.push(dark::name(&refusal, &value));
        if let Some(gone) = take_out(&mut tree, &refusal.steps) {
            taken_out.push(gone);
        } else if !fill_in(&mut tree) {
            break;
        }
        fill_in(&mut tree);
    }
    Read { config: None, hits, taken_out }
}

/// The finding for what is not even JSON.
pub(super) fn broken(error: &serde_json::Error) -> Finding {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    let code = "consent_syntax";
    let fix = RULES.iter().find(|rule| rule.code == code).map_or("", |rule| rule.fix);
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
    let (line, column) = (count(error.line()), count(error.column()));
    Finding { code, severity: Severity::Error, path: String::new(), line, column, message, fix }
}

fn at<'a>(tree: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    steps.iter().try_fold(tree, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

/// Takes the field out; of a list all of it, because what follows would get other numbers. Says what is gone.
fn take_out(tree: &mut Value, steps: &[Step]) -> Option<String> {
    let end = steps.iter().rposition(|step| matches!(step, Step::Key(_)))?;
    let (Step::Key(key), way) = (&steps[end], &steps[..end]) else { return None };
    let mut parent = tree;
    for step in way {
        parent = match step {
            Step::Key(key) => parent.get_mut(key)?,
            Step::Index(index) => parent.get_mut(index)?,
        };
    }
    parent.as_object_mut()?.remove(key)?;
    Some(super::super::parse::shown(&steps[..=end]))
}

/// Puts something into the fields a file cannot be without. Says whether one was missing.
fn fill_in(tree: &mut Value) -> bool {
    let Some(fields) = tree.as_object_mut() else { return false };
    let mut is_filled = false;
    for (name, stand_in) in [("version", Value::from(1)), ("id", Value::from("unnamed"))] {
        if !fields.contains_key(name) {
            fields.insert(name.to_owned(), stand_in);
            is_filled = true;
        }
    }
    is_filled
}
