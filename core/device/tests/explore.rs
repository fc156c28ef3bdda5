//! Exploration through the public door: draws, budgets, propensities, what is learned.

use crate::explored::{NOW_MS, id, pool, visiting};
use crate::shop::do_it;
use homebody_device::bandit::linear::FEATURES;
use homebody_device::{Device, RankRequest, Ranked};
use homebody_protocol::models::{ArmPriors, LinearPrior};
use homebody_protocol::table::TableDraft;
use homebody_protocol::{Exploration, ItemKey, Kind, Policy};
use proptest::prelude::*;

const MODES: [Exploration; 2] = [Exploration::Thompson, Exploration::LinTs];

fn exploring(exploration: Exploration, exploration_strength: f32) -> Policy {
    Policy { exploration, exploration_strength, diversity: 1.0, ..Policy::default() }
}

fn list(device: &Device, policy: Policy, seed: u32, limit: usize) -> Vec<Ranked> {
    let policy = Some(policy);
    device.rank(&RankRequest { policy, seed, limit, now_ms: NOW_MS, ..RankRequest::default() })
}

#[cfg(test)]
fn is_listed(device: &Device, policy: Policy, seed: u32, index: usize) -> bool {
    list(device, policy, seed, 10).iter().any(|ranked| ranked.key == ItemKey::derive(0, &id(index)))
}

proptest! {
    #[test]
    fn at_strength_zero_nothing_is_touched(
        rows in 0usize..80, seed: u32, limit in 0usize..30, acts in prop::collection::vec((0usize..80, 0usize..3), 0..20),
    ) {
        let mut device = visiting(&pool(rows));
        for (item, kind) in acts {
            let kind = [Kind::Impression, Kind::Click, Kind::CartAdd][kind];
            do_it(&mut device, kind, &id(item), NOW_MS);
        }
        let plain = list(&device, exploring(Exploration::None, 0.5), seed, limit);
        for mode in MODES {
            prop_assert_eq!(&list(&device, exploring(mode, 0.0), seed, limit), &plain);
        }
    }

    #[test]
    fn lists_are_whole_finite_and_repeatable(
        rows in 0usize..80, seed: u32, limit in 0usize..30, strength in 0.0f32..1e4, wild in -1e30f32..1e30, few in 0u8..3,
    ) {
        let mut pool = pool(rows);
        pool.extras.arms = ArmPriors((0..rows).map(|_| (wild.abs().max(1e-30), 1e-30)).collect());
        pool.extras.linear = LinearPrior {
            mean: vec![wild; FEATURES], precision: vec![wild; FEATURES * FEATURES], noise: wild.abs().max(1e-30),
        };
        let mut device = visiting(&pool);
        for mode in MODES {
            let policy = Policy { fresh_share: f32::from(few) / 2.0, ..exploring(mode, strength) };
            let one = list(&device, policy, seed, limit);
            for ranked in one.iter().take(5) {
                let id = device.id_of(ranked.key).unwrap().to_owned();
                do_it(&mut device, Kind::Click, &id, NOW_MS);
            }
            let one = list(&device, policy, seed, limit);
            prop_assert_eq!(one.len(), limit.min(rows));
            prop_assert!(one.iter().all(|ranked| ranked.score.is_finite()));
            prop_assert!(one.iter().all(|ranked| ranked.propensity > 0.0 && ranked.propensity <= 1.0));
            prop_assert_eq!(&list(&device, policy, seed, limit), &one);
        }
    }
}

#[test]
fn seeds_explore_and_a_stronger_policy_explores_more() {
    let device = visiting(&pool(60));
    let plain = list(&device, exploring(Exploration::None, 0.0), 1, 10);
    let new = |mode, strength| {
        let found = (0..40).flat_map(|seed| list(&device, exploring(mode, strength), seed, 10));
        found.filter(|ranked| plain.iter().all(|known| known.key != ranked.key)).count()
    };
    for mode in MODES {
        let (little, much) = (new(mode, 0.3), new(mode, 1.0));
        assert!(little > 0 && much > 2 * little, "{mode:?}: {little} and {much} of 400");
    }
}

