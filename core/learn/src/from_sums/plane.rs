//! Visitors on paper, out of a `second_moments` task: the two directions in which they differ most, the published segments
//! there, and how much of all difference lies between them.
//!
//! Principal components are those of the correlations (Pearson 1901; [`crate::pca`]). What a sum carries beside the truth
//! is known in size: noise, and the rounding of each report. A matrix of such errors moves no eigenvalue by more than its
//! norm (Weyl 1912), which is about twice the root of the largest row of variances (Bandeira and van Handel 2016); luck moves
//! an eigenvalue λ by λ √(2 / n) (Anderson 1963), and makes eigenvalues up to (1 + √(d / n))² of features that have nothing
//! to do with one another (Marchenko and Pastur 1967). Devices with nothing to say count as visitors at the scale's mean.

use homebody_protocol::features::FEATURES;
use homebody_protocol::mechanism::numbers::step_of;
use homebody_protocol::models::{Segment, Segments};
use homebody_protocol::task::{Measurement, Scale, Task};

use super::Released;
use super::estimate::{Estimate, Z};
use super::rounds;
use crate::moments::Moments;
use crate::pca::{components, separability};

/// How many standard deviations of its error a feature's variance must be, to count as one that differs.
const VARIES: f64 = 3.0;
/// Fewer reports draw nothing.
const FEWEST: f64 = 20.0;

/// One direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Share of the variance along it, 0 to 1.
    pub explained: Estimate,
    /// Whether it is more than noise and luck make of features that have nothing to do with one another.
    pub is_beyond: bool,
    /// How much each feature of [`homebody_protocol::features`] speaks in it, −1 to 1, squares summing to 1; 0 for one that
    /// does not differ. The largest is positive.
    pub loadings: Vec<f64>,
}

/// The directions, and what it takes to find a segment's place.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// Reports it stands on.
    pub reports: f64,
    /// Features that differ between visitors beyond the noise, by their number.
    pub varying: Vec<usize>,
    /// Directions by the variance along them, at most as many as features that differ.
    pub axes: Vec<Axis>,
    scale: Scale,
    /// Of each feature that varies, standardised as the task says.
    mean: Vec<f64>,
    sd: Vec<f64>,
    /// Variance of the error of each of their variances, by noise and rounding.
    error: Vec<f64>,
}

/// How far segments lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apart {
    /// Share of the variance that lies between them: tr S_b / tr S, 0 (they lie on one another) to 1.
    pub between: Estimate,
    /// Scatter between to scatter within, tr S_b / tr S_w (Fukunaga 1990, ch. 10), ≥ 0; `None` where nothing is left within.
    pub ratio: Option<f64>,
}

/// The plane of a sum. `None` for another task or length, with too few reports, and where no two features differ beyond
/// the noise.
pub fn of(task: &Task, released: &Released) -> Option<Plane> {
    let Measurement::SecondMoments { scale, .. } = &task.measurement else { return None };
    let all = rounds::moments(task, released).filter(|_| released.reports >= FEWEST)?;
    let reports = released.reports;
    // A rounded report is off by half a step at most.
    let unit = |cell| {
        let step = step_of(&task.measurement, cell);
        (released.variance + reports / 4.0) * step * step / (reports * reports)
    };
    let (of_mean, of_product) = (unit(0), unit(FEATURES));
    let means = all.mean();
    let error = |feature: usize| of_product + 4.0 * means[feature] * means[feature] * of_mean;
    let varies = |feature: &usize| all.covariance(*feature, *feature) > VARIES * error(*feature).sqrt();
    let varying: Vec<usize> = (0..FEATURES).filter(varies).collect();
    if varying.len() < 2 {
        return None;
    }
    let kept = of_some(&all, &varying)?;
    let mut plane = Plane {
        reports,
        axes: Vec::new(),
        scale: scale.clone(),
        mean: kept.mean(),
        sd: kept.sd(),
        error: varying.iter().map(|feature| error(*feature)).collect(),
        varying,
    };
    plane.axes = plane.axes_of(&kept)?;
    Some(plane)
}

