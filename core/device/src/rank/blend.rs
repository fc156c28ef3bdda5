//! Stages: the parts become a score, the scores an order.

use std::collections::BinaryHeap;

use homebody_protocol::derive_key;
use homebody_protocol::table::{Feature, MAX_LIST_SETS};

use super::candidates::Scored;
use super::{Context, diversify};
use crate::order::{falling, sorted};

/// Candidates kept at least, for the pages that follow.
const KEPT: usize = 200;

/// Where a feature's contribution stands among the parts.
pub(super) fn part_of(feature: Feature) -> usize {
    MAX_LIST_SETS + feature as usize - 1
}

/// No part is larger, whatever weights a table holds: nineteen of them and their squares over a million
/// candidates stay finite.
const MAX_PART: f32 = 1e6;

/// Adds the parts in their fixed order: float addition is not associative, and the bits are promised. No stage has
/// written to the other parts yet.
pub(super) fn add_parts(scored: &mut [Scored], context: &Context<'_>) {
    for &source in context.sources() {
        let table = context.table(source);
        let (lists, features) = (table.list_sets().count(), &table.blend().features);
        let is_written =
            |part: &usize| *part < lists || features.iter().any(|weight| part_of(weight.feature) == *part);
        let written: Vec<usize> = (0..super::PARTS).filter(is_written).collect();
        for candidate in scored.iter_mut().filter(|candidate| candidate.source == source) {
            for &part in &written {
                let part = &mut candidate.parts[part];
                *part = bounded(*part);
                candidate.score += *part;
            }
        }
    }
}

/// Mean of the scores; 0 of none.
pub(super) fn mean(scored: &[Scored]) -> f32 {
    scored.iter().fold(0.0, |sum, candidate| sum + candidate.score) / scored.len().max(1) as f32
}

/// A part within ±1e6; NaN, as infinity less infinity gives, says nothing and becomes 0.
pub(super) fn bounded(part: f32) -> f32 {
    if part.is_nan() { 0.0 } else { part.clamp(-MAX_PART, MAX_PART) }
}

/// Standard deviation of the scores: the unit in which boosts are given. 1 where all are alike.
pub(super) fn spread(scored: &[Scored]) -> f32 {
    let count = scored.len().max(1) as f32;
    let mean = mean(scored);
    let squares = scored.iter().fold(0.0, |sum, candidate| {
        let away = candidate.score - mean;
        sum + away * away
    });
    let sd = (squares / count).sqrt();
    if sd > 0.0 && sd.is_finite() { sd } else { 1.0 }
}

/// Adds to a part and to the score.
pub(super) fn add(candidate: &mut Scored, part: usize, amount: f32) {
    let amount = bounded(amount);
    candidate.parts[part] += amount;
    candidate.score += amount;
}

/// Keeps the candidates that can reach the list, best first; the seed decides between exact equals.
///
/// What the rules pin is kept; else what variety does not look at is dropped ([`diversify::breadth`]): a
/// catalogue may have many thousand rows, a list has twenty. A bounded heap finds them in one pass, and
/// is a tenth of the code of a sort in the hot browser module.
pub(super) fn keep_best(scored: &mut Vec<Scored>, context: &Context<'_>) {
    let breadth = diversify::breadth(context).max(KEPT);
    let is_free = |index: usize| scored[index].ruled.pinned == 0;
    let mut best = best_of(scored, breadth, context.request.seed, &is_free);
    let pinned = (0..scored.len()).filter(|&index| !is_free(index));
    best.extend(pinned.map(|index| (order(&scored[index], context.request.seed), index)));
    *scored = sorted(best.into_vec()).into_iter().map(|(_, index)| scored[index].clone()).collect();
}

/// Where the best `count` of the candidates are that are `wanted`, best first.
pub(super) fn best(scored: &[Scored], count: usize, seed: u32, wanted: &dyn Fn(usize) -> bool) -> Vec<usize> {
    best_of(scored, count, seed, wanted).into_sorted_vec().into_iter().map(|(_, index)| index).collect()
}

fn best_of(
    scored: &[Scored],
    count: usize,
    seed: u32,
    wanted: &dyn Fn(usize) -> bool,
) -> BinaryHeap<(u64, usize)> {
    let mut best: BinaryHeap<(u64, usize)> = BinaryHeap::new();
    for (index, candidate) in scored.iter().enumerate() {
        let is_full = best.len() >= count;
        // The draw between equals is needed for few.
        if is_full && best.peek().is_some_and(|worst| falling(candidate.score) > (worst.0 >> 32) as u32) {
            continue;
        }
        let entry = (order(candidate, seed), index);
        if !is_full {
            if wanted(index) {
                best.push(entry);
            }
        } else if let Some(mut worst) = best.peek_mut().filter(|worst| entry < **worst && wanted(index)) {
            *worst = entry;
        }
    }
    best
}

/// A number that is smaller the earlier a candidate comes: by score, then by a draw from the seed.
pub(super) fn order(candidate: &Scored, seed: u32) -> u64 {
    let falling = falling(candidate.score);
    let turn = derive_key(seed ^ candidate.key.0, "");
    u64::from(falling) << 32 | u64::from(turn)
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::super::candidates::candidate;
    use super::*;
    use homebody_protocol::ItemKey;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_scores(a in -1e30f32..1e30, b in -1e30f32..1e30) {
            let scored = |score| Scored { score, ..candidate(Source::Pool, 0, ItemKey(1)) };
            prop_assert_eq!(order(&scored(a), 0).cmp(&order(&scored(b), 0)), b.total_cmp(&a));
        }
    }
}
