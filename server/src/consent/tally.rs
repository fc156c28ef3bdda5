//! Counts that are not written yet.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::{Cell, Counts, Store, StoreError};

/// Most cells between two writes. Notices, their languages and variants, and countries are few; only a full disk and
/// forged regions could ask for more.
const MAX_CELLS: usize = 20_000;

/// Counts in memory: a decision is one addition here, and becomes part of a sum on disk with the next write. What a
/// killed process had not written is lost; a count is no receipt.
#[derive(Debug, Default)]
pub struct Tally {
    counts: Mutex<Counts>,
}

impl Tally {
    /// Counts one. When 20,000 cells wait, only those that are there already count on; `false` says that it did not.
    pub fn add(&self, cell: Cell) -> bool {
        let mut counts = self.lock();
        let has_room = counts.len() < MAX_CELLS || counts.contains_key(&cell);
        if has_room {
            *counts.entry(cell).or_insert(0) += 1;
        }
        has_room
    }

    /// Adds what was counted to the store. When that fails it stays here, for the next time.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn write(&self, store: &Store) -> Result<(), StoreError> {
        let counts = std::mem::take(&mut *self.lock());
        if counts.is_empty() {
            return Ok(());
        }
        let written = store.add_decisions(&counts);
        if written.is_err() {
            let mut newer = self.lock();
            for (cell, count) in counts {
                *newer.entry(cell).or_insert(0) += count;
            }
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(region: usize) -> Cell {
        let text = |text: &str| text.to_owned();
        Cell {
            notice: text("n"),
            region: region.to_string(),
            language: text("de"),
            variant: String::new(),
            action: text("accept"),
            day: text("2026-11-26"),
        }
    }

    #[test]
    fn it_is_bounded_and_known_cells_count_on() {
        let tally = Tally::default();
        assert!((0..MAX_CELLS).all(|region| tally.add(cell(region))));
        assert!(!tally.add(cell(MAX_CELLS)));
        assert!(tally.add(cell(0)));
        assert_eq!(tally.lock()[&cell(0)], 2);
    }

    #[test]
    fn what_cannot_be_written_is_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let tally = Tally::default();
        tally.add(cell(1));
        let full = rusqlite::Connection::open(folder.path().join(crate::store::DATABASE_FILE)).unwrap();
        full.execute_batch("ALTER TABLE decision_counts RENAME TO away").unwrap();
        assert!(tally.write(&store).is_err());
        tally.add(cell(1));
        full.execute_batch("ALTER TABLE away RENAME TO decision_counts").unwrap();
        tally.write(&store).unwrap();
        tally.write(&store).unwrap();
        assert_eq!(store.decisions().unwrap(), Counts::from([(cell(1), 2)]));
    }
}
