//! The other alarm: fewer visitors open something than should, or than did.
//!
//! It stands on the `drift` task that the first alarm stands on ([`super::alarm`]), and compares the same two
//! windows: the newest one and the one that the last model had seen. The floor needs no second window.

use homebody_learn::from_sums::clicks::{ClickThrough, Fallen, Limits};
use homebody_protocol::task::Measurement;
use serde::{Deserialize, Serialize};

use super::alarm;
use super::evidence::Summed;
use crate::store::{Store, StoreError};

/// Where what was found last is kept.
const KEPT_AS: &str = "click_through";

/// What was found last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clicks {
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
    /// Days before a report that are looked at: 1, 7 or 30.
    pub days: u32,
    /// Share of visitors who opened something in them, 0 to 1.
    pub share: f64,
    /// Its standard error, noise included.
    pub error: f64,
    /// The window it was compared with; none where there was no other.
    pub compared_with: Option<u32>,
    /// The share in that window.
    pub was: Option<f64>,
    /// Whether it is too low beyond luck and noise.
    pub is_alarm: bool,
    /// Which limit it is beyond: `floor` or `fall`.
    pub limit: Option<String>,
}

impl Clicks {
    /// What was found last; none before anything was.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest(store: &Store) -> Result<Option<Self>, StoreError> {
        let damaged = |error: serde_json::Error| StoreError::Damaged {
            what: "click-through",
            reason: error.to_string(),
        };
        store.text(KEPT_AS)?.map(|text| serde_json::from_str(&text).map_err(damaged)).transpose()
    }

    /// In words.
    #[must_use]
    pub fn told(&self) -> String {
        let Self { window, name, days, share, was, limit, .. } = self;
        let since = was.map_or_else(String::new, |was| format!(", {:.1} % before", 100.0 * was));
        let below = if limit.as_deref() == Some("floor") { ", below the floor" } else { "" };
        let span = if *days == 1 { "a day".to_owned() } else { format!("{days} days") };
        format!(
            "{:.1} % of visitors opened something in {span}{since}{below}, in window {window} of {name}",
            100.0 * share
        )
    }
}

/// Looks at the newest window, once. `learned_to`: the last release that the last model had seen.
pub(super) fn look(
    store: &Store,
    all: &[Summed],
    limits: Limits,
    learned_to: u64,
    now: u64,
) -> Result<(), StoreError> {
    if limits.floor <= 0.0 && limits.fall <= 0.0 {
        return Ok(());
    }
    let asks = |summed: &&Summed| matches!(summed.task.measurement, Measurement::Drift { .. });
    let Some(newest) = all.iter().filter(asks).max_by_key(|summed| summed.last) else { return Ok(()) };
    let before = Clicks::latest(store)?;
    if before.as_ref().is_some_and(|known| known.release >= newest.last) {
        return Ok(());
    }
    let Some(found) = find(store, newest, limits, learned_to, now)? else { return Ok(()) };
    let was_alarm = before.is_some_and(|known| known.is_alarm);
    if found.is_alarm {
        tracing::warn!(task = found.name, "click-through is too low: {}", found.told());
    } else if was_alarm {
        tracing::info!(task = found.name, "click-through is as it was: {}", found.told());
    }
    store.write(|transaction| {
        let text = serde_json::to_string(&found).unwrap_or_default();
        Store::set_text(transaction, KEPT_AS, &text)?;
        if was_alarm || found.is_alarm {
            let action = if found.is_alarm { "click_through_alarm" } else { "click_through_over" };
            let detail = serde_json::to_value(&found).unwrap_or_default();
            Store::append_audit(transaction, now, action, &detail)?;
        }
        Ok(())
    })
}

fn find(
    store: &Store,
    newest: &Summed,
    limits: Limits,
    learned_to: u64,
    now: u64,
) -> Result<Option<Clicks>, StoreError> {
    let releases = store.releases_of(&newest.id)?;
    let Some((&last, earlier)) = releases.split_last() else { return Ok(None) };
    let share = |release: u64| -> Result<Option<(u32, ClickThrough)>, StoreError> {
        let found = alarm::window(store, &newest.task, release)?;
        Ok(found.and_then(|(window, sums)| Some((window, ClickThrough::of(&newest.task, &sums)?))))
    };
    // Too few to say anything: the next window is looked at.
    let Some((window, is)) = share(last)? else { return Ok(None) };
    let then = alarm::reference(earlier, learned_to).map(share).transpose()?.flatten();
    let fallen = is.fallen(then.as_ref().map(|(_, then)| then), limits);
    let limit = match fallen {
        Fallen::No => None,
        Fallen::BelowFloor => Some("floor".to_owned()),
        Fallen::Since => Some("fall".to_owned()),
    };
    Ok(Some(Clicks {
        task: newest.id.clone(),
        name: newest.task.name.clone(),
        window,
        release: last,
        at: now,
        days: is.days,
        share: is.share.value,
        error: is.share.error,
        compared_with: then.map(|(window, _)| window),
        was: then.map(|(_, then)| then.share.value),
        is_alarm: limit.is_some(),
        limit,
    }))
}
