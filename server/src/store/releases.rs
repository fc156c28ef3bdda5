//! Sums that were released, each once.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::batches::{read_cells, write_cells};
use super::{Store, StoreError};

/// A released sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// SHA-256 of the task, 64 hexadecimal digits.
    pub task: String,
    /// Number of the part.
    pub part: u32,
    /// The task's window.
    pub window: u32,
    /// Reports in it.
    pub reports: u64,
    /// The sums with their noise; for `local` the counts of answers, which carry theirs.
    pub cells: Vec<i64>,
    /// When, unix seconds.
    pub at: u64,
}

impl Store {
    /// Records a release; `false` when that batch was released before. In the caller's transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn add_release(transaction: &Transaction<'_>, release: &Release) -> Result<bool, StoreError> {
        let Release { task, part, window, reports, cells, at } = release;
        let added = transaction.execute(
            "INSERT INTO releases (task, part, window, reports, cells, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
            params![task, part, window, reports, write_cells(cells), at],
        )?;
        if added > 0 {
            let detail =
                serde_json::json!({ "task": task, "part": part, "window": window, "reports": reports });
            Self::append_audit(transaction, *at, "release", &detail)?;
        }
        Ok(added > 0)
    }

    /// The first releases after number `seq` of them, oldest first, with their numbers; at most `limit`.
    pub(super) fn releases_after(
        transaction: &Transaction<'_>,
        seq: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Release)>, StoreError> {
        let sql = format!("{SELECT} WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        let mut statement = transaction.prepare_cached(&sql)?;
        let rows = statement.query_map(params![seq, limit], read)?;
        rows.map(|row| whole(row?)).collect()
    }

    /// All releases after number `seq` of them, oldest first, with their numbers.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn releases(&self, after: u64) -> Result<Vec<(u64, Release)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!("{SELECT} WHERE seq > ?1 ORDER BY seq"))?;
        let rows = statement.query_map([after], read)?;
        rows.map(|row| whole(row?)).collect()
    }

    /// A release by its number.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn released(&self, seq: u64) -> Result<Option<Release>, StoreError> {
        let found = self.connection().query_row(&format!("{SELECT} WHERE seq = ?1"), [seq], read);
        found.optional()?.map(|row| whole(row).map(|(_, release)| release)).transpose()
    }

    /// Numbers of all releases with their times (unix seconds), oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn release_times(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT seq, at FROM releases ORDER BY seq")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Numbers of a task's releases, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn releases_of(&self, task: &str) -> Result<Vec<u64>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT seq FROM releases WHERE task = ?1 ORDER BY seq")?;
        let rows = statement.query_map([task], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Reports that were released after number `seq`, by task.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn reports_since(&self, seq: u64) -> Result<Vec<(String, u64)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT task, sum(reports) FROM releases WHERE seq > ?1 GROUP BY task")?;
        let rows = statement.query_map([seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Number of the newest release, 0 before the first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn newest_release(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(seq), 0) FROM releases";
        Ok(self.connection().query_row(sql, [], |row| row.get(0))?)
    }

    /// Whether a batch was released.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn is_released(&self, task: &str, part: u32, window: u32) -> Result<bool, StoreError> {
        let connection = self.connection();
        let sql = "SELECT 1 FROM releases WHERE task = ?1 AND part = ?2 AND window = ?3";
        Ok(connection.prepare_cached(sql)?.exists(params![task, part, window])?)
    }
}

const SELECT: &str = "SELECT seq, task, part, window, reports, cells, at FROM releases";

/// A row: number, release without its cells, and their bytes.
type Read = (u64, Release, Vec<u8>);

fn read(row: &Row<'_>) -> rusqlite::Result<Read> {
    let release = Release {
        task: row.get(1)?,
        part: row.get(2)?,
        window: row.get(3)?,
        reports: row.get(4)?,
        cells: Vec::new(),
        at: row.get(6)?,
    };
    Ok((row.get(0)?, release, row.get(5)?))
}

fn whole((seq, release, cells): Read) -> Result<(u64, Release), StoreError> {
    Ok((seq, Release { cells: read_cells(&cells)?, ..release }))
}
