//! Rounds of learners: what a round's sums make of its centres or weights is what they would have become centrally.
//!
//! The model of a round stands in its task, so that a sum can be applied to no other.

use homebody_protocol::features::FEATURES;
use homebody_protocol::task::{BLEND_PARTS, Measurement, Task};

use super::Released;
use crate::cluster::gmm::{Component, Mixture, MixtureSums};
use crate::cluster::kmeans::{Centroids, KMeansSums};
use crate::logistic::LogisticSums;
use crate::moments::Moments;

/// No weight moves further in a round.
const MOST: f64 = 2.0;

/// The centres of the next round of a k-means task. A cluster with fewer visitors than four standard deviations of their
/// noise keeps its centre. `None` for another task or another length.
pub fn k_means(task: &Task, released: &Released) -> Option<Centroids> {
    let Measurement::KMeans { centres, scale, levels } = &task.measurement else { return None };
    let previous = Centroids { all: centres.clone() };
    let mut natural = full(task, released)?;
    for cells in natural.chunks_mut(1 + FEATURES) {
        if cells[0] < 4.0 * released.sigma() / f64::from(*levels) {
            cells.fill(0.0);
        }
    }
    let mut next = KMeansSums::of(&previous, &natural)?.update(&previous);
    let limit = scale.limit;
    next.all.iter_mut().flatten().for_each(|value| *value = value.clamp(-limit, limit));
    Some(next)
}

/// The mixture of the next round of a mixture task. `None` for another task or another length.
pub fn mixture(task: &Task, released: &Released) -> Option<Mixture> {
    let previous = asked(&task.measurement)?;
    Some(MixtureSums::of(&previous, &full(task, released)?)?.update(&previous))
}

/// The mixture that a round asks about.
pub(super) fn asked(measurement: &Measurement) -> Option<Mixture> {
    let Measurement::Mixture { shares, means, variances, .. } = measurement else { return None };
    let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect();
    let components = shares.iter().zip(means).zip(variances);
    let component = |((share, mean), variance): ((&f32, &Vec<f32>), &Vec<f32>)| Component {
        share: f64::from(*share),
        mean: wide(mean),
        variance: wide(variance),
    };
    Some(Mixture { all: components.map(component).collect() })
}

/// Moments of standardised features. `None` for another task or another length.
pub fn moments(task: &Task, released: &Released) -> Option<Moments> {
    let Measurement::SecondMoments { .. } = &task.measurement else { return None };
    Moments::of(FEATURES, &full(task, released)?, released.reports)
}

/// The weights of the next round of a logistic task, the bias first. `None` for another task, another length, and where
/// noise drowned the sums.
///
/// `l2` is λ of the prior; the noise of the Hessian is added to it, as in [`super::pairs`]. Visitors with nothing to say
/// add nothing.
pub fn logistic(task: &Task, released: &Released, l2: f64) -> Option<Vec<f64>> {
    let Measurement::Logistic { weights, .. } = &task.measurement else { return None };
    newton(task, released, weights, FEATURES + 1, l2)
}

/// The factors of the next round of a blend task. `None` as for [`logistic`].
pub fn blend(task: &Task, released: &Released, l2: f64) -> Option<Vec<f64>> {
    let Measurement::Blend { weights, .. } = &task.measurement else { return None };
    newton(task, released, weights, BLEND_PARTS, l2)
}

fn newton(task: &Task, released: &Released, weights: &[f32], side: usize, l2: f64) -> Option<Vec<f64>> {
    let sums = LogisticSums::of(side, &full(task, released)?, released.reports)?;
    let weights: Vec<f64> = weights.iter().map(|&weight| f64::from(weight)).collect();
    let step = homebody_protocol::mechanism::numbers::step_of(&task.measurement, side);
    let noise = 2.0 * released.sigma() * step * (side as f64).sqrt();
    sums.next(&weights, l2 + noise, MOST)
}

