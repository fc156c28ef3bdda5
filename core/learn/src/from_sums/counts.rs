//! Popularity from counts.

use super::Released;

/// Logarithm of 1 + count of each cell, as tables carry it. A count below two standard deviations of its noise is not told
/// from none and is 0.
pub fn popularity(released: &Released) -> Vec<f32> {
    let floor = 2.0 * released.sigma();
    let count = |&count: &f64| if count > floor { libm::log1p(count) as f32 } else { 0.0 };
    released.cells.iter().map(count).collect()
}

/// Counts that are not negative and add up to no more than the reports; the excess noise makes is taken from all alike.
pub fn shares(released: &Released) -> Vec<f64> {
    let positive: Vec<f64> = released.cells.iter().map(|count| count.max(0.0)).collect();
    let total = positive.iter().sum::<f64>().max(released.reports).max(1.0);
    positive.iter().map(|count| count / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_in_noise_is_nothing() {
        let released = Released { reports: 200.0, cells: vec![100.0, 19.0, -30.0, 21.0], variance: 100.0 };
        let popular = popularity(&released);
        assert!((popular[0] - libm::log1pf(100.0)).abs() < 1e-6 && popular[3] > 0.0);
        assert_eq!(popular[1..3], [0.0, 0.0]);
        assert_eq!(shares(&released), [0.5, 0.095, 0.0, 0.105]);
    }
}
