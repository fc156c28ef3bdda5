//! Models, and what became of them.

use homebody_protocol::manifest::Manifest;

use super::{Column, Value};
use crate::store::{ModelSummary, Store, StoreError};

/// `versions`: of the publications that are kept, those with the model, separated by `|`. `figures`: what was measured, a
/// JSON object of numbers.
pub(super) const COLUMNS: &[Column] = &[
    Column::whole("model"),
    Column::whole("created_at"),
    Column::text("name"),
    Column::text("source"),
    Column::text("cause"),
    Column::text("state"),
    Column::text("reason"),
    Column::text("versions"),
    Column::whole("replaced"),
    Column::whole("promoted_at"),
    Column::whole("per_mille"),
    Column::text("gate"),
    Column::text("watch"),
    Column::whole("learned_to"),
    Column::text("figures"),
];

/// A model with the versions it was published in.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) summary: ModelSummary,
    versions: String,
}

impl Model {
    /// All of them, oldest first.
    pub(super) fn all(store: &Store) -> Result<Vec<Self>, StoreError> {
        let mut published: Vec<(u64, String, u64)> = Vec::new();
        for publication in store.publications(u32::MAX)?.into_iter().rev() {
            let payload = store.payload(publication.version)?.unwrap_or_default();
            let Ok(manifest) = Manifest::parse(&payload) else { continue };
            published.push((publication.version, manifest.model.name, manifest.model.trained_at.into()));
        }
        let with_versions = |summary: ModelSummary| {
            let of_it = published
                .iter()
                .filter(|(_, name, trained_at)| *name == summary.name && *trained_at == summary.created_at);
            let versions: Vec<String> = of_it.map(|(version, ..)| version.to_string()).collect();
            Self { versions: versions.join("|"), summary }
        };
        Ok(store.models()?.into_iter().rev().map(with_versions).collect())
    }

    pub(super) fn values(&self) -> Vec<Value<'_>> {
        let model = &self.summary;
        vec![
            Value::count(model.id),
            Value::count(model.created_at),
            Value::text(&model.name),
            Value::text(&model.source),
            Value::text(&model.cause),
            Value::text(model.state.word()),
            Value::text(&model.reason),
            Value::text(&self.versions),
            Value::count_if(model.replaced),
            Value::count_if(Some(model.promoted_at).filter(|at| *at > 0)),
            Value::count(model.per_mille.into()),
            Value::text_if(model.gate.as_deref()),
            Value::text_if(model.watch.as_deref().filter(|task| !task.is_empty())),
            Value::count(model.learned_to),
            Value::text(&model.metrics),
        ]
    }
}
