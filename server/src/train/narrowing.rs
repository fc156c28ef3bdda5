//! The alarm: lists have become an echo chamber, for visitors on the whole.
//!
//! Looked at is the newest released window of `diversity` tasks, each window once. The alarm sounds where the whole interval
//! is beyond a limit, luck, noise and the width of the bins included; it stays until a window is not, and is silent otherwise.
//! A window in which too few devices say anything changes nothing.

use homebody_learn::from_sums::variety::{self, Variety};
use homebody_protocol::task::Measurement;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alarm::window;
use super::evidence::Summed;
use crate::estimate::Estimate;
use crate::store::{Store, StoreError};

/// Where the newest look is kept.
const KEPT_AS: &str = "narrowing";

/// What lists may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VarietyLimits {
    /// Mean entropy of the categories shown, below which lists are narrow, 0 to 1; 0: nobody looks.
    pub least_entropy: f64,
    /// Mean Gini coefficient of the impressions of items, above which lists are repetitive, 0 to 1; 1: nobody looks.
    pub most_gini: f64,
}

/// What may be amiss; the same words as on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NarrowingKind {
    /// Few categories make up nearly everything.
    Narrow,
    /// The same few items come again and again.
    Repetitive,
}

/// The newest look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Narrowing {
    /// The task, 64 hexadecimal digits.
    pub task: String,
    /// Its name.
    pub name: String,
    /// The window that was looked at.
    pub window: u32,
    /// Number of its release.
    pub release: u64,
    /// When, unix seconds.
    pub at: u64,
    /// Mean entropy of the categories shown.
    pub entropy: Estimate,
    /// Mean Gini coefficient of the impressions of items.
    pub gini: Estimate,
    /// What is beyond its limit; empty: nothing.
    pub alarms: Vec<NarrowingKind>,
}

impl Default for VarietyLimits {
    /// What a device warns its own visitor of.
    fn default() -> Self {
        Self { least_entropy: 0.35, most_gini: 0.75 }
    }
}

impl VarietyLimits {
    /// Whether both are shares; else the key of the configuration, and what is wrong with it.
    ///
    /// # Errors
    /// Key and problem.
    pub fn check(self) -> Result<(), (&'static str, &'static str)> {
        for (key, limit) in
            [("audience.least_entropy", self.least_entropy), ("audience.most_gini", self.most_gini)]
        {
            if !(0.0..=1.0).contains(&limit) {
                return Err((
                    key,
                    "must be 0 to 1; 0 for the entropy and 1 for the Gini coefficient raise no alarm",
                ));
            }
        }
        Ok(())
    }

    /// The limits that are passed, interval and all.
    #[must_use]
    pub fn passed(self, variety: &Variety) -> Vec<NarrowingKind> {
        let kinds = [
            (variety.entropy.high < self.least_entropy, NarrowingKind::Narrow),
            (variety.gini.low > self.most_gini, NarrowingKind::Repetitive),
        ];
        kinds.into_iter().filter(|(is_passed, _)| *is_passed).map(|(_, kind)| kind).collect()
    }

    fn are_off(self) -> bool {
        self.least_entropy <= 0.0 && self.most_gini >= 1.0
    }
}

impl Narrowing {
    /// The newest look; none before there was one.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest(store: &Store) -> Result<Option<Self>, StoreError> {
        let damaged =
            |error: serde_json::Error| StoreError::Damaged { what: "narrowing", reason: error.to_string() };
        store.text(KEPT_AS)?.map(|text| serde_json::from_str(&text).map_err(damaged)).transpose()
    }

    /// Whether a limit is passed.
    #[must_use]
    pub fn is_alarm(&self) -> bool {
        !self.alarms.is_empty()
    }

    /// What is amiss, in words.
    #[must_use]
    pub fn told(&self) -> String {
        let number = |Estimate { value, low, high }: Estimate| format!("{value:.2} ({low:.2} to {high:.2})");
        let told = |kind: &NarrowingKind| match kind {
            NarrowingKind::Narrow => format!("few categories, entropy {}", number(self.entropy)),
            NarrowingKind::Repetitive => format!("the same items, Gini {}", number(self.gini)),
        };
        let all: Vec<String> = self.alarms.iter().map(told).collect();
        let what = if all.is_empty() { "varied enough".to_owned() } else { all.join("; ") };
        format!("{what}, in window {} of {}", self.window, self.name)
    }

    /// A sum, held against the limits.
    pub(crate) fn of(variety: &Variety, limits: VarietyLimits) -> Self {
        Self {
            task: String::new(),
            name: String::new(),
            window: 0,
            release: 0,
            at: 0,
            entropy: variety.entropy.into(),
            gini: variety.gini.into(),
            alarms: limits.passed(variety),
        }
    }

    /// The same with where it is from.
    pub(crate) fn named(self, task: &str, name: &str, window: u32, release: u64, at: u64) -> Self {
        Self { task: task.to_owned(), name: name.to_owned(), window, release, at, ..self }
    }
}

/// Looks at the newest window, once.
pub(super) fn look(store: &Store, all: &[Summed], limits: VarietyLimits, now: u64) -> Result<(), StoreError> {
    let asks = |summed: &&Summed| matches!(summed.task.measurement, Measurement::Diversity { .. });
    let Some(newest) = all.iter().filter(asks).max_by_key(|summed| summed.last) else { return Ok(()) };
    let before = Narrowing::latest(store)?;
    if limits.are_off() || before.as_ref().is_some_and(|known| known.release >= newest.last) {
        return Ok(());
    }
    let Some((number, released)) = window(store, &newest.task, newest.last)? else { return Ok(()) };
    let Some(variety) = variety::of(&newest.task, &released) else { return Ok(()) };
    let found =
        Narrowing::of(&variety, limits).named(&newest.id, &newest.task.name, number, newest.last, now);
    note(store, before.is_some_and(|known| known.is_alarm()), &found, now)
}

fn note(store: &Store, was_alarm: bool, found: &Narrowing, now: u64) -> Result<(), StoreError> {
    match (was_alarm, found.is_alarm()) {
        (_, true) => tracing::warn!(task = found.name, "lists have become an echo chamber: {}", found.told()),
        (true, false) => tracing::info!(task = found.name, "lists are varied again: {}", found.told()),
        (false, false) => {}
    }
    store.write(|transaction| {
        let text = serde_json::to_string(found).unwrap_or_default();
        Store::set_text(transaction, KEPT_AS, &text)?;
        if was_alarm || found.is_alarm() {
            let action = if found.is_alarm() { "narrowing_alarm" } else { "narrowing_over" };
            let detail = serde_json::to_value(found).unwrap_or_default();
            Store::append_audit(transaction, now, action, &detail)?;
        }
        Ok(())
    })
}
