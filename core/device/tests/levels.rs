//! λ chosen by the device: what a placement leaves open is learned from what the visitor opens.

use crate::market::{NOW_MS, draft, id, keys, list, plain, visitor};
use homebody_device::{Consent, Device, Interaction, Purpose, RankRequest, Ranked};
use homebody_protocol::models::DiversityBounds;
use homebody_protocol::table::TableKind;
use homebody_protocol::{ItemKey, Kind, Policy};
use proptest::prelude::*;

const ITEMS: usize = 60;
const PLACES: usize = 8;
const BOUNDS: (f32, f32) = (0.3, 0.9);
/// λ of the five levels between these bounds.
const LAMBDAS: [f32; 5] = [0.3, 0.45, 0.6, 0.75, 0.9];

/// A visitor who clicked three items of a market whose placement leaves λ open.
#[cfg(test)]
fn shopper(bounds: (f32, f32), seed: u32) -> Device {
    let mut pool = draft(TableKind::Pool, ITEMS, seed);
    pool.extras.diversity_bounds = DiversityBounds { least: bounds.0, most: bounds.1 };
    visitor(&pool, &[3, 10, 17])
}

fn asked(seed: u32) -> RankRequest<'static> {
    RankRequest { limit: PLACES, seed, now_ms: NOW_MS, ..RankRequest::default() }
}

/// The list of a λ that the request gives.
#[cfg(test)]
fn fixed(device: &Device, diversity: f32, seed: u32) -> Vec<ItemKey> {
    let policy = Policy { diversity, ..Policy::default() };
    keys(&device.rank(&RankRequest { policy: Some(policy), ..asked(seed) }))
}

