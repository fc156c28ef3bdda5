//! The helper: proves what a leader brings, keeps its half of the sum, and hands it out sealed, once.

use std::collections::BTreeSet;

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use homebody_protocol::dap::{
    AggregateShare, AggregateShareAad, AggregateShareReq, AggregationJobInitReq, AggregationJobResp,
    BatchSelector, Decode as _, Dialect, Encode as _, InitError, Interval, JobId, Problem, ReportError, Role,
    TaskId, VerifyInit, VerifyResp, VerifyResult,
};
use homebody_protocol::split::{HalfSum, OutputShare, SplitError, context, open_share, seal_aggregate};
use sha2::{Digest as _, Sha256};

use super::{CollectError, KeyRing, Part, SplitPart, noise};
use crate::store::{AnswerKind, ProvedShare, Store, StoreError};

/// Why a leader's request is not answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HelperError {
    /// As the protocol says it.
    #[error("{0:?}")]
    Problem(Problem),
    /// Extensions that are not known.
    #[error("extensions `{0:?}` are not known")]
    Unsupported(Vec<u16>),
    /// A half of a sum could not be sealed.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// The data folder.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CollectError> for HelperError {
    fn from(error: CollectError) -> Self {
        match error {
            CollectError::Store(error) => Self::Store(error),
            CollectError::Split(error) => Self::Split(error),
            other => Self::Split(SplitError::Task(other.to_string())),
        }
    }
}

impl From<Problem> for HelperError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

type Outcome<T> = Result<T, HelperError>;

/// A name that follows from a request: the same request is the same job.
#[must_use]
pub fn job_of(request: &[u8; 32]) -> JobId {
    let mut id = [0; 16];
    id.copy_from_slice(&request[..16]);
    JobId(id)
}

/// Takes part in an aggregation job: proves each report, and adds those that hold and are new, all in one transaction
/// with the answer. `job` is the leader's name for it, where it has one. The answer's job and bytes; a repeated request
/// gets the same.
///
/// # Errors
/// [`HelperError`].
pub fn aggregate(
    store: &Store,
    keys: &KeyRing,
    part: &Part,
    body: &[u8],
    dialect: Dialect,
    job: Option<JobId>,
    now: u64,
) -> Outcome<(JobId, Vec<u8>)> {
    let split = part.split.as_ref().ok_or(Problem::UnrecognizedTask)?;
    let hash: [u8; 32] = Sha256::digest(body).into();
    let job = job.unwrap_or_else(|| job_of(&hash));
    if let Some(answer) = known(store, part, AnswerKind::Aggregation, &job, &hash)? {
        return Ok((job, answer));
    }
    let request = AggregationJobInitReq::from_bytes(body, dialect).map_err(|error| match error {
        InitError::Unsupported(kinds) => HelperError::Unsupported(kinds),
        _ => Problem::InvalidMessage.into(),
    })?;
    check(&request)?;
    let judged: Vec<Judged> =
        request.verify_inits.iter().map(|init| judge(keys, part, split, init, now)).collect();
    let answer = store.write(|transaction| {
        let proved: Vec<ProvedShare> = judged.iter().filter_map(|judged| judged.proved.clone()).collect();
        let refused = Store::add_shares_once(transaction, &part.id, split.vdaf.length(), &proved)?;
        let answer = AggregationJobResp(answers(&judged, &refused)).to_bytes(dialect).unwrap_or_default();
        let kind = AnswerKind::Aggregation;
        match Store::keep_helper_answer(transaction, &part.id, kind, &job.0, &hash, &answer, now)? {
            true => Ok::<_, HelperError>(Some(answer)),
            // The same request, answered a moment ago: what was added here is undone.
            false => Err(Problem::StepMismatch.into()),
        }
    });
    match answer {
        Ok(answer) => Ok((job, answer.unwrap_or_default())),
        Err(HelperError::Problem(Problem::StepMismatch)) => {
            let answer = known(store, part, AnswerKind::Aggregation, &job, &hash)?;
            Ok((job, answer.ok_or(Problem::InvalidMessage)?))
        }
        Err(error) => Err(error),
    }
}

/// Hands out this half of a batch, sealed to the collector, and closes the batch for good.
///
/// # Errors
/// [`HelperError`].
pub fn share(
    store: &Store,
    part: &Part,
    body: &[u8],
    job: Option<JobId>,
    now: u64,
) -> Outcome<(JobId, Vec<u8>)> {
    let split = part.split.as_ref().ok_or(Problem::UnrecognizedTask)?;
    let hash: [u8; 32] = Sha256::digest(body).into();
    let job = job.unwrap_or_else(|| job_of(&hash));
    if let Some(answer) = known(store, part, AnswerKind::Share, &job, &hash)? {
        return Ok((job, answer));
    }
    let request = AggregateShareReq::get_decoded(body).map_err(|_| Problem::InvalidMessage)?;
    let interval = selected(split, &request)?;
    let answer = store.write(|transaction| {
        if Store::overlaps_collected(transaction, &part.id, &interval)? {
            return Err(HelperError::Problem(Problem::BatchOverlap));
        }
        let found = Store::gather(transaction, &part.id, split.vdaf.length(), &interval)?;
        if found.reports < split.wire.min_batch_size {
            return Err(Problem::InvalidBatchSize.into());
        }
        if (found.reports, found.checksum) != (request.report_count, request.checksum) {
            return Err(Problem::BatchMismatch.into());
        }
        let answer = sealed(part, split, &request, found.share)?;
        Store::mark_collected(transaction, &part.id, &interval, now)?;
        Store::keep_helper_answer(transaction, &part.id, AnswerKind::Share, &job.0, &hash, &answer, now)?;
        Ok(answer)
    })?;
    Ok((job, answer))
}

