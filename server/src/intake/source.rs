//! Where an import reads from, and how far it has come.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use super::error::ImportError;

/// Read-ahead of the source; large enough that system calls do not show.
const BUFFER_BYTES: usize = 128 * 1024;

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the source read so far (compressed bytes when it is compressed).
    pub bytes_read: u64,
    /// Size of the source; none for standard input.
    pub bytes_total: Option<u64>,
    /// Records read so far.
    pub rows: u64,
}

/// A file, standard input or any reader; gzip is unpacked on the way.
pub struct Source {
    name: String,
    bytes_total: Option<u64>,
    bytes_read: Rc<Cell<u64>>,
    input: Box<dyn BufRead>,
}

impl Source {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// [`ImportError::Io`] when it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        if path == Path::new("-") {
            return Self::from_reader("-", io::stdin());
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let failed = |source| ImportError::Io { source_name: path.display().to_string(), source };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let mut source = Self::from_reader(&name, file)?;
        source.bytes_total = metadata.is_file().then_some(metadata.len());
        Ok(source)
    }

    /// A source that reads from `reader` and calls itself `name` in messages.
    ///
    /// # Errors
    /// [`ImportError::Io`] when the first bytes cannot be read.
    pub fn from_reader(name: &str, reader: impl Read + 'static) -> Result<Self, ImportError> {
        let bytes_read = Rc::new(Cell::new(0));
        let counted = Counted { inner: reader, bytes: Rc::clone(&bytes_read) };
        let mut input = BufReader::with_capacity(BUFFER_BYTES, counted);
        let start =
            input.fill_buf().map_err(|source| ImportError::Io { source_name: name.to_owned(), source })?;
        let packed = start.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn BufRead> = if packed {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(input)))
        } else {
            Box::new(input)
        };
        Ok(Self { name: name.to_owned(), bytes_total: None, bytes_read, input })
    }

    /// The file's name without its folder, or `-`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the source apart: the reader, and a meter to follow it with.
    pub fn into_parts(self) -> (Box<dyn BufRead>, Meter) {
        let meter = Meter { name: self.name, bytes_total: self.bytes_total, bytes_read: self.bytes_read };
        (self.input, meter)
    }
}

/// Follows how far a source has been read.
#[derive(Debug)]
pub struct Meter {
    name: String,
    bytes_total: Option<u64>,
    bytes_read: Rc<Cell<u64>>,
}

impl Meter {
    /// The progress at `rows` records.
    pub fn at(&self, rows: u64) -> Progress {
        Progress { bytes_read: self.bytes_read.get(), bytes_total: self.bytes_total, rows }
    }

    /// The source's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// An error of the source, with its name.
    pub fn failed(&self, source: io::Error) -> ImportError {
        ImportError::Io { source_name: self.name.clone(), source }
    }
}

struct Counted<R> {
    inner: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn unpacks_gzip_and_counts_packed_bytes() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&b"hello ".repeat(1000)).unwrap();
        let packed = packer.finish().unwrap();
        let packed_len = packed.len() as u64;
        let (mut input, meter) = Source::from_reader("x.gz", io::Cursor::new(packed)).unwrap().into_parts();
        let mut text = String::new();
        input.read_to_string(&mut text).unwrap();
        assert_eq!(text.len(), 6000);
        assert_eq!(meter.at(1).bytes_read, packed_len);
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Source::open(Path::new("/nowhere/catalog.jsonl")).err().unwrap();
        assert_eq!(error.code(), "source_io");
        assert!(error.to_string().contains("/nowhere/catalog.jsonl"));
    }
}
