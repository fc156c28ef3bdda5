//! Google Merchant feeds in XML: RSS 2.0 `item`s or Atom `entry`s.

use std::cell::Cell;
use std::io::{self, BufRead};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::fields::{Fault, Field, Value, check, set};
use super::import::{ItemReader, Read};
use super::{Item, google};
use crate::intake::{LINE_LIMIT_BYTES, Problem, ProblemCode, quoted};

/// Reads items from a feed; attributes of nested elements (shipping, tax) are not the item's.
pub(super) struct XmlItems {
    reader: Reader<Watched>,
    watch: Rc<Watch>,
    buffer: Vec<u8>,
    /// Open elements, and where the open item stands among them.
    depth: usize,
    entry: Option<Entry>,
    text: String,
    ended: bool,
}

/// The item being read.
struct Entry {
    line: u64,
    depth: usize,
    field: Option<Field>,
    fault: Option<Fault>,
}

impl XmlItems {
    pub(super) fn new(input: Box<dyn BufRead>) -> Self {
        let watch = Rc::new(Watch::default());
        let reader = Reader::from_reader(Watched { input, watch: Rc::clone(&watch) });
        Self { reader, watch, buffer: Vec::new(), depth: 0, entry: None, text: String::new(), ended: false }
    }

    /// Handles one event; `Some` ends the record.
    fn step(&mut self, item: &mut Item) -> Option<Read> {
        self.buffer.clear();
        let mut buffer = std::mem::take(&mut self.buffer);
        let event = self.reader.read_event_into(&mut buffer);
        let read = match event {
            Ok(event) => self.handle(item, &event),
            Err(error) => Some(Read::Bad(self.broken(&error))),
        };
        self.buffer = buffer;
        read
    }

    fn handle(&mut self, item: &mut Item, event: &Event<'_>) -> Option<Read> {
        match event {
            Event::Start(start) => self.open(item, start),
            Event::Empty(start) => self.link(item, start),
            Event::Text(text) if self.in_field() => self.text.push_str(&text.xml10_content()),
            Event::CData(text) if self.in_field() => self.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if self.in_field() => self.entity(reference),
            Event::End(_) => return self.close(item),
            Event::Decl(declaration) => {
                let encoding = declaration.encoding()?.ok()?;
                if !["utf-8", "utf8", "us-ascii"].contains(&encoding.to_ascii_lowercase().as_str()) {
                    let detail = format!("the feed is encoded as {}", quoted(&encoding));
                    return Some(Read::Bad(Problem::fatal(self.line(), ProblemCode::InvalidUtf8, detail)));
                }
            }
            Event::Eof if self.depth > 0 => {
                let detail = "the feed ends in the middle of an element";
                return Some(Read::Bad(Problem::fatal(self.line(), ProblemCode::BadXml, detail)));
            }
            Event::Eof => return Some(Read::End),
            _ => {}
        }
        None
    }

    fn line(&self) -> u64 {
        self.watch.breaks.get() + 1
    }

    fn in_field(&self) -> bool {
        self.entry.as_ref().is_some_and(|entry| entry.field.is_some() && self.depth == entry.depth + 1)
    }

    fn open(&mut self, item: &mut Item, start: &BytesStart<'_>) {
        self.depth += 1;
        let line = self.line();
        match &mut self.entry {
            Some(entry) if self.depth == entry.depth + 1 => {
                entry.field = google::field(start.local_name().as_ref());
                self.text.clear();
                self.link(item, start);
            }
            Some(_) => {}
            None if ["item", "entry"].contains(&start.local_name().as_ref()) => {
                item.reset();
                self.watch.bytes.set(0);
                self.entry = Some(Entry { line, depth: self.depth, field: None, fault: None });
            }
            // Between items only the current element counts against the limit.
            None => self.watch.bytes.set(0),
        }
    }