/// Moments of some of the features.
fn of_some(all: &Moments, features: &[usize]) -> Option<Moments> {
    let means = all.mean();
    let mut natural: Vec<f64> = features.iter().map(|feature| means[*feature] * all.count()).collect();
    for (at, row) in features.iter().enumerate() {
        natural.extend(features[at..].iter().map(|column| all.cross(*row, *column)));
    }
    Moments::of(features.len(), &natural, all.count())
}

impl Plane {
    /// Where each segment lies along the axes, in standard deviations of the features.
    pub fn places(&self, segments: &Segments) -> Vec<Vec<f64>> {
        let along = |axis: &Axis, vector: &[f64]| {
            self.varying.iter().zip(vector).map(|(feature, value)| axis.loadings[*feature] * value).sum()
        };
        let place = |segment: &Segment| {
            let vector = self.standardised(segments, segment);
            self.axes.iter().map(|axis| along(axis, &vector)).collect()
        };
        segments.all.iter().map(place).collect()
    }

    /// How far the segments lie apart. `weights`: the share of each among those who are in one, sum 1, and its variance. `None`
    /// where there are fewer than two, or another number of weights.
    pub fn apart(&self, segments: &Segments, weights: &[(f64, f64)]) -> Option<Apart> {
        if segments.all.len() < 2 || weights.len() != segments.all.len() {
            return None;
        }
        let all: Vec<Vec<f64>> =
            segments.all.iter().map(|segment| self.standardised(segments, segment)).collect();
        let features = self.varying.len();
        let sum = |of: &dyn Fn(usize) -> f64| (0..all.len()).map(of).sum::<f64>();
        let middle: Vec<f64> = (0..features).map(|at| sum(&|one| weights[one].0 * all[one][at])).collect();
        let square = |one: usize, at: usize| (all[one][at] - middle[at]) * (all[one][at] - middle[at]);
        let by_feature: Vec<f64> =
            (0..features).map(|at| sum(&|one| weights[one].0 * square(one, at))).collect();
        let side = features as f64;
        let between = by_feature.iter().sum::<f64>() / side;
        let of_weights = sum(&|one| {
            let away = (0..features).map(|at| square(one, at)).sum::<f64>() / side;
            weights[one].1 * away * away
        });
        let of_variances: f64 = (0..features)
            .map(|at| {
                let part = by_feature[at] / side;
                let variance = self.sd[at] * self.sd[at];
                part * part * (self.error[at] / (variance * variance) + 2.0 / self.reports)
            })
            .sum();
        let value = separability(1.0 - between, 1.0);
        let spread = Z * (of_weights + of_variances).sqrt();
        let between = Estimate::within(value, spread, 0.0, 1.0);
        Some(Apart { between, ratio: (value < 1.0).then(|| value / (1.0 - value)) })
    }

    fn axes_of(&self, kept: &Moments) -> Option<Vec<Axis>> {
        let found = components(kept, self.varying.len())?;
        let (side, count) = (self.varying.len() as f64, self.reports);
        let row = |row: usize| -> f64 {
            let of = |column: usize| {
                let scale = self.sd[row] * self.sd[column];
                (self.error[row] * self.error[column]).sqrt() / (scale * scale)
            };
            (0..self.varying.len()).map(of).sum()
        };
        let norm = 2.0 * (0..self.varying.len()).map(row).fold(0.0, f64::max).sqrt();
        let luck = (1.0 + (side / count).sqrt()) * (1.0 + (side / count).sqrt());
        let axis = |(axis, &variance): (&Vec<f64>, &f64)| {
            let mut loadings = vec![0.0; FEATURES];
            self.varying.iter().zip(axis).for_each(|(feature, value)| loadings[*feature] = *value);
            let spread = norm + Z * variance * (2.0 / count).sqrt();
            let explained = Estimate::within(variance / side, spread / side, 0.0, 1.0);
            Axis { explained, is_beyond: variance > luck + norm, loadings }
        };
        Some(found.axes.iter().zip(&found.variances).map(axis).collect())
    }

