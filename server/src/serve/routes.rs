//! All routes, on one screen.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::ServeState;
use super::{api, auth, collect, consent, dap, data, problem, stack};

/// The public side. Bare: no middleware stack, nearly every answer is ready-made.
pub fn app(state: Arc<ServeState>) -> Router {
    Router::new()
        .route("/v1/manifest.json", get(data::manifest).options(data::preflight).fallback(data::wrong_method))
        .route("/v1/blobs/{sha256}", get(data::blob).options(data::preflight).fallback(data::wrong_method))
        .route("/v1/consent.json", get(consent::answer).options(data::preflight).fallback(data::wrong_method))
        .route(
            "/v1/notices/{sha256}",
            get(consent::notice).options(data::preflight).fallback(data::wrong_method),
        )
        .route(
            "/v1/decisions",
            post(consent::decide).options(consent::preflight).fallback(consent::wrong_method),
        )
        .route(
            "/v1/receipts",
            post(consent::sign).options(consent::preflight).fallback(consent::wrong_method),
        )
        .route("/v1/tasks", get(collect::tasks).options(data::preflight).fallback(data::wrong_method))
        .route(
            "/v1/reports/{task}",
            post(collect::report).options(consent::preflight).fallback(consent::wrong_method),
        )
        .nest("/dap", dap::routes())
        .route("/v1/key.json", get(data::key).options(data::preflight).fallback(data::wrong_method))
        .route("/.well-known/gpc.json", get(data::gpc).options(data::preflight).fallback(data::wrong_method))
        .route(
            "/transparency.json",
            get(data::transparency_json).options(data::preflight).fallback(data::wrong_method),
        )
        .route(
            "/.well-known/homebody.json",
            get(data::transparency_json).options(data::preflight).fallback(data::wrong_method),
        )
        .route(
            "/transparency",
            get(data::transparency_page).options(data::preflight).fallback(data::wrong_method),
        )
        .fallback(data::site)
        .with_state(state)
}

/// The private side: one stack of limits around all of it, a token before what changes or counts.
pub fn admin_app(state: Arc<ServeState>) -> Router {
    let (guarded, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(api::imports::import_catalog))
        .routes(routes!(api::publications::list, api::publications::publish))
        .routes(routes!(api::publications::rollback))
        .routes(routes!(api::consent::list, api::consent::publish))
        .routes(routes!(api::consent::rollback))
        .routes(routes!(api::consent::counts))
        .routes(routes!(api::health::metrics))
        .split_for_parts();
    // A browser can read these, too.
    let (read, pages) = OpenApiRouter::new()
        .routes(routes!(api::contents::page))
        .routes(routes!(api::export::export))
        .routes(routes!(api::rates::page))
        .routes(routes!(api::quality::figures))
        .routes(routes!(api::quality::page))
        .routes(routes!(api::audience::page))
        .routes(routes!(api::audience::data))
        .routes(routes!(api::experiments::page))
        .split_for_parts();
    document.merge(pages);
    let (open, health) = OpenApiRouter::new()
        .routes(routes!(api::health::healthz))
        .routes(routes!(api::health::readyz))
        .split_for_parts();
    document.merge(health);
    let text = document.to_pretty_json().unwrap_or_default();
    let asked = axum::middleware::from_fn_with_state(Arc::clone(&state), auth::require_token_or_ask);
    let guarded = guarded
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&state), auth::require_token))
        .merge(read.layer(asked))
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
    paths(
        data::manifest, data::blob, data::key, data::gpc, consent::answer, consent::notice, consent::decide,
        consent::sign, collect::tasks, collect::report, dap::hpke_config, dap::upload,
        data::transparency_json, data::transparency_page,
    ),
    tags(
        (name = "public", description = "Served to every visitor: the same for everybody of a region, without state"),
        (name = "admin", description = "For the site's operator"),
        (name = "operations", description = "For load balancers and monitoring")
    )
)]
struct Document;
