//! The public side of contributions in `trusted` and `local` mode: what is asked, and reports.
//!
//! A report says nothing of who sent it, and nothing is looked for: no cookie, address or user agent is read. With
//! `Sec-GPC: 1` nothing is taken, and the answer is the same.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;
use homebody_protocol::dap::{Encode as _, HpkeConfigList};
use homebody_protocol::report::{MAX_BYTES, Report, ReportHead};
use tokio::task::JoinHandle;

use super::api::unix_now;
use super::asset::Asset;
use super::compress;
use super::data::public;
use super::gpc;
use super::library::common_headers;
use super::problem::Problem;
use super::state::ServeState;
use crate::collect::{Answer, CollectError, Intake, Item, KeyRing, Part, Refused, Registry, work};
use crate::store::{Store, TaskRole};

/// Devices look once a day; a new task may wait some minutes.
const KEPT: &str = "public, max-age=300";

/// Seconds after which a report is worth another try.
const RETRY_S: u32 = 60;

/// What a server needs that takes contributions.
#[derive(Debug)]
pub(crate) struct Collecting {
    pub(crate) registry: Arc<ArcSwap<Registry>>,
    pub(crate) store: Arc<Store>,
    pub(crate) intake: Intake,
    pub(crate) keys: Arc<ArcSwap<KeyRing>>,
    data_dir: PathBuf,
    offer: ArcSwap<Offer>,
}

/// What devices are asked, ready to be answered.
#[derive(Debug)]
struct Offer {
    text: String,
    asset: Asset,
}

impl Offer {
    fn of(text: String) -> Self {
        let encodings = compress::small(Bytes::from(text.clone()));
        Self { asset: Asset::new(encodings, &common_headers("application/json", KEPT)), text }
    }
}

impl Collecting {
    fn open(state: &ServeState) -> Result<Self, CollectError> {
        let folder = &state.config.data_dir;
        // Connections of their own: a transaction of reports does not wait for another query of this process.
        let (store, writer) = (Arc::new(Store::open(folder)?), Arc::new(Store::open(folder)?));
        let registry = Registry::load(&store)?;
        Ok(Self {
            offer: ArcSwap::from_pointee(Offer::of(registry.offer(unix_now()))),
            registry: Arc::new(ArcSwap::from_pointee(registry)),
            intake: Intake::start(writer, state.config.collect.queue),
            store,
            keys: Arc::new(ArcSwap::from_pointee(KeyRing::load(folder, unix_now())?)),
            data_dir: folder.clone(),
        })
    }

    /// Takes over tasks that were taken up or closed. Reads the disk: not for the threads that answer requests.
    pub(crate) fn refresh(&self) {
        match self.take_over() {
            Ok(()) => {}
            Err(error) => tracing::error!(code = error.code(), "tasks stay as they were: {error}"),
        }
        let text = self.registry.load().offer(unix_now());
        if text != self.offer.load().text {
            self.offer.store(Arc::new(Offer::of(text)));
        }
    }

    fn take_over(&self) -> Result<(), CollectError> {
        if self.store.tasks_stamp()? != self.registry.load().stamp {
            self.registry.store(Arc::new(Registry::load(&self.store)?));
            tracing::info!("tasks are taken over");
        }
        if self.keys.load().is_stale(&self.data_dir) {
            self.keys.store(Arc::new(KeyRing::load(&self.data_dir, unix_now())?));
            tracing::info!("another key is announced");
        }
        Ok(())
    }

    /// The announcement of the key that devices seal to: one, as those before it are on their way out.
    pub(crate) fn announcement(&self) -> Vec<u8> {
        HpkeConfigList(vec![self.keys.load().current().config().clone()]).get_encoded().unwrap_or_default()
    }

    /// A part that this server has the role for.
    pub(crate) fn part(&self, id: &[u8; 32], role: TaskRole) -> Option<Arc<Part>> {
        self.registry.load().part(id).filter(|part| part.role == role).cloned()
    }
}

/// Opens what contributions need and starts its work, where this server takes any.
pub(super) fn start(state: &Arc<ServeState>) -> Result<JoinHandle<()>, CollectError> {
    let config = state.config.collect.clone();
    if !config.enabled && !config.helper {
        return Ok(tokio::spawn(async {}));
    }
    let collecting = Collecting::open(state)?;
    let (store, registry) = (Arc::clone(&collecting.store), Arc::clone(&collecting.registry));
    let jobs = tokio::spawn(work(store, registry, Arc::clone(&collecting.keys), config));
    // It is set once, here.
    let _first = state.collecting.set(collecting);
    Ok(jobs)
}

