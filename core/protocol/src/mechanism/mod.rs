//! The mechanisms: how a device writes a vector, and how the server reads a sum of them. Both halves of each are in one
//! file, so that one test can hold them together.
//!
//! | file | device | server |
//! | --- | --- | --- |
//! | [`bounded`] | clips a vector to its bound (`trusted`, `split`) | adds |
//! | [`levels`] | a signed number as a whole one, rounded at random without bias | back |
//! | [`numbers`] | the statistics of a visitor as whole numbers | their sums back |
//! | [`pairs`] | the part and cell of a pair of the head | the pair of a part's cell |
//! | [`randomised`] | k-ary randomised response, memoised (`local`) | estimates counts |
//! | [`hadamard`] | one bit of a Hadamard transform, memoised (`local`) | estimates counts |
//!
//! [`Totals`] is what the server keeps of reports in `trusted` and `local`: one number a cell and the number of reports.
//! Noise at release is the learner's (`homebody-learn`), as devices add none.

pub mod bounded;
pub mod hadamard;
pub mod levels;
pub mod numbers;
pub mod pairs;
pub mod randomised;
pub mod secret;
mod totals;

pub use hadamard::Hadamard;
pub use levels::Levels;
pub use pairs::Pairs;
pub use randomised::RandomisedResponse;
pub use secret::{Draw, Secret, Stream};
pub use totals::Totals;

/// How many times as many visitors a sum needs for the same relative error because of noise at release, ≥ 1.
///
/// `visitors`: how many there are, `share`: the share of them in the cell, 0–1, `variance`: of the noise in a cell. With
/// n visitors and the noise s² the variance of the share is f(1−f)/n + s²/n²; the answer is n′/n where n′ visitors with
/// noise do as well as n without.
pub fn release_multiplier(visitors: f64, share: f64, variance: f64) -> f64 {
    let sampling = visitors * share * (1.0 - share);
    if sampling <= 0.0 {
        return f64::INFINITY;
    }
    0.5 * (1.0 + (1.0 + 4.0 * variance / sampling).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_on_the_sum_costs_next_to_nothing() {
        // ε = 1 on 100,000 visitors and a conversion of 3 %: σ of one release is 4.22.
        let multiplier = release_multiplier(100_000.0, 0.03, 4.22 * 4.22 * 2.0);
        assert!((1.0..1.02).contains(&multiplier), "{multiplier}");
        assert!(release_multiplier(1_000.0, 0.03, 0.0) == 1.0);
        assert!(release_multiplier(1_000.0, 0.0, 1.0).is_infinite());
        // n′ solves f(1−f)/n′ + s²/n′² = f(1−f)/n.
        let (n, f, s2) = (500.0, 0.2, 400.0);
        let more = n * release_multiplier(n, f, s2);
        let variance = f * (1.0 - f) / more + s2 / (more * more);
        assert!((variance - f * (1.0 - f) / n).abs() < 1e-12);
    }
}