/// Books that all items of a list were shown, and opened.
#[cfg(test)]
fn look(device: &mut Device, list: &[Ranked], opens: bool) {
    for ranked in list {
        let id = device.id_of(ranked.key).unwrap().to_owned();
        for kind in [Kind::Impression, Kind::Click].into_iter().take(1 + usize::from(opens)) {
            assert!(device.record(&Interaction::new(kind, &id), NOW_MS));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_list_is_that_of_a_level_within_the_bounds(market in 0u32..50, seed: u32, least in 0u8..100, more in 1u8..100) {
        let [least, most] = [least, least.saturating_add(more).min(100)].map(|bound| f32::from(bound) / 100.0);
        let mut device = shopper((least, most), market);
        for turn in 0..4u32 {
            let list = device.rank(&asked(seed.wrapping_add(turn)));
            let level = |level: usize| {
                let share = level as f32 / 4.0;
                (least * (1.0 - share) + most * share).clamp(least, most)
            };
            let of_levels: Vec<_> = (0..5).map(|at| fixed(&device, level(at), seed.wrapping_add(turn))).collect();
            prop_assert!(of_levels.contains(&keys(&list)), "between {} and {}", least, most);
            prop_assert!(list.iter().all(|ranked| ranked.propensity > 0.0 && ranked.propensity <= 1.0));
            // An item of every list was certain to be listed, others were not.
            for ranked in &list {
                let always = of_levels.iter().all(|other| other.contains(&ranked.key));
                prop_assert!(!always || (ranked.propensity - 1.0).abs() < 1e-5, "{}", ranked.propensity);
            }
            let again = device.rank(&asked(seed.wrapping_add(turn)));
            prop_assert_eq!(&again, &list, "the same seed gives the same list");
            look(&mut device, &list, turn % 2 == 0);
        }
    }
}

#[test]
fn off_by_default_and_where_the_bounds_are_the_same() {
    for bounds in [(0.0, 0.0), (0.5, 0.5)] {
        let mut device = shopper(bounds, 1);
        for seed in 0..20 {
            let list = device.rank(&asked(seed));
            assert_eq!(keys(&list), fixed(&device, 0.85, seed));
            assert!(list.iter().all(|ranked| ranked.propensity == 1.0));
            look(&mut device, &list, true);
        }
    }
}

#[test]
fn caps_shares_and_serendipity_hold_whatever_is_drawn() {
    let capped = Policy { max_per_category: 2, calibration: 0.3, serendipity_slots: 1, ..plain() };
    let mut pool = draft(TableKind::Pool, ITEMS, 1);
    pool.extras.diversity_bounds = DiversityBounds { least: BOUNDS.0, most: BOUNDS.1 };
    pool.extras.policy = capped;
    let device = visitor(&pool, &[3, 10, 17]);
    let of_levels = LAMBDAS.map(|diversity| keys(&list(&device, Policy { diversity, ..capped }, PLACES)));
    let drawn: Vec<_> = (0..40).map(|seed| keys(&device.rank(&RankRequest { seed, ..asked(0) }))).collect();
    assert!(drawn.iter().all(|list| of_levels.contains(list)));
    assert!(drawn.iter().any(|list| *list != drawn[0]), "levels differ");
}

#[test]
fn a_neutral_list_and_a_call_with_a_lambda_of_its_own_draw_nothing() {
    let device = shopper(BOUNDS, 1);
    let neutral = |seed| keys(&device.rank(&RankRequest { neutral: true, ..asked(seed) }));
    assert!((0..20).all(|seed| neutral(seed) == neutral(0)));
    let own = Policy { diversity: 0.4, ..Policy::default() };
    for seed in 0..20 {
        let list = device.rank(&RankRequest { policy: Some(own), ..asked(seed) });
        assert_eq!(keys(&list), fixed(&device, 0.4, seed));
        assert!(list.iter().all(|ranked| ranked.propensity == 1.0));
    }
}

#[test]
fn the_propensities_are_how_often_an_item_is_listed() {
    let device = shopper(BOUNDS, 4);
    let mut listed = std::collections::BTreeMap::<ItemKey, (f32, f32)>::new();
    const LISTS: u32 = 1_500;
    for seed in 0..LISTS {
        for ranked in device.rank(&asked(seed)) {
            let (times, weight) = listed.entry(ranked.key).or_default();
            (*times, *weight) = (*times + 1.0, *weight + 1.0 / ranked.propensity);
        }
    }
    assert!(listed.len() > PLACES, "levels differ");
    for (key, (times, weight)) in listed {
        let share = times / LISTS as f32;
        // Weighed by its propensities, an item was listed every time (Horvitz & Thompson 1952).
        let error = (weight / LISTS as f32 - 1.0).abs();
        assert!(share < 0.03 || error < 0.2, "{key:?}: listed in {share}, weighed off by {error}");
    }
}

#[test]
fn pages_of_a_list_are_of_one_level_whatever_is_opened_between() {
    for seed in 0..12 {
        let mut device = shopper(BOUNDS, 2);
        let first = device.rank(&asked(seed));
        look(&mut device, &first, true);
        let second = device.rank(&RankRequest { offset: PLACES, ..asked(seed) });
        assert_eq!(second.len(), PLACES);
        // A fixed λ of the same first page, under which the visitor does the same, has the same second one.
        let turned = |lambda: f32| {
            let mut still = shopper(BOUNDS, 2);
            let own = Some(Policy { diversity: lambda, ..Policy::default() });
            let page = still.rank(&RankRequest { policy: own, ..asked(seed) });
            let is_same = keys(&page) == keys(&first);
            look(&mut still, &page, true);
            let next = still.rank(&RankRequest { policy: own, offset: PLACES, ..asked(seed) });
            is_same.then(|| keys(&next))
        };
        let second = Some(keys(&second));
        assert!(LAMBDAS.into_iter().any(|lambda| turned(lambda) == second), "seed {seed}");
    }
}

#[test]
fn what_is_opened_decides_and_is_kept_with_the_profile() {
    let levels = |device: &Device| -> Vec<usize> {
        let level = |seed| {
            let list = keys(&device.rank(&asked(seed)));
            LAMBDAS.iter().position(|lambda| fixed(device, *lambda, seed) == list).unwrap()
        };
        (0..60).map(level).collect()
    };
    for wanted in [0, 4] {
        let mut device = shopper(BOUNDS, 2);
        for seed in 0..150 {
            let list = device.rank(&asked(seed));
            let opens = keys(&list) == fixed(&device, LAMBDAS[wanted], seed);
            look(&mut device, &list, opens);
        }
        let learned = levels(&device);
        let share = learned.iter().filter(|level| **level == wanted).count();
        assert!(share > 45, "{share} of 60 lists are of level {wanted}: {learned:?}");
        let mut again = shopper(BOUNDS, 2);
        again.restore(&device.snapshot().unwrap(), NOW_MS).unwrap();
        assert_eq!(levels(&again), learned, "a day later it is still known");
        again.set_consent(Consent::none());
        again.set_consent(Consent::none().granted(Purpose::Personalize));
        for item in [3, 10, 17] {
            assert!(again.record(&Interaction::new(Kind::Click, &id(item)), NOW_MS));
        }
        assert_eq!(levels(&again), levels(&shopper(BOUNDS, 2)), "and gone with the profile");
    }
}
