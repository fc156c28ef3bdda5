//! Weights of the blend, one coordinate at a time.

use crate::judge::{Judge, Part, Weighted};
use crate::metrics::{Metrics, mean};

/// Weights tried for each part; the standard deviation of sparse list scores is small against their peaks, so
/// popularity needs large weights to be heard.
const WEIGHTS: [f32; 10] = [0.0, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0];
const EVIDENCE: [f32; 4] = [0.5, 2.0, 5.0, 15.0];
/// A change must bring this much, or it is fitting to these visitors.
const MIN_GAIN: f32 = 1.01;
const ROUNDS: usize = 2;

/// Chosen weights, in the order of the parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    pub(super) weights: Vec<f32>,
    pub(super) evidence_k: f32,
    pub(super) metrics: Metrics,
}

/// Starts from `weights` and moves one weight at a time while that helps; the first part keeps its weight,
/// because only ratios matter.
pub(super) fn choose(judge: &Judge<'_>, parts: &[&Part], weights: Vec<f32>) -> Chosen {
    let metrics = judged(judge, parts, &weights, EVIDENCE[0]);
    let mut chosen = Chosen { weights, evidence_k: EVIDENCE[0], metrics };
    for _ in 0..ROUNDS {
        for index in 1..parts.len() {
            for weight in WEIGHTS {
                let mut weights = chosen.weights.clone();
                weights[index] = weight;
                chosen.take_if(judge, parts, weights, None, MIN_GAIN);
            }
        }
    }
    for evidence_k in EVIDENCE {
        chosen.take_if(judge, parts, chosen.weights.clone(), Some(evidence_k), MIN_GAIN);
    }
    chosen
}

impl Chosen {
    /// Moves to these weights when NDCG@10 becomes more than `gain` times what it was.
    pub(super) fn take_if(
        &mut self,
        judge: &Judge<'_>,
        parts: &[&Part],
        weights: Vec<f32>,
        evidence_k: Option<f32>,
        gain: f32,
    ) -> bool {
        let evidence_k = evidence_k.unwrap_or(self.evidence_k);
        if weights == self.weights && evidence_k == self.evidence_k {
            return false;
        }
        let metrics = judged(judge, parts, &weights, evidence_k);
        let better = metrics.ndcg > self.metrics.ndcg * gain;
        if better {
            *self = Self { weights, evidence_k, metrics };
        }
        better
    }
}

fn judged(judge: &Judge<'_>, parts: &[&Part], weights: &[f32], evidence_k: f32) -> Metrics {
    let weighted: Vec<Weighted<'_>> =
        parts.iter().zip(weights).map(|(part, &weight)| Weighted { part, weight }).collect();
    mean(&judge.blend(&weighted, evidence_k))
}
