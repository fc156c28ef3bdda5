//! What a site gets, by mode, number of visitors and ε, without a network.
//!
//! Each visitor of the set answers the very tasks of [`super::ask`] by the device's own measurement, once a month under
//! `trusted` and `local`, once a day under `split`. The first n answers are the sum of n visitors; where n is more than
//! the set has, its sum is multiplied, which says that further visitors are like those. The noise is that of n: what is
//! added at release does not depend on how many are in the sum, so that its share is exact for any n.

use anyhow::Result;
use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::from_sums::{Released, counts, pairs};
use homebody_protocol::accounting::MICRO;
use homebody_protocol::mechanism::{Hadamard, RandomisedResponse};
use homebody_protocol::task::{Mode as Asked, Noise, Task};
use indicatif::ProgressBar;
use serde::Serialize;

use super::ask::{self, Budget};
use super::people::{Browser, secret};
use super::world::World;
use super::{Mode, model};

/// Contributing visitors.
pub const VISITORS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// ε of a device in a month.
pub const EPSILONS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];
/// Daily reports of a month, under `split`.
const DAYS: u32 = 30;
/// Best partners of an item that are looked for again.
const PARTNERS: usize = 10;
/// Draws of the noise that are averaged.
const DRAWS: u64 = 4;
/// Of an experiment: share that converts, and 5 % two-sided at 80 % power.
const CONVERSION: f64 = 0.03;
const POWER: f64 = 1.96 + 0.841_621_2;

/// What a site gets.
#[derive(Clone, Debug, Serialize)]
pub struct Sweep {
    /// Visitors of the set.
    pub visitors: usize,
    /// Items of the head.
    pub items: usize,
    /// Lists judged.
    pub lists: usize,
    /// NDCG@10 of popularity counted from the rows.
    pub popularity: f64,
    /// Its standard error over visitors.
    pub error: f64,
    /// NDCG@10 of the model learned from the rows.
    pub centralised: f64,
    /// NDCG@10 of the learner of sums on the exact, uncapped pairs of everybody.
    pub exact: f64,
    /// One for each mode, number and ε.
    pub points: Vec<Point>,
}

impl Sweep {
    /// NDCG@10 of the best that the rows themselves give: what caps and noise are measured from.
    pub fn raw(&self) -> f64 {
        self.centralised.max(self.exact)
    }
}

/// One cell of the table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Point {
    /// How it was summed.
    pub mode: Mode,
    /// Contributing visitors.
    pub visitors: u64,
    /// ε of a device in a month, δ 10⁻⁶; under `local` of the one answer.
    pub epsilon: f64,
    /// NDCG@10, the mean of some draws of the noise.
    pub ndcg_at_10: f64,
    /// Of the worst of the draws.
    pub least: f64,
    /// Share of each item's best partners, by exact pairs, that are still among its best; `None` where pairs are not asked.
    pub partners: Option<f64>,
    /// Half the sum of differences between told and true shares of the items asked about: 0 the same, 1 nothing in common.
    pub popularity_error: f64,
    /// Smallest difference of a conversion of 3 % that is seen four times out of five, in points of a hundred, if the ε is
    /// spent on the experiment.
    pub detectable: f64,
}

/// Sums of the first n visitors, for each n of [`VISITORS`].
struct Sums {
    task: Task,
    /// Number of windows in the sum.
    windows: u32,
    /// By n and part: reports and cells.
    of: Vec<Vec<(f64, Vec<f64>)>>,
}

