//! Mixtures of Gaussians with diagonal covariances by expectation–maximisation (Dempster et al. 1977), a round from sums:
//! with r the responsibilities of the components for a visitor, Σ r, Σ r x, Σ r x² and the log likelihood.

use super::kmeans::Centroids;
use crate::moments::{add_all, is_finite};

/// Variances are at least this (of standardised features): a component must not collapse onto one visitor.
pub const MIN_VARIANCE: f64 = 1e-2;
/// Components keep at least this share.
const MIN_SHARE: f64 = 1e-4;

/// One component.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Share of all visitors; the shares sum to 1.
    pub share: f64,
    /// Its centre.
    pub mean: Vec<f64>,
    /// Variance of each number, at least [`MIN_VARIANCE`].
    pub variance: Vec<f64>,
}

/// The mixture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mixture {
    /// Its components, all of the same dimensions.
    pub all: Vec<Component>,
}

/// What a round of visitors adds up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MixtureSums {
    dimensions: usize,
    visitors: f64,
    log_likelihood: f64,
    /// Σ r of each component.
    weights: Vec<f64>,
    /// Σ r x of each component, one after the other.
    sums: Vec<f64>,
    /// Σ r x² likewise.
    squares: Vec<f64>,
}

impl Mixture {
    /// A start around centres, with unit variances and equal shares.
    pub fn around(centroids: &Centroids) -> Self {
        let share = 1.0 / centroids.all.len().max(1) as f64;
        let component = |centre: &Vec<f32>| Component {
            share,
            mean: centre.iter().map(|&value| f64::from(value)).collect(),
            variance: vec![1.0; centre.len()],
        };
        Self { all: centroids.all.iter().map(component).collect() }
    }

    /// Probability of each component for a visitor, and the log of the density; `None` for a vector that does not fit.
    pub fn responsibilities(&self, vector: &[f32]) -> Option<(Vec<f64>, f64)> {
        let fits = |component: &Component| component.mean.len() == vector.len();
        if self.all.is_empty() || !is_finite(vector) || !self.all.iter().all(fits) {
            return None;
        }
        let mut logs: Vec<f64> = self.all.iter().map(|component| component.log_density(vector)).collect();
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !largest.is_finite() {
            return None;
        }
        let sum: f64 = logs.iter().map(|log| libm::exp(log - largest)).sum();
        let whole = largest + libm::log(sum);
        logs.iter_mut().for_each(|log| *log = libm::exp(*log - whole));
        Some((logs, whole))
    }

    /// Free numbers of the mixture.
    fn parameters(&self) -> f64 {
        let numbers: usize = self.all.iter().map(|component| 2 * component.mean.len() + 1).sum();
        numbers as f64 - 1.0
    }
}

impl Component {
    /// ln(share · density).
    fn log_density(&self, vector: &[f32]) -> f64 {
        let mut log = libm::log(self.share);
        for ((&value, mean), variance) in vector.iter().zip(&self.mean).zip(&self.variance) {
            let away = f64::from(value) - mean;
            log -= 0.5 * (libm::log(2.0 * core::f64::consts::PI * variance) + away * away / variance);
        }
        log
    }
}

impl MixtureSums {
    /// Nothing yet, for this mixture.
    pub fn new(mixture: &Mixture) -> Self {
        let components = mixture.all.len();
        let dimensions = mixture.all.first().map_or(0, |component| component.mean.len());
        let cells = vec![0.0; components * dimensions];
        let weights = vec![0.0; components];
        Self { dimensions, visitors: 0.0, log_likelihood: 0.0, weights, sums: cells.clone(), squares: cells }
    }

    /// Sums that were counted elsewhere: component by component Σ r, then Σ r x, then Σ r x². `None` for another shape. The
    /// likelihood is not known.
    pub fn of(mixture: &Mixture, natural: &[f64]) -> Option<Self> {
        let mut sums = Self::new(mixture);
        let (dimensions, width) = (sums.dimensions, 1 + 2 * sums.dimensions);
        if natural.len() != sums.weights.len() * width || natural.iter().any(|value| !value.is_finite()) {
            return None;
        }
        for (component, cells) in natural.chunks(width).enumerate() {
            let place = component * dimensions..(component + 1) * dimensions;
            sums.weights[component] = cells[0].max(0.0);
            sums.sums[place.clone()].copy_from_slice(&cells[1..=dimensions]);
            sums.squares[place].copy_from_slice(&cells[1 + dimensions..]);
        }
        sums.visitors = sums.weights.iter().sum();
        Some(sums)
    }

