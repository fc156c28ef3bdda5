//! Importing a history.

use std::collections::HashMap;
use std::time::Instant;

use homebody_learn::extras;
use homebody_learn::journeys::{JourneyBuilder, Journeys};
use homebody_learn::{HistoryBuilder, TrainConfig, TrainMetrics, TrainedModel};

use super::HistoryFormat;
use super::learned::Learned;
use super::model::Model;
use super::pseudonyms::Pseudonyms;
use super::row::{Parsed, parse};
use super::rows::{RowReader, RowStatus};
use crate::catalog::Snapshot;
use crate::intake::{ImportError, Meter, Problem, Problems, Progress, Source};
use crate::store::{ImportRecord, Store, StoreError, StoredModel};

/// How often the progress is told.
const ROWS_PER_PROGRESS: u64 = 4096;
/// Distinct items of a visitor that are learned from: the bound on what one visitor adds to the sums.
const MAX_ITEMS_PER_VISITOR: usize = 500;
/// How many unknown items the report names.
const UNKNOWN_ITEMS_SHOWN: usize = 10;
/// How often storing the model is tried; each try waits for the store's own five seconds.
const BUSY_TRIES: u32 = 120;
/// Name of the model family.
const MODEL_NAME: &str = "seqlin";

/// How a history is imported.
#[derive(Clone, Debug, Default)]
pub struct HistoryImport {
    /// The format; taken from the file name when none.
    pub format: Option<HistoryFormat>,
    /// Leave wrong lines out instead of refusing the file.
    pub skip_bad_lines: bool,
    /// Categories, brands and tags (any case) that are not learned from.
    pub sensitive_tags: Vec<String>,
    /// Bounds of the training.
    pub train: TrainConfig,
    /// The time of the import, unix seconds.
    pub now: u64,
}

/// How far a history import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryProgress {
    /// Rows are being read.
    Reading(Progress),
    /// The model is being trained.
    Training(homebody_learn::Progress),
}

/// What a history import did.
#[derive(Clone, Debug, Default)]
pub struct HistoryReport {
    /// Rows read, wrong ones included.
    pub rows: u64,
    /// Rows that were learned from.
    pub used: u64,
    /// Rows whose item the catalogue does not know.
    pub unknown_item_rows: u64,
    /// The first unknown items, for the operator to look at.
    pub unknown_items: Vec<String>,
    /// Rows that say nothing about wanting the item.
    pub weightless_rows: u64,
    /// Visitors with at least one used row.
    pub visitors: u64,
    /// Rows left out because they were wrong.
    pub skipped: u64,
    /// What was wrong with them.
    pub problems: Problems,
    /// Columns that were ignored.
    pub ignored_fields: Vec<String>,
    /// Name of the trained model.
    pub model: String,
    /// What validation measured, as a JSON object of numbers; empty when nobody could be judged.
    pub metrics: serde_json::Value,
}

/// Imports a history and trains a model from it.
///
/// The rows are in memory only, and only while this runs; the write lock is not held meanwhile.
///
/// # Errors
/// [`ImportError`]; the data folder is then as before.
pub fn import(
    store: &Store,
    source: Source,
    options: &HistoryImport,
    progress: &mut dyn FnMut(HistoryProgress),
) -> Result<HistoryReport, ImportError> {
    let started = Instant::now();
    let format = options.format.or_else(|| HistoryFormat::from_file_name(source.name()));
    let Some(format) = format else {
        return Err(ImportError::UnknownFormat { source_name: source.name().to_owned() });
    };
    let snapshot = Snapshot::load(store, &options.sensitive_tags)?;
    if snapshot.items.is_empty() {
        return Err(ImportError::EmptyCatalog);
    }
    let (input, meter) = source.into_parts();
    let mut rows = RowReader::new(format, input).map_err(|error| meter.failed(error))?;
    let mut report = HistoryReport { model: MODEL_NAME.to_owned(), ..HistoryReport::default() };
    let (builder, journeys) = read(&mut rows, &snapshot, &meter, &mut report, progress)?;
    accept(&rows, &meter, options, &mut report)?;

    let history = builder.finish();
    report.visitors = history.visitors() as u64;
    report.weightless_rows += history.ignored_rows();
    report.used = report.used.saturating_sub(history.ignored_rows());
    if report.used == 0 {
        return Err(ImportError::NothingUsable { rows: report.rows, unknown: report.unknown_item_rows });
    }
    let mut tell = |training| progress(HistoryProgress::Training(training));
    let trained = homebody_learn::train(&history, &snapshot.learnable(), &options.train, &mut tell)
        .map_err(|error| ImportError::Learn { code: error.code(), message: error.to_string() })?;
    drop(history);
    let journeys = journeys.finish();
    let learned = learn_extras(&journeys, &snapshot, &trained);
    drop(journeys);
    report.metrics = metrics(trained.metrics.as_ref(), &learned);
    let learned = Learned::new(learned, &snapshot.facets);
    let elapsed_s = started.elapsed().as_secs();
    store_model(store, snapshot, (trained, learned), &report, options, (meter.name(), format, elapsed_s))?;
    Ok(report)
}

fn learn_extras(journeys: &Journeys, snapshot: &Snapshot, trained: &TrainedModel) -> extras::Learned {
    let shelf = snapshot.shelf();
    let known = |added_at: u32| (added_at > 0).then_some(i64::from(added_at));
    let added_at: Vec<Option<i64>> = snapshot.items.iter().map(|item| known(item.added_at)).collect();
    let (popularity, trend) = (&trained.popularity, &trained.trend);
    let columns = extras::Columns { popularity, trend, added_at: &added_at };
    let linear = extras::linear(journeys, &shelf, columns);
    extras::Learned { linear, ..extras::learn(journeys, &snapshot.learnable(), &shelf) }
}

