//! Votes: devices rank their own held-out interaction by each setting, and the one with the most hits is published.
//!
//! The vote is the gate of these numbers: nothing changes unless a setting leads the one in use beyond chance and noise. What
//! is not among the settings counts as the first of them.

use homebody_learn::from_sums::verdict;
use homebody_protocol::Policy;
use homebody_protocol::task::{Measurement, Setting};

use super::due::Turn;
use super::evidence::Summed;
use super::{Outcome, TrainError};
use crate::store::{Section, SectionKind, SectionState, Store, StoreError};

/// Counts the votes of the newest task that asks for any.
pub(super) fn count(turn: Turn<'_>, all: &[Summed]) -> Result<Option<Outcome>, TrainError> {
    let Turn { store, now, .. } = turn;
    let asks = |summed: &&Summed| matches!(summed.task.measurement, Measurement::Votes { .. });
    let Some(newest) = all.iter().filter(asks).max_by_key(|summed| summed.last) else { return Ok(None) };
    let Measurement::Votes { settings, .. } = &newest.task.measurement else { return Ok(None) };
    let Some(released) = newest.whole() else { return Ok(None) };
    let in_use = in_use(store)?;
    let current = settings.iter().position(|setting| is_same(*setting, in_use)).unwrap_or(0);
    let chosen = verdict::votes(released, settings.len(), current);
    let Some(setting) = settings.get(chosen).filter(|_| chosen != current) else { return Ok(None) };
    let votes = |place: usize| released.cells.get(place).copied().unwrap_or(0.0).round();
    let Setting { alpha, diversity, calibration } = *setting;
    let reason = format!(
        "alpha {alpha}, diversity {diversity}, calibration {calibration}: {} votes to {}",
        votes(chosen),
        votes(current)
    );
    let section = Section {
        kind: SectionKind::Settings,
        task: newest.id.clone(),
        at: now,
        state: SectionState::Published,
        reason: reason.clone(),
        body: serde_json::to_vec(setting).unwrap_or_default(),
    };
    let published = turn.publish(|transaction| Store::put_section(transaction, &section))?;
    Ok(Some(Outcome::Voted { reason, version: published.version }))
}

/// The numbers that count where the configuration names none.
fn in_use(store: &Store) -> Result<Setting, StoreError> {
    let usual = Policy::default();
    let usual = Setting { alpha: usual.alpha, diversity: usual.diversity, calibration: usual.calibration };
    let Some(section) = store.section(SectionKind::Settings, SectionState::Published)? else {
        return Ok(usual);
    };
    serde_json::from_slice(&section.body)
        .map_err(|error| StoreError::Damaged { what: "section", reason: error.to_string() })
}

/// Below 0 every α grows with the evidence, whatever it is.
fn is_same(left: Setting, right: Setting) -> bool {
    let grows = left.alpha < 0.0 && right.alpha < 0.0;
    (grows || left.alpha == right.alpha)
        && (left.diversity, left.calibration) == (right.diversity, right.calibration)
}
