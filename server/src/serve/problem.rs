//! Errors on the wire: RFC 9457 problem details with a stable `code` and, where we know one, a `fix`.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

/// Content type of every error.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:homebody:problem:<code>`.
    #[serde(rename = "type", serialize_with = "as_urn")]
    #[schema(value_type = String, example = "urn:homebody:problem:not_found")]
    kind: &'static str,
    /// The status in words.
    #[schema(example = "Not Found")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// Stable code for programs.
    #[schema(example = "not_found")]
    code: &'static str,
    /// What happened, for people.
    #[schema(value_type = String)]
    detail: Box<str>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    fix: Option<Box<str>>,
    /// Lines of the file that were refused, the first ones.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<LineProblem>, required = false)]
    lines: Box<[LineProblem]>,
    /// How many lines were refused in all; absent when none.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    lines_total: u64,
    /// Seconds after which another try makes sense.
    #[serde(skip)]
    retry_after_s: Option<u32>,
}

/// One refused line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineProblem {
    /// Line number, the first is 1.
    pub line: u64,
    /// Stable code for programs.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

impl Problem {
    /// A problem with a status, a code and a sentence.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Box<str>>) -> Self {
        Self {
            kind: code,
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            fix: None,
            lines: Box::default(),
            lines_total: 0,
            retry_after_s: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Box<str>>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Adds when to try again.
    #[must_use]
    pub fn retry_after_s(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Adds the first refused lines and how many there are.
    #[must_use]
    pub fn lines(mut self, lines: Vec<LineProblem>, total: u64) -> Self {
        self.lines = lines.into();
        self.lines_total = total;
        self
    }
}

fn as_urn<S: serde::Serializer>(code: &&'static str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("urn:homebody:problem:{code}"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Turns the plain errors of libraries (timeouts, size limits, rejected extractors) into problem details.
pub(crate) async fn from_plain(response: Response<Body>) -> Response<Body> {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON);
    if !is_error || is_problem {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut problem = plain_problem(status, &plain_text(response).await).into_response();
    if let Some(allow) = allow {
        problem.headers_mut().insert(header::ALLOW, allow);
    }
    problem
}

/// Rejections say in one line what was wrong; anything longer is not meant for clients.
async fn plain_text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1024).await.unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().next().unwrap_or_default().to_owned()
}

fn plain_problem(status: StatusCode, text: &str) -> Problem {
    let said = |fallback: &str| if text.is_empty() { fallback.to_owned() } else { text.to_owned() };
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(status, "method_not_allowed", "this address does not take this method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(status, "body_too_large", "the body is larger than allowed")
                .fix("raise limits.body_bytes, or import the file with the command line")
        }
        StatusCode::REQUEST_TIMEOUT => {
            Problem::new(status, "body_timeout", "the body did not arrive in time")
        }
        StatusCode::FORBIDDEN => {
            Problem::new(status, "cross_site_request", said("another site sent this request"))
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::new(status, "unsupported_media_type", said("send JSON"))
                .fix("set content-type: application/json")
        }
        StatusCode::NOT_FOUND => Problem::new(status, "not_found", "there is nothing at this address"),
        _ if status.is_client_error() => {
            Problem::new(status, "bad_request", said("the request is not valid"))
        }
        _ => Problem::new(status, "internal", "something went wrong; the server's log says more"),
    }
}
