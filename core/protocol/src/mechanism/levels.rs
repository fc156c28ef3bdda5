//! Numbers of either sign as whole numbers: a grid from −limit to limit, rounded at random so that sums are unbiased.

use super::secret::Stream;

/// The grid of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    limit: f64,
    levels: u32,
}

impl Levels {
    /// A grid of `levels` steps (even) from −`limit` to `limit` (> 0).
    pub fn new(limit: f64, levels: u32) -> Self {
        Self { limit, levels: levels.max(2) }
    }

    /// The grid of a cell between 0 and `limit`, of which 0 is the first point.
    pub fn unsigned(self, value: f64, stream: &mut Stream) -> u32 {
        self.rounded(value / self.limit, stream)
    }

    /// The point of the grid for a value: one of the two neighbours, the nearer one more often. What lies beyond the
    /// limit is cut, what is no number is 0; 0 is exact.
    pub fn signed(self, value: f64, stream: &mut Stream) -> u32 {
        let value = if value.is_nan() { 0.0 } else { value };
        self.rounded(0.5 + 0.5 * value / self.limit, stream)
    }

    /// Σ of values between 0 and the limit, from the sum of their points.
    pub fn unsigned_sum(self, sum: f64) -> f64 {
        sum * self.limit / f64::from(self.levels)
    }

    /// Σ of values of either sign, from the sum of their points and the number of those that sent one.
    pub fn signed_sum(self, sum: f64, reports: f64) -> f64 {
        (sum - reports * f64::from(self.levels) / 2.0) * 2.0 * self.limit / f64::from(self.levels)
    }

    fn rounded(self, share: f64, stream: &mut Stream) -> u32 {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        let exact = share * f64::from(self.levels);
        let below = exact.floor();
        let up = stream.unit() < exact - below;
        // At most `levels`, a 32-bit number.
        below as u32 + u32::from(up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanism::{Draw, Secret};
    use crate::task::TaskId;
    use proptest::prelude::*;

    fn stream(number: u64) -> Stream {
        Secret::new([1; 32]).draw(Draw::Round, &TaskId([0; 32]), number)
    }

    #[test]
    fn sums_are_unbiased_even_on_a_coarse_grid() {
        let levels = Levels::new(3.0, 2);
        let values = [0.1, -0.7, 2.9, -3.0, 0.0];
        let mut stream = stream(1);
        let (mut sum, mut truth, rounds) = (0u64, 0.0, 8_000);
        for _ in 0..rounds {
            for value in values {
                sum += u64::from(levels.signed(value, &mut stream));
                truth += value;
            }
        }
        let estimate = levels.signed_sum(sum as f64, f64::from(rounds) * 5.0);
        // Each rounding has a standard deviation of at most 1.5.
        assert!(
            (estimate - truth).abs() < 4.0 * 1.5 * (f64::from(rounds) * 5.0).sqrt(),
            "{estimate} {truth}"
        );
    }

    #[test]
    fn zero_is_exact_and_what_is_beyond_is_cut() {
        let levels = Levels::new(2.0, 14);
        let mut stream = stream(2);
        for _ in 0..100 {
            assert_eq!(levels.signed(0.0, &mut stream), 7);
            assert_eq!(levels.signed(f64::NAN, &mut stream), 7);
            assert_eq!(
                (levels.signed(9.0, &mut stream), levels.signed(f64::NEG_INFINITY, &mut stream)),
                (14, 0)
            );
            assert_eq!((levels.unsigned(0.0, &mut stream), levels.unsigned(5.0, &mut stream)), (0, 14));
        }
        assert_eq!(levels.signed_sum(21.0, 2.0), 2.0);
        assert_eq!(levels.unsigned_sum(7.0), 1.0);
    }

    proptest! {
        #[test]
        fn points_are_neighbours_of_the_value(value in -5.0f64..5.0, half in 1u32..100, number: u64) {
            let levels = Levels::new(3.0, 2 * half);
            let point = levels.signed(value, &mut stream(number));
            prop_assert!(point <= 2 * half);
            let back = levels.signed_sum(f64::from(point), 1.0);
            prop_assert!((back - value.clamp(-3.0, 3.0)).abs() <= 3.0 / f64::from(half) + 1e-9);
        }
    }
}
