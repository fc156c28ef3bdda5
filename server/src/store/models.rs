//! What histories and contributions taught: sums and models, as versioned bytes.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::{SectionKind, Store, StoreError};

/// A trained model with the sums beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredModel {
    /// When it was trained, unix seconds.
    pub created_at: u64,
    /// Family, for example `seqlin`.
    pub name: String,
    /// Where it comes from: `imported_history` or `contributions`.
    pub source: String,
    /// What validation measured, a JSON object of numbers.
    pub metrics: String,
    /// [`homebody_learn::sums::Sums::encode`]; empty without a collaborative part. Their item `i + 1` is the
    /// model's `ids[i]`.
    pub sums: Vec<u8>,
    /// [`crate::history::Model::encode`].
    pub model: Vec<u8>,
}

/// What became of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// Waits for its judges.
    Candidate,
    /// The one that is published.
    Champion,
    /// Was published once.
    Retired,
    /// Was judged and never published.
    Rejected,
}

impl ModelState {
    const ALL: [Self; 4] = [Self::Candidate, Self::Champion, Self::Retired, Self::Rejected];

    /// Stable word for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Champion => "champion",
            Self::Retired => "retired",
            Self::Rejected => "rejected",
        }
    }
}

/// One line of the list of models.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSummary {
    /// Its number.
    pub id: u64,
    /// When it was trained, unix seconds.
    pub created_at: u64,
    /// Family.
    pub name: String,
    /// Where it comes from.
    pub source: String,
    /// What validation measured, a JSON object of numbers.
    pub metrics: String,
    /// What became of it.
    pub state: ModelState,
    /// Why.
    pub reason: String,
    /// The task that asks devices about it, 64 hexadecimal digits.
    pub gate: Option<String>,
    /// Number of the last release there was when it was made; 0 without any.
    pub learned_to: u64,
    /// Why it was made; empty for an imported one.
    pub cause: String,
    /// The model it replaced when it was published.
    pub replaced: Option<u64>,
    /// The task by which devices watch it; empty before they were asked, none when it is not watched.
    pub watch: Option<String>,
    /// Since when it is published, unix seconds; 0 for one that never was, and for an imported one.
    pub promoted_at: u64,
    /// How many of a thousand devices use it while it is published; the others use the one it replaced.
    pub per_mille: u32,
}

/// How the cause of a candidate begins that has the waiting factors of the blend: they stand or fall with it.
pub const BLEND_CAUSE: &str = "blend:";

/// Of a thousand.
pub(super) const EVERYBODY: u32 = 1_000;

