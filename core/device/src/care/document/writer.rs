//! Values become bytes.

use super::{Document, Tag};

/// The bytes written so far.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn tag(&mut self, tag: Tag) {
        self.0.push(tag as u8);
    }

    pub(crate) fn number(&mut self, number: f64) {
        self.tag(Tag::Number);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.tag(Tag::Text);
        self.0.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A member of a map.
    pub(crate) fn field(&mut self, name: &str, value: &impl Document) {
        self.text(name);
        value.write(self);
    }

    pub(crate) fn list<T: Document>(&mut self, values: &[T]) {
        self.tag(Tag::List);
        values.iter().for_each(|value| value.write(self));
        self.tag(Tag::End);
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
