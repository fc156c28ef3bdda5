//! After the gate's yes: a growing share of devices, and the question of the gate the other way round.
//!
//! The model goes to a tenth of the devices first, then to half of them, then to all ([`TrainOptions::ramp_s`]). Which ones is
//! drawn by each device itself, out of a secret that never leaves it; the manifest names both sets of tables and the share
//! ([`homebody_protocol::manifest::Ramp`]).
//!
//! The gate asked while the old model made the lists, so that what visitors wanted had been found with its help. Now they find
//! things in the new one's lists, and devices go on telling which of the two would have had them in front. If the old one is
//! ahead beyond chance and noise, it is published for everybody again, at once and by itself; if the new one is, the watch is
//! over and all use it. Both tables stay as they were asked about.

use homebody_learn::from_sums::verdict::{self, Verdict};

use super::due::Turn;
use super::evidence::{Summed, task_of};
use super::step::compared;
use super::{Outcome, TrainError, TrainOptions, gate, judge};
use crate::store::{ModelSummary, Store};

/// Of a thousand devices, those that use a new model first, and those of the second half of the ramp.
const STAGES: [u32; 2] = [100, 500];

/// How many of a thousand devices use a model that was promoted so many seconds ago.
pub(super) fn share(options: &TrainOptions, since_s: u64) -> u32 {
    let [first, second] = STAGES;
    if since_s >= options.ramp_s {
        1_000
    } else if 2 * since_s >= options.ramp_s {
        second
    } else {
        first
    }
}

/// Asks about the published model, or decides whether it stays.
pub(super) fn watch(turn: Turn<'_>, model: &ModelSummary, all: &[Summed]) -> Result<Outcome, TrainError> {
    let Turn { store, options, now, .. } = turn;
    let asked = model.watch.as_deref().unwrap_or_default();
    let Some((old, new)) = compared(store)?.filter(|_| options.watch_s > 0) else {
        let reason = "its tables are not served any more".to_owned();
        return end(turn, model.id, reason);
    };
    if asked.is_empty() {
        let task = judge::open(turn, &format!("watch-{}", model.id), (&new, &old))?;
        store.write(|transaction| Store::set_watch(transaction, model.id, Some(&task)))?;
        return Ok(Outcome::Watching { model: model.id, reports: 0, difference: 0.0 });
    }
    let task = store.task(asked)?;
    let answers = gate::answers(all, &new, &old);
    let judged = answers.as_ref().and_then(verdict::gate);
    let reports = answers.as_ref().map_or(0, |answers| answers.reports as u64);
    // The old model is the one that was asked about; what it is ahead the new one is behind.
    let difference = judged.map_or(0.0, |decision| -decision.difference);
    let told = format!("{reports} devices since: {:+.2} hits in a hundred", 100.0 * difference);
    match judged.map_or(Verdict::Wait, |decision| decision.verdict) {
        Verdict::Promote => take_back(turn, model.id, told),
        Verdict::Reject => end(turn, model.id, told),
        Verdict::Wait if task.as_ref().and_then(task_of).is_none_or(|task| gate::is_past(&task, now)) => {
            end(turn, model.id, format!("{told}, no difference beyond chance and noise"))
        }
        Verdict::Wait => {
            let per_mille = share(options, now.saturating_sub(model.promoted_at));
            // Where nobody has answered yet the share stays as it is.
            if per_mille > model.per_mille && reports > 0 {
                return widen(turn, model.id, per_mille);
            }
            Ok(Outcome::Watching { model: model.id, reports, difference })
        }
    }
}

/// On to more devices.
fn widen(turn: Turn<'_>, model: u64, per_mille: u32) -> Result<Outcome, TrainError> {
    let now = turn.now;
    let published = turn.publish(|transaction| Store::set_ramp(transaction, model, per_mille, now))?;
    Ok(Outcome::Widened { model, per_mille, version: published.version })
}

fn end(turn: Turn<'_>, model: u64, reason: String) -> Result<Outcome, TrainError> {
    let Turn { store, now, .. } = turn;
    close(store, model, now)?;
    turn.publish(|transaction| {
        let detail = serde_json::json!({ "model": model, "reason": reason });
        Store::append_audit(transaction, now, "watched", &detail)?;
        Store::set_watch(transaction, model, None)
    })?;
    Ok(Outcome::Kept { model, reason })
}

fn take_back(turn: Turn<'_>, model: u64, reason: String) -> Result<Outcome, TrainError> {
    let Turn { store, now, .. } = turn;
    tracing::warn!(model, "the published model is worse than the one before and is taken back: {reason}");
    close(store, model, now)?;
    let published =
        turn.publish(|transaction| Store::take_back(transaction, model, &reason, now).map(|_| ()))?;
    Ok(Outcome::TakenBack { model, reason, version: published.version })
}

fn close(store: &Store, model: u64, now: u64) -> Result<(), TrainError> {
    let models = store.models()?;
    let watch = models.iter().find(|known| known.id == model).and_then(|known| known.watch.clone());
    if let Some(task) = watch.filter(|task| !task.is_empty()) {
        store.close_task(&task, now)?;
    }
    Ok(())
}