#[test]
fn a_propensity_is_the_share_of_seeds_that_list_an_item() {
    let device = visiting(&pool(60));
    for mode in MODES {
        let policy = exploring(mode, 0.5);
        let mut times = vec![0.0f32; 60];
        let mut weights = vec![0.0f32; 60];
        for seed in 0..1_500 {
            for ranked in list(&device, policy, seed, 10) {
                times[ranked.row] += 1.0;
                weights[ranked.row] += 1.0 / ranked.propensity;
            }
        }
        // What SNIPS rests on: over many lists, 1 / propensity of an item's listings adds up to the number of lists.
        let bound = if mode == Exploration::Thompson { 0.25 } else { 0.3 };
        for (row, weight) in weights.iter().enumerate().filter(|(row, _)| times[*row] > 150.0) {
            let share = weight / 1_500.0;
            assert!((share - 1.0).abs() < bound, "{mode:?} item {row}, listed {} times: {share}", times[row]);
        }
    }
    let certain = list(&device, exploring(Exploration::None, 0.5), 1, 10);
    assert!(certain.iter().all(|ranked| ranked.propensity == 1.0));
}

/// More new items than the budget has places for: a draw lists one only if it beats the others of them, and what is given to
/// new items is taken from known ones.
#[test]
fn a_propensity_of_a_new_item_counts_its_rivals_for_the_budget() {
    let mut pool = pool(60);
    let arm = |index: usize| if index < 40 { (5.0, 295.0) } else { (0.5 + index as f32 / 40.0, 19.5) };
    pool.extras.arms = ArmPriors((0..60).map(arm).collect());
    let device = visiting(&pool);
    for mode in MODES {
        let policy = Policy { fresh_share: 0.2, ..exploring(mode, 0.5) };
        let (mut times, mut weights) = (vec![0.0f32; 60], vec![0.0f32; 60]);
        for seed in 0..1_500 {
            for ranked in list(&device, policy, seed, 10) {
                times[ranked.row] += 1.0;
                weights[ranked.row] += 1.0 / ranked.propensity;
            }
        }
        // The linear bandit draws for features: of the new items only those at either end are ever listed.
        let listed = times[40..].iter().filter(|&&times| times > 0.0).count();
        let of_new: f32 = weights[40..].iter().sum::<f32>() / 1_500.0 / listed as f32;
        assert!(
            (of_new - 1.0).abs() < 0.1 && times[40..].iter().all(|&times| times < 750.0),
            "{mode:?}: {of_new}"
        );
        for (row, weight) in weights.iter().enumerate().filter(|(row, _)| times[*row] > 80.0) {
            let share = weight / 1_500.0;
            assert!((share - 1.0).abs() < 0.25, "{mode:?} item {row}, listed {} times: {share}", times[row]);
        }
    }
}

#[test]
fn clicks_raise_and_impressions_lower_the_chance() {
    let shows = |act: Option<Kind>| {
        let mut device = visiting(&pool(60));
        for _ in 0..40 {
            do_it(&mut device, Kind::Impression, &id(12), NOW_MS);
            if let Some(kind) = act {
                do_it(&mut device, kind, &id(12), NOW_MS);
            }
        }
        let mut policy = exploring(Exploration::Thompson, 1.0);
        policy.impression_discount = 1.0;
        (0..100).filter(|&seed| is_listed(&device, policy, seed, 12)).count()
    };
    let untouched = {
        let device = visiting(&pool(60));
        (0..100).filter(|&seed| is_listed(&device, exploring(Exploration::Thompson, 1.0), seed, 12)).count()
    };
    assert!(shows(Some(Kind::Click)) > 90, "{}", shows(Some(Kind::Click)));
    assert!(shows(None) < untouched, "{} against {untouched}", shows(None));
}

#[test]
fn new_items_get_their_places_and_no_more() {
    let mut pool = pool(100);
    let arm = |index: usize| if index < 60 { (50.0, 950.0) } else { (0.5, 9.5) };
    pool.extras.arms = ArmPriors((0..100).map(arm).collect());
    let device = visiting(&pool);
    let plain = list(&device, exploring(Exploration::None, 1.0), 1, 20);
    let fresh = |fresh_share: f32, seed| {
        let policy = Policy { fresh_share, ..exploring(Exploration::Thompson, 1.0) };
        let found = list(&device, policy, seed, 20);
        let lifted = |ranked: &&Ranked| ranked.row >= 60 && plain.iter().all(|known| known.key != ranked.key);
        found.iter().filter(lifted).count()
    };
    for seed in 0..40 {
        assert!(fresh(0.1, seed) <= 2, "{} of 20", fresh(0.1, seed));
        assert!(fresh(0.25, seed) <= 5);
        assert_eq!(fresh(0.0, seed), 0);
    }
    let total: usize = (0..40).map(|seed| fresh(0.1, seed)).sum();
    assert!(total > 60, "nearly all of the budget while nothing is known: {total} of 80");
}

