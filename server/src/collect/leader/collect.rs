//! Answering collectors: both halves of a batch, sealed, once.
//!
//! A collection waits until no report of its interval is on its way. Then one transaction closes the batch, seals this
//! half and keeps what the helper is asked; the helper is asked the very same until it answers.

use std::sync::Arc;

use axum::http::Method;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use homebody_protocol::dap::{
    AggregateShare, AggregateShareAad, AggregateShareReq, BatchSelector, CollectionJobReq, CollectionJobResp,
    Decode as _, Dialect, Encode as _, HpkeCiphertext, Interval, JobId, Message as _, Problem, Query, Role,
    TaskId,
};
use homebody_protocol::split::{SplitError, seal_aggregate};
use sha2::{Digest as _, Sha256};

use super::aggregate::on;
use super::backoff_s;
use crate::collect::helper::{HelperError, job_of};
use crate::collect::{Client, Part, Registry, SplitPart, noise};
use crate::store::{CollectionJob, CollectionState, Store, StoreError};

/// The query for an interval.
#[must_use]
pub fn interval_query(interval: Interval) -> CollectionJobReq {
    CollectionJobReq { query: Query::TimeInterval(interval), agg_param: Vec::new(), extensions: Vec::new() }
}

/// Begins a collection, or finds the one that was begun by the same request. `job` is the collector's name for it, where
/// it has one. A batch that is too small, with nothing on its way, is refused at once and may be asked for later.
///
/// # Errors
/// [`HelperError`] as the collector is told it.
pub fn ask(
    store: &Store,
    part: &Part,
    body: &[u8],
    job: Option<JobId>,
    now: u64,
) -> Result<CollectionJob, HelperError> {
    let split = part.split.as_ref().ok_or(Problem::UnrecognizedTask)?;
    let job = job.unwrap_or_else(|| job_of(&Sha256::digest(body).into()));
    if let Some(known) = store.collection(&part.id, &job.0)? {
        // One that failed before anything was closed may be asked for again, when more reports have come.
        let is_open = matches!(known.state, CollectionState::Failed(_)) && known.share_request.is_none();
        if known.request != body {
            return Err(Problem::InvalidMessage.into());
        }
        if !is_open {
            return Ok(known);
        }
        store.remove_collection(&part.id, &job.0)?;
    }
    let request = CollectionJobReq::get_decoded(body).map_err(|_| Problem::InvalidMessage)?;
    let interval = queried(split, &request)?;
    store.write(|transaction| {
        if Store::overlaps_collected(transaction, &part.id, &interval)? {
            return Err(HelperError::Problem(Problem::BatchOverlap));
        }
        let is_whole = !Store::has_uploads(transaction, &part.id, &interval)?;
        let found = Store::gather(transaction, &part.id, split.vdaf.length(), &interval)?;
        if is_whole && found.reports < split.wire.min_batch_size {
            return Err(Problem::InvalidBatchSize.into());
        }
        Store::add_collection(transaction, &part.id, &job.0, body, now)?;
        Ok(())
    })?;
    let begun = store.collection(&part.id, &job.0)?;
    begun.ok_or_else(|| Problem::InvalidMessage.into())
}

fn queried(split: &SplitPart, request: &CollectionJobReq) -> Result<Interval, HelperError> {
    if !request.agg_param.is_empty() {
        return Err(Problem::InvalidAggregationParameter.into());
    }
    if !homebody_protocol::dap::is_ascending(&request.extensions) {
        return Err(Problem::InvalidExtension.into());
    }
    if !request.extensions.is_empty() {
        let kinds = request.extensions.iter().map(|extension| extension.kind).collect();
        return Err(HelperError::Unsupported(kinds));
    }
    match request.query {
        Query::TimeInterval(interval) if split.wire.batch_mode == request.query.mode() => {
            let is_sound = interval.duration > 0 && interval.end().is_some();
            if is_sound { Ok(interval) } else { Err(Problem::BatchInvalid.into()) }
        }
        _ => Err(Problem::InvalidMessage.into()),
    }
}

/// Goes on with the next collection that is due; `false` when none is.
///
/// # Errors
/// [`StoreError`]; the collection waits for the next time.
pub async fn run_next(
    store: &Arc<Store>,
    registry: &Registry,
    client: Client,
    now: u64,
) -> Result<bool, StoreError> {
    let Some(job) = on(store, move |store| store.due_collection(now)).await? else { return Ok(false) };
    let next_at = now + backoff_s(job.attempts);
    let Some(part) = registry.part(&job.part).cloned() else {
        return on(store, move |store| store.postpone_collection(&job.part, &job.job, next_at))
            .await
            .map(|()| true);
    };
    let closed = match &job.share_request {
        Some(_) => Ok(Step::Ask(job.clone())),
        None => {
            let (part, job) = (Arc::clone(&part), job.clone());
            on(store, move |store| Ok(close(store, &part, &job, now))).await?
        }
    };
    let outcome = match closed {
        Ok(Step::Ask(job)) => ask_helper(&part, client, &job).await,
        Ok(Step::Wait) => Asked::Later("reports are on their way".to_owned()),
        Err(HelperError::Problem(problem)) => Asked::Failed(problem.uri().to_owned()),
        Err(error) => Asked::Later(error.to_string()),
    };
    on(store, move |store| match outcome {
        Asked::Answer(answer) => end(store, &job, Ok(&answer)),
        Asked::Failed(problem) => {
            tracing::error!(task = &*part.task_id, problem, "a collection failed");
            end(store, &job, Err(&problem))
        }
        Asked::Later(reason) => {
            tracing::debug!(task = &*part.task_id, "collection waits: {reason}");
            store.postpone_collection(&job.part, &job.job, next_at)
        }
    })
    .await?;
    Ok(true)
}

