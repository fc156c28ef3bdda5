//! Importing a catalogue.

use std::io::BufRead;

use rusqlite::Transaction;

use super::delimited::DelimitedItems;
use super::jsonl::JsonlItems;
use super::xml::XmlItems;
use super::{Format, Item};
use crate::intake::{ImportError, Meter, Problem, ProblemCode, Problems, Progress, Source};
use crate::store::{ImportRecord, ItemChanges, ItemWriter, Store};

/// How often the progress is told.
const ROWS_PER_PROGRESS: u64 = 2048;

/// What becomes of items that the file does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The file is the whole feed: items of the feed that it does not name are deleted.
    #[default]
    Replace,
    /// The file holds additions and changes: other items stay.
    Upsert,
}

/// How a catalogue is imported.
#[derive(Clone, Debug)]
pub struct CatalogImport {
    /// The format; taken from the file name when none.
    pub format: Option<Format>,
    /// What becomes of items that the file does not name.
    pub mode: Mode,
    /// Name of the feed; [`Mode::Replace`] deletes items of this feed only.
    pub feed: String,
    /// Leave wrong lines out instead of refusing the file.
    pub skip_bad_lines: bool,
    /// The time of the import, unix seconds.
    pub now: u64,
}

impl Default for CatalogImport {
    fn default() -> Self {
        Self { format: None, mode: Mode::Replace, feed: "default".to_owned(), skip_bad_lines: false, now: 0 }
    }
}

/// What a catalogue import did.
#[derive(Clone, Debug)]
pub struct CatalogReport {
    /// Records read, wrong ones included.
    pub rows: u64,
    /// What became of the catalogue.
    pub changes: ItemChanges,
    /// Records left out because they were wrong.
    pub skipped: u64,
    /// What was wrong with them.
    pub problems: Problems,
    /// Fields that were ignored because they have no meaning here.
    pub ignored_fields: Vec<String>,
    /// The format that was read.
    pub format: Format,
}

/// What a format reader found.
pub(super) enum Read {
    /// An item is in the caller's buffer; the record begins at this line.
    Item(u64),
    /// A record is wrong.
    Bad(Problem),
    /// The source has ended.
    End,
}

/// A format reader: one record a call, in constant memory.
pub(super) trait ItemReader {
    /// Reads the next record into `item`.
    fn read(&mut self, item: &mut Item) -> std::io::Result<Read>;
    /// Names of the fields met that have no meaning here.
    fn ignored_fields(&self) -> Vec<String>;
}

/// Imports a catalogue in one transaction.
///
/// # Errors
/// [`ImportError::Rejected`] with every wrong line (unless they are skipped), [`ImportError::Empty`] when
/// there is no item at all, else what the source or the data folder says. The catalogue is then as before.
pub fn import(
    store: &Store,
    source: Source,
    options: &CatalogImport,
    progress: &mut dyn FnMut(Progress),
) -> Result<CatalogReport, ImportError> {
    let format = options.format.or_else(|| Format::from_file_name(source.name()));
    let Some(format) = format else {
        return Err(ImportError::UnknownFormat { source_name: source.name().to_owned() });
    };
    let (input, meter) = source.into_parts();
    let mut reader = reader(format, input);
    store.write(|transaction| {
        let import = Store::next_import(transaction)?;
        let mut writer = ItemWriter::new(transaction, import, &options.feed, options.now)?;
        let read = copy(reader.as_mut(), &mut writer, &meter, progress)?;
        if !read.problems.is_empty() && !options.skip_bad_lines || read.fatal {
            return Err(ImportError::Rejected { problems: read.problems });
        }
        // An empty feed is a broken export far more often than a wish to delete everything.
        if read.stored == 0 {
            return Err(ImportError::Empty { source_name: meter.name().to_owned() });
        }
        let changes = writer.finish(options.mode == Mode::Replace)?;
        let skipped = read.problems.total();
        let ignored_fields = reader.ignored_fields();
        let report = CatalogReport {
            rows: read.rows,
            changes,
            skipped,
            problems: read.problems,
            ignored_fields,
            format,
        };
        log(transaction, import, meter.name(), options, &report)?;
        progress(meter.at(read.rows));
        Ok(report)
    })
}

fn reader(format: Format, input: Box<dyn BufRead>) -> Box<dyn ItemReader> {
    match format {
        Format::Jsonl => Box::new(JsonlItems::new(input)),
        Format::Csv => Box::new(DelimitedItems::csv(input)),
        Format::GoogleTsv => Box::new(DelimitedItems::google_tsv(input)),
        Format::GoogleXml => Box::new(XmlItems::new(input)),
    }
}

/// What [`copy`] read.
#[derive(Default)]
struct Copied {
    rows: u64,
    stored: u64,
    problems: Problems,
    /// The reader could not go on: even a lenient import must not take half a file for a whole feed.
    fatal: bool,
}

fn copy(
    reader: &mut dyn ItemReader,
    writer: &mut ItemWriter<'_>,
    meter: &Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<Copied, ImportError> {
    let mut copied = Copied::default();
    let mut item = Item::default();
    loop {
        match reader.read(&mut item).map_err(|error| meter.failed(error))? {
            Read::End => return Ok(copied),
            Read::Bad(problem) => {
                copied.fatal = problem.fatal;
                copied.problems.push(problem);
                if copied.fatal {
                    return Ok(copied);
                }
            }
            Read::Item(line) => {
                if writer.put(&item)? {
                    copied.stored += 1;
                } else {
                    let detail = format!("`id` {} stands in the file twice", crate::intake::quoted(&item.id));
                    copied.problems.push(Problem::new(line, ProblemCode::DuplicateId, detail));
                }
            }
        }
        copied.rows += 1;
        if copied.rows.is_multiple_of(ROWS_PER_PROGRESS) {
            progress(meter.at(copied.rows));
        }
    }
}

fn log(
    transaction: &Transaction<'_>,
    id: i64,
    source: &str,
    options: &CatalogImport,
    report: &CatalogReport,
) -> Result<(), ImportError> {
    let changes = report.changes;
    let detail = serde_json::json!({
        "feed": options.feed, "added": changes.added, "changed": changes.changed,
        "unchanged": changes.unchanged, "deleted": changes.deleted,
    });
    let record = ImportRecord {
        id,
        kind: "catalog".to_owned(),
        source: source.to_owned(),
        format: report.format.name().to_owned(),
        started_at: options.now,
        finished_at: options.now,
        rows: report.rows,
        skipped: report.skipped,
        detail: detail.to_string(),
    };
    Ok(Store::log_import(transaction, &record)?)
}
