//! The site's signing key: every manifest a browser accepts was signed with it, and every receipt.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use homebody_protocol::consent::{ReceiptError, ReceiptRequest, ReceiptSeal};
use homebody_protocol::manifest::Envelope;
use homebody_protocol::task::{SignedTask, Task, TaskError};
use sha2::{Digest, Sha256};

/// Name of the key file in the data folder.
pub const KEY_FILE: &str = "signing.key";

/// Name of the environment variable that overrides the key file; same content.
pub const KEY_VARIABLE: &str = "HOMEBODY_SIGNING_KEY";

/// Why no signing key could be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The key file could not be read or written.
    #[error("cannot use the signing key `{path}`: {source}")]
    Io {
        /// The key file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The text is not the base64 of 32 bytes.
    #[error("the signing key in `{origin}` is not 32 bytes in base64")]
    Malformed {
        /// File or environment variable the key came from.
        origin: String,
    },
    /// The operating system has no random numbers.
    #[error("no random numbers from the operating system: {0}")]
    NoEntropy(getrandom::Error),
}

impl SigningError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "signing_key_io",
            Self::Malformed { .. } => "signing_key_malformed",
            Self::NoEntropy(_) => "no_entropy",
        }
    }
}

/// Signs manifests with Ed25519.
#[derive(Debug)]
pub struct Signer {
    key: SigningKey,
}

impl Signer {
    /// The key of a data folder: from `environment` (the value of [`KEY_VARIABLE`]) when given, else from
    /// the key file, which is created with mode 0600 on first use.
    ///
    /// # Errors
    /// [`SigningError`] when the key is malformed or the file cannot be used.
    pub fn load_or_create(data_dir: &Path, environment: Option<&str>) -> Result<Self, SigningError> {
        if let Some(text) = environment {
            return Self::parse(text, KEY_VARIABLE);
        }
        Ok(Self::from_seed(&secret_file(&data_dir.join(KEY_FILE))?))
    }

    /// The key of a data folder as for [`Self::load_or_create`], but none where there is none.
    ///
    /// # Errors
    /// [`SigningError`] when the key is malformed or the file cannot be read.
    pub fn load(data_dir: &Path, environment: Option<&str>) -> Result<Option<Self>, SigningError> {
        if environment.is_none() && !data_dir.join(KEY_FILE).exists() {
            return Ok(None);
        }
        Self::load_or_create(data_dir, environment).map(Some)
    }

    /// A signer from the 32 bytes of an Ed25519 seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self { key: SigningKey::from_bytes(seed) }
    }

    /// The public key as base64, as the page hands it to the browser library.
    pub fn public_key_base64(&self) -> String {
        STANDARD.encode(self.key.verifying_key().as_bytes())
    }

    /// First 16 hexadecimal digits of the SHA-256 of the public key.
    pub fn key_id(&self) -> String {
        key_id(self.key.verifying_key().as_bytes())
    }

    /// Wraps a manifest's JSON text with the signature over its bytes.
    pub fn seal(&self, payload: String) -> Envelope {
        let signature = STANDARD.encode(self.key.sign(payload.as_bytes()).to_bytes());
        Envelope { payload, key_id: self.key_id(), signature }
    }

    /// Signs a choice. The text that is signed begins with a line of its own, so that it is never taken for a manifest.
    ///
    /// # Errors
    /// [`ReceiptError`] when a field has not the form it must have.
    pub fn sign_receipt(&self, request: &ReceiptRequest) -> Result<ReceiptSeal, ReceiptError> {
        let signature = STANDARD.encode(self.key.sign(request.text()?.as_bytes()).to_bytes());
        Ok(ReceiptSeal { signature, key: self.public_key_base64() })
    }

    /// Wraps a task with the signature over its canonical bytes.
    pub fn seal_task(&self, task: &Task) -> SignedTask {
        let Envelope { payload, key_id, signature } = self.seal(task.canonical());
        SignedTask { payload, key_id, signature }
    }

    fn parse(text: &str, origin: &str) -> Result<Self, SigningError> {
        parse_secret(text, origin).map(|seed| Self::from_seed(&seed))
    }
}

/// The 32 secret bytes of a file in base64; drawn and written with mode 0600 when there is none.
pub(crate) fn secret_file(path: &Path) -> Result<[u8; 32], SigningError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse_secret(&text, &path.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => create_secret(path),
        Err(source) => Err(SigningError::Io { path: path.to_owned(), source }),
    }
}

