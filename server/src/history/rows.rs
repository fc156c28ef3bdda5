//! Reading the rows of a history, from either format, into cells of text.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::HistoryFormat;
use super::row::{COLUMNS, Cells, Column, Named, named};
use crate::intake::{
    LineReader, LineStatus, Problem, ProblemCode, RecordReader, RecordStatus, json_fault, resembling,
};

/// What [`RowReader::read`] found.
pub(super) enum RowStatus {
    /// Cells are ready; the row begins at this line.
    Row(u64),
    Bad(Problem),
    End,
}

/// Reads rows of cells.
pub(super) enum RowReader {
    Lines { lines: LineReader<Box<dyn BufRead>>, buffer: Vec<u8>, cells: [String; COLUMNS] },
    Records { records: Box<RecordReader<Box<dyn BufRead>>>, header: Header },
}

/// Which record column fills which cell.
#[derive(Default)]
pub(super) struct Header {
    places: Option<[Option<usize>; COLUMNS]>,
    width: usize,
    ignored: Vec<String>,
}

impl RowReader {
    pub(super) fn new(format: HistoryFormat, input: Box<dyn BufRead>) -> io::Result<Self> {
        Ok(match format {
            HistoryFormat::Jsonl => {
                Self::Lines { lines: LineReader::new(input), buffer: Vec::new(), cells: Default::default() }
            }
            HistoryFormat::Csv => {
                let records = Box::new(RecordReader::new(input, b",;\t")?);
                Self::Records { records, header: Header::default() }
            }
        })
    }

    /// Reads the next row.
    pub(super) fn read(&mut self) -> io::Result<RowStatus> {
        match self {
            Self::Lines { lines, buffer, cells } => read_line(lines, buffer, cells),
            Self::Records { records, header } => {
                if header.places.is_none()
                    && let Some(early) = header.read(records)?
                {
                    return Ok(early);
                }
                Ok(match records.read()? {
                    RecordStatus::End => RowStatus::End,
                    RecordStatus::Bad(problem) => RowStatus::Bad(problem),
                    RecordStatus::Record(line) if records.columns() == header.width => RowStatus::Row(line),
                    RecordStatus::Record(line) => {
                        let detail = format!("{} values for {} columns", records.columns(), header.width);
                        RowStatus::Bad(Problem::new(line, ProblemCode::WrongColumnCount, detail))
                    }
                })
            }
        }
    }

    /// The cells of the row last read.
    pub(super) fn cells(&self) -> Cells<'_> {
        match self {
            Self::Lines { cells, .. } => std::array::from_fn(|cell| cells[cell].as_str()),
            Self::Records { records, header } => {
                let place = |cell: usize| header.places.as_ref().and_then(|places| places[cell]);
                std::array::from_fn(|cell| place(cell).map_or("", |column| records.value(column)))
            }
        }
    }

    /// Names of the columns that were ignored.
    pub(super) fn ignored(&self) -> Vec<String> {
        match self {
            Self::Lines { .. } => Vec::new(),
            Self::Records { header, .. } => header.ignored.clone(),
        }
    }
}

impl Header {
    /// Reads the first record; `Some` when it cannot be a header.
    fn read(&mut self, records: &mut RecordReader<Box<dyn BufRead>>) -> io::Result<Option<RowStatus>> {
        let line = match records.read()? {
            RecordStatus::Record(line) => line,
            RecordStatus::Bad(problem) => {
                return Ok(Some(RowStatus::Bad(Problem { fatal: true, ..problem })));
            }
            RecordStatus::End => return Ok(Some(RowStatus::End)),
        };
        self.width = records.columns();
        let places = self.places(records);
        let has = |column: Column| places[column as usize].is_some();
        let missing = [
            (has(Column::Visitor), "visitor", "`visitor`"),
            (has(Column::Item), "item", "`item`"),
            (has(Column::Time) || has(Column::Order), "ts", "`ts` (or `order`)"),
        ]
        .into_iter()
        .find(|(is_there, ..)| !is_there);
        self.places = Some(places);
        Ok(missing.map(|(_, name, shown)| {
            let meant = resembling(name, &self.ignored).map(|other| format!("; is it `{other}`?"));
            let detail = format!("the header has no column {shown}{}", meant.unwrap_or_default());
            RowStatus::Bad(Problem::fatal(line, ProblemCode::MissingColumn, detail))
        }))
    }

    /// Where each column stands: of several that mean the same, the one with the most fitting name.
    fn places(&mut self, records: &RecordReader<Box<dyn BufRead>>) -> [Option<usize>; COLUMNS] {
        let mut found: [Option<(usize, usize)>; COLUMNS] = [None; COLUMNS];
        for place in 0..records.columns() {
            let name = records.value(place);
            let Some(Named { column, rank }) = named(name) else {
                self.ignored.push(name.to_owned());
                continue;
            };
            let other = found[column].filter(|(known, _)| *known < rank);
            found[column] = other.or(Some((rank, place)));
        }
        found.map(|found| found.map(|(_, place)| place))
    }
}

fn read_line(
    lines: &mut LineReader<Box<dyn BufRead>>,
    buffer: &mut Vec<u8>,
    cells: &mut [String; COLUMNS],
) -> io::Result<RowStatus> {
    loop {
        let status = lines.read(buffer)?;
        let line = lines.line();
        let bad = |code, detail: String| Ok(RowStatus::Bad(Problem::new(line, code, detail)));
        match status {
            LineStatus::End => return Ok(RowStatus::End),
            LineStatus::TooLong => {
                return bad(ProblemCode::LineTooLong, "the line is longer than 1 MiB".to_owned());
            }
            LineStatus::Line if buffer.trim_ascii().is_empty() => {}
            LineStatus::Line => {
                let Ok(text) = std::str::from_utf8(buffer) else {
                    return bad(ProblemCode::InvalidUtf8, "the line is not UTF-8".to_owned());
                };
                let object: Object = match serde_json::from_str(text) {
                    Ok(object) => object,
                    Err(error) => {
                        let (code, detail) = json_fault(&error, text);
                        return bad(code, detail);
                    }
                };
                if let Some(name) = object.wrong {
                    return bad(ProblemCode::WrongType, format!("`{name}` is neither a text nor a number"));
                }
                *cells = object.cells;
                return Ok(RowStatus::Row(line));
            }
        }
    }
}

/// A JSON object whose values are texts or numbers; other names are ignored.
#[derive(Default)]
struct Object {
    cells: [String; COLUMNS],
    wrong: Option<String>,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::default();
        let mut ranks = [usize::MAX; COLUMNS];
        while let Some(name) = map.next_key::<String>()? {
            let Some(Named { column, rank }) = named(&name).filter(|named| named.rank <= ranks[named.column])
            else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            ranks[column] = rank;
            match map.next_value::<Scalar>()?.0 {
                Some(text) => object.cells[column] = text,
                None => object.wrong = Some(name),
            }
        }
        Ok(object)
    }
}

/// A text or a number as text, `None` for anything else.
struct Scalar(Option<String>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(Some(text.to_owned())))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar(Some(value.to_string())))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar(Some(value.to_string())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar(Some(value.to_string())))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar(Some(String::new())))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Scalar, A::Error> {
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar(None))
    }
}
