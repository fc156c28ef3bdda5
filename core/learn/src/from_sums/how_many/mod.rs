//! How many segments there are, from the sums of one round of k-means or of a mixture.
//!
//! Sums of two clusters add up to the sums of both together. So the round with the most clusters tells of every coarser
//! cut, and no device has to answer for each number by itself: a visitor who is in the sums of six clusters is in those of
//! five, and a choice among any of them is post-processing of what was released and paid for. Of all pairs the one whose
//! merging costs least is merged (Ward 1963), until the least number is reached.
//!
//! Each cut is judged by the Bayesian information criterion (Schwarz 1978) of the likelihood with the clusters known
//! (Biernacki, Celeux & Govaert 2000; Pelleg & Moore 2000 for k-means): −2 Q + p ln n, with Q = Σ r ln(share · density),
//! which Σ r, Σ r x and Σ r x² are enough for. (What is not released is −Σ r ln r, by which the likelihood itself is
//! larger: clusters that lie in one another are counted as one.) A mixture has the variances of its sums. k-means has no
//! Σ x²; its clusters are those of unit variance that devices assign visitors by, so that Q is known but for −½ Σ |x|²,
//! which is the same for every number.
//!
//! Noise makes clusters look different. By how much on average is taken off (the second order of Q in the noise), and a
//! larger number has to be better than a smaller one beyond what is left of it.

mod groups;

use homebody_protocol::task::{Measurement, Task};

use super::Released;
use groups::{Cells, Group};

/// How many standard deviations of the noise a larger number must be better by.
const CERTAIN: f64 = 2.0;

/// A number of segments, judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// How many.
    pub segments: usize,
    /// The criterion over the number of visitors; smaller is better. Of k-means without Σ |x|², so that only differences
    /// mean anything.
    pub bic: f64,
    /// Standard deviation that noise gives to the distance from the best.
    pub error: f64,
}

/// The number that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// How many: the smallest number that is not worse than the best beyond noise.
    pub segments: usize,
    /// All that were judged, ascending.
    pub tried: Vec<Tried>,
    /// The measurement of a round that begins with clusters taken together; `None` where those of the sums stand as they
    /// are.
    pub merged: Option<Measurement>,
}

/// Chooses among `least` to `most` segments by the sums of a round. Clusters without visitors beyond the noise do not
/// count.
///
/// `None` for other tasks, another length, and where there are no more clusters than `least` (at least 1): nothing is to
/// be chosen.
pub fn choose(task: &Task, released: &Released, least: usize, most: usize) -> Option<Choice> {
    let cells = Cells::of(task, released)?;
    let mut groups = cells.known(task, released);
    let (least, most) = (least.max(1), most.min(groups.len()));
    if groups.len() <= least || most < least {
        return None;
    }
    let visitors: f64 = groups.iter().map(|group| group.visitors).sum();
    let mut cuts = Vec::new();
    loop {
        if groups.len() <= most {
            cuts.push(Cut::of(&cells, &groups, visitors));
        }
        if groups.len() <= least || !cells.merge_nearest(&mut groups, visitors) {
            break;
        }
    }
    cuts.reverse();
    let best = cuts.iter().min_by(|left, right| left.bic.total_cmp(&right.bic))?;
    let judged = |cut: &Cut| {
        let error = 2.0 * cut.apart(best, cells.variance) / visitors;
        Tried { segments: cut.groups.len(), bic: cut.bic, error }
    };
    let tried: Vec<Tried> = cuts.iter().map(judged).collect();
    let place = tried.iter().position(|cut| cut.bic - best.bic <= CERTAIN * cut.error)?;
    let groups = &cuts[place].groups;
    let is_merged = groups.iter().any(|group| group.members.len() > 1);
    let merged = is_merged.then(|| cells.measurement(task, groups, visitors)).flatten();
    Some(Choice { segments: groups.len(), tried, merged })
}

/// All clusters cut into groups.
struct Cut {
    groups: Vec<Group>,
    bic: f64,
    /// What a unit of noise in each cell adds to Q: by cluster, then by cell.
    slopes: Vec<(usize, Vec<f64>)>,
}

