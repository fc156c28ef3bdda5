//! Lines of bounded length: one hostile line must not cost more memory than a good one.

use std::io::{self, BufRead};

/// Longest record an import reads: a line, a quoted CSV record or a feed entry.
pub const LINE_LIMIT_BYTES: usize = 1 << 20;

/// What [`LineReader::read`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStatus {
    /// A line is in the buffer, without its line break.
    Line,
    /// The line was longer than [`LINE_LIMIT_BYTES`]; it was skipped.
    TooLong,
    /// The source has ended.
    End,
}

/// Reads lines into a buffer of the caller, counting them.
#[derive(Debug)]
pub struct LineReader<R> {
    input: R,
    line: u64,
}

impl<R: BufRead> LineReader<R> {
    /// A reader at the start of `input`.
    pub fn new(input: R) -> Self {
        Self { input, line: 0 }
    }

    /// Number of the line last read, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next line; a line break is `\n` or `\r\n`, and a byte order mark is dropped.
    ///
    /// # Errors
    /// What the source says.
    pub fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<LineStatus> {
        buffer.clear();
        let mut too_long = false;
        let mut any = false;
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            any = true;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = &chunk[..end.unwrap_or(chunk.len())];
            too_long = too_long || buffer.len() + taken.len() > LINE_LIMIT_BYTES;
            if !too_long {
                buffer.extend_from_slice(taken);
            }
            let used = taken.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(LineStatus::End);
        }
        self.line += 1;
        if too_long {
            buffer.clear();
            return Ok(LineStatus::TooLong);
        }
        if buffer.last() == Some(&b'\r') {
            buffer.pop();
        }
        if self.line == 1 && buffer.starts_with(b"\xEF\xBB\xBF") {
            buffer.drain(..3);
        }
        Ok(LineStatus::Line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(input: &[u8]) -> Vec<(LineStatus, String)> {
        let mut reader = LineReader::new(io::BufReader::with_capacity(7, input));
        let mut buffer = Vec::new();
        let mut lines = Vec::new();
        loop {
            match reader.read(&mut buffer).unwrap() {
                LineStatus::End => return lines,
                status => lines.push((status, String::from_utf8(buffer.clone()).unwrap())),
            }
        }
    }

    #[test]
    fn reads_both_line_breaks_and_drops_the_mark() {
        let lines = read_all(b"\xEF\xBB\xBFone\r\n\ntwo");
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["one", "", "two"]);
    }

    #[test]
    fn skips_what_is_too_long_and_goes_on() {
        let mut input = vec![b'x'; LINE_LIMIT_BYTES + 1];
        input.extend_from_slice(b"\nnext\n");
        let lines = read_all(&input);
        assert_eq!(lines[0].0, LineStatus::TooLong);
        assert_eq!(lines[1], (LineStatus::Line, "next".to_owned()));
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn a_line_of_the_limit_is_read() {
        let mut input = vec![b'x'; LINE_LIMIT_BYTES];
        input.push(b'\n');
        assert_eq!(read_all(&input)[0].0, LineStatus::Line);
    }
}
