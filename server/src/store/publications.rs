//! Publications: a signed manifest and the blobs it names.

use homebody_protocol::manifest::{Manifest, ManifestError};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::blobs::BlobFiles;
use super::{Store, StoreError};

/// What is served now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Version of the manifest, rising by one.
    pub version: u64,
    /// The site the manifest is for.
    pub site: String,
    /// When it was signed, unix seconds.
    pub created_at: u64,
    /// The JSON text of the envelope, as served.
    pub envelope_json: Vec<u8>,
    /// Every blob the manifest names; two names may share one.
    pub blobs: Vec<BlobFiles>,
}

/// A publication to be recorded; its blobs are already on disk.
#[derive(Clone, Debug)]
pub struct NewPublication<'a> {
    /// The version after [`Store::latest_version`].
    pub version: u64,
    /// The site.
    pub site: &'a str,
    /// When it is signed, unix seconds.
    pub created_at: u64,
    /// The version whose blobs are published again; none for a fresh publication.
    pub rolled_back_to: Option<u64>,
    /// The signed JSON text.
    pub payload: &'a str,
    /// The envelope around it.
    pub envelope_json: &'a [u8],
    /// What the manifest names.
    pub blobs: &'a [BlobFiles],
}

/// One line of the list of publications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationSummary {
    /// Version of the manifest.
    pub version: u64,
    /// When it was signed, unix seconds.
    pub created_at: u64,
    /// The version it went back to, for a rollback.
    pub rolled_back_to: Option<u64>,
}

impl Store {
    /// The newest publication, or none before the first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn current(&self) -> Result<Option<Publication>, StoreError> {
        match self.current_version()? {
            Some(version) => self.publication(version),
            None => Ok(None),
        }
    }

    /// Version of the newest publication; cheap enough to ask every second.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn current_version(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.connection().query_row("SELECT max(version) FROM publications", [], |row| row.get(0))?)
    }

    /// One publication.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn publication(&self, version: u64) -> Result<Option<Publication>, StoreError> {
        let connection = self.connection();
        let found: Option<(String, u64, Vec<u8>)> = connection
            .query_row(
                "SELECT site, created_at, envelope FROM publications WHERE version = ?1",
                [version],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((site, created_at, envelope_json)) = found else { return Ok(None) };
        let mut statement = connection.prepare_cached(
            "SELECT name, sha256, bytes FROM publication_blobs WHERE version = ?1 ORDER BY name",
        )?;
        let rows = statement.query_map([version], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?))
        })?;
        let mut blobs = Vec::new();
        for row in rows {
            let (name, sha256, bytes) = row?;
            blobs.push(self.blob_files(&name, &sha256, bytes));
        }
        Ok(Some(Publication { version, site, created_at, envelope_json, blobs }))
    }

    /// What a publication's manifest says.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read, or the text is no manifest.
    pub fn manifest(&self, version: u64) -> Result<Option<Manifest>, StoreError> {
        let damaged =
            |error: ManifestError| StoreError::Damaged { what: "manifest", reason: error.to_string() };
        self.payload(version)?.map(|payload| Manifest::parse(&payload).map_err(damaged)).transpose()
    }

    /// The signed text of a publication's manifest.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn payload(&self, version: u64) -> Result<Option<String>, StoreError> {
        let sql = "SELECT payload FROM publications WHERE version = ?1";
        Ok(self.connection().query_row(sql, [version], |row| row.get(0)).optional()?)
    }

    /// The newest publications, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn publications(&self, limit: u32) -> Result<Vec<PublicationSummary>, StoreError> {
        newest(&self.connection(), Some(limit))
    }

    /// All publications, newest first, as `transaction` sees them.
    pub(super) fn all_publications(
        transaction: &Transaction<'_>,
    ) -> Result<Vec<PublicationSummary>, StoreError> {
        newest(transaction, None)
    }

    /// The version that a rollback without a version goes back to: the last one published before the tables of the
    /// newest one were. Rolling back twice goes back two steps, not forth again.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn version_before_current(&self) -> Result<Option<u64>, StoreError> {
        Ok(before_current(&newest(&self.connection(), None)?))
    }

    /// Version of the newest publication as `transaction` sees it, 0 before the first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest_version(transaction: &Transaction<'_>) -> Result<u64, StoreError> {
        Ok(transaction
            .query_row("SELECT coalesce(max(version), 0) FROM publications", [], |row| row.get(0))?)
    }

    /// Records a publication and logs it, within its transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn put_publication(
        transaction: &Transaction<'_>,
        new: &NewPublication<'_>,
    ) -> Result<(), StoreError> {
        let action = if new.rolled_back_to.is_some() { "rollback" } else { "publish" };
        transaction.execute(
            "INSERT INTO publications (version, site, created_at, action, from_version, payload, envelope)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                new.version,
                new.site,
                new.created_at,
                action,
                new.rolled_back_to,
                new.payload,
                new.envelope_json
            ],
        )?;
        let mut statement = transaction.prepare_cached(
            "INSERT INTO publication_blobs (version, name, sha256, bytes) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for blob in new.blobs {
            statement.execute(params![new.version, blob.name, blob.sha256, blob.bytes])?;
        }
        let detail = serde_json::json!({
            "version": new.version, "site": new.site, "rolled_back_to": new.rolled_back_to,
        });
        Self::append_audit(transaction, new.created_at, action, &detail)
    }
}

fn newest(connection: &Connection, limit: Option<u32>) -> Result<Vec<PublicationSummary>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT version, created_at, from_version FROM publications ORDER BY version DESC LIMIT ?1",
    )?;
    // A negative limit is none.
    let rows = statement.query_map([limit.map_or(-1, i64::from)], |row| {
        Ok(PublicationSummary { version: row.get(0)?, created_at: row.get(1)?, rolled_back_to: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The publication whose blobs `known` publishes again.
pub(super) fn origin<'a>(
    all: &'a [PublicationSummary],
    known: &PublicationSummary,
) -> Option<&'a PublicationSummary> {
    let version = known.rolled_back_to?;
    all.iter().find(|other| other.version == version)
}

/// See [`Store::version_before_current`].
pub(super) fn before_current(newest_first: &[PublicationSummary]) -> Option<u64> {
    let mut current = newest_first.first()?;
    while current.rolled_back_to.is_some() {
        current = origin(newest_first, current)?;
    }
    let earlier =
        |known: &&PublicationSummary| known.version < current.version && known.rolled_back_to.is_none();
    newest_first.iter().find(earlier).map(|known| known.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publications(origins: &[Option<u64>]) -> Vec<PublicationSummary> {
        let summary = |(version, origin): (u64, &Option<u64>)| PublicationSummary {
            version,
            created_at: 0,
            rolled_back_to: *origin,
        };
        let mut publications: Vec<_> = (1..).zip(origins).map(summary).collect();
        publications.reverse();
        publications
    }

    #[test]
    fn each_rollback_goes_one_publication_further() {
        assert_eq!(before_current(&publications(&[])), None);
        assert_eq!(before_current(&publications(&[None])), None);
        assert_eq!(before_current(&publications(&[None, None, None])), Some(2));
        assert_eq!(before_current(&publications(&[None, None, None, Some(2)])), Some(1));
        assert_eq!(before_current(&publications(&[None, None, None, Some(2), None])), Some(3));
        assert_eq!(before_current(&publications(&[None, None, None, Some(2), Some(1)])), None);
    }
}