impl Cut {
    fn of(cells: &Cells, groups: &[Group], visitors: f64) -> Self {
        let likelihood: f64 = groups.iter().map(|group| cells.worth(group, visitors)).sum();
        // Shares sum to 1; each group has as many numbers as it has cells.
        let numbers = (groups.len() * cells.width() - 1) as f64;
        let bic = (numbers * libm::log(visitors) - 2.0 * likelihood) / visitors;
        let mut slopes = Vec::new();
        for group in groups {
            let own = cells.slopes(group, visitors);
            slopes.extend(group.members.iter().map(|&member| (member, own.clone())));
        }
        slopes.sort_by_key(|(member, _)| *member);
        Self { groups: groups.to_vec(), bic, slopes }
    }

    /// Standard deviation that noise of this variance in each cell gives to the difference of two cuts' Q.
    fn apart(&self, other: &Self, variance: f64) -> f64 {
        let pairs =
            self.slopes.iter().zip(&other.slopes).flat_map(|((_, own), (_, other))| own.iter().zip(other));
        let squares: f64 = pairs.map(|(own, other)| (own - other) * (own - other)).sum();
        (variance * squares).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::SplitMix64;
    use crate::cluster::kmeans::Centroids;
    use crate::from_sums::{golden, noise, rounds, summed};
    use homebody_protocol::features::FEATURES;
    use homebody_protocol::task::Scale;

    const VISITORS: usize = 2_400;
    const ROUNDS: usize = 4;

    /// Visitors of so many kinds, each of which stands out in features of its own.
    fn visitors(kinds: usize) -> Vec<[f32; FEATURES]> {
        let mut rng = SplitMix64(7);
        let one = |visitor: usize| {
            core::array::from_fn(|index| {
                let own = kinds > 1 && index % kinds == visitor % kinds;
                (if own { 1.6 } else { -0.4 } + noise(&mut rng, 0.6)).clamp(-3.0, 3.0) as f32
            })
        };
        (0..VISITORS).map(one).collect()
    }

    fn scale() -> Scale {
        Scale { mean: vec![0.0; FEATURES], sd: vec![1.0; FEATURES], limit: 3.0 }
    }

    fn task(measurement: Measurement, of: &str) -> Task {
        let bound = measurement.integers().unwrap();
        Task { length: measurement.length(&bound), bound, measurement, ..golden(of) }
    }

    fn k_means(clusters: usize) -> Task {
        let centres = Centroids::start(clusters, FEATURES, 3).all;
        task(Measurement::KMeans { scale: scale(), centres, levels: 64 }, "k-means")
    }

    fn mixture(components: usize) -> Task {
        let means = Centroids::start(components, FEATURES, 3).all;
        let (shares, variances) =
            (vec![1.0 / components as f32; components], vec![vec![1.0; FEATURES]; components]);
        task(Measurement::Mixture { scale: scale(), shares, means, variances, levels: 256 }, "mixture")
    }

    /// What a visitor answers to a round.
    fn answer(task: &Task, visitor: &[f32; FEATURES]) -> Vec<f64> {
        let x = visitor.map(f64::from);
        match &task.measurement {
            Measurement::KMeans { centres, .. } => {
                let mut natural = vec![0.0; task.length as usize];
                let (nearest, _) = Centroids { all: centres.clone() }.nearest(visitor).unwrap();
                natural[nearest * (1 + FEATURES)] = 1.0;
                natural[nearest * (1 + FEATURES) + 1..][..FEATURES].copy_from_slice(&x);
                natural
            }
            _ => {
                let (shares, _) =
                    rounds::asked(&task.measurement).unwrap().responsibilities(visitor).unwrap();
                let cells = |r: f64| {
                    core::iter::once(r)
                        .chain(x.map(|x| r * x))
                        .chain(x.map(|x| r * x * x))
                        .collect::<Vec<f64>>()
                };
                shares.into_iter().flat_map(cells).collect()
            }
        }
    }

    /// Sums of the last of some rounds, and its task.
    fn last(mut task: Task, kinds: usize, sigma: f64) -> (Task, Released) {
        let all = visitors(kinds);
        let mut round = 1;
        loop {
            let sums = summed(&task, VISITORS, sigma, |visitor| answer(&task, &all[visitor]));
            if round == ROUNDS {
                return (task, sums);
            }
            round += 1;
            task.measurement = next(&task, &sums);
        }
    }

    fn next(task: &Task, sums: &Released) -> Measurement {
        let narrow = |values: &[f64]| values.iter().map(|&value| value as f32).collect::<Vec<f32>>();
        let mut measurement = task.measurement.clone();
        match &mut measurement {
            Measurement::KMeans { centres, .. } => *centres = rounds::k_means(task, sums).unwrap().all,
            Measurement::Mixture { shares, means, variances, .. } => {
                let found = rounds::mixture(task, sums).unwrap().all;
                *shares = found.iter().map(|one| one.share as f32).collect();
                *means = found.iter().map(|one| narrow(&one.mean)).collect();
                *variances = found.iter().map(|one| narrow(&one.variance)).collect();
            }
            _ => panic!("no clusters"),
        }
        measurement
    }

    fn segments(found: &Choice) -> Vec<usize> {
        found.tried.iter().map(|tried| tried.segments).collect()
    }

    #[test]
    fn as_many_as_there_are_kinds_of_visitors() {
        for (sigma, kinds, expected) in [(0.0, 1, 2), (0.0, 3, 3), (400.0, 1, 2), (400.0, 3, 3)] {
            for start in [k_means(6), mixture(6)] {
                let (task, released) = last(start, kinds, sigma);
                let found = choose(&task, &released, 2, 16).unwrap();
                assert_eq!(found.segments, expected, "{} {sigma}: {:?}", task.name, found.tried);
                assert!(found.tried.len() > 1 && segments(&found).is_sorted(), "{:?}", found.tried);
                let is_sure =
                    |tried: &Tried| tried.segments == expected || (tried.error > 0.0) == (sigma > 0.0);
                assert!(found.tried.iter().all(is_sure), "{:?}", found.tried);
                // Where only so many have visitors, nothing is to be merged.
                let Some(Measurement::KMeans { centres: means, .. } | Measurement::Mixture { means, .. }) =
                    &found.merged
                else {
                    assert_eq!(found.tried.last().map(|tried| tried.segments), Some(expected));
                    continue;
                };
                assert_eq!(means.len(), expected);
                let stands_out =
                    |index: usize| means.iter().filter(|mean| (mean[index] - 1.6).abs() < 0.2).count();
                assert!(kinds == 1 || (0..FEATURES).all(|index| stands_out(index) == 1), "{means:?}");
            }
        }
    }

    #[test]
    fn a_number_outside_the_range_is_not_chosen() {
        let (task, released) = last(k_means(6), 3, 0.0);
        let chosen = |least, most| {
            choose(&task, &released, least, most).map(|found| (found.segments, segments(&found)))
        };
        assert_eq!(chosen(4, 16), Some((4, vec![4, 5])), "of six, one has no visitors");
        assert_eq!(chosen(1, 2), Some((2, vec![1, 2])));
        assert_eq!((chosen(5, 16), chosen(3, 2)), (None, None));
    }

    #[test]
    fn what_noise_explains_is_not_chosen() {
        let (task, released) = last(k_means(6), 3, 0.0);
        let louder = |sigma: f64| Released { variance: sigma * sigma, ..released.clone() };
        let chosen = |sigma| choose(&task, &louder(sigma), 1, 16).map(|found| found.segments);
        assert_eq!((chosen(400.0), chosen(1e5)), (Some(3), None), "nobody is beyond such noise");
        let fewer = choose(&task, &louder(3_900.0), 1, 16).unwrap();
        assert!(fewer.segments < 3, "{:?}", fewer.tried);
    }

    #[test]
    fn other_sums_tell_nothing() {
        let released = Released { reports: 9.0, cells: vec![0.0; 4], variance: 0.0 };
        assert_eq!(choose(&golden("gate"), &released, 1, 16), None);
        assert_eq!(choose(&golden("k-means"), &released, 1, 16), None);
        let short = Released { cells: vec![1.0; 50], ..released };
        assert_eq!(choose(&golden("k-means"), &short, 1, 16), None);
    }
}
