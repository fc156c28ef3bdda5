//! Building and publishing the tables.

use super::{PublishError, PublishOptions, PublishReport};
use crate::signing::Signer;
use crate::store::Store;

/// Publishes the catalogue and the newest model.
///
/// # Errors
/// [`PublishError`]; what was published before stays.
pub fn publish(store: &Store, signer: &Signer, options: &PublishOptions) -> Result<PublishReport, PublishError> {
    let _ = (store, signer, options);
    Err(PublishError::EmptyCatalog)
}
