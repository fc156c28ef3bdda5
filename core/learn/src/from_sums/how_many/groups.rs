//! Clusters taken together, and what they are worth: the part of Q that is theirs, and how noise moves it.

use homebody_protocol::features::FEATURES;
use homebody_protocol::mechanism::numbers::step_of;
use homebody_protocol::task::{Measurement, Task};

use crate::cluster::gmm::MIN_VARIANCE;
use crate::from_sums::Released;
use crate::from_sums::visitors::KNOWN;
use crate::moments::add_all;

/// What the cells of a task hold, and the noise in them.
pub(super) struct Cells {
    natural: Vec<f64>,
    /// Whether Σ r x² are there.
    has_squares: bool,
    limit: f64,
    /// Natural worth of a unit of noise in a cell of Σ r, of Σ r x, of Σ r x².
    steps: [f64; 3],
    /// Variance of the noise of a cell.
    pub(super) variance: f64,
}

/// Clusters taken together.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The clusters, ascending.
    pub(super) members: Vec<usize>,
    /// Σ r.
    pub(super) visitors: f64,
    /// Σ r x.
    sums: Vec<f64>,
    /// Σ r x²; empty for k-means.
    squares: Vec<f64>,
}

impl Group {
    fn mean(&self, index: usize) -> f64 {
        self.sums[index] / self.visitors
    }

    /// The variance that the sums have, and the one that is counted with; 1 for k-means.
    fn variance(&self, index: usize) -> (f64, f64) {
        let Some(squares) = self.squares.get(index) else { return (1.0, 1.0) };
        let mean = self.mean(index);
        let variance = (squares / self.visitors - mean * mean).max(0.0);
        (variance, variance.max(MIN_VARIANCE))
    }

    fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.members.extend(&other.members);
        both.members.sort_unstable();
        both.visitors += other.visitors;
        add_all(&mut both.sums, &other.sums);
        add_all(&mut both.squares, &other.squares);
        both
    }
}

impl Cells {
    pub(super) fn of(task: &Task, released: &Released) -> Option<Self> {
        let (scale, has_squares) = match &task.measurement {
            Measurement::KMeans { scale, .. } => (scale, false),
            Measurement::Mixture { scale, .. } => (scale, true),
            _ => return None,
        };
        let natural = released.natural(task);
        let is_whole = released.cells.len() == task.length as usize
            && natural.len() == released.cells.len()
            && natural.iter().all(|value| value.is_finite());
        let step = |index| step_of(&task.measurement, index);
        let squares = if has_squares { step(1 + FEATURES) } else { 0.0 };
        is_whole.then(|| Self {
            natural,
            has_squares,
            limit: f64::from(scale.limit),
            steps: [step(0), step(1), squares],
            variance: released.variance,
        })
    }

    pub(super) fn width(&self) -> usize {
        if self.has_squares { 1 + 2 * FEATURES } else { 1 + FEATURES }
    }

    /// Each cluster with visitors beyond the noise by itself.
    pub(super) fn known(&self, task: &Task, released: &Released) -> Vec<Group> {
        let floor = (KNOWN * released.sigma() * step_of(&task.measurement, 0)).max(1.0);
        let clusters = self.natural.chunks_exact(self.width()).enumerate();
        let group = |(cluster, cells): (usize, &[f64])| Group {
            members: vec![cluster],
            visitors: cells[0],
            sums: cells[1..=FEATURES].to_vec(),
            squares: cells[1 + FEATURES..].to_vec(),
        };
        clusters.filter(|(_, cells)| cells[0] > floor).map(group).collect()
    }

    /// Merges the two groups that are least missed; `false` where there are no two.
    pub(super) fn merge_nearest(&self, groups: &mut Vec<Group>, visitors: f64) -> bool {
        let worths: Vec<f64> = groups.iter().map(|group| self.worth(group, visitors)).collect();
        let mut best: Option<(f64, usize, usize)> = None;
        for left in 0..groups.len() {
            for right in left + 1..groups.len() {
                let both = self.worth(&groups[left].with(&groups[right]), visitors);
                let loss = worths[left] + worths[right] - both;
                if best.is_none_or(|(least, ..)| loss < least) {
                    best = Some((loss, left, right));
                }
            }
        }
        let Some((_, left, right)) = best else { return false };
        let other = groups.remove(right);
        groups[left] = groups[left].with(&other);
        true
    }

    /// What a group adds to Q, less what noise adds on average.
    pub(super) fn worth(&self, group: &Group, visitors: f64) -> f64 {
        let w = group.visitors;
        let mut worth = w * libm::log(w / visitors);
        let [_, sums, squares] = self.noise();
        let mut by_noise = 0.0;
        for index in 0..FEATURES {
            let mean = group.mean(index);
            let (own, variance) = group.variance(index);
            if self.has_squares {
                worth -= 0.5 * w * (libm::log(2.0 * core::f64::consts::PI * variance) + own / variance);
                by_noise += squares / (2.0 * variance * variance)
                    + sums * (2.0 * mean * mean / variance + 1.0) / variance;
            } else {
                worth -= 0.5 * w * (libm::log(2.0 * core::f64::consts::PI) - mean * mean);
                by_noise += sums;
            }
        }
        worth - 0.5 * group.members.len() as f64 * by_noise / w
    }

    /// Variances of natural cells; those of Σ r x carry the noise of Σ r, by which they were moved.
    fn noise(&self) -> [f64; 3] {
        let [count, sum, square] = self.steps.map(|step| self.variance * step * step);
        [count, sum + self.limit * self.limit * count, square]
    }

    /// What a unit of noise in each cell of a member adds to Q.
    pub(super) fn slopes(&self, group: &Group, visitors: f64) -> Vec<f64> {
        let [count, sum, square] = self.steps;
        let (mut by_count, mut by_sums, mut by_squares) =
            (libm::log(group.visitors / visitors), Vec::new(), Vec::new());
        for index in 0..FEATURES {
            let mean = group.mean(index);
            let (_, variance) = group.variance(index);
            by_count -= 0.5 * mean * mean / variance;
            if self.has_squares {
                by_count -= 0.5 * libm::log(variance);
                by_squares.push(-0.5 * square / variance);
            }
            // A unit in the cell of Σ r moves the sum the other way.
            by_count -= self.limit * mean / variance;
            by_sums.push(sum * mean / variance);
        }
        let mut slopes = vec![count * by_count];
        slopes.extend(by_sums);
        slopes.extend(by_squares);
        slopes
    }

    /// The round that starts with these groups.
    pub(super) fn measurement(&self, task: &Task, groups: &[Group], visitors: f64) -> Option<Measurement> {
        let limit = self.limit as f32;
        let centre = |group: &Group| -> Vec<f32> {
            (0..FEATURES).map(|index| (group.mean(index) as f32).clamp(-limit, limit)).collect()
        };
        let mut next = task.measurement.clone();
        match &mut next {
            Measurement::KMeans { centres, .. } => *centres = groups.iter().map(centre).collect(),
            Measurement::Mixture { shares, means, variances, .. } => {
                let variance = |group: &Group| -> Vec<f32> {
                    (0..FEATURES).map(|index| group.variance(index).1 as f32).collect()
                };
                *shares = groups.iter().map(|group| (group.visitors / visitors) as f32).collect();
                *means = groups.iter().map(centre).collect();
                *variances = groups.iter().map(variance).collect();
            }
            _ => return None,
        }
        Some(next)
    }
}
