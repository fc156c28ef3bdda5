//! Intervals: as wide as theory has them, over visitors and not over rows, and paired.

use homebody_lab::evaluate::intervals::{Intervals, intervals};
use homebody_lab::evaluate::metrics::{METRICS, Values};
use homebody_lab::evaluate::split::Case;
use homebody_learn::bootstrap::SplitMix64;

const NDCG: &str = "ndcg_at_10";

/// `cases` cases a visitor.
fn cases(visitors: u32, cases: usize) -> Vec<Case> {
    let of = |visitor| Case { visitor, known: 0..0, wanted: vec![0], masked: Vec::new(), now: 0.0 };
    (0..visitors).flat_map(|visitor| std::iter::repeat_n(of(visitor), cases)).collect()
}

/// A value between 0 and 1 for each visitor, `cases` times.
fn values(visitors: u32, cases: usize, seed: u64) -> Vec<Values> {
    let mut rng = SplitMix64(seed);
    let drawn: Vec<f64> = (0..visitors).map(|_| rng.unit()).collect();
    drawn.into_iter().flat_map(|value| std::iter::repeat_n([value; METRICS.len()], cases)).collect()
}

fn width(found: &Intervals) -> f64 {
    found.of[NDCG].high - found.of[NDCG].low
}

#[test]
fn an_interval_is_as_wide_as_theory_has_it() {
    let found = intervals(&cases(400, 1), &[values(400, 1, 3)], 1).remove(0);
    // Uniform values: standard deviation √(1/12), mean of 400, 1.96 to both sides.
    let expected = 2.0 * 1.96 * (1.0f64 / 12.0).sqrt() / 20.0;
    assert!((width(&found) / expected - 1.0).abs() < 0.12, "{} against {expected}", width(&found));
    let spread = found.of[NDCG];
    assert!(spread.low < spread.mean && spread.mean < spread.high);
    assert_eq!(found.of, intervals(&cases(400, 1), &[values(400, 1, 3)], 1).remove(0).of, "by the seed");
}

#[test]
fn many_rows_of_one_visitor_are_one_witness() {
    let one = intervals(&cases(200, 1), &[values(200, 1, 3)], 1).remove(0);
    let many = intervals(&cases(200, 9), &[values(200, 9, 3)], 1).remove(0);
    assert!((width(&many) / width(&one) - 1.0).abs() < 1e-9, "{} and {}", width(&many), width(&one));
}

#[test]
fn a_difference_is_paired_and_is_the_first_minus_the_other() {
    let first = values(300, 1, 5);
    let worse: Vec<Values> = first.iter().map(|values| values.map(|value| value - 0.1)).collect();
    let found = intervals(&cases(300, 1), &[first, worse], 1).remove(1);
    let spread = found.difference[NDCG];
    // The same everywhere: paired, it does not vary at all.
    for value in [spread.mean, spread.low, spread.high] {
        assert!((value - 0.1).abs() < 1e-9, "{spread:?}");
    }
}
