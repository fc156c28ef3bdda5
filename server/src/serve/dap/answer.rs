//! Who asks for what, and answers in the protocol's own words.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use homebody_protocol::dap::{JobId, Problem};
use serde_json::{Value, json};

use crate::collect::helper::HelperError;
use crate::collect::settings::{decode, encode};
use crate::collect::{Part, Token};
use crate::serve::collect::{Collecting, read};
use crate::serve::problem::{self, PROBLEM_JSON};
use crate::serve::state::ServeState;
use crate::store::TaskRole;

/// Bytes of a request between aggregators: a job of a thousand reports takes two million.
const PEER_BYTES: usize = 16 << 20;

/// A finished answer, or one that ends a request early.
pub(super) type Answered = Result<Response<Body>, Early>;

/// An answer that ends a request early.
pub(super) type Early = Box<Response<Body>>;

/// A request about a part.
pub(super) struct Asked<'a> {
    pub(super) collecting: &'a Collecting,
    pub(super) part: Arc<Part>,
}

/// The part of an address, when this server has that role for it. Unknown tasks are told alike to everybody.
pub(super) fn asked<'a>(state: &'a ServeState, task: &str, role: TaskRole) -> Result<Asked<'a>, Early> {
    let is_on = match role {
        TaskRole::Helper => state.config.collect.helper,
        _ => state.config.collect.enabled,
    };
    let unknown = || Box::new(told(Problem::UnrecognizedTask, task, "no such task here"));
    let collecting = state.collecting.get().filter(|_| is_on).ok_or_else(unknown)?;
    let id: Option<[u8; 32]> = decode(task).and_then(|id| id.try_into().ok());
    let part = id.and_then(|id| collecting.part(&id, role)).ok_or_else(unknown)?;
    Ok(Asked { collecting, part })
}

/// Ends the request unless the right token is shown.
pub(super) fn authorize(headers: &HeaderMap, token: Option<&Token>) -> Result<(), Early> {
    match (shown(headers), token) {
        (Some(shown), Some(token)) if token.is(shown) => Ok(()),
        _ => {
            let mut response = document(
                StatusCode::UNAUTHORIZED,
                &json!({
                    "type": "about:blank", "title": "Unauthorized", "status": 401, "code": "token",
                    "detail": "show the token of the task as `Authorization: Bearer …` or `DAP-Auth-Token: …`",
                }),
            );
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            Err(Box::new(response))
        }
    }
}

/// The token of a request, in either of the two headers that implementations of the protocol use.
fn shown(headers: &HeaderMap) -> Option<&str> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION.as_str()).and_then(|text| text.split_once(' '));
    let bearer =
        bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    bearer.or_else(|| text("dap-auth-token"))
}

/// The body of a peer's request, which must be of this media type.
pub(super) async fn message(
    state: &ServeState,
    task: &str,
    headers: &HeaderMap,
    media_type: &str,
    body: Body,
) -> Result<Bytes, Early> {
    bounded(state, task, headers, media_type, body, PEER_BYTES).await
}

/// The body of a request, which must be of this media type and no larger than `limit`.
pub(super) async fn bounded(
    state: &ServeState,
    task: &str,
    headers: &HeaderMap,
    media_type: &str,
    body: Body,
    limit: usize,
) -> Result<Bytes, Early> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_of_type(said, media_type) {
        let detail = format!("the body must be `{media_type}`");
        let mut response = told(Problem::InvalidMessage, task, &detail);
        *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Box::new(response));
    }
    read(state, body, limit)
        .await
        .map_err(|problem| Box::new(axum::response::IntoResponse::into_response(problem)))
}

/// Whether a media type is `application/ppm-dap;message=x`: with or without space and quotes, and whatever parameters
/// it has besides.
fn is_of_type(said: &str, media_type: &str) -> bool {
    let plain: String = said.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    let plain = plain.to_ascii_lowercase();
    let mut parts = media_type.split(';');
    let essence = parts.next().unwrap_or_default();
    plain.split(';').next() == Some(essence)
        && parts.all(|wanted| plain.split(';').skip(1).any(|part| part == wanted))
}

/// A job's name in an address.
pub(super) fn job(task: &str, text: &str, unknown: Problem) -> Result<JobId, Early> {
    let id: Option<[u8; 16]> = decode(text).and_then(|id| id.try_into().ok());
    id.map(JobId).ok_or_else(|| Box::new(told(unknown, task, "no such job here")))
}

