//! Proving reports together with the helper.
//!
//! A job is the reports in the order of their names. Its request follows from them alone, so that a repeated one is the
//! same to the byte; its end is one transaction. Wherever the process dies, the helper is asked again and answers the
//! same, and what was added is not added again.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::Method;
use homebody_protocol::dap::{
    AggregationJobInitReq, AggregationJobResp, Dialect, JobId, Message as _, Problem, Report, ReportError,
    ReportId, ReportShare, Role, TaskId, VerifyInit, VerifyResult,
};
use homebody_protocol::split::{LeaderState, context, open_share};
use sha2::{Digest as _, Sha256};

use super::backoff_s;
use crate::collect::helper::job_of;
use crate::collect::{Client, KeyRing, Part, Registry, SplitPart};
use crate::store::{AggregationJob, ProvedShare, Store, StoreError};

/// Does the next job that is due; `false` when none is.
///
/// # Errors
/// [`StoreError`]; the job waits for the next time.
pub async fn run_next(
    store: &Arc<Store>,
    registry: &Registry,
    keys: &KeyRing,
    client: Client,
    now: u64,
) -> Result<bool, StoreError> {
    let Some(job) = on(store, move |store| store.due_aggregation_job(now)).await? else { return Ok(false) };
    let Some(part) = registry.part(&job.part) else {
        // A task that cannot be read any more; its reports wait until it can.
        let (id, next_at) = (job.job, now + backoff_s(u32::MAX));
        return on(store, move |store| store.postpone_aggregation_job(id, next_at)).await.map(|()| true);
    };
    match ask(part, keys, client, &job).await {
        Ok(outcome) => end(store, part, job, outcome).await?,
        Err(reason) => {
            let (id, next_at) = (job.job, now + backoff_s(job.attempts));
            tracing::warn!(task = &*part.task_id, attempts = job.attempts, "helper: {reason}");
            on(store, move |store| store.postpone_aggregation_job(id, next_at)).await?;
        }
    }
    Ok(true)
}

/// What became of the reports of a job.
#[derive(Default)]
struct Outcome {
    proved: Vec<ProvedShare>,
    /// Those that may be aggregated another time.
    again: Vec<ReportId>,
    /// The whole job may be.
    all_again: bool,
    refused: usize,
}

/// Asks the helper about all reports that this aggregator can open itself.
async fn ask(
    part: &Arc<Part>,
    keys: &KeyRing,
    client: Client,
    job: &AggregationJob,
) -> Result<Outcome, String> {
    let split = part.split.as_ref().ok_or("the task is not split")?;
    let (states, request) = prepare(part, split, keys, &job.reports)?;
    if states.is_empty() {
        return Ok(Outcome { refused: job.reports.len(), ..Outcome::default() });
    }
    let body = request.to_bytes(split.dialect).map_err(|error| error.to_string())?;
    let task = crate::collect::settings::encode(&part.id);
    let base = format!("{}/tasks/{task}/aggregation_jobs", split.helper_url);
    let (method, url) = match split.dialect {
        Dialect::Draft18 => (Method::POST, base),
        Dialect::Transitional => (Method::PUT, format!("{base}/{}", job_name(&body))),
    };
    let media_type = AggregationJobInitReq::MEDIA_TYPE;
    let answer = client.make(method, &url, split.token.text(), media_type, body).await;
    let answer = answer.map_err(|error| error.to_string())?;
    if !answer.status.is_success() {
        let problem = answer.problem();
        let is_ours = problem == Problem::InvalidMessage.uri();
        tracing::warn!(
            task = &*part.task_id,
            status = answer.status.as_u16(),
            problem,
            "helper refuses a job"
        );
        // Retrying alone would not help; in other company the reports may.
        return match is_ours && job.attempts > 3 {
            true => Ok(Outcome { all_again: true, ..Outcome::default() }),
            false => Err(format!("status {}", answer.status)),
        };
    }
    let responses = AggregationJobResp::from_bytes(&answer.body, split.dialect);
    let responses = responses.map_err(|error| format!("answer not readable: {error}"))?;
    conclude(part, split, &request, states, responses)
}