    /// A segment's centre, from its own scale to that of the visitors of the sum, as devices would have told it.
    fn standardised(&self, segments: &Segments, segment: &Segment) -> Vec<f64> {
        let at = |list: &[f32], feature: usize, otherwise: f32| {
            f64::from(list.get(feature).copied().unwrap_or(otherwise))
        };
        let limit = f64::from(self.scale.limit);
        let one = |(place, &feature): (usize, &usize)| {
            let natural = at(&segments.mean, feature, 0.0)
                + at(&segments.sd, feature, 1.0) * f64::from(segment.mean[feature]);
            let told = (natural - at(&self.scale.mean, feature, 0.0)) / at(&self.scale.sd, feature, 1.0);
            (told.clamp(-limit, limit) - self.mean[place]) / self.sd[place]
        };
        self.varying.iter().enumerate().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise, summed};
    use super::*;
    use crate::bootstrap::SplitMix64;

    const VISITORS: usize = 4_000;
    const LIMIT: f64 = 4.0;

    fn scale() -> Scale {
        Scale { mean: vec![0.0; FEATURES], sd: vec![1.0; FEATURES], limit: LIMIT as f32 }
    }

    fn task() -> Task {
        let measurement = Measurement::SecondMoments { scale: scale(), levels: 64 };
        let bound = measurement.integers().unwrap();
        Task { length: measurement.length(&bound), bound, measurement, ..golden("moments") }
    }

    /// Two kinds of visitor, one in four of the second, that differ in six features by `apart`; one feature never changes.
    fn visitors(apart: f64) -> Vec<[f64; FEATURES]> {
        let mut rng = SplitMix64(8);
        let visitor = |visitor: usize| {
            let centre = if visitor.is_multiple_of(4) { 0.75 * apart } else { -0.25 * apart };
            core::array::from_fn(|feature| match feature {
                // Of another mean and spread than the scale says: both are to be taken off.
                0..3 => (0.5 + 0.5 * (centre + noise(&mut rng, 0.5))).clamp(-LIMIT, LIMIT),
                3..6 => (centre + noise(&mut rng, 0.5)).clamp(-LIMIT, LIMIT),
                15 => 1.0,
                _ => noise(&mut rng, 0.7).clamp(-LIMIT, LIMIT),
            })
        };
        (0..VISITORS).map(visitor).collect()
    }

    fn sums(visitors: &[[f64; FEATURES]], sigma: f64) -> Released {
        summed(&task(), VISITORS, sigma, |visitor| {
            let x = visitors[visitor];
            let products = (0..FEATURES).flat_map(|row| x[row..].iter().map(move |other| x[row] * other));
            x.into_iter().chain(products).collect()
        })
    }

    /// The centres of both kinds, on a scale of their own.
    fn segments(apart: f64) -> Segments {
        let segment = |name: &str, centre: f64| Segment {
            name: name.to_owned(),
            share: 0.5,
            mean: core::array::from_fn(|feature| match feature {
                0..3 => (0.5 * centre as f32 - 0.5) / 2.0,
                3..6 => (centre as f32 - 1.0) / 2.0,
                15 => 0.0,
                _ => -0.5,
            }),
            variance: [1.0; FEATURES],
        };
        Segments {
            mean: vec![1.0; FEATURES],
            sd: vec![2.0; FEATURES],
            hysteresis: 1.0,
            all: vec![segment("many", -0.25 * apart), segment("few", 0.75 * apart)],
        }
    }

