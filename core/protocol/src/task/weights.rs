//! How weights of decisions become cells.

use serde::{Deserialize, Serialize};

/// A decision weighs π / p: the chance by which the policy that is asked about lists the item over the propensity by which
/// it was listed. Clipped at `most`, a weight is rounded, by lot, to one of `levels` + 1 steps, so that the mean stays what
/// it is. Two cells a step: not opened, opened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Weights are clipped here, above 0 and at most 1,000.
    pub most: f32,
    /// Steps above 0, 1 to 64.
    pub levels: u32,
}

impl Weights {
    /// Cells of all steps; a report has one more, for nothing to tell.
    pub fn cells(&self) -> u32 {
        self.levels.saturating_add(1).saturating_mul(2)
    }

    /// The cell of a decision; `draw` is from 0 to 1. What is no number, or below 0, weighs nothing.
    pub fn cell(&self, weight: f32, is_opened: bool, draw: f64) -> u32 {
        let levels = f64::from(self.levels);
        let steps = levels * (f64::from(weight.max(0.0)) / f64::from(self.most)).min(1.0);
        let whole = libm::floor(steps);
        let step = whole + f64::from(u8::from(draw < steps - whole));
        2 * (step as u32).min(self.levels) + u32::from(is_opened)
    }

    /// What a decision of a step weighs.
    pub fn weight(&self, step: usize) -> f64 {
        f64::from(self.most) * step as f64 / f64::from(self.levels.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: Weights = Weights { most: 4.0, levels: 16 };

    #[test]
    fn rounding_by_lot_keeps_the_mean_and_nothing_leaves_the_bound() {
        let draws = (0..1_000).map(|draw| f64::from(draw) / 1_000.0);
        let steps: u32 = draws.map(|draw| WEIGHTS.cell(1.1, false, draw) / 2).sum();
        assert!((WEIGHTS.weight(1) * f64::from(steps) / 1_000.0 - 1.1).abs() < 0.001);
        for weight in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e30] {
            assert!(WEIGHTS.cell(weight, true, 0.999) < WEIGHTS.cells());
        }
        assert_eq!((WEIGHTS.cell(f32::NAN, false, 0.5), WEIGHTS.cell(1e9, true, 0.5)), (0, 33));
    }
}
