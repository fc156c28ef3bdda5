//! The keys that devices seal their shares to: the one that is announced, and those before it, which devices may still have
//! in their caches and reports on their way may be sealed to.
//!
//! `aggregator.key` is announced. `aggregator.SECONDS.key` was until then (unix time), and opens what it is sealed to for
//! another month.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use homebody_protocol::split::KeyPair;
use sha2::{Digest as _, Sha256};

use super::CollectError;
use crate::signing::{self, SigningError};

/// Name of the file in the data folder with the key that is announced.
pub const KEY_FILE: &str = "aggregator.key";

/// Seconds that a key opens shares after another took its place: the longest window of a task, and a day.
const KEPT_S: u64 = 32 * 86_400;

/// Keys that shares may be sealed to.
#[derive(Clone, Debug)]
pub struct KeyRing {
    /// The announced one first, then newest first.
    keys: Vec<KeyPair>,
    /// When the announced one was written.
    stamp: Option<SystemTime>,
}

impl KeyRing {
    /// The keys of a data folder; one is drawn and written with mode 0600 when there is none. Keys that nobody can need any
    /// more are removed.
    ///
    /// # Errors
    /// [`CollectError::Signing`] when a file cannot be used or there are no random numbers.
    pub fn load(data_dir: &Path, now: u64) -> Result<Self, CollectError> {
        let mut keys = vec![aggregator_key(data_dir)?];
        for (retired_at, path) in retired(data_dir)? {
            if retired_at + KEPT_S < now {
                std::fs::remove_file(&path).map_err(|source| failed(&path, source))?;
            } else {
                keys.push(pair(&path)?);
            }
        }
        Ok(Self { keys, stamp: stamp(data_dir) })
    }

    /// Whether another key took the place of the announced one since these were read.
    #[must_use]
    pub fn is_stale(&self, data_dir: &Path) -> bool {
        stamp(data_dir) != self.stamp
    }

    /// The key that is announced.
    #[must_use]
    pub fn current(&self) -> &KeyPair {
        // There is always one.
        &self.keys[0]
    }

    /// The key of a number.
    #[must_use]
    pub fn of(&self, id: u8) -> Option<&KeyPair> {
        self.keys.iter().find(|key| key.config().id == id)
    }
}

/// The key of a data folder that is announced; drawn and written with mode 0600 on first use.
///
/// # Errors
/// [`CollectError::Signing`] when the file cannot be used or there are no random numbers.
pub fn aggregator_key(data_dir: &Path) -> Result<KeyPair, CollectError> {
    pair(&data_dir.join(KEY_FILE))
}

/// Draws another key, which is announced from now on; its number.
///
/// # Errors
/// [`CollectError::Signing`] when a file cannot be written or there are no random numbers.
pub fn rotate(data_dir: &Path, now: u64) -> Result<u8, CollectError> {
    let path = data_dir.join(KEY_FILE);
    aggregator_key(data_dir)?;
    let kept = data_dir.join(format!("aggregator.{now}.key"));
    std::fs::rename(&path, &kept).map_err(|source| failed(&path, source))?;
    loop {
        let ring = KeyRing::load(data_dir, now)?;
        let id = ring.current().config().id;
        // The number tells keys apart.
        if ring.keys[1..].iter().all(|key| key.config().id != id) {
            return Ok(id);
        }
        std::fs::remove_file(&path).map_err(|source| failed(&path, source))?;
    }
}

fn pair(path: &Path) -> Result<KeyPair, CollectError> {
    let seed = signing::secret_file(path)?;
    // The number follows from the key, so that a new key has, as a rule, a new number.
    Ok(KeyPair::derive(&seed, Sha256::digest(seed)[0]))
}

/// The keys that were announced before with when they ceased to be, newest first.
fn retired(data_dir: &Path) -> Result<Vec<(u64, PathBuf)>, CollectError> {
    let entries = std::fs::read_dir(data_dir).map_err(|source| failed(data_dir, source))?;
    let of = |name: &str| name.strip_prefix("aggregator.")?.strip_suffix(".key")?.parse::<u64>().ok();
    let named = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        Some((of(entry.file_name().to_str()?)?, entry.path()))
    });
    let mut retired: Vec<_> = named.collect();
    retired.sort_by(|left, right| right.cmp(left));
    Ok(retired)
}

fn stamp(data_dir: &Path) -> Option<SystemTime> {
    std::fs::metadata(data_dir.join(KEY_FILE)).and_then(|file| file.modified()).ok()
}

fn failed(path: &Path, source: std::io::Error) -> CollectError {
    SigningError::Io { path: path.to_owned(), source }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_keys_open_for_a_month_and_are_gone_then() {
        let folder = tempfile::tempdir().unwrap();
        let (path, now) = (folder.path(), 1_800_000_000);
        aggregator_key(path).unwrap();
        // Some kernels tell times by ticks of milliseconds, and the second key comes sooner.
        let file = std::fs::File::options().append(true).open(path.join(KEY_FILE)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let first = KeyRing::load(path, now).unwrap();
        let id = first.current().config().id;
        let second = rotate(path, now).unwrap();
        assert!(second != id && first.is_stale(path));
        let ring = KeyRing::load(path, now + KEPT_S).unwrap();
        assert_eq!(ring.current().config().id, second);
        assert_eq!(ring.of(id).map(KeyPair::config), Some(first.current().config()));
        assert!(ring.of(second).is_some() && !ring.is_stale(path));
        let later = KeyRing::load(path, now + KEPT_S + 1).unwrap();
        assert!(later.of(id).is_none() && later.of(second).is_some());
        assert_eq!(std::fs::read_dir(path).unwrap().count(), 1, "no file is left of it");
    }
}
