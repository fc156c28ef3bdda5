//! How many visitors each segment has, out of a `segments` task, and whether that changed.
//!
//! Each report says one cell, a segment or none, so the true counts are not negative and add up to the reports; noise and
//! answers at random know nothing of that. What is told is the point with both properties that is nearest to what was
//! released: the likeliest one for noise that is alike in all cells (*Norm-Sub*; Wang et al. 2020, "Locally Differentially
//! Private Frequency Estimation with Consistency").

use homebody_protocol::task::{Bound, Measurement, Task};

use super::Released;
use super::estimate::{Estimate, Z, share};

/// Shares of all reports by segment; the last is without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    /// Reports.
    pub reports: f64,
    /// Share of the reports in each segment, those without any last; sum 1.
    pub shares: Vec<Estimate>,
    /// Standard deviation of a share by noise alone.
    noise: f64,
}

/// A share then and now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Share now less share then.
    pub by: Estimate,
    /// Whether it is more than luck and noise bring about: nought is not in the interval.
    pub is_beyond: bool,
}

/// The sizes that a sum tells. `None` for another task or length, and without reports.
pub fn of(task: &Task, released: &Released) -> Option<Sizes> {
    let Measurement::Segments { .. } = &task.measurement else { return None };
    let is_whole = released.cells.len() == task.length as usize && task.bound == Bound::OneHot;
    if !is_whole || released.reports < 1.0 {
        return None;
    }
    let reports = released.reports;
    let noise = released.sigma() / reports;
    let shares = fitted(&released.cells, reports);
    let shares = shares.iter().map(|count| share(count / reports, reports, noise)).collect();
    Some(Sizes { reports, shares, noise })
}

impl Sizes {
    /// What became of each share since another sum of the same task. Empty where there are other segments.
    pub fn since(&self, then: &Self) -> Vec<Change> {
        if self.shares.len() != then.shares.len() {
            return Vec::new();
        }
        let pairs = (0..self.shares.len()).map(|cell| (self.shares[cell].value, then.shares[cell].value));
        pairs
            .map(|(now, before)| {
                let spread = Z * (self.variance(now) + then.variance(before)).sqrt();
                let by = Estimate::within(now - before, spread, -1.0, 1.0);
                Change { by, is_beyond: by.low > 0.0 || by.high < 0.0 }
            })
            .collect()
    }

    /// Shares of those who are in a segment, sum 1, with their variances. Empty where nobody is.
    pub fn of_segments(&self) -> Vec<(f64, f64)> {
        let Some((_, segments)) = self.shares.split_last() else { return Vec::new() };
        let all: f64 = segments.iter().map(|share| share.value).sum();
        if all <= 0.0 {
            return Vec::new();
        }
        segments.iter().map(|share| (share.value / all, self.variance(share.value) / (all * all))).collect()
    }

    /// Of a share, by luck and noise. Somebody more or less is luck even where nobody was counted (Agresti and Coull 1998).
    fn variance(&self, share: f64) -> f64 {
        let reports = self.reports + 4.0;
        let share = (share * self.reports + 2.0) / reports;
        share * (1.0 - share) / reports + self.noise * self.noise
    }
}

