//! Released windows of the tasks that are read here.

use homebody_learn::from_sums::Released;
use homebody_protocol::mechanism::Totals;
use homebody_protocol::task::{Measurement, Task};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{Store, StoreError};
use crate::train::task_of;

/// Newest windows of a task that are read.
const WINDOWS: usize = 26;

/// A released sum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sum {
    /// The task, 64 hexadecimal digits.
    pub task: String,
    /// Its name.
    pub name: String,
    /// The task's window.
    pub window: u32,
    /// When the window began, unix seconds.
    pub starts_at: u64,
    /// When it ended, unix seconds.
    pub ends_at: u64,
    /// Number of the release.
    pub release: u64,
    /// When it was released, unix seconds.
    pub released_at: u64,
    /// Reports in it.
    pub reports: u64,
}

/// A task with its newest windows, newest first.
pub(super) struct Read {
    pub(super) task: Task,
    pub(super) windows: Vec<(Sum, Released)>,
}

/// The tasks that are read here, most recently released first.
pub(super) fn read(store: &Store) -> Result<Vec<Read>, StoreError> {
    use Measurement as M;
    let mut all = Vec::new();
    for stored in store.tasks()? {
        let Some(task) = task_of(&stored) else { continue };
        if !matches!(task.measurement, M::Diversity { .. } | M::Segments { .. } | M::SecondMoments { .. }) {
            continue;
        }
        let mut windows = Vec::new();
        for release in store.releases_of(&stored.id)?.into_iter().rev().take(WINDOWS) {
            windows.extend(window(store, &task, release)?);
        }
        if !windows.is_empty() {
            all.push(Read { task, windows });
        }
    }
    all.sort_by_key(|read| std::cmp::Reverse(read.windows.first().map_or(0, |(sum, _)| sum.release)));
    Ok(all)
}

fn window(store: &Store, task: &Task, number: u64) -> Result<Option<(Sum, Released)>, StoreError> {
    let Some(release) = store.released(number)? else { return Ok(None) };
    let starts_at = task.window_starts_at(release.window);
    let sum = Sum {
        task: release.task,
        name: task.name.clone(),
        window: release.window,
        starts_at,
        ends_at: starts_at + u64::from(task.window_s),
        release: number,
        released_at: release.at,
        reports: release.reports,
    };
    let released = Released::of(task, &Totals { reports: release.reports, cells: release.cells });
    Ok(Some((sum, released)))
}
