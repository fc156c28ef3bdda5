//! Releasing sums: once, whole, with their noise, and never for fewer reports than the task says.

use homebody_protocol::dap::{
    CollectionJobReq, CollectionJobResp, Decode as _, Encode as _, Query, Role, TaskId,
};
use homebody_protocol::split::{open_aggregate, unshard};
use homebody_protocol::task::{Mode, Task};

use super::helper::HelperError;
use super::{CollectError, Part, Registry, leader, noise};
use crate::store::{CollectionState, Release, Store, StoreError, TaskRole};

/// What came of the wish to release a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is released.
    Released(Release),
    /// Both aggregators are at it; ask again.
    Pending,
}

/// Releases a window of a part, once it is over.
///
/// # Errors
/// [`CollectError::WindowOpen`], [`CollectError::BatchTooSmall`], [`CollectError::BatchClosed`], and as the store says.
pub fn release(store: &Store, part: &Part, window: u32, now: u64) -> Result<Outcome, CollectError> {
    let task = part.signed()?;
    let ends_at = task.window_starts_at(window) + u64::from(task.window_s);
    if now < ends_at || ends_at > u64::from(task.ends_at) {
        return Err(CollectError::WindowOpen(window));
    }
    match task.mode {
        Mode::Split { .. } => release_split(store, part, task, window, now),
        _ => release_sums(store, part, task, window, now).map(Outcome::Released),
    }
}

/// What came of all that was due.
#[derive(Debug, Default)]
pub struct Due {
    /// What is released now.
    pub released: Vec<Release>,
    /// What could not be, though it is over and large enough.
    pub failed: Vec<Unreleased>,
}

/// A sum that could not be released.
#[derive(Debug)]
pub struct Unreleased {
    /// SHA-256 of the task, 64 hexadecimal digits.
    pub task: String,
    /// Its name.
    pub name: String,
    /// Number of the part.
    pub part: u32,
    /// The task's window.
    pub window: u32,
    /// Why. After [`CollectError::Refused`] it never will be; after anything else it is tried again the next time.
    pub error: CollectError,
}

/// Releases all windows that are over and large enough, each by itself: one that fails keeps back no other. What a
/// collector elsewhere asks for is not ours to release.
///
/// # Errors
/// [`StoreError`] when it cannot be said what is released already.
pub fn release_due(store: &Store, registry: &Registry, now: u64) -> Result<Due, StoreError> {
    let mut due = Due::default();
    for part in registry.parts().filter(|part| collects_here(part)) {
        let windows = part.task.as_ref().and_then(|task| windows_over(task, now));
        for window in windows.into_iter().flatten() {
            if store.is_released(&part.task_id, part.number, window)? {
                continue;
            }
            match release(store, part, window, now) {
                Ok(Outcome::Released(release)) => due.released.push(release),
                Ok(Outcome::Pending)
                | Err(CollectError::BatchTooSmall { .. } | CollectError::BatchClosed(_)) => {}
                Err(error) => due.failed.push(Unreleased {
                    task: part.task_id.to_string(),
                    name: part.name.to_string(),
                    part: part.number,
                    window,
                    error,
                }),
            }
        }
    }
    Ok(due)
}

/// Sums of split tasks that the helper refused for good, of all windows.
///
/// # Errors
/// [`StoreError`] when the database cannot be read.
pub fn refused(store: &Store, registry: &Registry) -> Result<Vec<Unreleased>, StoreError> {
    let mut refused = Vec::new();
    for (id, request, problem) in store.refused_collections()? {
        let Some(part) = registry.part(&id) else { continue };
        let Some(task) = part.task.as_ref() else { continue };
        let Ok(CollectionJobReq { query: Query::TimeInterval(interval), .. }) =
            CollectionJobReq::get_decoded(&request)
        else {
            continue;
        };
        let (first, window) = (part.interval(task, 0), part.interval(task, 0).duration.max(1));
        refused.push(Unreleased {
            task: part.task_id.to_string(),
            name: part.name.to_string(),
            part: part.number,
            window: u32::try_from(interval.start.saturating_sub(first.start) / window).unwrap_or(u32::MAX),
            error: CollectError::Refused(problem),
        });
    }
    Ok(refused)
}

/// Whether sums of a part are opened by this server.
fn collects_here(part: &Part) -> bool {
    match (&part.split, part.role) {
        (_, TaskRole::Helper) => false,
        (Some(split), _) => split.collector_key.is_some(),
        (None, _) => true,
    }
}

/// The windows that are over and whose reports are still known, oldest first.
fn windows_over(task: &Task, now: u64) -> Option<std::ops::Range<u32>> {
    let since_start = now.checked_sub(task.starts_at.into())?;
    let window_s = u64::from(task.window_s.max(1));
    let all = u64::from(task.ends_at - task.starts_at) / window_s;
    let over = u32::try_from((since_start / window_s).min(all)).ok()?;
    Some(over.saturating_sub(WINDOWS_KEPT)..over)
}

