//! Tasks of the protocol alone: parameters and secrets as other implementations are told them, without a task that a site
//! has signed. Devices of ours are not asked, and no noise is added. They are for taking part with other implementations.

use homebody_protocol::dap::{
    AEAD_AES_128_GCM, BatchMode, Dialect, HpkeConfig, Interval, KDF_HKDF_SHA256, KEM_X25519_HKDF_SHA256,
    TaskConfiguration, VdafConfig,
};
use homebody_protocol::split::{KeyPair, Vdaf};
use serde::{Deserialize, Serialize};

use super::part::{Part, SplitPart, Token};
use super::settings::{decode, encode, random};
use super::{Added, CollectError};
use crate::signing::hex;
use crate::store::{Store, StoredTask, TaskRole};

/// For how long a report may be late: two weeks.
const MAX_AGE_S: u64 = 14 * 86_400;

/// Everything one party knows of a task; names are those of the draft, byte strings URL-safe base64 without padding.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BareTask {
    /// 32 bytes.
    pub task_id: String,
    /// 0 to 255 bytes.
    #[serde(default)]
    pub task_info: String,
    /// To the letter as every party has it.
    pub leader_aggregator_endpoint: String,
    /// To the letter as every party has it.
    pub helper_aggregator_endpoint: String,
    /// Seconds of a unit of time.
    pub time_precision: u64,
    /// Fewest reports of a batch.
    pub min_batch_size: u64,
    /// What is summed.
    pub vdaf: BareVdaf,
    /// When reports may be made, in units of the precision; always, when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_interval: Option<BareInterval>,
    /// 32 bytes, of both aggregators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_key: Option<String>,
    /// What the leader shows the helper, as it stands in the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What the collector shows the leader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector_token: Option<String>,
    /// Whom halves of sums are sealed to.
    pub collector_hpke_config: BareKey,
    /// Where the leader is reached, when not at its endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader_url: Option<String>,
    /// Where the helper is reached, when not at its endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helper_url: Option<String>,
    /// Whether the other party has jobs made by PUT, the form before draft 18.
    #[serde(default)]
    pub transitional: bool,
}

/// The functions that other implementations have too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum BareVdaf {
    /// One cell of many.
    Prio3Histogram {
        /// Cells.
        length: u32,
        /// Cells of one piece of the proof.
        chunk_length: u32,
    },
    /// Vectors of numbers.
    Prio3SumVec {
        /// Cells.
        length: u32,
        /// Largest number of a cell.
        max_measurement: u64,
        /// Cells of one piece of the proof.
        chunk_length: u32,
    },
    /// Up to so many cells of many.
    Prio3MultihotCountVec {
        /// Cells.
        length: u32,
        /// Cells of one piece of the proof.
        chunk_length: u32,
        /// Most cells that are one.
        max_weight: u64,
    },
}

/// A span of time in units of the precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BareInterval {
    /// First unit.
    pub start: u64,
    /// How many.
    pub duration: u64,
}

/// A key of X25519, HKDF-SHA256, AES-128-GCM.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BareKey {
    /// Its number.
    pub id: u8,
    /// 32 bytes.
    pub public_key: String,
    /// 32 bytes; the collector's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key: Option<String>,
}

impl BareKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`CollectError::Signing`] without random numbers.
    pub fn draw() -> Result<Self, CollectError> {
        let (private, [id]) = (random::<32>()?, random::<1>()?);
        let pair = KeyPair::from_private(&private, id)?;
        let public_key = encode(&pair.config().public_key);
        Ok(Self { id, public_key, private_key: Some(encode(&private)) })
    }

    /// The key pair.
    ///
    /// # Errors
    /// [`CollectError::Invitation`] when the private key is not there.
    pub fn pair(&self) -> Result<KeyPair, CollectError> {
        let private = self.private_key.as_deref();
        let private = private.ok_or_else(|| wrong("collector_hpke_config.private_key", "is missing"))?;
        let pair = KeyPair::from_private(&bytes("collector_hpke_config.private_key", private)?, self.id)?;
        match pair.config().public_key == decode(&self.public_key).unwrap_or_default() {
            true => Ok(pair),
            false => Err(wrong("collector_hpke_config", "has keys that are no pair")),
        }
    }

    fn config(&self) -> Result<HpkeConfig, CollectError> {
        let public: [u8; 32] = bytes("collector_hpke_config.public_key", &self.public_key)?;
        Ok(HpkeConfig {
            id: self.id,
            kem: KEM_X25519_HKDF_SHA256,
            kdf: KDF_HKDF_SHA256,
            aead: AEAD_AES_128_GCM,
            public_key: public.to_vec(),
        })
    }
}

impl BareTask {
    /// The task's id.
    ///
    /// # Errors
    /// [`CollectError::Invitation`] when it is not 32 bytes.
    pub fn id(&self) -> Result<[u8; 32], CollectError> {
        bytes("task_id", &self.task_id)
    }

