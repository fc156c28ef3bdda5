//! How a model fares, from the sums of an `evaluation` task: buckets of the rank at which a device's held-out item was.
//!
//! One item is held out, so that recall, reciprocal rank and NDCG are each a sum over ranks: 1 or 0, 1 / r, 1 /
//! log₂(1 + r). They are over all devices that answered, those with nothing to hold out included, so that they
//! compare models and are lower than a figure of an offline evaluation. Within a bucket every rank is taken to be as
//! likely; how far that can be wrong is in the interval.

use homebody_protocol::task::{Measurement, Task};

use super::Released;
use super::estimate::Estimate;
use super::mean::Mean;

/// Which figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankMetric {
    /// Share of devices whose item is among the first so many.
    Recall,
    /// Mean reciprocal rank among the first so many.
    ReciprocalRank,
    /// Normalised discounted cumulative gain among the first so many.
    Ndcg,
}

impl RankMetric {
    /// Stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::ReciprocalRank => "mrr",
            Self::Ndcg => "ndcg",
        }
    }

    fn gain(self, rank: u32) -> f64 {
        match self {
            Self::Recall => 1.0,
            Self::ReciprocalRank => 1.0 / f64::from(rank),
            Self::Ndcg => 1.0 / libm::log2(1.0 + f64::from(rank)),
        }
    }
}

/// One figure of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankFigure {
    /// Which one.
    pub metric: RankMetric,
    /// Ranks that count.
    pub at: u32,
    /// What it is.
    pub value: Estimate,
    /// Standard error, noise included, without what is not known of buckets.
    pub error: f64,
}

/// Recall and NDCG at the end of every bucket, and the mean reciprocal rank at the last. `None` for another task or
/// length, and without reports.
pub fn figures(task: &Task, released: &Released) -> Option<Vec<RankFigure>> {
    let Measurement::Evaluation { ranks, .. } = &task.measurement else { return None };
    if released.cells.len() != task.length as usize || released.reports < 1.0 {
        return None;
    }
    let last = ranks.len().checked_sub(1)?;
    let at = |metric, bucket| figure(metric, ranks, bucket, released);
    let both = (0..=last).flat_map(|bucket| [at(RankMetric::Recall, bucket), at(RankMetric::Ndcg, bucket)]);
    Some(both.chain([at(RankMetric::ReciprocalRank, last)]).collect())
}

/// What the new model is ahead of the old one in each figure that both have. Two samples of the same devices, whose
/// likeness is not known: the interval is that of two that have nothing in common, and so rather too wide. A `gate`
/// task compares in pairs.
pub fn ahead(new: &[RankFigure], old: &[RankFigure]) -> Vec<RankFigure> {
    let difference = |new: &RankFigure| {
        let old = old.iter().find(|old| old.metric == new.metric && old.at == new.at)?;
        let error = (new.error * new.error + old.error * old.error).sqrt();
        let value = Mean { value: new.value.value - old.value.value, error }.interval((-1.0, 1.0));
        Some(RankFigure { value, error, ..*new })
    };
    new.iter().filter_map(difference).collect()
}

