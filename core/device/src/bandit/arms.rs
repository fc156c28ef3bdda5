//! Belief about the click rate of one item: a Beta distribution, begun by the server, continued here.

use homebody_protocol::table::Table;

use super::random::Random;
use crate::profile::ItemState;

/// What an item without a prior of its own is taken for: this click rate, as if it had been seen in this many
/// impressions; half of it for an unpopular item, half as much again for the most popular one.
const USUAL_RATE: f32 = 0.05;
const USUAL_IMPRESSIONS: f32 = 20.0;

/// Counts are taken within these where they divide: next to 0 the quotients overflow, and infinity times 0 is no number.
const COUNTS: (f32, f32) = (1e-6, 1e9);

/// Beta(clicks, impressions left alone), both > 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arm {
    clicks: f32,
    left_alone: f32,
}

impl Arm {
    /// The belief about a row of a table: its prior and what the visitor did with its item.
    ///
    /// `popularity` is the item's among those it is compared with, 0–1; it counts where the table has no priors.
    pub(crate) fn of(table: &Table<Vec<u8>>, row: usize, popularity: f32, local: Option<&ItemState>) -> Self {
        let usual = USUAL_RATE * (0.5 + popularity) * USUAL_IMPRESSIONS;
        let fallback = (usual, USUAL_IMPRESSIONS - usual);
        let (clicks, left_alone) = table.extras().arms.0.get(row).copied().unwrap_or(fallback);
        let (opened, shown) = local.map_or((0, 0), |item| (item.count, item.shown));
        Self { clicks, left_alone }.after(opened.into(), shown.into())
    }

    /// The belief about what has a usual click rate and was opened and shown so often.
    pub(crate) fn usual(opened: f32, shown: f32) -> Self {
        let clicks = USUAL_RATE * USUAL_IMPRESSIONS;
        Self { clicks, left_alone: USUAL_IMPRESSIONS - clicks }.after(opened, shown)
    }

    /// One opening is followed by dwell and scroll, which are counted too: never more clicks than impressions.
    fn after(self, opened: f32, shown: f32) -> Self {
        let opened = opened.min(shown);
        Self { clicks: self.clicks + opened, left_alone: self.left_alone + (shown - opened) }
    }

    /// A draw of the click rate.
    pub(crate) fn draw(self, random: &mut Random) -> f32 {
        random.beta(self.clicks, self.left_alone)
    }

    /// Mean and standard deviation of a draw.
    pub(crate) fn moments(self) -> (f32, f32) {
        let count = self.clicks + self.left_alone;
        let mean = self.clicks / count;
        (mean, (mean * (1.0 - mean) / (count + 1.0)).sqrt())
    }

    /// Probability that a draw exceeds `rate`.
    ///
    /// By the cube-root approximation of the incomplete beta function (Abramowitz & Stegun 1964, 26.5.21), within 0.005
    /// for six impressions and more.
    pub(crate) fn chance_above(self, rate: f32) -> f32 {
        if rate <= 0.0 || rate >= 1.0 {
            return if rate <= 0.0 { 1.0 } else { 0.0 };
        }
        let within = |count: f32| count.clamp(COUNTS.0, COUNTS.1);
        let (a, b) = (within(self.clicks), within(self.left_alone));
        let (below, above) = (libm::powf(b * rate, 1.0 / 3.0), libm::powf(a * (1.0 - rate), 1.0 / 3.0));
        let y = 3.0 * (below * (1.0 - 1.0 / (9.0 * b)) - above * (1.0 - 1.0 / (9.0 * a)))
            / (below * below / b + above * above / a).sqrt();
        1.0 - normal_below(y)
    }
}

/// Probability that a standard normal is below `x`, within 0.0002 (Page 1977).
fn normal_below(x: f32) -> f32 {
    let x = x.clamp(-8.0, 8.0);
    1.0 / (1.0 + libm::exp2f(-core::f32::consts::LOG2_E * x * (1.5976 + 0.070_56 * x * x)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_is_the_share_of_draws_above() {
        for (clicks, left_alone) in [(0.5, 19.5), (1.5, 18.5), (5.0, 5.0), (40.0, 400.0)] {
            let arm = Arm { clicks, left_alone };
            for rate in [0.01, 0.05, 0.1, 0.3, 0.6] {
                let above = (0..20_000).filter(|&key| arm.draw(&mut Random::of(3, key)) > rate).count();
                let (share, chance) = (above as f32 / 20_000.0, arm.chance_above(rate));
                assert!((share - chance).abs() < 0.025, "{arm:?} above {rate}: {share} of draws, {chance}");
            }
        }
        for clicks in [f32::from_bits(1), 1.0, f32::MAX] {
            for left_alone in [f32::from_bits(1), 1.0, f32::MAX] {
                let arm = Arm { clicks, left_alone };
                for rate in [f32::from_bits(1), 0.5, 1.0 - f32::EPSILON] {
                    assert!((0.0..=1.0).contains(&arm.chance_above(rate)), "{arm:?} {rate}");
                }
                let (mean, sd) = arm.moments();
                assert!((0.0..=1.0).contains(&mean) && (0.0..=1.0).contains(&sd), "{arm:?}");
            }
        }
        assert!((normal_below(0.0) - 0.5).abs() < 1e-6 && (normal_below(1.0) - 0.8413).abs() < 1e-3);
    }
}
