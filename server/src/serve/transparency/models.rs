//! Which models were tried and what became of them, and what was published when.

use std::collections::BTreeMap;

use homebody_protocol::manifest::Manifest;
use serde::Serialize;

use super::tasks::TaskEntry;
use super::{LEAST_SHOWN, told};
use crate::store::{ModelState, ModelSummary, PublicationSummary, Store, StoreError};

/// Newest models and publications that are listed.
const LISTED: usize = 50;

/// A model.
#[derive(Debug, Serialize)]
pub(super) struct ModelEntry {
    pub(super) id: u64,
    pub(super) name: String,
    /// Where it comes from: `imported_history` or `contributions`.
    pub(super) source: String,
    pub(super) trained_at: u64,
    /// `candidate`, `champion`, `retired` or `rejected`.
    pub(super) state: &'static str,
    /// Why, in words.
    pub(super) why: String,
    /// What was measured of it.
    measured: BTreeMap<String, f64>,
    /// The task that asked devices about it.
    asked_by: Option<String>,
    /// Versions it was published in, of those that are kept.
    pub(super) versions: Vec<u64>,
}

/// A publication.
#[derive(Debug, Serialize)]
pub(super) struct PublicationEntry {
    pub(super) version: u64,
    pub(super) published_at: u64,
    /// The version whose tables were published again.
    pub(super) rolled_back_to: Option<u64>,
    /// Name and time of training of the model in it.
    #[serde(skip)]
    model: Option<(String, u64)>,
}

/// Models and publications, newest first.
pub(super) fn entries(
    store: &Store,
    tasks: &[TaskEntry],
    past: &[TaskEntry],
) -> Result<(Vec<ModelEntry>, Vec<PublicationEntry>), StoreError> {
    let mut publications = Vec::new();
    for summary in store.publications(LISTED as u32)? {
        let payload = store.payload(summary.version)?;
        publications.push(PublicationEntry::of(&summary, payload.as_deref()));
    }
    let known = |id: &str| tasks.iter().chain(past).any(|task| task.id == id);
    let models = store.models()?.into_iter().take(LISTED).map(|model| {
        // A process may have been killed between asking and noting what was asked.
        let asked = format!("gate-{}", model.id);
        let by_name = tasks.iter().chain(past).find(|task| task.name == asked).map(|task| task.id.clone());
        let asked_by = model.gate.clone().filter(|gate| known(gate)).or(by_name);
        ModelEntry::of(model, asked_by, &publications)
    });
    Ok((models.collect(), publications))
}

impl PublicationEntry {
    fn of(summary: &PublicationSummary, payload: Option<&str>) -> Self {
        let model = payload.and_then(|payload| Manifest::parse(payload).ok()).map(|manifest| manifest.model);
        Self {
            version: summary.version,
            published_at: summary.created_at,
            rolled_back_to: summary.rolled_back_to,
            model: model.map(|model| (model.name, model.trained_at.into())),
        }
    }
}

impl ModelEntry {
    fn of(model: ModelSummary, asked_by: Option<String>, publications: &[PublicationEntry]) -> Self {
        let metrics: BTreeMap<String, f64> = serde_json::from_str(&model.metrics).unwrap_or_default();
        let made = (model.name.clone(), model.created_at);
        let versions = publications
            .iter()
            .filter(|each| model.state != ModelState::Candidate && each.model.as_ref() == Some(&made))
            .map(|each| each.version);
        Self {
            why: why(&model, &metrics),
            versions: versions.collect(),
            id: model.id,
            name: model.name,
            source: model.source,
            trained_at: model.created_at,
            state: model.state.word(),
            measured: shown(&metrics),
            asked_by,
        }
    }
}

fn why(model: &ModelSummary, metrics: &BTreeMap<String, f64>) -> String {
    let was = match (model.state, model.source.as_str()) {
        (ModelState::Candidate, _) => "Waits until enough devices have compared it with the one in use",
        (ModelState::Rejected, _) => "Not published",
        (ModelState::Champion, "contributions") => "In use: devices found it better than the one before",
        (ModelState::Champion, _) => "In use: learned from a history that the site imported",
        (ModelState::Retired, "contributions") => {
            "Was in use until a newer one came: devices had found it better than the one before"
        }
        (ModelState::Retired, _) => {
            "Was in use until a newer one came: learned from a history that the site imported"
        }
    };
    match model.reason.as_str() {
        "" => held_out(metrics).map_or_else(|| was.to_owned(), |judged| format!("{was} ({judged})")),
        reason => format!("{was} ({})", coarse(reason)),
    }
}

/// What an imported model was judged by before it was published: visits that it had not seen.
fn held_out(metrics: &BTreeMap<String, f64>) -> Option<String> {
    let (model, popularity) = (metrics.get("ndcg_at_10")?, metrics.get("popularity_ndcg_at_10")?);
    Some(format!("on visits held out NDCG@10 {model:.3}, by popularity alone {popularity:.3}"))
}

/// A reason in which no number of devices is exact, and none below twenty.
fn coarse(reason: &str) -> String {
    let Some(at) = reason.find(" devices") else { return reason.to_owned() };
    let (before, after) = reason.split_at(at);
    let start = before.rfind(|byte: char| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    let count = match before[start..].parse().ok().map(told) {
        Some(Some(count)) => format!("at least {count}"),
        Some(None) => format!("fewer than {LEAST_SHOWN}"),
        None => return reason.to_owned(),
    };
    format!("{}{count}{after}", &before[..start])
}

/// Measures as they may be told: counts of visitors and reports as those of devices.
pub(super) fn shown(metrics: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let is_count =
        |name: &str| name == "visitors" || name.ends_with("_visitors") || name.ends_with("reports");
    let shown = metrics.iter().filter_map(|(name, value)| {
        let value = if is_count(name) { told(*value as u64)? as f64 } else { *value };
        Some((name.clone(), value))
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_and_measures_tell_no_few_devices() {
        for (reason, expected) in [
            ("1034 devices: +1.20 hits in a hundred", "at least 1020 devices: +1.20 hits in a hundred"),
            ("7 devices in time, and no difference", "fewer than 20 devices in time, and no difference"),
            ("it ranks as the one in use does", "it ranks as the one in use does"),
            ("some devices", "some devices"),
        ] {
            assert_eq!(coarse(reason), expected);
        }
        let metrics = [("visitors", 12.0), ("pair_reports", 45.0), ("ndcg_at_10", 0.2)];
        let metrics = metrics.map(|(name, value)| (name.to_owned(), value)).into();
        let told: Vec<(String, f64)> = shown(&metrics).into_iter().collect();
        assert_eq!(told, [("ndcg_at_10".to_owned(), 0.2), ("pair_reports".to_owned(), 40.0)]);
    }
}