fn job_name(body: &[u8]) -> String {
    let JobId(name) = job_of(&Sha256::digest(body).into());
    crate::collect::settings::encode(&name)
}

type States = BTreeMap<ReportId, LeaderState>;

fn prepare(
    part: &Part,
    split: &SplitPart,
    keys: &KeyRing,
    reports: &[Report],
) -> Result<(States, AggregationJobInitReq), String> {
    let task = TaskId(part.id);
    let context = context(&task);
    let mut states = States::new();
    let mut verify_inits = Vec::new();
    for report in reports {
        let Report { metadata, public_share, leader_share, helper_share } = report;
        let Some(key) = keys.of(leader_share.config_id) else { continue };
        let opened = open_share(key, Role::Leader, task, &split.wire, metadata, public_share, leader_share);
        let Ok(opened) = opened else { continue };
        let id = metadata.report_id;
        let begun = split.vdaf.leader_init(&split.verify_key, &context, &id, public_share, &opened);
        let Ok((state, payload)) = begun else { continue };
        states.insert(id, state);
        let report_share = ReportShare {
            metadata: metadata.clone(),
            public_share: public_share.clone(),
            encrypted_share: helper_share.clone(),
        };
        verify_inits.push(VerifyInit { report_share, payload });
    }
    let request =
        AggregationJobInitReq { verification_key_id: 0, agg_param: Vec::new(), batch: None, verify_inits };
    Ok((states, request))
}

/// What the helper has found, and with it what this aggregator may add.
fn conclude(
    part: &Part,
    split: &SplitPart,
    request: &AggregationJobInitReq,
    mut states: States,
    responses: AggregationJobResp,
) -> Result<Outcome, String> {
    let names = |init: &VerifyInit| init.report_share.metadata.report_id;
    if !request.verify_inits.iter().map(names).eq(responses.0.iter().map(|response| response.report_id)) {
        return Err("answer about other reports".to_owned());
    }
    let context = context(&TaskId(part.id));
    let mut outcome = Outcome::default();
    for (init, response) in request.verify_inits.iter().zip(responses.0) {
        let Some(state) = states.remove(&response.report_id) else { continue };
        match response.result {
            VerifyResult::Continue(message) => {
                let time = init.report_share.metadata.time;
                // A helper that has added a report whose proof does not hold is one to stop with: both halves must be
                // of the same reports.
                let share = split.vdaf.leader_finish(&context, state, &message);
                let share = share.map_err(|error| format!("answer that proves nothing: {error}"))?;
                outcome.proved.push(ProvedShare { report: response.report_id, time, share });
            }
            VerifyResult::Reject(ReportError::ReportTooEarly) => outcome.again.push(response.report_id),
            VerifyResult::Reject(_) => outcome.refused += 1,
            VerifyResult::Finish => return Err("answer out of step".to_owned()),
        }
    }
    Ok(outcome)
}

/// Adds what was proved and scrubs the reports, in one transaction.
async fn end(
    store: &Arc<Store>,
    part: &Arc<Part>,
    job: AggregationJob,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let length = part.split.as_ref().map_or(0, |split| split.vdaf.length());
    let (part, job) = (Arc::clone(part), job);
    on(store, move |store| {
        store.write(|transaction| {
            let again: Vec<ReportId> = match outcome.all_again {
                true => job.reports.iter().map(|report| report.metadata.report_id).collect(),
                false => outcome.again,
            };
            for id in &again {
                Store::release_upload(transaction, &part.id, id)?;
            }
            if Store::end_aggregation_job(transaction, job.job)? {
                for proved in &outcome.proved {
                    Store::add_share(transaction, &part.id, length, proved)?;
                }
                let (added, refused) = (outcome.proved.len(), outcome.refused);
                tracing::info!(task = &*part.task_id, added, refused, "reports aggregated");
            }
            Ok(())
        })
    })
    .await
}

/// Work on the data folder, off the threads that answer requests.
pub(super) async fn on<T: Send + 'static>(
    store: &Arc<Store>,
    work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let store = Arc::clone(store);
    match tokio::task::spawn_blocking(move || work(&store)).await {
        Ok(outcome) => outcome,
        Err(panicked) => Err(StoreError::Damaged { what: "job", reason: panicked.to_string() }),
    }
}
