//! SeqLin: a linear item-item model in closed form, from sums alone.
//!
//! S = αG + (1−α)A, R = αG + (1−α)C, P = (S + λI)⁻¹, B = P·R − P·diag(γ), γ such that diag(B) = 0. A
//! candidate's score is the decayed history times its column of B. α = 1 without decay is EASE (Steck 2019);
//! α < 1 blends in direction and distance, after SLIST (Choi et al. 2021).
//!
//! Only items of the head speak for others: S is head × head. R has a column for every target, so that an item
//! outside the head is a ridge regression on the head and costs no inverse. Where items may come again, γ leaves on
//! the diagonal what the directed sums alone put there: (1−α)(P·C)_ii, an item's own pull when the touch after
//! it is so often itself.
//!
//! R is sparse: a column of P·R is a sum of few columns of P, unless the column is so full that a dense product
//! is faster.

use crate::sums::{Columns, SequenceSums};
use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

/// Targets worked out at once.
const BLOCK: usize = 256;
/// A block of R fuller than this is multiplied densely.
const DENSE_SHARE: f64 = 0.08;
/// Tries at a larger λ before giving up on a matrix that is not positive definite.
const MAX_RETRIES: usize = 6;

/// What picks one model of the family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeqLin {
    /// Weight of the undirected G against the directed A and C, in \[0, 1\].
    pub alpha: f32,
    /// λ in the units of S (visits), > 0: what a head learned holds for a longer head of the same visitors.
    pub lambda: f32,
    /// Whether an item may speak for itself.
    pub repeats: bool,
}

/// A model whose inverse is known; its columns are worked out block by block.
#[derive(Debug)]
pub struct Solved<'a> {
    inverse: Mat<f32>,
    gram: &'a Columns,
    future: Option<&'a Columns>,
    model: SeqLin,
}

/// Why no model came out.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SolveError {
    /// The sums are not those of real visitors (or noise drowned them): no λ made them solvable.
    #[error("the sums are not positive definite, even with lambda {lambda}")]
    NotPositiveDefinite {
        /// The last λ tried.
        lambda: f32,
    },
    /// G, A and C differ in size.
    #[error("the sums have different sizes: {gram} and {sequence}")]
    SizeMismatch {
        /// Side of G.
        gram: usize,
        /// Side of A and C.
        sequence: usize,
    },
}

impl SolveError {
    /// Stable code for logs and problem details.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPositiveDefinite { .. } => "sums_not_positive_definite",
            Self::SizeMismatch { .. } => "sums_size_mismatch",
        }
    }
}

/// S for a blend of sums: αG + (1−α)A over the head.
fn blended(gram: &Columns, history: Option<&Columns>, alpha: f32) -> Mat<f32> {
    let side = gram.rows();
    let mut matrix = Mat::zeros(side, side);
    let parts = [(Some(gram), if history.is_some() { alpha } else { 1.0 }), (history, 1.0 - alpha)];
    for (part, factor) in parts.iter().filter_map(|&(part, factor)| Some((part?, factor))) {
        for column in 0..side.min(part.len()) {
            let cells = matrix.col_as_slice_mut(column);
            for &(row, value) in part.column(column) {
                cells[row as usize] += factor * value;
            }
        }
    }
    matrix
}

/// Mean diagonal of S: the unit that settings of sites of any size have in common.
pub fn mean_diagonal(gram: &Columns, sequence: Option<&SequenceSums>, alpha: f32) -> f32 {
    match sequence {
        Some(sums) => alpha * gram.mean_diagonal() + (1.0 - alpha) * sums.history.mean_diagonal(),
        None => gram.mean_diagonal(),
    }
}

