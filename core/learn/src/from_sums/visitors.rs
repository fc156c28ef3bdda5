//! Models of visitors out of the last round of their learners, and what speaks for them.
//!
//! The last round's reports are from a window of their own: whatever they say of centres or weights that earlier rounds
//! found is held out.

use homebody_protocol::features::FEATURES;
use homebody_protocol::models::{Intent, Segment, Segments};
use homebody_protocol::task::{Measurement, Scale, Task};

use super::Released;
use super::rounds;
use crate::calibration::Calibration;
use crate::extras::segments::{HYSTERESIS, MIN_SEPARABILITY, names};
use crate::logistic::LogisticSums;

/// How many standard deviations of its noise a segment's visitors must be.
pub(super) const KNOWN: f64 = 4.0;
/// How many standard errors a gain must be above nothing.
const CERTAIN: f64 = 2.0;

/// Why sums made no model.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The sums are of another task, or of another length.
    #[error("the sums do not belong to such a task")]
    Shape,
    /// Fewer than two segments have visitors beyond the noise.
    #[error("only {0} of the segments have visitors beyond the noise")]
    Few(usize),
    /// Visitors do not fall apart.
    #[error("visitors do not fall apart: {0:.3} of the variance lies between segments")]
    Together(f64),
    /// The weights do not predict the visitors of another window.
    #[error("no gain on visitors of another window: {gain:.4} nats a visit, {error:.4} of them uncertain")]
    NoGain {
        /// Mean gain of log likelihood over the base rate, nats a report.
        gain: f64,
        /// Its standard error.
        error: f64,
    },
}

/// Segments that the sums of a round of k-means or of a mixture make, and the share of variance between them (1 is all of a
/// standardised feature).
///
/// # Errors
/// [`Refused`] when there are none worth telling apart.
pub fn segments(task: &Task, released: &Released) -> Result<(Segments, f64), Refused> {
    let (scale, all) = match &task.measurement {
        Measurement::KMeans { scale, levels, .. } => (scale, nearest(task, released, *levels)?),
        Measurement::Mixture { scale, levels, .. } => (scale, likeliest(task, released, *levels)?),
        _ => return Err(Refused::Shape),
    };
    if all.len() < 2 {
        return Err(Refused::Few(all.len()));
    }
    let apart = between(&all);
    if apart < MIN_SEPARABILITY {
        return Err(Refused::Together(apart));
    }
    let centres: Vec<Vec<f32>> = all.iter().map(|found| found.segment.mean.to_vec()).collect();
    let named = all.into_iter().zip(names(&centres));
    let all = named.map(|(found, name)| Segment { name, ..found.segment }).collect();
    let Scale { mean, sd, .. } = scale.clone();
    Ok((Segments { mean, sd, hysteresis: HYSTERESIS, all }, apart))
}

/// A segment and how many visitors it has.
struct Found {
    visitors: f64,
    segment: Segment,
}

/// Equal shares and unit variances: the device then takes the nearest centre.
fn nearest(task: &Task, released: &Released, levels: u32) -> Result<Vec<Found>, Refused> {
    let centres = rounds::k_means(task, released).ok_or(Refused::Shape)?;
    let natural = released.natural(task);
    let floor = KNOWN * released.sigma() / f64::from(levels);
    let counted = centres.all.iter().zip(natural.chunks(1 + FEATURES));
    let known: Vec<(&Vec<f32>, f64)> =
        counted.map(|(centre, cells)| (centre, cells[0])).filter(|(_, visitors)| *visitors > floor).collect();
    let share = 1.0 / known.len().max(1) as f32;
    let found = |(centre, visitors): (&Vec<f32>, f64)| {
        let mean = core::array::from_fn(|index| centre.get(index).copied().unwrap_or(0.0));
        Found { visitors, segment: Segment { name: String::new(), share, mean, variance: [1.0; FEATURES] } }
    };
    Ok(known.into_iter().map(found).collect())
}

fn likeliest(task: &Task, released: &Released, levels: u32) -> Result<Vec<Found>, Refused> {
    let mixture = rounds::mixture(task, released).ok_or(Refused::Shape)?;
    let natural = released.natural(task);
    let floor = KNOWN * released.sigma() / f64::from(levels);
    let counted = mixture.all.iter().zip(natural.chunks(1 + 2 * FEATURES));
    let known = counted.filter(|(_, cells)| cells[0] > floor);
    let found = |(component, cells): (&crate::cluster::gmm::Component, &[f64])| {
        let at = |list: &[f64], index: usize, otherwise: f64| list.get(index).copied().unwrap_or(otherwise);
        let segment = Segment {
            name: String::new(),
            share: (component.share as f32).max(f32::MIN_POSITIVE),
            mean: core::array::from_fn(|index| at(&component.mean, index, 0.0) as f32),
            variance: core::array::from_fn(|index| at(&component.variance, index, 1.0).max(1e-3) as f32),
        };
        Found { visitors: cells[0], segment }
    };
    Ok(known.map(found).collect())
}

