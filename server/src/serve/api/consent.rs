//! Notices over HTTP: publishing, going back, and how many decided how.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::work::{finding, on_store, unix_now};
use crate::consent::figures::Figures;
use crate::consent::{self, NoticeReport};
use crate::serve::problem::{LineProblem, Problem};
use crate::serve::state::ServeState;
use crate::store::{NoticeChange, Store, Via};

/// How many changes the list shows.
const LISTED: u32 = 100;

/// What visitors were asked, and from when on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeList {
    /// What is asked now; absent before the first publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<String>,
    /// Newest first, at most 100.
    changes: Vec<NoticeEntry>,
}

/// One change of what is asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeEntry {
    /// The notice, 64 hexadecimal digits; `/v1/notices/{sha256}` on the public side is the file.
    notice: String,
    /// When, unix seconds.
    at: u64,
    /// `publish` or `rollback`.
    action: String,
    /// `command-line` or `http`.
    via: String,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeResult {
    /// The notice: SHA-256 of the bytes.
    notice: String,
    /// `false` when it was asked already.
    is_new: bool,
    /// What the lint warns of.
    warnings: Vec<LineProblem>,
}

/// What to go back to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeRollback {
    /// The notice.
    to: String,
}

/// Lists what visitors were asked.
#[utoipa::path(
    get, path = "/v1/admin/consent", tag = "admin",
    responses(
        (status = 200, description = "Newest first", body = NoticeList),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(state): State<Arc<ServeState>>) -> Result<Json<NoticeList>, Problem> {
    let changes = on_store(&state, |store, _| Ok(store.notice_changes(LISTED)?)).await?;
    let entry = |change: NoticeChange| NoticeEntry {
        notice: change.sha256,
        at: change.at,
        action: change.action,
        via: change.via,
    };
    let current = changes.first().map(|newest| newest.sha256.clone());
    Ok(Json(NoticeList { current, changes: changes.into_iter().map(entry).collect() }))
}

/// Publishes a consent configuration, if the lint has no objection; asked when this answers.
#[utoipa::path(
    put, path = "/v1/admin/consent", tag = "admin",
    request_body(content = String, content_type = "application/json", description = "The configuration, kept byte for byte; at most 1 MiB"),
    responses(
        (status = 200, description = "Published", body = NoticeResult),
        (status = 400, description = "Not UTF-8", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another import or publication is running", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than a configuration", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The lint finds errors: `lines` has them; nothing was changed", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full; nothing was changed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn publish(
    State(state): State<Arc<ServeState>>,
    body: Bytes,
) -> Result<Json<NoticeResult>, Problem> {
    let published = on_store(&state, move |store, state| {
        let report = consent::publish(store, &body, Via::Http, unix_now())?;
        serve_now(state, store);
        Ok(report)
    });
    Ok(Json(published.await?.into()))
}

/// Asks an earlier notice again.
#[utoipa::path(
    post, path = "/v1/admin/consent/rollback", tag = "admin", request_body = NoticeRollback,
    responses(
        (status = 200, description = "Asked again", body = NoticeResult),
        (status = 400, description = "The body is not as described", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such notice was ever published", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Today's lint finds errors; nothing was changed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn rollback(
    State(state): State<Arc<ServeState>>,
    body: Bytes,
) -> Result<Json<NoticeResult>, Problem> {
    let request: NoticeRollback = serde_json::from_slice(&body).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "body_not_valid", format!("the body is not valid: {error}"))
            .fix("send {\"to\": \"<sha256>\"}; GET /v1/admin/consent lists all of them")
    })?;
    let done = on_store(&state, move |store, state| {
        let report = consent::rollback(store, &request.to, Via::Http, unix_now())?;
        serve_now(state, store);
        Ok(report)
    });
    Ok(Json(done.await?.into()))
}

/// How many decided how, in shares; no number below 20 is shown, and none can be computed from what is.
#[utoipa::path(
    get, path = "/v1/admin/consent/counts", tag = "admin",
    responses(
        (status = 200, description = "Rows that do not overlap", body = Figures),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn counts(State(state): State<Arc<ServeState>>) -> Result<Json<Figures>, Problem> {
    let figures = on_store(&state, |store, state| {
        // What waits in memory first; when it cannot be written, what is there is shown without it.
        let _logged = state.write_counts(store);
        Ok(consent::figures_of(store, unix_now())?)
    });
    Ok(Json(figures.await?))
}

/// A failure is logged, and leaves the old notice in place: the watcher tries again.
fn serve_now(state: &ServeState, store: &Store) {
    let _logged = state.refresh_notices(store);
}

impl From<NoticeReport> for NoticeResult {
    fn from(report: NoticeReport) -> Self {
        let warnings = report.warnings.iter().map(finding).collect();
        Self { notice: report.sha256, is_new: report.is_new, warnings }
    }
}
