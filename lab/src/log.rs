//! History files: CSV with a header, the columns that `homebody import history` takes.

use anyhow::{Context, Result, bail};
use csv::StringRecord;
use homebody_protocol::Kind;
use std::path::Path;

/// A history with its header, so that what is written back has the columns that were read.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The header of the file.
    pub header: StringRecord,
    /// The rows in file order.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The visitor's id.
    pub visitor: String,
    /// The item's id.
    pub item: String,
    /// Unix seconds, or the position in the visitor's sequence.
    pub at: i64,
    /// What was done; without a `kind` a row with a rating is a rating, and any other a click.
    pub kind: Kind,
    /// Value, rating or quantity; 1 without any.
    pub value: f32,
    /// Basket, if named.
    pub basket: Option<String>,
    /// The row as it stands in the file.
    pub record: StringRecord,
}

/// Where the columns of a file are.
struct Columns {
    visitor: usize,
    item: usize,
    at: usize,
    kind: Option<usize>,
    basket: Option<usize>,
    rating: Option<usize>,
    value: Option<usize>,
}

impl Log {
    /// Reads a file.
    ///
    /// # Errors
    /// When the file cannot be read, a column is missing, or a row has no time.
    pub fn read(path: &Path) -> Result<Self> {
        let name = || format!("in the history `{}`", path.display());
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).with_context(name)?;
        let header = reader.headers()?.clone();
        let columns = Columns::of(&header).with_context(name)?;
        let mut rows = Vec::new();
        for (number, record) in (2..).zip(reader.records()) {
            let row = columns.row(record?).with_context(|| format!("line {number}")).with_context(name)?;
            rows.push(row);
        }
        Ok(Self { header, rows })
    }

    /// Writes the rows under the same header.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write<'a>(&self, path: &Path, rows: impl IntoIterator<Item = &'a Row>) -> Result<()> {
        let name = || format!("cannot write `{}`", path.display());
        let mut writer = csv::WriterBuilder::new().flexible(true).from_path(path).with_context(name)?;
        writer.write_record(&self.header)?;
        for row in rows {
            writer.write_record(&row.record)?;
        }
        writer.flush().with_context(name)
    }
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self> {
        let find = |names: &[&str]| header.iter().position(|column| names.contains(&column.trim()));
        let need = |names: &[&str]| find(names).with_context(|| format!("no column `{}`", names[0]));
        Ok(Self {
            visitor: need(&["visitor", "user"])?,
            item: need(&["item", "id"])?,
            at: need(&["ts", "time", "order"])?,
            kind: find(&["kind"]),
            basket: find(&["basket"]),
            rating: find(&["rating"]),
            value: find(&["value", "qty", "quantity"]),
        })
    }

    fn row(&self, record: StringRecord) -> Result<Row> {
        let cell =
            |column: Option<usize>| column.and_then(|at| record.get(at)).map(str::trim).unwrap_or_default();
        let time: f64 = cell(Some(self.at)).parse().context("the time is not in Unix seconds")?;
        let rating: Option<f32> = cell(self.rating).parse().ok();
        let kind = match cell(self.kind) {
            "" if rating.is_some() => Kind::Rating,
            "" => Kind::Click,
            name => Kind::from_name(name).with_context(|| format!("unknown kind `{name}`"))?,
        };
        let (visitor, item) = (cell(Some(self.visitor)).to_owned(), cell(Some(self.item)).to_owned());
        if visitor.is_empty() || item.is_empty() {
            bail!("the row has no visitor or no item");
        }
        let value = rating.or_else(|| cell(self.value).parse().ok()).unwrap_or(1.0);
        let basket = Some(cell(self.basket)).filter(|basket| !basket.is_empty()).map(str::to_owned);
        Ok(Row { visitor, item, at: time.floor() as i64, kind, value, basket, record })
    }
}
