//! Whatever is due next.

use super::due::{self, Turn, owe};
use super::evidence::{Evidence, Summed, task_of};
use super::gate::tables;
use super::{
    Outcome, TrainError, TrainOptions, alarm, candidate, clicks, intent, judge, narrowing, rounds, trigger,
    votes, watch,
};
use crate::catalog::Snapshot;
use crate::history::Model;
use crate::publish::{CANDIDATE_BLOB, CHAMPION_BLOB, PublishError};
use crate::signing::Signer;
use crate::store::{
    BLEND_CAUSE, ModelState, ModelSummary, SectionKind, SectionState, Store, StoreError, StoredModel,
};

/// Name of the model family that contributions make.
const MODEL_NAME: &str = "shared";
/// Its source.
const SOURCE: &str = "contributions";

/// Does what is due next: uses the sums of a round, counts votes, judges the model that devices compare, or makes one of what
/// was released since the last.
///
/// # Errors
/// [`TrainError`]; what was published stays.
pub fn step(store: &Store, signer: &Signer, options: &TrainOptions, now: u64) -> Result<Outcome, TrainError> {
    let turn = Turn { store, signer, options, now };
    tidy(turn)?;
    let all = Summed::all(store)?;
    let models = store.models()?;
    let last = models.iter().find(|model| model.source == SOURCE);
    let learned_to = last.map_or(0, |model| model.learned_to);
    alarm::look(store, &all, options.triggers.drift_psi, learned_to, now)?;
    clicks::look(store, &all, options.click_through, learned_to, now)?;
    narrowing::look(store, &all, options.variety, now)?;
    for use_sums in [rounds::advance, votes::count, intent::judge] {
        if let Some(outcome) = use_sums(turn, &all)? {
            return Ok(outcome);
        }
    }
    let compared = models.iter().find(|model| model.state == ModelState::Candidate);
    if let Some(waiting) = compared {
        return judge::judge(turn, waiting, &all);
    }
    match models.iter().find(|model| is_watched(model)) {
        Some(watched) => watch::watch(turn, watched, &all),
        None => learn(turn, &all, last),
    }
}

fn is_watched(model: &ModelSummary) -> bool {
    model.state == ModelState::Champion && model.watch.is_some()
}

/// What a killed process or an import left: a publication that is owed, questions about models that are settled, and their
/// tables.
fn tidy(turn: Turn<'_>) -> Result<(), TrainError> {
    let Turn { store, now, .. } = turn;
    let models = store.models()?;
    let is_open = |model: &ModelSummary| model.state == ModelState::Candidate;
    let settled = models.iter().filter(|model| !is_open(model)).filter_map(|model| model.gate.as_deref());
    for gate in settled {
        store.close_task(gate, now)?;
    }
    let watched = models.iter().find(|model| is_watched(model)).map(|model| format!("watch-{}", model.id));
    for task in store.tasks()?.iter().filter(|task| task.closed_at.is_none()) {
        let is_watch = task.name.starts_with("watch-") && task_of(task).as_ref().and_then(tables).is_some();
        if is_watch && Some(&task.name) != watched.as_ref() {
            store.close_task(&task.id, now)?;
        }
    }
    let is_left_over = !store.is_compared()? && compared(store)?.is_some();
    if is_left_over || due::is_owed(store)? {
        turn.pay()?;
    }
    Ok(())
}

