//! One time scale or two?
//!
//! The single setting is the best of some sixty and the pair the best of as many pairs, each on the same visitors, so both
//! look better than they are, and not by the same amount. Their difference is therefore cross-fitted (Stone 1974): the
//! visitors are cut into folds, the best single and the best pair are chosen on all folds but one, and judged on that
//! one. Every visitor is judged by settings that were chosen without them; the differences pass the gate or do not. What
//! is left of the luck: how far the search went, and which members pairs are made of, was decided on all visitors.

use super::gate::{MAY_LOSE, is_better};
use crate::judge::{Judge, Part, Weighted};

/// Weights a pair is judged at: one that needs an exact weight owes it to these visitors.
const WEIGHTS: [[f32; 2]; 3] = [[1.0, 0.5], [1.0, 1.0], [0.5, 1.0]];
/// Parts that the visitors are cut into.
const FOLDS: usize = 5;

/// NDCG@10 of each visitor under a pair, the mean over several weights.
pub(super) fn judged(judge: &Judge<'_>, first: &Part, second: &Part) -> Vec<f32> {
    let mut each = vec![0.0f32; judge.visitors.len()];
    for [left, right] in WEIGHTS {
        let parts = [Weighted { part: first, weight: left }, Weighted { part: second, weight: right }];
        for (sum, metrics) in each.iter_mut().zip(judge.blend(&parts, 0.0)) {
            *sum += metrics.ndcg / WEIGHTS.len() as f32;
        }
    }
    each
}

/// Whether the best of `singles` is better than the best of `pairs` beyond luck; each is NDCG@10 by visitor.
///
/// Two scales are the rule and one is what must be proved: two were better on every sequence we know, and the blend may
/// still drop the second.
pub(super) fn are_worse(pairs: &[&[f32]], singles: &[&[f32]]) -> bool {
    is_better(&cross_fitted(singles), &cross_fitted(pairs), MAY_LOSE)
}

/// The first of `candidates` with the largest mean over some visitors.
pub(super) fn best<'a>(
    candidates: &[&'a [f32]],
    counts: impl Fn(usize) -> bool + Copy,
) -> Option<(usize, &'a [f32])> {
    let mut best: Option<(f64, usize, &[f32])> = None;
    for (index, &each) in candidates.iter().enumerate() {
        let counted = each.iter().enumerate().filter(|(visitor, _)| counts(*visitor));
        let sum: f64 = counted.map(|(_, &value)| f64::from(value)).sum();
        if best.is_none_or(|(most, ..)| sum > most) {
            best = Some((sum, index, each));
        }
    }
    best.map(|(_, index, each)| (index, each))
}

/// Each visitor's value under the candidate that is best on the folds they are not in.
fn cross_fitted(candidates: &[&[f32]]) -> Vec<f32> {
    let visitors = candidates.first().map_or(0, |each| each.len());
    let mut fitted = Vec::with_capacity(visitors);
    for fold in 0..FOLDS {
        // Whole runs of visitors: those who stand side by side may be one person at several moments.
        let held_out = fold * visitors / FOLDS..(fold + 1) * visitors / FOLDS;
        if let Some((_, each)) = best(candidates, |visitor| !held_out.contains(&visitor)) {
            fitted.extend(&each[held_out.clone()]);
        }
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::SplitMix64;

    /// Settings that are each good for one fifth of the visitors and useless for the others.
    fn lucky() -> Vec<Vec<f32>> {
        (0..5)
            .map(|fold| (0..100).map(|visitor| f32::from(u8::from(visitor / 20 == fold))).collect())
            .collect()
    }

    fn slices(all: &[Vec<f32>]) -> Vec<&[f32]> {
        all.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn nobody_is_judged_by_what_was_chosen_for_them() {
        assert_eq!(cross_fitted(&slices(&lucky())), [0.0; 100]);
        let mut with_steady = lucky();
        with_steady.push(vec![0.3; 100]);
        assert_eq!(cross_fitted(&slices(&with_steady)), [0.3; 100]);
        assert!(cross_fitted(&[]).is_empty());
    }

    #[test]
    fn luck_alone_makes_no_single_champion() {
        let mut rng = SplitMix64(6);
        let mut noise = |mean: f32| (0..2000).map(|_| mean + rng.unit() as f32 - 0.5).collect::<Vec<f32>>();
        let singles: Vec<Vec<f32>> = (0..60).map(|_| noise(0.3)).collect();
        let (same, worse) = (vec![noise(0.3)], vec![noise(0.26)]);
        let (_, luckiest) = best(&slices(&singles), |_| true).unwrap();
        assert!(is_better(luckiest, &same[0], MAY_LOSE), "judged on those it was chosen by, it would win");
        assert!(!are_worse(&slices(&same), &slices(&singles)));
        assert!(are_worse(&slices(&worse), &slices(&singles)));
    }

    #[test]
    fn of_equals_the_first_is_taken() {
        assert_eq!(best(&[&[0.5, 0.5], &[1.0, 0.0]], |_| true).map(|(index, _)| index), Some(0));
    }
}
