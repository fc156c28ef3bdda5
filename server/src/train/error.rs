//! Why a round of learning failed.

use homebody_protocol::task::TaskError;

use crate::collect::CollectError;
use crate::publish::PublishError;
use crate::store::StoreError;

/// Why a round of learning failed; the champion is what it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// Devices compare two catalogue tables, and there is none.
    #[error("no catalogue table is published, so devices cannot compare models")]
    NoCatalogueTable,
    /// The question to devices is not one they would answer.
    #[error("the question to devices: {0}")]
    Task(#[from] TaskError),
    /// The question could not be taken up.
    #[error(transparent)]
    Collect(#[from] CollectError),
    /// The candidate or the champion could not be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The data folder.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrainError {
    /// Stable code for programs and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCatalogueTable => "train_no_catalogue_table",
            Self::Task(error) => error.code(),
            Self::Collect(error) => error.code(),
            Self::Publish(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
