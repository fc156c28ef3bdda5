//! Stages: the parts become a score, the scores an order.

use homebody_protocol::table::{Feature, MAX_LIST_SETS};
use homebody_protocol::{ItemKey, derive_key};

use super::Context;
use super::candidates::Scored;

/// Candidates kept for each place of the list: what stands lower cannot win on variety alone.
const BREADTH: usize = 4;

/// Where a feature's contribution stands among the parts.
pub(super) fn part_of(feature: Feature) -> usize {
    MAX_LIST_SETS + feature as usize - 1
}

/// Adds the parts in their fixed order: float addition is not associative, and the bits are promised.
pub(super) fn add_parts(scored: &mut [Scored], _: &Context<'_>) {
    for candidate in scored {
        candidate.score = candidate.parts.iter().fold(0.0, |sum, part| sum + part);
    }
}

/// Keeps the candidates that can reach the list, best first; the seed decides between exact equals.
///
/// Diversity looks at [`BREADTH`] candidates for each place, so whatever is below that is dropped before
/// anything is sorted: a catalogue may have many thousand rows, a list has twenty.
pub(super) fn keep_best(scored: &mut Vec<Scored>, context: &Context<'_>) {
    let turn = |key: ItemKey| derive_key(context.request.seed ^ key.0, "");
    let order = |a: &Scored, b: &Scored| {
        let by_score = b.score.total_cmp(&a.score);
        by_score.then_with(|| turn(a.key).cmp(&turn(b.key))).then(a.key.cmp(&b.key))
    };
    let breadth = context.request.limit.saturating_mul(BREADTH);
    if breadth < scored.len() {
        scored.select_nth_unstable_by(breadth, order);
        scored.truncate(breadth);
    }
    scored.sort_unstable_by(order);
}
