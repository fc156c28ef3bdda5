//! A published consent configuration, as far as the server has to know it.

use homebody_protocol::consent::{BUILT_IN_PURPOSES, ConsentConfig};
use sha2::{Digest as _, Sha256};

use super::NoticeError;
use crate::signing::hex;

/// Largest configuration, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// A published configuration.
#[derive(Clone, Debug)]
pub struct Notice {
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// The text, without a mark in front.
    pub text: String,
    /// What it says.
    pub config: ConsentConfig,
}

impl Notice {
    /// Reads the bytes that are kept under a hash.
    ///
    /// # Errors
    /// [`NoticeError::Damaged`] when they have another one, [`NoticeError::Refused`] when this release does not know
    /// the form.
    pub fn read(sha256: &str, bytes: &[u8]) -> Result<Self, NoticeError> {
        if hash(bytes) != sha256 {
            return Err(NoticeError::Damaged(sha256.to_owned()));
        }
        let text = text(bytes)?.to_owned();
        let refused = |_| NoticeError::Refused(homebody_protocol::consent::lint(&text));
        let config = ConsentConfig::from_json(&text).map_err(refused)?;
        Ok(Self { sha256: sha256.to_owned(), text, config })
    }

    /// Whether the notice is there in a language.
    #[must_use]
    pub fn has_language(&self, language: &str) -> bool {
        self.config.languages.available.iter().any(|known| known == language)
    }

    /// Whether the notice has a variant. A page that drew none says none, whatever is compared.
    #[must_use]
    pub fn has_variant(&self, variant: &str) -> bool {
        self.config.experiment.iter().flat_map(|experiment| &experiment.arms).any(|arm| arm.id == variant)
    }

    /// Whether a choice can have been made under this notice: any for what it asks for, and a no to Homebody's own
    /// purposes that it does not ask for.
    #[must_use]
    pub fn allows_choice(&self, purpose: &str, is_given: bool) -> bool {
        self.config.purposes.contains_key(purpose) || (!is_given && BUILT_IN_PURPOSES.contains(&purpose))
    }
}

/// The name of a notice.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The text of a file. Editors on Windows like to put a mark in front; JSON has none.
pub(super) fn text(bytes: &[u8]) -> Result<&str, NoticeError> {
    let text = std::str::from_utf8(bytes).map_err(|_| NoticeError::NotText)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
