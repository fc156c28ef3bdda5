//! What a [`Config`] may hold: the ranges of its values.

use std::net::SocketAddr;

use axum::http::{HeaderName, header};
use homebody_protocol::models::Judged;
use homebody_protocol::task::LEAST_MIN_BATCH_SIZE;
use homebody_protocol::{Exploration, Policy};
use toml::Table;

use super::{Config, ConfigError, PlacementConfig, TrainConfig};
use crate::serve::library::PUBLICATIONS_KEPT;

/// Whether every value is in its range; the first that is not, if one is.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    check_site(&config.site)?;
    check_admin(config.admin.listen, config.admin.token.as_deref())?;
    check_placements(config)?;
    check_headers(config)?;
    check_limits(config)?;
    if !(PUBLICATIONS_KEPT..=10_000).contains(&config.publish.keep) {
        let problem = format!("must be {PUBLICATIONS_KEPT} to 10000: so many are served at once");
        return Err(invalid("publish.keep", &problem));
    }
    if !(1..=1_000).contains(&config.collect.job_reports) {
        return Err(invalid("collect.job_reports", "must be 1 to 1000"));
    }
    check_train(config)?;
    config.audience.check().map_err(|(key, problem)| invalid(key, problem))?;
    if config.content_security_policy.chars().any(char::is_control) {
        return Err(invalid("content_security_policy", "must be one line of printable text"));
    }
    Ok(())
}

fn check_train(config: &Config) -> Result<(), ConfigError> {
    let train = &config.train;
    if train.min_batch_size < LEAST_MIN_BATCH_SIZE {
        let problem = format!("must be at least {LEAST_MIN_BATCH_SIZE}: devices answer nothing below");
        return Err(invalid("train.min_batch_size", &problem));
    }
    if train.watch_days > 364 {
        return Err(invalid("train.watch_days", "must be 0 to 364; 0 watches no published model"));
    }
    if train.ramp_days > train.watch_days {
        let problem =
            "must be at most `train.watch_days`: only a model that is watched can go back by itself";
        return Err(invalid("train.ramp_days", problem));
    }
    if !(1..=50).contains(&train.rounds) {
        return Err(invalid("train.rounds", "must be 1 to 50"));
    }
    check_segments(train.segments_min, train.segments_max)?;
    check_triggers(train)
}

fn check_triggers(train: &TrainConfig) -> Result<(), ConfigError> {
    if train.every_hours > 8_760 {
        return Err(invalid("train.every_hours", "must be 0 to 8760; 0 makes no model by the clock"));
    }
    if !(0.0..=10.0).contains(&train.drift_psi) {
        let problem = "must be 0 to 10: .1 is a moved feature, .25 another one; 0 looks for no drift";
        return Err(invalid("train.drift_psi", problem));
    }
    let shares = [
        ("train.click_through_floor", train.click_through_floor, "0: no share is too low"),
        ("train.click_through_fall", train.click_through_fall, "0 compares with no other window"),
    ];
    for (key, share, nought) in shares {
        if !(0.0..=1.0).contains(&share) {
            return Err(invalid(key, &format!("must be 0 to 1; {nought}")));
        }
    }
    let looks = train.drift_psi > 0.0 || shares.iter().any(|(_, share, _)| *share > 0.0);
    if train.every_hours == 0 && train.new_reports == 0 && !looks {
        let problem = "one trigger at least must be on: `every_hours`, `new_reports`, `drift_psi`, \
                       `click_through_floor` or `click_through_fall`; to learn nothing, set `enabled` to false";
        return Err(invalid("train", problem));
    }
    Ok(())
}

fn check_segments(least: u32, most: u32) -> Result<(), ConfigError> {
    if !(2..=16).contains(&least) {
        let problem = "must be 2 to 16: one segment is everybody, and that needs none";
        return Err(invalid("train.segments_min", problem));
    }
    if !(least..=16).contains(&most) {
        return Err(invalid("train.segments_max", "must be `train.segments_min` to 16"));
    }
    Ok(())
}

fn check_site(site: &str) -> Result<(), ConfigError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if site.is_empty() || site.len() > 253 || !site.chars().all(allowed) {
        return Err(invalid("site", "must be a host name such as shop.example"));
    }
    Ok(())
}

fn check_admin(listen: SocketAddr, token: Option<&str>) -> Result<(), ConfigError> {
    match token {
        Some(token) if token.len() < 16 => Err(invalid("admin.token", "must have at least 16 characters")),
        None if !listen.ip().is_loopback() => {
            Err(invalid("admin.token", &format!("is required because `{listen}` is not a loopback address")))
        }
        _ => Ok(()),
    }
}

