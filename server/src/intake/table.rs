//! Records of delimited text: CSV with quotes, and tab-separated values.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::lines::{LINE_LIMIT_BYTES, LineReader, LineStatus};
use super::problem::{Problem, ProblemCode};

/// More columns than any feed has; a bound on what a hostile header costs.
const MAX_COLUMNS: usize = 4096;

/// What [`RecordReader::read`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordStatus {
    /// A record; it begins at this line.
    Record(u64),
    /// Something else than a record.
    Bad(Problem),
    /// The source has ended.
    End,
}

/// Reads records whose quoted values may span lines, each of at most [`LINE_LIMIT_BYTES`].
#[derive(Debug)]
pub struct RecordReader<R> {
    lines: LineReader<R>,
    parser: Reader,
    /// The line being parsed, with its line break, and how far it has been parsed.
    line: Vec<u8>,
    at: usize,
    /// The values of the record, one after the other, and where each ends.
    values: Vec<u8>,
    ends: Vec<usize>,
    columns: usize,
}

impl<R: BufRead> RecordReader<R> {
    /// A reader whose delimiter is the one of `delimiters` that the first line holds most often.
    ///
    /// # Errors
    /// What the source says.
    pub fn new(input: R, delimiters: &[u8]) -> io::Result<Self> {
        let mut reader = Self {
            lines: LineReader::new(input),
            parser: Reader::new(),
            line: Vec::new(),
            at: 0,
            values: Vec::new(),
            ends: vec![0; 64],
            columns: 0,
        };
        if let LineStatus::Line = reader.lines.read(&mut reader.line)? {
            reader.line.push(b'\n');
        }
        let count = |delimiter: &u8| reader.line.iter().filter(|byte| *byte == delimiter).count();
        // The first wins a tie, `max_by_key` returns the last.
        let delimiter = delimiters.iter().rev().copied().max_by_key(count).unwrap_or(b',');
        reader.parser = ReaderBuilder::new().delimiter(delimiter).build();
        Ok(reader)
    }

    /// Number of values in the record.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// A value of the record; empty for a column it does not have.
    pub fn value(&self, column: usize) -> &str {
        self.try_value(column).unwrap_or_default()
    }

    /// Reads the next record; blank lines are skipped.
    ///
    /// # Errors
    /// What the source says.
    pub fn read(&mut self) -> io::Result<RecordStatus> {
        self.parser.reset();
        self.columns = 0;
        let mut begin = None;
        let (mut bytes, mut filled) = (0, 0);
        loop {
            if self.at >= self.line.len() {
                match (self.next_line()?, begin) {
                    (LineStatus::Line, _) => {}
                    (LineStatus::TooLong, _) => return Ok(RecordStatus::Bad(too_long(self.lines.line()))),
                    (LineStatus::End, None) => return Ok(RecordStatus::End),
                    (LineStatus::End, Some(line)) => return Ok(RecordStatus::Bad(unclosed(line))),
                }
            }
            if begin.is_none() && self.line[self.at..].trim_ascii().is_empty() {
                self.at = self.line.len();
                continue;
            }
            let line = *begin.get_or_insert(self.lines.line());
            bytes += self.line.len() - self.at;
            if bytes > LINE_LIMIT_BYTES + 1 {
                return Ok(RecordStatus::Bad(unclosed(line)));
            }
            match self.parse(&mut filled) {
                Parsed::More => {}
                Parsed::Record => return Ok(self.checked(line)),
                Parsed::TooManyColumns => {
                    let detail = format!("more than {MAX_COLUMNS} columns");
                    return Ok(RecordStatus::Bad(Problem::fatal(
                        line,
                        ProblemCode::WrongColumnCount,
                        detail,
                    )));
                }
            }
        }
    }

    fn next_line(&mut self) -> io::Result<LineStatus> {
        let status = self.lines.read(&mut self.line)?;
        if status == LineStatus::Line {
            self.line.push(b'\n');
        }
        self.at = 0;
        Ok(status)
    }

