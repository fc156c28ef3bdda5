//! Files of rows: CSV (comma, semicolon or tab) with a header, or JSON Lines.

use anyhow::{Context, Result, bail};
use csv::StringRecord;
use homebody_learn::names::Names;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// One row of a file: a cell for each of the columns that were asked for.
#[derive(Debug)]
pub struct Record<'a> {
    columns: &'a [Names],
    present: &'a [bool],
    cells: Vec<Cow<'a, str>>,
}

impl Record<'_> {
    /// The trimmed cell of the column at `place`; empty where the row has none.
    pub fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map(|cell| cell.trim()).unwrap_or_default()
    }

    /// Whether the file has the column at `place`.
    pub fn has(&self, place: usize) -> bool {
        self.present.get(place).is_some_and(|present| *present)
    }

    /// The trimmed cell of a column that must not be empty.
    ///
    /// # Errors
    /// When it is.
    pub fn needed(&self, place: usize) -> Result<&str> {
        match self.cell(place) {
            "" => bail!("column `{}` is empty", self.columns[place][0]),
            cell => Ok(cell),
        }
    }

    /// The cell as a finite number; `None` where it is empty.
    ///
    /// # Errors
    /// When it is no finite number.
    pub fn number(&self, place: usize) -> Result<Option<f64>> {
        let cell = self.cell(place);
        if cell.is_empty() {
            return Ok(None);
        }
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => bail!("column `{}`: `{cell}` is not a number", self.columns[place][0]),
        }
    }
}

/// Which of the asked-for columns a file has; for JSON Lines those of its first row.
pub type Present = Vec<bool>;

/// Reads a file row by row. JSON Lines are known by a first character `{`, CSV is everything else.
///
/// # Errors
/// When the file cannot be read, has no header, lacks one of the first `required` columns, or `each` refuses a row;
/// messages name file, line and column.
pub fn read(
    path: &Path,
    columns: &[Names],
    required: usize,
    each: &mut dyn FnMut(&Record<'_>) -> Result<()>,
) -> Result<Present> {
    let name = || format!("in `{}`", path.display());
    let file = File::open(path).with_context(|| format!("cannot open `{}`", path.display()))?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    skip_byte_order_mark(&mut reader).with_context(name)?;
    let start = reader.fill_buf().with_context(name)?;
    match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => bail!("`{}` is empty; expected a header or JSON Lines", path.display()),
        Some(b'{') => json_lines(reader, columns, required, each).with_context(name),
        Some(b'[') => bail!("`{}` is one JSON array; expected one JSON object a line", path.display()),
        Some(_) => {
            let delimiter = delimiter(start);
            csv(reader, delimiter, columns, required, each).with_context(name)
        }
    }
}

fn skip_byte_order_mark(reader: &mut impl BufRead) -> Result<()> {
    if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    Ok(())
}

/// The separator that the header has most of.
fn delimiter(start: &[u8]) -> u8 {
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    // The last of equals wins, and the comma shall win ties.
    b"\t;,".iter().copied().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn csv(
    reader: impl Read,
    delimiter: u8,
    columns: &[Names],
    required: usize,
    each: &mut dyn FnMut(&Record<'_>) -> Result<()>,
) -> Result<Present> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
    let header = reader.headers().context("line 1")?.clone();
    let names: Vec<String> = header.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let place = |column: &Names| column.iter().find_map(|name| names.iter().position(|known| known == name));
    let places: Vec<Option<usize>> = columns.iter().map(place).collect();
    let present: Present = places.iter().map(Option::is_some).collect();
    check_columns(&present, columns, required, &names).context("line 1")?;
    let mut record = StringRecord::new();
    loop {
        let line = reader.position().line();
        if !reader.read_record(&mut record).with_context(|| format!("line {line}"))? {
            return Ok(present);
        }
        let line = record.position().map_or(line, csv::Position::line);
        let cell =
            |place: &Option<usize>| Cow::Borrowed(place.and_then(|at| record.get(at)).unwrap_or_default());
        let row = Record { columns, present: &present, cells: places.iter().map(cell).collect() };
        each(&row).with_context(|| format!("line {line}"))?;
    }
}

fn json_lines(
    reader: impl BufRead,
    columns: &[Names],
    required: usize,
    each: &mut dyn FnMut(&Record<'_>) -> Result<()>,
) -> Result<Present> {
    let mut present = Present::new();
    for (number, line) in (1..).zip(reader.lines()) {
        let at = || format!("line {number}");
        let line = line.with_context(at)?;
        if line.trim().is_empty() {
            continue;
        }
        let fields: Map<String, Value> =
            serde_json::from_str(&line).context("expected a JSON object").with_context(at)?;
        let value = |column: &Names| column.iter().find_map(|name| fields.get(*name));
        if present.is_empty() {
            let names: Vec<String> = fields.keys().cloned().collect();
            present = columns.iter().map(|column| value(column).is_some()).collect();
            check_columns(&present, columns, required, &names).with_context(at)?;
        }
        let cells = columns.iter().map(|column| value(column).map_or(Cow::Borrowed(""), text)).collect();
        each(&Record { columns, present: &present, cells }).with_context(at)?;
    }
    Ok(present)
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null => Cow::Borrowed(""),
        Value::Array(values) => Cow::Owned(values.iter().map(text).collect::<Vec<_>>().join("|")),
        other => Cow::Owned(other.to_string()),
    }
}

fn check_columns(present: &[bool], columns: &[Names], required: usize, found: &[String]) -> Result<()> {
    for (column, present) in columns.iter().zip(present).take(required) {
        if !present {
            bail!(
                "no column `{}` (also accepted: {}); the file has {}",
                column[0],
                quoted(&column[1..]),
                quoted(found)
            );
        }
    }
    Ok(())
}

fn quoted(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const COLUMNS: [Names; 2] = [&["user", "visitor"], &["n"]];

    fn rows(content: &str) -> Result<Vec<(String, Option<f64>)>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        let mut rows = Vec::new();
        read(file.path(), &COLUMNS, 1, &mut |record| {
            rows.push((record.needed(0)?.to_owned(), record.number(1)?));
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn every_accepted_form_gives_the_same_rows() {
        let expected = vec![("a".to_owned(), Some(1.5)), ("b".to_owned(), None)];
        for content in [
            "user,n\na,1.5\nb,\n",
            "\u{feff}User;N;x\r\n\"a\";1.5;7\r\nb;;7\r\n",
            "n\tvisitor\n1.5\t a\n\tb\n",
            "{\"user\":\"a\",\"n\":1.5}\n\n{\"user\":\"b\"}\n",
        ] {
            assert_eq!(rows(content).unwrap(), expected, "{content}");
        }
    }

    #[test]
    fn messages_name_line_and_column() {
        let says = |content: &str| format!("{:#}", rows(content).unwrap_err());
        assert!(says("user,n\na,1\nb,x\n").contains("line 3: column `n`: `x` is not a number"));
        assert!(says("user,n\n,1\n").contains("line 2: column `user` is empty"));
        assert!(says("{\"user\":1}\n{\"user\":\n").contains("line 2"));
        assert!(
            says("who,n\na,1\n")
                .contains("no column `user` (also accepted: `visitor`); the file has `who`, `n`")
        );
        assert!(says("").contains("is empty"));
        assert!(says("[1]").contains("one JSON array"));
        assert!(says("user,n\na,inf\n").contains("not a number"));
    }
}
