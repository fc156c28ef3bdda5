//! What the sums of tasks become: models and verdicts that know how much noise they stand on.
//!
//! | task | file | becomes |
//! | --- | --- | --- |
//! | co-occurrence, directed pairs | [`pairs`] | matrices of the head; neighbour lists by EASE with a noise-aware λ |
//! | popularity | [`counts`] | log counts, floored |
//! | k-means, mixture, moments, logistic, blend | [`rounds`] | the next round's centres or weights, as if counted centrally |
//! | the last round of k-means, mixture | [`how_many`] | the number of segments, by BIC |
//! | intent | [`intent`] | a binned naive Bayes model |
//! | metrics of experiments | [`metric`] | values of arms and their differences, with intervals |
//! | gate, votes, experiments | [`verdict`] | promote, reject or wait; the best setting; arms compared |
//! | evaluation | [`ranks`] | recall, NDCG and reciprocal rank of a model, and of two the difference |
//! | the last round of k-means, mixture, logistic | [`visitors`] | segments and intent as tables carry them, with what speaks for them |
//! | calibration | [`calibration`] | AUC, Brier score and calibration error of predictions, and what straightens them |
//! | calibration, intent | [`reliability`] | the same with intervals and a reliability curve; what each feature tells of purchases |
//! | decisions | [`grants`] | shares of those who granted a purpose |
//! | drift | [`clicks`] | how many visitors opened something, and whether fewer do than did |
//! | drift | [`drift`] | PSI and Jensen–Shannon divergence of each feature, less what noise and luck bring about |
//! | off-policy | [`off_policy`] | what another strength of exploration would earn |
//! | diversity | [`variety`] | mean entropy and Gini coefficient of what was shown, with their intervals |
//! | segments | [`sizes`] | the share of each segment, and whether it changed |
//! | second moments | [`plane`] | principal components, the place of each segment among them, how far they lie apart |
//!
//! Everything is post-processing of what was released: it costs no budget, and may be done as often as wanted.

pub mod calibration;
pub mod clicks;
pub mod counts;
pub mod drift;
mod estimate;
pub mod grants;
pub mod how_many;
pub mod intent;
pub mod mean;
pub mod metric;
pub mod off_policy;
pub mod pairs;
pub mod plane;
pub mod ranks;
pub mod reliability;
pub mod rounds;
pub mod sizes;
pub mod variety;
pub mod verdict;
pub mod visitors;

pub use estimate::Estimate;

use homebody_protocol::mechanism::{Hadamard, RandomisedResponse, Totals, numbers};
use homebody_protocol::task::{Answer, Mode, Noise, Task};

/// One released sum of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Released {
    /// Reports in it.
    pub reports: f64,
    /// What the cells of all reports add up to, with noise.
    pub cells: Vec<f64>,
    /// Variance of the noise of each cell: added at release, or by the devices under `local`.
    pub variance: f64,
}

impl Released {
    /// What a task's totals say, noise included. For `local` it is the unbiased estimate, and its variance that of a
    /// cell nobody is in.
    pub fn of(task: &Task, totals: &Totals) -> Self {
        let reports = totals.reports as f64;
        Self { reports, cells: totals.estimate(task), variance: variance(task, reports) }
    }

    /// What the totals of so many windows together say: each window was released with noise of its own.
    pub fn over(task: &Task, totals: &Totals, windows: u64) -> Self {
        let one = Self::of(task, totals);
        let times = match task.mode {
            Mode::Local { .. } => 1.0,
            Mode::Trusted { .. } | Mode::Split { .. } => windows as f64,
        };
        Self { variance: one.variance * times, ..one }
    }

    /// Several windows of a part together. `None` for no windows and for different lengths.
    pub fn together(windows: &[Self]) -> Option<Self> {
        let mut sum = windows.first()?.clone();
        for window in &windows[1..] {
            if window.cells.len() != sum.cells.len() {
                return None;
            }
            sum.reports += window.reports;
            sum.variance += window.variance;
            sum.cells.iter_mut().zip(&window.cells).for_each(|(cell, by)| *cell += by);
        }
        Some(sum)
    }

    /// Standard deviation of the noise of a cell.
    pub fn sigma(&self) -> f64 {
        self.variance.sqrt()
    }

    /// Natural statistics, for measurements that are numbers.
    pub fn natural(&self, task: &Task) -> Vec<f64> {
        numbers::decode(&task.measurement, &self.cells, self.reports)
    }
}

