//! What is kept, where and for how long; what a visitor can do; and what a device gives away at the most.

use homebody_protocol::accounting::epsilon;
use homebody_protocol::consent::ConsentConfig;
use serde::Serialize;

use super::tasks::{DELTA, rounded_up};
use crate::config::Config;

/// Something that is kept.
#[derive(Debug, Serialize)]
pub(super) struct Kept {
    pub(super) what: String,
    /// `device` or `server`.
    pub(super) place: &'static str,
    pub(super) how_long: String,
}

/// Something a visitor can do.
#[derive(Debug, Serialize)]
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
}

/// What the ledger of a device allows, as compiled into what it runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeviceCaps {
    /// Millionths of ρ in 30 days.
    released_month: u64,
    /// Millionths of ρ in 365 days.
    released_year: u64,
    /// Millionths of ε in 30 days, for answers that are random themselves.
    told_month: u64,
    /// Millionths of ε in 365 days, for those.
    told_year: u64,
    /// Reports a day.
    reports_a_day: u16,
}

/// As in `core/device`, which this crate cannot name; a test compares the two.
pub(super) const DEVICE_CAPS: DeviceCaps = DeviceCaps {
    released_month: 70_000,
    released_year: 860_000,
    told_month: 4_000_000,
    told_year: 16_000_000,
    reports_a_day: 8,
};

/// The same as ε: what all tasks together learn of one device at the most, whatever this page says of each.
#[derive(Debug, Serialize)]
pub(super) struct DeviceBudget {
    pub(super) reports_a_day: u16,
    /// With noise in the sums.
    pub(super) epsilon_30_days: f64,
    pub(super) epsilon_365_days: f64,
    delta: f64,
    /// With answers that are random themselves.
    pub(super) local_epsilon_30_days: f64,
    pub(super) local_epsilon_365_days: f64,
}

impl DeviceBudget {
    pub(super) fn of(caps: DeviceCaps) -> Self {
        Self {
            reports_a_day: caps.reports_a_day,
            epsilon_30_days: rounded_up(epsilon(caps.released_month, DELTA)),
            epsilon_365_days: rounded_up(epsilon(caps.released_year, DELTA)),
            delta: DELTA,
            local_epsilon_30_days: caps.told_month as f64 / 1e6,
            local_epsilon_365_days: caps.told_year as f64 / 1e6,
        }
    }
}

/// All that is kept anywhere. `notice`: what the site asks, with the days it wants.
pub(super) fn retention(config: &Config, notice: Option<&ConsentConfig>) -> Vec<Kept> {
    let on_device = |what: &str, how_long: &str| entry("device", what, how_long);
    let on_server = |what: &str, how_long: &str| entry("server", what, how_long);
    let mut all = vec![
        on_device(
            "Your profile, encrypted, at most 64 KB",
            "Each item 180 days; all of it until you erase it or take consent back",
        ),
        on_device("What was sent, and what budget is left", "365 days, or until you erase it"),
        on_server("Addresses, user agents, cookies, identifiers", "Not at all"),
        on_server("Answers of devices", "Until they are part of a sum, then gone; each task says how"),
        on_server("Released sums, with their noise", "For good"),
        on_server("Decisions in the banner, as sums of a day", "For good"),
        on_server("An imported history", "Its rows until the end of the import, then only sums"),
        on_server("Publications, to go back to", &format!("The newest {}", config.publish.keep)),
    ];
    for (id, purpose) in notice.iter().flat_map(|notice| &notice.purposes) {
        let how_long = match purpose.retention_days {
            Some(0) => "Not kept".to_owned(),
            Some(days) => format!("{days} days, says the notice you were asked by"),
            None => continue,
        };
        all.push(entry("device", &format!("What the purpose “{id}” needs"), &how_long));
    }
    all
}

fn entry(place: &'static str, what: &str, how_long: &str) -> Kept {
    Kept { what: what.to_owned(), place, how_long: how_long.to_owned() }
}

/// What a visitor can do, wherever this site shows its privacy panel.
pub(super) fn choices() -> Vec<Choice> {
    let choice = |name, about| Choice { name, about };
    vec![
        choice("Say no, or nothing", "The page works, everybody's order is shown, nothing is stored"),
        choice("Switch to the neutral order", "The order everybody sees, and back, at once"),
        choice("Forget or turn off", "Single items, categories, brands or topics; lists follow at once"),
        choice("Dismiss an item", "Less of its kind; can be undone"),
        choice("Pause", "Nothing is recorded while it lasts"),
        choice(
            "See it all",
            "Every number your device keeps, every report before it leaves, a reason for every item",
        ),
        choice("Take it along", "Export as a file, import it elsewhere"),
        choice("Erase", "In every tab and on disk; taking consent back does the same"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caps_are_those_that_devices_have() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/device/src/contribute/ledger/mod.rs");
        let source = std::fs::read_to_string(path).unwrap().replace('_', "");
        let DeviceCaps { released_month, released_year, told_month, told_year, reports_a_day } = DEVICE_CAPS;
        for (name, value) in [
            ("releasedmonth", released_month),
            ("releasedyear", released_year),
            ("toldmonth", told_month),
            ("toldyear", told_year),
            ("reportsaday", reports_a_day.into()),
        ] {
            assert!(source.contains(&format!("{name}: {value},")), "{name}");
        }
    }

    #[test]
    fn the_budget_is_told_against_the_site() {
        let budget = DeviceBudget::of(DEVICE_CAPS);
        assert!(budget.epsilon_30_days > 2.03 && budget.epsilon_30_days < 2.05, "{budget:?}");
        assert!((budget.local_epsilon_365_days - 16.0).abs() < 1e-9);
    }
}
