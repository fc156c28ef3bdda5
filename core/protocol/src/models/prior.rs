//! What exploration knows before a visitor has seen anything.

use crate::wire::{Reader, Section, put_count, put_f32s};

/// Most features of the linear bandit.
pub const MAX_LINEAR: usize = 32;

/// Beta prior of each row's click rate: (clicks + a, impressions left alone + b), both > 0. Empty without priors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArmPriors(
    /// One a row.
    pub Vec<(f32, f32)>,
);

/// Number of features of the device's linear bandit.
pub const LINEAR_FEATURES: usize = 12;

/// The features of an item under the circumstances of a request, in order, each within \[−1, 1\]; a
/// [`LinearPrior`] is over these. `x̃ = x / (1 + |x|)` keeps what has no bounds within them.
///
/// | feature | value |
/// | --- | --- |
/// | `bias` | 1 |
/// | `collaborative`, `content` | x̃ of what the lists of that kind add to the score |
/// | `taste` | x̃ of what category, brand and tags add to the score |
/// | `popularity`, `trend` | `x / (3 + x)` of the table's column |
/// | `freshness` | `2^(−age / 30 days)`, 0 unknown |
/// | `price` | `log₂(1 + price) / 16`, at most 1; 0.5 unknown |
/// | `hour_sin`, `hour_cos` | the local hour on a circle, the sine drawn as parabolas; 0 unknown |
/// | `phone` | 1 on a phone |
/// | `phone_price` | `phone · price` |
pub const LINEAR_FEATURE_NAMES: [&str; LINEAR_FEATURES] = [
    "bias",
    "collaborative",
    "content",
    "taste",
    "popularity",
    "trend",
    "freshness",
    "price",
    "hour_sin",
    "hour_cos",
    "phone",
    "phone_price",
];

/// Gaussian prior of a linear reward model: mean and precision (inverse covariance times noise variance).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinearPrior {
    /// Mean weight of each feature; the features are [`LINEAR_FEATURE_NAMES`]. Empty without a prior.
    pub mean: Vec<f32>,
    /// Precision, row-major, symmetric positive definite, `mean.len()²` values.
    pub precision: Vec<f32>,
    /// Variance of a reward around its mean, > 0.
    pub noise: f32,
}

impl Section for ArmPriors {
    const TAG: &'static str = "ARMS";

    fn write(&self, out: &mut Vec<u8>) {
        out.extend((self.0.len() as u32).to_le_bytes());
        for (clicks, left_alone) in &self.0 {
            put_f32s(out, &[*clicks, *left_alone]);
        }
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let count = input.entries(8);
        Self((0..count).map(|_| (input.positive(), input.positive())).collect())
    }
}

impl Section for LinearPrior {
    const TAG: &'static str = "LINP";

    fn write(&self, out: &mut Vec<u8>) {
        put_count(out, self.mean.len());
        put_count(out, 0);
        put_f32s(out, &[self.noise]);
        put_f32s(out, &self.mean);
        put_f32s(out, &self.precision);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let count = input.count(MAX_LINEAR);
        input.u16();
        Self {
            noise: input.positive(),
            mean: input.f32s(count, Reader::f32),
            precision: input.f32s(count * count, Reader::f32),
        }
    }
}
