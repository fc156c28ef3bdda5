//! What is published, held in memory: the current manifest and every blob a client may still ask for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signature;
use homebody_protocol::manifest::{Envelope, Manifest};
use sha2::{Digest as _, Sha256};

use super::asset::{Asset, Encodings};
use crate::signing::parse_key;
use crate::store::{BlobFiles, Publication, Store, StoreError};

/// Blobs of this many publications stay available, so that a client that has just read a manifest finds what it
/// names although the next one is out.
pub const PUBLICATIONS_KEPT: u32 = 3;

/// SHA-256 of a blob, as bytes.
pub(crate) type BlobHash = [u8; 32];

/// One consistent view: replaced as a whole, never changed.
#[derive(Debug, Default)]
pub struct Library {
    /// Version of the current manifest; none before the first publication.
    pub version: Option<u64>,
    pub(crate) manifest: Option<Asset>,
    /// What the manifest says, its signature checked.
    pub(super) content: Option<Manifest>,
    pub(crate) blobs: BTreeMap<BlobHash, std::sync::Arc<Asset>>,
}

/// Why a publication cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of a blob cannot be read.
    #[error("blob `{sha256}` cannot be read: {source}")]
    Unreadable {
        /// Its address.
        sha256: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file has other bytes than its name says.
    #[error("blob `{sha256}` is damaged: its bytes have another hash")]
    Damaged {
        /// Its address.
        sha256: String,
    },
    /// The data folder was replaced by an older one; devices would refuse its manifest.
    #[error("the data folder has version `{found}`, but version `{served}` is served already")]
    Older {
        /// Newest version in the data folder, 0 when there is none.
        found: u64,
        /// Version that is served.
        served: u64,
    },
    /// The manifest is not one, or its signature does not fit.
    #[error("manifest of version `{version}` is not valid: {reason}")]
    Manifest {
        /// Version in the store.
        version: u64,
        /// What is wrong.
        reason: String,
    },
}

impl LibraryError {
    /// Stable code for logs and scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Unreadable { .. } => "blob_unreadable",
            Self::Damaged { .. } => "blob_damaged",
            Self::Manifest { .. } => "manifest_not_valid",
            Self::Older { .. } => "publication_older",
        }
    }
}

impl Library {
    /// Reads the current publication and the blobs of the last [`PUBLICATIONS_KEPT`], taking over what `previous`
    /// already holds. Every new byte is checked against its hash and the manifest against `public_key` (base64).
    ///
    /// # Errors
    /// [`LibraryError`] when the current publication is incomplete or damaged. A blob that only older
    /// publications name may be missing.
    pub fn load(store: &Store, public_key: &str, previous: &Self) -> Result<Self, LibraryError> {
        let Some(current) = store.current()? else { return Ok(Self::default()) };
        let manifest = verify_manifest(&current, public_key)?;
        let mut library = Self {
            version: Some(current.version),
            manifest: Some(manifest_asset(&current.envelope_json)),
            ..Self::default()
        };
        for files in &current.blobs {
            library.add(files, previous)?;
        }
        for older in
            store.publications(PUBLICATIONS_KEPT)?.iter().filter(|old| old.version != current.version)
        {
            for files in store.publication(older.version)?.iter().flat_map(|old| &old.blobs) {
                if let Err(error) = library.add(files, previous) {
                    tracing::warn!(
                        code = error.code(),
                        version = older.version,
                        "old blob left out: {error}"
                    );
                }
            }
        }
        library.content = Some(manifest);
        Ok(library)
    }

    /// The plain bytes of a blob that is served.
    pub(super) fn bytes(&self, sha256: &str) -> Option<&[u8]> {
        self.blobs.get(&parse_hash(sha256)?).map(|asset| asset.identity())
    }

    fn add(&mut self, files: &BlobFiles, previous: &Self) -> Result<(), LibraryError> {
        let damaged = || LibraryError::Damaged { sha256: files.sha256.clone() };
        let hash = parse_hash(&files.sha256).ok_or_else(damaged)?;
        if self.blobs.contains_key(&hash) {
            return Ok(());
        }
        let asset = match previous.blobs.get(&hash) {
            Some(asset) => std::sync::Arc::clone(asset),
            None => std::sync::Arc::new(read_blob(files, &hash)?),
        };
        self.blobs.insert(hash, asset);
        Ok(())
    }
}

