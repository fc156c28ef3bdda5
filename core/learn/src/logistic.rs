//! Binary logistic regression by Newton's method on sums: log likelihood, gradient and Hessian of a round.
//!
//! With p = σ(w·x) a visitor adds ln p(y), (y − p) x and p (1 − p) x xᵀ; a round's step solves
//! (H + λI) Δ = g − λw (iteratively reweighted least squares, Nelder & Wedderburn 1972). λ does not press on the first
//! weight, which belongs to a constant 1.

use crate::moments::{MAX_DIMENSIONS, add_all, is_finite};
use faer::linalg::solvers::Solve;
use faer::{Mat, Side};

/// No number of a feature vector counts for more than this, either way: the bound on what one visitor adds.
pub const LIMIT: f32 = 8.0;
/// A step is halved at most this often before the search ends.
const MAX_HALVINGS: usize = 12;

/// What a round of visitors adds up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogisticSums {
    visitors: f64,
    positives: f64,
    log_likelihood: f64,
    gradient: Vec<f64>,
    /// Row-major.
    hessian: Vec<f64>,
}

/// Fitted weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// The bias, then one weight a feature.
    pub weights: Vec<f64>,
    /// Sums of all visitors at these weights.
    pub sums: LogisticSums,
    /// Rounds run.
    pub rounds: usize,
    /// Whether the last step was smaller than asked for.
    pub converged: bool,
}

/// When a fit ends, and how it is held back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogisticConfig {
    /// λ: the prior of each weight but the bias is normal with mean 0 and variance 1/λ; ≥ 0.
    pub l2: f64,
    /// Most rounds.
    pub rounds: usize,
    /// The fit has converged when no weight moves by more.
    pub tolerance: f64,
}

impl Default for LogisticConfig {
    fn default() -> Self {
        Self { l2: 1.0, rounds: 50, tolerance: 1e-6 }
    }
}

impl LogisticSums {
    /// Nothing yet, for this many weights, the bias included; at most [`MAX_DIMENSIONS`].
    pub fn new(weights: usize) -> Self {
        let weights = weights.min(MAX_DIMENSIONS);
        Self { gradient: vec![0.0; weights], hessian: vec![0.0; weights * weights], ..Self::default() }
    }

    /// Sums of a round that were counted elsewhere: the gradient, then the Hessian's cells for i ≤ j, of `visitors`. `None`
    /// for another shape. Likelihood and outcomes are not known.
    pub fn of(weights: usize, natural: &[f64], visitors: f64) -> Option<Self> {
        let fits = natural.len() == weights + weights * (weights + 1) / 2 && weights <= MAX_DIMENSIONS;
        if !fits || natural.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let (gradient, triangle) = natural.split_at(weights);
        let hessian = crate::moments::symmetric(weights, triangle);
        Some(Self { visitors, gradient: gradient.to_vec(), hessian, ..Self::default() })
    }

    /// The weights of the next round: a Newton step, no weight moving by more than `most`. `None` when the sums allow
    /// none. Without a likelihood to go by, short steps keep a round from overshooting.
    pub fn next(&self, weights: &[f64], l2: f64, most: f64) -> Option<Vec<f64>> {
        let step = self.step(weights, l2)?;
        let largest = step.iter().fold(0.0f64, |most, by| most.max(by.abs()));
        let factor = if largest > most { most / largest } else { 1.0 };
        Some(weights.iter().zip(&step).map(|(weight, by)| weight + factor * by).collect())
    }

    /// Adds a visitor's features and outcome; `false`, and nothing is added, when they do not fit the weights or are not
    /// finite. Features count within ±[`LIMIT`].
    pub fn add(&mut self, weights: &[f64], features: &[f32], outcome: bool) -> bool {
        let side = self.gradient.len();
        if weights.len() != side || features.len() + 1 != side || !is_finite(features) {
            return false;
        }
        let x = |index: usize| if index == 0 { 1.0 } else { bounded(features[index - 1]) };
        let margin: f64 = weights.iter().enumerate().map(|(index, weight)| weight * x(index)).sum();
        let p = sigmoid(margin);
        self.visitors += 1.0;
        self.positives += f64::from(u8::from(outcome));
        self.log_likelihood -= softplus(if outcome { -margin } else { margin });
        let rest = f64::from(u8::from(outcome)) - p;
        let curvature = p * (1.0 - p);
        for row in 0..side {
            self.gradient[row] += rest * x(row);
            for column in 0..side {
                self.hessian[row * side + column] += curvature * x(row) * x(column);
            }
        }
        true
    }