/// What devices are asked: signed tasks that are not over.
#[utoipa::path(
    get, path = "/v1/tasks", tag = "public",
    responses(
        (status = 200, description = "`tasks`: a list of `payload` (the task's canonical JSON), `key_id`, `signature` (Ed25519 over the payload, base64)", content_type = "application/json",
         headers(("etag" = String), ("cache-control" = String, description = "five minutes"))),
        (status = 304, description = "The copy at hand is current"),
        (status = 404, description = "This server takes no contributions", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn tasks(State(state): State<Arc<ServeState>>, headers: HeaderMap) -> Response<Body> {
    match state.collecting.get().filter(|_| state.config.collect.enabled) {
        Some(collecting) => collecting.offer.load().asset.answer(&headers),
        None => public(takes_none().into_response()),
    }
}

/// Takes a report of a `trusted` or `local` task: it is part of a sum on disk when this is answered, and gone otherwise.
///
/// The same report may be sent again: it is counted once. With `Sec-GPC: 1` nothing is taken, and the answer is the same.
#[utoipa::path(
    post, path = "/v1/reports/{task}", tag = "public",
    params(("task" = String, Path, description = "SHA-256 of the task, 64 lower-case hexadecimal digits")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "A report, at most 2,108 bytes; its form is documented in core/protocol/src/report"),
    responses(
        (status = 204, description = "Part of the sum, or not because of Global Privacy Control"),
        (status = 400, description = "`report_malformed`, `report_version`, `report_form`, `report_bound`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`task_not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body did not arrive in time", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`batch_closed`: the batch is released", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`task_closed`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than a report", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`report_early`, `report_late`, `report_window`, `report_task`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`intake_busy`, `intake_stuck`: send it again later", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn report(
    State(state): State<Arc<ServeState>>,
    Path(task): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    if gpc::is_on(&headers) {
        return public(StatusCode::NO_CONTENT.into_response());
    }
    public(match take(&state, &task, body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    })
}

async fn take(state: &ServeState, task: &str, body: Body) -> Result<(), Problem> {
    let collecting =
        state.collecting.get().filter(|_| state.config.collect.enabled).ok_or_else(takes_none)?;
    let bytes = read(state, body, MAX_BYTES).await?;
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let bad = |error: homebody_protocol::report::ReportError| {
        Problem::new(StatusCode::BAD_REQUEST, error.code(), error.to_string())
    };
    let head = ReportHead::read(&bytes).map_err(bad)?;
    let part = collecting.part(&head.part.0, TaskRole::Collector).ok_or_else(unknown_task)?;
    if *part.task_id != *task {
        return Err(Problem::new(unprocessable, "report_task", "the report is of another task")
            .fix("post a report to the address of its own task"));
    }
    if part.is_closed {
        return Err(
            Problem::new(StatusCode::GONE, "task_closed", "the task is closed").fix("read /v1/tasks again")
        );
    }
    let task = part.task.clone().ok_or_else(unknown_task)?;
    let report = Report::read(&bytes, &task).map_err(bad)?;
    task.takes(report.window, unix_now())
        .map_err(|error| Problem::new(unprocessable, error.code(), error.to_string()))?;
    match collecting.intake.take(Item::Plain(task, report)).await {
        Ok(Answer::Kept | Answer::Known) => Ok(()),
        Ok(Answer::Closed) => {
            Err(Problem::new(StatusCode::CONFLICT, "batch_closed", "the batch of this window is released"))
        }
        Err(refused) => Err(later(refused)),
    }
}

/// A report that could not be kept comes again.
pub(super) fn later(refused: Refused) -> Problem {
    let code = match refused {
        Refused::Busy => "intake_busy",
        Refused::Store => "intake_stuck",
    };
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, refused.to_string()).retry_after_s(RETRY_S)
}

/// A body of at most so many bytes, in time: the public side has no stack of limits around it.
pub(super) async fn read(state: &ServeState, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let patience = Duration::from_millis(state.config.limits.header_timeout_ms);
    match tokio::time::timeout(patience, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => {
            let detail = format!("the body is larger than {limit} bytes, or broke off");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail))
        }
        Err(_elapsed) => {
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", "the body did not arrive in time"))
        }
    }
}

fn takes_none() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "collect_off", "this server takes no contributions")
        .fix("set collect.enabled to true")
}

fn unknown_task() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "task_not_found", "no such task is asked here")
        .fix("read /v1/tasks again")
}