fn read(
    rows: &mut RowReader,
    snapshot: &Snapshot,
    meter: &Meter,
    report: &mut HistoryReport,
    progress: &mut dyn FnMut(HistoryProgress),
) -> Result<(HistoryBuilder, JourneyBuilder), ImportError> {
    let items: HashMap<String, u32> = snapshot.items.iter().map(|item| item.id.clone()).zip(0..).collect();
    let mut pseudonyms = Pseudonyms::random()?;
    let mut builder = HistoryBuilder::new(MAX_ITEMS_PER_VISITOR);
    let mut journeys = JourneyBuilder::default();
    loop {
        match rows.read().map_err(|error| meter.failed(error))? {
            RowStatus::End => break,
            RowStatus::Bad(problem) => {
                let fatal = problem.fatal;
                report.problems.push(problem);
                if fatal {
                    return Err(ImportError::Rejected { problems: std::mem::take(&mut report.problems) });
                }
            }
            RowStatus::Row(line) => match parse(&rows.cells(), &items, &mut pseudonyms) {
                Ok(Parsed::Row(row)) => {
                    report.used += 1;
                    builder.push(row);
                    journeys.push(row);
                }
                Ok(Parsed::UnknownItem(id)) => unknown_item(report, id),
                Ok(Parsed::Weightless) => report.weightless_rows += 1,
                Err((code, detail)) => report.problems.push(Problem::new(line, code, detail)),
            },
        }
        report.rows += 1;
        if report.rows.is_multiple_of(ROWS_PER_PROGRESS) {
            progress(HistoryProgress::Reading(meter.at(report.rows)));
        }
    }
    progress(HistoryProgress::Reading(meter.at(report.rows)));
    Ok((builder, journeys))
}

fn unknown_item(report: &mut HistoryReport, id: &str) {
    report.unknown_item_rows += 1;
    if report.unknown_items.len() < UNKNOWN_ITEMS_SHOWN
        && !report.unknown_items.iter().any(|known| known == id)
    {
        report.unknown_items.push(id.to_owned());
    }
}

/// Decides whether what was read may be learned from.
fn accept(
    rows: &RowReader,
    meter: &Meter,
    options: &HistoryImport,
    report: &mut HistoryReport,
) -> Result<(), ImportError> {
    report.ignored_fields = rows.ignored();
    report.skipped = report.problems.total();
    if report.skipped > 0 && !options.skip_bad_lines {
        return Err(ImportError::Rejected { problems: std::mem::take(&mut report.problems) });
    }
    if report.rows == report.skipped {
        return Err(ImportError::Empty { source_name: meter.name().to_owned() });
    }
    Ok(())
}

fn store_model(
    store: &Store,
    snapshot: Snapshot,
    (mut trained, learned): (TrainedModel, Learned),
    report: &HistoryReport,
    options: &HistoryImport,
    (source, format, elapsed_s): (&str, HistoryFormat, u64),
) -> Result<(), ImportError> {
    let sums = trained.sums.take().map(|sums| sums.encode()).unwrap_or_default();
    let ids = snapshot.items.into_iter().map(|item| item.id).collect();
    let mut model = Model::new(ids, trained, learned);
    model.drop_content_lists();
    let stored = StoredModel {
        created_at: options.now,
        name: report.model.clone(),
        source: "imported_history".to_owned(),
        metrics: report.metrics.to_string(),
        sums,
        model: model.encode(),
    };
    let detail = serde_json::json!({
        "used": report.used, "visitors": report.visitors, "unknown_item_rows": report.unknown_item_rows,
        "weightless_rows": report.weightless_rows,
    });
    let record = ImportRecord {
        id: 0,
        kind: "history".to_owned(),
        source: source.to_owned(),
        format: format.name().to_owned(),
        started_at: options.now,
        finished_at: options.now + elapsed_s,
        rows: report.rows,
        skipped: report.skipped,
        detail: detail.to_string(),
    };
    patiently(|| {
        store.write(|transaction| {
            Store::put_model(transaction, &stored)?;
            let id = Store::next_import(transaction)?;
            Store::log_import(transaction, &ImportRecord { id, ..record.clone() })
        })
    })?;
    Ok(())
}

/// Tries again while another process writes: minutes of training are not to be thrown away for a long import.
fn patiently(mut change: impl FnMut() -> Result<(), StoreError>) -> Result<(), StoreError> {
    for _ in 1..BUSY_TRIES {
        match change() {
            Err(StoreError::Busy) => {}
            other => return other,
        }
    }
    change()
}

fn metrics(ranking: Option<&TrainMetrics>, learned: &extras::Learned) -> serde_json::Value {
    let mut metrics = serde_json::Map::new();
    if let Some(ranking) = ranking {
        metrics.insert("ndcg_at_10".to_owned(), six_digits(f64::from(ranking.chosen.ndcg)));
        metrics.insert("recall_at_10".to_owned(), six_digits(f64::from(ranking.chosen.recall)));
        metrics.insert("popularity_ndcg_at_10".to_owned(), six_digits(f64::from(ranking.popularity.ndcg)));
        metrics.insert("visitors".to_owned(), ranking.visitors.into());
    }
    metrics.extend(learned.metrics.iter().map(|(name, value)| ((*name).to_owned(), six_digits(*value))));
    metrics.into()
}

/// A metric as people read it: the digits beyond are noise of the sample.
fn six_digits(value: f64) -> serde_json::Value {
    ((value * 1e6).round() / 1e6).into()
}
