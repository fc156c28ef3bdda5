//! The closed form against slow, independent arithmetic.

use homebody_learn::seqlin::{SeqLin, SolveError, Solved, mean_diagonal, solve};
use homebody_learn::sums::{Columns, SequenceSums};
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

fn dense(square: &Columns) -> Dense {
    (0..SIDE).map(|row| (0..SIDE).map(|column| f64::from(square.at(row, column))).collect()).collect()
}

fn columns(solved: &Solved<'_>) -> Vec<Vec<f32>> {
    let mut columns = Vec::new();
    solved.for_each_column(|target, column| {
        assert_eq!(target, columns.len());
        columns.push(column.to_vec());
    });
    columns
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
    (0..SIDE).for_each(|i| s[i][i] += f64::from(model.lambda));
    let p = inverse(&s);
    let own = |i: usize| {
        let pull = (0..SIDE).map(|k| p[i][k] * future[k][i]).sum::<f64>() * (1.0 - alpha);
        if model.repeats { pull } else { 0.0 }
    };
    let pr = |j: usize, i: usize| (0..SIDE).map(|k| p[j][k] * r[k][i]).sum::<f64>();
    let cell = |j: usize, i: usize| {
        if i == j { own(i) } else { pr(j, i) - p[j][i] * (pr(i, i) - own(i)) / p[i][i] }
    };
    (0..SIDE).map(|j| (0..SIDE).map(|i| cell(j, i)).collect()).collect()
}

fn near(weights: &[Vec<f32>], expected: &Dense) -> bool {
    (0..SIDE).all(|i| (0..SIDE).all(|j| (f64::from(weights[i][j]) - expected[j][i]).abs() < 2e-3))
}

/// Σ v vᵀ of rows, and Σ v wᵀ with the next row.
fn sums_of(rows: &[Vec<f32>]) -> (Columns, Columns) {
    let (mut own, mut next) = (vec![vec![0.0; SIDE]; SIDE], vec![vec![0.0; SIDE]; SIDE]);
    for (index, row) in rows.iter().enumerate() {
        let after = &rows[(index + 1) % rows.len()];
        for i in 0..SIDE {
            for j in 0..SIDE {
                own[j][i] += row[i] * row[j];
                next[j][i] += row[i] * after[j];
            }
        }
    }
    (Columns::from_dense(SIDE, &own), Columns::from_dense(SIDE, &next))
}

fn rows() -> impl Strategy<Value = Vec<Vec<f32>>> {
    prop::collection::vec(prop::collection::vec(prop_oneof![Just(0.0f32), 0.2f32..1.0], SIDE), 4..12)
        .prop_filter("something must be wanted", |rows| rows.iter().flatten().any(|value| *value > 0.0))
}

proptest! {
    #[test]
    fn the_solution_equals_the_formula(
        g in rows(), h in rows(), alpha in 0.0f32..=1.0, lambda in 0.3f32..5.0, repeats in any::<bool>(),
    ) {
        let ((gram, _), (history, future)) = (sums_of(&g), sums_of(&h));
        let model = SeqLin { alpha, lambda, repeats };
        let expected = by_formula(&dense(&gram), &dense(&history), &dense(&future), model);
        let sums = SequenceSums { history, future };
        let weights = columns(&solve(&gram, Some(&sums), model).unwrap());
        prop_assert!(near(&weights, &expected), "{weights:?} {expected:?}");
    }

    #[test]
    fn alpha_one_is_ease(g in rows(), lambda in 0.3f32..5.0) {
        let (gram, _) = sums_of(&g);
        let weights = columns(&solve(&gram, None, SeqLin { alpha: 1.0, lambda, repeats: false }).unwrap());
        let mut s = dense(&gram);
        (0..SIDE).for_each(|i| s[i][i] += f64::from(lambda));
        let p = inverse(&s);
        let cell = |j: usize, i: usize| if i == j { 0.0 } else { -p[j][i] / p[i][i] };
        let ease: Dense = (0..SIDE).map(|j| (0..SIDE).map(|i| cell(j, i)).collect()).collect();
        prop_assert!(near(&weights, &ease), "{weights:?} {ease:?}");
    }

    #[test]
    fn a_target_outside_the_head_is_a_ridge_regression_on_it(g in rows(), lambda in 0.3f32..5.0) {
        let (full, _) = sums_of(&g);
        let head = SIDE - 1;
        let cut: Vec<Vec<f32>> =
            (0..SIDE).map(|column| (0..head).map(|row| full.at(row, column)).collect()).collect();
        let gram = Columns::from_dense(head, &cut);
        let weights = columns(&solve(&gram, None, SeqLin { alpha: 1.0, lambda, repeats: false }).unwrap());
        prop_assert_eq!(weights.len(), SIDE);
        // (G + λI) b = g must hold.
        for row in 0..head {
            let left: f32 = (0..head).map(|k| gram.at(row, k) * weights[head][k]).sum::<f32>()
                + lambda * weights[head][row];
            prop_assert!((left - gram.at(row, head)).abs() < 1e-2 * (1.0 + gram.at(row, head)));
        }
    }
}

#[test]
fn an_item_always_followed_by_another_speaks_for_it_and_not_the_other_way() {
    let history = Columns::from_dense(2, &[vec![9.0, 0.0], vec![0.0, 9.0]]);
    let future = Columns::from_dense(2, &[vec![0.0, 0.0], vec![9.0, 0.0]]);
    let gram = Columns::from_dense(2, &[vec![0.0; 2], vec![0.0; 2]]);
    let sums = SequenceSums { history, future };
    let weights =
        columns(&solve(&gram, Some(&sums), SeqLin { alpha: 0.0, lambda: 0.9, repeats: false }).unwrap());
    assert!(weights[1][0] > 0.5 && weights[0][1].abs() < 1e-6);
    assert!((mean_diagonal(&gram, Some(&sums), 0.0) - 9.0).abs() < 1e-6);
}

#[test]
fn unusable_sums_are_errors_with_codes() {
    let model = SeqLin { alpha: 0.5, lambda: 1.0, repeats: false };
    let square = |side: usize| Columns::from_dense(side, &vec![vec![0.0; side]; side]);
    let (two, other) = (square(2), SequenceSums { history: square(3), future: square(3) });
    let mismatch = solve(&two, Some(&other), model).map(|_| ()).unwrap_err();
    assert_eq!(mismatch, SolveError::SizeMismatch { gram: 2, sequence: 3 });
    assert_eq!(mismatch.code(), "sums_size_mismatch");
    let noise = Columns::from_dense(2, &[vec![-50.0, 900.0], vec![900.0, -50.0]]);
    let drowned = solve(&noise, None, SeqLin { alpha: 1.0, ..model }).map(|_| ()).unwrap_err();
    assert_eq!(drowned.code(), "sums_not_positive_definite");
}