/// Variance of the noise in a cell of a sum of so many reports.
pub fn variance(task: &Task, reports: f64) -> f64 {
    let one = match task.mode {
        Mode::Local { answer: Answer::RandomisedResponse, micro_epsilon } => {
            return reports * RandomisedResponse::new(task.length, micro_epsilon).variance();
        }
        Mode::Local { answer: Answer::Hadamard, micro_epsilon } => {
            return reports * Hadamard::new(task.length, micro_epsilon).variance();
        }
        Mode::Trusted { noise } | Mode::Split { noise, .. } => match noise {
            Noise::Gaussian { milli_sigma } => square(f64::from(milli_sigma) / 1_000.0),
            Noise::Laplace { milli_scale } => laplace_variance(f64::from(milli_scale) / 1_000.0),
        },
    };
    one * f64::from(task.mode.noise_parties())
}

/// Of the discrete Laplace distribution: 2 q / (1 − q)² with q = e^(−1/b).
fn laplace_variance(scale: f64) -> f64 {
    let q = libm::exp(-1.0 / scale);
    2.0 * q / square(1.0 - q)
}

fn square(value: f64) -> f64 {
    value * value
}

/// Discrete-like noise for tests: the sum of twelve uniforms, scaled.
#[cfg(test)]
pub(crate) fn noise(rng: &mut crate::bootstrap::SplitMix64, sigma: f64) -> f64 {
    ((0..12).map(|_| rng.unit()).sum::<f64>() - 6.0) * sigma
}

/// What devices send, added up: through the very rounding that reports go through.
#[cfg(test)]
fn summed(task: &Task, visitors: usize, sigma: f64, natural: impl Fn(usize) -> Vec<f64>) -> Released {
    use homebody_protocol::mechanism::{Draw, Secret, numbers};
    let mut cells = vec![0.0; task.length as usize];
    for visitor in 0..visitors {
        let id = homebody_protocol::task::TaskId([0; 32]);
        let mut stream = Secret::new([1; 32]).draw(Draw::Round, &id, visitor as u64);
        let report = numbers::encode(&task.measurement, &natural(visitor), &mut stream);
        cells.iter_mut().zip(report).for_each(|(cell, value)| *cell += f64::from(value));
    }
    let mut rng = crate::bootstrap::SplitMix64(3);
    cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
    Released { reports: visitors as f64, cells, variance: sigma * sigma }
}

#[cfg(test)]
pub(crate) fn golden(name: &str) -> Task {
    let text = match name {
        "head-pairs" => include_str!("../../../protocol/testdata/tasks/head-pairs.json"),
        "after" => include_str!("../../../protocol/testdata/tasks/after.json"),
        "k-means" => include_str!("../../../protocol/testdata/tasks/k-means.json"),
        "mixture" => include_str!("../../../protocol/testdata/tasks/mixture.json"),
        "moments" => include_str!("../../../protocol/testdata/tasks/moments.json"),
        "purchase" => include_str!("../../../protocol/testdata/tasks/purchase.json"),
        "intent" => include_str!("../../../protocol/testdata/tasks/intent.json"),
        "gate" => include_str!("../../../protocol/testdata/tasks/gate.json"),
        "diversity" => include_str!("../../../protocol/testdata/tasks/diversity.json"),
        "revenue-ab" => include_str!("../../../protocol/testdata/tasks/revenue-ab.json"),
        "segments" => include_str!("../../../protocol/testdata/tasks/segments.json"),
        _ => include_str!("../../../protocol/testdata/tasks/categories.json"),
    };
    Task::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_that_of_the_mode() {
        // Two parties of discrete Laplace with b = 20.
        let gate = golden("gate");
        assert!((variance(&gate, 5_000.0) / (2.0 * 2.0 * 400.0) - 1.0).abs() < 1e-3);
        assert_eq!(variance(&golden("after"), 5_000.0), 900.0);
        let [response, hadamard] = ["segments", "categories"].map(|name| variance(&golden(name), 1_000.0));
        // q (1 − q) / (p − q)² of four cells at ε = 1, and ((e + 1) / (e − 1))².
        assert!(
            (response - 1_598.1).abs() < 0.1 && (hadamard - 4_682.7).abs() < 0.1,
            "{response} {hadamard}"
        );
    }

    #[test]
    fn windows_add_up_with_their_noise() {
        let one = Released { reports: 3.0, cells: vec![1.0, 2.0], variance: 4.0 };
        let both = Released::together(&[one.clone(), one.clone()]).unwrap();
        assert_eq!(both, Released { reports: 6.0, cells: vec![2.0, 4.0], variance: 8.0 });
        let totals = |times: i64| Totals { reports: 500, cells: vec![40 * times; 28] };
        let window = Released::of(&golden("after"), &totals(1));
        let two = Released::together(&[window.clone(), window]).unwrap();
        let over = Released::over(&golden("after"), &Totals { reports: 1_000, ..totals(2) }, 2);
        assert_eq!(over, two, "a running total is as good as its windows");
        let longer = Released { cells: vec![0.0; 3], ..one.clone() };
        assert!(Released::together(&[one, longer]).is_none() && Released::together(&[]).is_none());
    }
}
