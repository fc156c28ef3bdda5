//! A number that was estimated, and where the true one lies: 95 of 100 such intervals hold it, luck and noise included.

/// Of the normal distribution, 95 % on both sides.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// An estimate with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end, at most `value`.
    pub low: f64,
    /// Upper end, at least `value`.
    pub high: f64,
}

impl Estimate {
    /// `value ± spread`, all of it within a range.
    pub(super) fn within(value: f64, spread: f64, least: f64, most: f64) -> Self {
        let keep = |number: f64| number.clamp(least, most);
        Self { value: keep(value), low: keep(value - spread), high: keep(value + spread) }
    }
}

/// A share (0 to 1) of `count` reports whose sum carries noise: `noise` is the standard deviation of the share by it.
///
/// The interval is Wilson's (1927) with the noise beside the luck: all p with (share − p)² ≤ z² (p (1 − p) / count + noise²).
/// Without noise it is his; it ends at 0 and 1, and is no point where nobody was counted. Nothing at all is 0 to 1.
pub(super) fn share(share: f64, count: f64, noise: f64) -> Estimate {
    let value = share.clamp(0.0, 1.0);
    if count <= 0.0 {
        return Estimate { value, low: 0.0, high: 1.0 };
    }
    let luck = Z * Z / count;
    let (middle, scale) = (value + luck / 2.0, 1.0 + luck);
    let spread = (middle * middle - scale * (value * value - Z * Z * noise * noise)).max(0.0).sqrt();
    let end = |end: f64| (end / scale).clamp(0.0, 1.0);
    Estimate { value, low: end(middle - spread).min(value), high: end(middle + spread).max(value) }
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use crate::bootstrap::SplitMix64;

    #[test]
    fn without_noise_it_is_wilsons() {
        // Newcombe (1998), table I, method 3.
        for (count, total, low, high) in [(81.0, 263.0, 0.2553, 0.3662), (0.0, 20.0, 0.0, 0.1611)] {
            let found = share(count / total, total, 0.0);
            assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}");
        }
        assert_eq!(share(0.5, 0.0, 1.0), Estimate { value: 0.5, low: 0.0, high: 1.0 });
        assert_eq!(share(-3.0, 50.0, 0.0).value, 0.0, "never negative");
    }

    #[test]
    fn the_true_share_is_in_it_with_noise_and_luck() {
        let mut rng = SplitMix64(4);
        for (truth, sigma) in [(0.02, 30.0), (0.3, 30.0), (0.3, 0.0), (0.97, 5.0)] {
            let mut held = 0;
            for _ in 0..400 {
                let count = (0..600).filter(|_| rng.unit() < truth).count() as f64 + noise(&mut rng, sigma);
                let found = share(count / 600.0, 600.0, sigma / 600.0);
                held += usize::from(found.low <= truth && truth <= found.high);
            }
            assert!((370..=400).contains(&held), "{truth} {sigma}: {held} of 400");
        }
    }
}
