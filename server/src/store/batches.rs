//! Running sums of `trusted` and `local` tasks.

use homebody_protocol::mechanism::Totals;
use homebody_protocol::report::Report;
use homebody_protocol::task::Task;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{Store, StoreError};

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is part of the sum.
    Added,
    /// It was part of the sum before.
    Known,
    /// Its batch takes no more.
    Closed,
}

/// A batch as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The part's id.
    pub part: [u8; 32],
    /// The task's window.
    pub window: u32,
    /// `open`, `released` or `dropped`.
    pub state: String,
    /// Reports in it; 0 once it is closed.
    pub reports: u64,
}

impl Store {
    /// Adds reports, each once, all in one transaction; what became of each, in the same order. The vectors are gone with
    /// it, only their sum is written.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written; then none is added.
    pub fn take_reports(&self, reports: &[(&Task, &Report)]) -> Result<Vec<Taken>, StoreError> {
        self.write(|transaction| {
            let mut open = std::collections::BTreeMap::new();
            let mut taken = Vec::with_capacity(reports.len());
            for (task, report) in reports {
                let key = (report.part.0, report.window);
                let sums = match open.entry(key) {
                    std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                    std::collections::btree_map::Entry::Vacant(entry) => {
                        entry.insert(open_batch(transaction, &key, task)?)
                    }
                };
                taken.push(take(transaction, sums.as_mut(), report)?);
            }
            for ((part, window), sums) in open {
                let Some(sums) = sums else { continue };
                write_batch(transaction, &part, window, &sums)?;
            }
            Ok(taken)
        })
    }

    /// All batches, those of one part together.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn batches(&self) -> Result<Vec<Batch>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT part, window, state, reports FROM batches ORDER BY part, window")?;
        let batches = statement.query_map([], |row| {
            Ok(Batch { part: row.get(0)?, window: row.get(1)?, state: row.get(2)?, reports: row.get(3)? })
        })?;
        Ok(batches.collect::<Result<_, _>>()?)
    }

    /// Closes a batch: `released` takes its sums, which are then gone from here, together with the names of its reports
    /// once the window takes no more. In the caller's transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn close_batch(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        window: u32,
        state: &str,
    ) -> Result<(), StoreError> {
        transaction.execute(
            "INSERT INTO batches (part, window, state, reports, cells) VALUES (?1, ?2, ?3, 0, x'')
             ON CONFLICT DO UPDATE SET state = excluded.state, reports = 0, cells = x''",
            params![part, window, state],
        )?;
        Ok(())
    }

    /// The sums of an open batch; none when there is none, or when it is closed. In the caller's transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn open_sums(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        window: u32,
    ) -> Result<Option<Totals>, StoreError> {
        let sql = "SELECT reports, cells FROM batches WHERE part = ?1 AND window = ?2 AND state = 'open'";
        let found: Option<(u64, Vec<u8>)> = transaction
            .query_row(sql, params![part, window], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        found.map(|(reports, cells)| Ok(Totals { reports, cells: read_cells(&cells)? })).transpose()
    }

    /// Forgets the names of reports of windows that take no more: all below `window`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn forget_nonces(&self, part: &[u8; 32], window: u32) -> Result<usize, StoreError> {
        self.write(|transaction| {
            let sql = "DELETE FROM report_nonces WHERE part = ?1 AND window < ?2";
            Ok(transaction.execute(sql, params![part, window])?)
        })
    }
}

/// The sums of a batch, begun when there are none; `None` when it is closed.
fn open_batch(
    transaction: &Transaction<'_>,
    (part, window): &([u8; 32], u32),
    task: &Task,
) -> Result<Option<Totals>, StoreError> {
    let sql = "SELECT state, reports, cells FROM batches WHERE part = ?1 AND window = ?2";
    let found: Option<(String, u64, Vec<u8>)> = transaction
        .prepare_cached(sql)?
        .query_row(params![part, window], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match found {
        None => Ok(Some(Totals::new(task))),
        Some((state, reports, cells)) if state == "open" => {
            Ok(Some(Totals { reports, cells: read_cells(&cells)? }))
        }
        Some(_) => Ok(None),
    }
}

fn take(
    transaction: &Transaction<'_>,
    sums: Option<&mut Totals>,
    report: &Report,
) -> Result<Taken, StoreError> {
    let Some(sums) = sums else {
        let sql = "SELECT 1 FROM report_nonces WHERE part = ?1 AND nonce = ?2";
        let is_known = transaction.prepare_cached(sql)?.exists(params![report.part.0, report.nonce])?;
        return Ok(if is_known { Taken::Known } else { Taken::Closed });
    };
    let is_new = transaction
        .prepare_cached(
            "INSERT INTO report_nonces (part, nonce, window) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![report.part.0, report.nonce, report.window])?;
    if is_new == 0 {
        return Ok(Taken::Known);
    }
    match sums.add(report) {
        true => Ok(Taken::Added),
        false => Err(StoreError::damaged("batch", "its length is not the task's")),
    }
}

fn write_batch(
    transaction: &Transaction<'_>,
    part: &[u8; 32],
    window: u32,
    sums: &Totals,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO batches (part, window, state, reports, cells) VALUES (?1, ?2, 'open', ?3, ?4)
             ON CONFLICT DO UPDATE SET reports = excluded.reports, cells = excluded.cells",
        )?
        .execute(params![part, window, sums.reports, write_cells(&sums.cells)])?;
    Ok(())
}

/// Little-endian, 8 bytes a cell.
pub(super) fn write_cells(cells: &[i64]) -> Vec<u8> {
    cells.iter().flat_map(|cell| cell.to_le_bytes()).collect()
}

pub(super) fn read_cells(bytes: &[u8]) -> Result<Vec<i64>, StoreError> {
    let (cells, rest) = bytes.as_chunks::<8>();
    match rest.is_empty() {
        true => Ok(cells.iter().map(|cell| i64::from_le_bytes(*cell)).collect()),
        false => Err(StoreError::damaged("sums", "not whole numbers of 8 bytes")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homebody_protocol::report::Body;

    /// The database may not grow any more: what is refused is not there in part, and counts once when it comes again.
    #[test]
    fn a_full_store_takes_a_group_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let task = include_str!("../../../core/protocol/testdata/tasks/gate.json");
        let task = Task::from_json(task).unwrap();
        let vector = |cell: u32| (0..4).map(|at| u32::from(at == cell % 4)).collect();
        let report = |number: u32| Report {
            part: task.id().part(0),
            window: 0,
            nonce: u128::from(number + 1).to_le_bytes(),
            body: Body::Vector(vector(number)),
        };
        let reports: Vec<Report> = (0..2_000).map(report).collect();
        let group: Vec<(&Task, &Report)> = reports.iter().map(|report| (&task, report)).collect();
        assert_eq!(store.take_reports(&group[..4]).unwrap(), vec![Taken::Added; 4]);
        let limit = |pages: u32| {
            store
                .connection()
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
                .unwrap();
        };
        limit(1);
        assert!(matches!(store.take_reports(&group), Err(StoreError::Full)));
        let sums = |store: &Store| {
            store
                .write(|transaction| Store::open_sums(transaction, &task.id().part(0).0, 0))
                .unwrap()
                .unwrap()
        };
        assert_eq!((sums(&store).reports, sums(&store).cells), (4, vec![1; 4]));
        limit(u32::MAX - 1);
        let taken = store.take_reports(&group).unwrap();
        assert_eq!(taken.iter().filter(|taken| **taken == Taken::Known).count(), 4);
        assert_eq!((sums(&store).reports, sums(&store).cells), (2_000, vec![500; 4]));
    }
}
