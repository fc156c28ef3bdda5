//! The published intent, judged by how visits ended: reported, straightened, and withdrawn where it tells nothing.
//!
//! Devices say what was predicted and what came of it. Only windows that began after today's intent was published count.

use homebody_learn::calibration::Calibration;
use homebody_learn::from_sums::{Released, calibration};
use homebody_protocol::mechanism::Totals;
use homebody_protocol::models::Intent;
use homebody_protocol::task::Measurement;
use homebody_protocol::wire::{Section as Wire, decode};

use super::due::{Turn, owe};
use super::evidence::Summed;
use super::{Outcome, TrainError};
use crate::history::Model;
use crate::store::{Section, SectionKind, SectionState, Store, StoreError};

/// Number of the newest release that was looked at.
const SEEN: &str = "intent_judged_to";
/// Below this area under the ROC curve, by two standard errors, predictions tell nothing.
const LEAST_AUC: f64 = 0.55;
/// Slope and offset nearer to 1 and 0 than this are left alone.
const STRAIGHT: f64 = 0.1;

/// Judges today's intent by what was released since the last time.
pub(super) fn judge(turn: Turn<'_>, all: &[Summed]) -> Result<Option<Outcome>, TrainError> {
    let Turn { store, now, .. } = turn;
    let asks = |summed: &&Summed| matches!(summed.task.measurement, Measurement::Calibration { .. });
    let Some(newest) = all.iter().filter(asks).max_by_key(|summed| summed.last) else { return Ok(None) };
    let seen: u64 = store.text(SEEN)?.and_then(|text| text.parse().ok()).unwrap_or(0);
    let Some((intent, since)) = current(store)?.filter(|_| newest.last > seen) else { return Ok(None) };
    let Some(released) = since_then(store, newest, since)? else { return Ok(None) };
    let Some(judged) = calibration::judged(&newest.task, &released) else { return Ok(None) };
    let told = format!(
        "{:.0} visits: AUC {:.3}, Brier {:.3}, off by {:.3}",
        judged.visits, judged.auc, judged.brier, judged.calibration_error
    );
    let straight = calibration::straightened(&newest.task, &released);
    let is_useless = judged.auc + 2.0 * judged.auc_error < LEAST_AUC;
    let (word, changed) =
        if is_useless { ("withdrawn", Some(Intent::default())) } else { straighten(&intent, straight) };
    let changes = changed.is_some();
    let reason = format!("{word}: {told}");
    let intent = changed.unwrap_or(intent);
    let section = section(&newest.id, &intent, reason.clone(), changes, now);
    store.write(|transaction| {
        Store::set_text(transaction, SEEN, &newest.last.to_string())?;
        if changes {
            owe(transaction)?;
        }
        Store::put_section(transaction, &section)
    })?;
    let version = if changes { Some(turn.pay()?.version) } else { None };
    Ok(Some(Outcome::IntentJudged { reason, version }))
}

/// The intent with its probabilities straightened; none where they are straight enough.
fn straighten(intent: &Intent, by: Option<Calibration>) -> (&'static str, Option<Intent>) {
    let Some(Calibration { slope, offset }) = by else { return ("stands", None) };
    if (slope - 1.0).abs() < STRAIGHT && offset.abs() < STRAIGHT {
        return ("stands", None);
    }
    let (slope, offset) = (slope as f32, offset as f32);
    let straight =
        Intent { slope: slope * intent.slope, offset: slope * intent.offset + offset, ..intent.clone() };
    ("straightened", Some(straight))
}

/// What was found is kept either way; only what changes anything is published. Without bytes it is published that there is
/// no intent.
fn section(task: &str, intent: &Intent, reason: String, changes: bool, now: u64) -> Section {
    let mut body = Vec::new();
    if intent.is_known() {
        intent.write(&mut body);
    }
    let state = if changes { SectionState::Published } else { SectionState::Retired };
    Section { kind: SectionKind::Intent, task: task.to_owned(), at: now, state, reason, body }
}

/// Since when today's intent is published, unix seconds; none where there is no intent.
pub(crate) fn published_at(store: &Store) -> Result<Option<u64>, StoreError> {
    Ok(current(store)?.map(|(_, since)| since))
}

/// Today's intent and since when it is published.
fn current(store: &Store) -> Result<Option<(Intent, u64)>, StoreError> {
    if let Some(section) = store.section(SectionKind::Intent, SectionState::Published)? {
        return Ok(decode(&section.body).filter(Intent::is_known).map(|intent| (intent, section.at)));
    }
    let Some(model) = store.latest_model()? else { return Ok(None) };
    let intent = Model::decode(&model.model).map(|model| model.learned.intent).ok().filter(Intent::is_known);
    let since = store.imported_model()?.map_or(model.created_at, |imported| imported.created_at);
    Ok(intent.map(|intent| (intent, since)))
}

/// The windows that began after a time, together.
fn since_then(store: &Store, summed: &Summed, since: u64) -> Result<Option<Released>, StoreError> {
    let mut windows = Vec::new();
    for release in store.releases_of(&summed.id)? {
        if let Some(release) = store.released(release)?
            && summed.task.window_starts_at(release.window) >= since
        {
            let totals = Totals { reports: release.reports, cells: release.cells };
            windows.push(Released::of(&summed.task, &totals));
        }
    }
    Ok(Released::together(&windows))
}
