//! Drift: are this window's visitors still those the models were learned from?
//!
//! Two distances between the shares p and q of a feature's bins: the population stability index Σ (p − q) ln(p / q), and
//! the Jensen–Shannon divergence (Lin 1991), in nats. For small changes PSI is eight times JS. Both are biased upwards by
//! luck and noise; what those bring about by themselves is taken off before a threshold is applied.

use homebody_protocol::task::{Measurement, Task};

use super::Released;

/// PSI above which a feature has moved: the trade's threshold of .1.
pub const MOVED: f64 = 0.1;
/// PSI above which it is another one: the trade's threshold of .25.
pub const CHANGED: f64 = 0.25;
/// Smallest share of a bin, so that an empty one is far and not infinitely far.
const LEAST_SHARE: f64 = 1e-3;

/// How far a feature moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drift {
    /// Within luck and noise.
    Steady,
    /// Look at it.
    Moved,
    /// Train anew.
    Changed,
}

/// One feature then and now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeatureDrift {
    /// Its place among the features.
    pub feature: usize,
    /// Population stability index, less what luck and noise bring about; ≥ 0.
    pub psi: f64,
    /// Jensen–Shannon divergence in nats, likewise; 0 to ln 2.
    pub js: f64,
    /// What to make of it: by PSI, or by JS at an eighth of its thresholds, whichever says less.
    pub drift: Drift,
}

/// Each feature of a drift task then and now; `None` for another task, another length, and where a feature was told by too
/// few to say anything.
pub fn features(task: &Task, then: &Released, now: &Released) -> Option<Vec<FeatureDrift>> {
    let Measurement::Drift { edges } = &task.measurement else { return None };
    let length = task.length as usize;
    if then.cells.len() != length || now.cells.len() != length {
        return None;
    }
    let one = |(feature, first, bins): (usize, u32, u32)| {
        let cells = first as usize..(first + bins) as usize;
        compare(feature, (&then.cells[cells.clone()], then.variance), (&now.cells[cells], now.variance))
    };
    edges.features().map(one).collect()
}

/// Counts of bins and the variance of their noise.
type Counted<'a> = (&'a [f64], f64);

fn compare(feature: usize, then: Counted<'_>, now: Counted<'_>) -> Option<FeatureDrift> {
    let ((p, p_total), (q, q_total)) = (shares(then)?, shares(now)?);
    let (mut psi, mut js, mut luck) = (0.0, 0.0, 0.0);
    for (&p, &q) in p.iter().zip(&q) {
        let middle = 0.5 * (p + q);
        psi += (p - q) * libm::log(p / q);
        js += 0.5 * (p * libm::log(p / middle) + q * libm::log(q / middle));
        // E (p̂ − q̂)² / m of counts and noise alike: what PSI is when nothing changed.
        let of = |share: f64, total: f64, variance: f64| {
            share * (1.0 - share) / total + variance / (total * total)
        };
        luck += (of(p, p_total, then.1) + of(q, q_total, now.1)) / middle;
    }
    // Twice the mean is beyond the ninth decile already for four bins.
    let (psi, js) = ((psi - 2.0 * luck).max(0.0), (js - luck / 4.0).max(0.0));
    let least = psi.min(8.0 * js);
    let drift = if least > CHANGED {
        Drift::Changed
    } else if least > MOVED {
        Drift::Moved
    } else {
        Drift::Steady
    };
    Some(FeatureDrift { feature, psi, js, drift })
}

/// Shares that add up to about 1, and the number of those who told.
fn shares((counts, variance): Counted<'_>) -> Option<(Vec<f64>, f64)> {
    let total: f64 = counts.iter().map(|count| count.max(0.0)).sum();
    let enough = total > 4.0 * (variance * counts.len() as f64).sqrt() && total >= 20.0;
    let share = |count: &f64| (count.max(0.0) / total).max(LEAST_SHARE);
    enough.then(|| (counts.iter().map(share).collect(), total))
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use crate::bootstrap::SplitMix64;

    fn task() -> Task {
        Task::from_json(include_str!("../../../protocol/testdata/tasks/drift.json")).unwrap()
    }

    fn window(visitors: usize, moved: f64, sigma: f64, seed: u64) -> Released {
        let mut rng = SplitMix64(seed);
        let mut cells = vec![0.0; 64];
        for _ in 0..visitors {
            for feature in 0..16 {
                let shift = if feature == 3 { moved } else { 0.0 };
                let bin = (4.0 * (rng.unit() * (1.0 - shift) + shift)).min(3.0) as usize;
                cells[4 * feature + bin] += 1.0;
            }
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        Released { reports: visitors as f64, cells, variance: sigma * sigma }
    }

    #[test]
    fn known_values() {
        let (then, now) = ([500.0, 500.0], [750.0, 250.0]);
        let drift = compare(0, (&then, 0.0), (&now, 0.0)).unwrap();
        // ¼ ln 1.5 + ¼ ln 2 = .2747, less twice the luck of two thousand.
        assert!((drift.psi - 0.2747).abs() < 0.01 && drift.psi < 0.2747, "{}", drift.psi);
        assert!((drift.js - 0.0338).abs() < 0.002, "{}", drift.js);
        assert_eq!(drift.drift, Drift::Changed);
    }

    #[test]
    fn what_moved_is_found_and_luck_and_noise_are_not() {
        let then = window(3_000, 0.0, 20.0, 1);
        for seed in 2..30 {
            let same = features(&task(), &then, &window(1_000, 0.0, 20.0, seed)).unwrap();
            assert!(same.iter().all(|feature| feature.drift == Drift::Steady), "{same:?}");
        }
        let moved = features(&task(), &then, &window(3_000, 0.35, 20.0, 40)).unwrap();
        let found: Vec<usize> = moved
            .iter()
            .filter(|feature| feature.drift > Drift::Steady)
            .map(|feature| feature.feature)
            .collect();
        assert_eq!(found, [3]);
    }

    #[test]
    fn too_few_say_nothing() {
        assert!(features(&task(), &window(3_000, 0.0, 0.0, 1), &window(10, 0.0, 0.0, 2)).is_none());
        assert!(features(&task(), &window(3_000, 0.0, 0.0, 1), &window(100, 0.0, 60.0, 2)).is_none());
        assert!(
            features(&super::super::golden("gate"), &window(30, 0.0, 0.0, 1), &window(30, 0.0, 0.0, 1))
                .is_none()
        );
    }
}
