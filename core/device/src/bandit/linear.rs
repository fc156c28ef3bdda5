//! Belief about what makes this visitor click: Bayesian linear regression of clicks over a few features (Agrawal &
//! Goyal 2013). What is kept is evidence alone, sums over impressions; the prior is added when it is used, so that a
//! new one from the server counts at once.

use homebody_protocol::models::LinearPrior;
pub use homebody_protocol::models::prior::LINEAR_FEATURES as FEATURES;

use super::random::Random;
use crate::consent::{Permit, Personalize};
use crate::profile::Profile;

/// Features of one item.
pub(crate) type Features = [f32; FEATURES];

/// Numbers kept: the precision, row-major, then the sum of the features of what was clicked. Those of `levels` and of
/// `decision` follow where there are any.
pub(super) const KEPT: usize = FEATURES * FEATURES + FEATURES;
/// What is left of the evidence after an impression. An impression counts half after 350 more, and no sum exceeds 500.
pub(super) const FORGETTING: f32 = 0.998;
/// No number of a prior or of stored evidence is taken for larger.
const LARGEST: f32 = 1e6;
/// Pivots of the factorisation are at least this: the precision stays positive definite whatever the prior holds.
const RIDGE: f32 = 1e-3;
/// Precision of a weight without a prior: as if each feature had been seen once, without effect.
const USUAL_PRECISION: f32 = 1.0;
/// Variance of a click around its mean where no prior says.
const USUAL_NOISE: f32 = 0.1;

/// What is believed of the weights: normal with this mean, and covariance `noise · (L Lᵀ)⁻¹`.
#[derive(Clone, Debug)]
pub(crate) struct Posterior {
    /// L, lower triangular.
    factor: [Features; FEATURES],
    mean: Features,
    noise: f32,
}

impl Posterior {
    /// Prior and evidence; one of another length than [`FEATURES`] asks for is not used.
    pub(crate) fn of(prior: &LinearPrior, evidence: &[f32]) -> Self {
        let has_prior = prior.mean.len() == FEATURES && prior.precision.len() == FEATURES * FEATURES;
        let has_evidence = is_kept(evidence);
        let mut factor = [[0.0; FEATURES]; FEATURES];
        let mut mean = [0.0; FEATURES];
        for (row, cells) in factor.iter_mut().enumerate() {
            for (column, cell) in cells.iter_mut().enumerate() {
                let at = row * FEATURES + column;
                *cell = if row == column { USUAL_PRECISION } else { 0.0 };
                if has_prior {
                    *cell = bounded(prior.precision[at]);
                    mean[row] += *cell * bounded(prior.mean[column]);
                }
                if has_evidence {
                    *cell += bounded(evidence[at]);
                }
            }
            if has_evidence {
                mean[row] += bounded(evidence[FEATURES * FEATURES + row]);
            }
        }
        let noise = if has_prior { bounded(prior.noise).max(1e-6) } else { USUAL_NOISE };
        let mut posterior = Self { factor, mean, noise };
        posterior.factorise();
        posterior.mean = posterior.backward(posterior.forward(posterior.mean));
        posterior
    }

    /// Weights drawn by a seed; each stream is a draw of its own.
    pub(crate) fn draw(&self, seed: u32, stream: u32) -> Features {
        let mut random = Random::of(seed, stream);
        let scale = self.noise.sqrt();
        let mut weights = self.backward([0.0; FEATURES].map(|_: f32| scale * random.normal()));
        for (weight, mean) in weights.iter_mut().zip(self.mean) {
            *weight = bounded(*weight + mean);
        }
        weights
    }

    /// Mean and standard deviation of the believed reward of an item.
    pub(crate) fn reward(&self, features: &Features) -> (f32, f32) {
        let half = self.forward(*features);
        (dot(&self.mean, features), (self.noise * dot(&half, &half)).sqrt())
    }

    /// Cholesky, in place; what is above the diagonal is left as it was and not read again.
    fn factorise(&mut self) {
        for column in 0..FEATURES {
            for row in column..FEATURES {
                let before = dot(&self.factor[row][..column], &self.factor[column][..column]);
                let rest = self.factor[row][column] - before;
                self.factor[row][column] = if row == column {
                    rest.max(RIDGE).sqrt()
                } else {
                    bounded(rest / self.factor[column][column])
                };
            }
        }
    }

    /// Solves `L x = y`.
    fn forward(&self, mut y: Features) -> Features {
        for row in 0..FEATURES {
            y[row] = bounded((y[row] - dot(&self.factor[row][..row], &y[..row])) / self.factor[row][row]);
        }
        y
    }

    /// Solves `Lᵀ x = y`.
    fn backward(&self, mut y: Features) -> Features {
        for row in (0..FEATURES).rev() {
            y[row] = bounded(y[row] / self.factor[row][row]);
            for before in 0..row {
                y[before] -= self.factor[row][before] * y[row];
            }
        }
        y
    }
}

