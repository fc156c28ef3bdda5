//! Purchase intent: calibrated logistic regression over the visitor's features.

use crate::features::FEATURES;
use crate::wire::{Reader, Section, put_count, put_f32s};

/// A logistic model; without weights it is no model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intent {
    /// Weight of each standardised feature of [`crate::features`]; empty without a model.
    pub weights: Vec<f32>,
    /// Log-odds of an average visitor.
    pub bias: f32,
    /// Mean of each feature.
    pub mean: Vec<f32>,
    /// Standard deviation of each feature, > 0.
    pub sd: Vec<f32>,
    /// Calibration (Platt 1999): probability = σ(slope · log-odds + offset). Also applied to a tree ensemble's margin.
    pub slope: f32,
    /// See `slope`.
    pub offset: f32,
}

impl Intent {
    /// Whether there is a model.
    pub fn is_known(&self) -> bool {
        !self.weights.is_empty()
    }

    /// Probability of a purchase in this visit, 0–1; `None` without a model.
    pub fn probability(&self, features: &[f32; FEATURES]) -> Option<f32> {
        if !self.is_known() {
            return None;
        }
        let mut margin = self.bias;
        for (index, &value) in features.iter().enumerate() {
            margin += self.weights[index] * (value - self.mean[index]) / self.sd[index];
        }
        Some(self.calibrated(margin))
    }

    /// σ(slope · margin + offset).
    pub fn calibrated(&self, margin: f32) -> f32 {
        1.0 / (1.0 + libm::expf(-(self.slope * margin + self.offset)))
    }
}

impl Section for Intent {
    const TAG: &'static str = "INTN";

    fn write(&self, out: &mut Vec<u8>) {
        put_count(out, FEATURES);
        put_count(out, 0);
        put_f32s(out, &[self.bias, self.slope, self.offset]);
        put_f32s(out, &self.weights);
        put_f32s(out, &self.mean);
        put_f32s(out, &self.sd);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let features = input.count(FEATURES);
        input.ensure(features == FEATURES);
        input.u16();
        Self {
            bias: input.f32(),
            slope: input.f32(),
            offset: input.f32(),
            weights: input.f32s(FEATURES, Reader::f32),
            mean: input.f32s(FEATURES, Reader::f32),
            sd: input.f32s(FEATURES, Reader::positive),
        }
    }
}
