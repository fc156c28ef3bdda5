//! All routes, on one screen.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::ServeState;
use super::{api, auth, data, problem, stack};

/// The public side. Bare: no middleware stack, every answer is ready-made.
pub fn app(state: Arc<ServeState>) -> Router {
    Router::new()
        .route("/v1/manifest.json", get(data::manifest).options(data::preflight).fallback(data::wrong_method))
        .route("/v1/blobs/{sha256}", get(data::blob).options(data::preflight).fallback(data::wrong_method))
        .route("/v1/key.json", get(data::key).options(data::preflight).fallback(data::wrong_method))
        .route("/.well-known/gpc.json", get(data::gpc).options(data::preflight).fallback(data::wrong_method))
        .fallback(data::site)
        .with_state(state)
}

/// The private side: one stack of limits around all of it, a token before what changes or counts.
pub fn admin_app(state: Arc<ServeState>) -> Router {
    let (guarded, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(api::imports::import_catalog))
        .routes(routes!(api::publications::list, api::publications::publish))
        .routes(routes!(api::publications::rollback))
        .routes(routes!(api::health::metrics))
        .split_for_parts();
    let (open, health) = OpenApiRouter::new()
        .routes(routes!(api::health::healthz))
        .routes(routes!(api::health::readyz))
        .split_for_parts();
    document.merge(health);
    let text = document.to_pretty_json().unwrap_or_default();
    let guarded = guarded
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&state), auth::require_token))
        .fallback(api::health::unknown);
    // Health stays outside the limits: a busy server is not a dead one.
    let open = open
        .route("/openapi.json", get(move || api::health::openapi(text.clone())))
        .layer(axum::middleware::map_response(problem::from_plain));
    stack::wrap(guarded, &state.config.limits).merge(open).with_state(state)
}

/// The machine-readable description of both sides, served at `/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Homebody",
        description = "What a Homebody server answers. The public side is the same for everybody; the private side \
                       takes a bearer token. Every error is an RFC 9457 problem with a stable `code`.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(data::manifest, data::blob, data::key, data::gpc),
    tags(
        (name = "public", description = "Served to every visitor: immutable, signed, without state"),
        (name = "admin", description = "For the site's operator"),
        (name = "operations", description = "For load balancers and monitoring")
    )
)]
struct Document;
