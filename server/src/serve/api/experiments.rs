//! What became of experiments, as a page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

use super::work::on_store;
use crate::collect::experiments::experiments;
use crate::serve::experiments;
use crate::serve::problem::Problem;
use crate::serve::state::ServeState;

/// What became of experiments, as a page without scripts: each metric by variant with its unit and 95 % interval, from the
/// newest released sum of each task.
#[utoipa::path(
    get, path = "/experiments", tag = "admin",
    responses(
        (status = 200, description = "The page. A browser may send the token as the password of the basic scheme", body = String, content_type = "text/html"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn page(State(state): State<Arc<ServeState>>) -> Result<Response<Body>, Problem> {
    let page = on_store(&state, |store, state| Ok(experiments::of(&state.config.site, &experiments(store)?)));
    Ok(page.await?.private())
}
