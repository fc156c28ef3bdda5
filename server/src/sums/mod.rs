//! Everything the store knows in aggregate, as tables for a warehouse or a notebook.
//!
//! | table | a row is | `dt` | file |
//! | --- | --- | --- | --- |
//! | `releases` | a cell of a released sum, with its noise | the day of the release | `releases` |
//! | `consent` | a row of [`crate::consent::figures`], hidden numbers missing | the last day of its day or month | `consent` |
//! | `models` | a model, and what became of it | the day it was made | `models` |
//!
//! Running sums are in no table: what was not released has no noise yet. Nor is the audit log, which is no sum.
//! [`Snapshot`] reads the store once, [`Format`] writes rows, [`folder`] puts them in a folder by table and day.

mod consent;
mod error;
pub mod folder;
mod models;
#[cfg(feature = "parquet")]
mod parquet;
mod releases;
mod snapshot;
mod text;
mod value;

use std::io::Write;

pub use error::SumsError;
pub use folder::{Report, TableReport, Wish};
pub use snapshot::Snapshot;
pub use value::{Column, Kind, Value};

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Cells of released sums.
    Releases,
    /// How many decided how.
    Consent,
    /// What was learned.
    Models,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Releases, Self::Consent, Self::Models];

    /// Its name in folders and addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Releases => "releases",
            Self::Consent => "consent",
            Self::Models => "models",
        }
    }

    /// The table of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// What its rows hold, besides `dt`.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Releases => releases::COLUMNS,
            Self::Consent => consent::COLUMNS,
            Self::Models => models::COLUMNS,
        }
    }
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values with a header (RFC 4180, lines ended by a line feed).
    Csv,
    /// Apache Parquet with Snappy.
    Parquet,
}

impl Format {
    const ALL: [Self; 3] = [Self::Ndjson, Self::Csv, Self::Parquet];

    /// Its name, which is also how its files end.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether this binary can write it.
    #[must_use]
    pub fn is_built(self) -> bool {
        self != Self::Parquet || cfg!(feature = "parquet")
    }

    /// Starts a file of rows with these columns.
    ///
    /// # Errors
    /// [`SumsError::NotBuilt`] for Parquet in a binary without it, else as writing says.
    pub fn start<'w>(
        self,
        columns: &[Column],
        out: impl Write + Send + 'w,
    ) -> Result<Box<dyn Rows + 'w>, SumsError> {
        match self {
            Self::Ndjson => Ok(Box::new(text::Ndjson::new(columns, out))),
            Self::Csv => Ok(Box::new(text::Csv::new(columns, out)?)),
            #[cfg(feature = "parquet")]
            Self::Parquet => Ok(Box::new(parquet::Parquet::new(columns, out)?)),
            #[cfg(not(feature = "parquet"))]
            Self::Parquet => Err(SumsError::NotBuilt),
        }
    }
}

/// A file that takes rows.
pub trait Rows {
    /// Writes one, with a value for each column.
    ///
    /// # Errors
    /// [`SumsError`] as writing says.
    fn add(&mut self, row: &[Value<'_>]) -> Result<(), SumsError>;

    /// Writes what is still to be written.
    ///
    /// # Errors
    /// [`SumsError`] as writing says.
    fn finish(self: Box<Self>) -> Result<(), SumsError>;
}
