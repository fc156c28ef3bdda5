//! The signed manifest: which blobs are current, named by hash.
//!
//! The envelope carries the payload as text, so that the signature covers exact bytes and no side has to
//! agree on a canonical JSON. Verification is the reader's duty (WebCrypto in the browser): signature
//! first, then [`Manifest::parse`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The payload format this crate writes.
pub const FORMAT: u32 = 1;

/// What travels: the payload's exact text and a signature over its UTF-8 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Envelope {
    /// JSON text of a [`Manifest`].
    pub payload: String,
    /// First 16 hex digits of the SHA-256 of the 32-byte public key; tells keys apart while one is replaced.
    pub key_id: String,
    /// Ed25519 signature, 64 bytes in standard base64.
    pub signature: String,
}

/// What a site publishes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Manifest {
    /// Payload format, 1.
    pub format: u32,
    /// The site it belongs to; a page may pin the name.
    pub site: String,
    /// Grows by one with every publication, rollbacks included; a device refuses to go back.
    pub version: u32,
    /// When it was published, unix seconds.
    pub created_at: u32,
    /// Seed of every key, see [`crate::derive_key`].
    pub id_seed: u32,
    /// The candidate pool of each placement.
    pub placements: BTreeMap<String, BlobRef>,
    /// The catalogue table, if the site publishes one.
    pub catalog: Option<BlobRef>,
    /// The model behind the lists and the blend.
    pub model: ModelInfo,
    /// Another model on its way to everybody: some devices use its tables instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub ramp: Option<Ramp>,
}

/// Tables that a growing share of devices uses in place of the others.
///
/// A device that has a secret of its own draws a number from 0 to 1 out of it and `model.trained_at`
/// ([`crate::derive_key`] / 2³²), and takes part if a thousand times that is less than `per_mille`. The draw is the same
/// whenever it is made, so that a device that takes part goes on to while the share grows; nobody else knows it. Devices
/// without a secret, and those of older releases, take no part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Ramp {
    /// How many devices of a thousand take part.
    pub per_mille: u32,
    /// The model behind these tables.
    pub model: ModelInfo,
    /// The candidate pools.
    pub placements: BTreeMap<String, BlobRef>,
    /// The catalogue table.
    pub catalog: Option<BlobRef>,
}

/// A content-addressed blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct BlobRef {
    /// SHA-256 of the bytes, 64 hex digits; also its address.
    pub sha256: String,
    /// Length of the bytes.
    pub bytes: u32,
}

/// Where a model comes from and how it was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ModelInfo {
    /// Family of the model, `none` before there is one.
    pub name: String,
    /// When it was trained, unix seconds; 0 before there is one.
    pub trained_at: u32,
    /// What it was trained on: `none` or `imported_history`.
    pub source: String,
    /// Held-out quality by metric name, such as `ndcg_at_10`.
    pub metrics: BTreeMap<String, f64>,
}

/// Why a payload is not a manifest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// Not JSON, or fields missing or of the wrong type.
    #[error("manifest is not readable: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by a newer release.
    #[error("manifest format `{0}` is newer than this release reads")]
    Format(u32),
    /// A blob's address is not 64 lower-case hex digits.
    #[error("manifest names a blob by `{0}`, which is not a SHA-256")]
    Hash(String),
}

impl ManifestError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "manifest_malformed",
            Self::Format(_) => "manifest_format",
            Self::Hash(_) => "manifest_hash",
        }
    }
}

impl Manifest {
    /// Reads a payload whose signature was verified.
    ///
    /// # Errors
    /// [`ManifestError`] when it is not a manifest of a known format.
    pub fn parse(payload: &str) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_str(payload)?;
        if manifest.format == 0 || manifest.format > FORMAT {
            return Err(ManifestError::Format(manifest.format));
        }
        let malformed = manifest.blobs().find(|blob| !blob.is_well_formed()).map(|blob| blob.sha256.clone());
        malformed.map_or(Ok(manifest), |address| Err(ManifestError::Hash(address)))
    }

    /// Every blob it names.
    pub fn blobs(&self) -> impl Iterator<Item = &BlobRef> {
        let ramp = self.ramp.iter().flat_map(|ramp| ramp.placements.values().chain(&ramp.catalog));
        self.placements.values().chain(&self.catalog).chain(ramp)
    }
}

impl BlobRef {
    fn is_well_formed(&self) -> bool {
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        self.sha256.len() == 64 && self.sha256.bytes().all(lower_hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_payloads_parse_or_fail_with_their_code() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../testdata/manifests.json")).unwrap();
        for case in golden["cases"].as_array().unwrap() {
            let code = Manifest::parse(case["payload"].as_str().unwrap()).err().map(|error| error.code());
            assert_eq!(code, case["error"].as_str(), "{}", case["name"]);
        }
    }
}