/// Mean over the features of the variance of segment means, visitors taken into account.
fn between(all: &[Found]) -> f64 {
    let total: f64 = all.iter().map(|found| found.visitors).sum();
    let share = |found: &Found| found.visitors / total;
    let one = |index: usize| {
        let at = |found: &Found| f64::from(found.segment.mean[index]);
        let mean: f64 = all.iter().map(|found| share(found) * at(found)).sum();
        all.iter().map(|found| share(found) * (at(found) - mean) * (at(found) - mean)).sum::<f64>()
    };
    (0..FEATURES).map(one).sum::<f64>() / FEATURES as f64
}

/// Intent with the weights that a logistic task asked about, judged by its sums, and the gain in nats a report.
///
/// The weights were found by the rounds before, so that this round's visitors judge them. With gradient g and curvature H
/// at w, and the bias left free, the likelihood of w over that of the base rate alone is g·w + ½ wᵀSw to the second order,
/// S being the Schur complement of the bias in H: negative for weights that fit nothing but the noise of their own rounds.
///
/// # Errors
/// [`Refused`] when that is not above nothing by two standard errors, noise included.
pub fn intent(task: &Task, released: &Released) -> Result<(Intent, f64), Refused> {
    let Measurement::Logistic { scale, weights, .. } = &task.measurement else { return Err(Refused::Shape) };
    if released.cells.len() != task.length as usize || weights.len() != FEATURES + 1 {
        return Err(Refused::Shape);
    }
    let natural = released.natural(task);
    let sums = LogisticSums::of(FEATURES + 1, &natural, released.reports).ok_or(Refused::Shape)?;
    let (gain, error) = gain(task, released, &sums, weights);
    if gain <= CERTAIN * error || !gain.is_finite() {
        let reports = released.reports.max(1.0);
        return Err(Refused::NoGain { gain: gain / reports, error: error / reports });
    }
    let Scale { mean, sd, .. } = scale.clone();
    let Calibration { slope, offset } = Calibration::IDENTITY;
    let intent = Intent {
        weights: weights[1..].to_vec(),
        bias: weights[0],
        mean,
        sd,
        slope: slope as f32,
        offset: offset as f32,
    };
    Ok((intent, gain / released.reports.max(1.0)))
}

