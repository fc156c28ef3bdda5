//! What can go wrong with the data folder.

use std::io;
use std::path::PathBuf;

/// Why the data folder could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder or a file in it could not be used.
    #[error("cannot use `{path}`: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another process holds the write lock.
    #[error("another import or publication is running on this data folder; try again when it is done")]
    Busy,
    /// The disk is full.
    #[error("the disk of the data folder is full; nothing was changed")]
    Full,
    /// The folder was written by a newer release.
    #[error(
        "the data folder has schema version {found}, this release knows up to {known}; install the newer release"
    )]
    NewerSchema {
        /// Version of the data folder.
        found: u32,
        /// Newest version this release knows.
        known: u32,
    },
    /// The database file belongs to another program.
    #[error("`{path}` is not a Homebody database")]
    Foreign {
        /// The database file.
        path: PathBuf,
    },
    /// A stored value cannot be read; the file was changed from outside or is damaged.
    #[error("stored {what} cannot be read: {reason}")]
    Damaged {
        /// What was stored.
        what: &'static str,
        /// Why it cannot be read.
        reason: String,
    },
    /// Any other failure of the database.
    #[error("database: {0}")]
    Database(rusqlite::Error),
}

impl StoreError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "data_folder_io",
            Self::Busy => "busy",
            Self::Full => "disk_full",
            Self::NewerSchema { .. } => "newer_schema",
            Self::Foreign { .. } => "foreign_database",
            Self::Damaged { .. } => "damaged",
            Self::Database(_) => "database",
        }
    }

    pub(super) fn io(path: &std::path::Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(super) fn damaged(what: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { what, reason: reason.to_string() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error),
        }
    }
}
