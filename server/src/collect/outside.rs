//! What devices and collectors do, from the command line: reports for a task of the bare protocol, and its sums. They work
//! with aggregators of any make.

use std::time::{Duration, Instant};

use axum::http::Method;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use homebody_protocol::dap::{CollectionJobReq, ReportError};
use homebody_protocol::dap::{
    CollectionJobResp, Decode as _, Dialect, Encode as _, HpkeConfig, HpkeConfigList, Interval, Message as _,
    Role, TaskId, UploadErrors, UploadRequest,
};
use homebody_protocol::split::{Recipients, open_aggregate, seal_report, unshard};

use super::settings::{encode, random};
use super::{BareTask, Client, CollectError, leader};

/// A sum as a collector has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Reports in it.
    pub reports: u64,
    /// The smallest interval around their times, in the task's units.
    pub interval: Interval,
    /// The sum, cell by cell.
    pub cells: Vec<i64>,
}

/// Sends one report: what a device does. `time` counts the task's units. What is wrong with it, if the leader says so.
///
/// # Errors
/// [`CollectError::Peer`] when an aggregator does not answer, or as nobody understands.
pub async fn upload(
    client: Client,
    task: &BareTask,
    vector: &[u32],
    time: u64,
) -> Result<Option<ReportError>, CollectError> {
    let (id, wire) = (TaskId(task.id()?), task.configuration()?);
    let (leader, helper) =
        (recipient(client, task.leader_url()).await?, recipient(client, task.helper_url()).await?);
    let recipients = Recipients { leader: &leader, helper: &helper };
    let report = seal_report(id, &wire, vector, time, recipients, &mut UnwrapErr(SysRng))?;
    let url = format!("{}/tasks/{}/reports", task.leader_url(), encode(&id.0));
    let body = UploadRequest(vec![report]).get_encoded().unwrap_or_default();
    let answer = client.ask(Method::POST, &url, "", UploadRequest::MEDIA_TYPE, body).await.map_err(peer)?;
    if !answer.status.is_success() {
        return Err(CollectError::Peer(format!("status {} {}", answer.status, answer.problem())));
    }
    let UploadErrors(errors) = UploadErrors::get_decoded(&answer.body).map_err(peer)?;
    Ok(errors.first().map(|refused| refused.error))
}

/// Collects an interval: asks the leader until it answers or patience ends, and opens both halves.
///
/// # Errors
/// [`CollectError::Peer`] when the leader refuses, does not answer in time, or as nobody understands,
/// [`CollectError::Split`] when the halves do not open under the task's rules.
pub async fn collect(
    client: Client,
    task: &BareTask,
    interval: Interval,
    patience: Duration,
) -> Result<Collected, CollectError> {
    let (id, wire, key) = (TaskId(task.id()?), task.configuration()?, task.collector_hpke_config.pair()?);
    let request = leader::interval_query(interval);
    let jobs = format!("{}/tasks/{}/collection_jobs", task.leader_url(), encode(&id.0));
    let (method, url) = match task.dialect() {
        Dialect::Draft18 => (Method::POST, jobs),
        Dialect::Transitional => (Method::PUT, format!("{jobs}/{}", encode(&random::<16>()?))),
    };
    let (token, body) = (task.collector_token.as_deref().unwrap_or_default(), request.get_encoded());
    let (body, until) = (body.unwrap_or_default(), Instant::now() + patience);
    let answer = loop {
        let media_type = CollectionJobReq::MEDIA_TYPE;
        // The same request is the same job.
        match client.make(method.clone(), &url, token, media_type, body.clone()).await {
            Ok(answer) => break answer,
            Err(error) if Instant::now() >= until => return Err(peer(error)),
            Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
        }
    };
    if !answer.status.is_success() {
        return Err(CollectError::Peer(format!("status {} {}", answer.status, answer.problem())));
    }
    let answer = CollectionJobResp::get_decoded(&answer.body).map_err(peer)?;
    let open = |role, sealed| open_aggregate(&key, role, id, &wire, &request, sealed);
    let halves = (open(Role::Leader, &answer.leader_share)?, open(Role::Helper, &answer.helper_share)?);
    Ok(Collected {
        reports: answer.report_count,
        interval: answer.interval,
        cells: unshard(&halves.0, &halves.1)?,
    })
}

/// The key of an aggregator.
async fn recipient(client: Client, base: &str) -> Result<HpkeConfig, CollectError> {
    let url = format!("{base}/hpke_config");
    let answer = client.ask(Method::GET, &url, "", HpkeConfigList::MEDIA_TYPE, Vec::new()).await;
    let list = HpkeConfigList::get_decoded(&answer.map_err(peer)?.body).map_err(peer)?;
    list.best().cloned().ok_or_else(|| CollectError::Peer(format!("`{url}` has no key of known algorithms")))
}

fn peer(error: impl std::fmt::Display) -> CollectError {
    CollectError::Peer(error.to_string())
}
