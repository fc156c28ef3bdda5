//! `train` and `models`: one round of the loop, and what became of every model.

use homebody_learn::from_sums::clicks::Limits;
use serde_json::{Value, json};

use super::collect::of_unreleased;
use super::commands::{print, signing_key, unix_now};
use super::output::Failure;
use super::publish_options;
use super::report::Report;
use crate::Error;
use crate::config::Config;
use crate::signing::Signer;
use crate::store::{ModelSummary, Section, Store};
use crate::train::{self, Clicks, Drift, Outcome, TrainOptions, Triggers};

/// Does whatever is due next.
pub(super) fn step(as_json: bool, config: &Config) -> Result<(), Failure> {
    let store = Store::open(&config.data_dir).map_err(Error::from)?;
    let signer = Signer::load_or_create(&config.data_dir, signing_key().as_deref()).map_err(Error::from)?;
    let now = unix_now();
    let mut failed = Vec::new();
    let outcome = train::round(&store, &signer, &options(config, now), now, &mut |unreleased| {
        failed = unreleased.iter().map(of_unreleased).collect();
    });
    let mut report = told(&outcome.map_err(Error::from)?);
    for Report { text, .. } in &failed {
        report.text = format!("{text}\n{}", report.text);
    }
    report.value["unreleased"] = failed.into_iter().map(|failed| failed.value).collect();
    print(as_json, &report);
    Ok(())
}

/// Lists all models, what sums taught besides, and whether visitors have changed.
pub(super) fn list(as_json: bool, config: &Config) -> Result<(), Failure> {
    let store = Store::open(&config.data_dir).map_err(Error::from)?;
    let models = store.models().map_err(Error::from)?;
    let sections = store.sections().map_err(Error::from)?;
    let drift = Drift::latest(&store).map_err(Error::from)?;
    let alarm = drift.iter().filter(|drift| drift.is_alarm);
    let alarm =
        alarm.map(|drift| format!("DRIFT: {}; visitors are not those the model was made of", drift.told()));
    let clicks = Clicks::latest(&store).map_err(Error::from)?;
    let low = clicks.iter().filter(|clicks| clicks.is_alarm);
    let alarm = alarm.chain(low.map(|clicks| format!("CLICK-THROUGH: {}", clicks.told())));
    let text: Vec<String> =
        alarm.chain(models.iter().map(line)).chain(sections.iter().map(section_line)).collect();
    let text = if text.is_empty() { "no model yet".to_owned() } else { text.join("\n") };
    let value = json!({
        "models": models.iter().map(value).collect::<Vec<_>>(),
        "sections": sections.iter().map(section_value).collect::<Vec<_>>(),
        "drift": drift,
        "click_through": clicks,
    });
    print(as_json, &Report { text, value });
    Ok(())
}

/// How a site learns, by its configuration.
pub(crate) fn options(config: &Config, now: u64) -> TrainOptions {
    let train = &config.train;
    TrainOptions {
        publish: publish_options(config, now),
        min_batch_size: train.min_batch_size,
        triggers: Triggers {
            every_s: u64::from(train.every_hours) * 3_600,
            new_reports: train.new_reports,
            drift_psi: train.drift_psi,
        },
        click_through: Limits { floor: train.click_through_floor, fall: train.click_through_fall },
        variety: config.audience,
        watch_s: u64::from(train.watch_days) * 86_400,
        ramp_s: u64::from(train.ramp_days) * 86_400,
        rounds: train.rounds,
        segments: train.segments_min as usize..=train.segments_max as usize,
    }
}

