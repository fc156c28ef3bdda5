//! Why a notice was not published, or a receipt not signed.

use homebody_protocol::consent::{Finding, ReceiptError};

use super::notice::MAX_BYTES;
use crate::store::StoreError;

/// Why a notice was not published, or a receipt not signed; nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoticeError {
    /// The lint found errors.
    #[error("the configuration may not be published: the lint finds {}", counted(.0))]
    Refused(Vec<Finding>),
    /// Not UTF-8.
    #[error("the configuration is not text in UTF-8")]
    NotText,
    /// Larger than any configuration.
    #[error("the configuration is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// No notice of this hash was ever published.
    #[error("no notice `{0}` was ever published")]
    Unknown(String),
    /// Bytes that no longer have the hash they are kept under.
    #[error("notice `{0}` is damaged: its bytes have another hash")]
    Damaged(String),
    /// What a receipt should say has not its form.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// A receipt of another day.
    #[error("`day` is neither today nor yesterday in UTC: `{0}`")]
    ReceiptDay(String),
    /// A receipt for a purpose that was not asked for.
    #[error("the notice does not ask for `{0}`")]
    ReceiptPurpose(String),
    /// The data folder.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NoticeError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "consent_refused",
            Self::NotText => "consent_unreadable",
            Self::TooLarge => "consent_too_large",
            Self::Unknown(_) => "notice_unknown",
            Self::Damaged(_) => "notice_damaged",
            Self::Receipt(error) => error.code(),
            Self::ReceiptDay(_) => "receipt_day",
            Self::ReceiptPurpose(_) => "receipt_purpose",
            Self::Store(error) => error.code(),
        }
    }
}

fn counted(errors: &[Finding]) -> String {
    if errors.len() == 1 { "1 error".to_owned() } else { format!("{} errors", errors.len()) }
}