fn figure(metric: RankMetric, ranks: &[u32], last: usize, released: &Released) -> RankFigure {
    let (reports, variance) = (released.reports, released.variance);
    let (mut sum, mut squares, mut noise, mut least, mut most) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let mut first = 1;
    for (&end, &count) in ranks.iter().zip(&released.cells).take(last + 1) {
        let mean = (first..=end).map(|rank| metric.gain(rank)).sum::<f64>() / f64::from(end + 1 - first);
        sum += count * mean;
        squares += count.max(0.0) * mean * mean;
        noise += variance * mean * mean;
        least += count.max(0.0) * (mean - metric.gain(end));
        most += count.max(0.0) * (metric.gain(first) - mean);
        first = end + 1;
    }
    let value = sum / reports;
    let error = ((squares - reports * value * value).max(1.0) + noise).sqrt() / reports;
    let held = |number: f64| number.clamp(0.0, 1.0);
    let within = Mean { value, error }.interval((0.0, 1.0));
    let value = Estimate {
        low: held(within.low - least / reports),
        high: held(within.high + most / reports),
        ..within
    };
    RankFigure { metric, at: ranks[last], value, error }
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use crate::bootstrap::SplitMix64;

    fn task() -> Task {
        Task::from_json(include_str!("../../../protocol/testdata/tasks/evaluation.json")).unwrap()
    }

    fn at(figures: &[RankFigure], metric: RankMetric, at: u32) -> Estimate {
        figures.iter().find(|figure| figure.metric == metric && figure.at == at).unwrap().value
    }

    /// Items at ranks of a geometric kind, with what an evaluation one by one says of recall and NDCG at 10 and of
    /// MRR at 50.
    fn window(devices: u32, ahead: f64, sigma: f64, seed: u64) -> (Released, [f64; 3]) {
        let (mut rng, mut cells, mut sums) = (SplitMix64(seed), vec![0.0; 7], [0.0; 3]);
        for _ in 0..devices {
            let rank = (libm::log(1.0 - rng.unit()) / libm::log(1.0 - ahead)) as u32 + 1;
            let has_one = rng.unit() < 0.6;
            let bucket = [1, 2, 5, 10, 20, 50].iter().position(|last| rank <= *last).filter(|_| has_one);
            cells[bucket.unwrap_or(6)] += 1.0;
            if let Some(bucket) = bucket {
                let near = f64::from(u8::from(bucket <= 3)) / f64::from(devices);
                sums[0] += near;
                sums[1] += near * RankMetric::Ndcg.gain(rank);
                sums[2] += RankMetric::ReciprocalRank.gain(rank) / f64::from(devices);
            }
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        (Released { reports: f64::from(devices), cells, variance: sigma * sigma }, sums)
    }

    #[test]
    fn sums_say_what_ranks_one_by_one_say() {
        let (released, [recall, ndcg, mrr]) = window(20_000, 0.08, 0.0, 3);
        let found = figures(&task(), &released).unwrap();
        assert_eq!(found.len(), 13);
        assert!((at(&found, RankMetric::Recall, 10).value - recall).abs() < 1e-12);
        assert!((at(&found, RankMetric::Ndcg, 10).value - ndcg).abs() < 0.003, "{ndcg} {found:?}");
        assert!((at(&found, RankMetric::ReciprocalRank, 50).value - mrr).abs() < 0.003, "{mrr} {found:?}");
        let first = at(&found, RankMetric::Ndcg, 1);
        assert_eq!(first, at(&found, RankMetric::Recall, 1), "one rank is known exactly");
    }

    #[test]
    fn intervals_hold_the_truth_in_spite_of_the_noise() {
        let (_, truth) = window(500_000, 0.08, 0.0, 3);
        let mut within = [0; 3];
        for seed in 0..200 {
            let found = figures(&task(), &window(3_000, 0.08, 30.0, 50 + seed).0).unwrap();
            for (within, (metric, rank, truth)) in within.iter_mut().zip([
                (RankMetric::Recall, 10, truth[0]),
                (RankMetric::Ndcg, 10, truth[1]),
                (RankMetric::ReciprocalRank, 50, truth[2]),
            ]) {
                let found = at(&found, metric, rank);
                *within += u32::from(found.low <= truth && truth <= found.high);
            }
        }
        assert!(within.iter().all(|within| *within >= 180), "{within:?} of 200");
    }

    #[test]
    fn a_better_model_is_ahead_and_the_same_one_is_not() {
        let of = |ahead, seed| figures(&task(), &window(6_000, ahead, 20.0, seed).0).unwrap();
        let better = ahead(&of(0.16, 1), &of(0.08, 2));
        assert!(better.len() == 13 && at(&better, RankMetric::Recall, 10).low > 0.05, "{better:?}");
        let same = (0..100).filter(|seed| {
            let same = at(&ahead(&of(0.08, 200 + seed), &of(0.08, 400 + seed)), RankMetric::Recall, 10);
            same.low <= 0.0 && same.high >= 0.0
        });
        let same = same.count();
        assert!((88..=99).contains(&same), "{same} of 100");
        let other = Released { reports: 9.0, cells: vec![0.0; 4], variance: 0.0 };
        assert!(
            figures(&task(), &other).is_none() && figures(&super::super::golden("gate"), &other).is_none()
        );
    }
}
