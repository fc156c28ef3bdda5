//! `homebody doctor`: looks at everything that must be right for serving, and says how to repair what is not.

use std::fmt::Write as _;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::fix;
use crate::config::{Config, PlacementConfig};
use crate::consent;
use crate::publish::read_rules;
use crate::serve::library::{self, LibraryError};
use crate::signing::{KEY_FILE, Signer};
use crate::store::{BlobFiles, Publication, Store};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it is.
    pub outcome: Outcome,
    /// What was found, in words.
    pub detail: String,
    /// What to do, when something is to be done.
    pub fix: Option<String>,
}

/// How a checked thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Right.
    Good,
    /// Not wrong, but worth knowing.
    Notice,
    /// Wrong.
    Bad,
}

impl Outcome {
    /// Stable word for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Notice => "notice",
            Self::Bad => "bad",
        }
    }

    fn mark(self) -> &'static str {
        match self {
            Self::Good => "ok  ",
            Self::Notice => "note",
            Self::Bad => "FAIL",
        }
    }
}

/// Looks at everything, whatever is found first. Creates nothing in the data folder but the database's own files.
#[must_use]
pub fn examine(config: &Config, signing_key: Option<&str>) -> Vec<Check> {
    let mut checks = vec![check_config(config), check_folder(&config.data_dir)];
    if checks.iter().any(|check| check.outcome == Outcome::Bad) {
        return checks;
    }
    let signer = check_key(config, signing_key, &mut checks);
    if let Some(store) = check_store(config, &mut checks) {
        check_publication(&store, signer.as_ref(), &config.site, &mut checks);
        checks.extend(check_notice(&store));
    }
    checks.extend(config.placements.iter().filter_map(check_rules));
    checks.push(check_www(config));
    checks.push(check_port("public address", config.listen));
    checks.push(check_port("private address", config.admin.listen));
    checks
}

/// Whether nothing is wrong.
#[must_use]
pub fn is_healthy(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.outcome != Outcome::Bad)
}

/// The checklist for people.
#[must_use]
pub fn text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let _infallible = writeln!(text, "{} {}: {}", check.outcome.mark(), check.name, check.detail);
        if let Some(fix) = &check.fix {
            let _infallible = writeln!(text, "       fix: {fix}");
        }
    }
    let bad = checks.iter().filter(|check| check.outcome == Outcome::Bad).count();
    text.push_str(if bad == 0 { "all is well" } else { "something is wrong: see FAIL" });
    text
}

/// The checklist for programs.
#[must_use]
pub fn json(checks: &[Check]) -> Value {
    let entry = |check: &Check| {
        json!({
            "name": check.name, "outcome": check.outcome.name(), "detail": check.detail, "fix": check.fix,
        })
    };
    json!({ "healthy": is_healthy(checks), "checks": checks.iter().map(entry).collect::<Vec<_>>() })
}

impl Check {
    fn good(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Good, detail: detail.into(), fix: None }
    }

    fn notice(name: &'static str, detail: impl Into<String>, fix: &str) -> Self {
        Self { name, outcome: Outcome::Notice, detail: detail.into(), fix: Some(fix.to_owned()) }
    }

    fn bad(name: &'static str, detail: impl Into<String>, fix: Option<&str>) -> Self {
        Self { name, outcome: Outcome::Bad, detail: detail.into(), fix: fix.map(str::to_owned) }
    }
}

/// It was checked when it was loaded; here is what is allowed but unusual.
fn check_config(config: &Config) -> Check {
    const NAME: &str = "configuration";
    if config.site == "localhost" && !config.listen.ip().is_loopback() {
        return Check::notice(NAME, "`site` is localhost on a public address", "set `site` to the host name");
    }
    if config.placements.is_empty() {
        return Check::notice(
            NAME,
            "there is no placement",
            "add one [[placements]] for each list on the page",
        );
    }
    Check::good(NAME, format!("site {}, {} placements", config.site, config.placements.len()))
}

/// The rules of a placement, if it has some. Publishing refuses what is bad here, and goes on with what is odd.
fn check_rules(placement: &PlacementConfig) -> Option<Check> {
    const NAME: &str = "rules";
    let path = placement.rules.as_ref()?;
    let set = match read_rules(path) {
        Ok(set) => set,
        Err(error) => {
            let detail = format!("of `{}`: {error}", placement.name);
            return Some(Check::bad(NAME, detail, fix::fix(error.code())));
        }
    };
    let warnings = set.warnings();
    let Some(first) = warnings.first() else {
        let detail = format!("{} of `{}` in `{}`", set.rules.len(), placement.name, path.display());
        return Some(Check::good(NAME, detail));
    };
    let odd: Vec<String> =
        warnings.iter().map(|warning| format!("`{}`: {}", warning.path, warning.message)).collect();
    let detail = format!("of `{}`: {}", placement.name, odd.join("; "));
    Some(Check::notice(NAME, detail, fix::fix(first.code).unwrap_or_default()))
}

fn check_folder(folder: &Path) -> Check {
    const NAME: &str = "data folder";
    if !folder.is_dir() {
        let detail = format!("`{}` does not exist", folder.display());
        return Check::bad(NAME, detail, Some("run `homebody import catalog FILE`, or check --data"));
    }
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = fs::write(&probe, b"x").and_then(|()| fs::remove_file(&probe));
    match written {
        Ok(()) => Check::good(NAME, format!("`{}` can be written", folder.display())),
        Err(error) => Check::bad(
            NAME,
            format!("`{}` cannot be written: {error}", folder.display()),
            fix::fix("data_folder_io"),
        ),
    }
}