/// Factorises one model. With α = 1, `sequence` may be `None`.
///
/// # Errors
/// [`SolveError`] when sizes differ or the matrix cannot be factorised.
pub fn solve<'a>(
    gram: &'a Columns,
    sequence: Option<&'a SequenceSums>,
    model: SeqLin,
) -> Result<Solved<'a>, SolveError> {
    let sides = |sums: &SequenceSums| [sums.history.rows(), sums.history.len(), sums.future.rows()];
    if let Some(sums) = sequence
        && (sides(sums).iter().any(|&side| side != gram.rows()) || sums.future.len() != gram.len())
    {
        return Err(SolveError::SizeMismatch { gram: gram.rows(), sequence: sums.history.rows() });
    }
    let matrix = blended(gram, sequence.map(|sums| &sums.history), model.alpha);
    let inverse = inverse(matrix, model.lambda)?;
    Ok(Solved { inverse, gram, future: sequence.map(|sums| &sums.future), model })
}

impl Solved<'_> {
    /// Number of targets.
    pub fn targets(&self) -> usize {
        self.gram.len()
    }

    /// Hands every target's column over: entry j is how much head item j speaks for it.
    pub fn for_each_column(&self, mut each: impl FnMut(usize, &[f32])) {
        let side = self.inverse.nrows();
        for start in (0..self.targets()).step_by(BLOCK) {
            let count = BLOCK.min(self.targets() - start);
            let mut block = self.product(start, count);
            for index in 0..count {
                let target = start + index;
                let column = block.col_as_slice_mut(index);
                if target < side {
                    self.set_own(target, column);
                }
                each(target, column);
            }
        }
    }

    /// The columns `start..start + count` of P·R.
    fn product(&self, start: usize, count: usize) -> Mat<f32> {
        let side = self.inverse.nrows();
        let parts = [(Some(self.gram), self.gram_share()), (self.future, 1.0 - self.gram_share())];
        let parts = || parts.iter().filter_map(|&(part, factor)| Some((part?, factor)));
        let range = start..start + count;
        let filled: usize = range
            .clone()
            .map(|target| parts().map(|(part, _)| part.column(target).len()).sum::<usize>())
            .sum();
        let mut sums = Mat::<f32>::zeros(side, count);
        let dense = filled as f64 > DENSE_SHARE * (side * count) as f64;
        for (index, target) in range.enumerate() {
            let column = sums.col_as_slice_mut(index);
            for (part, factor) in parts() {
                for &(row, value) in part.column(target) {
                    if dense {
                        column[row as usize] += factor * value;
                    } else {
                        add_scaled(column, self.inverse.col_as_slice(row as usize), factor * value);
                    }
                }
            }
        }
        if dense { &self.inverse * sums } else { sums }
    }

    fn gram_share(&self) -> f32 {
        if self.future.is_some() { self.model.alpha } else { 1.0 }
    }

    /// Subtracts P·diag(γ) with γ_i = ((PR)_ii − own_i) / P_ii.
    fn set_own(&self, target: usize, column: &mut [f32]) {
        let inverse = self.inverse.col_as_slice(target);
        let own = match self.future.filter(|_| self.model.repeats) {
            Some(future) => {
                let pull = future.column(target).iter().map(|&(row, value)| inverse[row as usize] * value);
                (1.0 - self.model.alpha) * pull.sum::<f32>()
            }
            None => 0.0,
        };
        let gamma = (column[target] - own) / inverse[target];
        add_scaled(column, inverse, -gamma);
        column[target] = own;
    }
}

fn add_scaled(column: &mut [f32], other: &[f32], factor: f32) {
    for (cell, added) in column.iter_mut().zip(other) {
        *cell += factor * added;
    }
}

/// (S + λI)⁻¹, with λ doubled while rounding (or noise) leaves S + λI indefinite.
fn inverse(mut matrix: Mat<f32>, lambda: f32) -> Result<Mat<f32>, SolveError> {
    let mut lambda = lambda.max(f32::MIN_POSITIVE);
    add_diagonal(&mut matrix, lambda);
    for _ in 0..MAX_RETRIES {
        if let Ok(factor) = matrix.llt(Side::Lower) {
            return Ok(factor.inverse());
        }
        add_diagonal(&mut matrix, lambda);
        lambda *= 2.0;
    }
    Err(SolveError::NotPositiveDefinite { lambda })
}

fn add_diagonal(matrix: &mut Mat<f32>, value: f32) {
    for index in 0..matrix.nrows() {
        matrix[(index, index)] += value;
    }
}
