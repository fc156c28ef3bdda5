//! Public keys that reports and results are sealed to.

use std::io::Cursor;

use super::opaque::{self, Width};
use super::{CodecError, Decode, Encode, Message};

/// DHKEM(X25519, HKDF-SHA256).
pub const KEM_X25519_HKDF_SHA256: u16 = 0x0020;

/// HKDF-SHA256.
pub const KDF_HKDF_SHA256: u16 = 0x0001;

/// AES-128-GCM.
pub const AEAD_AES_128_GCM: u16 = 0x0001;

/// One public key with its algorithms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HpkeConfig {
    /// Tells the keys of a recipient apart.
    pub id: u8,
    /// Key encapsulation, by its number in RFC 9180.
    pub kem: u16,
    /// Key derivation.
    pub kdf: u16,
    /// Encryption.
    pub aead: u16,
    /// The key.
    pub public_key: Vec<u8>,
}

impl HpkeConfig {
    /// Whether it names the algorithms of this crate.
    #[must_use]
    pub fn is_supported(&self) -> bool {
        let algorithms = (self.kem, self.kdf, self.aead);
        algorithms == (KEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_128_GCM)
            && self.public_key.len() == 32
    }
}

impl Encode for HpkeConfig {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.id.encode(out)?;
        self.kem.encode(out)?;
        self.kdf.encode(out)?;
        self.aead.encode(out)?;
        opaque::put_some(out, Width::Two, &self.public_key)
    }
}

impl Decode for HpkeConfig {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            id: u8::decode(input)?,
            kem: u16::decode(input)?,
            kdf: u16::decode(input)?,
            aead: u16::decode(input)?,
            public_key: opaque::take_some(input, Width::Two)?,
        })
    }
}

/// The keys of an aggregator, best first; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HpkeConfigList(pub Vec<HpkeConfig>);

impl HpkeConfigList {
    /// The first key that this crate can seal to.
    #[must_use]
    pub fn best(&self) -> Option<&HpkeConfig> {
        self.0.iter().find(|config| config.is_supported())
    }
}

impl Message for HpkeConfigList {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=hpke-config-list";
}

impl Encode for HpkeConfigList {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        if self.0.is_empty() {
            Err(CodecError::UnexpectedValue)
        } else {
            opaque::put_list(out, Width::Two, &self.0)
        }
    }
}

impl Decode for HpkeConfigList {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        let configs: Vec<HpkeConfig> = opaque::take_list(input, Width::Two)?;
        let has_twins = configs
            .iter()
            .enumerate()
            .any(|(at, config)| configs[..at].iter().any(|other| other.id == config.id));
        if configs.is_empty() || has_twins { Err(CodecError::UnexpectedValue) } else { Ok(Self(configs)) }
    }
}
