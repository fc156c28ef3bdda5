//! Stage: maximal marginal relevance, so that a list is not ten of the same.

use super::Context;
use super::candidates::Scored;

/// Reorders the head of the list by MMR (Carbonell & Goldstein 1998).
///
/// Each place goes to the candidate with the largest `λ · relevance − (1 − λ) · max similarity` to those
/// already placed. Relevance is the score scaled to 0–1; similarity is the cosine of the
/// facet sets, each hashed to 128 bits. The best candidate always keeps the first place.
pub(super) fn reorder(scored: &mut [Scored], context: &Context<'_>) {
    let lambda = context.request.diversity.clamp(0.0, 1.0);
    let limit = context.request.limit.min(scored.len());
    if lambda >= 1.0 || limit < 2 {
        return;
    }
    let mut head = Head::new(scored, context, lambda);
    for place in 0..limit {
        let best = head.best_from(place);
        head.place(place, best);
        scored.swap(place, best);
    }
}

/// The head of the list as columns: the loop below runs `limit × candidates` times.
struct Head {
    lambda: f32,
    relevance: Vec<f32>,
    signatures: Vec<Signature>,
    /// Largest similarity to anything placed so far.
    nearest: Vec<f32>,
}

impl Head {
    fn new(scored: &[Scored], context: &Context<'_>, lambda: f32) -> Self {
        let best = scored.first().map_or(0.0, |candidate| candidate.score);
        let worst = scored.last().map_or(0.0, |candidate| candidate.score);
        let span = if best > worst { best - worst } else { 1.0 };
        Self {
            lambda,
            relevance: scored.iter().map(|candidate| (candidate.score - worst) / span).collect(),
            signatures: scored.iter().map(|candidate| Signature::of(candidate, context)).collect(),
            nearest: vec![0.0; scored.len()],
        }
    }

    /// The best candidate at or after `place`; the earlier of equals.
    fn best_from(&self, place: usize) -> usize {
        let (mut best, mut best_value) = (place, f32::NEG_INFINITY);
        let values = self.relevance[place..].iter().zip(&self.nearest[place..]);
        for (index, (relevance, nearest)) in values.enumerate() {
            let value = self.lambda * relevance - (1.0 - self.lambda) * nearest;
            if value > best_value {
                (best, best_value) = (place + index, value);
            }
        }
        best
    }

    fn place(&mut self, place: usize, chosen: usize) {
        self.relevance.swap(place, chosen);
        self.signatures.swap(place, chosen);
        self.nearest.swap(place, chosen);
        let placed = self.signatures[place];
        let rest = self.signatures[place + 1..].iter().zip(&mut self.nearest[place + 1..]);
        for (signature, nearest) in rest {
            *nearest = nearest.max(placed.similarity(*signature));
        }
    }
}

/// A facet set hashed to 128 bits, with `1 / √|set|`.
#[derive(Clone, Copy)]
struct Signature {
    low: u64,
    high: u64,
    inverse_root: f32,
}

impl Signature {
    fn of(candidate: &Scored, context: &Context<'_>) -> Self {
        let table = context.table(candidate.source);
        let (mut low, mut high) = (0u64, 0u64);
        for facet in table.facets(candidate.row) {
            let bit = table.facet_key(facet).0 % 128;
            if bit < 64 { low |= 1 << bit } else { high |= 1 << (bit - 64) }
        }
        let size = low.count_ones() + high.count_ones();
        let inverse_root = if size == 0 { 0.0 } else { 1.0 / (size as f32).sqrt() };
        Self { low, high, inverse_root }
    }

    fn similarity(self, other: Self) -> f32 {
        let common = (self.low & other.low).count_ones() + (self.high & other.high).count_ones();
        common as f32 * self.inverse_root * other.inverse_root
    }
}