fn learn(turn: Turn<'_>, all: &[Summed], last: Option<&ModelSummary>) -> Result<Outcome, TrainError> {
    let Turn { store, options, now, .. } = turn;
    let evidence = Evidence::of(all);
    let waiting = store.section(SectionKind::Blend, SectionState::Waiting)?;
    let cause = if waiting.is_some() {
        format!("{BLEND_CAUSE} devices have weighed the parts anew")
    } else if evidence.last <= last.map_or(0, |model| model.learned_to) {
        return Ok(Outcome::NothingNew);
    } else {
        match trigger::cause(store, &options.triggers, all, last, now)? {
            Some(cause) => cause,
            None => return Ok(Outcome::NotDue),
        }
    };
    let snapshot = Snapshot::load(store, &options.publish.sensitive_tags)?;
    let base = base(store, &snapshot)?;
    let factors = match waiting {
        Some(waiting) => Some(waiting),
        None => store.section(SectionKind::Blend, SectionState::Published)?,
    };
    let learned = candidate::learn(base.clone(), &snapshot, &evidence);
    let Some(mut model) = learned.or_else(|| factors.is_some().then_some(base)) else {
        return Ok(Outcome::NothingLearned);
    };
    if let Some(factors) = factors {
        candidate::blend(&mut model, &rounds::factors(&factors)?);
    }
    model.drop_content_lists();
    let stored = stored(&model, &evidence, now);
    let learned_to = store.newest_release()?;
    let id = store.write(|transaction| Store::put_candidate(transaction, &stored, learned_to, &cause))?;
    tracing::info!(model = id, "a model is made: {cause}");
    judge::ask(turn, id)
}

/// What a history taught, or what holds without one.
fn base(store: &Store, snapshot: &Snapshot) -> Result<Model, TrainError> {
    Ok(match store.imported_model()? {
        Some(stored) => Model::decode(&stored.model)
            .map_err(|error| StoreError::Damaged { what: "model", reason: error.to_string() })?,
        None => Model::untaught(snapshot)
            .map_err(|error| PublishError::Learn { code: error.code(), message: error.to_string() })?,
    })
}

fn stored(model: &Model, evidence: &Evidence, now: u64) -> StoredModel {
    let reports = |reports: f64| reports.round();
    let pairs = evidence.pairs.as_ref();
    let directed = pairs.and_then(|pairs| pairs.directed.as_ref());
    let metrics = serde_json::json!({
        "pair_reports": pairs.map_or(0.0, |pairs| reports(pairs.matrix.reports)),
        "directed_reports": directed.map_or(0.0, |matrix| reports(matrix.reports)),
        "counted_items": evidence.counts.len(),
        "counted_facets": evidence.facets.len(),
    });
    StoredModel {
        created_at: now,
        name: MODEL_NAME.to_owned(),
        source: SOURCE.to_owned(),
        metrics: metrics.to_string(),
        sums: Vec::new(),
        model: model.encode(),
    }
}

/// Hashes of the champion's and the candidate's table that devices compare.
pub(super) fn compared(store: &Store) -> Result<Option<(String, String)>, TrainError> {
    let Some(current) = store.current_version()? else { return Ok(None) };
    let Some(manifest) = store.manifest(current)? else { return Ok(None) };
    let table = |name| manifest.placements.get(name).map(|blob| blob.sha256.clone());
    Ok(table(CHAMPION_BLOB).zip(table(CANDIDATE_BLOB)))
}

/// Settles the candidate: promotes or rejects, then publishes: without the candidate's table either way, and with its lists
/// where it won.
pub(super) fn close(
    turn: Turn<'_>,
    (model, better_by, reason): (u64, Option<f64>, String),
) -> Result<Outcome, TrainError> {
    let Turn { store, options, now, .. } = turn;
    let per_mille = (options.watch_s > 0).then(|| watch::share(options, 0));
    store.write(|transaction| {
        owe(transaction)?;
        let is_promoted = better_by.is_some();
        Store::settle_candidate(transaction, model, is_promoted, per_mille, &reason, now).map(|_| ())
    })?;
    let models = store.models()?;
    for gate in models.iter().filter(|known| known.id == model).filter_map(|known| known.gate.as_deref()) {
        store.close_task(gate, now)?;
    }
    let published = turn.pay()?;
    Ok(match better_by {
        Some(difference) => Outcome::Promoted { model, difference, version: published.version },
        None => Outcome::Rejected { model, reason },
    })
}