/// 64 lower-case hexadecimal digits as bytes: each blob has exactly one address.
pub(crate) fn parse_hash(text: &str) -> Option<BlobHash> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let text = text.as_bytes();
    if text.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(hash)
}

/// Checks the bytes of a blob on disk, in all encodings, against its address.
///
/// # Errors
/// [`LibraryError`] when a file is missing or has other bytes.
pub(crate) fn read_blob(files: &BlobFiles, hash: &BlobHash) -> Result<Asset, LibraryError> {
    let identity = read(&files.raw, &files.sha256)?;
    if Sha256::digest(&identity)[..] != hash[..] {
        return Err(LibraryError::Damaged { sha256: files.sha256.clone() });
    }
    let (br, gz) = (read(&files.br, &files.sha256)?, read(&files.gz, &files.sha256)?);
    if !unpacks_to(brotli::Decompressor::new(&br[..], 4096), &identity)
        || !unpacks_to(flate2::read::GzDecoder::new(&gz[..]), &identity)
    {
        return Err(LibraryError::Damaged { sha256: files.sha256.clone() });
    }
    let common = common_headers("application/octet-stream", IMMUTABLE);
    Ok(Asset::new(Encodings { identity, br: Some(br), gz: Some(gz) }, &common))
}

/// A compressed copy is as much part of the answer as the plain bytes: a damaged one would fail in the browser.
fn unpacks_to(packed: impl std::io::Read, expected: &[u8]) -> bool {
    let mut unpacked = Vec::with_capacity(expected.len());
    // One byte more than expected is enough to see that it is too long.
    let limit = expected.len() as u64 + 1;
    let read = std::io::Read::read_to_end(&mut std::io::Read::take(packed, limit), &mut unpacked);
    read.is_ok() && unpacked == expected
}

fn read(path: &Path, sha256: &str) -> Result<Bytes, LibraryError> {
    let unreadable = |source| LibraryError::Unreadable { sha256: sha256.to_owned(), source };
    fs::read(path).map(Bytes::from).map_err(unreadable)
}

/// Checks signature, version and that the blobs on record are those the manifest names.
pub(crate) fn verify_manifest(publication: &Publication, public_key: &str) -> Result<Manifest, LibraryError> {
    let invalid = |reason: String| LibraryError::Manifest { version: publication.version, reason };
    let public_key = parse_key(public_key).ok_or_else(|| invalid("the public key is not one".to_owned()))?;
    let envelope: Envelope =
        serde_json::from_slice(&publication.envelope_json).map_err(|error| invalid(error.to_string()))?;
    let signature =
        STANDARD.decode(&envelope.signature).ok().and_then(|raw| Signature::from_slice(&raw).ok());
    let signature = signature.ok_or_else(|| invalid("the signature is not 64 bytes in base64".to_owned()))?;
    public_key
        .verify_strict(envelope.payload.as_bytes(), &signature)
        .map_err(|_| invalid("the signature does not fit the signing key".to_owned()))?;
    let manifest = Manifest::parse(&envelope.payload).map_err(|error| invalid(error.to_string()))?;
    if u64::from(manifest.version) != publication.version {
        return Err(invalid(format!("it says version `{}`", manifest.version)));
    }
    let on_record = |sha256: &str| publication.blobs.iter().any(|files| files.sha256 == sha256);
    if let Some(blob) = manifest.blobs().find(|blob| !on_record(&blob.sha256)) {
        return Err(invalid(format!("it names blob `{}`, which is not on record", blob.sha256)));
    }
    Ok(manifest)
}

pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
pub(super) const MANIFEST_LIFE: &str = "public, max-age=60, stale-while-revalidate=86400";

fn manifest_asset(json: &[u8]) -> Asset {
    let identity = Bytes::copy_from_slice(json);
    let encodings = super::compress::small(identity);
    Asset::new(encodings, &common_headers("application/json", MANIFEST_LIFE))
}

/// Any page may read what is the same for everybody.
pub(super) fn common_headers(
    content_type: &'static str,
    life: &'static str,
) -> [(HeaderName, HeaderValue); 6] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(life)),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]
}
