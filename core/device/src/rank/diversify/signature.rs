//! How alike two items are.

use super::super::Context;
use super::super::candidates::Scored;

/// A facet set hashed to 128 bits, with `1 / √|set|`. Two facets may share a bit; that is accepted.
#[derive(Clone, Copy)]
pub(super) struct Signature {
    low: u64,
    high: u64,
    inverse_root: f32,
}

impl Signature {
    pub(super) fn of(candidate: &Scored, context: &Context<'_>) -> Self {
        let table = context.table(candidate.source);
        let (mut low, mut high) = (0u64, 0u64);
        context.each_facet(candidate, &mut |facet| {
            let bit = table.facet_key(facet).0 % 128;
            if bit < 64 { low |= 1 << bit } else { high |= 1 << (bit - 64) }
        });
        let size = low.count_ones() + high.count_ones();
        let inverse_root = if size == 0 { 0.0 } else { 1.0 / (size as f32).sqrt() };
        Self { low, high, inverse_root }
    }

    /// Cosine of the facet sets, 0–1; 0 for an item without facets.
    pub(super) fn similarity(self, other: Self) -> f32 {
        let common = (self.low & other.low).count_ones() + (self.high & other.high).count_ones();
        common as f32 * self.inverse_root * other.inverse_root
    }
}
