//! Single values that outlive a process.

use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::{Store, StoreError};

/// The setting that holds the seed of item and facet keys.
const ID_SEED: &str = "id_seed";

impl Store {
    /// The seed that item keys are derived with; 0 until a collision forced another.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn id_seed(&self) -> Result<u32, StoreError> {
        let text = read(&self.connection(), ID_SEED)?;
        text.map_or(Ok(0), |text| text.parse().map_err(|error| StoreError::damaged("id seed", error)))
    }

    /// Sets the seed, within the transaction that publishes the first tables made with it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn set_id_seed(transaction: &Transaction<'_>, seed: u32) -> Result<(), StoreError> {
        Self::set_text(transaction, ID_SEED, &seed.to_string())
    }

    /// The text kept under a key, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn text(&self, key: &str) -> Result<Option<String>, StoreError> {
        read(&self.connection(), key)
    }

    /// Keeps a text under a key, in place of what was there.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn set_text(transaction: &Transaction<'_>, key: &str, text: &str) -> Result<(), StoreError> {
        transaction.execute(
            "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            (key, text),
        )?;
        Ok(())
    }
}

fn read(connection: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    let value = connection.query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0));
    Ok(value.optional()?)
}
