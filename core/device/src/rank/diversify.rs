//! Stage: maximal marginal relevance, so that a list is not ten of the same.

use super::Context;
use super::candidates::Scored;

/// Reorders the head of the list by MMR (Carbonell & Goldstein 1998).
///
/// Each place goes to the candidate with the largest `λ · relevance − (1 − λ) · max similarity` to those
/// already placed. Relevance is the score scaled to 0–1; similarity is the cosine of the
/// facet sets, each hashed to 128 bits. The best candidate always keeps the first place.
pub(super) fn reorder(scored: &mut [Scored], context: &Context<'_>) {
    let lambda = context.policy.diversity;
    let limit = context.places().min(scored.len());
    if lambda >= 1.0 || limit < 2 {
        return;
    }
    let mut rivals = rivals(scored, context, lambda);
    for place in 0..limit {
        let best = best_from(&mut rivals, place, 1.0 - lambda);
        rivals.swap(place, best);
        scored.swap(place, best);
    }
}

/// A candidate on its way to a place.
struct Rival {
    /// `λ · relevance`
    attraction: f32,
    signature: Signature,
    /// Largest similarity to the first `compared` that were placed.
    nearest: f32,
    compared: usize,
}

fn rivals(scored: &[Scored], context: &Context<'_>, lambda: f32) -> Vec<Rival> {
    let best = scored.first().map_or(0.0, |candidate| candidate.score);
    let worst = scored.last().map_or(0.0, |candidate| candidate.score);
    let span = if best > worst { best - worst } else { 1.0 };
    let rival = |candidate: &Scored| Rival {
        attraction: lambda * ((candidate.score - worst) / span),
        signature: Signature::of(candidate, context),
        nearest: 0.0,
        compared: 0,
    };
    scored.iter().map(rival).collect()
}

/// The best rival at or after `place`; the earlier of equals. Those before it are placed.
///
/// Similarity to what is placed only grows, so a rival that loses by what was found so far need not be
/// compared with what was placed since: most never are.
fn best_from(rivals: &mut [Rival], place: usize, aversion: f32) -> usize {
    let (placed, rest) = rivals.split_at_mut(place);
    let (mut best, mut best_value) = (0, f32::NEG_INFINITY);
    for (index, rival) in rest.iter_mut().enumerate() {
        if rival.value(aversion) > best_value {
            rival.compare_with(placed);
            let value = rival.value(aversion);
            if value > best_value {
                (best, best_value) = (index, value);
            }
        }
    }
    place + best
}

impl Rival {
    fn value(&self, aversion: f32) -> f32 {
        self.attraction - aversion * self.nearest
    }

    fn compare_with(&mut self, placed: &[Rival]) {
        for other in &placed[self.compared..] {
            let similarity = other.signature.similarity(self.signature);
            // Not `f32::max`: WebAssembly has none that treats NaN like Rust, so it becomes a call.
            if similarity > self.nearest {
                self.nearest = similarity;
            }
        }
        self.compared = placed.len();
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
