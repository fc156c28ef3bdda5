//! k-ary randomised response: the true cell with probability p = e^ε / (e^ε + k − 1), else one of the others
//! (Warner 1965; Kairouz, Bonawitz, Ramage 2016). ε-locally differentially private.

use crate::accounting::MICRO;
use crate::task::TaskId;

use super::secret::{Draw, Secret};

/// The mechanism for k cells at an ε.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomisedResponse {
    cells: u32,
    /// p, rounded down to a multiple of 2⁻⁵³.
    truth: f64,
}

impl RandomisedResponse {
    /// For `cells` cells (2 at least) and ε in millionths.
    pub fn new(cells: u32, micro_epsilon: u32) -> Self {
        let cells = cells.max(2);
        let odds = libm::exp(f64::from(micro_epsilon) / MICRO as f64);
        Self { cells, truth: rounded_down(odds / (odds + f64::from(cells - 1))) }
    }

    /// What the device says when its cell is `cell`. The answer to the same task about the same cell is always the same
    /// one: asked thirty times, a device that did not change said no more than once.
    pub fn answer(&self, secret: &Secret, task: &TaskId, cell: u32) -> u32 {
        let cell = cell.min(self.cells - 1);
        let mut stream = secret.draw(Draw::Answer, task, u64::from(cell));
        if stream.unit() < self.truth {
            return cell;
        }
        let other = stream.below(u64::from(self.cells - 1)) as u32;
        other + u32::from(other >= cell)
    }

    /// How many visitors are in each cell, from how many said so: unbiased, so that estimates may be negative.
    pub fn estimate(&self, said: &[i64]) -> Vec<f64> {
        let reports: i64 = said.iter().sum();
        let false_rate = self.false_rate();
        let unlikely = reports as f64 * false_rate;
        said.iter().map(|&count| (count as f64 - unlikely) / (self.truth - false_rate)).collect()
    }

    /// How many times as many visitors an estimate needs for the error that plain counts have, for a cell with a `share`
    /// of the visitors, 0–1.
    pub fn multiplier(&self, share: f64) -> f64 {
        let false_rate = self.false_rate();
        let gap = self.truth - false_rate;
        let said = false_rate + share * gap;
        said * (1.0 - said) / (gap * gap) / (share * (1.0 - share))
    }

    /// Variance that one report adds to the estimate of a cell that nobody is in.
    pub fn variance(&self) -> f64 {
        let false_rate = self.false_rate();
        let gap = self.truth - false_rate;
        false_rate * (1.0 - false_rate) / (gap * gap)
    }

    /// The probability of each cell that is not the true one.
    fn false_rate(&self) -> f64 {
        (1.0 - self.truth) / f64::from(self.cells - 1)
    }
}

/// To a multiple of 2⁻⁵³ one step below, so that rounding of the exponential never costs more than ε.
pub(super) fn rounded_down(probability: f64) -> f64 {
    let steps = (1u64 << 53) as f64;
    ((probability * steps).floor() - 1.0) / steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TASK: TaskId = TaskId([5; 32]);

    fn device(number: u64) -> Secret {
        let mut bytes = [3; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Secret::new(bytes)
    }

    #[test]
    fn estimates_are_unbiased() {
        // 40,000 devices, 5 cells, ε = 1; the standard deviation of an estimate is 260 or so.
        let mechanism = RandomisedResponse::new(5, 1_000_000);
        let truth = [20_000u64, 10_000, 6_000, 4_000, 0];
        let mut said = [0i64; 5];
        let mut number = 0;
        for (cell, &devices) in truth.iter().enumerate() {
            for _ in 0..devices {
                said[mechanism.answer(&device(number), &TASK, cell as u32) as usize] += 1;
                number += 1;
            }
        }
        let estimate = mechanism.estimate(&said);
        for (cell, (&count, estimate)) in truth.iter().zip(&estimate).enumerate() {
            let deviation = (mechanism.multiplier(0.2) * 0.16 * 40_000.0).sqrt();
            assert!((estimate - count as f64).abs() < 4.0 * deviation, "{cell}: {estimate} of {count}");
        }
        assert!((estimate.iter().sum::<f64>() - 40_000.0).abs() < 1e-6);
    }

    #[test]
    fn no_answer_says_more_than_epsilon() {
        for (cells, micro_epsilon) in [(2, 500_000), (5, 1_000_000), (64, 4_000_000), (9, 20_000_000)] {
            let mechanism = RandomisedResponse::new(cells, micro_epsilon);
            let said = libm::log(mechanism.truth / mechanism.false_rate());
            let epsilon = f64::from(micro_epsilon) / 1e6;
            assert!(said <= epsilon && said > epsilon - 1e-6, "{cells} {said} {epsilon}");
        }
    }

    #[test]
    fn thirty_reports_say_no_more_than_one() {
        // The averaging attack: who is asked every day, and guesses what was said most often.
        let mechanism = RandomisedResponse::new(2, 1_000_000);
        let (mut memoised, mut fresh) = (0, 0);
        for number in 0..4_000u64 {
            let cell = (number % 2) as u32;
            let answers = |task: &dyn Fn(u8) -> TaskId| -> u32 {
                let ones: u32 = (0..30).map(|day| mechanism.answer(&device(number), &task(day), cell)).sum();
                u32::from(ones > 15)
            };
            memoised += u32::from(answers(&|_| TASK) == cell);
            fresh += u32::from(answers(&|day| TaskId([day; 32])) == cell);
        }
        // e / (e + 1) = .731 is what one answer gives away.
        assert!((f64::from(memoised) / 4_000.0 - 0.731).abs() < 0.03, "{memoised}");
        assert!(fresh > 3_950, "without memory the attack works: {fresh}");
    }

    #[test]
    fn multipliers_are_those_of_the_table() {
        // A conversion of 3 %, two cells: 132, 32, 7.1, 1.6 times at ε ½, 1, 2, 4.
        for (micro_epsilon, times) in
            [(500_000, 132.0), (1_000_000, 32.0), (2_000_000, 7.1), (4_000_000, 1.6)]
        {
            let multiplier = RandomisedResponse::new(2, micro_epsilon).multiplier(0.03);
            assert!((multiplier / times - 1.0).abs() < 0.05, "{micro_epsilon}: {multiplier}");
        }
    }

    proptest! {
        #[test]
        fn answers_are_cells_and_repeat(cells in 2u32..70, cell in 0u32..70, number: u64, epsilon in 1_000u32..5_000_000) {
            let mechanism = RandomisedResponse::new(cells, epsilon);
            let answer = mechanism.answer(&device(number), &TASK, cell);
            prop_assert!(answer < cells);
            prop_assert_eq!(answer, mechanism.answer(&device(number), &TASK, cell));
        }
    }
}
