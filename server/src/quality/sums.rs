//! The released windows of a task.

use homebody_learn::from_sums::Released;
use homebody_protocol::mechanism::Totals;
use homebody_protocol::task::{Measurement, Task};

use super::Source;
use crate::store::{Store, StoreError};
use crate::train::task_of;

/// A task of one part, and what was released of it.
pub(super) struct Sums {
    id: String,
    pub(super) task: Task,
    /// Oldest first.
    pub(super) windows: Vec<Window>,
}

/// A released window.
pub(super) struct Window {
    pub(super) number: u32,
    release: u64,
    reports: u64,
    pub(super) released: Released,
}

impl Sums {
    /// Those that are read here, of every task that something was released of.
    pub(super) fn all(store: &Store) -> Result<Vec<Self>, StoreError> {
        use Measurement as M;
        let mut all = Vec::new();
        for stored in store.tasks()? {
            let Some(task) = task_of(&stored) else { continue };
            let is_read = matches!(
                task.measurement,
                M::Calibration { .. }
                    | M::Intent { .. }
                    | M::Evaluation { .. }
                    | M::Gate { .. }
                    | M::Drift { .. }
                    | M::OffPolicy { .. }
                    | M::Decisions {}
            );
            if !is_read {
                continue;
            }
            let mut windows = Vec::new();
            for release in store.releases_of(&stored.id)? {
                if let Some(found) = store.released(release)? {
                    let totals = Totals { reports: found.reports, cells: found.cells };
                    let released = Released::of(&task, &totals);
                    windows.push(Window { number: found.window, release, reports: totals.reports, released });
                }
            }
            windows.sort_by_key(|window| window.number);
            if !windows.is_empty() {
                all.push(Self { id: stored.id, task, windows });
            }
        }
        Ok(all)
    }

    /// Number of the newest release.
    pub(super) fn last(&self) -> u64 {
        self.windows.iter().map(|window| window.release).max().unwrap_or(0)
    }

    /// All windows together.
    pub(super) fn together(&self) -> Option<Released> {
        together(&self.windows)
    }

    /// Where the windows from one on come from.
    pub(super) fn source(&self, windows: &[Window]) -> Source {
        let newest = windows.iter().map(|window| window.number).max().unwrap_or(0);
        Source {
            task: self.id.clone(),
            name: self.task.name.clone(),
            windows: windows.len() as u64,
            reports: windows.iter().map(|window| window.reports).sum(),
            ends_at: self.task.window_starts_at(newest) + u64::from(self.task.window_s),
        }
    }
}

/// Windows together.
pub(super) fn together(windows: &[Window]) -> Option<Released> {
    let released: Vec<Released> = windows.iter().map(|window| window.released.clone()).collect();
    Released::together(&released)
}
