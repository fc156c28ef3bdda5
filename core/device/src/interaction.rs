//! One thing a visitor did.

use homebody_protocol::{ItemKey, Kind};

/// An interaction, as signals hand it to the device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interaction<'a> {
    /// What was done.
    pub kind: Kind,
    /// The site's id of the item; the term of a search, the site's name of a survey question; empty without.
    pub id: &'a str,
    /// In the unit of the kind (see [`Kind`]); not finite counts as 0.
    pub value: f32,
}

impl<'a> Interaction<'a> {
    /// An interaction whose kind needs no value.
    pub fn new(kind: Kind, id: &'a str) -> Self {
        Self { kind, id, value: 1.0 }
    }

    /// The same with a value.
    #[must_use]
    pub fn with_value(self, value: f32) -> Self {
        Self { value: if value.is_finite() { value } else { 0.0 }, ..self }
    }

    /// The key of the item under a seed; `None` without an id.
    pub fn item(&self, id_seed: u32) -> Option<ItemKey> {
        (!self.id.is_empty()).then(|| ItemKey::derive(id_seed, self.id))
    }
}
