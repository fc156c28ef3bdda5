//! The closed form against slow, independent arithmetic.

use homebody_learn::seqlin::{SeqLin, SolveError, Weights, solve};
use homebody_learn::sums::{SequenceSums, Square};
use proptest::prelude::*;

const SIDE: usize = 5;

type Dense = Vec<Vec<f64>>;

/// Gauss-Jordan with pivots.
fn inverse(matrix: &Dense) -> Dense {
    let n = matrix.len();
    let mut left = matrix.clone();
    let mut right: Dense = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|&a, &b| left[a][column].abs().total_cmp(&left[b][column].abs()))
            .unwrap_or(column);
        left.swap(column, pivot);
        right.swap(column, pivot);
        let by = left[column][column];
        for cell in left[column].iter_mut().chain(right[column].iter_mut()) {
            *cell /= by;
        }
        for row in (0..n).filter(|&row| row != column) {
            let factor = left[row][column];
            for other in 0..n {
                left[row][other] -= factor * left[column][other];
                right[row][other] -= factor * right[column][other];
            }
        }
    }
    right
}

fn dense(square: &Square) -> Dense {
    (0..SIDE).map(|row| (0..SIDE).map(|column| f64::from(square.at(row, column))).collect()).collect()
}

fn mixed(alpha: f64, left: &Dense, right: &Dense) -> Dense {
    let row = |(a, b): (&Vec<f64>, &Vec<f64>)| {
        a.iter().zip(b).map(|(a, b)| alpha * a + (1.0 - alpha) * b).collect()
    };
    left.iter().zip(right).map(row).collect()
}

/// B by the formula, in f64; `weights[j][i]` = how much j speaks for i.
fn by_formula(gram: &Dense, history: &Dense, future: &Dense, model: SeqLin) -> Dense {
    let alpha = f64::from(model.alpha);
    let mut s = mixed(alpha, gram, history);
    let r = mixed(alpha, gram, future);
    let lambda = f64::from(model.lambda) * (0..SIDE).map(|i| s[i][i]).sum::<f64>() / SIDE as f64;
    (0..SIDE).for_each(|i| s[i][i] += lambda);
    let p = inverse(&s);
    let pr = |j: usize, i: usize| (0..SIDE).map(|k| p[j][k] * r[k][i]).sum::<f64>();
    let cell = |j: usize, i: usize| if i == j { 0.0 } else { pr(j, i) - p[j][i] * pr(i, i) / p[i][i] };
    (0..SIDE).map(|j| (0..SIDE).map(|i| cell(j, i)).collect()).collect()
}

fn near(weights: &Weights, expected: &Dense) -> bool {
    (0..SIDE).all(|i| (0..SIDE).all(|j| (f64::from(weights.column(i)[j]) - expected[j][i]).abs() < 2e-3))
}

/// Σ v vᵀ of rows, and Σ v wᵀ with the next row.
fn sums_of(rows: &[Vec<f32>]) -> (Square, Square) {
    let (mut own, mut next) = (Square::zeros(SIDE), Square::zeros(SIDE));
    for (index, row) in rows.iter().enumerate() {
        let after = &rows[(index + 1) % rows.len()];
        for i in 0..SIDE {
            for j in 0..SIDE {
                own.cells[i * SIDE + j] += row[i] * row[j];
                next.cells[i * SIDE + j] += row[i] * after[j];
            }
        }
    }
    (own, next)
}

fn rows() -> impl Strategy<Value = Vec<Vec<f32>>> {
    prop::collection::vec(prop::collection::vec(prop_oneof![Just(0.0f32), 0.2f32..1.0], SIDE), 4..12)
        .prop_filter("something must be wanted", |rows| rows.iter().flatten().any(|value| *value > 0.0))
}

proptest! {
    #[test]
    fn the_solution_equals_the_formula(g in rows(), h in rows(), alpha in 0.0f32..=1.0, lambda in 0.3f32..5.0) {
        let ((gram, _), (history, future)) = (sums_of(&g), sums_of(&h));
        let model = SeqLin { alpha, lambda };
        let expected = by_formula(&dense(&gram), &dense(&history), &dense(&future), model);
        let weights = solve(&gram, Some(&SequenceSums { history, future }), model).unwrap();
        prop_assert!(near(&weights, &expected), "{weights:?} {expected:?}");
    }

    #[test]
    fn alpha_one_is_ease(g in rows(), lambda in 0.3f32..5.0) {
        let (gram, _) = sums_of(&g);
        let weights = solve(&gram, None, SeqLin { alpha: 1.0, lambda }).unwrap();
        let mut s = dense(&gram);
        let absolute = f64::from(lambda) * (0..SIDE).map(|i| s[i][i]).sum::<f64>() / SIDE as f64;
        (0..SIDE).for_each(|i| s[i][i] += absolute);
        let p = inverse(&s);
        let cell = |j: usize, i: usize| if i == j { 0.0 } else { -p[j][i] / p[i][i] };
        let ease: Dense = (0..SIDE).map(|j| (0..SIDE).map(|i| cell(j, i)).collect()).collect();
        prop_assert!(near(&weights, &ease), "{weights:?} {ease:?}");
    }
}

#[test]
fn an_item_always_followed_by_another_speaks_for_it_and_not_the_other_way() {
    let mut history = Square::zeros(2);
    history.cells = vec![9.0, 0.0, 0.0, 9.0];
    let mut future = Square::zeros(2);
    future.cells[1] = 9.0;
    let weights =
        solve(&Square::zeros(2), Some(&SequenceSums { history, future }), SeqLin { alpha: 0.0, lambda: 0.1 });
    let weights = weights.unwrap();
    assert!(weights.column(1)[0] > 0.5 && weights.column(0)[1].abs() < 1e-6);
}

#[test]
fn unusable_sums_are_errors_with_codes() {
    let other = SequenceSums { history: Square::zeros(3), future: Square::zeros(3) };
    let mismatch = solve(&Square::zeros(2), Some(&other), SeqLin { alpha: 0.5, lambda: 1.0 }).unwrap_err();
    assert_eq!(mismatch, SolveError::SizeMismatch { gram: 2, sequence: 3 });
    assert_eq!(mismatch.code(), "sums_size_mismatch");
    let noise = Square { side: 2, cells: vec![-50.0, 90.0, 90.0, -50.0] };
    let drowned = solve(&noise, None, SeqLin { alpha: 1.0, lambda: 1.0 }).unwrap_err();
    assert_eq!(drowned.code(), "sums_not_positive_definite");
}
