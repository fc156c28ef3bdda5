//! Numbered migrations, applied in order; the number stands in the database header.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;

/// Every migration, oldest first; the n-th takes a database from version n−1 to n.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_foundation.sql"),
    include_str!("migrations/0002_consent.sql"),
    include_str!("migrations/0003_collect.sql"),
    include_str!("migrations/0004_training.sql"),
    include_str!("migrations/0005_loop.sql"),
];

/// The schema version this release writes.
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// "HBDB": tells our databases from those of other programs.
const APPLICATION_ID: i32 = 0x4842_4442;

/// Refuses a database that is not ours, before anything is written to it.
pub(super) fn check_owner(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let foreign = || StoreError::Foreign { path: path.to_owned() };
    let owner: i32 = match connection.pragma_query_value(None, "application_id", |row| row.get(0)) {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(foreign());
        }
        other => other?,
    };
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if owner == APPLICATION_ID || (owner == 0 && tables == 0) { Ok(()) } else { Err(foreign()) }
}

/// Brings the schema up to [`SCHEMA_VERSION`]; each step is atomic, and two processes may start at once.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    if version(connection)? == SCHEMA_VERSION {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let Some(missing) = MIGRATIONS.get(found as usize..) else {
        return Err(StoreError::NewerSchema { found, known: SCHEMA_VERSION });
    };
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
