//! What is owed to devices: a publication.
//!
//! Whoever changes what is to be published says so in the same transaction, and publishes afterwards. A process that is
//! killed in between leaves the note, and the next step publishes; one that is killed after the publication leaves it too,
//! and the next step finds that everything is published already.

use rusqlite::Transaction;

use super::{TrainError, TrainOptions};
use crate::publish::{self, PublishOptions, PublishReport};
use crate::signing::Signer;
use crate::store::{Store, StoreError};

const KEPT_AS: &str = "publication_due";

/// Notes, in the transaction of a change, that it is to be published.
pub(super) fn owe(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    Store::set_text(transaction, KEPT_AS, "1")
}

/// One turn of the loop: what it works on, and when.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a> {
    pub(super) store: &'a Store,
    pub(super) signer: &'a Signer,
    pub(super) options: &'a TrainOptions,
    /// Unix seconds.
    pub(super) now: u64,
}

impl Turn<'_> {
    /// Publishes what is new, if anything is.
    pub(super) fn pay(self) -> Result<PublishReport, TrainError> {
        let Self { store, signer, options, now } = self;
        let published =
            publish::publish_news(store, signer, &PublishOptions { now, ..options.publish.clone() })?;
        store.write(|transaction| Store::set_text(transaction, KEPT_AS, ""))?;
        Ok(published)
    }

    /// Makes a change, and publishes what follows from it.
    pub(super) fn publish(
        self,
        change: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<PublishReport, TrainError> {
        self.store.write(|transaction| {
            owe(transaction)?;
            change(transaction)
        })?;
        self.pay()
    }
}

/// Whether somebody was killed before he could publish.
pub(super) fn is_owed(store: &Store) -> Result<bool, StoreError> {
    Ok(store.text(KEPT_AS)?.is_some_and(|text| !text.is_empty()))
}
