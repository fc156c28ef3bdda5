//! The site's own static files (demo shop, console), read into memory at start.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};

use super::asset::{Asset, Encodings, text_header};
use super::compress;

/// The files by request path. A path that is not a key does not exist: nothing on disk is looked up later, so no
/// path can climb out of the folder.
#[derive(Debug, Default)]
pub struct Site {
    files: BTreeMap<String, Asset>,
}

/// The folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the static files in `{path}`: {source}")]
pub struct SiteError {
    /// The folder or file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Files built into the binary, when there were any at build time. A debug build reads them from the source tree.
#[derive(rust_embed::RustEmbed)]
#[folder = "../www/dist"]
#[allow_missing = true]
struct Embedded;

impl Site {
    /// Reads a folder and everything below it.
    ///
    /// # Errors
    /// [`SiteError`] naming the file that cannot be read.
    pub fn from_folder(folder: &Path, policy: &str) -> Result<Self, SiteError> {
        let mut found = BTreeMap::new();
        collect(folder, "", &mut found)?;
        Ok(Self::from_files(found, policy))
    }

    /// The files built into the binary; empty when there were none.
    #[must_use]
    pub fn embedded(policy: &str) -> Self {
        let read = |name: std::borrow::Cow<'static, str>| {
            let file = <Embedded as rust_embed::RustEmbed>::get(&name)?;
            Some((name.into_owned(), Bytes::from(file.data.into_owned())))
        };
        Self::from_files(<Embedded as rust_embed::RustEmbed>::iter().filter_map(read).collect(), policy)
    }

    /// The file at a request path; a folder's path ends with `/` and gives its `index.html`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Asset> {
        self.files.get(path)
    }

    /// How many addresses there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is nothing to serve.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn from_files(mut found: BTreeMap<String, Bytes>, policy: &str) -> Self {
        let packed =
            |name: &str| name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).map(str::to_owned);
        let names: Vec<String> = found.keys().cloned().collect();
        let mut files = BTreeMap::new();
        for name in &names {
            if packed(name).is_some_and(|plain| names.contains(&plain)) {
                continue;
            }
            let Some(identity) = found.remove(name) else { continue };
            let encodings = encodings(name, identity, &mut found);
            let asset = Asset::new(encodings, &headers(name, policy));
            if let Some(folder) = name.strip_suffix("index.html")
                && (folder.is_empty() || folder.ends_with('/'))
            {
                files.insert(format!("/{folder}"), asset.clone());
            }
            files.insert(format!("/{name}"), asset);
        }
        Self { files }
    }
}

/// Compressed copies made by the build are taken as they are.
fn encodings(name: &str, identity: Bytes, found: &mut BTreeMap<String, Bytes>) -> Encodings {
    let (br, gz) = (found.remove(&format!("{name}.br")), found.remove(&format!("{name}.gz")));
    if br.is_some() || gz.is_some() || !is_compressible(content_type(name)) {
        return Encodings { identity, br, gz };
    }
    compress::small(identity)
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Bytes>) -> Result<(), SiteError> {
    let failed = |path: &Path, source| SiteError { path: path.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(|source| failed(folder, source))? {
        let entry = entry.map_err(|source| failed(folder, source))?;
        let path = entry.path();
        let name = entry.file_name();
        // Hidden files (`.git`, `.env`) are never meant for visitors.
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        // Links are not followed: they could lead out of the folder.
        let kind = entry.file_type().map_err(|source| failed(&path, source))?;
        if kind.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), found)?;
        } else if kind.is_file() {
            let bytes = fs::read(&path).map_err(|source| failed(&path, source))?;
            found.insert(format!("{prefix}{name}"), Bytes::from(bytes));
        }
    }
    Ok(())
}

fn headers(name: &str, policy: &str) -> [(HeaderName, HeaderValue); 6] {
    let life = match has_content_hash(name) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type(name))),
        (header::CACHE_CONTROL, HeaderValue::from_static(life)),
        (header::CONTENT_SECURITY_POLICY, text_header(policy)),
        (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]
}

/// `app.3f9a0c12d4.js`: a dotted part of at least 8 hexadecimal digits before the extension, as bundlers write it.
fn has_content_hash(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let mut parts = file.split('.').rev().skip(1).take(2);
    parts.any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

fn is_compressible(content_type: &str) -> bool {
    content_type.starts_with("text/")
        || [
            "application/wasm",
            "application/json",
            "application/manifest+json",
            "image/svg+xml",
            "application/xml",
        ]
        .contains(&content_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderMap;

    #[test]
    fn hashed_names_are_known() {
        assert!(has_content_hash("js/app.3f9a0c12d4.js"));
        assert!(has_content_hash("rank.0123456789abcdef.wasm"));
        assert!(has_content_hash("app.3f9a0c12d4.js.map"));
        assert!(!has_content_hash("app.js"));
        assert!(!has_content_hash("deadbeef/app.js"));
        assert!(!has_content_hash("deadbeef00"));
    }

    #[test]
    fn a_folder_is_served_as_it_was_at_start_and_without_what_is_hidden() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("shop")).unwrap();
        fs::create_dir_all(folder.path().join(".git")).unwrap();
        fs::write(folder.path().join("index.html"), "<h1>hello</h1>").unwrap();
        fs::write(folder.path().join("shop/index.html"), "<h1>shop</h1>").unwrap();
        fs::write(folder.path().join("rank.wasm"), b"\0asm").unwrap();
        fs::write(folder.path().join(".env"), "SECRET=1").unwrap();
        fs::write(folder.path().join(".git/config"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.txt")).unwrap();
        let site = Site::from_folder(folder.path(), "default-src 'none'").unwrap();
        let paths: Vec<&str> = site.files.keys().map(String::as_str).collect();
        assert_eq!(paths, ["/", "/index.html", "/rank.wasm", "/shop/", "/shop/index.html"]);
        let response = site.get("/rank.wasm").unwrap().answer(&HeaderMap::new());
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/wasm");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(response.headers()[header::CONTENT_SECURITY_POLICY], "default-src 'none'");
    }

    #[test]
    fn copies_made_by_the_build_are_used() {
        let files = [("a.js", "let a = 1; let b = 2;"), ("a.js.br", "packed"), ("lone.br", "file")];
        let files = files.map(|(name, text)| (name.to_owned(), Bytes::from_static(text.as_bytes())));
        let site = Site::from_files(files.into_iter().collect(), "");
        assert_eq!(site.files.keys().collect::<Vec<_>>(), ["/a.js", "/lone.br"]);
        let request = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("br"))]);
        let response = site.get("/a.js").unwrap().answer(&request);
        assert_eq!(response.headers()[header::CONTENT_LENGTH], "6");
    }
}