/// Sweeps all modes; `epsilons` and `visitors` are [`EPSILONS`] and [`VISITORS`] but in tests.
///
/// # Errors
/// When the set cannot be asked, or a model cannot be encoded.
pub fn sweep(world: &World, modes: &[Mode], visitors: &[u64], epsilons: &[f64], seed: u64) -> Result<Sweep> {
    let exact = exact_lists(world)?;
    let (popularity, error) = model::worth_and_error(world, &model::popularity(world)?)?;
    let mut sweep = Sweep {
        visitors: world.visitors.len(),
        items: world.data.items.len(),
        lists: world.split.cases.len(),
        popularity,
        error,
        centralised: model::worth(world, &model::centralised(world)?)?,
        exact: exact.worth,
        points: Vec::new(),
    };
    let bar = ProgressBar::new((modes.len() * visitors.len() * epsilons.len()) as u64);
    for &mode in modes {
        let told = Told::of(world, mode, visitors, seed)?;
        for (place, &count) in visitors.iter().enumerate() {
            for &epsilon in epsilons {
                let mut point = Point {
                    mode,
                    visitors: count,
                    epsilon,
                    ndcg_at_10: 0.0,
                    least: f64::INFINITY,
                    partners: None,
                    popularity_error: 0.0,
                    detectable: detectable(mode, count, epsilon),
                };
                for draw in 0..DRAWS {
                    let mut rng = SplitMix64(seed ^ (draw << 32) ^ count ^ epsilon.to_bits());
                    let found = told.learned(world, &exact, place, epsilon, &mut rng)?;
                    point.ndcg_at_10 += found.worth / DRAWS as f64;
                    point.least = point.least.min(found.worth);
                    point.popularity_error += found.error / DRAWS as f64;
                    let of_draw = found.partners.map(|share| share / DRAWS as f64);
                    point.partners = of_draw.map(|share| share + point.partners.unwrap_or(0.0));
                }
                sweep.points.push(point);
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    Ok(sweep)
}

/// What the exact pairs of everybody say.
struct Exact {
    worth: f64,
    lists: Vec<Vec<usize>>,
    shares: Vec<f64>,
}

/// What one draw of the noise left.
struct Learned {
    worth: f64,
    partners: Option<f64>,
    error: f64,
}

/// What was told under a mode.
struct Told {
    mode: Mode,
    counts: Sums,
    pairs: Option<Sums>,
}

impl Told {
    fn of(world: &World, mode: Mode, visitors: &[u64], seed: u64) -> Result<Self> {
        // The vectors do not depend on the noise that is added to their sum.
        let (budget, asked) = (Budget::of(1.0), ask::Asked::offline(world.keyed.id_seed));
        let counts = ask::counts(world, mode, budget, &asked)?;
        let counts = Sums::of(world, counts, 1, visitors, seed)?;
        let windows = if mode == Mode::Split { DAYS } else { 1 };
        let pairs = match mode {
            Mode::Local => None,
            _ => Some(Sums::of(world, ask::pairs(world, mode, budget, &asked)?, windows, visitors, seed)?),
        };
        Ok(Self { mode, counts, pairs })
    }

    fn learned(
        &self,
        world: &World,
        exact: &Exact,
        place: usize,
        epsilon: f64,
        rng: &mut SplitMix64,
    ) -> Result<Learned> {
        let (budget, asked) = (Budget::of(epsilon), ask::Asked::offline(world.keyed.id_seed));
        let task = ask::counts(world, self.mode, budget, &asked)?;
        let counted = match self.mode {
            Mode::Local => self.counts.answered(&task, place, rng),
            _ => self.counts.released(&task, place, rng).remove(0),
        };
        let error =
            apart(&shares(&counted.cells[..counted.cells.len().min(exact.shares.len())]), &exact.shares);
        let Some(sums) = &self.pairs else {
            let mut popularity = counts::popularity(&counted);
            popularity.truncate(world.data.items.len());
            let popularity: Vec<f64> = popularity.iter().map(|log| f64::from(*log).exp_m1()).collect();
            let worth = model::worth(world, &model::from_counts(world, &popularity)?)?;
            return Ok(Learned { worth, partners: None, error });
        };
        let asked = ask::Asked { reports: sums.windows, ..asked };
        let task = ask::pairs(world, self.mode, budget, &asked)?;
        let parts = sums.released(&task, place, rng);
        let drowned = || pairs::HeadMatrix { columns: Vec::new(), reports: 0.0, sigma: 0.0 };
        let matrix = pairs::matrix(&task, &parts).unwrap_or_else(drowned);
        let (ours, lists) = model::from_sums(world, &counted, &matrix)?;
        let partners = lists.map_or(0.0, |lists| kept(&lists, &exact.lists));
        Ok(Learned { worth: model::worth(world, &ours)?, partners: Some(partners), error })
    }
}

impl Sums {
    fn of(world: &World, task: Task, windows: u32, visitors: &[u64], seed: u64) -> Result<Self> {
        let pool = model::popularity(world)?.pool;
        let mut browser = Browser::open(&pool)?;
        let mut sums = vec![(0.0, vec![0.0; task.length as usize]); task.parts() as usize];
        let all = world.visitors.len() as u64;
        let mut of = vec![Vec::new(); visitors.len()];
        for visitor in 0..world.visitors.len() {
            for said in browser.says(world, visitor, secret(seed, visitor), &task, windows) {
                let (reports, cells) = &mut sums[said.part as usize];
                *reports += 1.0;
                cells.iter_mut().zip(&said.vector).for_each(|(sum, value)| *sum += f64::from(*value));
            }
            let told = visitor as u64 + 1;
            for (place, _) in visitors.iter().enumerate().filter(|(_, count)| told == (**count).min(all)) {
                of[place].clone_from(&sums);
            }
        }
        // More visitors than there are: like those that there are.
        for (sums, count) in of.iter_mut().zip(visitors) {
            let factor = (*count as f64 / all as f64).max(1.0);
            for (reports, cells) in sums {
                *reports *= factor;
                cells.iter_mut().for_each(|cell| *cell *= factor);
            }
        }
        Ok(Self { task, windows, of })
    }

    /// With the noise of a release for each window.
    fn released(&self, task: &Task, place: usize, rng: &mut SplitMix64) -> Vec<Released> {
        let sigma = match task.mode.noise() {
            Some(Noise::Gaussian { milli_sigma } | Noise::Laplace { milli_scale: milli_sigma }) => {
                f64::from(milli_sigma) / 1_000.0
            }
            None => 0.0,
        };
        let variance = sigma * sigma * f64::from(task.mode.noise_parties()) * f64::from(self.windows);
        let noisy = |(reports, cells): &(f64, Vec<f64>)| Released {
            reports: *reports,
            cells: cells.iter().map(|cell| (cell + variance.sqrt() * normal(rng)).round()).collect(),
            variance,
        };
        self.of[place].iter().map(noisy).collect()
    }

    /// With the noise that answers carry: each cell's estimate has this variance, and that of the sample is in the sum.
    fn answered(&self, task: &Task, place: usize, rng: &mut SplitMix64) -> Released {
        let Asked::Local { micro_epsilon, .. } = task.mode else {
            return Released { reports: 0.0, cells: Vec::new(), variance: 0.0 };
        };
        let (reports, cells) = &self.of[place][0];
        let variance = reports * Hadamard::new(self.task.length, micro_epsilon).variance();
        let cells = cells.iter().map(|cell| cell + variance.sqrt() * normal(rng)).collect();
        Released { reports: *reports, cells, variance }
    }
}

/// Standard normal (Box, Muller 1958). Releases draw whole numbers by an exact sampler; with a σ of 2 and more nothing
/// here could tell the two apart.
fn normal(rng: &mut SplitMix64) -> f64 {
    let radius = (-2.0 * (1.0 - rng.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.unit()).cos()
}

fn exact_lists(world: &World) -> Result<Exact> {
    let side = world.data.items.len();
    let mut columns = vec![vec![0.0f32; side]; side];
    for visitor in &world.visitors {
        let mut own: Vec<usize> = visitor.contributed.iter().map(|event| event.item as usize).collect();
        own.sort_unstable();
        own.dedup();
        for &left in &own {
            own.iter().filter(|right| **right != left).for_each(|&right| columns[left][right] += 1.0);
        }
    }
    let touched = crate::baselines::touched_by(&world.split.train, side);
    let cells: Vec<f64> = touched.into_iter().map(f64::from).collect();
    let shares = shares(&cells);
    let counted = Released { reports: world.visitors.len() as f64, cells, variance: 0.0 };
    let matrix = pairs::HeadMatrix { columns, reports: counted.reports, sigma: 0.0 };
    let (ours, lists) = model::from_sums(world, &counted, &matrix)?;
    Ok(Exact { worth: model::worth(world, &ours)?, lists: lists.unwrap_or_default(), shares })
}

/// Mean share of the best partners that are best partners again.
fn kept(lists: &[Vec<usize>], exact: &[Vec<usize>]) -> f64 {
    let of = |(list, exact): (&Vec<usize>, &Vec<usize>)| {
        let wanted = &exact[..exact.len().min(PARTNERS)];
        let found = list.iter().take(PARTNERS).filter(|item| wanted.contains(item)).count();
        (!wanted.is_empty()).then(|| found as f64 / wanted.len() as f64)
    };
    let all: Vec<f64> = lists.iter().zip(exact).filter_map(of).collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

fn shares(cells: &[f64]) -> Vec<f64> {
    let total: f64 = cells.iter().map(|cell| cell.max(0.0)).sum();
    cells.iter().map(|cell| cell.max(0.0) / total.max(f64::MIN_POSITIVE)).collect()
}

/// Half the absolute differences of shares, over the items that both name.
fn apart(told: &[f64], exact: &[f64]) -> f64 {
    let exact = shares(&exact[..told.len().min(exact.len())]);
    told.iter().zip(&exact).map(|(told, exact)| (told - exact).abs()).sum::<f64>() / 2.0
}

/// Two arms of half the visitors each; a report moves two cells of a one-hot vector.
fn detectable(mode: Mode, visitors: u64, epsilon: f64) -> f64 {
    let arm = visitors as f64 / 2.0;
    let sampling = CONVERSION * (1.0 - CONVERSION) / arm;
    let variance = match mode {
        Mode::Local => {
            let micro_epsilon = (epsilon * MICRO as f64) as u32;
            sampling * RandomisedResponse::new(2, micro_epsilon).multiplier(CONVERSION)
        }
        _ => {
            let scale = 2.0 / epsilon;
            let parties = if mode == Mode::Split { 2.0 } else { 1.0 };
            sampling + 2.0 * scale * scale * parties / (arm * arm)
        }
    };
    100.0 * POWER * (2.0 * variance).sqrt()
}
