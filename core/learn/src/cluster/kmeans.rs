//! k-means by rounds of sums: Lloyd's algorithm (1957) where a round's visitors contribute one-hot(cluster) × (1, x, |x|²).

use crate::bootstrap::SplitMix64;
use crate::moments::{add_all, is_finite};

/// Most clusters.
pub const MAX_CLUSTERS: usize = 16;
/// Candidates of a start, a cluster.
const CANDIDATES_PER_CLUSTER: usize = 32;
/// Candidates of a start lie within this many standard deviations.
const START_LIMIT: f64 = 2.5;

/// Centres of clusters, all of the same dimensions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Centroids {
    /// One centre a cluster.
    pub all: Vec<Vec<f32>>,
}

/// What a round of visitors adds up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KMeansSums {
    dimensions: usize,
    /// Visitors of each cluster.
    counts: Vec<f64>,
    /// Σ x of each cluster, one after the other.
    sums: Vec<f64>,
    /// Σ |x − centre|² of each cluster, for the centres of the round.
    within: Vec<f64>,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct KMeans {
    /// The centres.
    pub centroids: Centroids,
    /// Sums of the last round, taken with the centres before the last update.
    pub sums: KMeansSums,
    /// Rounds run.
    pub rounds: usize,
}

impl Centroids {
    /// The nearest centre and the squared distance to it; the first among equals. `None` without centres, for another
    /// length and for numbers that are not finite.
    pub fn nearest(&self, vector: &[f32]) -> Option<(usize, f64)> {
        if !is_finite(vector) {
            return None;
        }
        let mut best: Option<(usize, f64)> = None;
        for (index, centre) in self.all.iter().enumerate() {
            if centre.len() != vector.len() {
                return None;
            }
            let distance = squared_distance(centre, vector);
            if best.is_none_or(|(_, least)| distance < least) {
                best = Some((index, distance));
            }
        }
        best
    }

    /// A start that nobody's data is needed for: of points drawn from a standard normal in each of `dimensions`
    /// (standardised features; any seed is a fine start), `clusters` that lie far apart, after k-means++ (Arthur &
    /// Vassilvitskii 2007).
    pub fn start(clusters: usize, dimensions: usize, seed: u64) -> Self {
        let clusters = clusters.min(MAX_CLUSTERS);
        let mut rng = SplitMix64(seed);
        let mut point = || (0..dimensions).map(|_| normal(&mut rng)).collect::<Vec<f32>>();
        let candidates: Vec<Vec<f32>> = (0..clusters * CANDIDATES_PER_CLUSTER).map(|_| point()).collect();
        let mut all: Vec<Vec<f32>> = candidates.first().cloned().into_iter().collect();
        let mut distances = vec![f64::INFINITY; candidates.len()];
        while all.len() < clusters {
            let Some(newest) = all.last() else { break };
            for (distance, candidate) in distances.iter_mut().zip(&candidates) {
                *distance = distance.min(squared_distance(newest, candidate));
            }
            all.push(candidates[draw(&distances, &mut rng)].clone());
        }
        Self { all }
    }
}

impl KMeansSums {
    /// Nothing yet, for these centres.
    pub fn new(centroids: &Centroids) -> Self {
        let clusters = centroids.all.len();
        let dimensions = centroids.all.first().map_or(0, Vec::len);
        let sums = vec![0.0; clusters * dimensions];
        Self { dimensions, counts: vec![0.0; clusters], sums, within: vec![0.0; clusters] }
    }

    /// Sums that were counted elsewhere: cluster by cluster the visitors, then Σ x. What only noise can bring about,
    /// fewer visitors than none, is none. `None` for another shape. The inertia is not known.
    pub fn of(centroids: &Centroids, natural: &[f64]) -> Option<Self> {
        let mut sums = Self::new(centroids);
        let fits = natural.len() == sums.counts.len() * (1 + sums.dimensions);
        if !fits || natural.iter().any(|value| !value.is_finite()) {
            return None;
        }
        for (cluster, cells) in natural.chunks(1 + sums.dimensions).enumerate() {
            sums.counts[cluster] = cells[0].max(0.0);
            sums.sums[cluster * sums.dimensions..(cluster + 1) * sums.dimensions]
                .copy_from_slice(&cells[1..]);
        }
        Some(sums)
    }

    /// Adds a visitor to the nearest cluster; `false` for a vector that fits no centre.
    pub fn add(&mut self, centroids: &Centroids, vector: &[f32]) -> bool {
        let nearest = centroids.nearest(vector).filter(|&(cluster, _)| cluster < self.counts.len());
        let Some((cluster, distance)) = nearest.filter(|_| vector.len() == self.dimensions) else {
            return false;
        };
        self.counts[cluster] += 1.0;
        self.within[cluster] += distance;
        let sums = &mut self.sums[cluster * self.dimensions..(cluster + 1) * self.dimensions];
        for (sum, &value) in sums.iter_mut().zip(vector) {
            *sum += f64::from(value);
        }
        true
    }

