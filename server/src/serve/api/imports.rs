//! Catalogue imports over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::upload::{self, Upload};
use super::work::{line_problems, on_store, unix_now};
use crate::Error;
use crate::catalog::{self, CatalogImport, CatalogReport, Format, Mode};
use crate::intake::Source;
use crate::serve::problem::{LineProblem, Problem};
use crate::serve::state::ServeState;
use crate::store::Store;

/// How a body is read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// `jsonl`, `csv`, `google-xml` or `google-tsv`; gzip is recognised by itself.
    #[param(example = "jsonl")]
    format: String,
    /// Name of the feed; a whole feed replaces what it brought before. Default `default`.
    feed: Option<String>,
    /// `true` keeps items that the body does not name.
    #[serde(default)]
    upsert: bool,
    /// `true` leaves wrong lines out instead of refusing the body.
    #[serde(default)]
    skip_bad_lines: bool,
}

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportResult {
    /// Records read, wrong ones included.
    rows: u64,
    /// Items that are new.
    added: u64,
    /// Items that were there and are different now.
    changed: u64,
    /// Items that were there and are the same.
    unchanged: u64,
    /// Items that were deleted because the feed no longer names them.
    deleted: u64,
    /// Records left out because they were wrong.
    skipped: u64,
    /// The first of them.
    lines: Vec<LineProblem>,
    /// Fields that have no meaning here.
    ignored_fields: Vec<String>,
}

/// Imports a catalogue: all of it or nothing.
#[utoipa::path(
    post, path = "/v1/catalog/imports", tag = "admin", params(ImportQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The catalogue, streamed"),
    responses(
        (status = 200, description = "Imported", body = ImportResult),
        (status = 400, description = "Unknown format, or the body broke off", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body did not arrive in time", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another import or publication is running", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Lines are wrong; nothing was changed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn import_catalog(
    State(state): State<Arc<ServeState>>,
    Query(query): Query<ImportQuery>,
    body: Body,
) -> Result<Json<ImportResult>, Problem> {
    let options = options(query)?;
    let (feeder, upload) = upload::channel();
    let import = on_store(&state, move |store, _| import(store, upload, &options));
    let (fed, imported) = tokio::join!(feeder.feed(body), import);
    // A body that broke off is the cause, the failed import its effect.
    fed?;
    Ok(Json(imported?.into()))
}

fn options(query: ImportQuery) -> Result<CatalogImport, Problem> {
    let unknown = || {
        let detail = format!("`{}` is no catalogue format", query.format);
        Problem::new(StatusCode::BAD_REQUEST, "unknown_format", detail)
            .fix("use jsonl, csv, google-xml or google-tsv")
    };
    let format = Format::from_name(&query.format).ok_or_else(unknown)?;
    Ok(CatalogImport {
        format: Some(format),
        mode: if query.upsert { Mode::Upsert } else { Mode::Replace },
        feed: query.feed.unwrap_or_else(|| "default".to_owned()),
        skip_bad_lines: query.skip_bad_lines,
        now: unix_now(),
    })
}

fn import(store: &Store, upload: Upload, options: &CatalogImport) -> Result<CatalogReport, Error> {
    let source = Source::from_reader("upload", upload)?;
    Ok(catalog::import(store, source, options, &mut |_| {})?)
}

impl From<CatalogReport> for ImportResult {
    fn from(report: CatalogReport) -> Self {
        Self {
            rows: report.rows,
            added: report.changes.added,
            changed: report.changes.changed,
            unchanged: report.changes.unchanged,
            deleted: report.changes.deleted,
            skipped: report.skipped,
            lines: line_problems(&report.problems),
            ignored_fields: report.ignored_fields,
        }
    }
}
