//! Reject is there, and where accept is.

use super::super::ask::Button;
use super::super::config::ConsentConfig;
use super::Hit;

pub(super) fn no_reject(config: &ConsentConfig) -> Vec<Hit> {
    let mut hits = Vec::new();
    if !config.ask.buttons.contains(&Button::Reject) {
        hits.push(Hit::new("ask.buttons", "the first layer has no button to reject"));
    }
    for (language, texts) in &config.texts {
        if texts.get("banner.reject").is_some_and(|text| !text.chars().any(char::is_alphanumeric)) {
            let path = format!("texts.{language}.banner.reject");
            hits.push(Hit::new(path, "the button to reject has no words"));
        }
    }
    hits
}

/// Side by side at the front, so that neither is further away for eyes and keyboards.
pub(super) fn order(config: &ConsentConfig) -> Vec<Hit> {
    let buttons = &config.ask.buttons;
    let has_both = [Button::Accept, Button::Reject].iter().all(|button| buttons.contains(button));
    let first = buttons.get(..2).unwrap_or_default();
    let is_apart = !first.contains(&Button::Accept) || !first.contains(&Button::Reject);
    match has_both && is_apart {
        true => vec![Hit::new("ask.buttons", "accept and reject do not stand side by side at the front")],
        false => Vec::new(),
    }
}
