//! Weights of the blend by regression, all at once.
//!
//! A conditional logit (McFadden 1974): of one wanted item and a sample of others, the chance that the wanted one is
//! taken is softmax(w·z), z being the standardised parts. Others are drawn uniformly, which leaves the weights
//! consistent; taken from the top of the model's own list they turned its weight negative. The log-likelihood is
//! concave and has a dozen unknowns, so Newton's method needs a few rounds and no step size.

use crate::bootstrap::SplitMix64;
use crate::judge::{Judge, Part, evidence};

/// Others that each wanted item is compared with.
const OTHERS: usize = 100;
/// Wanted items of one visitor: who wants a hundred is not to outvote a hundred others.
const MAX_WANTED: usize = 4;
const ROUNDS: usize = 12;
/// Pull of each weight towards 0, as a share of the comparisons.
const RIDGE: f64 = 1e-3;
const SEED: u64 = 11;

/// One comparison: the standardised parts of the wanted item, then those of the others.
type Comparison = Vec<Vec<f64>>;

/// A weight for each part, ≥ 0, the first being 1; `None` when the parts do not explain what is wanted.
pub(super) fn weights(judge: &Judge<'_>, parts: &[&Part], evidence_k: f32) -> Option<Vec<f32>> {
    let comparisons = comparisons(judge, parts, evidence_k);
    let mut active: Vec<bool> = parts.iter().map(|part| !part.is_flat()).collect();
    loop {
        let weights = newton(&comparisons, &active)?;
        let negative = (0..weights.len()).find(|&index| weights[index] < 0.0);
        match negative {
            Some(index) => active[index] = false,
            None if weights[0] > 0.0 => {
                return Some(weights.iter().map(|weight| (weight / weights[0]) as f32).collect());
            }
            None => return None,
        }
    }
}

fn comparisons(judge: &Judge<'_>, parts: &[&Part], evidence_k: f32) -> Vec<Comparison> {
    let mut rng = SplitMix64(SEED);
    let rows = judge.keys.len();
    let mut all = Vec::new();
    for (index, visitor) in judge.visitors.iter().enumerate() {
        let standardised = |row: u32| -> Vec<f64> {
            let of = |part: &&Part| {
                let trust = evidence(part, visitor, evidence_k);
                f64::from(trust * (part.score(index, row) - part.mean) / part.sd)
            };
            parts.iter().map(of).collect()
        };
        for &wanted in visitor.wanted.iter().take(MAX_WANTED) {
            let mut rows_compared = vec![wanted];
            for _ in 0..OTHERS {
                let row = rng.below(rows) as u32;
                let seen = !judge.repeats && visitor.held.iter().any(|held| held.item == row);
                if !seen && !visitor.wanted.contains(&row) {
                    rows_compared.push(row);
                }
            }
            all.push(rows_compared.into_iter().map(standardised).collect());
        }
    }
    all
}

/// Maximises the log-likelihood over the active weights; the others stay 0.
fn newton(comparisons: &[Comparison], active: &[bool]) -> Option<Vec<f64>> {
    let size = active.len();
    let mut weights = vec![0.0f64; size];
    for _ in 0..ROUNDS {
        let mut gradient = vec![0.0f64; size];
        let mut hessian = vec![vec![0.0f64; size]; size];
        for comparison in comparisons {
            add_comparison(comparison, &weights, &mut gradient, &mut hessian);
        }
        for index in 0..size {
            let ridge = RIDGE * comparisons.len() as f64;
            gradient[index] -= ridge * weights[index];
            hessian[index][index] += ridge;
            if !active[index] {
                gradient[index] = 0.0;
                hessian[index].fill(0.0);
                hessian.iter_mut().for_each(|row| row[index] = 0.0);
                hessian[index][index] = 1.0;
            }
        }
        let step = solved(hessian, gradient)?;
        for (weight, step) in weights.iter_mut().zip(&step) {
            *weight += step.clamp(-1.0, 1.0);
        }
        if step.iter().all(|step| step.abs() < 1e-4) {
            break;
        }
    }
    weights.iter().all(|weight| weight.is_finite()).then_some(weights)
}

