//! Why sums were not exported.

use std::io;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Why sums were not exported. Partitions that were there stay whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SumsError {
    /// The folder holds files that no export of sums wrote.
    #[error("`{folder}` holds something else: `{found}`")]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// The first thing in it by name.
        found: String,
    },
    /// The folder holds an export in another format, which readers would mix with this one.
    #[error("`{folder}` holds an export as {found}")]
    OtherFormat {
        /// The folder.
        folder: PathBuf,
        /// The format in it.
        found: String,
    },
    /// Another export is writing the same folder.
    #[error("another export is writing `{0}`")]
    Running(PathBuf),
    /// The first day is after the last one.
    #[error("`{since}` is after `{until}`")]
    Range {
        /// The first day.
        since: String,
        /// The last day.
        until: String,
    },
    /// This binary cannot write Parquet.
    #[error("this binary was built without its feature `parquet`")]
    NotBuilt,
    /// The data folder failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file or folder could not be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Rows could not be written where they go.
    #[error("cannot write rows: {0}")]
    Rows(#[from] io::Error),
    /// Rows have not the form that the library for Parquet asks for.
    #[cfg(feature = "parquet")]
    #[error("cannot write rows: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
}

impl SumsError {
    /// Stable code for programs and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Foreign { .. } => "export_foreign",
            Self::OtherFormat { .. } => "export_format",
            Self::Running(_) => "export_running",
            Self::Range { .. } => "export_range",
            Self::NotBuilt => "export_not_built",
            Self::Store(error) => error.code(),
            Self::Write { .. } | Self::Rows(_) => "export_io",
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => "export_io",
        }
    }

    /// What the operating system said of a file or folder.
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    /// The same failure, with the file it is about.
    pub(super) fn of_file(self, path: &Path) -> Self {
        match self {
            Self::Rows(source) => Self::write(path, source),
            other => other,
        }
    }
}
