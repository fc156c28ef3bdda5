//! Publications over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::work::{on_store, unix_now};
use crate::publish::{self, PublishReport};
use crate::serve::problem::Problem;
use crate::serve::state::ServeState;

/// How many publications the list shows.
const LISTED: u32 = 100;

/// The newest publications.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicationList {
    /// Version that is served right now; absent before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    serving: Option<u64>,
    /// Newest first, at most 100.
    publications: Vec<PublicationEntry>,
}

/// One publication of the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicationEntry {
    /// Version of the manifest.
    version: u64,
    /// When it was signed, unix seconds.
    created_at: u64,
    /// The version it went back to, for a rollback.
    #[serde(skip_serializing_if = "Option::is_none")]
    rolled_back_to: Option<u64>,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicationResult {
    /// Version of the new manifest.
    version: u64,
    /// The version it went back to, for a rollback.
    #[serde(skip_serializing_if = "Option::is_none")]
    rolled_back_to: Option<u64>,
    /// Name of the model, `none` without one.
    model: String,
    /// The tables, by name.
    tables: Vec<PublishedTable>,
}

/// One table of a publication.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublishedTable {
    /// Placement, or `catalog`.
    name: String,
    /// Address: 64 hexadecimal digits.
    sha256: String,
    /// Items in it.
    rows: u32,
    /// Size of the plain bytes.
    bytes: u64,
}

/// What to go back to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RollbackRequest {
    /// The version; the one before the newest when absent.
    to: Option<u64>,
}

/// Lists the newest publications.
#[utoipa::path(
    get, path = "/v1/publications", tag = "admin",
    responses(
        (status = 200, description = "Newest first", body = PublicationList),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(state): State<Arc<ServeState>>) -> Result<Json<PublicationList>, Problem> {
    let found = on_store(&state, |store, _| Ok(store.publications(LISTED)?)).await?;
    let entry = |summary: crate::store::PublicationSummary| PublicationEntry {
        version: summary.version,
        created_at: summary.created_at,
        rolled_back_to: summary.rolled_back_to,
    };
    let publications = found.into_iter().map(entry).collect();
    Ok(Json(PublicationList { serving: state.version(), publications }))
}

/// Publishes the catalogue and the newest model; served when this answers.
#[utoipa::path(
    post, path = "/v1/publications", tag = "admin",
    responses(
        (status = 201, description = "Published", body = PublicationResult),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Nothing to publish, or another import or publication is running", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn publish(
    State(state): State<Arc<ServeState>>,
) -> Result<(StatusCode, Json<PublicationResult>), Problem> {
    let report = on_store(&state, |store, state| {
        let options = crate::cli::publish_options(&state.config, unix_now());
        let report = publish::publish(store, &state.signer, &options)?;
        serve_now(state, store);
        Ok(report)
    });
    Ok((StatusCode::CREATED, Json(report.await?.into())))
}

/// Publishes the tables of an earlier version again, under a new version.
#[utoipa::path(
    post, path = "/v1/publications/rollback", tag = "admin",
    request_body(content = Option<RollbackRequest>, description = "Empty goes back by one"),
    responses(
        (status = 201, description = "Published", body = PublicationResult),
        (status = 400, description = "The body is not as described", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "There is nothing to go back to", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn rollback(
    State(state): State<Arc<ServeState>>,
    body: Bytes,
) -> Result<(StatusCode, Json<PublicationResult>), Problem> {
    let request = read_request(&body)?;
    let report = on_store(&state, move |store, state| {
        let report = publish::rollback(store, &state.signer, request.to, unix_now())?;
        serve_now(state, store);
        Ok(report)
    });
    Ok((StatusCode::CREATED, Json(report.await?.into())))
}

fn read_request(body: &[u8]) -> Result<RollbackRequest, Problem> {
    if body.is_empty() {
        return Ok(RollbackRequest::default());
    }
    serde_json::from_slice(body).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "body_not_valid", format!("the body is not valid: {error}"))
            .fix("send {\"to\": 3}, or nothing to go back by one")
    })
}

/// A failure is logged and counted, and leaves the old publication in place: the watcher tries again.
fn serve_now(state: &ServeState, store: &crate::store::Store) {
    let _logged = state.refresh(store);
}

impl From<PublishReport> for PublicationResult {
    fn from(report: PublishReport) -> Self {
        let table = |blob: publish::PublishedBlob| PublishedTable {
            name: blob.name,
            sha256: blob.sha256,
            rows: blob.rows,
            bytes: blob.bytes,
        };
        Self {
            version: report.version,
            rolled_back_to: report.rolled_back_to,
            model: report.model,
            tables: report.blobs.into_iter().map(table).collect(),
        }
    }
}
