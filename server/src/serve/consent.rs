//! The public side of consent: what to ask, how many decided how, and receipts.
//!
//! Nobody is told apart here. No cookie, address or user agent is read; the region comes from a header that the edge
//! writes. What is counted is a sum of a day, and what is signed is forgotten with the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use homebody_protocol::consent::{Decision, MAX_DECISION_BYTES, ReceiptRequest, ReceiptSeal, counted_region};
use serde::de::DeserializeOwned;

use super::api::{problem_of, unix_now};
use super::data::public;
use super::notices::Served;
use super::problem::Problem;
use super::state::ServeState;
use super::{gpc, region};
use crate::consent::{day, receipt};
use crate::store::Cell;

/// Bytes of a request for a receipt: twenty purposes with the longest names fit.
const MAX_RECEIPT_BYTES: usize = 2048;

/// What to ask, and where the visitor is.
#[utoipa::path(
    get, path = "/v1/consent.json", tag = "public",
    responses(
        (status = 200, description = "`notice` (SHA-256 of the published file), `region` (ISO 3166, empty when unknown: the strictest), `config` (the file). Counted as `served`, or `served-gpc` with `Sec-GPC: 1`", content_type = "application/json",
         headers(("cache-control" = String, description = "no-store: the region is the visitor's"))),
        (status = 404, description = "No consent configuration is published", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn answer(
    State(state): State<Arc<ServeState>>,
    method: Method,
    headers: HeaderMap,
) -> Response<Body> {
    let notices = state.notices();
    let Some(current) = notices.current() else { return public(unpublished().into_response()) };
    let region = region::of(&state.config.consent, &headers);
    if method == Method::GET {
        let action = if gpc::is_on(&headers) { "served-gpc" } else { "served" };
        state.count(cell(current, &region, "", "", action));
    }
    current.answer(&region, &headers)
}

/// A published consent configuration, byte for byte.
#[utoipa::path(
    get, path = "/v1/notices/{sha256}", tag = "public",
    params(("sha256" = String, Path, description = "64 lower-case hexadecimal digits")),
    responses(
        (status = 200, description = "The file; never changes", content_type = "application/json",
         headers(("etag" = String), ("cache-control" = String, description = "a year, immutable"))),
        (status = 304, description = "The copy at hand is current"),
        (status = 404, description = "No such notice was ever published", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn notice(
    State(state): State<Arc<ServeState>>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    match state.notices().get(&sha256) {
        Some(notice) => notice.file(&headers),
        None => public(unknown_notice(StatusCode::NOT_FOUND).into_response()),
    }
}

/// Counts a decision: one more of its kind, today, in this region. Nothing else is kept.
///
/// The content type does not matter, so that a page can send it with `navigator.sendBeacon`. With `Sec-GPC: 1` nothing
/// is counted, and the answer is the same.
#[utoipa::path(
    post, path = "/v1/decisions", tag = "public",
    request_body(content = String, content_type = "application/json", description = "`notice`, `language`, `variant` (absent without an experiment), `action`: accept, partial, refuse, later, withdraw, noticed or object. At most 512 bytes"),
    responses(
        (status = 204, description = "Counted, or not because of Global Privacy Control"),
        (status = 400, description = "Not a decision", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body did not arrive in time", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than a decision", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A notice, language or variant that is not known", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn decide(
    State(state): State<Arc<ServeState>>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    if gpc::is_on(&headers) {
        return public(StatusCode::NO_CONTENT.into_response());
    }
    let counted = read::<Decision>(&state, body, MAX_DECISION_BYTES)
        .await
        .and_then(|decision| decided(&state, &headers, &decision));
    public(match counted {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    })
}

/// Signs a choice for the visitor to keep. The server keeps nothing of it.
#[utoipa::path(
    post, path = "/v1/receipts", tag = "public",
    request_body(content = String, content_type = "application/json", description = "`notice`, `day` (`YYYY-MM-DD` in UTC, today or yesterday), `choices` (purpose to true or false). At most 2048 bytes"),
    responses(
        (status = 200, description = "`signature` and `key`: Ed25519 over `homebody-receipt-1`, notice, day and one line `purpose=0` or `purpose=1` a choice, in base64", content_type = "application/json"),
        (status = 400, description = "Not a choice", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body did not arrive in time", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than a choice", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A notice, day or purpose that cannot be", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign(State(state): State<Arc<ServeState>>, body: Body) -> Response<Body> {
    let signed = read::<ReceiptRequest>(&state, body, MAX_RECEIPT_BYTES)
        .await
        .and_then(|request| signed(&state, &request));
    public(match signed {
        Ok(seal) => sealed(&seal),
        Err(problem) => problem.into_response(),
    })
}

/// Lets pages of any origin send decisions and choices.
pub(crate) async fn preflight() -> Response<Body> {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, OPTIONS")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type")),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
    ];
    public((StatusCode::NO_CONTENT, headers).into_response())
}

/// For methods that these addresses do not take.
pub(crate) async fn wrong_method() -> Response<Body> {
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this address does not take this method",
    )
    .fix("use POST");
    ([(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"))], problem).into_response()
}

fn decided(state: &ServeState, headers: &HeaderMap, decision: &Decision) -> Result<(), Problem> {
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let notices = state.notices();
    let served = notices.get(&decision.notice).ok_or_else(|| unknown_notice(unprocessable))?;
    if !served.notice.has_language(&decision.language) {
        return Err(Problem::new(
            unprocessable,
            "language_unknown",
            "the notice is not there in this language",
        )
        .fix("send the language the notice was shown in, one of `languages.available`"));
    }
    let variant = decision.variant.as_deref();
    if !variant.is_none_or(|variant| served.notice.has_variant(variant)) {
        return Err(Problem::new(unprocessable, "variant_unknown", "the notice has no such variant")
            .fix("send the id of an arm of `experiment`, or leave `variant` out"));
    }
    let region = region::of(&state.config.consent, headers);
    state.count(cell(
        served,
        &region,
        &decision.language,
        variant.unwrap_or_default(),
        decision.action.word(),
    ));
    Ok(())
}

fn signed(state: &ServeState, request: &ReceiptRequest) -> Result<ReceiptSeal, Problem> {
    let notices = state.notices();
    let served =
        notices.get(&request.notice).ok_or_else(|| unknown_notice(StatusCode::UNPROCESSABLE_ENTITY))?;
    receipt::sign(&state.signer, &served.notice, request, unix_now())
        .map_err(|error| problem_of(&error.into()))
}

fn sealed(seal: &ReceiptSeal) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, serde_json::to_vec(seal).unwrap_or_default()).into_response()
}

fn cell(served: &Served, region: &str, language: &str, variant: &str, action: &str) -> Cell {
    Cell {
        notice: served.notice.sha256.clone(),
        region: counted_region(&served.notice.config, region).to_owned(),
        language: language.to_owned(),
        variant: variant.to_owned(),
        action: action.to_owned(),
        day: day(unix_now()),
    }
}

/// A small body of JSON: the public side has no stack of limits around it, so they stand here.
async fn read<T: DeserializeOwned>(state: &ServeState, body: Body, limit: usize) -> Result<T, Problem> {
    let patience = Duration::from_millis(state.config.limits.header_timeout_ms);
    let bytes: Bytes = match tokio::time::timeout(patience, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            let detail = format!("the body is larger than {limit} bytes, or broke off");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
                .fix("send the described fields and nothing else"));
        }
        Err(_elapsed) => {
            let detail = "the body did not arrive in time";
            return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail));
        }
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "body_not_valid", format!("the body is not valid: {error}"))
            .fix("GET /openapi.json on the private side describes it")
    })
}

fn unpublished() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "consent_unpublished", "no consent configuration is published")
        .fix("run `homebody consent publish FILE`")
}

fn unknown_notice(status: StatusCode) -> Problem {
    Problem::new(status, "notice_unknown", "no such notice was ever published")
        .fix("read /v1/consent.json again")
}
