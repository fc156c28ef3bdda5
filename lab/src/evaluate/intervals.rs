//! How sure a mean is: resampling visitors, all models over the same draws.

use super::metrics::{METRICS, Values};
use super::split::Case;
use homebody_learn::bootstrap::SplitMix64;
use serde::Serialize;
use std::collections::BTreeMap;

/// Rounds of resampling.
const ROUNDS: usize = 1_000;
/// Cells of the work one interval may cost: with many visitors means hardly vary between rounds.
const MAX_WORK: usize = 400_000_000;
const FEWEST_ROUNDS: usize = 200;

/// A mean with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// 2.5 % quantile of the resampled means.
    pub low: f64,
    /// 97.5 % quantile.
    pub high: f64,
}

/// Intervals of one model, and of the first model's difference to it.
#[derive(Clone, Debug, Default)]
pub struct Intervals {
    /// A metric's mean.
    pub of: BTreeMap<&'static str, Spread>,
    /// The first model's mean minus this one's.
    pub difference: BTreeMap<&'static str, Spread>,
}

/// Sums over the cases of one visitor: cases of one visitor are not independent, so visitors are what is drawn.
struct Clusters {
    counts: Vec<f64>,
    /// A model after another, a visitor after another.
    sums: Vec<Vec<Values>>,
}

/// Intervals of every model; `values` has one list a model, of one entry a case.
pub fn intervals(cases: &[Case], values: &[Vec<Values>], seed: u64) -> Vec<Intervals> {
    let clusters = Clusters::new(cases, values);
    let visitors = clusters.counts.len();
    let rounds = rounds(visitors * values.len() * METRICS.len());
    let mut rng = SplitMix64(seed);
    let mut drawn: Vec<Vec<Values>> = vec![Vec::with_capacity(rounds); values.len()];
    let mut times = vec![0.0; visitors];
    for _ in 0..rounds {
        times.fill(0.0);
        (0..visitors).for_each(|_| times[rng.below(visitors)] += 1.0);
        for (model, means) in drawn.iter_mut().enumerate() {
            means.push(clusters.mean(model, &times));
        }
    }
    let plain: Vec<Values> =
        (0..values.len()).map(|model| clusters.mean(model, &vec![1.0; visitors])).collect();
    (0..values.len()).map(|model| of_model(model, &plain, &drawn)).collect()
}

/// How often to resample where one round costs `cells`.
pub(super) fn rounds(cells: usize) -> usize {
    (MAX_WORK / cells.max(1)).clamp(FEWEST_ROUNDS, ROUNDS)
}

/// Means over all cases.
pub fn means(values: &[Values]) -> Values {
    let mut means = [0.0; METRICS.len()];
    for values in values {
        means.iter_mut().zip(values).for_each(|(mean, value)| *mean += value);
    }
    means.map(|sum| sum / values.len().max(1) as f64)
}

fn of_model(model: usize, plain: &[Values], drawn: &[Vec<Values>]) -> Intervals {
    let mut intervals = Intervals::default();
    for (index, name) in METRICS.into_iter().enumerate() {
        let own = drawn[model].iter().map(|means| means[index]).collect();
        intervals.of.insert(name, Spread::of(plain[model][index], own));
        if model > 0 {
            let gaps =
                drawn[0].iter().zip(&drawn[model]).map(|(first, own)| first[index] - own[index]).collect();
            intervals.difference.insert(name, Spread::of(plain[0][index] - plain[model][index], gaps));
        }
    }
    intervals
}

impl Spread {
    /// A figure with the quantiles of its resamples.
    pub(super) fn of(mean: f64, mut drawn: Vec<f64>) -> Self {
        drawn.sort_by(f64::total_cmp);
        let quantile = |share: f64| drawn.get((drawn.len() as f64 * share) as usize).copied().unwrap_or(mean);
        Self { mean, low: quantile(0.025), high: quantile(0.975) }
    }
}

impl Clusters {
    fn new(cases: &[Case], values: &[Vec<Values>]) -> Self {
        let groups = || cases.chunk_by(|left, right| left.visitor == right.visitor);
        let counts = groups().map(|group| group.len() as f64).collect();
        let sums = values.iter().map(|values| {
            let mut rest = values.as_slice();
            let sum = |group: &[Case]| {
                let (own, others) = rest.split_at(group.len());
                rest = others;
                means(own).map(|mean| mean * own.len() as f64)
            };
            groups().map(sum).collect()
        });
        Self { counts, sums: sums.collect() }
    }

    fn mean(&self, model: usize, times: &[f64]) -> Values {
        let mut total = [0.0; METRICS.len()];
        let mut count = 0.0;
        for ((sums, own), times) in self.sums[model].iter().zip(&self.counts).zip(times) {
            if *times > 0.0 {
                total.iter_mut().zip(sums).for_each(|(total, sum)| *total += times * sum);
                count += times * own;
            }
        }
        total.map(|total| total / f64::max(count, 1.0))
    }
}
