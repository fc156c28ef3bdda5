//! What histories taught: sums and models, as versioned bytes.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{Store, StoreError};

/// A trained model with the sums beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredModel {
    /// When it was trained, unix seconds.
    pub created_at: u64,
    /// Family, for example `seqlin`.
    pub name: String,
    /// Where it comes from: `imported_history`.
    pub source: String,
    /// What validation measured, a JSON object of numbers.
    pub metrics: String,
    /// [`homebody_learn::sums::Sums::encode`]; empty without a collaborative part. Their item `i + 1` is the
    /// model's `ids[i]`.
    pub sums: Vec<u8>,
    /// [`crate::history::Model::encode`].
    pub model: Vec<u8>,
}

impl Store {
    /// Stores a model; it is the one published from now on. Sums are large: those of earlier models, which
    /// nothing will ever add to, are dropped.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn put_model(transaction: &Transaction<'_>, model: &StoredModel) -> Result<(), StoreError> {
        transaction.execute("UPDATE models SET sums = x'' WHERE length(sums) > 0", [])?;
        transaction.execute(
            "INSERT INTO models (created_at, name, source, metrics, sums, model)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![model.created_at, model.name, model.source, model.metrics, model.sums, model.model],
        )?;
        Ok(())
    }

    /// The newest model, without its sums.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest_model(&self) -> Result<Option<StoredModel>, StoreError> {
        let sql = "SELECT created_at, name, source, metrics, model FROM models ORDER BY id DESC LIMIT 1";
        let model = self.connection().query_row(sql, [], |row| {
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

    /// The sums of the newest model, empty without one.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn latest_sums(&self) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT sums FROM models ORDER BY id DESC LIMIT 1";
        Ok(self.connection().query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or_default())
    }
}
