//! Weights of the blend, one coordinate at a time.
//!
//! A part that had no say gets one only through the gate: at its best weight it must be better than without it by
//! a paired bootstrap over the judged visitors. Weights of parts that are in already move while that helps. What a
//! regression over all weights at once finds is a second start; it is taken if it passes the gate in turn.

use super::gate::{MAY_LOSE, is_better};
use super::regress;
use crate::judge::{Judge, Part, Weighted};
use crate::metrics::{Metrics, mean};

/// Weights tried for each part; the standard deviation of sparse list scores is small against their peaks, so
/// popularity needs large weights to be heard.
const WEIGHTS: [f32; 12] = [0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0];
const EVIDENCE: [f32; 4] = [0.5, 2.0, 5.0, 15.0];
/// A change must bring this much, or it is fitting to these visitors.
const MIN_GAIN: f32 = 1.004;
const ROUNDS: usize = 3;

/// Chosen weights, in the order of the parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    pub(super) weights: Vec<f32>,
    pub(super) evidence_k: f32,
    pub(super) metrics: Metrics,
    /// NDCG@10 of each visitor.
    each: Vec<f32>,
}

/// The weights of all parts: the first `collaborative` of them count 1 to begin with.
pub(super) fn weigh(judge: &Judge<'_>, parts: &[&Part], collaborative: usize) -> Chosen {
    let start = (0..parts.len()).map(|index| if index < collaborative { 1.0 } else { 0.0 }).collect();
    let stepwise = choose(judge, parts, start);
    let Some(weights) = regress::weights(judge, parts, stepwise.evidence_k) else { return stepwise };
    let regressed = choose(judge, parts, weights);
    if is_better(&regressed.each, &stepwise.each, MAY_LOSE) { regressed } else { stepwise }
}

/// Starts from `weights` and moves one weight at a time while that helps; the first part keeps its weight,
/// because only ratios matter.
fn choose(judge: &Judge<'_>, parts: &[&Part], weights: Vec<f32>) -> Chosen {
    let mut chosen = Chosen::judged(judge, parts, weights, EVIDENCE[0]);
    for _ in 0..ROUNDS {
        let before = chosen.weights.clone();
        for index in 1..parts.len() {
            chosen.move_weight(judge, parts, index);
        }
        if chosen.weights == before {
            break;
        }
    }
    for evidence_k in EVIDENCE {
        let other = Chosen::judged(judge, parts, chosen.weights.clone(), evidence_k);
        if other.metrics.ndcg > chosen.metrics.ndcg * MIN_GAIN {
            chosen = other;
        }
    }
    chosen
}

impl Chosen {
    fn judged(judge: &Judge<'_>, parts: &[&Part], weights: Vec<f32>, evidence_k: f32) -> Self {
        let weighted: Vec<Weighted<'_>> =
            parts.iter().zip(&weights).map(|(part, &weight)| Weighted { part, weight }).collect();
        let all = judge.blend(&weighted, evidence_k);
        let each = all.iter().map(|metrics| metrics.ndcg).collect();
        Self { weights, evidence_k, metrics: mean(&all), each }
    }

    /// Takes these weights when at most `1 − kept` of NDCG@10 is lost.
    pub(super) fn take_if_kept(&mut self, judge: &Judge<'_>, parts: &[&Part], weights: Vec<f32>, kept: f32) {
        let other = Self::judged(judge, parts, weights, self.evidence_k);
        if other.metrics.ndcg > self.metrics.ndcg * kept {
            *self = other;
        }
    }

    /// Moves one weight to the best one tried. Parts without spread have nothing to say.
    fn move_weight(&mut self, judge: &Judge<'_>, parts: &[&Part], index: usize) {
        if parts[index].is_flat() {
            return;
        }
        let mut best: Option<Self> = None;
        for weight in WEIGHTS.into_iter().filter(|weight| *weight != self.weights[index]) {
            let mut weights = self.weights.clone();
            weights[index] = weight;
            let other = Self::judged(judge, parts, weights, self.evidence_k);
            if best.as_ref().is_none_or(|best| other.metrics.ndcg > best.metrics.ndcg) {
                best = Some(other);
            }
        }
        let is_new = self.weights[index] == 0.0;
        let worth_it = |best: &Self| {
            best.metrics.ndcg > self.metrics.ndcg * MIN_GAIN
                && (!is_new || is_better(&best.each, &self.each, MAY_LOSE))
        };
        if let Some(best) = best.filter(worth_it) {
            *self = best;
        }
    }
}