fn told(outcome: &Outcome) -> Report {
    match outcome {
        Outcome::NothingNew => Report {
            text: "nothing was released since the last model".to_owned(),
            value: json!({ "outcome": "nothing_new" }),
        },
        Outcome::NotDue => Report {
            text: "something was released; no trigger asks for a model yet".to_owned(),
            value: json!({ "outcome": "not_due" }),
        },
        Outcome::NothingLearned => Report {
            text: "what was released adds nothing yet".to_owned(),
            value: json!({ "outcome": "nothing_learned" }),
        },
        Outcome::Asked { model, gate } => Report {
            text: format!("model {model} waits for devices to compare it with the one in use (task {gate})"),
            value: json!({ "outcome": "asked", "model": model, "gate": gate }),
        },
        Outcome::Waiting { model, reports, difference } => Report {
            text: format!(
                "model {model} waits: {reports} devices so far, {:+.2} hits in a hundred",
                100.0 * difference
            ),
            value: json!({ "outcome": "waiting", "model": model, "reports": reports, "difference": difference }),
        },
        Outcome::Promoted { model, difference, version } => Report {
            text: format!(
                "model {model} is published as version {version}: {:+.2} hits in a hundred",
                100.0 * difference
            ),
            value: json!({ "outcome": "promoted", "model": model, "difference": difference, "version": version }),
        },
        Outcome::Rejected { model, reason } => Report {
            text: format!("model {model} is rejected: {reason}"),
            value: json!({ "outcome": "rejected", "model": model, "reason": reason }),
        },
        other => told_after(other),
    }
}

/// What happens after a publication, and besides.
fn told_after(outcome: &Outcome) -> Report {
    let (text, value) = match outcome {
        Outcome::Watching { model, reports, difference } => (
            format!(
                "model {model} is published and watched: {reports} devices since, {:+.2} hits in a hundred",
                100.0 * difference
            ),
            json!({ "outcome": "watching", "model": model, "reports": reports, "difference": difference }),
        ),
        Outcome::Widened { model, per_mille, version } => (
            format!(
                "model {model} is used by {} % of devices from now on (version {version})",
                per_mille / 10
            ),
            json!({ "outcome": "widened", "model": model, "per_mille": per_mille, "version": version }),
        ),
        Outcome::Kept { model, reason } => (
            format!("model {model} stays: {reason}"),
            json!({ "outcome": "kept", "model": model, "reason": reason }),
        ),
        Outcome::TakenBack { model, reason, version } => (
            format!("model {model} is taken back, version {version} has the one before: {reason}"),
            json!({ "outcome": "taken_back", "model": model, "reason": reason, "version": version }),
        ),
        Outcome::Round { name, number, next, outcome } => (
            format!("round {number} of {name}: {outcome}"),
            json!({ "outcome": "round", "name": name, "number": number, "next": next, "detail": outcome }),
        ),
        Outcome::IntentJudged { reason, version } => (
            format!("the published intent {reason}"),
            json!({ "outcome": "intent_judged", "reason": reason, "version": version }),
        ),
        Outcome::Voted { reason, version } => (
            format!("devices have voted for {reason} (version {version})"),
            json!({ "outcome": "voted", "reason": reason, "version": version }),
        ),
        _ => (String::new(), json!({})),
    };
    Report { text, value }
}

fn line(model: &ModelSummary) -> String {
    let ModelSummary { id, name, source, state, reason, cause, watch, per_mille, .. } = model;
    let because = if cause.is_empty() { String::new() } else { format!(" ({cause})") };
    let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let watched = if watch.is_some() { "; devices watch it" } else { "" };
    let share = if *per_mille < 1_000 { format!("; {} % use it", per_mille / 10) } else { String::new() };
    format!("{id}  {}  {name} from {source}{because}{why}{watched}{share}", state.word())
}

fn value(model: &ModelSummary) -> Value {
    let ModelSummary { id, created_at, name, source, metrics, state, reason, gate, learned_to, .. } = model;
    let ModelSummary { cause, replaced, watch, promoted_at, per_mille, .. } = model;
    let metrics: Value = serde_json::from_str(metrics).unwrap_or_default();
    json!({
        "id": id, "created_at": created_at, "name": name, "source": source, "metrics": metrics,
        "state": state.word(), "reason": reason, "gate": gate, "learned_to": learned_to, "cause": cause,
        "replaced": replaced, "watch": watch, "promoted_at": promoted_at, "per_mille": per_mille,
    })
}

fn section_line(section: &Section) -> String {
    let Section { kind, state, reason, .. } = section;
    format!("{}  {}: {reason}", kind.word(), state.word())
}

fn section_value(section: &Section) -> Value {
    let Section { kind, task, at, state, reason, .. } = section;
    json!({ "kind": kind.word(), "task": task, "at": at, "state": state.word(), "reason": reason })
}
