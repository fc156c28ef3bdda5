//! How well it works, as JSON and as a page.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use axum::response::IntoResponse as _;

use super::work::on_store;
use crate::quality::Quality;
use crate::serve::problem::Problem;
use crate::serve::quality;
use crate::serve::state::ServeState;

/// What released sums say of predictions, models, click-through and consent, with 95 % intervals.
#[utoipa::path(
    get, path = "/v1/admin/quality", tag = "admin",
    responses(
        (status = 200, description = "The figures. A browser may send the token as the password of the basic scheme", body = Quality),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn figures(State(state): State<Arc<ServeState>>) -> Result<Response<Body>, Problem> {
    let drawn = on_store(&state, |store, _| Ok(Quality::draw(store)?)).await?;
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(drawn)).into_response())
}

/// How well it works, as a page without scripts: the figures of `/v1/admin/quality` with plots.
#[utoipa::path(
    get, path = "/quality", tag = "admin",
    responses(
        (status = 200, description = "The page. A browser may send the token as the password of the basic scheme", body = String, content_type = "text/html"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn page(State(state): State<Arc<ServeState>>) -> Result<Response<Body>, Problem> {
    let page = on_store(&state, |store, state| {
        let floor = state.config.train.click_through_floor;
        Ok(quality::of(&state.config.site, &Quality::draw(store)?, floor))
    });
    Ok(page.await?.private())
}
