//! From a library's file to a [`TreeModel`].

use super::{MAX_NODES, MAX_TREE_DEPTH, MAX_TREES, TreeModel, TreeRole, lightgbm, xgboost};

/// Largest file accepted, in bytes.
const MAX_FILE_BYTES: usize = 16 << 20;

/// Why a model is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file is of no known library.
    #[error(
        "neither an XGBoost model in JSON (`save_model(\"model.json\")`) nor a LightGBM model in text (`save_model(\"model.txt\")`)"
    )]
    Format,
    /// Something is missing or not what the format says.
    #[error("the model is malformed at `{at}`: {problem}")]
    Malformed {
        /// Where.
        at: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// The library can do this, devices cannot.
    #[error("{what} is not supported; {instead}")]
    Unsupported {
        /// What.
        what: String,
        /// What to do instead.
        instead: &'static str,
    },
    /// The model was trained without names.
    #[error(
        "the features have no names; train on a data frame with the names of Homebody's features: {known}"
    )]
    NoFeatureNames {
        /// The names there are.
        known: String,
    },
    /// The model asks for something devices do not know.
    #[error("feature `{name}` is not known for this role; known are {known}")]
    UnknownFeature {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Larger than devices accept.
    #[error(
        "too many {what}: devices take {MAX_TREES} trees of up to {MAX_TREE_DEPTH} levels and {MAX_NODES} nodes, \
         files up to {MAX_FILE_BYTES} bytes"
    )]
    TooLarge {
        /// Of what.
        what: &'static str,
    },
}

impl ImportError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format => "trees_format",
            Self::Malformed { .. } => "trees_malformed",
            Self::Unsupported { .. } => "trees_unsupported",
            Self::NoFeatureNames { .. } => "trees_no_feature_names",
            Self::UnknownFeature { .. } => "trees_unknown_feature",
            Self::TooLarge { .. } => "trees_too_large",
        }
    }
}

impl TreeModel {
    /// Reads an XGBoost model (JSON) or a LightGBM model (text); which one is told by its beginning.
    ///
    /// # Errors
    /// [`ImportError`] for anything that would not score on a device exactly as in the library.
    pub fn import(text: &str, role: TreeRole) -> Result<Self, ImportError> {
        if text.len() > MAX_FILE_BYTES {
            return Err(ImportError::TooLarge { what: "bytes" });
        }
        match text.trim_start() {
            json if json.starts_with('{') => xgboost::read(json, role),
            lines if lines.starts_with("tree\n") || lines.starts_with("tree\r\n") => {
                lightgbm::read(lines, role)
            }
            _ => Err(ImportError::Format),
        }
    }
}

/// The places of a model's features.
pub(super) fn places<'a>(
    names: impl Iterator<Item = &'a str>,
    role: TreeRole,
) -> Result<Vec<u8>, ImportError> {
    let known = || TreeModel::feature_names(role).collect::<Vec<_>>().join(", ");
    let place = |name: &str| {
        TreeModel::feature(role, name)
            .ok_or_else(|| ImportError::UnknownFeature { name: name.to_owned(), known: known() })
    };
    let places = names.map(place).collect::<Result<Vec<u8>, _>>()?;
    if places.is_empty() { Err(ImportError::NoFeatureNames { known: known() }) } else { Ok(places) }
}

pub(super) fn malformed(at: impl Into<String>, problem: &'static str) -> ImportError {
    ImportError::Malformed { at: at.into(), problem }
}

pub(super) fn unsupported(what: impl Into<String>, instead: &'static str) -> ImportError {
    ImportError::Unsupported { what: what.into(), instead }
}
