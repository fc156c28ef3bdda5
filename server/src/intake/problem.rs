//! Problems of an imported file: each with its line, a stable code and a way to fix it.

use std::fmt;

/// How many problems a report shows; the rest is counted.
pub const PROBLEMS_SHOWN: usize = 20;

/// What can be wrong with a line of an imported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProblemCode {
    /// An item without an id.
    MissingId,
    /// The same id twice in one file.
    DuplicateId,
    /// A field holds a value of another type than documented.
    WrongType,
    /// A line, record or feed entry above the limit of 1 MiB.
    LineTooLong,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// NaN, infinity, or a number below the field's range.
    NotFinite,
    /// A line that is not one JSON object.
    BadJson,
    /// A feed that is not well-formed XML.
    BadXml,
    /// A quote that is opened and never closed.
    UnclosedQuote,
    /// A record with more or fewer values than the header has columns.
    WrongColumnCount,
    /// A required column is not in the header.
    MissingColumn,
    /// A value above the field's length limit.
    FieldTooLong,
    /// A time that is neither unix seconds nor an ISO 8601 date.
    BadTime,
    /// An address that is neither http(s) nor relative.
    BadUrl,
    /// A history row without a visitor.
    MissingVisitor,
    /// A history row without a time or order.
    MissingTime,
    /// A name that is no interaction kind.
    UnknownKind,
}

impl ProblemCode {
    /// The stable code, in snake case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingId => "missing_id",
            Self::DuplicateId => "duplicate_id",
            Self::WrongType => "wrong_type",
            Self::LineTooLong => "line_too_long",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::NotFinite => "not_finite",
            Self::BadJson => "bad_json",
            Self::BadXml => "bad_xml",
            Self::UnclosedQuote => "unclosed_quote",
            Self::WrongColumnCount => "wrong_column_count",
            Self::MissingColumn => "missing_column",
            Self::FieldTooLong => "field_too_long",
            Self::BadTime => "bad_time",
            Self::BadUrl => "bad_url",
            Self::MissingVisitor => "missing_visitor",
            Self::MissingTime => "missing_time",
            Self::UnknownKind => "unknown_kind",
        }
    }

    /// One sentence on how to fix it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::MissingId => "give every item a non-empty `id` (or `item`)",
            Self::DuplicateId => "keep one line per id; variants need ids of their own",
            Self::WrongType => "write the field as documented, for example `\"price\": 12.5`",
            Self::LineTooLong => "one record may have 1 MiB; shorten it or check the line breaks",
            Self::InvalidUtf8 => "save the file as UTF-8, for example with `iconv -f latin1 -t utf-8`",
            Self::NotFinite => "leave the field out when the number is unknown; prices are 0 or more",
            Self::BadJson => "write one JSON object a line, without a trailing comma",
            Self::BadXml => "check the feed with an XML validator",
            Self::UnclosedQuote => "close the quote, and double every quote inside a quoted value",
            Self::WrongColumnCount => "quote values that hold the delimiter or a line break",
            Self::MissingColumn => "name the columns in the first line",
            Self::FieldTooLong => "shorten the value",
            Self::BadTime => "write unix seconds or an ISO 8601 date such as `2026-01-31T10:00:00Z`",
            Self::BadUrl => "write an address that begins with `https://` or `/`",
            Self::MissingVisitor => "fill the `visitor` (or `user`) column; it is hashed and forgotten",
            Self::MissingTime => "fill the `ts` (or `time`) or the `order` column",
            Self::UnknownKind => "use a documented kind such as `click`, `cart_add` or `purchase`",
        }
    }
}

/// One problem of an imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1; where the record begins when it spans several.
    pub line: u64,
    /// What is wrong.
    pub code: ProblemCode,
    /// The field and the value, in words.
    pub detail: String,
    /// The reader cannot go on after it: not even a lenient import takes half a file for a whole one.
    pub fatal: bool,
}

impl Problem {
    /// A problem at a line.
    pub fn new(line: u64, code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { line, code, detail: detail.into(), fatal: false }
    }

    /// A problem after which the reader cannot go on.
    pub fn fatal(line: u64, code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { fatal: true, ..Self::new(line, code, detail) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {} [{}]", self.line, self.detail, self.code.as_str())
    }
}

/// The problems of one file: all counted, the first [`PROBLEMS_SHOWN`] kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    shown: Vec<Problem>,
    total: u64,
}

impl Problems {
    /// Counts a problem, and keeps it if there is room.
    pub fn push(&mut self, problem: Problem) {
        self.total += 1;
        if self.shown.len() < PROBLEMS_SHOWN {
            self.shown.push(problem);
        }
    }

    /// The first problems of the file, in its order.
    pub fn shown(&self) -> &[Problem] {
        &self.shown
    }

    /// How many problems there are in all.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

impl fmt::Display for Problems {
    /// One line a problem; the hint of each code once, after its first problem.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.shown.iter().enumerate() {
            write!(formatter, "\n  {problem}")?;
            if self.shown[..index].iter().all(|earlier| earlier.code != problem.code) {
                write!(formatter, "\n    fix: {}", problem.code.hint())?;
            }
        }
        let hidden = self.total.saturating_sub(self.shown.len() as u64);
        if hidden > 0 {
            write!(formatter, "\n  … and {hidden} more")?;
        }
        Ok(())
    }
}

/// `value` for a message: quoted, and cut so that one bad value does not fill the screen.
pub(crate) fn quoted(value: &str) -> String {
    const SHOWN_CHARS: usize = 40;
    let mut shown: String =
        value.chars().take(SHOWN_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if value.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_twenty_and_counts_all() {
        let mut problems = Problems::default();
        for line in 1..=30 {
            problems.push(Problem::new(line, ProblemCode::MissingId, "`id` is missing"));
        }
        assert_eq!((problems.shown().len(), problems.total()), (20, 30));
        let text = problems.to_string();
        assert!(text.contains("line 20: `id` is missing [missing_id]"), "{text}");
        assert!(text.ends_with("… and 10 more"), "{text}");
        assert_eq!(text.matches("fix:").count(), 1);
    }

    #[test]
    fn a_long_value_is_cut_at_a_character() {
        assert_eq!(quoted(&"ä".repeat(50)), format!("`{}…`", "ä".repeat(40)));
    }
}