/// What a request was answered before; a problem when the job's name stands for another request.
fn known(
    store: &Store,
    part: &Part,
    kind: AnswerKind,
    job: &JobId,
    hash: &[u8; 32],
) -> Outcome<Option<Vec<u8>>> {
    match store.helper_answer(&part.id, kind, &job.0)? {
        Some((request, answer)) if request == *hash => Ok(Some(answer)),
        Some(_) => Err(Problem::InvalidMessage.into()),
        None => Ok(None),
    }
}

fn check(request: &AggregationJobInitReq) -> Outcome<()> {
    if !request.agg_param.is_empty() {
        return Err(Problem::InvalidAggregationParameter.into());
    }
    let mut names = BTreeSet::new();
    let are_distinct =
        request.verify_inits.iter().all(|init| names.insert(init.report_share.metadata.report_id));
    // Batches by time have no batch of the leader's choice.
    match are_distinct && request.batch.is_none() && !request.verify_inits.is_empty() {
        true => Ok(()),
        false => Err(Problem::InvalidMessage.into()),
    }
}

/// A report as this aggregator found it.
struct Judged {
    response: VerifyResp,
    proved: Option<ProvedShare>,
}

fn judge(keys: &KeyRing, part: &Part, split: &SplitPart, init: &VerifyInit, now: u64) -> Judged {
    let metadata = &init.report_share.metadata;
    let (result, proved) = match prove(keys, part, split, init, now) {
        Ok((share, message)) => {
            let proved = ProvedShare { report: metadata.report_id, time: metadata.time, share };
            (VerifyResult::Continue(message), Some(proved))
        }
        Err(error) => (VerifyResult::Reject(error), None),
    };
    Judged { response: VerifyResp { report_id: metadata.report_id, result }, proved }
}

fn prove(
    keys: &KeyRing,
    part: &Part,
    split: &SplitPart,
    init: &VerifyInit,
    now: u64,
) -> Result<(OutputShare, Vec<u8>), ReportError> {
    let share = &init.report_share;
    part.is_timely(share.metadata.time, now)?;
    let task = TaskId(part.id);
    let (metadata, public) = (&share.metadata, &share.public_share);
    let key = keys.of(share.encrypted_share.config_id).ok_or(ReportError::HpkeDecryptError)?;
    let opened = open_share(key, Role::Helper, task, &split.wire, metadata, public, &share.encrypted_share)?;
    let proved = split.vdaf.helper_init(
        &split.verify_key,
        &context(&task),
        &metadata.report_id,
        public,
        &opened,
        &init.payload,
    );
    proved.map_err(|error| match error {
        SplitError::Malformed(_) => ReportError::InvalidMessage,
        _ => ReportError::VdafVerifyError,
    })
}

/// What was found of each report, with what the store refused among those that were proved.
fn answers(judged: &[Judged], refused: &[Option<ReportError>]) -> Vec<VerifyResp> {
    let mut refused = refused.iter();
    let answer = |judged: &Judged| {
        let mut response = judged.response.clone();
        if judged.proved.is_some()
            && let Some(Some(error)) = refused.next()
        {
            response.result = VerifyResult::Reject(*error);
        }
        response
    };
    judged.iter().map(answer).collect()
}

/// The interval that a request closes.
fn selected(split: &SplitPart, request: &AggregateShareReq) -> Outcome<Interval> {
    if !request.collection.agg_param.is_empty() {
        return Err(Problem::InvalidMessage.into());
    }
    if let Some(first) = request.collection.extensions.first() {
        return Err(HelperError::Unsupported(vec![first.kind]));
    }
    let BatchSelector::TimeInterval(interval) = request.selector else {
        return Err(Problem::InvalidMessage.into());
    };
    if request.collection.query.mode() != split.wire.batch_mode {
        return Err(Problem::InvalidMessage.into());
    }
    let is_sound = interval.duration > 0 && interval.end().is_some();
    match is_sound && request.selector.answers(&request.collection.query) {
        true => Ok(interval),
        false => Err(Problem::BatchInvalid.into()),
    }
}

fn sealed(
    part: &Part,
    split: &SplitPart,
    request: &AggregateShareReq,
    mut share: HalfSum,
) -> Outcome<Vec<u8>> {
    share.add_noise(&noise::draw(part.noise(), split.vdaf.length())?);
    let aad =
        AggregateShareAad { task_id: TaskId(part.id), task: &split.wire, collection: &request.collection };
    let rng = &mut UnwrapErr(SysRng);
    let sealed = seal_aggregate(&split.collector, Role::Helper, &aad, &share, rng)?;
    AggregateShare(sealed).get_encoded().map_err(|error| SplitError::Malformed(error.to_string()).into())
}