fn end(store: &Store, job: &CollectionJob, outcome: Result<&[u8], &str>) -> Result<(), StoreError> {
    store.write(|transaction| Store::end_collection(transaction, &job.part, &job.job, outcome))
}

enum Step {
    Wait,
    Ask(CollectionJob),
}

/// Closes the batch once nothing of it is on its way.
fn close(store: &Store, part: &Part, job: &CollectionJob, now: u64) -> Result<Step, HelperError> {
    let split = part.split.as_ref().ok_or(Problem::UnrecognizedTask)?;
    let collection = CollectionJobReq::get_decoded(&job.request).map_err(|_| Problem::InvalidMessage)?;
    let interval = queried(split, &collection)?;
    store.write(|transaction| {
        if Store::has_uploads(transaction, &part.id, &interval)? {
            return Ok(Step::Wait);
        }
        if Store::overlaps_collected(transaction, &part.id, &interval)? {
            return Err(HelperError::Problem(Problem::BatchOverlap));
        }
        let mut found = Store::gather(transaction, &part.id, split.vdaf.length(), &interval)?;
        let span = found.span.filter(|_| found.reports >= split.wire.min_batch_size);
        let span = span.ok_or(Problem::InvalidBatchSize)?;
        found.share.add_noise(&noise::draw(part.noise(), split.vdaf.length())?);
        let aad = AggregateShareAad { task_id: TaskId(part.id), task: &split.wire, collection: &collection };
        let rng = &mut UnwrapErr(SysRng);
        let leader_share = seal_aggregate(&split.collector, Role::Leader, &aad, &found.share, rng)?;
        let request = AggregateShareReq {
            collection: collection.clone(),
            selector: BatchSelector::TimeInterval(interval),
            report_count: found.reports,
            checksum: found.checksum,
        };
        let bytes = |encoded: Result<Vec<u8>, _>| {
            encoded.map_err(|error: homebody_protocol::dap::CodecError| {
                HelperError::Split(SplitError::Malformed(error.to_string()))
            })
        };
        let request = bytes(request.get_encoded())?;
        // The answer without the helper's half.
        let mut head = bytes(found.reports.get_encoded())?;
        bytes(span.get_encoded()).map(|span| head.extend(span))?;
        bytes(leader_share.get_encoded()).map(|share| head.extend(share))?;
        Store::mark_collected(transaction, &part.id, &interval, now)?;
        Store::close_for_collection(transaction, &part.id, &job.job, &request, &head)?;
        let closed = CollectionJob { share_request: Some(request), leader_share: Some(head), ..job.clone() };
        Ok(Step::Ask(closed))
    })
}

enum Asked {
    Answer(Vec<u8>),
    Failed(String),
    Later(String),
}

async fn ask_helper(part: &Part, client: Client, job: &CollectionJob) -> Asked {
    let (Some(split), Some(request), Some(head)) = (&part.split, &job.share_request, &job.leader_share)
    else {
        return Asked::Failed(Problem::InvalidMessage.uri().to_owned());
    };
    let task = crate::collect::settings::encode(&part.id);
    let base = format!("{}/tasks/{task}/aggregate_shares", split.helper_url);
    let (method, url) = match split.dialect {
        Dialect::Draft18 => (Method::POST, base),
        Dialect::Transitional => {
            (Method::PUT, format!("{base}/{}", crate::collect::settings::encode(&job.job)))
        }
    };
    let media_type = AggregateShareReq::MEDIA_TYPE;
    let answer = match client.make(method, &url, split.token.text(), media_type, request.clone()).await {
        Ok(answer) => answer,
        Err(error) => return Asked::Later(error.to_string()),
    };
    if !answer.status.is_success() {
        let problem = answer.problem();
        // Only what the protocol calls final is; anything else may be a proxy or a restart.
        return match Problem::of_uri(&problem) {
            // A helper that has not joined yet will.
            Some(Problem::UnrecognizedTask) | None => Asked::Later(format!("status {}", answer.status)),
            Some(_) => Asked::Failed(problem),
        };
    }
    match AggregateShare::get_decoded(&answer.body).and_then(|share| whole(head, &share.0)) {
        Ok(answer) => Asked::Answer(answer),
        Err(error) => Asked::Later(format!("answer not readable: {error}")),
    }
}

/// The whole answer, read once more before it is kept.
fn whole(head: &[u8], helper: &HpkeCiphertext) -> Result<Vec<u8>, homebody_protocol::dap::CodecError> {
    let mut bytes = head.to_vec();
    helper.encode(&mut bytes)?;
    CollectionJobResp::get_decoded(&bytes)?;
    Ok(bytes)
}
