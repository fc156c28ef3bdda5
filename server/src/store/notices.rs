//! What visitors were asked: every published consent configuration, and which of them was current when.

use rusqlite::{OptionalExtension as _, Transaction};

use super::{Store, StoreError};

/// Who published: the store knows ways in, not people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// `homebody consent publish`.
    CommandLine,
    /// The private side.
    Http,
}

impl Via {
    /// Its word in the store.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CommandLine => "command-line",
            Self::Http => "http",
        }
    }
}

/// One change of what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeChange {
    /// Number of the change, rising by one.
    pub seq: u64,
    /// The notice that was current from then on.
    pub sha256: String,
    /// When, unix seconds.
    pub at: u64,
    /// `publish` or `rollback`.
    pub action: String,
    /// `command-line` or `http`.
    pub via: String,
}

/// A change to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct NewNoticeChange<'a> {
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub sha256: &'a str,
    /// When, unix seconds.
    pub at: u64,
    /// Whether it was asked before.
    pub is_rollback: bool,
    /// Who.
    pub via: Via,
}

impl Store {
    /// Keeps the bytes of a notice, unless they are there.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn put_notice(
        transaction: &Transaction<'_>,
        change: &NewNoticeChange<'_>,
        text: &[u8],
    ) -> Result<(), StoreError> {
        transaction.execute(
            "INSERT INTO notices (sha256, published_at, via, text) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (sha256) DO NOTHING",
            (change.sha256, change.at, change.via.word(), text),
        )?;
        Ok(())
    }

    /// Makes a notice that is kept the current one and logs it; `false` when it was current already.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn make_current(
        transaction: &Transaction<'_>,
        change: &NewNoticeChange<'_>,
    ) -> Result<bool, StoreError> {
        let newest = "SELECT sha256 FROM notice_changes ORDER BY seq DESC LIMIT 1";
        let current: Option<String> = transaction.query_row(newest, [], |row| row.get(0)).optional()?;
        if current.as_deref() == Some(change.sha256) {
            return Ok(false);
        }
        let (word, action) = match change.is_rollback {
            true => ("rollback", "consent_rollback"),
            false => ("publish", "consent_publish"),
        };
        transaction.execute(
            "INSERT INTO notice_changes (sha256, at, action, via) VALUES (?1, ?2, ?3, ?4)",
            (change.sha256, change.at, word, change.via.word()),
        )?;
        let detail = serde_json::json!({ "notice": change.sha256, "via": change.via.word() });
        Self::append_audit(transaction, change.at, action, &detail)?;
        Ok(true)
    }

    /// Number of the newest change, 0 before the first; cheap enough to ask every second.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn notice_seq(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(seq), 0) FROM notice_changes";
        Ok(self.connection().query_row(sql, [], |row| row.get(0))?)
    }

    /// The newest changes, newest first: the first one is what is asked now.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn notice_changes(&self, limit: u32) -> Result<Vec<NoticeChange>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT seq, sha256, at, action, via FROM notice_changes ORDER BY seq DESC LIMIT ?1")?;
        let changes = statement.query_map([limit], |row| {
            Ok(NoticeChange {
                seq: row.get(0)?,
                sha256: row.get(1)?,
                at: row.get(2)?,
                action: row.get(3)?,
                via: row.get(4)?,
            })
        })?;
        Ok(changes.collect::<Result<_, _>>()?)
    }

    /// The hashes of all notices that are kept, in their order.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn notice_hashes(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT sha256 FROM notices ORDER BY sha256")?;
        let hashes = statement.query_map([], |row| row.get(0))?;
        Ok(hashes.collect::<Result<_, _>>()?)
    }

    /// The bytes of a notice.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn notice(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT text FROM notices WHERE sha256 = ?1";
        Ok(self.connection().query_row(sql, [sha256], |row| row.get(0)).optional()?)
    }
}