    /// The task as it is sealed into every share.
    ///
    /// # Errors
    /// [`CollectError::Invitation`] with the field that cannot be.
    pub fn configuration(&self) -> Result<TaskConfiguration, CollectError> {
        let task_info = decode(&self.task_info).filter(|info| info.len() <= usize::from(u8::MAX));
        let endpoints = [&self.leader_aggregator_endpoint, &self.helper_aggregator_endpoint];
        if endpoints.iter().any(|url| url.is_empty() || !url.is_ascii()) {
            return Err(wrong("leader_aggregator_endpoint", "and the helper's must be addresses in ASCII"));
        }
        if self.time_precision == 0 || self.min_batch_size == 0 {
            return Err(wrong("time_precision", "and `min_batch_size` must be above 0"));
        }
        Ok(TaskConfiguration {
            task_info: task_info.ok_or_else(|| wrong("task_info", "must be up to 255 bytes in base64"))?,
            leader_endpoint: self.leader_aggregator_endpoint.clone(),
            helper_endpoint: self.helper_aggregator_endpoint.clone(),
            time_precision_s: self.time_precision,
            min_batch_size: self.min_batch_size,
            batch_mode: BatchMode::TimeInterval,
            vdaf: self.vdaf.config(),
            interval: self.task_interval.map(|BareInterval { start, duration }| Interval { start, duration }),
        })
    }

    /// How jobs are made.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        if self.transitional { Dialect::Transitional } else { Dialect::Draft18 }
    }

    /// Where the leader is reached, without a slash at the end.
    #[must_use]
    pub fn leader_url(&self) -> &str {
        self.leader_url.as_deref().unwrap_or(&self.leader_aggregator_endpoint).trim_end_matches('/')
    }

    /// Where the helper is reached, without a slash at the end.
    #[must_use]
    pub fn helper_url(&self) -> &str {
        self.helper_url.as_deref().unwrap_or(&self.helper_aggregator_endpoint).trim_end_matches('/')
    }

    pub(super) fn part(&self, stored: &StoredTask) -> Result<Part, CollectError> {
        let wire = self.configuration()?;
        let token = self.token.clone().filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| wrong("token", "is missing"))?;
        let collector_token = self.collector_token.clone();
        if stored.role == TaskRole::Leader && collector_token.is_none() {
            return Err(wrong("collector_token", "is missing: nobody could collect"));
        }
        let split = SplitPart {
            vdaf: Vdaf::new(&wire.vdaf)?,
            verify_key: bytes("verify_key", self.verify_key.as_deref().unwrap_or_default())?,
            token: Token::new(token),
            collector_token: collector_token.map(Token::new),
            collector: self.collector_hpke_config.config()?,
            collector_key: None,
            helper_url: self.helper_url().to_owned(),
            dialect: self.dialect(),
            wire,
        };
        Ok(Part {
            task: None,
            task_id: stored.id.as_str().into(),
            name: stored.name.as_str().into(),
            max_age_s: MAX_AGE_S,
            number: 0,
            id: self.id()?,
            role: stored.role,
            is_closed: stored.closed_at.is_some(),
            split: Some(split),
        })
    }
}

impl BareVdaf {
    /// On the wire.
    #[must_use]
    pub fn config(&self) -> VdafConfig {
        match *self {
            Self::Prio3Histogram { length, chunk_length } => VdafConfig::Histogram { length, chunk_length },
            Self::Prio3SumVec { length, max_measurement, chunk_length } => {
                VdafConfig::SumVec { length, max_measurement, chunk_length }
            }
            Self::Prio3MultihotCountVec { length, chunk_length, max_weight } => {
                VdafConfig::MultihotCountVec { length, chunk_length, max_weight }
            }
        }
    }
}

/// Takes a task up as its leader or helper.
///
/// # Errors
/// [`CollectError::Invitation`] with the field that cannot be, and as the store says.
pub fn take_up(store: &Store, task: &BareTask, role: TaskRole, now: u64) -> Result<Added, CollectError> {
    let id = hex(&task.id()?);
    // The collector's private key is nothing that an aggregator keeps.
    let mut kept = task.clone();
    kept.collector_hpke_config.private_key = None;
    let stored = StoredTask {
        name: format!("dap-{}", &id[..8]),
        id,
        role,
        envelope: String::new(),
        site_key: String::new(),
        split: Some(serde_json::to_string(&kept).unwrap_or_default()),
        added_at: now,
        closed_at: None,
    };
    // What cannot be read again is not taken up.
    Part::of(&stored)?;
    let is_new = store.add_task(&stored)?;
    Ok(Added { stored, mode: "split", is_new })
}

fn bytes<const N: usize>(field: &str, text: &str) -> Result<[u8; N], CollectError> {
    let bytes = decode(text).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| wrong(field, &format!("must be {N} bytes in URL-safe base64")))
}

fn wrong(field: &str, what: &str) -> CollectError {
    CollectError::Invitation(format!("`{field}` {what}"))
}
