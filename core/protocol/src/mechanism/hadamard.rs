//! One bit of a Hadamard transform: the device draws a row j of the K × K Hadamard matrix and tells the sign of its cell
//! in it, flipped with probability 1 / (e^ε + 1) (Bassily, Smith 2015). ε-locally differentially private, and a forged
//! report counts for no more than (e^ε + 1) / (e^ε − 1).

use crate::accounting::MICRO;
use crate::task::TaskId;

use super::randomised::rounded_down;
use super::secret::{Draw, Secret};

/// The mechanism for k cells at an ε.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hadamard {
    cells: u32,
    /// K, the power of two at or above k.
    rows: u32,
    /// Probability that the bit is told as it is.
    truth: f64,
}

/// What a device says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedRow {
    /// The row j, below [`Hadamard::rows`].
    pub row: u32,
    /// Whether the sign told is +.
    pub positive: bool,
}

impl Hadamard {
    /// For `cells` cells (2 at least) and ε in millionths.
    pub fn new(cells: u32, micro_epsilon: u32) -> Self {
        let cells = cells.clamp(2, 1 << 16);
        let odds = libm::exp(f64::from(micro_epsilon) / MICRO as f64);
        Self { cells, rows: cells.next_power_of_two(), truth: rounded_down(odds / (odds + 1.0)) }
    }

    /// Number of rows, K.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// What the device says when its cell is `cell`; the same each time, as in [`super::RandomisedResponse::answer`].
    pub fn answer(&self, secret: &Secret, task: &TaskId, cell: u32) -> SignedRow {
        let cell = cell.min(self.cells - 1);
        let mut stream = secret.draw(Draw::Answer, task, u64::from(cell));
        let row = stream.below(u64::from(self.rows)) as u32;
        let is_true = stream.unit() < self.truth;
        SignedRow { row, positive: is_positive(row, cell) == is_true }
    }

    /// How many visitors are in each cell, from the sum of signs of each row: unbiased, so that estimates may be negative.
    pub fn estimate(&self, signs: &[i64]) -> Vec<f64> {
        let scale = self.scale();
        let sum = |cell: u32| -> i64 {
            signs.iter().zip(0u32..).map(|(sum, row)| if is_positive(row, cell) { *sum } else { -sum }).sum()
        };
        (0..self.cells).map(|cell| scale * sum(cell) as f64).collect()
    }

    /// How many times as many visitors an estimate needs for the error that plain counts have, for a cell with a `share`
    /// of the visitors, 0–1.
    pub fn multiplier(&self, share: f64) -> f64 {
        let scale = self.scale();
        (scale * scale - share * share) / (share * (1.0 - share))
    }

    /// Variance that one report adds to the estimate of a cell that nobody is in.
    pub fn variance(&self) -> f64 {
        self.scale() * self.scale()
    }

    /// (e^ε + 1) / (e^ε − 1).
    fn scale(&self) -> f64 {
        1.0 / (2.0 * self.truth - 1.0)
    }
}

/// Sign of a cell of the Hadamard matrix (Sylvester 1867): + where row and column share an even number of ones.
fn is_positive(row: u32, column: u32) -> bool {
    (row & column).count_ones().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TASK: TaskId = TaskId([6; 32]);

    fn device(number: u64) -> Secret {
        let mut bytes = [4; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Secret::new(bytes)
    }

    #[test]
    fn estimates_are_unbiased() {
        let mechanism = Hadamard::new(20, 1_000_000);
        assert_eq!(mechanism.rows(), 32);
        let mut signs = [0i64; 32];
        for number in 0..40_000u64 {
            // Half in cell 0, the others in cells 1 to 16.
            let cell = if number % 2 == 0 { 0 } else { 1 + (number / 2 % 16) as u32 };
            let said = mechanism.answer(&device(number), &TASK, cell);
            signs[said.row as usize] += if said.positive { 1 } else { -1 };
        }
        let deviation = mechanism.scale() * 200.0;
        for (cell, estimate) in mechanism.estimate(&signs).into_iter().enumerate() {
            let truth = match cell {
                0 => 20_000.0,
                1..=16 => 1_250.0,
                _ => 0.0,
            };
            assert!((estimate - truth).abs() < 4.0 * deviation, "{cell}: {estimate}");
        }
    }

    #[test]
    fn no_answer_says_more_than_epsilon_and_no_forgery_counts_for_more_than_the_scale() {
        for micro_epsilon in [500_000u32, 1_000_000, 4_000_000] {
            let mechanism = Hadamard::new(10, micro_epsilon);
            let said = libm::log(mechanism.truth / (1.0 - mechanism.truth));
            let epsilon = f64::from(micro_epsilon) / 1e6;
            assert!(said <= epsilon && said > epsilon - 1e-6);
            let mut signs = [0i64; 16];
            signs[5] = 1;
            let odds = libm::exp(epsilon);
            let most = (odds + 1.0) / (odds - 1.0) + 1e-6;
            assert!(mechanism.estimate(&signs).iter().all(|count| count.abs() <= most));
        }
    }

    #[test]
    fn thirty_reports_about_the_same_cell_are_one() {
        let mechanism = Hadamard::new(10, 1_000_000);
        for number in 0..100 {
            let first = mechanism.answer(&device(number), &TASK, 4);
            assert!((0..30).all(|_| mechanism.answer(&device(number), &TASK, 4) == first));
        }
    }

    #[test]
    fn it_beats_randomised_response_where_cells_are_many() {
        let of = |cells| {
            let response = super::super::RandomisedResponse::new(cells, 1_000_000);
            Hadamard::new(cells, 1_000_000).multiplier(0.01) / response.multiplier(0.01)
        };
        assert!(of(50) < 0.3 && of(3) > 1.0, "{} {}", of(50), of(3));
    }

    proptest! {
        #[test]
        fn rows_are_rows(cells in 2u32..70, cell in 0u32..70, number: u64, epsilon in 1_000u32..5_000_000) {
            let mechanism = Hadamard::new(cells, epsilon);
            prop_assert!(mechanism.answer(&device(number), &TASK, cell).row < mechanism.rows());
        }

        #[test]
        fn different_columns_are_orthogonal(left in 0u32..32, right in 0u32..32) {
            let sum: i32 = (0..32).map(|row| if is_positive(row, left) == is_positive(row, right) { 1 } else { -1 }).sum();
            prop_assert_eq!(sum, if left == right { 32 } else { 0 });
        }
    }
}
