//! The published model after its publication: who uses it, who watches it, and the way back.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::models::{EVERYBODY, champion};
use super::{Store, StoreError, StoredModel};

impl Store {
    /// Notes which task watches the published model, or with `None` that nobody does any more, and all devices use it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn set_watch(transaction: &Transaction<'_>, id: u64, task: Option<&str>) -> Result<(), StoreError> {
        transaction.execute("UPDATE models SET watch = ?2 WHERE id = ?1", params![id, task])?;
        if task.is_none() {
            transaction.execute("UPDATE models SET per_mille = ?2 WHERE id = ?1", params![id, EVERYBODY])?;
        }
        Ok(())
    }

    /// Lets so many of a thousand devices use the published model, and logs it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn set_ramp(
        transaction: &Transaction<'_>,
        id: u64,
        per_mille: u32,
        now: u64,
    ) -> Result<(), StoreError> {
        transaction.execute("UPDATE models SET per_mille = ?2 WHERE id = ?1", params![id, per_mille])?;
        let detail = serde_json::json!({ "model": id, "per_mille": per_mille });
        Self::append_audit(transaction, now, "ramp", &detail)
    }

    /// While only a share of devices uses the published model: how many of a thousand, and the model that the others use,
    /// `None` where it replaced none.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn ramp(&self) -> Result<Option<(u32, Option<StoredModel>)>, StoreError> {
        let sql = "SELECT per_mille, replaced FROM models WHERE state = 'champion' AND per_mille < ?1";
        let found: Option<(u32, Option<u64>)> =
            self.connection().query_row(sql, [EVERYBODY], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((per_mille, replaced)) = found else { return Ok(None) };
        let replaced = match replaced {
            Some(id) => self.one_model(&id.to_string())?,
            None => None,
        };
        Ok(Some((per_mille, replaced)))
    }

    /// Takes the published model back: the one it replaced is published again, or none where it was the first. `false` when
    /// it is not the published one any more.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn take_back(
        transaction: &Transaction<'_>,
        id: u64,
        reason: &str,
        now: u64,
    ) -> Result<bool, StoreError> {
        if champion(transaction)? != Some(id) {
            return Ok(false);
        }
        let sql = "SELECT replaced FROM models WHERE id = ?1";
        let replaced: Option<u64> = transaction.query_row(sql, [id], |row| row.get(0))?;
        return_to(transaction, Some(id), replaced, reason, now)?;
        Ok(true)
    }

    /// Publishes the model that an earlier manifest names, in place of today's: `trained_at` and `source` as the manifest
    /// says them. Nothing when it is today's, or none that is known; a candidate that waits has lost its rival and is rejected.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn restore_model(
        transaction: &Transaction<'_>,
        (source, trained_at): (&str, u64),
        now: u64,
    ) -> Result<(), StoreError> {
        let sql = "SELECT id FROM models WHERE source = ?1 AND created_at = ?2 AND state != 'candidate'
                   ORDER BY state = 'champion' DESC, id DESC LIMIT 1";
        let wanted: Option<u64> =
            transaction.query_row(sql, params![source, trained_at], |row| row.get(0)).optional()?;
        let current = champion(transaction)?;
        if wanted == current || (wanted.is_none() && trained_at > 0) {
            return Ok(());
        }
        transaction.execute(
            "UPDATE models SET state = 'rejected', reason = 'an earlier model was brought back meanwhile'
             WHERE state = 'candidate'",
            [],
        )?;
        return_to(transaction, current, wanted, "rolled back by hand", now)
    }

    /// Whether devices are comparing two tables.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn is_compared(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM models
                   WHERE state = 'candidate' OR (state = 'champion' AND watch IS NOT NULL)";
        Ok(self.connection().prepare_cached(sql)?.exists([])?)
    }
}

/// From one published model to an earlier one.
fn return_to(
    transaction: &Transaction<'_>,
    from: Option<u64>,
    to: Option<u64>,
    reason: &str,
    now: u64,
) -> Result<(), StoreError> {
    let rejected =
        "UPDATE models SET state = 'rejected', reason = ?2, watch = NULL, per_mille = ?3 WHERE id = ?1";
    if let Some(from) = from {
        transaction.execute(rejected, params![from, reason, EVERYBODY])?;
    }
    if let Some(to) = to {
        transaction.execute("UPDATE models SET state = 'champion' WHERE id = ?1", [to])?;
    }
    let detail = serde_json::json!({ "model": from, "back_to": to, "reason": reason });
    Store::append_audit(transaction, now, "take_back", &detail)
}
