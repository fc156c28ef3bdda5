//! What sums taught besides lists, and what became of it.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::{Store, StoreError};

/// What a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SectionKind {
    /// Visitor segments, as in a table.
    Segments,
    /// Purchase intent, as in a table.
    Intent,
    /// The numbers of the policy that devices voted for, JSON.
    Settings,
    /// Factors of the parts of a score, JSON.
    Blend,
}

/// What became of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionState {
    /// Is part of the candidate that devices judge.
    Waiting,
    /// Is published.
    Published,
    /// Was published once.
    Retired,
    /// Was judged and never published.
    Rejected,
}

/// A section as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is.
    pub kind: SectionKind,
    /// The task whose sums made it, 64 hexadecimal digits.
    pub task: String,
    /// When, unix seconds.
    pub at: u64,
    /// What became of it.
    pub state: SectionState,
    /// Why.
    pub reason: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

impl SectionKind {
    const ALL: [Self; 4] = [Self::Segments, Self::Intent, Self::Settings, Self::Blend];

    /// Stable word for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Segments => "segments",
            Self::Intent => "intent",
            Self::Settings => "settings",
            Self::Blend => "blend",
        }
    }
}

impl SectionState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Published, Self::Retired, Self::Rejected];

    /// Stable word for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Published => "published",
            Self::Retired => "retired",
            Self::Rejected => "rejected",
        }
    }
}

impl Store {
    /// Keeps a section, and retires the one that is in its state: one of a kind is published, one waits.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn put_section(transaction: &Transaction<'_>, section: &Section) -> Result<(), StoreError> {
        let Section { kind, task, at, state, reason, body } = section;
        if matches!(state, SectionState::Waiting | SectionState::Published) {
            transaction.execute(
                "UPDATE sections SET state = 'retired' WHERE kind = ?1 AND state = ?2",
                params![kind.word(), state.word()],
            )?;
        }
        transaction.execute(
            "INSERT INTO sections (kind, task, at, state, reason, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![kind.word(), task, at, state.word(), reason, body],
        )?;
        let detail = serde_json::json!({
            "kind": kind.word(), "task": task, "state": state.word(), "reason": reason,
        });
        Self::append_audit(transaction, *at, "section", &detail)
    }

    /// Publishes the section of a kind that waits, or rejects it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn settle_section(
        transaction: &Transaction<'_>,
        kind: SectionKind,
        is_published: bool,
        reason: &str,
    ) -> Result<(), StoreError> {
        let waiting = "SELECT 1 FROM sections WHERE kind = ?1 AND state = 'waiting'";
        if !transaction.prepare(waiting)?.exists([kind.word()])? {
            return Ok(());
        }
        if is_published {
            retire(transaction, kind)?;
        }
        let state = if is_published { SectionState::Published } else { SectionState::Rejected };
        transaction.execute(
            "UPDATE sections SET state = ?2, reason = ?3 WHERE kind = ?1 AND state = 'waiting'",
            params![kind.word(), state.word(), reason],
        )?;
        Ok(())
    }

    /// Publishes no longer what was learned after a version was published: whoever goes back to it goes back to before that.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn retire_sections_after(transaction: &Transaction<'_>, version: u64) -> Result<(), StoreError> {
        transaction.execute(
            "UPDATE sections SET state = 'retired', reason = 'rolled back by hand'
             WHERE state = 'published' AND at > (SELECT created_at FROM publications WHERE version = ?1)",
            [version],
        )?;
        Ok(())
    }

    /// The section of a kind that is in a state; of `Waiting` and `Published` there is one at the most.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn section(&self, kind: SectionKind, state: SectionState) -> Result<Option<Section>, StoreError> {
        let sql = format!("{SELECT} WHERE kind = ?1 AND state = ?2 ORDER BY id DESC LIMIT 1");
        Ok(self.connection().query_row(&sql, [kind.word(), state.word()], read).optional()?)
    }

    /// All sections, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn sections(&self) -> Result<Vec<Section>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!("{SELECT} ORDER BY id DESC"))?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

const SELECT: &str = "SELECT kind, task, at, state, reason, body FROM sections";

fn retire(transaction: &Transaction<'_>, kind: SectionKind) -> Result<(), StoreError> {
    let sql = "UPDATE sections SET state = 'retired' WHERE kind = ?1 AND state = 'published'";
    transaction.execute(sql, [kind.word()])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Section> {
    let (kind, state): (String, String) = (row.get(0)?, row.get(3)?);
    let kind = SectionKind::ALL.into_iter().find(|known| known.word() == kind);
    let state = SectionState::ALL.into_iter().find(|known| known.word() == state);
    Ok(Section {
        // The table has checks.
        kind: kind.unwrap_or(SectionKind::Settings),
        state: state.unwrap_or(SectionState::Rejected),
        task: row.get(1)?,
        at: row.get(2)?,
        reason: row.get(4)?,
        body: row.get(5)?,
    })
}