fn check_placements(config: &Config) -> Result<(), ConfigError> {
    let mut seen = std::collections::BTreeSet::new();
    for placement in &config.placements {
        let name = placement.name.as_str();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
            return Err(invalid("placements.name", &format!("`{name}` may hold only a-z, 0-9, - and _")));
        }
        if !(1..=10_000).contains(&placement.size) {
            return Err(invalid("placements.size", &format!("of `{name}` must be 1 to 10000")));
        }
        if let Some((key, given, usable)) = out_of_range(&placement.policy) {
            let problem =
                format!("of `{name}` is {given}, out of range; the nearest that can be used is {usable}");
            return Err(invalid(&format!("placements.policy.{key}"), &problem));
        }
        if !placement.diversity_bounds.are_sane() {
            let problem = format!("of `{name}` must be 0 to 1, and `least` not above `most`");
            return Err(invalid("placements.diversity_bounds", &problem));
        }
        check_judged(placement)?;
        if !seen.insert(name) {
            return Err(invalid("placements.name", &format!("`{name}` is given twice")));
        }
    }
    Ok(())
}

/// What nothing explores cannot be asked about.
fn check_judged(placement: &PlacementConfig) -> Result<(), ConfigError> {
    let (judged, name) = (placement.judged, &placement.name);
    if !judged.is_sane() {
        let problem = format!("of `{name}` must be 0 (nothing is asked) to {}", Judged::MOST);
        return Err(invalid("placements.judged.exploration_strength", &problem));
    }
    if judged != Judged::default() && placement.policy.exploration == Exploration::None {
        let problem = format!(
            "of `{name}` asks about another strength of exploration, and `policy.exploration` is `none`: set it to \
             `thompson` or `lints`, or leave `judged` out"
        );
        return Err(invalid("placements.judged", &problem));
    }
    Ok(())
}

/// The first number of a policy that devices would put right by themselves: its key, itself, and what they would use.
fn out_of_range(policy: &Policy) -> Option<(String, f32, f32)> {
    // A number below 0 asks for an α that grows with evidence, whatever it is.
    let sane =
        if policy.alpha < 0.0 { Policy { alpha: policy.alpha, ..policy.sane() } } else { policy.sane() };
    let table = |policy: &Policy| Table::try_from(policy).unwrap_or_default();
    let usable = table(&sane);
    table(policy).into_iter().find_map(|(key, given)| {
        let usable = usable.get(&key).filter(|usable| **usable != given)?;
        Some((key, given.as_float()? as f32, usable.as_float()? as f32))
    })
}

/// A region is all that may be read of a visitor, so headers that tell one from another cannot be named.
fn check_headers(config: &Config) -> Result<(), ConfigError> {
    let headers = [
        ("consent.region_header", &config.consent.region_header),
        ("consent.subdivision_header", &config.consent.subdivision_header),
    ];
    for (key, name) in headers {
        let Some(name) = name else { continue };
        match name.parse::<HeaderName>() {
            Err(_) => return Err(invalid(key, "must be the name of a header, such as CF-IPCountry")),
            Ok(name) if [header::COOKIE, header::AUTHORIZATION, header::USER_AGENT].contains(&name) => {
                return Err(invalid(key, "must be a header that says a region and nothing else"));
            }
            Ok(_) => {}
        }
    }
    Ok(())
}

fn check_limits(config: &Config) -> Result<(), ConfigError> {
    let limits = &config.limits;
    let at_least_one = [
        ("consent.write_interval_ms", config.consent.write_interval_ms),
        ("collect.queue", config.collect.queue as u64),
        ("collect.job_interval_ms", config.collect.job_interval_ms),
        ("collect.helper_timeout_ms", config.collect.helper_timeout_ms),
        ("train.interval_ms", config.train.interval_ms),
        ("limits.connections", limits.connections as u64),
        ("limits.header_timeout_ms", limits.header_timeout_ms),
        ("limits.write_timeout_ms", limits.write_timeout_ms),
        ("limits.body_timeout_ms", limits.body_timeout_ms),
        ("limits.body_bytes", limits.body_bytes as u64),
        ("limits.concurrent_requests", limits.concurrent_requests as u64),
        ("limits.watch_interval_ms", limits.watch_interval_ms),
    ];
    match at_least_one.iter().find(|(_, value)| *value == 0) {
        Some((key, _)) => Err(invalid(key, "must be at least 1")),
        None => Ok(()),
    }
}

fn invalid(key: &str, problem: &str) -> ConfigError {
    ConfigError::Invalid { key: key.to_owned(), problem: problem.to_owned() }
}
