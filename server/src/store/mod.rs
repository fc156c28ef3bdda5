//! The data folder: one SQLite file, a folder of content-addressed blobs, nothing else to install.
//!
//! | table | content | written by |
//! | --- | --- | --- |
//! | `items` | the catalogue | [`crate::catalog::import`] |
//! | `models` | sums and the model trained from them | [`crate::history::import`], [`crate::train`] |
//! | `publications`, `publication_blobs` | signed manifests and what they name | [`crate::publish`] |
//! | `notices`, `notice_changes` | what visitors were asked, and from when on; never changed | [`crate::consent`] |
//! | `decision_counts` | how many decided how, as sums | [`crate::serve`] |
//! | `tasks` | what devices are asked | [`crate::collect`] |
//! | `batches`, `report_nonces` | running sums of `trusted` and `local` tasks | [`crate::collect`] |
//! | `uploads`, `aggregation_jobs`, `aggregated`, `helper_answers`, `buckets`, `collected`, `collection_jobs` | halves of sums of `split` tasks, and what leads to them | [`crate::collect`] |
//! | `releases` | sums with their noise; never changed | [`crate::collect`] |
//! | `part_totals`, `rounds`, `sections` | what releases add up to, rounds of learners, what came of them | [`crate::train`] |
//! | `imports`, `audit` | what happened, never changed afterwards | every writer |
//! | `settings` | single values, such as the id seed | [`crate::publish`] |
//!
//! Every change is one transaction that is on disk before it is reported (`synchronous=FULL`): a killed
//! process leaves the state before or after it, nothing between. Writers of several processes exclude each
//! other by SQLite's write lock; readers are never blocked.

mod account;
mod audit;
mod batches;
mod blobs;
mod collections;
mod decisions;
mod error;
mod imports;
mod items;
mod migrate;
mod models;
mod notices;
mod promotion;
mod publications;
mod releases;
mod retention;
mod rounds;
mod sections;
mod settings;
mod shares;
mod tasks;
mod totals;
mod uploads;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use account::{AccountStamp, ReleaseSummary};
pub use audit::AuditEntry;
pub use batches::{Batch, Taken};
pub use blobs::BlobFiles;
pub use collections::{AnswerKind, CollectionJob, CollectionState, HelperAnswer, RefusedCollection};
pub use decisions::{Cell, Counts};
pub use error::StoreError;
pub use imports::ImportRecord;
pub use items::{ItemChanges, ItemWriter};
pub use migrate::SCHEMA_VERSION;
pub use models::{BLEND_CAUSE, ModelState, ModelSummary, StoredModel};
pub use notices::{NewNoticeChange, NoticeChange, Via};
pub use publications::{NewPublication, Publication, PublicationSummary};
pub use releases::Release;
pub use rounds::Round;
pub use sections::{Section, SectionKind, SectionState};
pub use shares::{Collected, ProvedShare};
pub use tasks::{StoredTask, TaskRole};
pub use totals::PartTotal;
pub use uploads::{AggregationJob, Uploaded};

/// Name of the database in the data folder.
pub const DATABASE_FILE: &str = "homebody.db";

/// How long a writer waits for another one before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Page cache of the database: bounds the memory of an import of any size.
const CACHE_KIB: i32 = 32 * 1024;

/// An open data folder.
#[derive(Debug)]
pub struct Store {
    data_dir: PathBuf,
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens a data folder, creating it when absent and bringing its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when a newer release wrote it, [`StoreError::Foreign`] when the
    /// database belongs to another program, else what the disk says.
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let blobs = data_dir.join(blobs::FOLDER);
        std::fs::create_dir_all(&blobs).map_err(|source| StoreError::io(&blobs, source))?;
        let path = data_dir.join(DATABASE_FILE);
        let mut connection = Connection::open(&path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        migrate::check_owner(&connection, &path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Deleted rows are overwritten: what was taken back shall not be found in free pages.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.set_prepared_statement_cache_capacity(32);
        migrate::migrate(&mut connection)?;
        Ok(Self { data_dir: data_dir.to_owned(), connection: Mutex::new(connection) })
    }

    /// The folder.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Runs `change` in one transaction: committed and on disk when it returns `Ok`, undone otherwise.
    ///
    /// # Errors
    /// What `change` returns, or [`StoreError`] (for example [`StoreError::Busy`]) by way of `From`.
    pub fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection();
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let value = change(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    /// Asks the database to check itself; the lines it complains with, none when all is well.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot even be read.
    pub fn integrity_problems(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("PRAGMA integrity_check")?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
        let lines: Vec<String> = lines.collect::<Result<_, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// A transaction that panicked was rolled back by its drop, so a poisoned lock guards sound data.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
