//! What a leader can tell of a report by itself, before it is kept.

use homebody_protocol::dap::{Report, ReportError, Role, TaskId};
use homebody_protocol::split::open_share;

use crate::collect::{KeyRing, Part};

/// Whether a report may be kept: of the task's time, sealed to our key under the task's rules.
///
/// # Errors
/// [`ReportError`] as the device is told it.
pub fn check(keys: &KeyRing, part: &Part, report: &Report, now: u64) -> Result<(), ReportError> {
    let Some(split) = &part.split else { return Err(ReportError::InvalidMessage) };
    part.is_timely(report.metadata.time, now).map_err(|error| match error {
        ReportError::TaskNotStarted | ReportError::TaskExpired => ReportError::ReportDropped,
        other => other,
    })?;
    let key = keys.of(report.leader_share.config_id).ok_or(ReportError::OutdatedConfig)?;
    let Report { metadata, public_share, leader_share, .. } = report;
    open_share(key, Role::Leader, TaskId(part.id), &split.wire, metadata, public_share, leader_share)?;
    Ok(())
}
