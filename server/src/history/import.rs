//! Importing a history.

use super::HistoryFormat;
use crate::intake::{ImportError, Problems, Progress, Source};
use crate::store::Store;

/// How a history is imported.
#[derive(Clone, Debug)]
pub struct HistoryImport {
    /// The format; taken from the file name when none.
    pub format: Option<HistoryFormat>,
    /// Leave wrong lines out instead of refusing the file.
    pub skip_bad_lines: bool,
    /// Categories, brands and tags (any case) that are not learned from.
    pub sensitive_tags: Vec<String>,
    /// The time of the import, unix seconds.
    pub now: u64,
}

/// What a history import did.
#[derive(Clone, Debug)]
pub struct HistoryReport {
    /// Rows read.
    pub rows: u64,
    /// Rows that were learned from.
    pub used: u64,
    /// Rows whose item the catalogue does not know.
    pub unknown_item_rows: u64,
    /// The first unknown items, for the operator to look at.
    pub unknown_items: Vec<String>,
    /// Rows that say nothing about wanting the item.
    pub weightless_rows: u64,
    /// Visitors with at least one used row.
    pub visitors: u64,
    /// Rows left out because they were wrong.
    pub skipped: u64,
    /// What was wrong with them.
    pub problems: Problems,
    /// Columns that were ignored.
    pub ignored_fields: Vec<String>,
    /// Name of the trained model.
    pub model: String,
    /// What validation measured, as a JSON object of numbers.
    pub metrics: serde_json::Value,
}

/// Imports a history and trains a model from it.
///
/// # Errors
/// [`ImportError`]; the data folder is then as before.
pub fn import(
    store: &Store,
    source: Source,
    options: &HistoryImport,
    progress: &mut dyn FnMut(Progress),
) -> Result<HistoryReport, ImportError> {
    let _ = (store, source, options, progress);
    unreachable!("written next")
}
