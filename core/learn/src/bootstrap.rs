//! Is one model better than another, or was it these visitors?

/// A small, well-mixed generator for resampling and sampling (Steele et al. 2014); never for secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitMix64(
    /// The state; any value is a fine seed.
    pub u64,
);

impl SplitMix64 {
    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..bound` (0 for a bound of 0), by multiply-shift: the bias is below 2⁻³² for lists.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A number in \[0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Difference of two means over the same visitors, with a percentile interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Mean of `new − old`.
    pub mean: f32,
    /// 2.5 % quantile of the resampled means.
    pub low: f32,
    /// 97.5 % quantile.
    pub high: f32,
}

/// Resamples visitors `rounds` times; `new[v]` and `old[v]` belong to the same visitor. `None` when the lists
/// are empty or differ in length, or without rounds.
pub fn paired_bootstrap(new: &[f32], old: &[f32], rounds: usize, mut rng: SplitMix64) -> Option<Difference> {
    if new.is_empty() || new.len() != old.len() || rounds == 0 {
        return None;
    }
    let differences: Vec<f32> = new.iter().zip(old).map(|(new, old)| new - old).collect();
    let visitors = differences.len();
    let mut means: Vec<f32> = (0..rounds)
        .map(|_| (0..visitors).map(|_| differences[rng.below(visitors)]).sum::<f32>() / visitors as f32)
        .collect();
    means.sort_by(f32::total_cmp);
    let quantile = |share: f64| means[((rounds - 1) as f64 * share) as usize];
    let mean = differences.iter().sum::<f32>() / visitors as f32;
    Some(Difference { mean, low: quantile(0.025), high: quantile(0.975) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_difference_excludes_zero_and_noise_does_not() {
        let mut rng = SplitMix64(7);
        let old: Vec<f32> = (0..400).map(|_| rng.unit() as f32).collect();
        let better: Vec<f32> = old.iter().map(|value| value + 0.1 + 0.1 * rng.unit() as f32).collect();
        let noisy: Vec<f32> = (0..400).map(|_| rng.unit() as f32).collect();
        let clear = paired_bootstrap(&better, &old, 500, SplitMix64(1)).unwrap();
        assert!(clear.low > 0.0 && clear.low <= clear.mean && clear.mean <= clear.high);
        let vague = paired_bootstrap(&noisy, &old, 500, SplitMix64(1)).unwrap();
        assert!(vague.low < 0.0 && vague.high > 0.0);
        assert_eq!(paired_bootstrap(&[], &[], 10, SplitMix64(1)), None);
        assert_eq!(paired_bootstrap(&[1.0], &[], 10, SplitMix64(1)), None);
    }

    #[test]
    fn the_interval_is_as_wide_as_the_central_limit_says() {
        let mut rng = SplitMix64(2);
        let old = vec![0.0f32; 900];
        let new: Vec<f32> = old.iter().map(|_| rng.unit() as f32).collect();
        let found = paired_bootstrap(&new, &old, 4000, SplitMix64(3)).unwrap();
        // 1.96 standard errors either way, of a uniform number.
        let half = 1.96 * (1.0f32 / 12.0).sqrt() / 900.0f32.sqrt();
        assert!(((found.mean - found.low) / half - 1.0).abs() < 0.08, "{found:?} {half}");
        assert!(((found.high - found.mean) / half - 1.0).abs() < 0.08, "{found:?} {half}");
    }

    #[test]
    fn the_generator_equals_the_published_sequence() {
        let mut rng = SplitMix64(1_234_567);
        assert_eq!(rng.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next_u64(), 3_203_168_211_198_807_973);
        assert!((0..1000).all(|_| rng.below(7) < 7 && rng.unit() < 1.0));
    }
}
