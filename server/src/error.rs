//! Any failure of the data side of the server, with its stable code.

use crate::collect::CollectError;
use crate::consent::NoticeError;
use crate::ensemble::EnsembleError;
use crate::intake::ImportError;
use crate::publish::PublishError;
use crate::signing::SigningError;
use crate::store::StoreError;
use crate::train::TrainError;

/// Any failure of the store, an import, a publication, a notice or the signing key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An import failed.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A tree ensemble was not imported.
    #[error(transparent)]
    Ensemble(#[from] EnsembleError),
    /// A notice was not published, or a receipt not signed.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// A publication failed.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// A round of learning failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A task was not taken up, or a sum not released.
    #[error(transparent)]
    Collect(#[from] CollectError),
    /// The signing key could not be had.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The data folder failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Import(error) => error.code(),
            Self::Ensemble(error) => error.code(),
            Self::Notice(error) => error.code(),
            Self::Publish(error) => error.code(),
            Self::Collect(error) => error.code(),
            Self::Train(error) => error.code(),
            Self::Signing(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