/// Gain over all reports and its standard error.
fn gain(task: &Task, released: &Released, sums: &LogisticSums, weights: &[f32]) -> (f64, f64) {
    let w: Vec<f64> = weights.iter().map(|&weight| f64::from(weight)).collect();
    let own = sums.hessian(0, 0).max(1.0);
    let (mut slope, mut curve) = (0.0, 0.0);
    for row in 1..w.len() {
        slope += w[row] * (sums.gradient()[row] - sums.hessian(row, 0) * sums.gradient()[0] / own);
        for column in 1..w.len() {
            let schur = sums.hessian(row, column) - sums.hessian(row, 0) * sums.hessian(column, 0) / own;
            curve += w[row] * w[column] * schur;
        }
    }
    let length: f64 = w[1..].iter().map(|weight| weight * weight).sum();
    let step = |index| homebody_protocol::mechanism::numbers::step_of(&task.measurement, index);
    let noise = |index: usize| released.variance * step(index) * step(index);
    // Σ (y − p) x varies as H does; the noise of a gradient's cell counts w times, that of the curvature w² / 2 times.
    let variance = curve.max(0.0) + noise(1) * length + noise(FEATURES + 1) * length * length / 4.0;
    (slope + 0.5 * curve, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise, summed};
    use super::*;
    use crate::bootstrap::SplitMix64;

    const VISITORS: usize = 3_000;

    fn scale() -> Scale {
        Scale { mean: vec![0.0; FEATURES], sd: vec![1.0; FEATURES], limit: 3.0 }
    }

    fn with(measurement: Measurement, of: &str) -> Task {
        let bound = measurement.integers().unwrap();
        Task { length: measurement.length(&bound), bound, measurement, ..golden(of) }
    }

    /// One visitor in three buys; `apart` is how far the two kinds are from each other.
    fn clustered(apart: f64, sigma: f64) -> Result<(Segments, f64), Refused> {
        let centre =
            |at: f32| (0..FEATURES).map(|index| if index < 6 { at } else { 0.0 }).collect::<Vec<f32>>();
        let centres = vec![centre(-0.5), centre(1.0), centre(2.9)];
        let task = with(Measurement::KMeans { scale: scale(), centres, levels: 64 }, "k-means");
        let released = summed(&task, VISITORS, sigma, |visitor| {
            let mut natural = vec![0.0; 3 * (1 + FEATURES)];
            let cluster = usize::from(visitor % 3 == 0);
            natural[cluster * (1 + FEATURES)] = 1.0;
            let at = if cluster == 1 { apart } else { -apart / 2.0 };
            natural[cluster * (1 + FEATURES) + 1..][..6].fill(at);
            natural
        });
        segments(&task, &released)
    }

    #[test]
    fn segments_are_published_where_visitors_fall_apart() {
        let (found, apart) = clustered(1.4, 300.0).unwrap();
        assert_eq!(found.all.len(), 2, "nobody is in the third");
        assert!(apart > 0.3, "{apart}");
        assert!((found.all[1].mean[0] - 1.4).abs() < 0.1 && found.all[0].variance == [1.0; FEATURES]);
        assert_eq!(found.all[1].name, "buyer");
        assert!(matches!(clustered(0.2, 300.0), Err(Refused::Together(_))));
        assert!(matches!(clustered(1.4, 1e6), Err(Refused::Few(_))), "lost in noise");
        let other = Released { reports: 1.0, cells: vec![0.0; 4], variance: 0.0 };
        assert_eq!(segments(&golden("gate"), &other), Err(Refused::Shape));
        assert_eq!(segments(&golden("k-means"), &other), Err(Refused::Shape));
    }

    #[test]
    fn components_keep_their_shares_and_variances() {
        let component = |at: f32| vec![at; FEATURES];
        let measurement = Measurement::Mixture {
            scale: scale(),
            shares: vec![0.5, 0.5],
            means: vec![component(-1.0), component(1.0)],
            variances: vec![component(1.0), component(1.0)],
            levels: 256,
        };
        let task = with(measurement, "mixture");
        let released = summed(&task, VISITORS, 0.0, |visitor| {
            let mut natural = vec![0.0; 2 * (1 + 2 * FEATURES)];
            let which = usize::from(visitor % 4 == 0);
            let cells = &mut natural[which * (1 + 2 * FEATURES)..][..1 + 2 * FEATURES];
            let at = if which == 1 { 1.5 } else { -0.5 };
            let spread = if visitor % 8 < 4 { 0.5 } else { -0.5 };
            cells[0] = 1.0;
            cells[1..=FEATURES].fill(at + spread);
            cells[1 + FEATURES..].fill((at + spread) * (at + spread));
            natural
        });
        let (found, _) = segments(&task, &released).unwrap();
        assert!((found.all[1].share - 0.25).abs() < 0.01, "{}", found.all[1].share);
        assert!((found.all[0].variance[3] - 0.25).abs() < 0.05, "{}", found.all[0].variance[3]);
    }

    /// Visitors whose first feature speaks for a purchase as much as `true_weight`.
    fn visits(weights: &[f32], true_weight: f64, sigma: f64) -> Result<(Intent, f64), Refused> {
        let measurement = Measurement::Logistic { scale: scale(), weights: weights.to_vec(), levels: 256 };
        let task = with(measurement, "purchase");
        let mut rng = SplitMix64(5);
        let all: Vec<(Vec<f64>, bool)> = (0..VISITORS)
            .map(|_| {
                let x: Vec<f64> =
                    core::iter::once(1.0).chain((0..FEATURES).map(|_| noise(&mut rng, 0.8))).collect();
                let chance = crate::logistic::sigmoid(-1.0 + true_weight * x[1]);
                (x, rng.unit() < chance)
            })
            .collect();
        let released = summed(&task, VISITORS, sigma, |visitor| {
            let (x, bought) = &all[visitor];
            let margin: f64 = x.iter().zip(weights).map(|(x, &weight)| x * f64::from(weight)).sum();
            let p = crate::logistic::sigmoid(margin);
            let rest = f64::from(u8::from(*bought)) - p;
            let products =
                x.iter().enumerate().flat_map(|(row, left)| x[row..].iter().map(move |right| left * right));
            x.iter().map(|x| rest * x).chain(products.map(|product| p * (1.0 - p) * product)).collect()
        });
        intent(&task, &released)
    }

    #[test]
    fn intent_is_published_where_visitors_of_another_window_bear_it_out() {
        let mut weights = vec![0.0f32; FEATURES + 1];
        (weights[0], weights[1]) = (-1.0, 1.0);
        let (found, gain) = visits(&weights, 1.0, 1_000.0).unwrap();
        assert!(gain > 0.02 && found.bias == -1.0 && found.weights[0] == 1.0 && found.slope == 1.0, "{gain}");
        assert!(matches!(visits(&weights, 0.0, 0.0), Err(Refused::NoGain { gain, .. }) if gain < 0.0));
        assert!(matches!(visits(&weights, 1.0, 1e6), Err(Refused::NoGain { .. })), "lost in noise");
        assert!(
            matches!(visits(&[0.0; FEATURES + 1], 1.0, 0.0), Err(Refused::NoGain { .. })),
            "says nothing"
        );
        let other = Released { reports: 1.0, cells: vec![0.0; 4], variance: 0.0 };
        assert_eq!(intent(&golden("purchase"), &other), Err(Refused::Shape));
    }
}
