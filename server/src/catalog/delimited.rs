//! CSV and tab-separated feeds.

use std::io::{self, BufRead};

use super::fields::{Fault, Field, Value, check, set};
use super::import::{ItemReader, Read};
use super::{Item, google};
use crate::intake::{Problem, ProblemCode, RecordReader, RecordStatus};

/// Reads items from delimited text with a header.
pub(super) struct DelimitedItems {
    input: Option<Box<dyn BufRead>>,
    delimiters: &'static [u8],
    field_of: fn(&str) -> Option<Field>,
    records: Option<RecordReader<Box<dyn BufRead>>>,
    columns: Vec<Option<Field>>,
    ignored: Vec<String>,
}

impl DelimitedItems {
    /// Our own column names, separated by commas, semicolons or tabs.
    pub(super) fn csv(input: Box<dyn BufRead>) -> Self {
        Self::new(input, b",;\t", |name| Field::from_name(&name.trim().to_ascii_lowercase()))
    }

    /// Google's attribute names, separated by tabs.
    pub(super) fn google_tsv(input: Box<dyn BufRead>) -> Self {
        Self::new(input, b"\t", google::field)
    }

    fn new(input: Box<dyn BufRead>, delimiters: &'static [u8], field_of: fn(&str) -> Option<Field>) -> Self {
        Self {
            input: Some(input),
            delimiters,
            field_of,
            records: None,
            columns: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// Reads the header; `Some` when it cannot be used.
    fn begin(&mut self, input: Box<dyn BufRead>) -> io::Result<Option<Read>> {
        let records = self.records.insert(RecordReader::new(input, self.delimiters)?);
        let line = match records.read()? {
            RecordStatus::Record(line) => line,
            RecordStatus::Bad(problem) => return Ok(Some(Read::Bad(Problem { fatal: true, ..problem }))),
            RecordStatus::End => return Ok(Some(Read::End)),
        };
        for column in 0..records.columns() {
            let field = (self.field_of)(records.value(column));
            if field.is_none() {
                self.ignored.push(records.value(column).to_owned());
            }
            self.columns.push(field);
        }
        if self.columns.contains(&Some(Field::Id)) {
            return Ok(None);
        }
        let detail = "the header has no column `id`";
        Ok(Some(Read::Bad(Problem::fatal(line, ProblemCode::MissingColumn, detail))))
    }
}

impl ItemReader for DelimitedItems {
    fn read(&mut self, item: &mut Item) -> io::Result<Read> {
        if let Some(input) = self.input.take()
            && let Some(early) = self.begin(input)?
        {
            return Ok(early);
        }
        let Some(records) = &mut self.records else { return Ok(Read::End) };
        Ok(match records.read()? {
            RecordStatus::End => Read::End,
            RecordStatus::Bad(problem) => Read::Bad(problem),
            RecordStatus::Record(line) => match fill(item, &self.columns, records) {
                Ok(()) => Read::Item(line),
                Err((code, detail)) => Read::Bad(Problem::new(line, code, detail)),
            },
        })
    }

    fn ignored_fields(&self) -> Vec<String> {
        self.ignored.clone()
    }
}

fn fill(
    item: &mut Item,
    columns: &[Option<Field>],
    records: &RecordReader<Box<dyn BufRead>>,
) -> Result<(), Fault> {
    if records.columns() != columns.len() {
        let detail = format!("{} values for {} columns", records.columns(), columns.len());
        return Err((ProblemCode::WrongColumnCount, detail));
    }
    item.reset();
    for (column, field) in columns.iter().enumerate() {
        if let Some(field) = field {
            set(item, *field, Value::Text(records.value(column)))?;
        }
    }
    check(item)
}
