//! Sums against their definition.

use homebody_learn::head::Head;
use homebody_learn::steps::Steps;
use homebody_learn::sums::{Columns, SequenceDecay, SequenceSums, Visits, gram, sequence_sums};
use homebody_learn::{History, HistoryBuilder, HistoryRow};
use homebody_protocol::{Decay, Kind};
use proptest::prelude::*;

type Dense = Vec<Vec<f32>>;

/// A and C, `[column][row]`, step by step; `recency` is the factor of each position's step.
#[cfg(test)]
fn by_definition(
    visitors: &[Vec<u32>],
    side: usize,
    h: f32,
    y: f32,
    recency: &dyn Fn(usize) -> f32,
) -> [Dense; 2] {
    let mut sums = [vec![vec![0.0f32; side]; side], vec![vec![0.0f32; side]; side]];
    for items in visitors {
        for step in 0..items.len() - 1 {
            let mut before = vec![0.0f32; side];
            let mut after = vec![0.0f32; side];
            for place in 0..=step {
                before[items[place] as usize] += libm::powf(h, (step - place) as f32);
            }
            for place in step + 1..items.len() {
                after[items[place] as usize] += libm::powf(y, (place - step - 1) as f32);
            }
            for row in 0..side {
                for column in 0..side {
                    sums[0][column][row] += recency(step + 1) * before[row] * before[column];
                    sums[1][column][row] += recency(step + 1) * before[row] * after[column];
                }
            }
        }
    }
    sums
}

#[cfg(test)]
fn history(visitors: &[Vec<u32>]) -> History {
    timed(visitors, 0, 1)
}

#[cfg(test)]
fn timed(visitors: &[Vec<u32>], start: i64, step: i64) -> History {
    let mut builder = HistoryBuilder::new(100);
    for (visitor, items) in (0u64..).zip(visitors) {
        for (place, &item) in (0i64..).zip(items) {
            let at = start + place * step;
            builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket: None });
        }
    }
    builder.finish()
}

#[cfg(test)]
fn visits(history: &History, items: u32, repeats: bool) -> Visits {
    Visits::new(history, &Head::new((0..items).collect(), 6), Steps::Positions, repeats)
}

#[cfg(test)]
fn positions(h: f32, y: f32) -> SequenceDecay {
    SequenceDecay { history: Decay::Positions { rate: h }, future: Decay::Positions { rate: y } }
}

#[cfg(test)]
fn near(left: &Columns, right: &Dense) -> bool {
    let cell = |column: usize, row: usize| (left.at(row, column), right[column][row]);
    (0..left.len()).all(|column| {
        (0..left.rows()).all(|row| {
            let (a, b) = cell(column, row);
            (a - b).abs() <= 2e-3 * (1.0 + b.abs())
        })
    })
}

#[cfg(test)]
fn walks() -> impl Strategy<Value = Vec<Vec<u32>>> {
    let one = Just((0u32..6).collect::<Vec<_>>()).prop_shuffle();
    prop::collection::vec((one, 2usize..=6), 1..5)
        .prop_map(|all| all.into_iter().map(|(items, len)| items[..len].to_vec()).collect())
}

/// Walks in which an item may come at most four times: more are not kept.
#[cfg(test)]
fn walks_with_repeats() -> impl Strategy<Value = Vec<Vec<u32>>> {
    prop::collection::vec(prop::collection::vec(0u32..6, 2..=5), 1..5).prop_filter("four of one", |all| {
        all.iter().all(|items| (0..6).all(|item| items.iter().filter(|&&other| other == item).count() <= 4))
    })
}

