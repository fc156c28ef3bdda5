//! Forgetting old publications: their rows first, then the files that no row names any more.
//!
//! A process that is killed in between leaves files without rows, which the next run removes; never rows without files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::Transaction;

use super::blobs::{self, UNFINISHED_AGE};
use super::publications::{PublicationSummary, before_current, origin};
use super::{Store, StoreError};

/// Digits of a blob's name.
const DIGITS: usize = 64;

impl Store {
    /// Forgets all but the newest `keep` publications (at least the newest one), those whose blobs a kept one publishes
    /// again, and the one that the next rollback goes back to. Then removes the blobs that no publication names; one
    /// that was written within the last hour may belong to a publication in the making and waits for the next run.
    ///
    /// Returns the versions that were forgotten, ascending.
    ///
    /// # Errors
    /// [`StoreError`] when database or folder cannot be written; what is served stays whole.
    pub fn prune_publications(&self, keep: u32, now: u64) -> Result<Vec<u64>, StoreError> {
        let forgotten = self.write(|transaction| {
            let all = Self::all_publications(transaction)?;
            let kept = kept(&all, keep);
            let mut forgotten: Vec<u64> =
                all.iter().map(|known| known.version).filter(|version| !kept.contains(version)).collect();
            forgotten.reverse();
            for version in &forgotten {
                transaction.execute("DELETE FROM publication_blobs WHERE version = ?1", [version])?;
                transaction.execute("DELETE FROM publications WHERE version = ?1", [version])?;
            }
            if !forgotten.is_empty() {
                let detail = serde_json::json!({ "versions": forgotten });
                Self::append_audit(transaction, now, "prune", &detail)?;
            }
            Ok::<_, StoreError>(forgotten)
        })?;
        // Under the lock of a writer, so that no publication is recorded meanwhile that names one of them.
        self.write(|transaction| self.remove_orphans(transaction))?;
        Ok(forgotten)
    }

    fn remove_orphans(&self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let mut statement = transaction.prepare("SELECT DISTINCT sha256 FROM publication_blobs")?;
        let named = statement.query_map([], |row| row.get::<_, String>(0))?;
        let named: BTreeSet<String> = named.collect::<Result<_, _>>()?;
        let folder = self.data_dir().join(blobs::FOLDER);
        let failed = |source| StoreError::io(&folder, source);
        let mut orphans: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Some(sha256) = blob_of(&path).filter(|sha256| !named.contains(*sha256)) else { continue };
            // A blob that is published again is touched in its plain form alone.
            let plain = folder.join(sha256);
            let is_young = |path: &Path| path.exists() && !blobs::is_older(path, UNFINISHED_AGE);
            if !is_young(&path) && !is_young(&plain) {
                orphans.push(path);
            }
        }
        // The plain file, which says that the other two are there, goes first.
        orphans.sort_by_key(|path| path.extension().is_some());
        for path in orphans {
            std::fs::remove_file(&path).map_err(|source| StoreError::io(&path, source))?;
        }
        Ok(())
    }
}

/// The versions that stay. `newest_first` are all publications.
fn kept(newest_first: &[PublicationSummary], keep: u32) -> BTreeSet<u64> {
    let newest = newest_first.iter().take(keep.max(1) as usize);
    let mut kept: BTreeSet<u64> = newest.clone().map(|known| known.version).collect();
    kept.extend(before_current(newest_first));
    for mut known in newest {
        while let Some(from) = origin(newest_first, known) {
            kept.insert(from.version);
            known = from;
        }
    }
    kept
}

/// The blob that a file is an encoding of; `None` for a file of another name.
fn blob_of(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let sha256 = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).unwrap_or(name);
    let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    (sha256.len() == DIGITS && sha256.bytes().all(is_digit)).then_some(sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept_of(origins: &[Option<u64>], keep: u32) -> Vec<u64> {
        let summary = |(version, origin): (u64, &Option<u64>)| PublicationSummary {
            version,
            created_at: 0,
            rolled_back_to: *origin,
        };
        let mut all: Vec<_> = (1..).zip(origins).map(summary).collect();
        all.reverse();
        kept(&all, keep).into_iter().collect()
    }

    #[test]
    fn the_newest_and_what_they_go_back_to_stay() {
        assert_eq!(kept_of(&[], 3), [0u64; 0]);
        assert_eq!(kept_of(&[None, None, None, None], 2), [3, 4]);
        assert_eq!(kept_of(&[None, None, None], 0), [2, 3], "what is served, and the way back");
        assert_eq!(
            kept_of(&[None, None, None, None, Some(2)], 1),
            [1, 2, 5],
            "its origin, and what was before it"
        );
        assert_eq!(kept_of(&[None, None, Some(1), Some(3), None, None], 3), [1, 3, 4, 5, 6]);
    }

    #[test]
    fn other_files_are_no_blobs() {
        let sha256 = "0f".repeat(32);
        for name in [sha256.clone(), format!("{sha256}.br"), format!("{sha256}.gz")] {
            assert_eq!(blob_of(Path::new(&name)), Some(sha256.as_str()));
        }
        for name in
            [format!("{sha256}.1.tmp"), sha256.to_uppercase(), "readme".to_owned(), sha256[1..].to_owned()]
        {
            assert_eq!(blob_of(Path::new(&name)), None, "{name}");
        }
    }
}
