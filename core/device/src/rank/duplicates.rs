//! Stage: one of a group of near duplicates is enough.

use super::candidates::Scored;
use super::{Context, Source, blend};
use crate::order::sorted;

/// Keeps the best of each group of near duplicates: a pinned one, else the best scored; the seed decides between exact
/// equals.
///
/// Groups are those of the pool's rows; what the device found in the catalogue belongs to none.
pub(super) fn keep_one(scored: &mut Vec<Scored>, context: &Context<'_>) {
    if !context.pool.extras().duplicates.0.is_empty() {
        drop_worse(scored, context);
    }
}

#[inline(never)]
fn drop_worse(scored: &mut Vec<Scored>, context: &Context<'_>) {
    let members = scored.iter().enumerate();
    let group_of = |candidate: &Scored| group_of(candidate.source, candidate.row, context);
    let members = members.filter_map(|(index, candidate)| Some((u64::from(group_of(candidate)?), index)));
    let by_group = sorted(members.collect());
    let mut is_worse = vec![false; scored.len()];
    let order = |index: usize| {
        let candidate: &Scored = &scored[index];
        (candidate.ruled.pinned == 0, blend::order(candidate, context.request.seed))
    };
    let (mut last, mut best) = (0, 0);
    for (group, index) in by_group {
        if group == last && order(best) <= order(index) {
            is_worse[index] = true;
        } else {
            is_worse[best] |= group == last;
            (last, best) = (group, index);
        }
    }
    let mut is_worse = is_worse.into_iter();
    scored.retain(|_| !is_worse.next().unwrap_or_default());
}

/// The group of a row, if it has near duplicates.
pub(super) fn group_of(source: Source, row: usize, context: &Context<'_>) -> Option<u32> {
    let groups = &context.pool.extras().duplicates.0;
    groups.get(row).copied().filter(|&group| group > 0 && source == Source::Pool)
}
