//! The site's own rules: typed, total, the same result natively and in the browser.

use crate::wire::{Reader, Section, put_count};

/// The rules of a placement, in the order they are applied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {}

impl Section for Rules {
    const TAG: &'static str = "RULE";

    fn write(&self, out: &mut Vec<u8>) {
        put_count(out, 0);
    }

    fn read(input: &mut Reader<'_>) -> Option<Self> {
        input.count(0).map(|_| Self::default())
    }
}
