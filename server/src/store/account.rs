//! What the public account of this site needs: a stamp that tells when it has to be drawn up anew, and what was released,
//! without the sums themselves.

use std::collections::BTreeMap;

use super::{Store, StoreError};

/// Changes with every entry of the log and every model: last numbers of both.
pub type AccountStamp = (u64, u64);

/// What was released of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReleaseSummary {
    /// How many sums.
    pub sums: u64,
    /// Reports in the smallest of them.
    pub least_reports: u64,
    /// When the last one was released, unix seconds.
    pub last_at: u64,
}

impl Store {
    /// Changes with whatever the public account tells of; cheap enough to ask every second.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn account_stamp(&self) -> Result<AccountStamp, StoreError> {
        let sql =
            "SELECT (SELECT coalesce(max(seq), 0) FROM audit), (SELECT coalesce(max(id), 0) FROM models)";
        Ok(self.connection().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// What was released of each task, by its id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn release_summaries(&self) -> Result<BTreeMap<String, ReleaseSummary>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT task, count(*), min(reports), max(at) FROM releases GROUP BY task")?;
        let rows = statement.query_map([], |row| {
            let summary =
                ReleaseSummary { sums: row.get(1)?, least_reports: row.get(2)?, last_at: row.get(3)? };
            Ok((row.get(0)?, summary))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
