//! JSON Lines: one object a line.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, BufRead};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Item;
use super::fields::{Fault, Field, Value, check, set, wrong_type};
use super::import::{ItemReader, Read};
use crate::intake::{LineReader, LineStatus, Problem, ProblemCode, json_fault};

/// Most names of ignored fields that are remembered.
const IGNORED_SHOWN: usize = 20;

/// Reads items from JSON Lines.
pub(super) struct JsonlItems<R> {
    lines: LineReader<R>,
    buffer: Vec<u8>,
    ignored: BTreeSet<String>,
}

impl<R: BufRead> JsonlItems<R> {
    pub(super) fn new(input: R) -> Self {
        Self { lines: LineReader::new(input), buffer: Vec::new(), ignored: BTreeSet::new() }
    }

    fn parse(&mut self, item: &mut Item) -> Result<(), Fault> {
        let text = std::str::from_utf8(&self.buffer).map_err(|error| {
            (ProblemCode::InvalidUtf8, format!("byte {} of the line is not UTF-8", error.valid_up_to() + 1))
        })?;
        item.reset();
        let mut fault = None;
        let object = ObjectSeed { item, fault: &mut fault, ignored: &mut self.ignored };
        let mut parser = serde_json::Deserializer::from_str(text);
        object
            .deserialize(&mut parser)
            .and_then(|()| parser.end())
            .map_err(|error| json_fault(&error, text))?;
        fault.map_or_else(|| check(item), Err)
    }
}

impl<R: BufRead> ItemReader for JsonlItems<R> {
    fn read(&mut self, item: &mut Item) -> io::Result<Read> {
        loop {
            let status = self.lines.read(&mut self.buffer)?;
            let line = self.lines.line();
            match status {
                LineStatus::End => return Ok(Read::End),
                LineStatus::TooLong => {
                    let detail = "the line is longer than 1 MiB";
                    return Ok(Read::Bad(Problem::new(line, ProblemCode::LineTooLong, detail)));
                }
                LineStatus::Line if self.buffer.trim_ascii().is_empty() => {}
                LineStatus::Line => {
                    return Ok(match self.parse(item) {
                        Ok(()) => Read::Item(line),
                        Err((code, detail)) => Read::Bad(Problem::new(line, code, detail)),
                    });
                }
            }
        }
    }

    fn ignored_fields(&self) -> Vec<String> {
        self.ignored.iter().cloned().collect()
    }
}

/// Fills an item from one object, without a tree in between.
struct ObjectSeed<'a> {
    item: &'a mut Item,
    /// The first field that does not fit; the object is read to its end to know that it is JSON at all.
    fault: &'a mut Option<Fault>,
    ignored: &'a mut BTreeSet<String>,
}

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(NameSeed)? {
            match Field::from_name(&name) {
                Some(field) => {
                    let result = map.next_value_seed(ValueSeed { item: self.item, field })?;
                    if let (Err(fault), None) = (result, &self.fault) {
                        *self.fault = Some(fault);
                    }
                }
                None => {
                    if self.ignored.len() < IGNORED_SHOWN && !self.ignored.contains(name.as_ref()) {
                        self.ignored.insert(name.into_owned());
                    }
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A name, borrowed from the line when it holds no escapes.
struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Puts one value into its field.
struct ValueSeed<'a> {
    item: &'a mut Item,
    field: Field,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Result<(), Fault>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Result<(), Fault>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Ok(()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(set(self.item, self.field, Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(set(self.item, self.field, Value::Integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        // An id above i64 is still an id; any other number is as good in floating point.
        Ok(match i64::try_from(value) {
            Ok(value) => set(self.item, self.field, Value::Integer(value)),
            Err(_) if self.field == Field::Id => set(self.item, self.field, Value::Text(&value.to_string())),
            Err(_) => set(self.item, self.field, Value::Number(value as f64)),
        })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(set(self.item, self.field, Value::Number(value)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(set(self.item, self.field, Value::Text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut result = Ok(());
        let mut empty = true;
        while let Some(entry) = entries.next_element_seed(EntrySeed)? {
            empty = false;
            let one = match &entry {
                Some(text) => set(self.item, self.field, Value::Entry(text)),
                None => Err(wrong_type(self.field, "a list of other things")),
            };
            result = result.and(one);
        }
        if empty && !matches!(self.field, Field::Tags | Field::Placements) {
            result = Err(wrong_type(self.field, "a list"));
        }
        Ok(result)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Err(wrong_type(self.field, "an object")))
    }
}

/// An entry of a list: a text, or `None` for anything else.
struct EntrySeed;

impl<'de> DeserializeSeed<'de> for EntrySeed {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EntrySeed {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
