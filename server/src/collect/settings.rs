//! What two aggregators share in secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homebody_protocol::dap::{Decode as _, Encode as _, HpkeConfig};
use homebody_protocol::split::KeyPair;
use homebody_protocol::task::SignedTask;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::CollectError;
use crate::signing::SigningError;

/// What an aggregator knows of a `split` task besides the task: all of it secret but `collector`. Byte strings are
/// URL-safe base64 without padding.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitSettings {
    /// 32 bytes that the proofs of every part are checked with; devices must never know them.
    pub verify_key: String,
    /// What the leader shows the helper.
    pub token: String,
    /// Public key that halves of sums are sealed to.
    pub collector: String,
    /// Seed of that key, where this leader collects for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector_seed: Option<String>,
    /// What a collector shows the leader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector_token: Option<String>,
    /// Where the leader reaches the helper, when it is not at the address in the task (through a proxy of its own).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helper_url: Option<String>,
    /// Whether the helper speaks the transitional form of aggregation jobs.
    #[serde(default)]
    pub transitional: bool,
}

/// Never shows what is secret.
impl std::fmt::Debug for SplitSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SplitSettings").field("collector", &self.collector).finish_non_exhaustive()
    }
}

/// What a leader hands to its helper, over a way that nobody else can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The task.
    pub task: SignedTask,
    /// Public key of the site that signed it, base64.
    pub site_key: String,
    /// As in [`SplitSettings`].
    pub verify_key: String,
    /// As in [`SplitSettings`].
    pub token: String,
    /// As in [`SplitSettings`].
    pub collector: String,
}

impl SplitSettings {
    /// Fresh secrets, and this leader as its own collector.
    ///
    /// # Errors
    /// [`CollectError::Signing`] without random numbers.
    pub fn draw() -> Result<Self, CollectError> {
        let seed = random::<32>()?;
        let collector = KeyPair::derive(&seed, random::<1>()?[0]);
        Ok(Self {
            verify_key: encode(&random::<32>()?),
            token: encode(&random::<32>()?),
            collector: encode(&collector.config().get_encoded().unwrap_or_default()),
            collector_seed: Some(encode(&seed)),
            collector_token: Some(encode(&random::<32>()?)),
            helper_url: None,
            transitional: false,
        })
    }

    /// The collector's public key.
    ///
    /// # Errors
    /// [`CollectError::Invitation`] when it is none that can be sealed to.
    pub fn collector_config(&self) -> Result<HpkeConfig, CollectError> {
        let config = decode(&self.collector).and_then(|bytes| HpkeConfig::get_decoded(&bytes).ok());
        config
            .filter(HpkeConfig::is_supported)
            .ok_or_else(|| CollectError::Invitation("`collector` is no key of known algorithms".to_owned()))
    }

    /// The collector's key pair, where this leader collects for itself.
    #[must_use]
    pub fn collector_pair(&self) -> Option<KeyPair> {
        let seed: [u8; 32] = decode(self.collector_seed.as_ref()?)?.try_into().ok()?;
        Some(KeyPair::derive(&seed, self.collector_config().ok()?.id))
    }

    /// The key that proofs of a part are checked with: SHA-256 of `homebody verify 1`, a zero byte, `verify_key` and the
    /// part's id.
    ///
    /// # Errors
    /// [`CollectError::Invitation`] when `verify_key` is not 32 bytes.
    pub fn verify_key_of(&self, part: &[u8; 32]) -> Result<[u8; 32], CollectError> {
        let key = decode(&self.verify_key).filter(|key| key.len() == 32);
        let key = key.ok_or_else(|| CollectError::Invitation("`verify_key` is not 32 bytes".to_owned()))?;
        let mut hash = Sha256::new();
        hash.update(b"homebody verify 1\0");
        hash.update(key);
        hash.update(part);
        Ok(hash.finalize().into())
    }
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], CollectError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(SigningError::NoEntropy)?;
    Ok(bytes)
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