    /// What the same vectors say without reports, noise and rounding.
    fn central(visitors: &[[f64; FEATURES]]) -> (Vec<f64>, f64) {
        let mut moments = Moments::new(15);
        for visitor in visitors {
            let narrow: Vec<f32> = visitor[..15].iter().map(|value| *value as f32).collect();
            assert!(moments.add(&narrow));
        }
        let explained = components(&moments, 2).unwrap().explained();
        let middle = |feature: usize, is_few: bool| {
            let kind = visitors.iter().enumerate().filter(|(at, _)| at.is_multiple_of(4) == is_few);
            let all: Vec<f64> = kind.map(|(_, visitor)| visitor[feature]).collect();
            all.iter().sum::<f64>() / all.len() as f64
        };
        let within = |feature: usize| {
            let variance = moments.covariance(feature, feature);
            let away = middle(feature, true) - middle(feature, false);
            (variance - 0.75 * 0.25 * away * away) / variance
        };
        let within = (0..15).map(within).sum();
        (explained, separability(within, 15.0))
    }

    #[test]
    fn axes_and_separability_are_those_of_the_visitors() {
        let visitors = visitors(2.0);
        let (explained, apart) = central(&visitors);
        for sigma in [0.0, 100.0] {
            let plane = of(&task(), &sums(&visitors, sigma)).unwrap();
            assert_eq!(plane.varying, (0..15).collect::<Vec<_>>(), "what never changes is left out");
            let first = &plane.axes[0];
            assert!(first.is_beyond && !plane.axes[1].is_beyond, "{sigma}: {:?}", plane.axes);
            assert!(first.explained.low <= explained[0] && explained[0] <= first.explained.high);
            assert!(first.loadings[..6].iter().all(|loading| (loading - 1.0 / 6f64.sqrt()).abs() < 0.05));
            assert_eq!(first.loadings[15], 0.0);
            let found = plane.apart(&segments(2.0), &[(0.75, 0.0), (0.25, 0.0)]).unwrap();
            assert!((found.between.value - apart).abs() < 0.02, "{sigma}: {found:?} {apart}");
            assert!(found.between.low <= apart && apart <= found.between.high, "{found:?} {apart}");
            let ratio = found.ratio.unwrap();
            assert!((ratio - found.between.value / (1.0 - found.between.value)).abs() < 1e-9);
            let places = plane.places(&segments(2.0));
            // Six features that are two apart, at a standard deviation of 1 each.
            assert!((places[1][0] - places[0][0] - 2.0 * 6f64.sqrt()).abs() < 0.2, "{places:?}");
            assert!((places[1][1] - places[0][1]).abs() < 0.5, "{places:?}");
        }
    }

    #[test]
    fn segments_that_lie_on_one_another_are_not_apart() {
        let plane = of(&task(), &sums(&visitors(0.0), 200.0)).unwrap();
        let found = plane.apart(&segments(0.0), &[(0.75, 0.0), (0.25, 0.0)]).unwrap();
        assert!(found.between.value < 0.01, "{found:?}");
        assert!(!plane.axes[0].is_beyond, "nothing goes together: {:?}", plane.axes[0].explained);
        assert_eq!(plane.apart(&segments(0.0), &[(1.0, 0.0)]), None);
        assert_eq!(plane.apart(&Segments::default(), &[]), None);
    }

    #[test]
    fn uncertain_shares_widen_it() {
        let plane = of(&task(), &sums(&visitors(2.0), 0.0)).unwrap();
        let width = |variance| {
            let found = plane.apart(&segments(2.0), &[(0.75, variance), (0.25, variance)]).unwrap();
            found.between.high - found.between.low
        };
        assert!(width(0.01) > 1.5 * width(0.0), "{} {}", width(0.01), width(0.0));
    }

    #[test]
    fn too_few_other_tasks_and_what_is_lost_in_noise_draw_nothing() {
        let visitors = visitors(2.0);
        assert_eq!(of(&task(), &sums(&visitors, 1e7)), None);
        let few = Released { reports: 19.0, ..sums(&visitors, 0.0) };
        assert_eq!(of(&task(), &few), None);
        let other = Released { reports: 100.0, cells: vec![0.0; 4], variance: 0.0 };
        assert_eq!((of(&golden("gate"), &other), of(&task(), &other)), (None, None));
    }
}
