//! How soon a refusal is asked again, and how long a yes lasts.

use super::super::config::ConsentConfig;
use super::super::{ADVISED_EXPIRY_DAYS, MAX_EXPIRY_DAYS, MIN_REASK_DAYS};
use super::Hit;

/// Six months (Digital Omnibus proposal, COM(2025) 837, Art. 88b).
pub(super) fn reask(config: &ConsentConfig) -> Vec<Hit> {
    let days = config.ask.reask_after_refusal_days;
    let message = format!("a refusal is asked again after {days} days");
    hit(days < MIN_REASK_DAYS, "ask.reaskAfterRefusalDays", message)
}

/// Thirteen months (TCF 2.2).
pub(super) fn expiry(config: &ConsentConfig) -> Vec<Hit> {
    let days = config.ask.expire_after_days;
    hit(days > MAX_EXPIRY_DAYS, "ask.expireAfterDays", format!("a yes lasts {days} days"))
}

pub(super) fn long_expiry(config: &ConsentConfig) -> Vec<Hit> {
    let days = config.ask.expire_after_days;
    let is_long = days > ADVISED_EXPIRY_DAYS && days <= MAX_EXPIRY_DAYS;
    hit(is_long, "ask.expireAfterDays", format!("a yes lasts {days} days, more than a year"))
}

fn hit(is_so: bool, path: &str, message: String) -> Vec<Hit> {
    if is_so { vec![Hit::new(path, message)] } else { Vec::new() }
}