/// A missing key is not created here: looking must not change what is looked at.
fn check_key(config: &Config, signing_key: Option<&str>, checks: &mut Vec<Check>) -> Option<Signer> {
    const NAME: &str = "signing key";
    let path = config.data_dir.join(KEY_FILE);
    if signing_key.is_none() && !path.exists() {
        checks.push(Check::notice(NAME, "there is none yet", "the first publication makes one"));
        return None;
    }
    match Signer::load_or_create(&config.data_dir, signing_key) {
        Err(error) => {
            checks.push(Check::bad(NAME, error.to_string(), fix::fix(error.code())));
            None
        }
        Ok(signer) => {
            checks.push(match signing_key.is_none() && is_open_to_others(&path) {
                true => {
                    Check::bad(NAME, "others can read it", Some("chmod 600 signing.key in the data folder"))
                }
                false => Check::good(NAME, format!("public key {}", signer.public_key_base64())),
            });
            Some(signer)
        }
    }
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> bool {
    false
}

fn check_store(config: &Config, checks: &mut Vec<Check>) -> Option<Store> {
    const NAME: &str = "database";
    let opened = Store::open(&config.data_dir).and_then(|store| Ok((store.integrity_problems()?, store)));
    match opened {
        Ok((problems, store)) if problems.is_empty() => {
            checks.push(Check::good(NAME, "opens and is whole"));
            checks.push(check_audit(&store));
            Some(store)
        }
        Ok((problems, _)) => {
            checks.push(Check::bad(NAME, problems.join("; "), Some("restore the data folder from a backup")));
            None
        }
        Err(error) => {
            checks.push(Check::bad(NAME, error.to_string(), fix::fix(error.code())));
            None
        }
    }
}

fn check_audit(store: &Store) -> Check {
    const NAME: &str = "audit log";
    match store.audit_break() {
        Ok(None) => Check::good(NAME, "its chain is whole"),
        Ok(Some(entry)) => Check::bad(
            NAME,
            format!("entry {entry} was changed afterwards"),
            Some("compare with a backup: somebody edited the database"),
        ),
        Err(error) => Check::bad(NAME, error.to_string(), fix::fix(error.code())),
    }
}

fn check_publication(store: &Store, signer: Option<&Signer>, site: &str, checks: &mut Vec<Check>) {
    const NAME: &str = "publication";
    let publication = match store.current() {
        Ok(Some(publication)) => publication,
        Ok(None) => {
            checks.push(Check::notice(NAME, "there is none yet", "run `homebody publish`"));
            return;
        }
        Err(error) => {
            checks.push(Check::bad(NAME, error.to_string(), fix::fix(error.code())));
            return;
        }
    };
    checks.push(match publication.site == site {
        true => Check::good(NAME, format!("version {} for {site}", publication.version)),
        false => Check::bad(
            NAME,
            format!("it is for site `{}`, the configuration says `{site}`", publication.site),
            fix::fix("other_site"),
        ),
    });
    if let Some(signer) = signer {
        checks.push(check_signature(&publication, signer));
    }
    checks.push(check_blobs(&publication.blobs));
}

/// What visitors are asked, if something is published.
fn check_notice(store: &Store) -> Option<Check> {
    const NAME: &str = "notice";
    match consent::check(store) {
        Ok(None) => None,
        Ok(Some(notice)) => Some(Check::good(NAME, format!("{} is asked and whole", notice.sha256))),
        Err(error) => Some(Check::bad(NAME, error.to_string(), fix::fix(error.code()))),
    }
}

fn check_signature(publication: &Publication, signer: &Signer) -> Check {
    const NAME: &str = "signature";
    match library::verify_manifest(publication, &signer.public_key_base64()) {
        Ok(_) => Check::good(NAME, "fits the signing key"),
        Err(error) => broken(NAME, &error),
    }
}

fn check_blobs(blobs: &[BlobFiles]) -> Check {
    const NAME: &str = "tables";
    let read = |files: &BlobFiles| {
        let damaged = || LibraryError::Damaged { sha256: files.sha256.clone() };
        library::read_blob(files, &library::parse_hash(&files.sha256).ok_or_else(damaged)?)
    };
    match blobs.iter().find_map(|files| read(files).err()) {
        Some(error) => broken(NAME, &error),
        None => Check::good(NAME, format!("{} hash to their names", blobs.len())),
    }
}

fn broken(name: &'static str, error: &LibraryError) -> Check {
    Check::bad(name, error.to_string(), fix::fix(error.code()))
}

fn check_www(config: &Config) -> Check {
    const NAME: &str = "static files";
    match &config.www {
        Some(folder) if !folder.is_dir() => {
            let detail = format!("`{}` is no folder", folder.display());
            Check::bad(NAME, detail, fix::fix("www_unreadable"))
        }
        Some(folder) => Check::good(NAME, format!("from `{}`", folder.display())),
        None => Check::good(NAME, "those built into the binary"),
    }
}

fn check_port(name: &'static str, address: SocketAddr) -> Check {
    match TcpListener::bind(address) {
        Ok(_) => Check::good(name, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Check::notice(
            name,
            format!("{address} is in use"),
            "fine if it is this server that runs; else stop the other program or change the address",
        ),
        Err(error) => Check::bad(name, format!("{address}: {error}"), fix::fix("cannot_listen")),
    }
}
