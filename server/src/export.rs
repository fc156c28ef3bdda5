//! `homebody export site`: what is published, as a folder that any static file server can serve.
//!
//! The files lie where `homebody serve` would answer them, so a page names the folder as its `server`:
//! `v1/manifest.json`, `v1/key.json`, `v1/blobs/{sha256}`, and beside each blob its `.br` and `.gz` for servers that send
//! precompressed files; and the public account, `.well-known/homebody.json` and `transparency/`. The same folder can be copied to an object store or a CDN.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::serve;
use crate::serve::library::{Library, LibraryError};
use crate::store::{Publication, Store, StoreError};

/// Why no folder was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// There is nothing to write.
    #[error("nothing is published yet")]
    NotPublished,
    /// What is published is damaged, or was signed with another key.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The data folder failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the folder could not be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl ExportError {
    /// Stable code for programs and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPublished => "not_published",
            Self::Library(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Write { .. } => "export_io",
        }
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteReport {
    /// Version of the manifest.
    pub version: u64,
    /// Host name of the site it is for.
    pub site: String,
    /// How many tables it names.
    pub tables: usize,
    /// Bytes of the tables, plain.
    pub bytes: u64,
}

/// Writes the current publication into `folder`, which is made when absent; `public_key` (base64) is the one it was signed
/// with. Everything is checked as before serving it. Tables come before the manifest that names them and older tables
/// stay, so that a folder which is being served can be written again at any time.
///
/// # Errors
/// [`ExportError`]; a manifest that was there stays.
pub fn site(store: &Store, public_key: &str, folder: &Path) -> Result<SiteReport, ExportError> {
    Library::load(store, public_key, &Library::default())?;
    let current = store.current()?.ok_or(ExportError::NotPublished)?;
    let api = folder.join("v1");
    write_blobs(&current, &api.join("blobs"))?;
    let key = serde_json::json!({ "site": current.site, "key": public_key });
    replace(&api.join("key.json"), key.to_string().as_bytes())?;
    replace(&api.join("manifest.json"), &current.envelope_json)?;
    Ok(SiteReport {
        version: current.version,
        tables: current.blobs.len(),
        bytes: current.blobs.iter().map(|blob| blob.bytes).sum(),
        site: current.site,
    })
}

/// Writes the public account beside what [`site`] has written: `.well-known/homebody.json` and `transparency/index.html`.
///
/// # Errors
/// [`ExportError`]; an account that was there stays.
pub fn account(store: &Store, config: &Config, public_key: &str, folder: &Path) -> Result<(), ExportError> {
    for (name, text) in serve::account_files(store, config, public_key)? {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|source| failed(parent, source))?;
        replace(&path, text.as_bytes())?;
    }
    Ok(())
}

fn write_blobs(current: &Publication, folder: &Path) -> Result<(), ExportError> {
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    for blob in &current.blobs {
        for from in [&blob.br, &blob.gz, &blob.raw] {
            let bytes = fs::read(from).map_err(|source| StoreError::Io { path: from.clone(), source })?;
            replace(&folder.join(from.file_name().unwrap_or_default()), &bytes)?;
        }
    }
    Ok(())
}

/// A reader sees the old file or the new one, never a part.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!("{name}.{}.tmp", std::process::id()));
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: io::Error) -> ExportError {
    ExportError::Write { path: path.to_owned(), source }
}
