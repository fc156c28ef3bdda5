//! Follows the store: another process may import and publish at any time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::state::ServeState;
use crate::store::Store;

/// Looks for a new publication at the configured interval until the task is dropped.
pub(crate) async fn watch(state: Arc<ServeState>, store: Store) {
    let store = Arc::new(store);
    let mut ticks = tokio::time::interval(Duration::from_millis(state.config.limits.watch_interval_ms));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (state, store) = (Arc::clone(&state), Arc::clone(&store));
        let look = tokio::task::spawn_blocking(move || state.refresh(&store));
        // Failures are logged and counted where they happen; the next tick tries again.
        let _seen = look.await;
    }
}
