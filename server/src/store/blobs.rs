//! Immutable blobs, named by their SHA-256, stored plain and precompressed.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::{Store, StoreError};
use crate::signing::hex;

/// Name of the blobs' folder in the data folder.
pub(super) const FOLDER: &str = "blobs";

/// Above this size the best Brotli level takes longer than the smaller file is worth.
const BEST_BROTLI_BYTES: usize = 1 << 20;

/// No blob takes this long to write, nor a publication from its first blob to its record.
pub(super) const UNFINISHED_AGE: Duration = Duration::from_secs(3600);

/// Where the three encodings of a blob lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobFiles {
    /// What the manifest calls it: a placement's name, or `catalog`.
    pub name: String,
    /// 64 hexadecimal digits, over the plain bytes.
    pub sha256: String,
    /// Size of the plain bytes.
    pub bytes: u64,
    /// The plain bytes.
    pub raw: PathBuf,
    /// Brotli.
    pub br: PathBuf,
    /// gzip.
    pub gz: PathBuf,
}

impl Store {
    /// Writes a blob in its three encodings, unless it is there; the blob is on disk when this returns, and for the next
    /// hour it is not taken for one that nobody names ([`Store::prune_publications`]).
    ///
    /// # Errors
    /// [`StoreError::Io`] when the folder cannot be written.
    pub fn put_blob(&self, name: &str, bytes: &[u8]) -> Result<BlobFiles, StoreError> {
        let files = self.blob_files(name, &hex(&Sha256::digest(bytes)), bytes.len() as u64);
        // The plain file is written last: where it is, the other two are.
        let known = File::options().append(true).open(&files.raw);
        let is_known = known.is_ok_and(|file| file.set_modified(SystemTime::now()).is_ok());
        if !is_known {
            write_durably(&files.br, &brotli(bytes).map_err(|source| StoreError::io(&files.br, source))?)?;
            write_durably(&files.gz, &gzip(bytes).map_err(|source| StoreError::io(&files.gz, source))?)?;
            write_durably(&files.raw, bytes)?;
        }
        Ok(files)
    }

    /// The plain bytes of a blob; `None` when they are missing or no longer hash to its name.
    pub fn blob(&self, files: &BlobFiles) -> Option<Vec<u8>> {
        let bytes = std::fs::read(&files.raw).ok()?;
        let intact = hex(&Sha256::digest(&bytes)) == files.sha256 && files.br.exists() && files.gz.exists();
        intact.then_some(bytes)
    }

    /// Removes what killed publications have left half-written. A file that is being written now is younger.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the folder cannot be read.
    pub fn sweep_unfinished_blobs(&self) -> Result<(), StoreError> {
        let folder = self.data_dir().join(FOLDER);
        let failed = |source| StoreError::io(&folder, source);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|name| name == "tmp") && is_older(&path, UNFINISHED_AGE) {
                // Another process may sweep too.
                let _ = std::fs::remove_file(path);
            }
        }
        Ok(())
    }

    pub(super) fn blob_files(&self, name: &str, sha256: &str, bytes: u64) -> BlobFiles {
        let folder = self.data_dir().join(FOLDER);
        BlobFiles {
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            bytes,
            raw: folder.join(sha256),
            br: folder.join(format!("{sha256}.br")),
            gz: folder.join(format!("{sha256}.gz")),
        }
    }
}

/// Whether a file was last written longer ago than `age`; `false` where the disk does not say.
pub(super) fn is_older(path: &Path, age: Duration) -> bool {
    let written = path.metadata().and_then(|file| file.modified()).ok();
    written.and_then(|at| at.elapsed().ok()).is_some_and(|elapsed| elapsed > age)
}

/// A crash leaves the old file, the new file, or a `.tmp` that nobody reads.
fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let temporary = path.with_file_name(format!(
        "{}.{}.tmp",
        path.file_name().unwrap_or_default().to_string_lossy(),
        std::process::id()
    ));
    let write = || -> io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        // The rename itself is durable once the folder is.
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().map_err(|source| StoreError::io(path, source))
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: if bytes.len() <= BEST_BROTLI_BYTES { 11 } else { 9 },
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut packed = Vec::with_capacity(bytes.len() / 2);
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &params)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
