//! Random numbers from a seed: the same bits natively and in WebAssembly.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

/// Shapes of a Gamma distribution are kept within these bounds: beyond them a draw is 0 or a constant in `f32`.
const SHAPES: (f32, f32) = (0.05, 1e6);
/// 2⁻²³.
const UNIT: f32 = 1.0 / 8_388_608.0;

impl Random {
    /// The stream of a seed and an item: what is drawn for one item does not depend on the others.
    pub(crate) fn of(seed: u32, key: u32) -> Self {
        Self(u64::from(seed) << 32 | u64::from(key))
    }

    /// `SplitMix64` (Steele, Lea & Flood 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Uniform in (0, 1), both ends excluded.
    pub(crate) fn unit(&mut self) -> f32 {
        ((self.next() >> 41) as f32 + 0.5) * UNIT
    }

    /// Standard normal, by the polar method (Marsaglia & Bray 1964).
    pub(crate) fn normal(&mut self) -> f32 {
        loop {
            let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * libm::logf(square) / square).sqrt();
            }
        }
    }

    /// Gamma of a shape, scale 1 (Marsaglia & Tsang 2000).
    fn gamma(&mut self, shape: f32) -> f32 {
        if shape < 1.0 {
            let power = libm::powf(self.unit(), 1.0 / shape);
            return self.gamma(shape + 1.0) * power;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = self.normal();
            let root = 1.0 + c * normal;
            let v = root * root * root;
            if v > 0.0 && libm::logf(self.unit()) < 0.5 * normal * normal + d - d * v + d * libm::logf(v) {
                return d * v;
            }
        }
    }

    /// Beta(a, b), in \[0, 1\].
    pub(crate) fn beta(&mut self, a: f32, b: f32) -> f32 {
        let one = self.gamma(a.clamp(SHAPES.0, SHAPES.1));
        let both = one + self.gamma(b.clamp(SHAPES.0, SHAPES.1));
        if both > 0.0 { one / both } else { a / (a + b) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Mean and variance of many draws.
    fn moments(mut draw: impl FnMut() -> f32) -> (f64, f64) {
        let draws: Vec<f64> = (0..40_000).map(|_| f64::from(draw())).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        (mean, draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64)
    }

    #[test]
    fn draws_have_the_moments_of_their_distributions() {
        let mut random = Random::of(7, 1);
        let (mean, variance) = moments(|| random.unit());
        assert!((mean - 0.5).abs() < 0.01 && (variance - 1.0 / 12.0).abs() < 0.005);
        let (mean, variance) = moments(|| random.normal());
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
        for (a, b) in [(0.5, 9.5), (1.0, 1.0), (3.0, 40.0), (200.0, 9_000.0)] {
            let (mean, variance) = moments(|| random.beta(a, b));
            let (a, b) = (f64::from(a), f64::from(b));
            let (want_mean, want_variance) = (a / (a + b), a * b / ((a + b) * (a + b) * (a + b + 1.0)));
            assert!((mean - want_mean).abs() < 4.0 * (want_variance / 40_000.0).sqrt(), "{a} {b}: {mean}");
            assert!((variance / want_variance - 1.0).abs() < 0.1, "{a} {b}: {variance} {want_variance}");
        }
    }

    #[test]
    fn the_bits_are_the_same_everywhere() {
        let mut random = Random::of(1, 2);
        let bits =
            [random.unit(), random.normal(), random.gamma(0.5), random.beta(2.0, 30.0)].map(f32::to_bits);
        assert_eq!(bits, GOLDEN);
    }

    const GOLDEN: [u32; 4] = [1_060_335_675, 1_073_626_848, 1_040_519_246, 1_031_398_575];

    proptest! {
        #[test]
        fn a_share_is_a_share_whatever_the_counts(seed: u32, key: u32, a in 1e-30f32..1e30, b in 1e-30f32..1e30) {
            let share = Random::of(seed, key).beta(a, b);
            prop_assert!((0.0..=1.0).contains(&share));
        }
    }
}
