//! For load balancers, monitoring and generators of clients.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::serve::problem::Problem;
use crate::serve::state::ServeState;

/// The process is alive.
#[utoipa::path(
    get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "The process answers", body = String, content_type = "text/plain"))
)]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Traffic may come: something is published and the server is not shutting down.
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses(
        (status = 200, description = "Ready", body = String, content_type = "text/plain"),
        (status = 503, description = "Not ready: nothing is published, or shutting down", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn readyz(State(state): State<Arc<ServeState>>) -> Result<&'static str, Problem> {
    let unavailable =
        |code, detail| Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after_s(1);
    if state.is_draining() {
        return Err(unavailable("shutting_down", "the server is shutting down"));
    }
    match state.version() {
        Some(_) => Ok("ready\n"),
        None => Err(unavailable("not_published", "nothing is published yet").fix("run `homebody publish`")),
    }
}

/// Counters in the OpenMetrics text format.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses(
        (status = 200, description = "OpenMetrics", body = String, content_type = "application/openmetrics-text"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn metrics(State(state): State<Arc<ServeState>>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], state.metrics.text())
}

pub(crate) async fn openapi(text: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text)
}

pub(crate) async fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address")
        .fix("GET /openapi.json lists every address")
}