    /// Feeds the rest of the line to the parser.
    fn parse(&mut self, filled: &mut usize) -> Parsed {
        let needed = *filled + self.line.len() - self.at;
        if self.values.len() < needed {
            self.values.resize(needed, 0);
        }
        loop {
            let (result, read, written, ended) = self.parser.read_record(
                &self.line[self.at..],
                &mut self.values[*filled..],
                &mut self.ends[self.columns..],
            );
            self.at += read;
            *filled += written;
            self.columns += ended;
            match result {
                ReadRecordResult::Record => return Parsed::Record,
                ReadRecordResult::OutputEndsFull if self.ends.len() < MAX_COLUMNS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => return Parsed::TooManyColumns,
                // Values are never longer than the text they come from, so the output cannot be full.
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull | ReadRecordResult::End => {
                    return Parsed::More;
                }
            }
        }
    }

    fn checked(&self, line: u64) -> RecordStatus {
        match (0..self.columns).find(|column| self.try_value(*column).is_none()) {
            None => RecordStatus::Record(line),
            Some(column) => {
                let detail = format!("column {} is not UTF-8", column + 1);
                RecordStatus::Bad(Problem::new(line, ProblemCode::InvalidUtf8, detail))
            }
        }
    }

    fn try_value(&self, column: usize) -> Option<&str> {
        let end = *self.ends[..self.columns].get(column)?;
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before]);
        std::str::from_utf8(&self.values[start..end]).ok()
    }
}

enum Parsed {
    More,
    Record,
    TooManyColumns,
}

fn too_long(line: u64) -> Problem {
    Problem::new(line, ProblemCode::LineTooLong, "the line is longer than 1 MiB")
}

/// Where such a record was meant to end cannot be known, so neither can what to go on with.
fn unclosed(line: u64) -> Problem {
    Problem::fatal(
        line,
        ProblemCode::UnclosedQuote,
        "a quoted value begins here and does not end within 1 MiB",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = Result<(u64, Vec<String>), (u64, ProblemCode)>;

    fn read_all(text: &[u8]) -> Vec<Found> {
        let input = io::BufReader::with_capacity(5, text);
        let mut reader = RecordReader::new(input, b",;\t").unwrap();
        let mut found = Vec::new();
        loop {
            match reader.read().unwrap() {
                RecordStatus::Record(line) => {
                    let values = (0..reader.columns()).map(|column| reader.value(column).to_owned());
                    found.push(Ok((line, values.collect())));
                }
                RecordStatus::Bad(problem) => {
                    found.push(Err((problem.line, problem.code)));
                    if problem.fatal {
                        return found;
                    }
                }
                RecordStatus::End => return found,
            }
        }
    }

    fn row(line: u64, values: &[&str]) -> Found {
        Ok((line, values.iter().map(|value| (*value).to_owned()).collect()))
    }

    #[test]
    fn reads_quotes_breaks_and_blank_lines() {
        let found = read_all(b"id;title\r\n\r\n1;\"two\r\nlines; \"\"one\"\" value\"\n2;5\" pipe\n\n3;");
        let expected = [
            row(1, &["id", "title"]),
            row(3, &["1", "two\nlines; \"one\" value"]),
            row(5, &["2", "5\" pipe"]),
            row(7, &["3", ""]),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_quote_that_never_ends_is_named_where_it_begins() {
        assert_eq!(read_all(b"id,title\n1,ok\n2,\"open\n3,x\n")[2], Err((3, ProblemCode::UnclosedQuote)));
        let mut long = b"id,title\n2,\"open\n".to_vec();
        long.extend(b"some line\n".repeat(LINE_LIMIT_BYTES / 8));
        assert_eq!(read_all(&long).last(), Some(&Err((2, ProblemCode::UnclosedQuote))));
    }

    #[test]
    fn a_character_is_not_glued_from_two_values() {
        assert_eq!(
            read_all(b"a,b\n\xC3,\xA9\nx,y\n")[1..],
            [Err((2, ProblemCode::InvalidUtf8)), row(3, &["x", "y"])]
        );
    }

    #[test]
    fn many_columns_are_read_and_too_many_refused() {
        let found = read_all(",".repeat(999).as_bytes());
        assert_eq!(found[0].as_ref().unwrap().1.len(), 1000);
        assert_eq!(read_all(",".repeat(5000).as_bytes()), [Err((1, ProblemCode::WrongColumnCount))]);
    }
}