impl Store {
    /// Stores a model as the one that is published from now on. Sums are large: those of earlier models, which
    /// nothing will ever add to, are dropped. A candidate that was measured against the earlier one has lost its rival,
    /// and is rejected.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn put_model(transaction: &Transaction<'_>, model: &StoredModel) -> Result<(), StoreError> {
        transaction.execute("UPDATE models SET sums = x'' WHERE length(sums) > 0", [])?;
        transaction.execute(
            "UPDATE models SET state = 'rejected', reason = 'a history was imported meanwhile' WHERE state = 'candidate'",
            [],
        )?;
        let sections = "UPDATE sections SET state = 'retired'
                        WHERE (state = 'published' AND kind IN ('segments', 'intent')) OR state = 'waiting'";
        transaction.execute(sections, [])?;
        retire(transaction)?;
        insert(transaction, model, ModelState::Champion, 0, "")?;
        Ok(())
    }

    /// Stores a model that devices shall judge; its number. `learned_to`: the last release there is. `cause`: why now.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written, or another candidate is waiting.
    pub fn put_candidate(
        transaction: &Transaction<'_>,
        model: &StoredModel,
        learned_to: u64,
        cause: &str,
    ) -> Result<u64, StoreError> {
        let id = insert(transaction, model, ModelState::Candidate, learned_to, cause)?;
        let detail = serde_json::json!({ "model": id, "cause": cause, "learned_to": learned_to });
        Self::append_audit(transaction, model.created_at, "candidate", &detail)?;
        Ok(id)
    }

    /// Notes which task asks devices about a candidate.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn set_gate(transaction: &Transaction<'_>, id: u64, gate: &str) -> Result<(), StoreError> {
        transaction.execute("UPDATE models SET gate = ?2 WHERE id = ?1", params![id, gate])?;
        Ok(())
    }

    /// Makes the candidate the model that is published, or rejects it, with the reason; `false` when it is none any more.
    /// `per_mille`: devices go on comparing it with the one it replaces, and so many of a thousand use it for now; `None`:
    /// all do, and nobody compares.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn settle_candidate(
        transaction: &Transaction<'_>,
        id: u64,
        is_promoted: bool,
        per_mille: Option<u32>,
        reason: &str,
        now: u64,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM models WHERE id = ?1 AND state = 'candidate'";
        if !transaction.prepare(sql)?.exists([id])? {
            return Ok(false);
        }
        let state = if is_promoted { ModelState::Champion } else { ModelState::Rejected };
        let replaced = if is_promoted { champion(transaction)? } else { None };
        if is_promoted {
            retire(transaction)?;
        }
        let per_mille = per_mille.filter(|_| is_promoted);
        let (watch, promoted_at) = (per_mille.map(|_| ""), if is_promoted { now } else { 0 });
        transaction.execute(
            "UPDATE models SET state = ?2, reason = ?3, replaced = ?4, watch = ?5, promoted_at = ?6, per_mille = ?7
             WHERE id = ?1",
            params![id, state.word(), reason, replaced, watch, promoted_at, per_mille.unwrap_or(EVERYBODY)],
        )?;
        let cause: String =
            transaction.query_row("SELECT cause FROM models WHERE id = ?1", [id], |row| row.get(0))?;
        if cause.starts_with(BLEND_CAUSE) {
            Self::settle_section(transaction, SectionKind::Blend, is_promoted, reason)?;
        }
        let detail = serde_json::json!({ "model": id, "state": state.word(), "reason": reason });
        Self::append_audit(transaction, now, "judge", &detail)?;
        Ok(true)
    }

    /// The model that is published, without its sums.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest_model(&self) -> Result<Option<StoredModel>, StoreError> {
        self.one_model("SELECT id FROM models WHERE state = 'champion'")
    }

    /// The model that waits for its judges, without its sums.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn candidate(&self) -> Result<Option<StoredModel>, StoreError> {
        self.one_model("SELECT id FROM models WHERE state = 'candidate'")
    }

    /// What the last imported history taught, without its sums.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn imported_model(&self) -> Result<Option<StoredModel>, StoreError> {
        self.one_model("SELECT max(id) FROM models WHERE source = 'imported_history'")
    }

    /// All models, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn models(&self) -> Result<Vec<ModelSummary>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT id, created_at, name, source, metrics, state, reason, gate, learned_to, cause, replaced, watch,
                    promoted_at, per_mille FROM models ORDER BY id DESC",
        )?;
        let rows = statement.query_map([], summary)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The sums of the published model, empty without one.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest_sums(&self) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT sums FROM models WHERE state = 'champion'";
        Ok(self.connection().query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or_default())
    }

    pub(super) fn one_model(&self, number: &str) -> Result<Option<StoredModel>, StoreError> {
        let sql =
            format!("SELECT created_at, name, source, metrics, model FROM models WHERE id = ({number})");
        let model = self.connection().query_row(&sql, [], |row| {
            Ok(StoredModel {
                created_at: row.get(0)?,
                name: row.get(1)?,
                source: row.get(2)?,
                metrics: row.get(3)?,
                sums: Vec::new(),
                model: row.get(4)?,
            })
        });
        Ok(model.optional()?)
    }
}

fn retire(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE models SET state = 'retired', watch = NULL, per_mille = ?1 WHERE state = 'champion'",
        [EVERYBODY],
    )?;
    Ok(())
}

pub(super) fn champion(transaction: &Transaction<'_>) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT id FROM models WHERE state = 'champion'";
    Ok(transaction.query_row(sql, [], |row| row.get(0)).optional()?)
}

fn insert(
    transaction: &Transaction<'_>,
    model: &StoredModel,
    state: ModelState,
    learned_to: u64,
    cause: &str,
) -> Result<u64, StoreError> {
    let StoredModel { created_at, name, source, metrics, sums, model } = model;
    transaction.execute(
        "INSERT INTO models (created_at, name, source, metrics, sums, model, state, learned_to, cause)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![created_at, name, source, metrics, sums, model, state.word(), learned_to, cause],
    )?;
    Ok(transaction.last_insert_rowid().unsigned_abs())
}

fn summary(row: &Row<'_>) -> rusqlite::Result<ModelSummary> {
    let state: String = row.get(5)?;
    let state = ModelState::ALL.into_iter().find(|known| known.word() == state);
    Ok(ModelSummary {
        id: row.get(0)?,
        created_at: row.get(1)?,
        name: row.get(2)?,
        source: row.get(3)?,
        metrics: row.get(4)?,
        // The table has a check.
        state: state.unwrap_or(ModelState::Rejected),
        reason: row.get(6)?,
        gate: row.get(7)?,
        learned_to: row.get(8)?,
        cause: row.get(9)?,
        replaced: row.get(10)?,
        watch: row.get(11)?,
        promoted_at: row.get(12)?,
        per_mille: row.get(13)?,
    })
}
