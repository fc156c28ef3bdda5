//! The loop while the server runs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::{Outcome, TrainError, TrainOptions, step};
use crate::collect::Registry;
use crate::collect::release::{Unreleased, release_due};
use crate::signing::Signer;
use crate::store::Store;

/// Calls `round` at this interval until the task is dropped. Failures are logged; the next round tries again.
pub async fn work(every: Duration, round: impl Fn() -> Result<Outcome, TrainError> + Send + Sync + 'static) {
    let round = Arc::new(round);
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let round = Arc::clone(&round);
        match tokio::task::spawn_blocking(move || round()).await {
            Ok(Ok(outcome)) if outcome.is_quiet() => {}
            Ok(Ok(outcome)) => tracing::info!("learning: {outcome:?}"),
            Ok(Err(error)) => tracing::error!(code = error.code(), "learning waits: {error}"),
            Err(_) => tracing::error!("a round of learning was cut short"),
        }
    }
}

/// How long after the end of its window a sum is released by itself: devices send up to six hours later, and clocks may be an
/// hour wrong. Whoever releases by hand is trusted to know.
const LATE_S: u64 = 8 * 3_600;

/// Releases the sums that are due, then takes a [`step`]. What could not be released is told to `unreleased`, and keeps
/// back nothing else. Several processes on one data folder do not disturb each other: every change is one transaction.
///
/// # Errors
/// As for [`step`].
pub fn round(
    store: &Store,
    signer: &Signer,
    options: &TrainOptions,
    now: u64,
    unreleased: &mut dyn FnMut(&[Unreleased]),
) -> Result<Outcome, TrainError> {
    let due = release_due(store, &Registry::load(store)?, now.saturating_sub(LATE_S))?;
    unreleased(&due.failed);
    step(store, signer, options, now)
}

/// Tells of every sum that cannot be released once, not in every round.
#[derive(Debug, Default)]
pub struct Told(BTreeSet<(String, u32, u32, &'static str)>);

impl Told {
    /// Logs what was not told before.
    pub fn tell(&mut self, unreleased: &[Unreleased]) {
        let mut current = BTreeSet::new();
        for Unreleased { task, name, part, window, error } in unreleased {
            let about = (task.clone(), *part, *window, error.code());
            if !self.0.contains(&about) {
                tracing::error!(
                    code = error.code(),
                    task,
                    part,
                    window,
                    "a sum of `{name}` is not released: {error}"
                );
            }
            current.insert(about);
        }
        self.0 = current;
    }
}
