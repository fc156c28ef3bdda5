//! Intervals: as wide as theory has them, over visitors and not over rows, and paired.

use homebody_lab::evaluate::coverage::spreads;
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

#[test]
fn coverage_has_an_interval_about_itself_that_narrows_with_visitors() {
    // Everybody sees the one item that all see, and one of five hundred.
    let lists = |visitors: u32, seed: u64| -> Vec<Vec<u32>> {
        let mut rng = SplitMix64(seed);
        (0..visitors).map(|_| vec![500, rng.below(500) as u32]).collect()
    };
    let of = |visitors: u32| {
        let models = [lists(visitors, 1), vec![vec![500]; visitors as usize]];
        spreads(&cases(visitors, 1), &models, 501, 7)
    };
    let [few, many] = [200, 20_000].map(|visitors| of(visitors)[0].of);
    assert!(few.low < few.mean && few.mean < few.high, "{few:?}");
    // Of 500 equally likely items, 200 draws cover 500 · (1 − e^−0.4) and have a variance of 500 · e^−0.4 · (1 − 1.4 · e^−0.4).
    let sd = (500.0 * (-0.4f64).exp() * (1.0 - 1.4 * (-0.4f64).exp())).sqrt() / 501.0;
    let width = few.high - few.low;
    assert!((width / (2.0 * 1.96 * sd) - 1.0).abs() < 0.2, "{width} about {sd}");
    assert!(many.mean == 1.0 && many.low > 0.999, "forty looks at each item leave out none: {many:?}");
    let other = of(200)[1];
    assert_eq!((other.of.low, other.of.high), (1.0 / 501.0, 1.0 / 501.0), "it is the same whoever comes");
    assert!((other.difference.mean - (few.mean - other.of.mean)).abs() < 1e-12 && other.difference.low > 0.0);
    assert_eq!(of(200), of(200), "by the seed");
}

#[test]
fn what_one_visitor_was_shown_in_many_lists_is_drawn_together() {
    let models = [vec![vec![0], vec![1], vec![2], vec![3]]];
    let spread = spreads(&cases(1, 4), &models, 8, 3)[0].of;
    assert_eq!((spread.low, spread.mean, spread.high), (0.5, 0.5, 0.5), "one visitor does not vary");
    assert!(spreads(&cases(4, 1), &models, 8, 3)[0].of.low < 0.5);
}
