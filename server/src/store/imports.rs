//! The log of imports.

use rusqlite::{Transaction, params};

use super::{Store, StoreError};

/// One finished import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRecord {
    /// Number of the import, rising.
    pub id: i64,
    /// `catalog` or `history`.
    pub kind: String,
    /// File name without its folder, or `-`.
    pub source: String,
    /// For example `jsonl`.
    pub format: String,
    /// When it began, unix seconds.
    pub started_at: u64,
    /// When it ended, unix seconds.
    pub finished_at: u64,
    /// Records read.
    pub rows: u64,
    /// Records left out because they were wrong.
    pub skipped: u64,
    /// Counts of the import, as JSON; never a visitor's data.
    pub detail: String,
}

impl Store {
    /// The number of the import that `transaction` will log with [`Store::log_import`].
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn next_import(transaction: &Transaction<'_>) -> Result<i64, StoreError> {
        Ok(transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM imports", [], |row| row.get(0))?)
    }

    /// Logs an import in the imports table and in the audit log, within its transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn log_import(transaction: &Transaction<'_>, record: &ImportRecord) -> Result<(), StoreError> {
        transaction.execute(
            "INSERT INTO imports (id, kind, source, format, started_at, finished_at, rows, skipped, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                record.id,
                record.kind,
                record.source,
                record.format,
                record.started_at,
                record.finished_at,
                record.rows,
                record.skipped,
                record.detail
            ],
        )?;
        let detail = serde_json::json!({
            "import": record.id, "source": record.source, "rows": record.rows, "skipped": record.skipped,
        });
        Self::append_audit(transaction, record.finished_at, &format!("import_{}", record.kind), &detail)
    }

    /// When the newest import ended, unix seconds; 0 before the first. What is published is as of then.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn data_as_of(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(finished_at), 0) FROM imports";
        Ok(self.connection().query_row(sql, [], |row| row.get(0))?)
    }

    /// The newest imports, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn imports(&self, limit: u32) -> Result<Vec<ImportRecord>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT id, kind, source, format, started_at, finished_at, rows, skipped, detail
             FROM imports ORDER BY id DESC LIMIT ?1",
        )?;
        let records = statement.query_map([limit], |row| {
            Ok(ImportRecord {
                id: row.get(0)?,
                kind: row.get(1)?,
                source: row.get(2)?,
                format: row.get(3)?,
                started_at: row.get(4)?,
                finished_at: row.get(5)?,
                rows: row.get(6)?,
                skipped: row.get(7)?,
                detail: row.get(8)?,
            })
        })?;
        Ok(records.collect::<Result<_, _>>()?)
    }
}
