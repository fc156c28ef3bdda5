//! SeqLin: a linear item-item model in closed form, from sums alone.
//!
//! S = αG + (1−α)A, R = αG + (1−α)C, P = (S + λI)⁻¹, B = P·R − P·diag(γ), γ such that diag(B) = 0. A
//! candidate's score is the decayed history times its column of B. α = 1 without decay is EASE (Steck 2019);
//! α < 1 blends in direction and distance, after SLIST (Choi et al. 2021).

use crate::sums::{SequenceSums, Square};
use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, MatRef, Side};

/// Tries at a larger λ before giving up on a matrix that is not positive definite.
const MAX_RETRIES: usize = 6;

/// What picks one model of the family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeqLin {
    /// Weight of the undirected G against the directed A and C, in \[0, 1\].
    pub alpha: f32,
    /// λ as a multiple of the mean diagonal of S, > 0: the same setting then fits large and small sites.
    pub lambda: f32,
}

/// The solved model: the column of item i holds what every history item says about it.
#[derive(Clone, Debug)]
pub struct Weights {
    columns: Mat<f32>,
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

impl Weights {
    /// Column of `slot`: entry j is how much history item j speaks for it; its own entry is 0.
    pub fn column(&self, slot: usize) -> &[f32] {
        self.columns.col_as_slice(slot)
    }

    /// Number of items.
    pub fn side(&self) -> usize {
        self.columns.ncols()
    }
}

/// Solves one model. With α = 1, `sequence` may be `None`.
///
/// # Errors
/// [`SolveError`] when sizes differ or the matrix cannot be factorised.
pub fn solve(gram: &Square, sequence: Option<&SequenceSums>, model: SeqLin) -> Result<Weights, SolveError> {
    if let Some(sums) = sequence
        && (sums.history.side != gram.side || sums.future.side != gram.side)
    {
        return Err(SolveError::SizeMismatch { gram: gram.side, sequence: sums.history.side });
    }
    let blended = |other: Option<&Square>| match other {
        Some(other) => blend(gram, other, model.alpha),
        None => square(gram).to_owned(),
    };
    let inverse = inverse(blended(sequence.map(|sums| &sums.history)), model.lambda)?;
    let mut columns = &inverse * blended(sequence.map(|sums| &sums.future));
    zero_diagonal(&mut columns, inverse.as_ref());
    Ok(Weights { columns })
}

/// αG + (1−α)·other.
fn blend(gram: &Square, other: &Square, alpha: f32) -> Mat<f32> {
    let rest = 1.0 - alpha;
    let (gram, other) = (square(gram), square(other));
    Mat::from_fn(gram.nrows(), gram.ncols(), |row, column| {
        alpha * gram[(row, column)] + rest * other[(row, column)]
    })
}

fn square(sums: &Square) -> MatRef<'_, f32> {
    MatRef::from_row_major_slice(&sums.cells, sums.side, sums.side)
}

/// (S + λI)⁻¹, with λ doubled while rounding (or noise) leaves S + λI indefinite.
fn inverse(mut matrix: Mat<f32>, relative_lambda: f32) -> Result<Mat<f32>, SolveError> {
    let side = matrix.nrows();
    let diagonal: f32 = (0..side).map(|index| matrix[(index, index)]).sum();
    let mean = if side == 0 { 0.0 } else { diagonal / side as f32 };
    let mut lambda = (relative_lambda * mean).max(f32::MIN_POSITIVE);
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

/// Subtracts P·diag(γ) with γ_i = (PR)_ii / P_ii.
fn zero_diagonal(columns: &mut Mat<f32>, inverse: MatRef<'_, f32>) {
    for slot in 0..columns.ncols() {
        let gamma = columns[(slot, slot)] / inverse[(slot, slot)];
        for row in 0..columns.nrows() {
            columns[(row, slot)] -= inverse[(row, slot)] * gamma;
        }
        columns[(slot, slot)] = 0.0;
    }
}
