//! What a notice has to say (GDPR Art. 13).

use super::super::config::{ConsentConfig, Right};
use super::super::purpose::{Purpose, PurposeKind, Tier};
use super::Hit;

pub(super) fn controller(config: &ConsentConfig) -> Vec<Hit> {
    missing(&config.controller.name, "controller.name", "nobody is named as responsible")
}

pub(super) fn contact(config: &ConsentConfig) -> Vec<Hit> {
    missing(&config.controller.contact, "controller.contact", "there is no address to write to")
}

pub(super) fn policy(config: &ConsentConfig) -> Vec<Hit> {
    missing(&config.controller.policy_url, "controller.policyUrl", "there is no privacy policy")
}

pub(super) fn authority(config: &ConsentConfig) -> Vec<Hit> {
    missing(&config.controller.authority, "controller.authority", "no authority takes complaints")
}

pub(super) fn rights(config: &ConsentConfig) -> Vec<Hit> {
    let lacking: Vec<&str> =
        Right::ALL.iter().filter(|right| !config.rights.contains(right)).map(|right| right.word()).collect();
    match lacking.is_empty() {
        true => Vec::new(),
        false => vec![Hit::new("rights", format!("the notice does not name: {}", lacking.join(", ")))],
    }
}

pub(super) fn purposes(config: &ConsentConfig) -> Vec<Hit> {
    match config.purposes.is_empty() {
        true => vec![Hit::new("purposes", "nothing is asked for")],
        false => Vec::new(),
    }
}

pub(super) fn retention(config: &ConsentConfig) -> Vec<Hit> {
    let check = |(id, purpose): (&String, &Purpose)| {
        let message = match purpose.retention_days {
            None => "does not say how long data is kept",
            Some(0) if keeps_data(id, purpose) => "keeps data, but for 0 days",
            Some(_) => return None,
        };
        Some(Hit::new(format!("purposes.{id}.retentionDays"), format!("`{id}` {message}")))
    };
    config.purposes.iter().filter_map(check).collect()
}

/// Of Homebody's purposes only personalisation keeps anything about a person; of tags nothing is known.
fn keeps_data(id: &str, purpose: &Purpose) -> bool {
    match purpose.kind {
        PurposeKind::SiteTag => true,
        PurposeKind::Homebody => id == "personalize" && purpose.tier == Tier::Profile,
    }
}

/// A text without a letter or digit, such as `…`, is as good as none.
fn missing(text: &str, path: &str, message: &str) -> Vec<Hit> {
    match text.chars().any(char::is_alphanumeric) {
        true => Vec::new(),
        false => vec![Hit::new(path, message)],
    }
}
