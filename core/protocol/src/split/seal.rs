//! HPKE in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.

use hpke::aead::AesGcm128;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;

use super::SplitError;
use crate::dap::{AEAD_AES_128_GCM, HpkeCiphertext, HpkeConfig, KDF_HKDF_SHA256, KEM_X25519_HKDF_SHA256};

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

/// A recipient's private key with what senders know of it.
#[derive(Clone)]
pub struct KeyPair {
    private: PrivateKey,
    config: HpkeConfig,
}

/// Never shows the private key.
impl core::fmt::Debug for KeyPair {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("KeyPair").field("config", &self.config).finish_non_exhaustive()
    }
}

impl KeyPair {
    /// The pair that 32 secret random bytes stand for (RFC 9180 §7.1.3), under a number.
    #[must_use]
    pub fn derive(seed: &[u8; 32], id: u8) -> Self {
        let (private, public) = X25519HkdfSha256::derive_keypair(seed);
        Self { private, config: config(id, &public) }
    }

    /// The pair of a private key as other implementations write it: 32 bytes.
    ///
    /// # Errors
    /// [`SplitError::Key`] when it is none.
    pub fn from_private(private: &[u8; 32], id: u8) -> Result<Self, SplitError> {
        let private = PrivateKey::from_bytes(private).map_err(|_| SplitError::Key(id))?;
        let public = X25519HkdfSha256::sk_to_pk(&private);
        Ok(Self { private, config: config(id, &public) })
    }

    /// What senders need.
    #[must_use]
    pub fn config(&self) -> &HpkeConfig {
        &self.config
    }

    /// Opens what was sealed to it under the same `info` and associated data.
    ///
    /// # Errors
    /// [`SplitError::Sealed`], whatever it is that differs.
    pub fn open(&self, info: &[u8], aad: &[u8], sealed: &HpkeCiphertext) -> Result<Vec<u8>, SplitError> {
        let shut = |_| SplitError::Sealed(sealed.config_id);
        let enc = EncappedKey::from_bytes(&sealed.enc).map_err(shut)?;
        hpke::single_shot_open::<AesGcm128, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &enc,
            info,
            &sealed.payload,
            aad,
        )
        .map_err(shut)
    }
}

/// Seals to a public key.
///
/// # Errors
/// [`SplitError::Key`] for a key of other algorithms, or one that is no point of the curve's good part.
pub(super) fn seal(
    config: &HpkeConfig,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<HpkeCiphertext, SplitError> {
    let unfit = |_| SplitError::Key(config.id);
    if !config.is_supported() {
        return Err(SplitError::Key(config.id));
    }
    let public = PublicKey::from_bytes(&config.public_key).map_err(unfit)?;
    let (enc, payload) = hpke::single_shot_seal_with_rng::<AesGcm128, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        info,
        plaintext,
        aad,
        rng,
    )
    .map_err(unfit)?;
    Ok(HpkeCiphertext { config_id: config.id, enc: enc.to_bytes().to_vec(), payload })
}

fn config(id: u8, public: &PublicKey) -> HpkeConfig {
    HpkeConfig {
        id,
        kem: KEM_X25519_HKDF_SHA256,
        kdf: KDF_HKDF_SHA256,
        aead: AEAD_AES_128_GCM,
        public_key: public.to_bytes().to_vec(),
    }
}
