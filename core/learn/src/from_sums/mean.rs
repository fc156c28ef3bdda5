//! Means from released sums, whose standard error counts both luck and noise.

use super::estimate::{Estimate, Z};

/// A mean and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Standard error, noise included.
    pub error: f64,
}

impl Mean {
    /// The mean `worth` of what is counted in `cells`, each with noise of this variance. `None` where noise could
    /// have made the counts, and below twenty.
    ///
    /// A ratio of sums, by the delta method: one more in a cell moves it by (worth − mean) / total.
    pub fn of(cells: &[f64], worth: &[f64], variance: f64) -> Option<Self> {
        let total: f64 = cells.iter().sum();
        if total < 20.0 || total <= 4.0 * (variance * cells.len() as f64).sqrt() {
            return None;
        }
        let value = cells.iter().zip(worth).map(|(count, worth)| count * worth).sum::<f64>() / total;
        let moved =
            |(count, worth): (&f64, &f64)| (count.max(0.0) + variance) * (worth - value) * (worth - value);
        let error = cells.iter().zip(worth).map(moved).sum::<f64>().sqrt() / total;
        Some(Self { value, error })
    }

    /// The share of `yes` among `yes` and `no`, likewise. Of few that all agree it is not certain (Agresti, Coull
    /// 1998).
    pub fn share(no: f64, yes: f64, variance: f64) -> Option<Self> {
        let found = Self::of(&[no, yes], &[0.0, 1.0], variance)?;
        let total = no + yes;
        let middle = ((yes + 2.0) / (total + 4.0)).clamp(0.0, 1.0);
        let least = (middle * (1.0 - middle) / total).sqrt();
        Some(Self { error: found.error.max(least), ..found })
    }

    /// With its 95 % interval, all within `least` to `most`: what noise puts outside of them cannot be so.
    pub fn interval(self, (least, most): (f64, f64)) -> Estimate {
        Estimate::within(self.value, Z * self.error, least, most)
    }

    /// Both ends of its 95 % interval, of a mean without bounds.
    pub fn ends(self) -> (f64, f64) {
        (self.value - Z * self.error, self.value + Z * self.error)
    }

    /// Whether its 95 % interval is on one side of 0.
    pub fn is_beyond_chance(self) -> bool {
        self.value.abs() > Z * self.error
    }
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use crate::bootstrap::SplitMix64;

    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        let (mut rng, mut within) = (SplitMix64(5), 0);
        for _ in 0..600 {
            let mut cells = [0.0; 3];
            for _ in 0..800 {
                let drawn = rng.unit();
                cells[usize::from(drawn > 0.5) + usize::from(drawn > 0.9)] += 1.0;
            }
            cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, 15.0));
            let found = Mean::of(&cells, &[0.0, 1.0, 3.0], 225.0).unwrap().interval((0.0, 3.0));
            within += u32::from(found.low <= 0.7 && 0.7 <= found.high);
        }
        assert!((552..=588).contains(&within), "95 % of 600 are 570: {within}");
    }

    #[test]
    fn few_and_noise_are_no_mean() {
        assert_eq!(Mean::share(9.0, 9.0, 0.0), None);
        assert_eq!(Mean::share(60.0, 40.0, 400.0), None);
        let all = Mean::share(0.0, 40.0, 0.0).unwrap().interval((0.0, 1.0));
        assert!(all.value == 1.0 && all.low < 0.95, "{all:?}");
    }
}
