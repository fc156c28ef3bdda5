//! The rules of a placement: read from its file, checked, compiled for the tables of a seed.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use homebody_protocol::rules::{RuleError, RuleSet, Rules};

use super::{Placement, PublishError};

/// Largest file of rules, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Why the rules of a file are refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// The file cannot be read.
    #[error("cannot read the rules `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is larger than any set of rules that devices accept.
    #[error("the rules `{0}` are larger than {MAX_BYTES} bytes")]
    TooLarge(PathBuf),
    /// The rules are not valid.
    #[error("the rules `{path}` are not valid: {source}")]
    Rule {
        /// The file.
        path: PathBuf,
        /// Where in it, and what is allowed there.
        source: RuleError,
    },
}

impl RulesError {
    /// Stable code for programs and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "rules_unreadable",
            Self::TooLarge(_) => "rules_too_large",
            Self::Rule { source, .. } => source.code(),
        }
    }
}

/// Reads a file of rules and makes sure that they compile.
///
/// # Errors
/// [`RulesError`] when the file cannot be read or devices would not accept its rules.
pub fn read_rules(path: &Path) -> Result<RuleSet, RulesError> {
    let unreadable = |source| RulesError::Read { path: path.to_owned(), source };
    let mut text = String::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(RulesError::TooLarge(path.to_owned()));
    }
    let compiled = RuleSet::from_json(&text).and_then(|set| Rules::compile(&set, 0).map(|_| set));
    compiled.map_err(|source| RulesError::Rule { path: path.to_owned(), source })
}

/// The rules of a placement; none without a file.
pub(super) fn of(placement: &Placement) -> Result<RuleSet, PublishError> {
    let Some(path) = &placement.rules else { return Ok(RuleSet::default()) };
    read_rules(path).map_err(|source| PublishError::Rules { placement: placement.name.clone(), source })
}

/// The rules for tables of a seed.
pub(super) fn compile(placement: &str, set: &RuleSet, id_seed: u32) -> Result<Rules, PublishError> {
    Rules::compile(set, id_seed).map_err(|source| {
        let source = RulesError::Rule { path: PathBuf::new(), source };
        PublishError::Rules { placement: placement.to_owned(), source }
    })
}
