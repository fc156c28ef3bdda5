//! Follows the store: another process may import and publish at any time. And writes to it what was counted.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::state::ServeState;
use crate::store::Store;

/// Looks for a new publication, notice or task at the configured interval until the task is dropped.
pub(crate) async fn watch(state: Arc<ServeState>, store: Arc<Store>) {
    let mut ticks = tokio::time::interval(Duration::from_millis(state.config.limits.watch_interval_ms));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (state, store) = (Arc::clone(&state), Arc::clone(&store));
        let look = tokio::task::spawn_blocking(move || {
            let _logged = state.refresh(&store);
            let _logged = state.refresh_notices(&store);
            let _logged = state.refresh_account(&store);
            state.collecting.get().inspect(|collecting| collecting.refresh());
        });
        // Failures are logged and counted where they happen; the next tick tries again.
        let _seen = look.await;
    }
}

/// Writes what was counted at the configured interval until the task is dropped; first after one, since nothing is counted
/// before.
pub(crate) async fn write_counts(state: Arc<ServeState>, store: Arc<Store>) {
    let every = Duration::from_millis(state.config.consent.write_interval_ms);
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        write_once(&state, &store).await;
    }
}

/// Writes what was counted. What cannot be written is logged there and waits for the next time.
pub(crate) async fn write_once(state: &Arc<ServeState>, store: &Arc<Store>) {
    let (state, store) = (Arc::clone(state), Arc::clone(store));
    let _logged = tokio::task::spawn_blocking(move || state.write_counts(&store)).await;
}
