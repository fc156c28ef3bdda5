//! What the visitor is like: segments and the rounds that find them.

use homebody_protocol::features::FEATURES;
use homebody_protocol::task::{Measurement, Scale};

use super::Question;

/// Number of features.
pub(super) const LEN: usize = FEATURES;

/// Features, standardised and cut.
pub(super) type Standard = [f64; FEATURES];

/// `(x − mean) / sd` within ±limit.
pub(super) fn standardised(features: &[f32; FEATURES], scale: &Scale) -> Standard {
    let limit = f64::from(scale.limit);
    core::array::from_fn(|index| {
        let at = |list: &[f32], otherwise: f32| f64::from(list.get(index).copied().unwrap_or(otherwise));
        let value = (f64::from(features[index]) - at(&scale.mean, 0.0)) / at(&scale.sd, 1.0);
        value.clamp(-limit, limit)
    })
}

impl Question<'_> {
    /// The cell of the visitor's segment.
    pub(super) fn segment(&self, segments: u32) -> Vec<u32> {
        self.facts.profile.segment.map(u32::from).filter(|place| *place < segments).into_iter().collect()
    }

    /// 1 and x in the cluster of the nearest centre (Lloyd 1957).
    pub(super) fn k_means(&self, scale: &Scale, centres: &[Vec<f32>]) -> Vec<f64> {
        let Some(x) = self.features(scale) else { return Vec::new() };
        let distance = |centre: &Vec<f32>| -> f64 {
            centre.iter().zip(x).map(|(&centre, x)| (x - f64::from(centre)) * (x - f64::from(centre))).sum()
        };
        let mut nearest: Option<(usize, f64)> = None;
        for (index, centre) in centres.iter().enumerate() {
            let away = distance(centre);
            if nearest.is_none_or(|(_, least)| away < least) {
                nearest = Some((index, away));
            }
        }
        let Some((cluster, _)) = nearest else { return Vec::new() };
        let mut natural = vec![0.0; centres.len() * (1 + FEATURES)];
        let cells = &mut natural[cluster * (1 + FEATURES)..][..1 + FEATURES];
        cells[0] = 1.0;
        cells[1..].copy_from_slice(&x);
        natural
    }

    /// r, r x and r x² of each component, r being its posterior probability (Dempster, Laird, Rubin 1977).
    pub(super) fn mixture(&self) -> Vec<f64> {
        let Measurement::Mixture { scale, shares, means, variances, .. } = &self.task.measurement else {
            return Vec::new();
        };
        let Some(x) = self.features(scale) else { return Vec::new() };
        let components = shares.iter().zip(means).zip(variances);
        let logs: Vec<f64> = components
            .map(|((&share, mean), variance)| {
                let terms = x.iter().zip(mean).zip(variance).map(|((x, &mean), &variance)| {
                    let away = x - f64::from(mean);
                    libm::log(f64::from(variance)) + away * away / f64::from(variance)
                });
                libm::log(f64::from(share)) - 0.5 * terms.sum::<f64>()
            })
            .collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let odds: Vec<f64> = logs.iter().map(|log| libm::exp(log - most)).collect();
        let total: f64 = odds.iter().sum();
        let component = |odds: &f64| {
            let share = odds / total;
            let values = x.map(|x| share * x).into_iter().chain(x.map(|x| share * x * x));
            core::iter::once(share).chain(values).collect::<Vec<f64>>()
        };
        odds.iter().flat_map(component).collect()
    }

    /// x, then x_i x_j for i ≤ j.
    pub(super) fn second_moments(&self, scale: &Scale) -> Vec<f64> {
        let Some(x) = self.features(scale) else { return Vec::new() };
        x.iter().copied().chain(triangle(&x)).collect()
    }

    /// The visitor's features; `None` for nobody.
    fn features(&self, scale: &Scale) -> Option<Standard> {
        let features = || self.facts.profile.summary(self.facts.now_ms).features();
        self.is_somebody().then(|| standardised(&features(), scale))
    }
}

/// Products of each pair, row by row from the diagonal.
pub(super) fn triangle(x: &[f64]) -> Vec<f64> {
    let mut products = Vec::with_capacity(x.len() * (x.len() + 1) / 2);
    for (index, left) in x.iter().enumerate() {
        products.extend(x[index..].iter().map(|right| left * right));
    }
    products
}
