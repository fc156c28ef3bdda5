//! What exploration should believe at first: priors of click rates and of a linear reward model, from sums.

use crate::moments::Moments;
use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use homebody_protocol::models::LinearPrior;

/// A prior weighs at least this many impressions, so that a first click does not decide.
pub const MIN_STRENGTH: f64 = 5.0;
/// A prior weighs at most this many impressions, so that a visitor's own clicks are soon heard.
pub const MAX_STRENGTH: f64 = 200.0;
/// Rates stay within these: nothing is impossible or certain.
const RATES: (f64, f64) = (1e-4, 0.9);
/// Groups with fewer impressions say nothing about how rates differ.
const MIN_GROUP_IMPRESSIONS: f64 = 20.0;
/// No prior has a smaller noise variance.
const MIN_NOISE: f64 = 1e-3;

/// Impressions and clicks of one item, or of one facet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exposure {
    /// How often it was shown.
    pub impressions: f64,
    /// How often it was clicked.
    pub clicks: f64,
}

/// A Beta distribution of a click rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BetaPrior {
    /// Clicks believed in, > 0.
    pub clicks: f64,
    /// Impressions left alone believed in, > 0.
    pub left_alone: f64,
}

impl Exposure {
    /// Adds the sums of others.
    pub fn merge(&mut self, other: Self) {
        self.impressions += other.impressions;
        self.clicks += other.clicks;
    }

    /// Nonsense (negative, not finite, more clicks than impressions) made sense of.
    fn sane(self) -> Self {
        let positive = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
        let impressions = positive(self.impressions);
        Self { impressions, clicks: positive(self.clicks).min(impressions) }
    }
}

impl BetaPrior {
    /// The distribution of rates among groups, by the method of moments for the beta-binomial (Kleinman 1973): the mean
    /// is the pooled rate, the strength is what makes the spread of the groups' rates beyond chance come out.
    ///
    /// `None` without impressions. Strength stays within [`MIN_STRENGTH`] and [`MAX_STRENGTH`].
    pub fn of_groups(groups: &[Exposure]) -> Option<Self> {
        let mut all = Exposure::default();
        groups.iter().for_each(|group| all.merge(group.sane()));
        if all.impressions < 1.0 {
            return None;
        }
        let rate = (all.clicks / all.impressions).clamp(RATES.0, RATES.1);
        let (mut spread, mut counted, mut squares, mut used) = (0.0, 0.0, 0.0, 0.0);
        for group in
            groups.iter().map(|group| group.sane()).filter(|g| g.impressions >= MIN_GROUP_IMPRESSIONS)
        {
            let apart = group.clicks / group.impressions - rate;
            spread += group.impressions * apart * apart;
            counted += group.impressions;
            squares += group.impressions * group.impressions;
            used += 1.0;
        }
        let chance = rate * (1.0 - rate);
        // E[spread] = chance · ((used − 1) + ρ · (counted − squares/counted − used + 1)), ρ = 1 / (strength + 1).
        let room = counted - squares / f64::max(counted, 1.0) - used + 1.0;
        let correlation = if used < 2.0 || room <= 0.0 { 0.0 } else { (spread / chance - used + 1.0) / room };
        let strength = if correlation > 0.0 { 1.0 / correlation - 1.0 } else { MAX_STRENGTH };
        Some(Self::with(rate, strength.clamp(MIN_STRENGTH, MAX_STRENGTH)))
    }

    /// With this mean and strength (impressions it weighs).
    pub fn with(rate: f64, strength: f64) -> Self {
        let rate = rate.clamp(RATES.0, RATES.1);
        Self { clicks: rate * strength, left_alone: (1.0 - rate) * strength }
    }

    /// What to believe of one group of these: its posterior, its strength brought back to [`MAX_STRENGTH`].
    pub fn of_group(self, group: Exposure) -> Self {
        let group = group.sane();
        let clicks = self.clicks + group.clicks;
        let left_alone = self.left_alone + group.impressions - group.clicks;
        let strength = (clicks + left_alone).max(f64::MIN_POSITIVE);
        Self::with(clicks / strength, strength.min(MAX_STRENGTH))
    }

    /// Mean click rate.
    pub fn rate(self) -> f64 {
        self.clicks / (self.clicks + self.left_alone)
    }

    /// Impressions it weighs.
    pub fn strength(self) -> f64 {
        self.clicks + self.left_alone
    }
}

/// The prior of a linear bandit from the moments of (x, reward): ridge regression with penalty `l2`, and the noise that
/// is left. Its precision is (Σxxᵀ + l2 I) brought down to the weight of [`MAX_STRENGTH`] impressions.
///
/// The last number of each vector is the reward (1 click, 0 left alone). `None` without impressions, or when the sums
/// cannot be solved.
pub fn linear_prior(moments: &Moments, l2: f64) -> Option<LinearPrior> {
    let side = moments.dimensions().checked_sub(1).filter(|&side| side > 0)?;
    if moments.count() < 1.0 {
        return None;
    }
    let pressed = |row: usize, column: usize| if row == column { l2.max(1e-6) } else { 0.0 };
    let matrix = Mat::from_fn(side, side, |row, column| moments.cross(row, column) + pressed(row, column));
    let right = Mat::from_fn(side, 1, |row, _| moments.cross(row, side));
    let solved = matrix.llt(Side::Lower).ok()?.solve(&right);
    let mean: Vec<f64> = (0..side).map(|row| solved[(row, 0)]).collect();
    let told: f64 = (0..side).map(|row| mean[row] * right[(row, 0)]).sum();
    let noise = ((moments.cross(side, side) - told) / moments.count()).max(MIN_NOISE);
    let weight = (MAX_STRENGTH / moments.count()).min(1.0);
    let cells = (0..side).flat_map(|row| (0..side).map(move |column| (row, column)));
    let precision: Vec<f32> = cells
        .map(|(row, column)| (weight * moments.cross(row, column) + pressed(row, column)) as f32)
        .collect();
    let mean: Vec<f32> = mean.into_iter().map(|value| value as f32).collect();
    let finite = mean.iter().chain(&precision).all(|value| value.is_finite()) && noise.is_finite();
    finite.then_some(LinearPrior { mean, precision, noise: noise as f32 })
}
