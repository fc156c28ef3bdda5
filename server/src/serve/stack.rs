//! The middleware of the private side, as one stack.

use std::any::Any;
use std::time::Duration;

use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::{BoxError, Router};
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;

use super::problem::{self, Problem};
use crate::config::LimitsConfig;

/// Outermost first: problem details for plain errors, too many at once, panics, body size, body
/// time, other sites' pages. There is no
/// limit on the time of a whole request: an import may take minutes, and its body is bounded.
pub(crate) fn wrap<S: Clone + Send + Sync + 'static>(router: Router<S>, limits: &LimitsConfig) -> Router<S> {
    let stack = ServiceBuilder::new()
        .layer(axum::middleware::map_response(problem::from_plain))
        .layer(HandleErrorLayer::new(overloaded))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(limits.concurrent_requests))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(RequestBodyLimitLayer::new(limits.body_bytes))
        .layer(RequestBodyDeadlineLayer::new(Duration::from_millis(limits.body_timeout_ms)))
        .layer(CsrfLayer::new().with_rejection_response(cross_site));
    router.layer(stack)
}

async fn overloaded(_: BoxError) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_requests_at_once", "too many requests at once")
        .fix("try again, or raise limits.concurrent_requests")
        .retry_after_s(1)
}

fn cross_site(_: ProtectionError) -> Response<Body> {
    Problem::new(StatusCode::FORBIDDEN, "cross_site_request", "a page of another site sent this request")
        .into_response()
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a request handler panicked; the request was answered 500");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something went wrong; the server's log says more",
    )
    .into_response()
}
