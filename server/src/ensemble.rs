//! Imported tree ensembles: read once, kept compiled in the data folder, published with every pool.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homebody_protocol::models::trees::ImportError;
use homebody_protocol::models::{TreeModel, TreeRole, Trees};
use homebody_protocol::wire::{Section as _, decode};

use crate::store::{Store, StoreError};

/// Why a model was not imported; the one imported before stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnsembleError {
    /// The file cannot be read.
    #[error("cannot read the model `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Devices cannot score it as its library does.
    #[error("`{path}`: {source}")]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ImportError,
    },
    /// The weight of a re-ranker is outside its range.
    #[error("a weight of `{0}` is not within 0 and 100")]
    Weight(f32),
    /// The data folder failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl EnsembleError {
    /// Stable code for programs and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "source_io",
            Self::Refused { source, .. } => source.code(),
            Self::Weight(_) => "trees_weight",
            Self::Store(error) => error.code(),
        }
    }
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnsembleReport {
    /// Number of trees.
    pub trees: usize,
    /// Number of nodes.
    pub nodes: usize,
    /// Bytes that it adds to every pool.
    pub bytes: usize,
}

/// Imports a model of XGBoost (JSON) or LightGBM (text) in place of the one of its role. The next publication has it.
///
/// # Errors
/// [`EnsembleError`]; the model imported before stays.
pub fn import(
    store: &Store,
    path: &Path,
    role: TreeRole,
    weight: f32,
    now: u64,
) -> Result<EnsembleReport, EnsembleError> {
    if !(0.0..=100.0).contains(&weight) {
        return Err(EnsembleError::Weight(weight));
    }
    let read = |source| EnsembleError::Read { path: path.to_owned(), source };
    let refused = |source| EnsembleError::Refused { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(read)?;
    let model = TreeModel { weight, ..TreeModel::import(&text, role).map_err(refused)? };
    let (trees, nodes) = (model.sizes.len(), model.nodes.len());
    let mut bytes = Vec::new();
    Trees(vec![model]).write(&mut bytes);
    let report = EnsembleReport { trees, nodes, bytes: bytes.len() };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let detail = serde_json::json!({ "source": name, "role": key(role), "trees": trees, "nodes": nodes });
    store.write(|transaction| {
        Store::set_text(transaction, key(role), &STANDARD.encode(&bytes))?;
        Store::append_audit(transaction, now, "import_model", &detail)
    })?;
    Ok(report)
}

/// The imported models.
///
/// # Errors
/// [`StoreError`] when the data folder cannot be read, or holds a model that this release does not know.
pub fn load(store: &Store) -> Result<Trees, StoreError> {
    let mut trees = Trees::default();
    for role in [TreeRole::Intent, TreeRole::Rerank] {
        let Some(text) = store.text(key(role))? else { continue };
        let reason = || "import it again with `homebody import model`".to_owned();
        let damaged = || StoreError::Damaged { what: "imported model", reason: reason() };
        let bytes = STANDARD.decode(text).map_err(|_| damaged())?;
        let read = decode::<Trees>(&bytes).ok_or_else(damaged)?;
        trees.0.extend(read.0);
    }
    Ok(trees)
}

fn key(role: TreeRole) -> &'static str {
    match role {
        TreeRole::Intent => "trees_intent",
        TreeRole::Rerank => "trees_rerank",
    }
}