#[test]
fn a_known_item_is_no_longer_new() {
    let mut pool = pool(100);
    let arm = |index: usize| if index == 90 { (0.5, 9.5) } else { (50.0, 950.0) };
    pool.extras.arms = ArmPriors((0..100).map(arm).collect());
    let listed = |impressions: usize| {
        let mut device = visiting(&pool);
        for _ in 0..impressions {
            do_it(&mut device, Kind::Impression, &id(90), NOW_MS);
        }
        let policy = exploring(Exploration::Thompson, 0.5);
        (0..60).filter(|&seed| is_listed(&device, policy, seed, 90)).count()
    };
    let (unknown, known) = (listed(0), listed(200));
    assert!(unknown > 15 && known < 3, "{unknown} and {known} of 60");
}

#[test]
fn an_item_is_new_by_its_date_where_nothing_else_is_known() {
    let mut pool = pool(100);
    let now_s = u32::try_from(NOW_MS / 1_000).unwrap();
    pool.rows[90].added_at = now_s - 86_400;
    pool.rows[91].added_at = now_s - 400 * 86_400;
    let device = visiting(&pool);
    let policy = exploring(Exploration::Thompson, 0.5);
    let listed = |index| (0..60).filter(|&seed| is_listed(&device, policy, seed, index)).count();
    assert!(listed(90) > 15 && listed(91) < 5, "{} and {}", listed(90), listed(91));
}

#[test]
fn the_linear_bandit_learns_what_is_clicked_and_keeps_it() {
    let mut device = visiting(&pool(60));
    let policy = exploring(Exploration::LinTs, 1.0);
    // This visitor opens what is dear, which nobody else wants.
    for seed in 0..60 {
        for ranked in list(&device, policy, seed, 10) {
            let id = device.id_of(ranked.key).unwrap().to_owned();
            do_it(&mut device, Kind::Impression, &id, NOW_MS);
            if ranked.row >= 30 {
                do_it(&mut device, Kind::Click, &id, NOW_MS);
            }
        }
    }
    let dear = |device: &Device| {
        (100..140).flat_map(|seed| list(device, policy, seed, 10)).filter(|ranked| ranked.row >= 30).count()
    };
    let (learned, before) = (dear(&device), dear(&visiting(&pool(60))));
    assert!(learned > before + 60, "{learned} of 400, before {before}");
}

#[test]
fn a_prior_of_the_site_counts_at_once() {
    let mut pool = pool(60);
    let price = 7;
    let mut precision = vec![0.0; FEATURES * FEATURES];
    let mut mean = vec![0.0; FEATURES];
    (0..FEATURES).for_each(|at| precision[at * FEATURES + at] = 100.0);
    mean[price] = 1.0;
    let policy = exploring(Exploration::LinTs, 2.0);
    let dear = |pool: &TableDraft| {
        let device = visiting(pool);
        (0..40).flat_map(|seed| list(&device, policy, seed, 10)).filter(|ranked| ranked.row >= 30).count()
    };
    let before = dear(&pool);
    pool.extras.linear = LinearPrior { mean, precision, noise: 0.1 };
    let after = dear(&pool);
    assert!(after > before + 60, "{after} of 400, without {before}");
}

#[test]
fn where_everything_is_new_everything_is_explored() {
    let mut pool = pool(60);
    let arm = |index: usize| if index == 50 { (30.0, 10.0) } else { (1.0, 39.0) };
    pool.extras.arms = ArmPriors((0..60).map(arm).collect());
    let device = visiting(&pool);
    let policy = Policy { fresh_share: 0.0, ..exploring(Exploration::Thompson, 3.0) };
    let listed = (0..40).filter(|&seed| is_listed(&device, policy, seed, 50)).count();
    assert!(listed > 35, "{listed} of 40 although it is the one that is clicked");
}
