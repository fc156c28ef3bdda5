//! The private side's first page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

use crate::serve::contents;
use crate::serve::problem::Problem;
use crate::serve::state::ServeState;

/// Which pages the private side has, as a page without scripts.
#[utoipa::path(
    get, path = "/", tag = "admin",
    responses(
        (status = 200, description = "The page. A browser may send the token as the password of the basic scheme", body = String, content_type = "text/html"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn page(State(state): State<Arc<ServeState>>) -> Response<Body> {
    contents::of(&state.config.site).private()
}
