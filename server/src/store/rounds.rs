//! Rounds of learners: which sums were used, and which task asks on.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{Store, StoreError};

/// A round whose sums were used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// The task that asked, 64 hexadecimal digits.
    pub task: String,
    /// The first task of the chain.
    pub first: String,
    /// Its number in the chain, from 1.
    pub number: u32,
    /// The task that asks on; empty where the chain ended.
    pub next: String,
    /// What came of it, in words.
    pub outcome: String,
    /// When, unix seconds.
    pub at: u64,
}

impl Store {
    /// Notes a round and closes its task; `false`, and nothing is changed, when it was noted before.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn put_round(transaction: &Transaction<'_>, round: &Round) -> Result<bool, StoreError> {
        let Round { task, first, number, next, outcome, at } = round;
        let added = transaction.execute(
            "INSERT INTO rounds (task, first, number, next, outcome, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
            params![task, first, number, next, outcome, at],
        )?;
        if added > 0 {
            transaction.execute(
                "UPDATE tasks SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL",
                params![task, at],
            )?;
            let detail = serde_json::json!({
                "task": task, "first": first, "number": number, "next": next, "outcome": outcome,
            });
            Self::append_audit(transaction, *at, "round", &detail)?;
        }
        Ok(added > 0)
    }

    /// The round that a task was; none before its sums were used.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn round(&self, task: &str) -> Result<Option<Round>, StoreError> {
        self.one_round("task", task)
    }

    /// The round that a task goes on from; none for the first of a chain.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn round_before(&self, task: &str) -> Result<Option<Round>, StoreError> {
        self.one_round("next", task)
    }

    fn one_round(&self, column: &str, task: &str) -> Result<Option<Round>, StoreError> {
        let sql = format!("SELECT task, first, number, next, outcome, at FROM rounds WHERE {column} = ?1");
        let round = self.connection().query_row(&sql, [task], |row| {
            Ok(Round {
                task: row.get(0)?,
                first: row.get(1)?,
                number: row.get(2)?,
                next: row.get(3)?,
                outcome: row.get(4)?,
                at: row.get(5)?,
            })
        });
        Ok(round.optional()?)
    }
}