/// The counts, none below 0, that add up to `total` and are nearest to what was released: all are lowered (or raised) alike,
/// and what would be negative is 0.
pub(super) fn fitted(released: &[f64], total: f64) -> Vec<f64> {
    let mut falling = released.to_vec();
    falling.sort_by(|left, right| right.total_cmp(left));
    let (mut sum, mut by) = (0.0, 0.0);
    for (count, kept) in falling.iter().zip(1..) {
        sum += count;
        let lowered = (sum - total) / f64::from(kept);
        if *count <= lowered && kept > 1 {
            break;
        }
        by = lowered;
    }
    released.iter().map(|count| (count - by).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise};
    use super::*;
    use crate::bootstrap::SplitMix64;
    use proptest::prelude::*;

    /// A window of the golden task: three segments, and a hundred who are in none.
    fn window(sizes: [f64; 3], sigma: f64, seed: u64) -> Released {
        let mut rng = SplitMix64(seed);
        let mut cells = [&sizes[..], &[100.0]].concat();
        let reports = cells.iter().sum();
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        Released { reports, cells, variance: sigma * sigma }
    }

    #[test]
    fn shares_add_up_and_hold_the_truth() {
        let mut held = 0;
        for seed in 0..200 {
            let found = of(&golden("segments"), &window([500.0, 400.0, 0.0], 60.0, seed)).unwrap();
            let total: f64 = found.shares.iter().map(|share| share.value).sum();
            assert!((total - 1.0).abs() < 1e-9 && found.shares.iter().all(|share| share.low >= 0.0));
            let truths = found.shares.iter().zip([0.5, 0.4, 0.0, 0.1]);
            held += truths.filter(|(share, truth)| share.low <= *truth && *truth <= share.high).count();
        }
        assert!(held >= 760, "{held} of 800");
    }

    #[test]
    fn a_change_is_told_from_luck_and_noise() {
        let at = |sizes, seed| of(&golden("segments"), &window(sizes, 20.0, seed)).unwrap();
        let then = at([500.0, 400.0, 0.0], 1);
        let mut beyond = 0;
        for seed in 2..102 {
            let same = at([500.0, 400.0, 0.0], seed).since(&then);
            beyond += same.iter().filter(|change| change.is_beyond).count();
        }
        assert!(beyond <= 20, "{beyond} of 400");
        let moved = at([300.0, 400.0, 200.0], 200).since(&then);
        let beyond: Vec<bool> = moved.iter().map(|change| change.is_beyond).collect();
        assert_eq!(beyond, [true, false, true, false]);
        assert!((moved[0].by.value + 0.2).abs() < 0.05 && moved[0].by.high < -0.1, "{:?}", moved[0]);
        let other = Sizes { shares: Vec::new(), ..then.clone() };
        assert!(then.since(&other).is_empty());
    }

    #[test]
    fn weights_are_of_those_who_are_in_a_segment() {
        let found = of(&golden("segments"), &window([450.0, 450.0, 0.0], 0.0, 1)).unwrap();
        let weights: Vec<f64> = found.of_segments().iter().map(|(share, _)| *share).collect();
        assert!((weights[0] - 0.5).abs() < 1e-9 && weights[2] == 0.0, "{weights:?}");
        let nobody = of(&golden("segments"), &window([0.0; 3], 0.0, 1)).unwrap();
        assert!(nobody.of_segments().is_empty());
    }

    #[test]
    fn other_tasks_say_nothing() {
        let sums = window([1.0, 2.0, 3.0], 0.0, 1);
        assert_eq!(of(&golden("gate"), &sums), None);
        let short = Released { cells: vec![1.0], ..sums.clone() };
        assert_eq!(of(&golden("segments"), &short), None);
        assert_eq!(of(&golden("segments"), &Released { reports: 0.0, ..sums }), None);
    }

    proptest! {
        #[test]
        fn what_is_fitted_is_nearest(
            released in prop::collection::vec(-200.0f64..500.0, 1..8), total in 1.0f64..2_000.0,
            other in prop::collection::vec(0.0f64..1.0, 8),
        ) {
            let found = fitted(&released, total);
            prop_assert!((found.iter().sum::<f64>() - total).abs() < 1e-6 * total.max(1.0));
            prop_assert!(found.iter().all(|count| *count >= 0.0));
            let away = |counts: &[f64]| -> f64 {
                counts.iter().zip(&released).map(|(count, released)| (count - released) * (count - released)).sum()
            };
            let all: f64 = other[..released.len()].iter().sum::<f64>().max(1e-9);
            let other: Vec<f64> = other[..released.len()].iter().map(|part| part * total / all).collect();
            prop_assert!(away(&found) <= away(&other) + 1e-6 * away(&other).max(1.0));
        }
    }
}