fn parse_secret(text: &str, origin: &str) -> Result<[u8; 32], SigningError> {
    let bytes = STANDARD.decode(text.trim()).ok();
    let secret = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    secret.ok_or_else(|| SigningError::Malformed { origin: origin.to_owned() })
}

fn create_secret(path: &Path) -> Result<[u8; 32], SigningError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(SigningError::NoEntropy)?;
    let failed = |source| SigningError::Io { path: path.to_owned(), source };
    // A temporary name first: a crash must not leave a half-written key that the next start rejects.
    let temporary = path.with_extension(format!("key.{}", std::process::id()));
    let mut file = private_file(&temporary).map_err(failed)?;
    writeln!(file, "{}", STANDARD.encode(seed)).and_then(|()| file.sync_all()).map_err(failed)?;
    let linked = std::fs::hard_link(&temporary, path);
    std::fs::remove_file(&temporary).map_err(failed)?;
    match linked {
        Ok(()) => Ok(seed),
        // Another process was first; its key is the site's key.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let text = std::fs::read_to_string(path).map_err(failed)?;
            parse_secret(&text, &path.display().to_string())
        }
        Err(error) => Err(failed(error)),
    }
}

/// First 16 hexadecimal digits of the SHA-256 of a public key.
fn key_id(public_key: &[u8]) -> String {
    let mut id = hex(&Sha256::digest(public_key));
    id.truncate(16);
    id
}

/// The same of a key in base64; empty when it is none.
pub(crate) fn key_id_of(public_key: &str) -> String {
    STANDARD.decode(public_key).map(|key| key_id(&key)).unwrap_or_default()
}

/// A task, once its signature by `public_key` (base64) is checked.
pub(crate) fn open_task(signed: &SignedTask, public_key: &str) -> Result<Task, TaskError> {
    signed
        .open(&key_id_of(public_key), |task| is_signed(public_key, &task.signature, task.payload.as_bytes()))
}

/// Whether `signature` (base64) over `text` was made with the private half of `public_key` (base64).
pub(crate) fn is_signed(public_key: &str, signature: &str, text: &[u8]) -> bool {
    let signature = STANDARD.decode(signature).ok().and_then(|raw| Signature::from_slice(&raw).ok());
    let parts = parse_key(public_key).zip(signature);
    parts.is_some_and(|(key, signature)| key.verify_strict(text, &signature).is_ok())
}

/// A public key from its base64.
pub(crate) fn parse_key(base64: &str) -> Option<VerifyingKey> {
    let bytes = <[u8; 32]>::try_from(STANDARD.decode(base64).ok()?).ok()?;
    VerifyingKey::from_bytes(&bytes).ok()
}

/// Lower-case hexadecimal digits of `bytes`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn private_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::Verifier as _;

    #[test]
    fn the_key_is_private_and_stays_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let first = Signer::load_or_create(dir.path(), None).unwrap();
        let second = Signer::load_or_create(dir.path(), None).unwrap();
        assert_eq!(first.public_key_base64(), second.public_key_base64());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(dir.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn the_environment_wins_and_is_checked() {
        let dir = tempfile::tempdir().unwrap();
        let text = STANDARD.encode([7u8; 32]);
        let signer = Signer::load_or_create(dir.path(), Some(&text)).unwrap();
        assert_eq!(signer.key.to_bytes(), [7; 32]);
        assert!(!dir.path().join(KEY_FILE).exists());
        let error = Signer::load_or_create(dir.path(), Some("c2hvcnQ=")).unwrap_err();
        assert_eq!(error.code(), "signing_key_malformed");
    }

    #[test]
    fn a_sealed_payload_verifies_and_a_changed_one_does_not() {
        let signer = Signer::from_seed(&[1; 32]);
        let envelope = signer.seal("{\"format\":1}".to_owned());
        let signature = Signature::from_slice(&STANDARD.decode(&envelope.signature).unwrap()).unwrap();
        let public = signer.key.verifying_key();
        assert!(public.verify(envelope.payload.as_bytes(), &signature).is_ok());
        assert!(public.verify(b"{\"format\":2}", &signature).is_err());
        assert_eq!(envelope.key_id.len(), 16);
    }
}
