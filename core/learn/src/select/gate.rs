//! The gate: what is more complex must be better beyond the luck of these visitors.

use crate::bootstrap::SplitMix64;

/// Resamples of the visitors.
const ROUNDS: usize = 400;
/// Seed of the resamples: the same visitors give the same verdict.
const SEED: u64 = 7;
/// Share of the resamples in which a more complex choice may lose: the lower end of the 80 % interval. Wrongly kept, a
/// part costs bytes; wrongly refused, quality. At 95 % a shop of 900 judged visitors lost its trend.
pub(super) const MAY_LOSE: f64 = 0.1;

/// Whether the mean difference over the same visitors is above 0 in all but a share of the resamples.
pub(super) fn is_better(new: &[f32], old: &[f32], may_lose: f64) -> bool {
    let differences: Vec<f32> = new.iter().zip(old).map(|(new, old)| new - old).collect();
    let mut rng = SplitMix64(SEED);
    let visitors = differences.len();
    let lost = |_: &usize| (0..visitors).map(|_| differences[rng.below(visitors)]).sum::<f32>() <= 0.0;
    visitors > 0 && (0..ROUNDS).filter(lost).count() as f64 <= may_lose * ROUNDS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luck_does_not_pass_and_a_gain_does() {
        let mut rng = SplitMix64(3);
        let old: Vec<f32> = (0..500).map(|_| rng.unit() as f32).collect();
        let noisy: Vec<f32> = (0..500).map(|_| rng.unit() as f32 - 0.02).collect();
        let better: Vec<f32> = old.iter().map(|value| value + 0.1 * rng.unit() as f32 - 0.04).collect();
        // Of a mean 0.84 standard errors above 0 one resample in five is below.
        let (zero, spread) = (vec![0.0f32; 400], 1.0f32);
        let vague: Vec<f32> =
            (0..400).map(|index| if index % 2 == 0 { spread } else { -spread } + 0.84 / 20.0).collect();
        assert!(is_better(&vague, &zero, 0.3) && !is_better(&vague, &zero, MAY_LOSE));
        assert!(is_better(&better, &old, MAY_LOSE) && !is_better(&noisy, &old, MAY_LOSE));
        assert!(!is_better(&old, &old, MAY_LOSE) && !is_better(&[], &[], MAY_LOSE));
    }
}
