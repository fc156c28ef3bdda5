//! Any failure of the data side of the server, with its stable code.

use crate::ensemble::EnsembleError;
use crate::intake::ImportError;
use crate::publish::PublishError;
use crate::signing::SigningError;
use crate::store::StoreError;

/// Any failure of the store, an import, a publication or the signing key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An import failed.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A tree ensemble was not imported.
    #[error(transparent)]
    Ensemble(#[from] EnsembleError),
    /// A publication failed.
    #[error(transparent)]
    Publish(#[from] PublishError),
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
            Self::Publish(error) => error.code(),
            Self::Signing(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
