//! What visitors are asked, and how many decided how.
//!
//! | to learn | read |
//! | --- | --- |
//! | what may be published, and how it becomes current | [`publish()`], [`rollback()`] |
//! | what the server has to know of a notice | [`Notice`] |
//! | what counts look like when they leave the server | [`figures`] |
//! | how a receipt is signed and checked | [`receipt`] |
//!
//! A notice is a consent configuration that was published: named by the SHA-256 of its bytes and kept for good, because
//! receipts and counts refer to it. Nothing here is about a person.

mod calendar;
mod error;
pub mod figures;
mod notice;
mod publish;
pub mod receipt;
mod tally;

pub use calendar::{day, is_day, last_day};
pub use error::NoticeError;
pub use notice::{MAX_BYTES, Notice};
pub use publish::{NoticeReport, check, publish, rollback};
pub use tally::Tally;

use crate::store::{Store, StoreError};

/// What is written a little after midnight still belongs to the day before: counts wait in memory for some seconds.
const GRACE_S: u64 = 3_600;

/// What may be shown of all counts of a store at unix second `now`.
///
/// # Errors
/// [`StoreError`] when the database cannot be read.
pub fn figures_of(store: &Store, now: u64) -> Result<figures::Figures, StoreError> {
    Ok(figures::figures(&store.decisions()?, &day(now.saturating_sub(GRACE_S))))
}
