//! How far probabilities can be trusted, from histograms of scores: Brier score, calibration error, AUC; and the two
//! numbers that straighten them.

use crate::logistic::{LogisticConfig, LogisticSums, fit, sigmoid};
use crate::moments::add_all;

/// Bins of a histogram: equal shares of \[0, 1\].
pub const BINS: usize = 128;
/// Bins of a reliability curve.
pub const RELIABILITY_BINS: usize = 10;
/// A log-odds counts within this, either way.
const MARGIN_LIMIT: f64 = 8.0;

/// Scored visitors by probability, and what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreHistogram {
    positives: Vec<f64>,
    negatives: Vec<f64>,
    /// Σ p in each bin.
    scores: Vec<f64>,
    /// Σ (p − y)².
    squares: f64,
}

/// An area under the ROC curve from bins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Auc {
    /// The estimate: pairs within one bin count half.
    pub area: f64,
    /// The true area of the scores lies within ± this: half the share of pairs within one bin.
    pub error: f64,
}

/// One bin of a reliability curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    /// Visitors.
    pub visitors: f64,
    /// Mean probability that was told.
    pub predicted: f64,
    /// Share for whom it came true.
    pub observed: f64,
}

impl Default for ScoreHistogram {
    fn default() -> Self {
        Self { positives: vec![0.0; BINS], negatives: vec![0.0; BINS], scores: vec![0.0; BINS], squares: 0.0 }
    }
}

impl ScoreHistogram {
    /// Adds a visitor; `false`, and nothing is added, when the probability is not a number in \[0, 1\].
    pub fn add(&mut self, probability: f64, outcome: bool) -> bool {
        if !(0.0..=1.0).contains(&probability) {
            return false;
        }
        let bin = ((probability * BINS as f64) as usize).min(BINS - 1);
        let of_outcome = if outcome { &mut self.positives } else { &mut self.negatives };
        of_outcome[bin] += 1.0;
        self.scores[bin] += probability;
        let miss = probability - f64::from(u8::from(outcome));
        self.squares += miss * miss;
        true
    }

    /// Adds the sums of others.
    pub fn merge(&mut self, other: &Self) {
        add_all(&mut self.positives, &other.positives);
        add_all(&mut self.negatives, &other.negatives);
        add_all(&mut self.scores, &other.scores);
        self.squares += other.squares;
    }

    /// Visitors added.
    pub fn visitors(&self) -> f64 {
        self.positives.iter().chain(&self.negatives).sum()
    }

    /// Share of visitors with the outcome; 0 without visitors.
    pub fn base_rate(&self) -> f64 {
        self.positives.iter().sum::<f64>() / self.visitors().max(1.0)
    }

    /// Mean squared error of the probabilities (Brier 1950), 0 (perfect) to 1.
    pub fn brier(&self) -> f64 {
        self.squares / self.visitors().max(1.0)
    }

    /// The reliability curve; bins without visitors are left out.
    pub fn reliability(&self) -> Vec<Reliability> {
        let bin = |bin: usize| {
            let cells = bin * BINS / RELIABILITY_BINS..(bin + 1) * BINS / RELIABILITY_BINS;
            let sum = |values: &[f64]| values[cells.clone()].iter().sum::<f64>();
            let positives = sum(&self.positives);
            let visitors = positives + sum(&self.negatives);
            (visitors > 0.0).then(|| Reliability {
                visitors,
                predicted: sum(&self.scores) / visitors,
                observed: positives / visitors,
            })
        };
        (0..RELIABILITY_BINS).filter_map(bin).collect()
    }

    /// Expected calibration error (Naeini et al. 2015): mean distance of told and observed over the reliability curve.
    pub fn calibration_error(&self) -> f64 {
        let apart = |bin: &Reliability| bin.visitors * (bin.predicted - bin.observed).abs();
        self.reliability().iter().map(apart).sum::<f64>() / self.visitors().max(1.0)
    }

    /// Probability that somebody with the outcome was scored above somebody without (Hanley & McNeil 1982). `None` when
    /// either are missing.
    pub fn auc(&self) -> Option<Auc> {
        let (all_positives, all_negatives) =
            (self.positives.iter().sum::<f64>(), self.negatives.iter().sum::<f64>());
        let pairs = all_positives * all_negatives;
        let (mut below, mut above, mut ties) = (0.0, 0.0, 0.0);
        for (positives, negatives) in self.positives.iter().zip(&self.negatives) {
            above += positives * below;
            ties += positives * negatives;
            below += negatives;
        }
        (pairs > 0.0).then(|| Auc { area: (above + 0.5 * ties) / pairs, error: 0.5 * ties / pairs })
    }
}

/// Recalibration: probability = σ(slope · log-odds + offset).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Below 1 for a model that is too sure.
    pub slope: f64,
    /// Added to the log-odds.
    pub offset: f64,
}

impl Calibration {
    /// Changes nothing.
    pub const IDENTITY: Self = Self { slope: 1.0, offset: 0.0 };

    /// Fits both numbers (Platt 1999) by Newton steps on sums over `judged`: log-odds and outcomes of visitors that the
    /// model was not trained on. The identity when either outcome is missing or the order would turn around.
    pub fn fit(judged: &[(f64, bool)]) -> Self {
        let outcomes = |wanted: bool| judged.iter().any(|&(_, outcome)| outcome == wanted);
        if !outcomes(true) || !outcomes(false) {
            return Self::IDENTITY;
        }
        let config = LogisticConfig { l2: 1e-3, ..LogisticConfig::default() };
        let fitted = fit(1, config, |weights| {
            let mut sums = LogisticSums::new(2);
            for &(margin, outcome) in judged {
                sums.add(weights, &[margin.clamp(-MARGIN_LIMIT, MARGIN_LIMIT) as f32], outcome);
            }
            sums
        });
        let (offset, slope) = (fitted.weights[0], fitted.weights[1]);
        if slope > 0.0 && slope.is_finite() && offset.is_finite() {
            Self { slope, offset }
        } else {
            Self::IDENTITY
        }
    }

    /// The probability of a log-odds.
    pub fn probability(self, margin: f64) -> f64 {
        sigmoid(self.slope * margin + self.offset)
    }
}
