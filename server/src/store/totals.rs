//! What the released windows of a part add up to.
//!
//! Releases are never changed, so that a running total is exact: each step of learning reads only what was released since.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::batches::{read_cells, write_cells};
use super::{Release, Store, StoreError};

/// The windows of a part together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartTotal {
    /// Number of the part.
    pub part: u32,
    /// How many windows: each carries the noise of its release.
    pub windows: u64,
    /// Reports in them.
    pub reports: u64,
    /// Their sums.
    pub cells: Vec<i64>,
    /// Number of the newest release in it.
    pub newest: u64,
}

/// Releases that are added up in one transaction.
const AT_ONCE: u32 = 256;

impl Store {
    /// Adds what was released since the last time; how many releases that were.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn add_up(&self) -> Result<usize, StoreError> {
        let mut all = 0;
        loop {
            if self.unadded()? == 0 {
                return Ok(all);
            }
            all += self.write(|transaction| {
                let known = newest(transaction)?;
                let releases = Self::releases_after(transaction, known, AT_ONCE)?;
                for (seq, release) in &releases {
                    add(transaction, *seq, release)?;
                }
                Ok::<_, StoreError>(releases.len())
            })?;
        }
    }

    /// The totals of a task's parts that anything was released of, by part.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn totals(&self, task: &str) -> Result<Vec<PartTotal>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT part, windows, reports, cells, newest FROM part_totals WHERE task = ?1 ORDER BY part",
        )?;
        let rows = statement.query_map([task], |row| {
            let cells: Vec<u8> = row.get(3)?;
            let (part, windows, reports, newest) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(4)?);
            Ok((PartTotal { part, windows, reports, cells: Vec::new(), newest }, cells))
        })?;
        let mut totals = Vec::new();
        for row in rows {
            let (total, cells) = row?;
            totals.push(PartTotal { cells: read_cells(&cells)?, ..total });
        }
        Ok(totals)
    }

    fn unadded(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM releases
                   WHERE seq > (SELECT coalesce(max(newest), 0) FROM part_totals)";
        Ok(self.connection().query_row(sql, [], |row| row.get(0))?)
    }
}

fn newest(transaction: &Transaction<'_>) -> Result<u64, StoreError> {
    let sql = "SELECT coalesce(max(newest), 0) FROM part_totals";
    Ok(transaction.query_row(sql, [], |row| row.get(0))?)
}

fn add(transaction: &Transaction<'_>, seq: u64, release: &Release) -> Result<(), StoreError> {
    let known: Option<(u64, u64, Vec<u8>)> = transaction
        .query_row(
            "SELECT windows, reports, cells FROM part_totals WHERE task = ?1 AND part = ?2",
            params![release.task, release.part],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let (windows, reports, cells) = match known {
        None => (1, release.reports, release.cells.clone()),
        Some((windows, reports, cells)) => {
            let mut cells = read_cells(&cells)?;
            if cells.len() != release.cells.len() {
                return Err(StoreError::damaged(
                    "sums",
                    "a release is of another length than the one before",
                ));
            }
            cells.iter_mut().zip(&release.cells).for_each(|(sum, by)| *sum = sum.saturating_add(*by));
            (windows + 1, reports + release.reports, cells)
        }
    };
    transaction.execute(
        "INSERT INTO part_totals (task, part, windows, reports, cells, newest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (task, part) DO UPDATE SET windows = ?3, reports = ?4, cells = ?5, newest = ?6",
        params![release.task, release.part, windows, reports, write_cells(&cells), seq],
    )?;
    Ok(())
}
