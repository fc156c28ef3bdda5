//! Demand against its definition: decayed counts at several half-lives, and a cart as half a purchase.

use homebody_learn::head::Head;
use homebody_learn::popularity::decayed_counts;
use homebody_learn::steps::Steps;
use homebody_learn::sums::{SequenceDecay, SequenceSums, Visits, gram, sequence_sums};
use homebody_learn::{History, HistoryBuilder, HistoryRow};
use homebody_protocol::{Decay, Kind};
use proptest::prelude::*;

const START_S: i64 = 1_700_000_000;
const DAY_S: i64 = 86_400;
const ITEMS: usize = 6;

/// Visitor, item, kind and when.
type Deed = (u64, u32, Kind, i64);

#[cfg(test)]
fn history(deeds: &[Deed]) -> History {
    let mut builder = HistoryBuilder::new(100);
    for &(visitor, item, kind, at) in deeds {
        builder.push(HistoryRow { visitor, item, kind, value: 1.0, at, basket: None });
    }
    builder.finish()
}

/// Rows of different visitors each: of one visitor's repeats only the newest four are kept.
#[cfg(test)]
fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let kind = prop::sample::select(vec![Kind::Click, Kind::View, Kind::CartAdd, Kind::Purchase]);
    let deed = (0u32..ITEMS as u32 + 2, kind, 0..200 * DAY_S);
    prop::collection::vec(deed, 1..300).prop_map(|deeds| {
        (0u64..).zip(deeds).map(|(visitor, (item, kind, at))| (visitor, item, kind, START_S + at)).collect()
    })
}

/// log(1 + Σ weight × 2^(−age / half-life)), one row after the other in double precision.
#[cfg(test)]
fn counted(deeds: &[Deed], item: usize, half_life_days: f64, now: i64) -> f64 {
    let weight = |kind: Kind| match kind {
        Kind::Click | Kind::Purchase => 1.0,
        _ => 0.5,
    };
    let first = deeds.iter().map(|deed| deed.3).min().unwrap();
    // A memory of more than half the log would be a plain count.
    let half_life_days = half_life_days.min((now - first).max(1) as f64 / DAY_S as f64 / 2.0);
    let own = deeds.iter().filter(|deed| deed.1 as usize == item);
    let faded = |&(_, _, kind, at): &Deed| {
        let age_days = (now - at).max(0) as f64 / DAY_S as f64;
        weight(kind) * libm::exp2(-age_days / half_life_days)
    };
    libm::log1p(own.map(faded).sum())
}

proptest! {
    #[test]
    fn demand_fades_by_any_half_life(deeds in deeds(), later in 0..30 * DAY_S) {
        let history = history(&deeds);
        let now = deeds.iter().map(|deed| deed.3).max().unwrap() + later;
        for half_life_days in [1.0f32, 7.0, 30.0, 90.0, 1_000.0] {
            let found = decayed_counts(&history, ITEMS, half_life_days, now);
            prop_assert_eq!(found.len(), ITEMS, "items that the catalogue does not know are left out");
            for (item, found) in found.into_iter().enumerate() {
                let expected = counted(&deeds, item, half_life_days.into(), now);
                prop_assert!(
                    (f64::from(found) - expected).abs() < 1e-4 * (1.0 + expected),
                    "{} days, item {}: {} instead of {}", half_life_days, item, found, expected
                );
            }
        }
    }
}

#[test]
fn a_log_without_times_gives_plain_counts() {
    let deeds: Vec<Deed> = (0..5).map(|visitor| (visitor, 2, Kind::Click, visitor as i64)).collect();
    let found = decayed_counts(&history(&deeds), ITEMS, 1.0, 4);
    assert!((found[2] - libm::log1pf(5.0)).abs() < 1e-6 && found[0] == 0.0, "{found:?}");
}

/// h = buy + ½ cart: the weight of a pair is the product of what was done with each, and buying what was in the cart is
/// buying.
#[test]
fn a_cart_counts_half_a_purchase_in_every_sum() {
    let bought_after = |first: Kind, second: Kind| {
        // One hour between: a sequence of two steps.
        let history = history(&[(0, 0, first, START_S), (0, 1, second, START_S + 3_600)]);
        let visits = Visits::new(&history, &Head::new(vec![0, 1], 2), Steps::Positions, false);
        let decay = Decay::Positions { rate: 0.8 };
        let SequenceSums { history, future } =
            sequence_sums(&visits, SequenceDecay { history: decay, future: decay }, None);
        let gram = gram(&visits, None);
        [gram.at(0, 1), gram.at(0, 0), gram.at(1, 1), history.at(0, 0), future.at(0, 1)]
    };
    let (cart, purchase) = (Kind::CartAdd, Kind::Purchase);
    // G of both, G of each with itself, A of the first, C from the first to the second.
    assert_eq!(bought_after(purchase, purchase), [1.0, 1.0, 1.0, 1.0, 1.0]);
    assert_eq!(bought_after(cart, purchase), [0.5, 0.25, 1.0, 0.25, 0.5]);
    assert_eq!(bought_after(purchase, cart), [0.5, 1.0, 0.25, 1.0, 0.5]);
    assert_eq!(bought_after(cart, cart), [0.25, 0.25, 0.25, 0.25, 0.25]);
    let both =
        history(&[(0, 0, cart, START_S), (0, 0, purchase, START_S + 60), (0, 1, purchase, START_S + 3_600)]);
    let visits = Visits::new(&both, &Head::new(vec![0, 1], 2), Steps::Positions, false);
    assert_eq!(gram(&visits, None).at(0, 1), 1.0, "carted and bought is bought");
}