/// A message, ready.
pub(super) fn ready(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Where a job is, as a header of its answer: below the address that the task names, whatever proxy is in front.
pub(super) fn located(mut response: Response<Body>, part: &Part, kind: &str, job: &JobId) -> Response<Body> {
    let base = part.split.as_ref().map_or("", |split| {
        path_of(match part.role {
            TaskRole::Helper => &split.wire.helper_endpoint,
            _ => &split.wire.leader_endpoint,
        })
    });
    let location = format!("{base}/tasks/{}/{kind}/{}", encode(&part.id), encode(&job.0));
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// The path of an address, without the slash at its end.
fn path_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.find('/').map_or("", |start| &rest[start..]).trim_end_matches('/')
}

/// A problem of the protocol.
pub(super) fn told(problem: Problem, task: &str, detail: &str) -> Response<Body> {
    let status = match problem {
        Problem::UnrecognizedTask | Problem::UnrecognizedAggregationJob => StatusCode::NOT_FOUND,
        _ => StatusCode::BAD_REQUEST,
    };
    let title = status.canonical_reason();
    let document_of = json!({
        "type": problem.uri(), "title": title, "status": status.as_u16(), "code": code(problem), "detail": detail,
        "taskid": task,
    });
    document(status, &document_of)
}

/// The last word of the type, such as `batchInvalid`.
fn code(problem: Problem) -> &'static str {
    problem.uri().rsplit(':').next().unwrap_or_default()
}

/// Why a peer's request failed; failures of ours are logged.
pub(super) fn failed(error: &HelperError, task: &str) -> Response<Body> {
    match error {
        HelperError::Problem(problem) => told(*problem, task, "the request breaks a rule of the protocol"),
        HelperError::Unsupported(kinds) => {
            let problem = Problem::UnsupportedExtension;
            document(
                StatusCode::BAD_REQUEST,
                &json!({
                    "type": problem.uri(), "title": "Bad Request", "status": 400, "code": code(problem), "taskid": task,
                    "detail": "extensions that are not known", "unsupported_extensions": kinds,
                }),
            )
        }
        other => {
            tracing::error!(task, "aggregation: {other}");
            let problem = problem::Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "aggregator_stuck",
                "the data folder takes nothing right now",
            );
            axum::response::IntoResponse::into_response(problem.retry_after_s(30))
        }
    }
}

fn document(status: StatusCode, document: &Value) -> Response<Body> {
    let mut response = ready(status, PROBLEM_JSON, document.to_string());
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Work on proofs and the data folder, off the threads that answer requests.
pub(super) async fn blocking<T: Send + 'static>(
    task: &str,
    work: impl FnOnce() -> Result<T, HelperError> + Send + 'static,
) -> Result<T, Early> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome.map_err(|error| Box::new(failed(&error, task))),
        Err(_panicked) => {
            Err(Box::new(told(Problem::InvalidMessage, task, "the request could not be worked on")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_known_however_it_is_written() {
        let wanted = "application/ppm-dap;message=upload-req";
        for said in [
            wanted,
            "application/ppm-dap; message=upload-req",
            "Application/PPM-DAP;message=\"upload-req\"",
            "application/ppm-dap;charset=utf-8;message=upload-req",
        ] {
            assert!(is_of_type(said, wanted), "{said}");
        }
        for said in
            ["", "application/ppm-dap", "application/ppm-dap;message=upload", "text/plain;message=upload-req"]
        {
            assert!(!is_of_type(said, wanted), "{said}");
        }
    }

    #[test]
    fn a_job_lies_below_the_address_of_its_task() {
        assert_eq!(path_of("https://helper.example/dap/"), "/dap");
        assert_eq!(path_of("https://helper.example/api/v1/dap"), "/api/v1/dap");
        assert_eq!((path_of("https://helper.example/"), path_of("https://helper.example")), ("", ""));
    }

    #[test]
    fn both_headers_show_a_token() {
        let with = |name: &'static str, value: &'static str| {
            HeaderMap::from_iter([(header::HeaderName::from_static(name), HeaderValue::from_static(value))])
        };
        assert_eq!(shown(&with("authorization", "bearer  secret")), Some("secret"));
        assert_eq!(shown(&with("dap-auth-token", "secret")), Some("secret"));
        assert_eq!(shown(&with("authorization", "Basic secret")), None);
        assert_eq!(shown(&HeaderMap::new()), None);
    }
}