/// Windows after which a batch that has not become large enough never will: two for reports that come late, one for
/// whoever releases.
const WINDOWS_KEPT: u32 = 4;

fn release_sums(
    store: &Store,
    part: &Part,
    task: &Task,
    window: u32,
    now: u64,
) -> Result<Release, CollectError> {
    store.write(|transaction| {
        let sums = Store::open_sums(transaction, &part.id, window)?;
        let sums = sums.ok_or(CollectError::BatchClosed(window))?;
        let least = task.min_batch_size;
        if sums.reports < u64::from(least) {
            return Err(CollectError::BatchTooSmall { reports: sums.reports, least });
        }
        let mut cells = sums.cells;
        let noise = noise::draw(part.noise(), cells.len())?;
        cells.iter_mut().zip(noise).for_each(|(cell, noise)| *cell += noise);
        let release = record(part, window, sums.reports, cells, now);
        if !Store::add_release(transaction, &release)? {
            return Err(CollectError::BatchClosed(window));
        }
        Store::close_batch(transaction, &part.id, window, "released")?;
        Ok(release)
    })
}

/// As its own collector: asks both aggregators, and opens what they answer.
fn release_split(
    store: &Store,
    part: &Part,
    task: &Task,
    window: u32,
    now: u64,
) -> Result<Outcome, CollectError> {
    let split = part.split.as_ref().filter(|_| part.role == TaskRole::Leader);
    let split = split.ok_or(CollectError::NotSplit("leader"))?;
    let key = split.collector_key.as_ref().ok_or(CollectError::NotSplit("collector"))?;
    if store.is_released(&part.task_id, part.number, window)? {
        return Err(CollectError::BatchClosed(window));
    }
    let collection = leader::interval_query(part.interval(task, window));
    let body = collection.get_encoded().unwrap_or_default();
    let job =
        leader::ask_collection(store, part, &body, None, now).map_err(|error| told(error, task, window))?;
    let answer = match job.state {
        CollectionState::Waiting => return Ok(Outcome::Pending),
        CollectionState::Failed(problem) => return Err(CollectError::Refused(problem)),
        CollectionState::Ready(answer) => answer,
    };
    let damaged = |error| StoreError::Damaged { what: "collection", reason: format!("{error}") };
    let answer = CollectionJobResp::get_decoded(&answer).map_err(damaged)?;
    let id = TaskId(part.id);
    let request = CollectionJobReq::get_decoded(&job.request).map_err(damaged)?;
    let open = |role, sealed| open_aggregate(key, role, id, &split.wire, &request, sealed);
    let leader = open(Role::Leader, &answer.leader_share)?;
    let helper = open(Role::Helper, &answer.helper_share)?;
    let release = record(part, window, answer.report_count, unshard(&leader, &helper)?, now);
    store.write(|transaction| match Store::add_release(transaction, &release)? {
        true => Ok::<_, CollectError>(()),
        false => Err(CollectError::BatchClosed(window)),
    })?;
    Ok(Outcome::Released(release))
}

fn told(error: HelperError, task: &Task, window: u32) -> CollectError {
    use homebody_protocol::dap::Problem;
    match error {
        HelperError::Problem(Problem::InvalidBatchSize) => {
            CollectError::BatchTooSmall { reports: 0, least: task.min_batch_size }
        }
        HelperError::Problem(Problem::BatchOverlap) => CollectError::BatchClosed(window),
        HelperError::Store(error) => error.into(),
        HelperError::Split(error) => error.into(),
        other => CollectError::Peer(other.to_string()),
    }
}

fn record(part: &Part, window: u32, reports: u64, cells: Vec<i64>, now: u64) -> Release {
    Release { task: part.task_id.to_string(), part: part.number, window, reports, cells, at: now }
}

/// Forgets names of reports of windows that take no more, and drops batches that never became large enough: two windows
/// together would say more of a visitor than the ledger was told.
///
/// # Errors
/// [`StoreError`] when the database cannot be written.
pub(super) fn forget(store: &Store, part: &Part, task: &Task, now: u64) -> Result<(), StoreError> {
    let Some(over) = windows_over(task, now) else { return Ok(()) };
    store.forget_nonces(&part.id, over.start)?;
    let stale: Vec<u32> = store
        .batches()?
        .into_iter()
        .filter(|batch| batch.part == part.id && batch.window < over.start && batch.state == "open")
        .map(|batch| batch.window)
        .collect();
    store.write(|transaction| {
        stale.iter().try_for_each(|window| Store::close_batch(transaction, &part.id, *window, "dropped"))
    })
}
