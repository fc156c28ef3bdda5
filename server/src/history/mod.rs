//! Interaction history: a site's log becomes sums, and the rows are forgotten.
//!
//! [`import()`] streams (visitor, item, kind, time) into the learner. The visitor's id is hashed with a random
//! salt that exists only while the import runs; rows live in memory only. The same log makes the same model. What is stored are sums over all
//! visitors and the model trained from them. Items that the catalogue does not know are counted, not stored.

mod import;
mod learned;
mod model;
mod pseudonyms;
mod row;
mod rows;

pub use import::{HistoryImport, HistoryProgress, HistoryReport, import};
pub use learned::Learned;
pub use model::{Model, ModelError};
pub use row::COLUMN_NAMES;

/// A history format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryFormat {
    /// JSON Lines.
    Jsonl,
    /// Comma-, semicolon- or tab-separated values with a header.
    Csv,
}

impl HistoryFormat {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// The format with this name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Jsonl, Self::Csv].into_iter().find(|format| format.name() == name)
    }

    /// The format that a file name suggests; a final `.gz` is ignored.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (_, extension) = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?;
        match extension {
            "jsonl" | "ndjson" | "jsonlines" => Some(Self::Jsonl),
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            _ => None,
        }
    }
}