    /// Adds the sums of others at the same weights; `false`, and nothing is added, for another number of weights.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.gradient.len() != other.gradient.len() {
            return false;
        }
        self.visitors += other.visitors;
        self.positives += other.positives;
        self.log_likelihood += other.log_likelihood;
        add_all(&mut self.gradient, &other.gradient);
        add_all(&mut self.hessian, &other.hessian);
        true
    }

    /// Visitors added.
    pub fn visitors(&self) -> f64 {
        self.visitors
    }

    /// Visitors with the outcome.
    pub fn positives(&self) -> f64 {
        self.positives
    }

    /// Mean log likelihood of a visitor, ≤ 0.
    pub fn mean_log_likelihood(&self) -> f64 {
        self.log_likelihood / self.visitors.max(1.0)
    }

    /// Σ of the gradient, for a test of convergence from outside.
    pub fn gradient(&self) -> &[f64] {
        &self.gradient
    }

    /// A cell of Σ p (1 − p) x xᵀ.
    pub fn hessian(&self, row: usize, column: usize) -> f64 {
        self.hessian[row * self.gradient.len() + column]
    }

    /// The Newton step from `weights`; `None` when the sums allow none.
    fn step(&self, weights: &[f64], l2: f64) -> Option<Vec<f64>> {
        let side = self.gradient.len();
        let ridge = |index: usize| if index == 0 { 0.0 } else { l2 };
        let matrix = Mat::from_fn(side, side, |row, column| {
            let pressed = if row == column { ridge(row) + 1e-9 } else { 0.0 };
            self.hessian[row * side + column] + pressed
        });
        let right = Mat::from_fn(side, 1, |row, _| self.gradient[row] - ridge(row) * weights[row]);
        let step = matrix.llt(Side::Lower).ok()?.solve(&right);
        let step: Vec<f64> = (0..side).map(|row| step[(row, 0)]).collect();
        step.iter().all(|value| value.is_finite()).then_some(step)
    }

    /// What a fit makes as large as it can: log likelihood and log prior.
    fn objective(&self, weights: &[f64], l2: f64) -> f64 {
        let squares: f64 = weights.iter().skip(1).map(|weight| weight * weight).sum();
        self.log_likelihood - 0.5 * l2 * squares
    }
}

/// Fits `features` weights and a bias from zero. `round` asks the visitors for their sums at the weights given: a loop
/// over a history here, a task for devices elsewhere. A step that makes things worse is halved.
pub fn fit(
    features: usize,
    config: LogisticConfig,
    mut round: impl FnMut(&[f64]) -> LogisticSums,
) -> Logistic {
    let weights = vec![0.0; features + 1];
    let l2 = config.l2.max(0.0);
    let mut fit = Logistic { sums: round(&weights), weights, rounds: 1, converged: false };
    while fit.rounds < config.rounds && !fit.converged {
        let Some(mut step) = fit.sums.step(&fit.weights, l2) else { break };
        let before = fit.sums.objective(&fit.weights, l2);
        let mut halvings = 0;
        loop {
            let weights: Vec<f64> = fit.weights.iter().zip(&step).map(|(weight, by)| weight + by).collect();
            let sums = round(&weights);
            fit.rounds += 1;
            let largest = step.iter().fold(0.0f64, |most, by| most.max(by.abs()));
            fit.converged = largest <= config.tolerance;
            // Rounding may cost a trace of the objective at the very top.
            if sums.objective(&weights, l2) >= before - 1e-9 * before.abs() {
                (fit.weights, fit.sums) = (weights, sums);
                break;
            }
            halvings += 1;
            if fit.converged || halvings > MAX_HALVINGS || fit.rounds >= config.rounds {
                return fit;
            }
            step.iter_mut().for_each(|by| *by *= 0.5);
        }
    }
    fit
}

/// Log-odds of a visitor, features within ±[`LIMIT`] as in training.
pub fn margin(weights: &[f64], features: &[f32]) -> f64 {
    let bias = weights.first().copied().unwrap_or(0.0);
    features
        .iter()
        .zip(weights.iter().skip(1))
        .fold(bias, |sum, (&value, weight)| sum + weight * bounded(value))
}

/// σ(x) = 1 / (1 + e^−x), without overflow.
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let odds = libm::exp(x);
        odds / (1.0 + odds)
    }
}

/// ln(1 + e^x), without overflow.
fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) }
}

fn bounded(value: f32) -> f64 {
    f64::from(value.clamp(-LIMIT, LIMIT))
}
