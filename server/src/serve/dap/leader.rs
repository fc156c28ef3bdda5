//! The leader's addresses: uploads of devices, collections of collectors.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse as _;
use homebody_protocol::dap::{
    CollectionJobReq, CollectionJobResp, Decode as _, Encode as _, HpkeConfigList, JobId, Message as _,
    Problem, Report, ReportError, ReportUploadStatus, UploadErrors, UploadRequest,
};

use super::Address;
use super::answer::{self, Answered, Asked, Early, asked, authorize, blocking, located, ready, told};
use crate::collect::helper::HelperError;
use crate::collect::{Answer, Item, leader};
use crate::serve::api::unix_now;
use crate::serve::collect::later;
use crate::serve::data::public;
use crate::serve::gpc;
use crate::serve::problem::Problem as ProblemDocument;
use crate::serve::state::ServeState;
use crate::store::{CollectionJob, CollectionState, TaskRole};

/// Keys change rarely; a day is what the draft advises.
const KEYS_KEPT: &str = "public, max-age=86400";

/// The key that devices seal their shares to.
#[utoipa::path(
    get, path = "/dap/hpke_config", tag = "public",
    responses(
        (status = 200, description = "`HpkeConfigList` (draft-ietf-ppm-dap-18)", content_type = "application/ppm-dap;message=hpke-config-list"),
        (status = 404, description = "This server is no aggregator", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn hpke_config(State(state): State<Arc<ServeState>>) -> Response<Body> {
    let Some(collecting) = state.collecting.get() else {
        return told(Problem::UnrecognizedTask, "", "this server is no aggregator");
    };
    let mut response = ready(StatusCode::OK, HpkeConfigList::MEDIA_TYPE, collecting.announcement());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(KEYS_KEPT));
    public(response)
}

/// Takes sealed reports of a `split` task. They are on disk when this is answered; the same report is counted once.
///
/// With `Sec-GPC: 1` nothing is taken, and the answer is the same.
#[utoipa::path(
    post, path = "/dap/tasks/{task}/reports", tag = "public",
    params(("task" = String, Path, description = "The part's id, 32 bytes in URL-safe base64")),
    request_body(content = Vec<u8>, content_type = "application/ppm-dap;message=upload-req", description = "`UploadRequest` (draft-ietf-ppm-dap-18)"),
    responses(
        (status = 200, description = "Kept; those that were not are listed in `UploadErrors`", content_type = "application/ppm-dap;message=upload-errors"),
        (status = 400, description = "`invalidMessage`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`unrecognizedTask`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Send it again later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn upload(
    State(state): State<Arc<ServeState>>,
    Path(task): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    if gpc::is_on(&headers) {
        return public(StatusCode::OK.into_response());
    }
    public(take(&state, &task, &headers, body).await.unwrap_or_else(|early| *early))
}

async fn take(state: &ServeState, task: &str, headers: &HeaderMap, body: Body) -> Answered {
    let asked = asked(state, task, TaskRole::Leader)?;
    let limit = asked.part.upload_bytes();
    let body = answer::bounded(state, task, headers, UploadRequest::MEDIA_TYPE, body, limit).await?;
    let malformed = |_| Box::new(told(Problem::InvalidMessage, task, "the body is no list of reports"));
    let UploadRequest(reports) = UploadRequest::get_decoded(&body).map_err(malformed)?;
    let mut errors = Vec::new();
    for report in reports {
        let report_id = report.metadata.report_id;
        if let Some(error) = keep(&asked, report).await? {
            errors.push(ReportUploadStatus { report_id, error });
        }
    }
    if errors.is_empty() {
        return Ok(StatusCode::OK.into_response());
    }
    let body = UploadErrors(errors).get_encoded().unwrap_or_default();
    Ok(ready(StatusCode::OK, UploadErrors::MEDIA_TYPE, body))
}

async fn keep(asked: &Asked<'_>, report: Report) -> Result<Option<ReportError>, Early> {
    if asked.part.is_closed {
        return Ok(Some(ReportError::ReportDropped));
    }
    if let Err(error) = leader::check_upload(&asked.collecting.keys.load(), &asked.part, &report, unix_now())
    {
        return Ok(Some(error));
    }
    let item = Item::Sealed(Arc::clone(&asked.part), Box::new(report));
    match asked.collecting.intake.take(item).await {
        // A report that comes again is told nothing: whoever saw it once cannot find out whether it was kept.
        Ok(Answer::Kept | Answer::Known) => Ok(None),
        Ok(Answer::Closed) => Ok(Some(ReportError::ReportReplayed)),
        Err(refused) => Err(Box::new(later(refused).into_response())),
    }
}

/// Begins a collection; under a name of the collector's where the address has one.
pub(super) async fn collect(
    State(state): State<Arc<ServeState>>,
    Path(address): Path<Address>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    begin(&state, &address, &headers, body).await.unwrap_or_else(|early| *early)
}

async fn begin(state: &ServeState, address: &Address, headers: &HeaderMap, body: Body) -> Answered {
    let task = &address.task;
    let asked = collector(state, task, headers)?;
    let job =
        address.job.as_deref().map(|job| answer::job(task, job, Problem::InvalidMessage)).transpose()?;
    let body = answer::message(state, task, headers, CollectionJobReq::MEDIA_TYPE, body).await?;
    let (store, part) = (Arc::clone(&asked.collecting.store), Arc::clone(&asked.part));
    let begun = blocking(task, move || leader::ask_collection(&store, &part, &body, job, unix_now())).await?;
    let id = JobId(begun.job);
    let mut response = stand(&begun, task);
    if response.status().is_success() {
        *response.status_mut() = StatusCode::CREATED;
    }
    Ok(located(response, &asked.part, "collection_jobs", &id))
}

/// How a collection stands.
pub(super) async fn poll(
    State(state): State<Arc<ServeState>>,
    Path((task, job)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    found(&state, &task, &job, &headers).await.unwrap_or_else(|early| *early)
}

async fn found(state: &ServeState, task: &str, job: &str, headers: &HeaderMap) -> Answered {
    let asked = collector(state, task, headers)?;
    let id = answer::job(task, job, Problem::InvalidMessage)?;
    let (store, part) = (Arc::clone(&asked.collecting.store), Arc::clone(&asked.part));
    let found = blocking(task, move || Ok(store.collection(&part.id, &id.0)?)).await?;
    match found {
        Some(job) => Ok(stand(&job, task)),
        None => Err(Box::new(unknown(task))),
    }
}

/// Gives a collection up. One whose batch is closed comes to its end all the same.
pub(super) async fn abandon(
    State(state): State<Arc<ServeState>>,
    Path((task, job)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    let removed = async {
        let asked = collector(&state, &task, &headers)?;
        let id = answer::job(&task, &job, Problem::InvalidMessage)?;
        let (store, part) = (Arc::clone(&asked.collecting.store), Arc::clone(&asked.part));
        blocking(&task, move || Ok::<_, HelperError>(store.remove_collection(&part.id, &id.0)?)).await?;
        Ok::<_, Early>(StatusCode::NO_CONTENT.into_response())
    };
    removed.await.unwrap_or_else(|early| *early)
}

fn collector<'a>(state: &'a ServeState, task: &str, headers: &HeaderMap) -> Result<Asked<'a>, Early> {
    let asked = asked(state, task, TaskRole::Leader)?;
    let token = asked.part.split.as_ref().and_then(|split| split.collector_token.as_ref());
    authorize(headers, token)?;
    Ok(asked)
}

/// An empty answer says that it is worked on; 200 and no other status, as there are collectors that take no other.
fn stand(job: &CollectionJob, task: &str) -> Response<Body> {
    match &job.state {
        CollectionState::Ready(answer) => {
            ready(StatusCode::OK, CollectionJobResp::MEDIA_TYPE, answer.clone())
        }
        CollectionState::Failed(problem) => {
            let problem = Problem::of_uri(problem).unwrap_or(Problem::BatchInvalid);
            told(problem, task, "the collection failed")
        }
        CollectionState::Waiting => {
            let mut response = StatusCode::OK.into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
    }
}

fn unknown(task: &str) -> Response<Body> {
    let mut response = told(Problem::InvalidMessage, task, "no such collection here");
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
