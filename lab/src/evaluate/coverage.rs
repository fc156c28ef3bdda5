//! How sure the coverage of a catalogue is: resampling visitors, all models over the same draws.
//!
//! Coverage is no mean over lists. A resample holds some visitors twice and misses a third of them, so it covers less
//! than all of them do, and its quantiles may all lie below the figure. What the resamples do tell is how much the figure
//! varies with the visitors: their distribution is moved so that its mean is the figure (a bootstrap corrected for its
//! bias, Efron & Tibshirani 1993, chapter 10).

use super::intervals::{Spread, rounds};
use super::split::Case;
use homebody_learn::bootstrap::SplitMix64;

/// The name of the metric.
pub const COVERAGE: &str = "coverage_at_10";
/// Places of a list that count.
pub const PLACES: usize = 10;

/// The spread of one model's coverage, and of the first model's less this one's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covered {
    /// Of the model.
    pub of: Spread,
    /// The first model's minus this one's.
    pub difference: Spread,
}

/// Spreads of every model; `lists` has one entry a model with the list of each case, of `items` items.
pub fn spreads(cases: &[Case], lists: &[Vec<Vec<u32>>], items: usize, seed: u64) -> Vec<Covered> {
    let groups: Vec<usize> =
        cases.chunk_by(|left, right| left.visitor == right.visitor).map(<[Case]>::len).collect();
    let shown: Vec<Vec<Vec<u32>>> = lists.iter().map(|lists| of_visitors(&groups, lists)).collect();
    let mut rng = SplitMix64(seed);
    let mut drawn: Vec<Vec<f64>> = vec![Vec::new(); lists.len()];
    let mut is_drawn = vec![false; groups.len()];
    for _ in 0..rounds(cases.len() * lists.len() * PLACES) {
        is_drawn.fill(false);
        (0..groups.len()).for_each(|_| is_drawn[rng.below(groups.len())] = true);
        for (counts, shown) in drawn.iter_mut().zip(&shown) {
            counts.push(covered(shown, &is_drawn, items));
        }
    }
    let whole: Vec<f64> =
        shown.iter().map(|shown| covered(shown, &vec![true; groups.len()], items)).collect();
    let of_model = |model: usize| {
        let gaps: Vec<f64> = drawn[0].iter().zip(&drawn[model]).map(|(first, own)| first - own).collect();
        let of = centred(whole[model], &drawn[model], items);
        Covered {
            of: Spread { low: of.low.max(0.0), high: of.high.min(1.0), ..of },
            difference: centred(whole[0] - whole[model], &gaps, items),
        }
    };
    (0..lists.len()).map(of_model).collect()
}

/// What each visitor was shown, each item once.
fn of_visitors(groups: &[usize], lists: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut rest = lists;
    let shown = |&group: &usize| {
        let (own, others) = rest.split_at(group.min(rest.len()));
        rest = others;
        let mut items: Vec<u32> = own.iter().flat_map(|list| list.iter().take(PLACES).copied()).collect();
        items.sort_unstable();
        items.dedup();
        items
    };
    groups.iter().map(shown).collect()
}

/// Items that the drawn visitors were shown. Counted in whole items, so that what does not vary has no width.
fn covered(shown: &[Vec<u32>], is_drawn: &[bool], items: usize) -> f64 {
    let mut is_covered = vec![false; items];
    let drawn = shown.iter().zip(is_drawn).filter(|(_, is_drawn)| **is_drawn);
    drawn.for_each(|(own, _)| own.iter().for_each(|item| is_covered[*item as usize] = true));
    is_covered.iter().filter(|is_covered| **is_covered).count() as f64
}

/// The quantiles of the draws, moved so that their mean is the figure; all as shares of `items`.
fn centred(figure: f64, drawn: &[f64], items: usize) -> Spread {
    let mean = drawn.iter().sum::<f64>() / drawn.len().max(1) as f64;
    let share = |count: f64| count / items.max(1) as f64;
    Spread::of(share(figure), drawn.iter().map(|count| share(count - mean + figure)).collect())
}