/// Natural sums, if they are all there.
fn full(task: &Task, released: &Released) -> Option<Vec<f64>> {
    (released.cells.len() == task.length as usize).then(|| released.natural(task))
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise, summed};
    use super::*;
    use crate::bootstrap::SplitMix64;
    use crate::cluster::{gmm, kmeans};
    use crate::logistic::{LogisticConfig, fit};
    use homebody_protocol::task::Scale;

    const VISITORS: usize = 4_000;

    fn scale() -> Scale {
        Scale { mean: vec![0.0; FEATURES], sd: vec![1.0; FEATURES], limit: 3.0 }
    }

    /// Three groups in sixteen dimensions, within the limit.
    fn visitors() -> Vec<[f32; FEATURES]> {
        let mut rng = SplitMix64(11);
        (0..VISITORS)
            .map(|visitor| {
                let group = visitor % 3;
                core::array::from_fn(|index| {
                    let centre = if index % 3 == group { 1.5 } else { -0.5 };
                    (centre + noise(&mut rng, 0.6)).clamp(-3.0, 3.0) as f32
                })
            })
            .collect()
    }

    fn clustered(centres: &[Vec<f32>], levels: u32) -> Task {
        let measurement = Measurement::KMeans { scale: scale(), centres: centres.to_vec(), levels };
        let bound = measurement.integers().unwrap();
        let length = measurement.length(&bound);
        Task { measurement, bound, length, ..golden("k-means") }
    }

    /// Eight federated rounds from a start.
    fn rounds(start: &Centroids, levels: u32, sigma: f64) -> Centroids {
        let visitors = visitors();
        let mut centres = start.clone();
        for _ in 0..8 {
            let task = clustered(&centres.all, levels);
            let natural = |visitor: usize| {
                let mut natural = vec![0.0; centres.all.len() * (1 + FEATURES)];
                let (nearest, _) = centres.nearest(&visitors[visitor]).unwrap();
                let cells = &mut natural[nearest * (1 + FEATURES)..][..1 + FEATURES];
                cells[0] = 1.0;
                cells[1..].iter_mut().zip(visitors[visitor]).for_each(|(cell, x)| *cell = f64::from(x));
                natural
            };
            centres = k_means(&task, &summed(&task, VISITORS, sigma, natural)).unwrap();
        }
        centres
    }

    fn farthest(left: &Centroids, right: &Centroids) -> f32 {
        let pairs = left.all.iter().flatten().zip(right.all.iter().flatten());
        pairs.map(|(left, right)| (left - right).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn federated_k_means_goes_where_lloyd_goes() {
        let (visitors, start) = (visitors(), Centroids::start(3, FEATURES, 4));
        let central = kmeans::run(start.clone(), 8, 0.0, |centres| {
            let mut sums = KMeansSums::new(centres);
            visitors.iter().for_each(|visitor| _ = sums.add(centres, visitor));
            sums
        });
        let exact = farthest(&rounds(&start, 4_096, 0.0), &central.centroids);
        assert!(exact < 0.003, "fine levels: {exact}");
        let coarse = farthest(&rounds(&start, 14, 0.0), &central.centroids);
        assert!(coarse < 0.05, "coarse levels: {coarse}");
        let noisy = farthest(&rounds(&start, 14, 200.0), &central.centroids);
        assert!(noisy < 0.35, "with noise: {noisy}");
    }

    #[test]
    fn exact_sums_give_lloyds_step_to_the_last_bit() {
        let (visitors, start) = (visitors(), Centroids::start(3, FEATURES, 4));
        let mut sums = KMeansSums::new(&start);
        let mut natural = vec![0.0f64; 3 * (1 + FEATURES)];
        for visitor in &visitors {
            sums.add(&start, visitor);
            let (nearest, _) = start.nearest(visitor).unwrap();
            let cells = &mut natural[nearest * (1 + FEATURES)..][..1 + FEATURES];
            cells[0] += 1.0;
            cells[1..].iter_mut().zip(visitor).for_each(|(cell, x)| *cell += f64::from(*x));
        }
        assert_eq!(KMeansSums::of(&start, &natural).unwrap().update(&start), sums.update(&start));
        assert!(KMeansSums::of(&start, &natural[1..]).is_none());
        natural[0] = f64::NAN;
        assert!(KMeansSums::of(&start, &natural).is_none());
    }

    #[test]
    fn a_cluster_that_only_noise_is_in_keeps_its_centre() {
        let task = golden("k-means");
        let mut cells = vec![0.0; 51];
        cells[0] = 14.0 * 2.0;
        let released = Released { reports: 100.0, cells, variance: 100.0 };
        let Measurement::KMeans { centres, .. } = &task.measurement else { panic!() };
        assert_eq!(&k_means(&task, &released).unwrap().all, centres);
        assert!(k_means(&golden("gate"), &released).is_none());
        assert!(k_means(&task, &Released { cells: vec![0.0; 50], ..released }).is_none());
    }

    #[test]
    fn a_federated_round_of_a_mixture_is_the_central_one() {
        let visitors = visitors();
        let start = Mixture::around(&Centroids::start(2, FEATURES, 4));
        let narrow = |values: &[f64]| values.iter().map(|&value| value as f32).collect::<Vec<f32>>();
        let measurement = Measurement::Mixture {
            scale: scale(),
            shares: start.all.iter().map(|component| component.share as f32).collect(),
            means: start.all.iter().map(|component| narrow(&component.mean)).collect(),
            variances: start.all.iter().map(|component| narrow(&component.variance)).collect(),
            levels: 4_096,
        };
        let bound = measurement.integers().unwrap();
        let task = Task { length: measurement.length(&bound), bound, measurement, ..golden("mixture") };
        let natural = |visitor: usize| {
            let (shares, _) = start.responsibilities(&visitors[visitor]).unwrap();
            let x = visitors[visitor].map(f64::from);
            let component = |r: &f64| {
                let values = x.map(|x| r * x).into_iter().chain(x.map(|x| r * x * x));
                core::iter::once(*r).chain(values).collect::<Vec<f64>>()
            };
            shares.iter().flat_map(component).collect()
        };
        let federated = mixture(&task, &summed(&task, VISITORS, 0.0, natural)).unwrap();
        let mut sums = gmm::MixtureSums::new(&start);
        visitors.iter().for_each(|visitor| _ = sums.add(&start, visitor));
        for (left, right) in federated.all.iter().zip(sums.update(&start).all) {
            assert!((left.share - right.share).abs() < 1e-3);
            assert!(left.mean.iter().zip(right.mean).all(|(left, right)| (left - right).abs() < 0.01));
            assert!(
                left.variance.iter().zip(right.variance).all(|(left, right)| (left - right).abs() < 0.02)
            );
        }
    }

    fn products(x: &[f64]) -> Vec<f64> {
        x.iter().enumerate().flat_map(|(row, left)| x[row..].iter().map(move |right| left * right)).collect()
    }

    #[test]
    fn moments_are_those_of_the_visitors() {
        let visitors = visitors();
        let measurement = Measurement::SecondMoments { scale: scale(), levels: 1_024 };
        let bound = measurement.integers().unwrap();
        let task = Task { bound, measurement, ..golden("moments") };
        let natural = |visitor: usize| {
            let x = visitors[visitor].map(f64::from);
            x.iter().copied().chain(products(&x)).collect()
        };
        let federated = moments(&task, &summed(&task, VISITORS, 0.0, natural)).unwrap();
        let mut central = Moments::new(FEATURES);
        visitors.iter().for_each(|visitor| _ = central.add(visitor));
        for row in 0..FEATURES {
            assert!((federated.mean()[row] - central.mean()[row]).abs() < 0.01);
            for column in 0..FEATURES {
                assert!((federated.covariance(row, column) - central.covariance(row, column)).abs() < 0.02);
            }
        }
    }

    fn gradient_and_hessian(x: &[f64], weights: &[f64], outcome: bool) -> Vec<f64> {
        let margin: f64 = x.iter().zip(weights).map(|(x, weight)| x * weight).sum();
        let p = crate::logistic::sigmoid(margin);
        let rest = f64::from(u8::from(outcome)) - p;
        x.iter()
            .map(|x| rest * x)
            .chain(products(x).into_iter().map(|product| p * (1.0 - p) * product))
            .collect()
    }

    #[test]
    fn federated_logistic_goes_where_newton_goes() {
        let (visitors, mut rng) = (visitors(), SplitMix64(9));
        let bought: Vec<bool> = visitors
            .iter()
            .map(|x| {
                rng.unit() < crate::logistic::sigmoid(f64::from(-1.0 + 1.2 * x[0] - 0.8 * x[1] + 0.4 * x[5]))
            })
            .collect();
        let central = fit(FEATURES, LogisticConfig { l2: 5.0, ..LogisticConfig::default() }, |weights| {
            let mut sums = LogisticSums::new(weights.len());
            visitors.iter().zip(&bought).for_each(|(x, &bought)| _ = sums.add(weights, x, bought));
            sums
        });
        let run = |levels: u32, sigma: f64| {
            let mut weights = vec![0.0f64; FEATURES + 1];
            for _ in 0..8 {
                let measurement = Measurement::Logistic {
                    scale: scale(),
                    weights: weights.iter().map(|&weight| weight as f32).collect(),
                    levels,
                };
                let bound = measurement.integers().unwrap();
                let task = Task { bound, measurement, ..golden("purchase") };
                let natural = |visitor: usize| {
                    let x: Vec<f64> = core::iter::once(1.0).chain(visitors[visitor].map(f64::from)).collect();
                    gradient_and_hessian(&x, &weights, bought[visitor])
                };
                weights = logistic(&task, &summed(&task, VISITORS, sigma, natural), 5.0).unwrap();
            }
            let apart = weights.iter().zip(&central.weights).map(|(left, right)| (left - right).abs());
            apart.fold(0.0, f64::max)
        };
        let exact = run(4_096, 0.0);
        assert!(exact < 0.005, "{exact}");
        let coarse = run(30, 0.0);
        assert!(coarse < 0.15, "{coarse}");
    }
}