    /// Adds a visitor; `false` for a vector that does not fit.
    pub fn add(&mut self, mixture: &Mixture, vector: &[f32]) -> bool {
        let fits = mixture.all.len() == self.weights.len() && vector.len() == self.dimensions;
        let Some((responsibilities, log)) = mixture.responsibilities(vector).filter(|_| fits) else {
            return false;
        };
        self.visitors += 1.0;
        self.log_likelihood += log;
        for (component, r) in responsibilities.into_iter().enumerate() {
            self.weights[component] += r;
            for (index, &value) in vector.iter().enumerate() {
                let (cell, value) = (component * self.dimensions + index, f64::from(value));
                self.sums[cell] += r * value;
                self.squares[cell] += r * value * value;
            }
        }
        true
    }

    /// Adds the sums of others for the same mixture; `false`, and nothing is added, for another shape.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.dimensions != other.dimensions || self.weights.len() != other.weights.len() {
            return false;
        }
        self.visitors += other.visitors;
        self.log_likelihood += other.log_likelihood;
        add_all(&mut self.weights, &other.weights);
        add_all(&mut self.sums, &other.sums);
        add_all(&mut self.squares, &other.squares);
        true
    }

    /// The mixture of the next round; a component that stands for nobody keeps its place.
    pub fn update(&self, previous: &Mixture) -> Mixture {
        let one = |(index, old): (usize, &Component)| {
            let weight = self.weights.get(index).copied().unwrap_or(0.0);
            if weight < 1e-6 || old.mean.len() != self.dimensions {
                return Component { share: MIN_SHARE, ..old.clone() };
            }
            let cells = index * self.dimensions..(index + 1) * self.dimensions;
            let mean: Vec<f64> = self.sums[cells.clone()].iter().map(|sum| sum / weight).collect();
            let spread = self.squares[cells].iter().zip(&mean).map(|(sum, mean)| sum / weight - mean * mean);
            let variance = spread.map(|variance| variance.max(MIN_VARIANCE)).collect();
            Component { share: (weight / self.visitors).max(MIN_SHARE), mean, variance }
        };
        let mut all: Vec<Component> = previous.all.iter().enumerate().map(one).collect();
        let whole: f64 = all.iter().map(|component| component.share).sum();
        all.iter_mut().for_each(|component| component.share /= whole);
        Mixture { all }
    }

    /// Mean log likelihood of a visitor under the mixture that the sums were taken with.
    pub fn mean_log_likelihood(&self) -> f64 {
        self.log_likelihood / self.visitors.max(1.0)
    }

    /// Bayesian information criterion (Schwarz 1978) of that mixture; smaller is better. ∞ without visitors.
    pub fn bic(&self, mixture: &Mixture) -> f64 {
        if self.visitors < 1.0 {
            return f64::INFINITY;
        }
        mixture.parameters() * libm::log(self.visitors) - 2.0 * self.log_likelihood
    }
}

/// The end of a run: the mixture and the sums it was judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The mixture.
    pub mixture: Mixture,
    /// Sums of all visitors under this mixture.
    pub sums: MixtureSums,
    /// Rounds run.
    pub rounds: usize,
}

/// Rounds until the mean log likelihood gains less than `tolerance`, at most `rounds` (at least one).
pub fn run(
    start: Mixture,
    rounds: usize,
    tolerance: f64,
    mut round: impl FnMut(&Mixture) -> MixtureSums,
) -> Fitted {
    let mut fitted = Fitted { sums: round(&start), mixture: start, rounds: 1 };
    while fitted.rounds < rounds {
        let mixture = fitted.sums.update(&fitted.mixture);
        let sums = round(&mixture);
        let gain = sums.mean_log_likelihood() - fitted.sums.mean_log_likelihood();
        fitted = Fitted { mixture, sums, rounds: fitted.rounds + 1 };
        if gain.is_nan() || gain <= tolerance {
            break;
        }
    }
    fitted
}
