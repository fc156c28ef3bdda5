//! Purchase intent from one round of multihot reports: naive Bayes over binned features.

use homebody_protocol::features::FEATURES;
use homebody_protocol::task::{Edges, Measurement, Task};

use super::Released;

/// Visitors that the common rate of a bin counts for, as well as two standard deviations of its noise.
const PRIOR: f64 = 10.0;

/// Log-odds of a purchase as a sum of one number a feature, looked up by bin.
#[derive(Clone, Debug, PartialEq)]
pub struct BinnedBayes {
    edges: Edges,
    /// Log-odds of anybody.
    pub base: f64,
    /// Of each bin, in the order of the cells: ln P(bin | bought) − ln P(bin | not).
    pub evidence: Vec<f64>,
}

impl BinnedBayes {
    /// Learns from the sums of an intent task. `None` for another task or length, and before there are visits of both ends.
    ///
    /// A device tells some of the features only, drawn; the frequencies of a feature's bins are taken among those who told
    /// it, so that drawing costs visitors and no bias. Bins that few are in tell little: each is smoothed by what would be
    /// expected of it in either class, with a weight that grows with the noise.
    pub fn learn(task: &Task, released: &Released) -> Option<Self> {
        let Measurement::Intent { edges } = &task.measurement else { return None };
        if released.cells.len() != task.length as usize {
            return None;
        }
        let floor = 2.0 * released.sigma();
        let [not, bought] = [released.cells[0], released.cells[1]];
        if not <= floor || bought <= floor {
            return None;
        }
        let mut evidence = vec![0.0; edges.cells() as usize];
        let weight = PRIOR + floor;
        for (_, first, bins) in edges.features() {
            let cell =
                |bin: u32, outcome: u32| released.cells[(2 + 2 * (first + bin) + outcome) as usize].max(0.0);
            let total = |outcome| (0..bins).map(|bin| cell(bin, outcome)).sum::<f64>();
            let (all_not, all_bought) = (total(0), total(1));
            for bin in 0..bins {
                let common = (cell(bin, 0) + cell(bin, 1) + 1.0) / (all_not + all_bought + f64::from(bins));
                let share = |count: f64, all: f64| (count + weight * common) / (all + weight);
                let odds = share(cell(bin, 1), all_bought) / share(cell(bin, 0), all_not);
                evidence[(first + bin) as usize] = libm::log(odds);
            }
        }
        Some(Self { edges: edges.clone(), base: libm::log(bought / not), evidence })
    }

    /// Log-odds of a purchase. Overconfident where features say the same thing twice: calibrate before showing it.
    pub fn margin(&self, features: &[f32; FEATURES]) -> f64 {
        let told = self.edges.features().filter(|(feature, ..)| *feature < FEATURES);
        let one = |(feature, first, _): (usize, u32, u32)| {
            self.evidence[(first + self.edges.bin(feature, features[feature])) as usize]
        };
        self.base + told.map(one).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise};
    use super::*;
    use crate::bootstrap::SplitMix64;
    use crate::calibration::ScoreHistogram;

    /// A visitor's features, of which three say something, and whether they bought.
    fn visit(rng: &mut SplitMix64) -> ([f32; FEATURES], bool) {
        let mut features = [0.0f32; FEATURES];
        features.iter_mut().for_each(|value| *value = (3.0 * rng.unit()) as f32);
        let margin = -2.0 + 1.2 * f64::from(features[0] - 1.5) - 0.9 * f64::from(features[3] - 1.5)
            + 0.7 * f64::from(features[7] - 1.5);
        (features, rng.unit() < crate::logistic::sigmoid(margin))
    }

    fn area(score: impl Fn(&[f32; FEATURES]) -> f64) -> f64 {
        let (mut rng, mut histogram) = (SplitMix64(77), ScoreHistogram::default());
        for _ in 0..20_000 {
            let (features, bought) = visit(&mut rng);
            histogram.add(crate::logistic::sigmoid(score(&features)), bought);
        }
        histogram.auc().unwrap().area
    }

    fn learned(visitors: usize, sigma: f64) -> Option<BinnedBayes> {
        let (task, mut rng) = (golden("intent"), SplitMix64(7));
        let Measurement::Intent { edges } = &task.measurement else { panic!() };
        let mut cells = vec![0.0; 130];
        for _ in 0..visitors {
            let (features, bought) = visit(&mut rng);
            let outcome = usize::from(bought);
            cells[outcome] += 1.0;
            let mut asked: Vec<(usize, u32)> =
                edges.features().map(|(feature, first, _)| (feature, first)).collect();
            for _ in 0..7 {
                let (feature, first) = asked.swap_remove(rng.below(asked.len()));
                cells[2 + 2 * (first + edges.bin(feature, features[feature])) as usize + outcome] += 1.0;
            }
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        BinnedBayes::learn(&task, &Released { reports: visitors as f64, cells, variance: sigma * sigma })
    }

    #[test]
    fn one_report_a_visitor_is_nearly_as_good_as_the_truth() {
        let truth = area(|x| 1.2 * f64::from(x[0]) - 0.9 * f64::from(x[3]) + 0.7 * f64::from(x[7]));
        let exact = learned(9_000, 0.0).unwrap();
        let noisy = learned(9_000, 12.0).unwrap();
        let (exact, noisy) = (area(|x| exact.margin(x)), area(|x| noisy.margin(x)));
        assert!(truth - exact < 0.04, "{truth} {exact}");
        assert!(exact - noisy < 0.04 && noisy > 0.6, "{exact} {noisy}");
    }

    #[test]
    fn too_few_are_no_model() {
        assert!(learned(30, 100.0).is_none());
        let released = Released { reports: 1.0, cells: vec![1.0; 4], variance: 0.0 };
        assert!(BinnedBayes::learn(&golden("gate"), &released).is_none());
        assert!(BinnedBayes::learn(&golden("intent"), &released).is_none());
    }
}
