//! How visitors decide, as a page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

use super::work::{on_store, unix_now};
use crate::consent;
use crate::serve::problem::Problem;
use crate::serve::rates::{self, Rates};
use crate::serve::state::ServeState;

/// How visitors decide, notice by notice, as a page without scripts: the figures of `/v1/admin/consent/counts` as rates
/// with 95 % intervals.
#[utoipa::path(
    get, path = "/consent", tag = "admin",
    responses(
        (status = 200, description = "The page. A browser may send the token as the password of the basic scheme", body = String, content_type = "text/html"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn page(State(state): State<Arc<ServeState>>) -> Result<Response<Body>, Problem> {
    let page = on_store(&state, |store, state| {
        // What waits in memory first; when it cannot be written, what is there is shown without it.
        let _logged = state.write_counts(store);
        let figures = consent::figures_of(store, unix_now())?;
        Ok(rates::of(&Rates::draw(store, &state.config.site, &figures)?))
    });
    Ok(page.await?.private())
}
