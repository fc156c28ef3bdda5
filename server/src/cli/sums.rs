//! `export sums`: what is known in aggregate, as tables of a folder.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::commands::unix_now;
use super::output::Failure;
use super::report::Report;
use crate::Error;
use crate::config::Config;
use crate::consent::is_day;
use crate::store::Store;
use crate::sums::{self, Format, SumsError, TableReport, Wish};

/// Options of `export sums`.
#[derive(Debug, Args)]
pub struct ExportSumsArgs {
    /// The folder, made when absent: TABLE/dt=YYYY-MM-DD/part-0.FORMAT. What another export of sums wrote there is replaced.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Format of the files.
    #[arg(long, value_enum, default_value_t = SumsFormat::Ndjson)]
    pub format: SumsFormat,
    /// The first day, such as 2026-11-23; earlier partitions stay as they are.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub since: Option<String>,
    /// The last day; later partitions stay as they are.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub until: Option<String>,
}

/// Formats of `export sums`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SumsFormat {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
    /// Apache Parquet; in a binary that was built with the feature `parquet`.
    Parquet,
}

/// Writes the folder.
pub(super) fn write(args: &ExportSumsArgs, config: &Config) -> Result<Report, Failure> {
    let store = Store::open(&config.data_dir).map_err(Error::from)?;
    let format = match args.format {
        SumsFormat::Ndjson => Format::Ndjson,
        SumsFormat::Csv => Format::Csv,
        SumsFormat::Parquet => Format::Parquet,
    };
    let wish = Wish { format, since: args.since.clone(), until: args.until.clone() };
    let written = sums::folder::write(&store, &args.folder, &wish, unix_now())?;
    Ok(told(&written, format, &args.folder))
}

fn date(text: &str) -> Result<String, String> {
    match is_day(text) {
        true => Ok(text.to_owned()),
        false => Err("a day as YYYY-MM-DD".to_owned()),
    }
}

fn told(written: &sums::Report, format: Format, folder: &Path) -> Report {
    let folder = folder.display().to_string();
    let line = |report: &TableReport| {
        let TableReport { table, partitions, rows, .. } = report;
        format!("  {}: {rows} rows, {partitions} days", table.name())
    };
    let lines: Vec<String> = written.tables.iter().map(line).collect();
    let value = |report: &TableReport| {
        let TableReport { table, partitions, rows, removed } = report;
        let counts = json!({ "rows": rows, "partitions": partitions, "removed": removed });
        (table.name().to_owned(), counts)
    };
    let tables: serde_json::Map<String, Value> = written.tables.iter().map(value).collect();
    Report {
        text: format!("wrote {} into {folder}\n{}", format.name(), lines.join("\n")),
        value: json!({ "folder": folder, "format": format.name(), "tables": tables }),
    }
}

impl From<SumsError> for Failure {
    fn from(error: SumsError) -> Self {
        Self::of(error.code(), &error)
    }
}
