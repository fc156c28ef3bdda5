//! Rows as text: NDJSON and CSV.

use std::io::Write;

use super::{Column, Rows, SumsError, Value};

/// One JSON object a line. What is missing is `null`, so that every row has all columns.
pub(super) struct Ndjson<W> {
    /// Each column as a key: `"name":`.
    keys: Vec<String>,
    out: W,
}

impl<W: Write> Ndjson<W> {
    pub(super) fn new(columns: &[Column], out: W) -> Self {
        Self { keys: columns.iter().map(|column| format!("\"{}\":", column.name)).collect(), out }
    }
}

impl<W: Write> Rows for Ndjson<W> {
    fn add(&mut self, row: &[Value<'_>]) -> Result<(), SumsError> {
        for (at, (key, value)) in self.keys.iter().zip(row).enumerate() {
            write!(self.out, "{}{key}", if at == 0 { '{' } else { ',' })?;
            match value {
                Value::Missing => write!(self.out, "null")?,
                Value::Text(text) => {
                    serde_json::to_writer(&mut self.out, text).map_err(std::io::Error::from)?
                }
                Value::Whole(whole) => write!(self.out, "{whole}")?,
                // JSON has no word for what is no number.
                Value::Number(number) if !number.is_finite() => write!(self.out, "null")?,
                Value::Number(number) => write!(self.out, "{number:?}")?,
                Value::Flag(flag) => write!(self.out, "{flag}")?,
            }
        }
        Ok(self.out.write_all(b"}\n")?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), SumsError> {
        Ok(self.out.flush()?)
    }
}

/// A header and one line a row. What is missing is nothing, text without letters is `""`.
pub(super) struct Csv<W> {
    out: W,
}

impl<W: Write> Csv<W> {
    pub(super) fn new(columns: &[Column], mut out: W) -> Result<Self, SumsError> {
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        writeln!(out, "{}", names.join(","))?;
        Ok(Self { out })
    }
}

impl<W: Write> Rows for Csv<W> {
    fn add(&mut self, row: &[Value<'_>]) -> Result<(), SumsError> {
        for (at, value) in row.iter().enumerate() {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            match value {
                Value::Missing => {}
                Value::Text(text) => self.out.write_all(field(text).as_bytes())?,
                Value::Whole(whole) => write!(self.out, "{whole}")?,
                Value::Number(number) if !number.is_finite() => {}
                Value::Number(number) => write!(self.out, "{number:?}")?,
                Value::Flag(flag) => write!(self.out, "{flag}")?,
            }
        }
        Ok(self.out.write_all(b"\n")?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), SumsError> {
        Ok(self.out.flush()?)
    }
}

/// Text as a field: in quotes where it would be read as something else.
fn field(text: &str) -> String {
    match text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Kind};
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "text", kind: Kind::Text },
        Column { name: "whole", kind: Kind::Whole },
        Column { name: "number", kind: Kind::Number },
        Column { name: "flag", kind: Kind::Flag },
    ];

    fn written(format: Format, rows: &[[Value<'_>; 4]]) -> String {
        let mut out = Vec::new();
        let mut file = format.start(COLUMNS, &mut out).unwrap();
        rows.iter().for_each(|row| file.add(row).unwrap());
        file.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_value_is_read_back_as_it_is() {
        let texts = ["", "plain", "a,b", "say \"no\"", "two\nlines", "\u{1f40c}"];
        let rows = texts.map(|text| {
            [Value::text(text), Value::Whole(i64::MIN), Value::Number(0.1 + 0.2), Value::Flag(true)]
        });
        for (line, text) in written(Format::Ndjson, &rows).lines().zip(texts) {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let expected =
                serde_json::json!({ "text": text, "whole": i64::MIN, "number": 0.1 + 0.2, "flag": true });
            assert_eq!(row, expected);
        }
        let csv = written(Format::Csv, &rows);
        assert!(
            csv.starts_with("text,whole,number,flag\n\"\",-9223372036854775808,0.30000000000000004,true\n")
        );
        assert!(
            csv.contains("\"a,b\",")
                && csv.contains("\"say \"\"no\"\"\",")
                && csv.contains("\"two\nlines\",")
        );
    }

    #[test]
    fn what_is_missing_is_not_empty_text_and_not_0() {
        let rows = [[Value::Missing, Value::Missing, Value::Number(f64::NAN), Value::Missing]];
        let line = "{\"text\":null,\"whole\":null,\"number\":null,\"flag\":null}\n";
        assert_eq!(written(Format::Ndjson, &rows), line);
        assert_eq!(written(Format::Csv, &rows), "text,whole,number,flag\n,,,\n");
    }
}
