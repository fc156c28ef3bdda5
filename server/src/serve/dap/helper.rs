//! The helper's addresses: what a leader asks. Aggregation jobs and aggregate shares are made, read and forgotten alike.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use homebody_protocol::dap::{
    AggregateShare, AggregateShareReq, AggregationJobInitReq, AggregationJobResp, Dialect, JobId,
    Message as _, Problem,
};

use super::Address;
use super::answer::{self, Answered, Asked, Early, asked, authorize, blocking, located, ready, told};
use crate::collect::helper::{self, HelperError};
use crate::collect::{KeyRing, Part};
use crate::serve::api::unix_now;
use crate::serve::state::ServeState;
use crate::store::{AnswerKind, Store, TaskRole};

/// What a leader makes here, by a request whose answer is kept for when it is asked again.
pub(super) trait Resource {
    /// As the store keeps the answer.
    const KIND: AnswerKind;
    /// In the address.
    const PATH: &'static str;
    /// Media type of the request.
    const REQUEST: &'static str;
    /// Media type of the answer.
    const ANSWER: &'static str;
    /// For names that no answer is kept for.
    const UNKNOWN: Problem;

    /// Does what is asked; the name of it and the answer. `job` is the leader's name for it, where it has one.
    fn work(
        store: &Store,
        keys: &KeyRing,
        part: &Part,
        body: &[u8],
        job: Option<JobId>,
    ) -> Result<(JobId, Vec<u8>), HelperError>;
}

/// Proving reports.
pub(super) struct Aggregations;

impl Resource for Aggregations {
    const KIND: AnswerKind = AnswerKind::Aggregation;
    const PATH: &'static str = "aggregation_jobs";
    const REQUEST: &'static str = AggregationJobInitReq::MEDIA_TYPE;
    const ANSWER: &'static str = AggregationJobResp::MEDIA_TYPE;
    const UNKNOWN: Problem = Problem::UnrecognizedAggregationJob;

    fn work(
        store: &Store,
        keys: &KeyRing,
        part: &Part,
        body: &[u8],
        job: Option<JobId>,
    ) -> Result<(JobId, Vec<u8>), HelperError> {
        // Who names the job itself has the job laid out the transitional way.
        let dialect = if job.is_some() { Dialect::Transitional } else { Dialect::Draft18 };
        helper::aggregate(store, keys, part, body, dialect, job, unix_now())
    }
}

/// Handing out the helper's half of a batch.
pub(super) struct Shares;

impl Resource for Shares {
    const KIND: AnswerKind = AnswerKind::Share;
    const PATH: &'static str = "aggregate_shares";
    const REQUEST: &'static str = AggregateShareReq::MEDIA_TYPE;
    const ANSWER: &'static str = AggregateShare::MEDIA_TYPE;
    const UNKNOWN: Problem = Problem::InvalidMessage;

    fn work(
        store: &Store,
        _: &KeyRing,
        part: &Part,
        body: &[u8],
        job: Option<JobId>,
    ) -> Result<(JobId, Vec<u8>), HelperError> {
        helper::share(store, part, body, job, unix_now())
    }
}

/// Makes one; under a name of the leader's where the address has one.
pub(super) async fn make<R: Resource>(
    State(state): State<Arc<ServeState>>,
    Path(address): Path<Address>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    begin::<R>(&state, &address, &headers, body).await.unwrap_or_else(|early| *early)
}

async fn begin<R: Resource>(
    state: &ServeState,
    address: &Address,
    headers: &HeaderMap,
    body: Body,
) -> Answered {
    let task = &address.task;
    let asked = leader(state, task, headers)?;
    let job = address.job.as_deref().map(|job| answer::job(task, job, R::UNKNOWN)).transpose()?;
    let body = answer::message(state, task, headers, R::REQUEST, body).await?;
    let (store, part) = (Arc::clone(&asked.collecting.store), Arc::clone(&asked.part));
    let keys = asked.collecting.keys.load_full();
    let (id, answer) = blocking(task, move || R::work(&store, &keys, &part, &body, job)).await?;
    Ok(located(ready(StatusCode::CREATED, R::ANSWER, answer), &asked.part, R::PATH, &id))
}

/// What the leader was answered.
pub(super) async fn read<R: Resource>(
    State(state): State<Arc<ServeState>>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Response<Body> {
    let found = known::<R>(&state, &address, &headers).await;
    found.map(|answer| ready(StatusCode::OK, R::ANSWER, answer)).unwrap_or_else(|early| *early)
}

/// Sums are proved in one round: there is no further step.
pub(super) async fn go_on(
    State(state): State<Arc<ServeState>>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Response<Body> {
    match known::<Aggregations>(&state, &address, &headers).await {
        Ok(_) => told(Problem::StepMismatch, &address.task, "the job is complete after its first step"),
        Err(early) => *early,
    }
}

/// Forgets the answer; what was added stays, and a batch that was closed stays closed.
pub(super) async fn forget<R: Resource>(
    State(state): State<Arc<ServeState>>,
    Path(address): Path<Address>,
    headers: HeaderMap,
) -> Response<Body> {
    let forgotten = async {
        let (asked, JobId(id)) = named::<R>(&state, &address, &headers)?;
        let (store, part) = (Arc::clone(&asked.collecting.store), Arc::clone(&asked.part));
        let work = move || Ok::<_, HelperError>(store.remove_helper_answer(&part.id, R::KIND, &id)?);
        blocking(&address.task, work).await?;
        Ok::<_, Early>(StatusCode::NO_CONTENT.into_response())
    };
    forgotten.await.unwrap_or_else(|early| *early)
}

async fn known<R: Resource>(
    state: &ServeState,
    address: &Address,
    headers: &HeaderMap,
) -> Result<Bytes, Early> {
    let (asked, JobId(id)) = named::<R>(state, address, headers)?;
    let (store, part) = (Arc::clone(&asked.collecting.store), Arc::clone(&asked.part));
    let task = &address.task;
    let found = blocking(task, move || Ok(store.helper_answer(&part.id, R::KIND, &id)?)).await?;
    let unknown = || Box::new(told(R::UNKNOWN, task, "no such job here"));
    found.map(|(_, answer)| Bytes::from(answer)).ok_or_else(unknown)
}

/// A request about something that the address names.
fn named<'a, R: Resource>(
    state: &'a ServeState,
    address: &Address,
    headers: &HeaderMap,
) -> Result<(Asked<'a>, JobId), Early> {
    let asked = leader(state, &address.task, headers)?;
    let job = answer::job(&address.task, address.job.as_deref().unwrap_or_default(), R::UNKNOWN)?;
    Ok((asked, job))
}

fn leader<'a>(state: &'a ServeState, task: &str, headers: &HeaderMap) -> Result<Asked<'a>, Early> {
    let asked = asked(state, task, TaskRole::Helper)?;
    authorize(headers, asked.part.split.as_ref().map(|split| &split.token))?;
    Ok(asked)
}