    /// Atom writes the item's address into an attribute: `<link href="…"/>`.
    fn link(&mut self, item: &mut Item, start: &BytesStart<'_>) {
        let Some(entry) = &mut self.entry else { return };
        if start.local_name().as_ref() != "link" {
            return;
        }
        let attribute = |name| start.try_get_attribute(name).ok().flatten();
        let other_relation = attribute("rel").is_some_and(|rel| rel.value.as_ref() != "alternate");
        let Some(href) = attribute("href").filter(|_| !other_relation) else { return };
        let href = href.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap_or_default();
        if let Err(fault) = set(item, Field::Url, Value::Text(&href)) {
            entry.fault.get_or_insert(fault);
        }
    }

    fn entity(&mut self, reference: &BytesRef<'_>) {
        let name = reference.xml10_content();
        match (reference.resolve_char_ref(), resolve_predefined_entity(&name)) {
            (Ok(Some(character)), _) => self.text.push(character),
            (_, Some(text)) => self.text.push_str(text),
            _ => {
                let fault = (ProblemCode::BadXml, format!("XML does not know the entity {}", quoted(&name)));
                if let Some(entry) = &mut self.entry {
                    entry.fault.get_or_insert(fault);
                }
            }
        }
    }

    fn close(&mut self, item: &mut Item) -> Option<Read> {
        let closed = self.depth;
        self.depth = self.depth.saturating_sub(1);
        let entry = self.entry.as_mut()?;
        if closed == entry.depth + 1 {
            if let Some(field) = entry.field.take()
                && let Err(fault) = set(item, field, Value::Text(&self.text))
            {
                entry.fault.get_or_insert(fault);
            }
            return None;
        }
        let entry = self.entry.take_if(|entry| closed == entry.depth)?;
        self.watch.bytes.set(0);
        Some(match entry.fault.map_or_else(|| check(item), Err) {
            Ok(()) => Read::Item(entry.line),
            Err((code, detail)) => Read::Bad(Problem::new(entry.line, code, detail)),
        })
    }

    fn broken(&self, error: &quick_xml::Error) -> Problem {
        let line = self.entry.as_ref().map_or_else(|| self.line(), |entry| entry.line);
        if self.watch.bytes.get() > LINE_LIMIT_BYTES {
            return Problem::fatal(
                line,
                ProblemCode::LineTooLong,
                "an entry of the feed is longer than 1 MiB",
            );
        }
        match error {
            quick_xml::Error::Encoding(_) => {
                Problem::fatal(line, ProblemCode::InvalidUtf8, "the feed is not UTF-8")
            }
            other => Problem::fatal(line, ProblemCode::BadXml, format!("not well-formed: {other}")),
        }
    }
}

impl ItemReader for XmlItems {
    fn read(&mut self, item: &mut Item) -> io::Result<Read> {
        if self.ended {
            return Ok(Read::End);
        }
        loop {
            if let Some(read) = self.step(item) {
                self.ended = matches!(&read, Read::End | Read::Bad(Problem { fatal: true, .. }));
                if let Some(error) = self.watch.error.take() {
                    return Err(error);
                }
                return Ok(read);
            }
        }
    }

    fn ignored_fields(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What the parser has taken from the source.
#[derive(Default)]
struct Watch {
    /// Line breaks so far.
    breaks: Cell<u64>,
    /// Bytes since the last element that may be large.
    bytes: Cell<usize>,
    /// What the source said; the parser would wrap it.
    error: Cell<Option<io::Error>>,
}

/// Counts lines, and stops a parser that would gather an endless element.
struct Watched {
    input: Box<dyn BufRead>,
    watch: Rc<Watch>,
}

impl io::Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Watched {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.watch.bytes.get() > LINE_LIMIT_BYTES {
            return Err(io::Error::other("the entry is longer than 1 MiB"));
        }
        match self.input.fill_buf() {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                let kind = error.kind();
                self.watch.error.set(Some(error));
                Err(kind.into())
            }
            other => other,
        }
    }

    fn consume(&mut self, count: usize) {
        if let Ok(taken) = self.input.fill_buf() {
            let breaks = taken[..count.min(taken.len())].iter().filter(|byte| **byte == b'\n').count();
            self.watch.breaks.set(self.watch.breaks.get() + breaks as u64);
        }
        self.watch.bytes.set(self.watch.bytes.get() + count);
        self.input.consume(count);
    }
}
