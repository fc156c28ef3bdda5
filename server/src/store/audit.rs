//! The append-only log of what changed the data folder.

use rusqlite::{OptionalExtension as _, Transaction};
use sha2::{Digest, Sha256};

use super::{Store, StoreError};
use crate::signing::hex;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Position in the log, from 1.
    pub seq: u64,
    /// When, unix seconds.
    pub at: u64,
    /// What, for example `import_catalog`.
    pub action: String,
    /// The circumstances, as JSON; never a visitor's data.
    pub detail: String,
    /// Hash of the entry before; empty for the first.
    pub previous: String,
    /// Hash of this entry, see [`Store::audit_break`].
    pub hash: String,
}

impl AuditEntry {
    fn computed_hash(&self) -> String {
        let text = format!("{}\n{}\n{}\n{}\n{}", self.previous, self.seq, self.at, self.action, self.detail);
        hex(&Sha256::digest(text.as_bytes()))
    }
}

impl Store {
    /// Appends to the log, within the transaction of the change itself.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn append_audit(
        transaction: &Transaction<'_>,
        at: u64,
        action: &str,
        detail: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let last: Option<(u64, String)> = transaction
            .query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let (seq, previous) = last.unwrap_or_default();
        let (action, detail) = (action.to_owned(), detail.to_string());
        let mut entry = AuditEntry { seq: seq + 1, at, action, detail, previous, hash: String::new() };
        entry.hash = entry.computed_hash();
        transaction.execute(
            "INSERT INTO audit (seq, at, action, detail, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (entry.seq, entry.at, entry.action, entry.detail, entry.previous, entry.hash),
        )?;
        Ok(())
    }

    /// The newest entries, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn audit(&self, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT seq, at, action, detail, previous, hash FROM audit ORDER BY seq DESC LIMIT ?1",
        )?;
        let entries = statement.query_map([limit], read_entry)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// Checks the chain: each entry's hash is the SHA-256 of the hash before it, its number, time, action
    /// and detail, one a line. Returns the first entry that does not fit.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn audit_break(&self) -> Result<Option<u64>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT seq, at, action, detail, previous, hash FROM audit ORDER BY seq")?;
        let (mut previous, mut expected) = (String::new(), 1);
        for entry in statement.query_map([], read_entry)? {
            let entry = entry?;
            if entry.seq != expected || entry.previous != previous || entry.hash != entry.computed_hash() {
                return Ok(Some(entry.seq));
            }
            expected += 1;
            previous = entry.hash;
        }
        Ok(None)
    }
}

fn read_entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        seq: row.get(0)?,
        at: row.get(1)?,
        action: row.get(2)?,
        detail: row.get(3)?,
        previous: row.get(4)?,
        hash: row.get(5)?,
    })
}
