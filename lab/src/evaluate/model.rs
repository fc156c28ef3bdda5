//! What can be judged, and how: every case is ranked by a worker of its own thread.

use super::split::{Case, Split};
use crate::dataset::Event;
use anyhow::Result;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Length of the judged lists.
pub const PLACES: usize = 20;
/// Cases a thread takes at a time.
const BATCH: usize = 16;

/// A recommender that has learned.
pub trait Model: Sync {
    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// Bytes it holds for each item of the catalogue.
    fn bytes_per_candidate(&self) -> f64;

    /// Somebody who ranks with it.
    ///
    /// # Errors
    /// When the model cannot be loaded.
    fn worker(&self) -> Result<Box<dyn Worker + '_>>;
}

/// Ranks one case after another.
pub trait Worker {
    /// At most [`PLACES`] items, best first, none of them masked.
    fn rank(&mut self, known: &[Event], case: &Case) -> Vec<u32>;
}

/// Lists of some cases, by the place of the case.
type Found = Vec<(usize, Vec<u32>)>;

/// The lists of all cases, in their order; `tick` is told the number of cases done.
///
/// # Errors
/// When the model cannot be loaded.
pub fn lists(model: &dyn Model, split: &Split, tick: &(dyn Fn(usize) + Sync)) -> Result<Vec<Vec<u32>>> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Found> {
        let mut worker = model.worker()?;
        let mut found = Vec::new();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= split.cases.len() {
                return Ok(found);
            }
            for (index, case) in split.cases.iter().enumerate().skip(start).take(BATCH) {
                found.push((index, worker.rank(&split.known[case.known.clone()], case)));
            }
            tick(start.min(split.cases.len()));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let found: Vec<Result<Found>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut lists = vec![Vec::new(); split.cases.len()];
    for (index, list) in found.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten() {
        lists[index] = list;
    }
    Ok(lists)
}
