//! Tables as files of a folder: `TABLE/dt=YYYY-MM-DD/part-0.FORMAT`, as Hive, Spark and DuckDB read them.
//!
//! Everything is written beside the partitions first, in a folder that readers skip, and then renamed: a file that can be
//! read is whole, whenever the process ends. Partitions outside the days that were asked for stay as they are.

use std::fs::{self, File, TryLockError};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::{Format, Snapshot, SumsError, Table};
use crate::store::Store;

/// Says what the folder is. Readers skip what begins with `_` or `.`.
const MARK: &str = "_homebody.json";

/// Where files are written before they take their places.
const MAKING: &str = ".homebody-export";

/// What is to be exported.
#[derive(Clone, Debug)]
pub struct Wish {
    /// As what.
    pub format: Format,
    /// The first day, `YYYY-MM-DD`; else from the beginning.
    pub since: Option<String>,
    /// The last day, `YYYY-MM-DD`; else to the end.
    pub until: Option<String>,
}

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// All tables.
    pub tables: Vec<TableReport>,
}

/// What was exported of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableReport {
    /// The table.
    pub table: Table,
    /// Days with rows.
    pub partitions: u64,
    /// Rows of all these days.
    pub rows: u64,
    /// Partitions of earlier exports that have no rows any more, and are gone.
    pub removed: u64,
}

/// Writes all tables into `folder`, which is made when absent. `now`: unix seconds.
///
/// # Errors
/// [`SumsError`]; then partitions that were there are whole, each as it was or as it is now.
pub fn write(store: &Store, folder: &Path, wish: &Wish, now: u64) -> Result<Report, SumsError> {
    if let (Some(since), Some(until)) = (&wish.since, &wish.until)
        && since > until
    {
        return Err(SumsError::Range { since: since.clone(), until: until.clone() });
    }
    if !wish.format.is_built() {
        return Err(SumsError::NotBuilt);
    }
    let _held = claim(folder, wish.format)?;
    let making = folder.join(MAKING);
    clear(&making)?;
    let snapshot = Snapshot::read(store, now)?;
    let mut tables = Vec::new();
    for table in Table::ALL {
        tables.push(make(store, &snapshot, table, wish, &making)?);
    }
    for report in &mut tables {
        place(report, wish, folder, &making)?;
    }
    clear(&making)?;
    Ok(Report { tables })
}

impl Wish {
    fn wants(&self, day: &str) -> bool {
        self.since.as_deref().is_none_or(|since| since <= day)
            && self.until.as_deref().is_none_or(|until| day <= until)
    }

    fn file(&self) -> String {
        format!("part-0.{}", self.format.name())
    }
}

/// Makes the folder ours, or says whose it is. As long as what is returned lives no other export writes there.
fn claim(folder: &Path, format: Format) -> Result<File, SumsError> {
    fs::create_dir_all(folder).map_err(|source| SumsError::write(folder, source))?;
    let mark = folder.join(MARK);
    let failed = |source| SumsError::write(&mark, source);
    if !mark.exists()
        && let Some(found) = names(folder)?.into_iter().next()
    {
        return Err(SumsError::Foreign { folder: folder.to_owned(), found });
    }
    let mut file = File::options().read(true).append(true).create(true).open(&mark).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(SumsError::Running(folder.to_owned())),
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    // A process that ended here has left a mark without a word.
    if text.is_empty() {
        let words = json!({ "homebody": "sums", "version": 1, "format": format.name() });
        writeln!(file, "{words}").map_err(failed)?;
        return Ok(file);
    }
    let words: Json = serde_json::from_str(&text).unwrap_or_default();
    match words["format"].as_str().filter(|_| words["homebody"] == "sums") {
        Some(found) if found == format.name() => Ok(file),
        Some(found) => Err(SumsError::OtherFormat { folder: folder.to_owned(), found: found.to_owned() }),
        None => Err(SumsError::Foreign { folder: folder.to_owned(), found: MARK.to_owned() }),
    }
}

/// Writes the partitions of a table where nobody reads them yet.
fn make(
    store: &Store,
    snapshot: &Snapshot,
    table: Table,
    wish: &Wish,
    making: &Path,
) -> Result<TableReport, SumsError> {
    let mut report = TableReport { table, partitions: 0, rows: 0, removed: 0 };
    for day in snapshot.days(table).into_iter().filter(|day| wish.wants(day)) {
        let partition = making.join(table.name()).join(partition(day));
        fs::create_dir_all(&partition).map_err(|source| SumsError::write(&partition, source))?;
        let path = partition.join(wish.file());
        let failed = |source| SumsError::write(&path, source);
        let file = File::create(&path).map_err(failed)?;
        let mut rows = wish.format.start(table.columns(), BufWriter::new(&file))?;
        let written = snapshot.rows(store, table, day, &mut |row| rows.add(row));
        report.rows += written.map_err(|error| error.of_file(&path))?;
        rows.finish().map_err(|error| error.of_file(&path))?;
        // The name may be on disk before the bytes are.
        file.sync_all().map_err(failed)?;
        report.partitions += 1;
    }
    Ok(report)
}

/// Puts the partitions of a table in their places, and takes away those of the same days that have no rows any more.
fn place(report: &mut TableReport, wish: &Wish, folder: &Path, making: &Path) -> Result<(), SumsError> {
    let (made, places) = (making.join(report.table.name()), folder.join(report.table.name()));
    fs::create_dir_all(&places).map_err(|source| SumsError::write(&places, source))?;
    let fresh = if made.exists() { names(&made)? } else { Vec::new() };
    for name in &fresh {
        let (from, to) = (made.join(name), places.join(name));
        let moved = match to.exists() {
            true => fs::rename(from.join(wish.file()), to.join(wish.file())),
            false => fs::rename(&from, &to),
        };
        moved.map_err(|source| SumsError::write(&to, source))?;
    }
    for name in names(&places)?.iter().filter(|name| !fresh.contains(name)) {
        let file = places.join(name).join(wish.file());
        let is_ours = name.strip_prefix("dt=").is_some_and(|day| wish.wants(day));
        if is_ours && file.exists() {
            fs::remove_file(&file).map_err(|source| SumsError::write(&file, source))?;
            // A folder that holds something else stays.
            let _may_stay = fs::remove_dir(places.join(name));
            report.removed += 1;
        }
    }
    Ok(())
}

fn partition(day: &str) -> String {
    format!("dt={day}")
}

/// What lies in a folder, by name.
fn names(folder: &Path) -> Result<Vec<String>, SumsError> {
    let failed = |source| SumsError::write(folder, source);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Removes what an export that was killed, or this one, has left.
fn clear(making: &PathBuf) -> Result<(), SumsError> {
    match fs::remove_dir_all(making) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(SumsError::write(making, source)),
        _ => Ok(()),
    }
}
