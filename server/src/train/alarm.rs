//! The alarm: this window's visitors are not those the model was made of.
//!
//! Compared are the newest released window of the newest drift task and the newest window that the last model had seen, or
//! the task's first one where no model had seen any. So the alarm stays as long as visitors differ from the model's, and
//! ends by itself with the first window that is like the one a new model was made on.

use homebody_learn::from_sums::{Released, drift};
use homebody_protocol::features::FEATURE_NAMES;
use homebody_protocol::mechanism::Totals;
use homebody_protocol::task::{Measurement, Task};
use serde::{Deserialize, Serialize};

use super::evidence::Summed;
use crate::store::{Store, StoreError};

/// Where the newest comparison is kept.
const KEPT_AS: &str = "drift";

/// The newest comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The task, 64 hexadecimal digits.
    pub task: String,
    /// Its name.
    pub name: String,
    /// The window that was looked at.
    pub window: u32,
    /// The window it was compared with.
    pub compared_with: u32,
    /// Number of its release.
    pub release: u64,
    /// When, unix seconds.
    pub at: u64,
    /// Whether a feature moved beyond the threshold.
    pub is_alarm: bool,
    /// Every feature that moved at all, farthest first.
    pub moved: Vec<Moved>,
}

/// A feature that moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Its name, see [`FEATURE_NAMES`].
    pub feature: String,
    /// Population stability index, less luck and noise.
    pub psi: f64,
    /// Jensen–Shannon divergence in nats, likewise.
    pub js: f64,
}

impl Drift {
    /// The newest comparison; none before there was one.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest(store: &Store) -> Result<Option<Self>, StoreError> {
        let damaged =
            |error: serde_json::Error| StoreError::Damaged { what: "drift", reason: error.to_string() };
        store.text(KEPT_AS)?.map(|text| serde_json::from_str(&text).map_err(damaged)).transpose()
    }

    /// What moved farthest, in words.
    #[must_use]
    pub fn told(&self) -> String {
        match self.moved.first() {
            Some(Moved { feature, psi, js }) => {
                format!(
                    "{feature} moved by PSI {psi:.2}, JS {js:.3} in window {} of {}",
                    self.window, self.name
                )
            }
            None => format!("nothing moved in window {} of {}", self.window, self.name),
        }
    }
}

/// Looks at the newest window, once. `learned_to`: the last release that the last model had seen.
pub(super) fn look(
    store: &Store,
    all: &[Summed],
    threshold: f64,
    learned_to: u64,
    now: u64,
) -> Result<(), StoreError> {
    let asks = |summed: &&Summed| matches!(summed.task.measurement, Measurement::Drift { .. });
    let Some(newest) = all.iter().filter(asks).max_by_key(|summed| summed.last) else { return Ok(()) };
    let before = Drift::latest(store)?;
    if threshold <= 0.0 || before.as_ref().is_some_and(|known| known.release >= newest.last) {
        return Ok(());
    }
    let Some(found) = compare(store, newest, threshold, learned_to, now)? else { return Ok(()) };
    let was_alarm = before.is_some_and(|known| known.is_alarm);
    match (was_alarm, found.is_alarm) {
        (_, true) => tracing::warn!(task = found.name, "visitors have changed: {}", found.told()),
        (true, false) => tracing::info!(task = found.name, "visitors are again those the model was made of"),
        (false, false) => {}
    }
    store.write(|transaction| {
        let text = serde_json::to_string(&found).unwrap_or_default();
        Store::set_text(transaction, KEPT_AS, &text)?;
        if was_alarm || found.is_alarm {
            let action = if found.is_alarm { "drift_alarm" } else { "drift_over" };
            let detail = serde_json::to_value(&found).unwrap_or_default();
            Store::append_audit(transaction, now, action, &detail)?;
        }
        Ok(())
    })
}

fn compare(
    store: &Store,
    newest: &Summed,
    threshold: f64,
    learned_to: u64,
    now: u64,
) -> Result<Option<Drift>, StoreError> {
    let releases = store.releases_of(&newest.id)?;
    let Some((&last, earlier)) = releases.split_last() else { return Ok(None) };
    let Some(compared) = reference(earlier, learned_to) else { return Ok(None) };
    let (Some((compared_with, then)), Some((window, is))) =
        (window(store, &newest.task, compared)?, window(store, &newest.task, last)?)
    else {
        return Ok(None);
    };
    // Too few to say anything: the next window is compared.
    let Some(features) = drift::features(&newest.task, &then, &is) else { return Ok(None) };
    let least = |feature: &drift::FeatureDrift| feature.psi.min(8.0 * feature.js);
    let is_alarm = features.iter().any(|feature| least(feature) > threshold);
    let mut moved: Vec<&drift::FeatureDrift> =
        features.iter().filter(|feature| least(feature) > 0.0).collect();
    moved.sort_by(|left, right| least(right).total_cmp(&least(left)));
    let name = |feature: usize| FEATURE_NAMES.get(feature).copied().unwrap_or("?").to_owned();
    Ok(Some(Drift {
        task: newest.id.clone(),
        name: newest.task.name.clone(),
        window,
        compared_with,
        release: last,
        at: now,
        is_alarm,
        moved: moved
            .into_iter()
            .map(|feature| Moved { feature: name(feature.feature), psi: feature.psi, js: feature.js })
            .collect(),
    }))
}

/// Of the releases before the newest, the one it is compared with: the newest that the last model had seen, else the first.
pub(super) fn reference(earlier: &[u64], learned_to: u64) -> Option<u64> {
    let seen = earlier.iter().rev().find(|release| **release <= learned_to);
    seen.or(earlier.first()).copied()
}

/// Number and sums of the window of a release.
pub(super) fn window(
    store: &Store,
    task: &Task,
    release: u64,
) -> Result<Option<(u32, Released)>, StoreError> {
    let found = store.released(release)?;
    Ok(found.map(|release| {
        let totals = Totals { reports: release.reports, cells: release.cells };
        (release.window, Released::of(task, &totals))
    }))
}
