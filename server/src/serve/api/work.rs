//! Work on the data folder, off the threads that answer requests, and its failures as problem details.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use homebody_protocol::consent::Finding;

use crate::Error;
use crate::cli::fix;
use crate::collect::CollectError;
use crate::consent::NoticeError;
use crate::intake::{ImportError, Problems};
use crate::publish::PublishError;
use crate::serve::problem::{LineProblem, Problem};
use crate::serve::state::ServeState;
use crate::store::{Store, StoreError};

/// Seconds after which a busy data folder is worth another try.
const BUSY_RETRY_S: u32 = 5;

/// Runs `work` on a connection of its own: a long import must not hold up the watcher or another reader.
pub(super) async fn on_store<T: Send + 'static>(
    state: &Arc<ServeState>,
    work: impl FnOnce(&Store, &ServeState) -> Result<T, Error> + Send + 'static,
) -> Result<T, Problem> {
    let state = Arc::clone(state);
    let task = tokio::task::spawn_blocking(move || {
        let store = Store::open(&state.config.data_dir)?;
        work(&store, &state)
    });
    match task.await {
        Ok(outcome) => outcome.map_err(|error| problem_of(&error)),
        Err(_panicked) => Err(internal()),
    }
}

/// Seconds since 1970.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The lines that were refused, as they go over the wire.
pub(super) fn line_problems(problems: &Problems) -> Vec<LineProblem> {
    let line = |problem: &crate::intake::Problem| LineProblem {
        line: problem.line,
        code: problem.code.as_str(),
        message: problem.detail.clone(),
    };
    problems.shown().iter().map(line).collect()
}

/// A failure as it goes over the wire; one of ours is logged.
pub(crate) fn problem_of(error: &Error) -> Problem {
    let status = match error {
        Error::Import(error) => import_status(error),
        Error::Notice(error) => notice_status(error),
        Error::Publish(error) => publish_status(error),
        Error::Store(error) => store_status(error),
        Error::Collect(CollectError::Store(error)) => store_status(error),
        Error::Collect(_) | Error::Ensemble(_) | Error::Signing(_) | Error::Train(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    if status.is_server_error() {
        tracing::error!(code = error.code(), "{error}");
    }
    let mut problem = Problem::new(status, error.code(), first_line(&error.to_string()));
    if let Some(fix) = fix::fix(error.code()) {
        problem = problem.fix(fix);
    }
    if error.code() == "busy" {
        problem = problem.retry_after_s(BUSY_RETRY_S);
    }
    match error {
        Error::Import(ImportError::Rejected { problems }) => {
            problem.lines(line_problems(problems), problems.total())
        }
        Error::Notice(NoticeError::Refused(findings)) => {
            problem.lines(findings.iter().map(finding).collect(), findings.len() as u64)
        }
        _ => problem,
    }
}

/// What the lint found, as a refused line.
pub(super) fn finding(finding: &Finding) -> LineProblem {
    let message = format!("{} — {}", finding.message, finding.fix);
    LineProblem { line: u64::from(finding.line), code: finding.code, message }
}

fn notice_status(error: &NoticeError) -> StatusCode {
    match error {
        NoticeError::NotText | NoticeError::Receipt(_) => StatusCode::BAD_REQUEST,
        NoticeError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        NoticeError::Unknown(_) => StatusCode::NOT_FOUND,
        NoticeError::Damaged(_) => StatusCode::INTERNAL_SERVER_ERROR,
        NoticeError::Store(error) => store_status(error),
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn import_status(error: &ImportError) -> StatusCode {
    match error {
        ImportError::Io { .. } | ImportError::UnknownFormat { .. } => StatusCode::BAD_REQUEST,
        ImportError::Rejected { .. }
        | ImportError::Empty { .. }
        | ImportError::NothingUsable { .. }
        | ImportError::Learn { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        ImportError::Store(error) => store_status(error),
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn publish_status(error: &PublishError) -> StatusCode {
    match error {
        PublishError::UnknownVersion(_) => StatusCode::NOT_FOUND,
        PublishError::Store(error) => store_status(error),
        PublishError::SelfCheck { .. } | PublishError::Encode { .. } | PublishError::Manifest(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::CONFLICT,
    }
}

fn store_status(error: &StoreError) -> StatusCode {
    match error {
        StoreError::Busy => StatusCode::CONFLICT,
        StoreError::Full => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Refused lines are listed apart.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn internal() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something went wrong; the server's log says more",
    )
}