    /// Adds the sums of others for the same centres; `false`, and nothing is added, for another shape.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.dimensions != other.dimensions || self.counts.len() != other.counts.len() {
            return false;
        }
        add_all(&mut self.counts, &other.counts);
        add_all(&mut self.sums, &other.sums);
        add_all(&mut self.within, &other.within);
        true
    }

    /// The centres of the next round; a cluster without visitors keeps its centre.
    pub fn update(&self, previous: &Centroids) -> Centroids {
        let centre = |(cluster, old): (usize, &Vec<f32>)| {
            let count = self.counts.get(cluster).copied().unwrap_or(0.0);
            if count < 1.0 || old.len() != self.dimensions {
                return old.clone();
            }
            let sums = &self.sums[cluster * self.dimensions..(cluster + 1) * self.dimensions];
            sums.iter().map(|sum| (sum / count) as f32).collect()
        };
        Centroids { all: previous.all.iter().enumerate().map(centre).collect() }
    }

    /// Visitors of each cluster.
    pub fn counts(&self) -> &[f64] {
        &self.counts
    }

    /// Σ of squared distances to the own centre: the inertia.
    pub fn within(&self) -> f64 {
        self.within.iter().sum()
    }

    /// Bayesian information criterion of spherical clusters of one variance (Pelleg & Moore 2000); smaller is better.
    /// ∞ where there are not more visitors than clusters.
    pub fn bic(&self) -> f64 {
        let (visitors, clusters) = (self.counts.iter().sum::<f64>(), self.counts.len() as f64);
        let dimensions = self.dimensions as f64;
        if visitors <= clusters || self.dimensions == 0 {
            return f64::INFINITY;
        }
        let variance = (self.within() / (dimensions * (visitors - clusters))).max(1e-12);
        let shares: f64 =
            self.counts.iter().filter(|&&count| count > 0.0).map(|n| n * libm::log(n / visitors)).sum();
        let spread = visitors * dimensions * libm::log(2.0 * core::f64::consts::PI * variance);
        let likelihood = shares - 0.5 * (spread + dimensions * (visitors - clusters));
        (clusters - 1.0 + clusters * dimensions + 1.0) * libm::log(visitors) - 2.0 * likelihood
    }
}

/// Rounds until no centre moves by more than `tolerance` (squared distance), at most `rounds`. `round` asks the
/// visitors: it is a loop over a history here, and a task for devices elsewhere.
pub fn run(
    start: Centroids,
    rounds: usize,
    tolerance: f64,
    mut round: impl FnMut(&Centroids) -> KMeansSums,
) -> KMeans {
    let mut run = KMeans { sums: KMeansSums::new(&start), centroids: start, rounds: 0 };
    while run.rounds < rounds {
        run.sums = round(&run.centroids);
        run.rounds += 1;
        let next = run.sums.update(&run.centroids);
        let moved = run.centroids.all.iter().zip(&next.all).map(|(old, new)| squared_distance(old, new));
        let farthest = moved.fold(0.0, f64::max);
        run.centroids = next;
        if farthest <= tolerance {
            break;
        }
    }
    run
}

/// The number of clusters at the elbow: of `within[i]`, the inertia with i + 1 clusters, the point farthest below the
/// line from the first to the last (Satopää et al. 2011). 1 for fewer than three values and where nothing falls.
pub fn elbow(within: &[f64]) -> usize {
    let (Some(&first), Some(&last)) = (within.first(), within.last()) else { return 1 };
    let steps = within.len() as f64 - 1.0;
    let mut best = (1, 0.0);
    for (index, &value) in within.iter().enumerate() {
        let line = first + (last - first) * index as f64 / steps.max(1.0);
        if line - value > best.1 {
            best = (index + 1, line - value);
        }
    }
    best.0
}

fn squared_distance(left: &[f32], right: &[f32]) -> f64 {
    let mut sum = 0.0;
    for (a, b) in left.iter().zip(right) {
        let apart = f64::from(*a) - f64::from(*b);
        sum += apart * apart;
    }
    sum
}

/// An index drawn in proportion to its weight.
fn draw(weights: &[f64], rng: &mut SplitMix64) -> usize {
    let mut left = rng.unit() * weights.iter().sum::<f64>();
    for (index, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return index;
        }
    }
    weights.len().saturating_sub(1)
}

/// Near enough to a standard normal for a start: the sum of twelve uniforms, cut.
fn normal(rng: &mut SplitMix64) -> f32 {
    let sum: f64 = (0..12).map(|_| rng.unit()).sum();
    (sum - 6.0).clamp(-START_LIMIT, START_LIMIT) as f32
}
