//! Why an import failed as a whole.

use std::io;

use super::problem::Problems;
use crate::store::StoreError;

/// Why nothing was imported; the data folder is as before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The source could not be opened or read.
    #[error("cannot read `{source_name}`: {source}")]
    Io {
        /// File name, or `-` for standard input.
        source_name: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Lines of the file are wrong; nothing was changed.
    #[error("{} of the file cannot be imported; nothing was changed{problems}", plural(problems.total()))]
    Rejected {
        /// The problems, by line.
        problems: Problems,
    },
    /// The file name does not tell the format.
    #[error("cannot tell the format of `{source_name}` from its name; give it with `--format`")]
    UnknownFormat {
        /// File name, or `-` for standard input.
        source_name: String,
    },
    /// The file holds nothing to import.
    #[error("`{source_name}` holds no rows; nothing was changed")]
    Empty {
        /// File name, or `-` for standard input.
        source_name: String,
    },
    /// No row of a history can be learned from: a model of nothing would take the place of a good one.
    #[error(
        "no row of {rows} can be learned from, {unknown} name items the catalogue does not have; nothing was changed"
    )]
    NothingUsable {
        /// Rows read.
        rows: u64,
        /// Rows whose item the catalogue does not know.
        unknown: u64,
    },
    /// A history names items, so the items come first.
    #[error("the catalogue is empty, and a history names its items")]
    EmptyCatalog,
    /// The operating system has no random numbers for the visitors' salt.
    #[error("no random numbers from the operating system: {0}")]
    NoEntropy(getrandom::Error),
    /// The learner refused the history.
    #[error("cannot learn from the history: {message}")]
    Learn {
        /// The learner's stable code.
        code: &'static str,
        /// What it said.
        message: String,
    },
    /// The data folder failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "source_io",
            Self::Rejected { .. } => "rejected_lines",
            Self::UnknownFormat { .. } => "unknown_format",
            Self::Empty { .. } => "empty_source",
            Self::NothingUsable { .. } => "nothing_usable",
            Self::EmptyCatalog => "empty_catalog",
            Self::NoEntropy(_) => "no_entropy",
            Self::Learn { code, .. } => code,
            Self::Store(error) => error.code(),
        }
    }

    /// The problems by line, when lines were the reason.
    pub fn problems(&self) -> Option<&Problems> {
        match self {
            Self::Rejected { problems } => Some(problems),
            _ => None,
        }
    }
}

fn plural(lines: u64) -> String {
    if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") }
}
