//! The Distributed Aggregation Protocol, draft 18: `split` tasks.
//!
//! | address below `/dap` | role |
//! | --- | --- |
//! | `hpke_config` | both |
//! | `tasks/{task}/reports`, `tasks/{task}/collection_jobs…` | leader |
//! | `tasks/{task}/aggregation_jobs…`, `tasks/{task}/aggregate_shares…` | helper |
//!
//! Jobs are made by POST, and the helper names them; peers on their way to draft 18 (Janus) make them by PUT and name
//! them themselves, which is taken too.

mod answer;
mod helper;
mod leader;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde::Deserialize;

use super::consent;
use super::data;
use super::state::ServeState;

use helper::{Aggregations, Shares};
pub(crate) use leader::{__path_hpke_config, __path_upload, hpke_config, upload};

/// What an address names: a task's part, and within it a job; a request that makes one may leave its name to us.
#[derive(Deserialize)]
struct Address {
    task: String,
    job: Option<String>,
}

/// All of them.
pub(super) fn routes() -> Router<Arc<ServeState>> {
    Router::new()
        .route("/hpke_config", get(hpke_config).options(data::preflight).fallback(data::wrong_method))
        .route(
            "/tasks/{task}/reports",
            post(upload).options(consent::preflight).fallback(consent::wrong_method),
        )
        .route("/tasks/{task}/collection_jobs", post(leader::collect))
        .route(
            "/tasks/{task}/collection_jobs/{job}",
            get(leader::poll).put(leader::collect).delete(leader::abandon),
        )
        .route("/tasks/{task}/aggregation_jobs", post(helper::make::<Aggregations>))
        .route(
            "/tasks/{task}/aggregation_jobs/{job}",
            get(helper::read::<Aggregations>)
                .put(helper::make::<Aggregations>)
                .post(helper::go_on)
                .delete(helper::forget::<Aggregations>),
        )
        .route("/tasks/{task}/aggregate_shares", post(helper::make::<Shares>))
        .route(
            "/tasks/{task}/aggregate_shares/{job}",
            get(helper::read::<Shares>).put(helper::make::<Shares>).delete(helper::forget::<Shares>),
        )
}
