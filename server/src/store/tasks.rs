//! Tasks that were taken up.

use rusqlite::{OptionalExtension as _, Row};

use super::{Store, StoreError};

/// What this data folder is to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskRole {
    /// Adds up reports of `trusted` and `local` tasks.
    Collector,
    /// Takes the reports of a `split` task.
    Leader,
    /// The other aggregator of a `split` task.
    Helper,
}

impl TaskRole {
    const ALL: [Self; 3] = [Self::Collector, Self::Leader, Self::Helper];

    /// Stable word for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Collector => "collector",
            Self::Leader => "leader",
            Self::Helper => "helper",
        }
    }
}

/// A task as it was taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTask {
    /// SHA-256 of the task, 64 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What this data folder is to it.
    pub role: TaskRole,
    /// JSON text of the signed task.
    pub envelope: String,
    /// Public key of the site that signed it, base64.
    pub site_key: String,
    /// JSON text of what two aggregators share in secret; none for other modes.
    pub split: Option<String>,
    /// When it was taken up, unix seconds.
    pub added_at: u64,
    /// Since when nobody is asked any more.
    pub closed_at: Option<u64>,
}

impl Store {
    /// Takes a task up; `false` when it is there already, and nothing is changed.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn add_task(&self, task: &StoredTask) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let added = transaction.execute(
                "INSERT INTO tasks (id, name, role, envelope, site_key, split, added_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
                (
                    &task.id,
                    &task.name,
                    task.role.word(),
                    &task.envelope,
                    &task.site_key,
                    &task.split,
                    task.added_at,
                ),
            )?;
            if added > 0 {
                let detail =
                    serde_json::json!({ "task": task.id, "name": task.name, "role": task.role.word() });
                Self::append_audit(transaction, task.added_at, "task_add", &detail)?;
            }
            Ok(added > 0)
        })
    }

    /// Asks nobody any more; `false` when it was closed already or never there.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn close_task(&self, id: &str, now: u64) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let closed = transaction
                .execute("UPDATE tasks SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL", (id, now))?;
            if closed > 0 {
                Self::append_audit(transaction, now, "task_close", &serde_json::json!({ "task": id }))?;
            }
            Ok(closed > 0)
        })
    }

    /// All tasks, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn tasks(&self) -> Result<Vec<StoredTask>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!("{SELECT} ORDER BY seq"))?;
        let tasks = statement.query_map([], read)?;
        Ok(tasks.collect::<Result<_, _>>()?)
    }

    /// One task.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn task(&self, id: &str) -> Result<Option<StoredTask>, StoreError> {
        let connection = self.connection();
        Ok(connection.query_row(&format!("{SELECT} WHERE id = ?1"), [id], read).optional()?)
    }

    /// Changes with every task that is taken up or closed; cheap enough to ask every second.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn tasks_stamp(&self) -> Result<(u64, u64), StoreError> {
        let connection = self.connection();
        let sql = "SELECT count(*), count(closed_at) FROM tasks";
        Ok(connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }
}

const SELECT: &str = "SELECT id, name, role, envelope, site_key, split, added_at, closed_at FROM tasks";

fn read(row: &Row<'_>) -> rusqlite::Result<StoredTask> {
    let word: String = row.get(2)?;
    let role = TaskRole::ALL.into_iter().find(|role| role.word() == word);
    Ok(StoredTask {
        id: row.get(0)?,
        name: row.get(1)?,
        role: role.unwrap_or(TaskRole::Collector),
        envelope: row.get(3)?,
        site_key: row.get(4)?,
        split: row.get(5)?,
        added_at: row.get(6)?,
        closed_at: row.get(7)?,
    })
}