proptest! {
    #[test]
    fn sums_equal_their_definition(visitors in walks(), h in 0.3f32..1.0, y in 0.3f32..1.0) {
        let SequenceSums { history, future } =
            sequence_sums(&visits(&history(&visitors), 6, false), positions(h, y), None);
        let [expected_history, expected_future] = by_definition(&visitors, 6, h, y, &|_| 1.0);
        prop_assert!(near(&history, &expected_history), "{history:?} {expected_history:?}");
        prop_assert!(near(&future, &expected_future), "{future:?} {expected_future:?}");
    }

    #[test]
    fn repeats_count_touch_by_touch(visitors in walks_with_repeats(), h in 0.3f32..1.0, y in 0.3f32..1.0) {
        let SequenceSums { history, future } =
            sequence_sums(&visits(&history(&visitors), 6, true), positions(h, y), None);
        let [expected_history, expected_future] = by_definition(&visitors, 6, h, y, &|_| 1.0);
        prop_assert!(near(&history, &expected_history), "{history:?} {expected_history:?}");
        prop_assert!(near(&future, &expected_future), "{future:?} {expected_future:?}");
    }

    #[test]
    fn what_is_old_counts_less(items in walks(), half_life in 0.5f32..9.0) {
        let (visitor, day) = ([items[0].clone()], 86_400);
        let last = visitor[0].len() - 1;
        let recency = |place: usize| libm::exp2f(-((last - place) as f32) / half_life);
        let visits = visits(&timed(&visitor, 1_600_000_000, day), 6, false);
        let SequenceSums { history, future } = sequence_sums(&visits, positions(0.7, 0.5), Some(half_life));
        let [expected_history, expected_future] = by_definition(&visitor, 6, 0.7, 0.5, &recency);
        prop_assert!(near(&history, &expected_history), "{history:?} {expected_history:?}");
        prop_assert!(near(&future, &expected_future), "{future:?} {expected_future:?}");
        let gram = gram(&visits, Some(half_life));
        let (first, second) = (visitor[0][0] as usize, visitor[0][1] as usize);
        let expected = (recency(0) * recency(1)).sqrt();
        prop_assert!((gram.at(first, second) - expected).abs() < 1e-4);
    }

    #[test]
    fn a_shorter_head_is_the_upper_part(visitors in walks()) {
        let (short, long) = (visits(&history(&visitors), 3, false), visits(&history(&visitors), 6, false));
        let (cut, full) = (gram(&short, None), gram(&long, None));
        prop_assert_eq!((cut.rows(), cut.len(), short.head_items()), (3, 6, 3));
        for (column, row) in (0..6).flat_map(|column| (0..3).map(move |row| (column, row))) {
            prop_assert_eq!(cut.at(row, column), full.at(row, column));
        }
    }

    #[test]
    fn sums_of_halves_add_up(visitors in walks()) {
        let (left, right) = visitors.split_at(visitors.len() / 2);
        let of = |visitors: &[Vec<u32>]| gram(&visits(&history(visitors), 6, false), None);
        let mut sum = of(left);
        prop_assert!(sum.merge(&of(right)));
        prop_assert_eq!(sum, of(&visitors));
    }
}

#[test]
fn baskets_have_no_inner_order() {
    let mut builder = HistoryBuilder::new(100);
    for (item, day, basket) in [(0u32, 0i64, 1u64), (1, 0, 1), (2, 30, 2)] {
        let at = 1_600_000_000 + day * 86_400;
        let kind = Kind::Click;
        builder.push(HistoryRow { visitor: 1, item, kind, value: 1.0, at, basket: Some(basket) });
    }
    let days = Decay::Days { half_life: 30.0 };
    let decay = SequenceDecay { history: days, future: days };
    let visits = Visits::new(&builder.finish(), &Head::new((0..3).collect(), 3), Steps::Baskets, false);
    let sums = sequence_sums(&visits, decay, None);
    assert_eq!(sums.future, Columns::from_dense(3, &[vec![0.0; 3], vec![0.0; 3], vec![1.0, 1.0, 0.0]]));
    assert_eq!(sums.history.at(0, 1), 1.0);
    assert_eq!(sums.history.at(0, 2), 0.0, "the last step has no future");
}
