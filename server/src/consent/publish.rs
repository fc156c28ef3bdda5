//! Publishing a notice, and going back to an earlier one.

use homebody_protocol::consent::{Finding, Severity, lint};

use super::notice::{self, MAX_BYTES};
use super::{Notice, NoticeError};
use crate::store::{NewNoticeChange, Store, Via};

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeReport {
    /// SHA-256 of the bytes: the notice's name and address.
    pub sha256: String,
    /// `false` when it was asked already and nothing changed.
    pub is_new: bool,
    /// What the lint warns of.
    pub warnings: Vec<Finding>,
}

/// Publishes a configuration: lints it, keeps its bytes for good and makes it the one that is asked, in one transaction
/// that is on disk when this returns.
///
/// # Errors
/// [`NoticeError`]; what was asked before stays.
pub fn publish(store: &Store, bytes: &[u8], via: Via, now: u64) -> Result<NoticeReport, NoticeError> {
    if bytes.len() > MAX_BYTES {
        return Err(NoticeError::TooLarge);
    }
    let warnings = judge(notice::text(bytes)?)?;
    let sha256 = notice::hash(bytes);
    Notice::read(&sha256, bytes)?;
    let change = NewNoticeChange { sha256: &sha256, at: now, is_rollback: false, via };
    let is_new = store.write(|transaction| {
        Store::put_notice(transaction, &change, bytes)?;
        Store::make_current(transaction, &change)
    })?;
    Ok(NoticeReport { sha256, is_new, warnings })
}

/// Asks an earlier notice again. The lint of today decides: the law may have changed since.
///
/// # Errors
/// [`NoticeError`]; what was asked before stays.
pub fn rollback(store: &Store, sha256: &str, via: Via, now: u64) -> Result<NoticeReport, NoticeError> {
    let bytes = store.notice(sha256)?.ok_or_else(|| NoticeError::Unknown(sha256.to_owned()))?;
    let kept = Notice::read(sha256, &bytes)?;
    let warnings = judge(&kept.text)?;
    let change = NewNoticeChange { sha256, at: now, is_rollback: true, via };
    let is_new = store.write(|transaction| Store::make_current(transaction, &change))?;
    Ok(NoticeReport { sha256: kept.sha256, is_new, warnings })
}

/// What is asked now, after a look whether it may still be.
///
/// # Errors
/// [`NoticeError`] when its bytes are damaged, or today's lint objects.
pub fn check(store: &Store) -> Result<Option<Notice>, NoticeError> {
    let Some(newest) = store.notice_changes(1)?.into_iter().next() else { return Ok(None) };
    let bytes = store.notice(&newest.sha256)?.ok_or(NoticeError::Unknown(newest.sha256.clone()))?;
    let notice = Notice::read(&newest.sha256, &bytes)?;
    judge(&notice.text)?;
    Ok(Some(notice))
}

/// The warnings of a text that may be published.
fn judge(text: &str) -> Result<Vec<Finding>, NoticeError> {
    let (errors, warnings): (Vec<_>, Vec<_>) =
        lint(text).into_iter().partition(|finding| finding.severity == Severity::Error);
    if errors.is_empty() { Ok(warnings) } else { Err(NoticeError::Refused(errors)) }
}
