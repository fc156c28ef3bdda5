//! What collectors asked a leader for, and what a leader was answered by us as its helper.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::{Store, StoreError};

/// A collection as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionJob {
    /// The part's id.
    pub part: [u8; 32],
    /// The job's id.
    pub job: [u8; 16],
    /// The request's bytes.
    pub request: Vec<u8>,
    /// What the helper is asked; none until the batch is closed.
    pub share_request: Option<Vec<u8>>,
    /// Count, interval and the leader's sealed half, as the beginning of the answer.
    pub leader_share: Option<Vec<u8>>,
    /// How it stands.
    pub state: CollectionState,
    /// How often the helper was asked in vain.
    pub attempts: u32,
}

/// How a collection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CollectionState {
    /// Waits for reports or the helper.
    Waiting,
    /// The answer's bytes.
    Ready(Vec<u8>),
    /// Type of the problem that ended it.
    Failed(String),
}

/// SHA-256 of a leader's request, and what it was answered.
pub type HelperAnswer = ([u8; 32], Vec<u8>);

/// A collection that its helper refused: part, request, type of the problem.
pub type RefusedCollection = ([u8; 32], Vec<u8>, String);

/// What a leader asked its helper for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// To take part in an aggregation job.
    Aggregation,
    /// For the helper's half of a sum.
    Share,
}

impl AnswerKind {
    fn word(self) -> &'static str {
        match self {
            Self::Aggregation => "aggregation",
            Self::Share => "share",
        }
    }
}

const SELECT: &str =
    "SELECT part, job, request, share_request, leader_share, state, answer, problem, attempts
                      FROM collection_jobs";

impl Store {
    /// Records a collection; `false` when it is there already.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn add_collection(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        job: &[u8; 16],
        request: &[u8],
        now: u64,
    ) -> Result<bool, StoreError> {
        let added = transaction.execute(
            "INSERT INTO collection_jobs (part, job, request, state, attempts, next_at)
             VALUES (?1, ?2, ?3, 'waiting', 0, ?4) ON CONFLICT DO NOTHING",
            params![part, job, request, now],
        )?;
        Ok(added > 0)
    }

    /// One collection.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn collection(&self, part: &[u8; 32], job: &[u8; 16]) -> Result<Option<CollectionJob>, StoreError> {
        let connection = self.connection();
        let sql = format!("{SELECT} WHERE part = ?1 AND job = ?2");
        Ok(connection.query_row(&sql, params![part, job], read).optional()?)
    }

    /// The next collection that is due; none when nothing is.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn due_collection(&self, now: u64) -> Result<Option<CollectionJob>, StoreError> {
        let connection = self.connection();
        let sql = format!("{SELECT} WHERE state = 'waiting' AND next_at <= ?1 ORDER BY next_at LIMIT 1");
        Ok(connection.query_row(&sql, [now], read).optional()?)
    }

    /// Collections that ended with a problem after their batch was closed: part, request, and type of the problem.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn refused_collections(&self) -> Result<Vec<RefusedCollection>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT part, request, coalesce(problem, '') FROM collection_jobs
             WHERE state = 'failed' AND share_request IS NOT NULL ORDER BY part, job",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps what is sent to the helper from now on, and the leader's half, within the transaction that closes the batch.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn close_for_collection(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        job: &[u8; 16],
        share_request: &[u8],
        leader_share: &[u8],
    ) -> Result<(), StoreError> {
        transaction.execute(
            "UPDATE collection_jobs SET share_request = ?3, leader_share = ?4 WHERE part = ?1 AND job = ?2",
            params![part, job, share_request, leader_share],
        )?;
        Ok(())
    }

    /// Tries a collection again later.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn postpone_collection(
        &self,
        part: &[u8; 32],
        job: &[u8; 16],
        next_at: u64,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE collection_jobs SET attempts = attempts + 1, next_at = ?3 WHERE part = ?1 AND job = ?2";
            transaction.execute(sql, params![part, job, next_at])?;
            Ok(())
        })
    }

    /// Ends a collection, with an answer or a problem.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn end_collection(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        job: &[u8; 16],
        outcome: Result<&[u8], &str>,
    ) -> Result<(), StoreError> {
        let (state, answer, problem) = match outcome {
            Ok(answer) => ("ready", Some(answer), None),
            Err(problem) => ("failed", None, Some(problem)),
        };
        transaction.execute(
            "UPDATE collection_jobs SET state = ?3, answer = ?4, problem = ?5 WHERE part = ?1 AND job = ?2",
            params![part, job, state, answer, problem],
        )?;
        Ok(())
    }

    /// Forgets a collection that its collector gives up; what was collected stays collected.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn remove_collection(&self, part: &[u8; 32], job: &[u8; 16]) -> Result<bool, StoreError> {
        self.write(|transaction| {
            // One whose batch is closed must come to its end, or its reports would be lost.
            let sql = "DELETE FROM collection_jobs
                       WHERE part = ?1 AND job = ?2 AND (share_request IS NULL OR state <> 'waiting')";
            Ok(transaction.execute(sql, params![part, job])? > 0)
        })
    }

    /// What a leader was answered: the hash of its request, and the answer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn helper_answer(
        &self,
        part: &[u8; 32],
        kind: AnswerKind,
        job: &[u8; 16],
    ) -> Result<Option<HelperAnswer>, StoreError> {
        let connection = self.connection();
        let sql = "SELECT request, answer FROM helper_answers WHERE part = ?1 AND kind = ?2 AND job = ?3";
        let found =
            connection.query_row(sql, params![part, kind.word(), job], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(found.optional()?)
    }

    /// Keeps what a leader is answered, within the transaction of what the answer says; `false` when the job was answered
    /// before, and nothing may be added.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn keep_helper_answer(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        kind: AnswerKind,
        job: &[u8; 16],
        request: &[u8; 32],
        answer: &[u8],
        now: u64,
    ) -> Result<bool, StoreError> {
        let kept = transaction.execute(
            "INSERT INTO helper_answers (part, kind, job, request, answer, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
            params![part, kind.word(), job, request, answer, now],
        )?;
        Ok(kept > 0)
    }

    /// Forgets what a leader was answered; what was added or collected stays so.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn remove_helper_answer(
        &self,
        part: &[u8; 32],
        kind: AnswerKind,
        job: &[u8; 16],
    ) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let sql = "DELETE FROM helper_answers WHERE part = ?1 AND kind = ?2 AND job = ?3";
            Ok(transaction.execute(sql, params![part, kind.word(), job])? > 0)
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<CollectionJob> {
    let state: String = row.get(5)?;
    let state = match state.as_str() {
        "ready" => CollectionState::Ready(row.get::<_, Option<Vec<u8>>>(6)?.unwrap_or_default()),
        "failed" => CollectionState::Failed(row.get::<_, Option<String>>(7)?.unwrap_or_default()),
        _ => CollectionState::Waiting,
    };
    Ok(CollectionJob {
        part: row.get(0)?,
        job: row.get(1)?,
        request: row.get(2)?,
        share_request: row.get(3)?,
        leader_share: row.get(4)?,
        state,
        attempts: row.get(8)?,
    })
}