impl Profile {
    /// What is kept here, in `levels` and in `decision`, at least so long; `None` with a permit of another epoch. What is too
    /// short to be evidence is dropped.
    #[inline(never)]
    pub(super) fn evidence(&mut self, permit: &Permit<Personalize>, least: usize) -> Option<&mut [f32]> {
        if permit.epoch() != self.epoch {
            return None;
        }
        if !is_kept(&self.linear) {
            self.linear.clear();
        }
        self.linear.resize(self.linear.len().max(least), 0.0);
        Some(&mut self.linear)
    }

    /// Books what became of a listed item: shown, or opened, or both at once.
    ///
    /// An impression forgets a little of everything before; a permit of another epoch changes nothing.
    pub(crate) fn learn(
        &mut self,
        permit: &Permit<Personalize>,
        features: &Features,
        shown: bool,
        opened: bool,
    ) {
        let Some(kept) = self.evidence(permit, KEPT) else { return };
        let (precision, rewards) = kept.split_at_mut(FEATURES * FEATURES);
        if shown {
            for (cell, at) in precision.iter_mut().zip(0..) {
                *cell = bounded(*cell * FORGETTING + features[at / FEATURES] * features[at % FEATURES]);
            }
        }
        for (reward, feature) in rewards.iter_mut().zip(features) {
            let kept = if shown { *reward * FORGETTING } else { *reward };
            *reward = bounded(kept + if opened { *feature } else { 0.0 });
        }
    }
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

/// Whether numbers are evidence; what later releases keep besides stands behind it.
pub(super) fn is_kept(evidence: &[f32]) -> bool {
    evidence.len() >= KEPT
}

/// The number within ±1e6; 0 for what is none.
pub(super) fn bounded(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-LARGEST, LARGEST) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{Consent, Purpose};
    use proptest::prelude::*;

    /// Features of an item that differ in two of them.
    fn item(collaborative: f32, price: f32) -> Features {
        let mut features = [0.0; FEATURES];
        (features[0], features[1], features[7]) = (1.0, collaborative, price);
        features
    }

    fn learned(items: impl Iterator<Item = (Features, bool)>) -> Profile {
        let permit = Consent::none().granted(Purpose::Personalize).personalize().unwrap();
        let mut profile = Profile::new(&permit, 0);
        items.for_each(|(features, opened)| profile.learn(&permit, &features, true, opened));
        profile
    }

    #[test]
    fn what_is_clicked_is_believed_in_and_doubt_shrinks() {
        let items =
            (0..200).map(|step: u8| (item(f32::from(step % 2), f32::from(step % 3) / 2.0), step % 2 == 1));
        let profile = learned(items);
        let (before, after) = (
            Posterior::of(&LinearPrior::default(), &[]),
            Posterior::of(&LinearPrior::default(), &profile.linear),
        );
        let ((wanted, doubt), (unwanted, _)) = (after.reward(&item(1.0, 0.5)), after.reward(&item(0.0, 0.5)));
        assert!((wanted - 1.0).abs() < 0.1 && unwanted.abs() < 0.1, "{wanted} {unwanted}");
        assert!(doubt < before.reward(&item(1.0, 0.5)).1 / 4.0);
    }

    #[test]
    fn evidence_stays_bounded_and_a_new_taste_wins() {
        let items = (0..6_000).map(|step| (item(1.0, 0.0), step < 4_000));
        let profile = learned(items);
        assert!(profile.linear.iter().all(|&sum| sum <= 501.0));
        let (reward, _) = Posterior::of(&LinearPrior::default(), &profile.linear).reward(&item(1.0, 0.0));
        assert!(reward < 0.05, "{reward} after two thousand in vain");
    }

    #[test]
    fn draws_scatter_as_much_as_is_doubted() {
        let profile =
            learned((0..40).map(|step: u8| (item(f32::from(step % 4) / 4.0, 0.5), step.is_multiple_of(3))));
        let posterior = Posterior::of(&LinearPrior::default(), &profile.linear);
        let probe = item(0.7, 0.9);
        let (mean, sd) = posterior.reward(&probe);
        let draws: Vec<f32> = (0..4_000).map(|seed| dot(&posterior.draw(seed, 0), &probe)).collect();
        let found = draws.iter().sum::<f32>() / 4_000.0;
        let scatter =
            (draws.iter().map(|draw| (draw - found) * (draw - found)).sum::<f32>() / 4_000.0).sqrt();
        assert!((found - mean).abs() < 4.0 * sd / 63.0, "{found} {mean}");
        assert!((scatter / sd - 1.0).abs() < 0.08, "{scatter} {sd}");
    }

    proptest! {
        #[test]
        fn whatever_is_stored_gives_numbers(
            stored in prop::collection::vec(prop::num::f32::ANY, KEPT), prior in prop::num::f32::ANY, has_prior: bool,
        ) {
            let mut model = LinearPrior::default();
            if has_prior {
                model = LinearPrior {
                    mean: vec![prior; FEATURES], precision: vec![prior; FEATURES * FEATURES], noise: prior,
                };
            }
            let posterior = Posterior::of(&model, &stored);
            let (mean, sd) = posterior.reward(&item(1.0, 1.0));
            prop_assert!(mean.is_finite() && sd.is_finite(), "{} {}", mean, sd);
            prop_assert!(posterior.draw(1, 0).iter().all(|weight| weight.is_finite()));
        }
    }
}
