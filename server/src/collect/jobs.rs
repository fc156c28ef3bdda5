//! Work that goes on while the server runs: aggregation, collection, forgetting.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::time::MissedTickBehavior;

use super::{Client, KeyRing, Part, Registry, leader};
use crate::config::CollectConfig;
use crate::serve::unix_now;
use crate::store::{Store, StoreError, TaskRole};

/// Seconds that an answer to a leader is kept: longer than it tries at the longest interval.
const ANSWERS_KEPT_S: u64 = 7 * 86_400;

/// Seconds between two rounds of forgetting.
const FORGET_EVERY_S: u64 = 600;

/// Works until the task is dropped. Failures are logged; the next round tries again.
pub async fn work(
    store: Arc<Store>,
    registry: Arc<ArcSwap<Registry>>,
    keys: Arc<ArcSwap<KeyRing>>,
    config: CollectConfig,
) {
    let mut ticks = tokio::time::interval(Duration::from_millis(config.job_interval_ms));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let client = Client { patience: Duration::from_millis(config.helper_timeout_ms) };
    let mut forgotten_at = 0;
    let hurried = Arc::clone(&store);
    if let Ok(Err(error)) = tokio::task::spawn_blocking(move || hurried.hurry()).await {
        tracing::warn!(code = error.code(), "jobs keep their times: {error}");
    }
    loop {
        ticks.tick().await;
        let tasks = registry.load_full();
        if let Err(error) = round(&store, &tasks, &keys.load_full(), client, config.job_reports).await {
            tracing::error!(code = error.code(), "contributions wait: {error}");
        }
        let now = unix_now();
        if now >= forgotten_at + FORGET_EVERY_S {
            forgotten_at = now;
            let store = Arc::clone(&store);
            let forgot = tokio::task::spawn_blocking(move || forget(&store, &tasks, now)).await;
            if let Ok(Err(error)) = forgot {
                tracing::error!(code = error.code(), "old names of reports stay: {error}");
            }
        }
    }
}

/// One round of aggregation and collection: all that is due.
async fn round(
    store: &Arc<Store>,
    tasks: &Arc<Registry>,
    keys: &KeyRing,
    client: Client,
    size: u32,
) -> Result<(), StoreError> {
    let now = unix_now();
    let (on, leads) = (Arc::clone(store), leads(tasks));
    if leads.is_empty() {
        return Ok(());
    }
    let made = tokio::task::spawn_blocking(move || {
        leads.iter().try_for_each(|part| on.make_aggregation_jobs(&part.id, size, now).map(|_| ()))
    });
    made.await.unwrap_or(Ok(()))?;
    while leader::aggregate_next(store, tasks, keys, client, now).await? {}
    while leader::collect_next(store, tasks, client, now).await? {}
    Ok(())
}

fn leads(tasks: &Registry) -> Vec<Arc<Part>> {
    tasks.parts().filter(|part| part.role == TaskRole::Leader).cloned().collect()
}

/// Forgets names of reports that are too old to come again, and drops batches that can be released no more.
fn forget(store: &Store, tasks: &Registry, now: u64) -> Result<(), StoreError> {
    for part in tasks.parts() {
        match (&part.split, &part.task) {
            (Some(_), _) => {
                let answers_before = now.saturating_sub(ANSWERS_KEPT_S);
                store.forget_shares(&part.id, part.oldest(now), answers_before)?;
            }
            (None, Some(task)) => super::release::forget(store, part, task, now)?,
            (None, None) => {}
        }
    }
    Ok(())
}
