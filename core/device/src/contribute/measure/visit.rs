//! A visit and how it ended.

use homebody_protocol::mechanism::Draw;
use homebody_protocol::task::{Edges, Scale};

use super::Question;
use super::visitor::{standardised, triangle};
use crate::contribute::visit::Visit;

impl Question<'_> {
    /// (y − p) x, then p (1 − p) x_i x_j for i ≤ j, the constant 1 first, with p = σ(w·x).
    pub(super) fn logistic(&self, scale: &Scale, weights: &[f32]) -> Vec<f64> {
        let Some(visit) = self.recent_visit() else { return Vec::new() };
        let x: Vec<f64> = core::iter::once(1.0).chain(standardised(&visit.features, scale)).collect();
        gradient_and_hessian(&x, weights, visit.purchased)
    }

    /// The cell of the outcome, then the cells of bin × outcome of as many features as fit, drawn anew each window.
    ///
    /// Frequencies of a feature's bins do not depend on how many other features were told, so that drawing costs
    /// visitors and no bias.
    pub(super) fn intent(&self, edges: &Edges) -> Vec<u32> {
        let Some(visit) = self.recent_visit() else { return Vec::new() };
        let outcome = u32::from(visit.purchased);
        let told = self.some_features(edges, self.ones().saturating_sub(1));
        let cell = |(feature, first)| 2 + 2 * (first + edges.bin(feature, visit.features[feature])) + outcome;
        core::iter::once(outcome).chain(told.into_iter().map(cell)).collect()
    }

    /// The cell of bin × outcome of what was predicted.
    pub(super) fn calibration(&self, bins: u32) -> Vec<u32> {
        let visit = self.recent_visit().filter(|visit| visit.predicted >= 0.0);
        let cell = |visit: &Visit| bin_of(visit.predicted, bins) * 2 + u32::from(visit.purchased);
        visit.map(cell).into_iter().collect()
    }

    /// Some of the features asked about, each as likely as the others, with the first of its bins.
    pub(super) fn some_features(&self, edges: &Edges, most: usize) -> Vec<(usize, u32)> {
        let mut asked: Vec<(usize, u32)> = edges
            .features()
            .filter(|(feature, ..)| *feature < super::visitor::LEN)
            .map(|(feature, first, _)| (feature, first))
            .collect();
        let mut stream = self.draw(Draw::Feature);
        let mut drawn = Vec::new();
        while drawn.len() < most && !asked.is_empty() {
            drawn.push(asked.swap_remove(stream.below(asked.len() as u64) as usize));
        }
        drawn
    }

    fn recent_visit(&self) -> Option<&Visit> {
        self.facts.visit.filter(|visit| self.is_recent(visit.at_ms))
    }
}

/// The bin of a value from 0 to 1 among bins of equal width.
pub(super) fn bin_of(value: f32, bins: u32) -> u32 {
    // The cast saturates, and takes what is no number for 0.
    ((value * bins as f32) as u32).min(bins.saturating_sub(1))
}

/// (y − p) x, then p (1 − p) x_i x_j for i ≤ j.
pub(super) fn gradient_and_hessian(x: &[f64], weights: &[f32], outcome: bool) -> Vec<f64> {
    let margin: f64 = x.iter().zip(weights).map(|(x, &weight)| x * f64::from(weight)).sum();
    let p = 1.0 / (1.0 + libm::exp(-margin));
    let rest = f64::from(u8::from(outcome)) - p;
    let gradient = x.iter().map(|x| rest * x);
    gradient.chain(triangle(x).into_iter().map(|product| p * (1.0 - p) * product)).collect()
}