/// Adds z_wanted − E\[z\] to the gradient and Cov\[z\] to the negative Hessian.
fn add_comparison(comparison: &Comparison, weights: &[f64], gradient: &mut [f64], hessian: &mut [Vec<f64>]) {
    let dot = |z: &Vec<f64>| z.iter().zip(weights).map(|(z, weight)| z * weight).sum::<f64>();
    let scores: Vec<f64> = comparison.iter().map(dot).collect();
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let chances: Vec<f64> = scores.iter().map(|score| libm::exp(score - highest)).collect();
    let total: f64 = chances.iter().sum();
    let mut mean = vec![0.0f64; weights.len()];
    for (z, chance) in comparison.iter().zip(&chances) {
        for (mean, z) in mean.iter_mut().zip(z) {
            *mean += chance / total * z;
        }
    }
    for (z, chance) in comparison.iter().zip(&chances) {
        for (row, cells) in hessian.iter_mut().enumerate() {
            let left = chance / total * (z[row] - mean[row]);
            for (column, cell) in cells.iter_mut().enumerate() {
                *cell += left * (z[column] - mean[column]);
            }
        }
    }
    for (index, gradient) in gradient.iter_mut().enumerate() {
        *gradient += comparison[0][index] - mean[index];
    }
}

/// Gaussian elimination; the matrix is positive definite, so pivots stand on the diagonal.
fn solved(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for pivot in 0..size {
        let by = matrix[pivot][pivot];
        if by.is_nan() || by <= 1e-12 {
            return None;
        }
        let (above, below) = matrix.split_at_mut(pivot + 1);
        for (row, offset) in below.iter_mut().zip(1..) {
            let factor = row[pivot] / by;
            for (cell, known) in row.iter_mut().zip(&above[pivot]) {
                *cell -= factor * known;
            }
            right[pivot + offset] -= factor * right[pivot];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_weights_that_made_the_choices_come_back() {
        let truth = [1.0, 0.5, 0.0];
        let mut rng = SplitMix64(1);
        let mut comparison = |_: usize| {
            let mut rows: Comparison =
                (0..20).map(|_| (0..3).map(|_| 2.0 * rng.unit() - 1.0).collect()).collect();
            // Gumbel noise makes the best of w·z + noise a draw from the softmax (Luce 1959).
            let noisy = |z: &Vec<f64>, unit: f64| {
                z.iter().zip(&truth).map(|(z, weight)| z * weight).sum::<f64>()
                    - libm::log(-libm::log(unit.max(1e-12)))
            };
            let scores: Vec<f64> = rows.iter().map(|z| noisy(z, rng.unit())).collect();
            let best = (0..20).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
            rows.swap(0, best);
            rows
        };
        let comparisons: Vec<Comparison> = (0..4000).map(&mut comparison).collect();
        let weights = newton(&comparisons, &[true; 3]).unwrap();
        for (weight, truth) in weights.iter().zip(truth) {
            assert!((weight - truth).abs() < 0.1, "{weights:?}");
        }
        assert_eq!(newton(&comparisons, &[true, true, false]).unwrap()[2], 0.0);
        assert_eq!(newton(&[], &[true; 2]), None);
    }

    proptest! {
        #[test]
        fn elimination_solves(rows in prop::collection::vec(-1.0f64..1.0, 9), right in prop::collection::vec(-1.0f64..1.0, 3)) {
            let at = |row: usize, column: usize| -> f64 {
                let product: f64 = (0..3).map(|k| rows[row * 3 + k] * rows[column * 3 + k]).sum();
                if row == column { product + 0.5 } else { product }
            };
            let matrix: Vec<Vec<f64>> = (0..3).map(|row| (0..3).map(|column| at(row, column)).collect()).collect();
            let solution = solved(matrix.clone(), right.clone()).unwrap();
            for row in 0..3 {
                let left: f64 = (0..3).map(|column| matrix[row][column] * solution[column]).sum();
                prop_assert!((left - right[row]).abs() < 1e-9);
            }
        }
    }
}
