//! What is bad, empty or extreme: defined, finite, without a panic.

use crate::market::{NOW_MS, draft, id, key, keys, list, plain, visitor};
use homebody_device::{Consent, Device, Interaction, Purpose, RankRequest, Ranked, ReasonKind};
use homebody_protocol::models::Duplicates;
use homebody_protocol::rules::{RuleSet, Rules};
use homebody_protocol::table::{Facet, FacetKind, RowFlags, TableDraft, TableKind};
use homebody_protocol::{CartPolicy, Exploration, ItemKey, Kind, Policy};
use proptest::prelude::*;

#[cfg(test)]
fn shares_sum_to_one(ranked: &Ranked) -> bool {
    let sum = ranked.reasons.iter().map(|reason| reason.share).sum::<f32>() + ranked.rest;
    let is_share = |share: f32| (0.0..=1.0).contains(&share);
    let named = ranked
        .reasons
        .iter()
        .all(|reason| is_share(reason.share) && (reason.kind != ReasonKind::None || reason.share == 0.0));
    (sum - 1.0).abs() < 1e-5 && named && is_share(ranked.rest) && ranked.score.is_finite()
}

/// A policy with everything switched on.
fn busy() -> Policy {
    Policy {
        diversity: 0.5,
        max_similarity: 0.7,
        max_per_category: 2,
        max_per_brand: 2,
        calibration: 0.3,
        serendipity_slots: 2,
        exploration: Exploration::Thompson,
        cart: CartPolicy::Always,
        impression_discount: 0.8,
        ..Policy::default()
    }
}

#[cfg(test)]
fn told(pool: &TableDraft) -> Device {
    let mut device = visitor(pool, &[]);
    assert!(device.record(&Interaction::new(Kind::Click, "stranger"), NOW_MS));
    device
}

#[test]
fn an_empty_pool_gives_an_empty_list() {
    let mut pool = draft(TableKind::Pool, 1, 0);
    pool.rows.clear();
    pool.list_sets.clear();
    let device = told(&pool);
    for policy in [plain(), busy(), Policy::default()] {
        assert!(list(&device, policy, 20).is_empty());
    }
}

#[test]
fn one_candidate_is_the_list() {
    let device = told(&draft(TableKind::Pool, 1, 0));
    for policy in [plain(), busy(), Policy { diversity: 0.0, ..plain() }] {
        let got = list(&device, policy, 20);
        assert_eq!(keys(&got), [key(0)]);
        assert!(shares_sum_to_one(&got[0]));
    }
}

#[test]
fn all_filtered_gives_an_empty_list() {
    let mut pool = draft(TableKind::Pool, 12, 0);
    pool.rows.iter_mut().for_each(|row| row.flags = RowFlags(RowFlags::OUT_OF_STOCK));
    assert!(list(&told(&pool), busy(), 20).is_empty(), "sold out");
    let device = visitor(&draft(TableKind::Pool, 12, 0), &[]);
    let mut device = device;
    for item in 0..12 {
        device.record(&Interaction::new(Kind::Dismiss, &id(item)), NOW_MS);
    }
    assert!(list(&device, busy(), 20).is_empty(), "refused");
}

#[test]
fn no_places_and_places_beyond_the_end_give_nothing() {
    let device = told(&draft(TableKind::Pool, 12, 0));
    assert!(list(&device, busy(), 0).is_empty());
    assert_eq!(list(&device, busy(), usize::MAX).len(), 12);
    for offset in [12, 1_000, usize::MAX] {
        let request = RankRequest { offset, policy: Some(busy()), now_ms: NOW_MS, ..RankRequest::default() };
        assert!(device.rank(&request).is_empty());
    }
}

#[test]
fn a_candidate_named_twice_is_listed_once() {
    let device = told(&draft(TableKind::Pool, 12, 0));
    let asked = [key(3), key(4), key(3), ItemKey(77), key(3)];
    for neutral in [false, true] {
        let request = RankRequest { keys: &asked, neutral, now_ms: NOW_MS, ..RankRequest::default() };
        let mut got = keys(&device.rank(&request));
        got.sort_unstable();
        let mut expected = [key(3), key(4)];
        expected.sort_unstable();
        assert_eq!(got, expected);
    }
}

#[test]
fn items_of_no_or_unknown_categories_are_ranked_like_others() {
    let mut pool = draft(TableKind::Pool, 20, 2);
    for row in &mut pool.rows[..10] {
        row.facets.clear();
    }
    pool.facets.push(Facet { kind: FacetKind::Category, name: "never met".to_owned() });
    pool.rows[11].facets = vec![pool.facets.len() as u16 - 1];
    let mut device = visitor(&pool, &[0, 12]);
    assert!(device.record(&Interaction::new(Kind::Dismiss, "an item of no table"), NOW_MS));
    for policy in [plain(), busy(), Policy { calibration: 1.0, ..plain() }] {
        let got = list(&device, policy, 20);
        assert_eq!(got.len(), 20);
        assert!(got.iter().all(shares_sum_to_one));
    }
}

#[test]
fn lists_that_point_nowhere_say_nothing() {
    let mut pool = draft(TableKind::Pool, 20, 2);
    for set in &mut pool.list_sets {
        set.lists.iter_mut().for_each(|list| *list = vec![(ItemKey::derive(0, "not to be had"), 1.0)]);
        set.mean = 0.0;
    }
    let got = list(&visitor(&pool, &[0, 1]), Policy { alpha: 1.0, ..plain() }, 20);
    assert_eq!(got.len(), 20);
    assert!(got.iter().all(|ranked| ranked.score == 0.0 && ranked.reasons[0].kind == ReasonKind::None));
    assert!(got.iter().all(|ranked| ranked.rest == 1.0), "without a reason the rest is everything");
}

#[test]
fn what_was_bought_long_ago_stays_away_when_it_is_looked_at_again() {
    let pool = draft(TableKind::Pool, 4, 2);
    let mut device = visitor(&pool, &[]);
    device.record(&Interaction::new(Kind::Purchase, &id(0)), NOW_MS);
    for other in 0..homebody_device::profile::MAX_ITEMS {
        device.record(&Interaction::new(Kind::View, &format!("other-{other}")), NOW_MS);
    }
    assert!(device.profile().item(key(0)).is_none(), "folded away");
    device.record(&Interaction::new(Kind::View, &id(0)), NOW_MS);
    assert!(!keys(&list(&device, plain(), 4)).contains(&key(0)));
}

#[test]
fn a_refusal_expires() {
    let mut device = visitor(&draft(TableKind::Pool, 4, 2), &[]);
    device.record(&Interaction::new(Kind::Dismiss, &id(1)), NOW_MS);
    let is_listed = |days: u64| {
        let now_ms = NOW_MS + days * 86_400_000;
        let request = RankRequest { now_ms, policy: Some(plain()), ..RankRequest::default() };
        keys(&device.rank(&request)).contains(&key(1))
    };
    let days = homebody_device::profile::REFUSAL_DAYS as u64;
    assert_eq!((is_listed(0), is_listed(days - 1), is_listed(days + 1)), (false, false, true));
}

#[test]
fn a_clock_set_back_changes_no_rule() {
    let pool = draft(TableKind::Pool, 20, 2);
    let mut device = visitor(&pool, &[0, 1]);
    device.record(&Interaction::new(Kind::Dismiss, &id(5)), NOW_MS);
    let request = RankRequest { policy: Some(busy()), now_ms: 0, ..RankRequest::default() };
    let got = device.rank(&request);
    assert!(got.iter().all(shares_sum_to_one) && !keys(&got).contains(&key(5)));
}

#[test]
fn neutral_lists_are_the_pools_order_for_everybody_under_any_policy() {
    let pool = draft(TableKind::Pool, 20, 2);
    let mut nobody = Device::new();
    nobody.set_consent(Consent::none().granted(Purpose::Personalize));
    nobody.load_pool(pool.encode().unwrap()).unwrap();
    let request =
        RankRequest { neutral: true, policy: Some(busy()), now_ms: NOW_MS, ..RankRequest::default() };
    let got = visitor(&pool, &[3, 4]).rank(&request);
    assert_eq!(got, nobody.rank(&request));
    assert_eq!(keys(&got), (0..20).map(key).collect::<Vec<_>>());
    assert!(got.iter().all(|ranked| shares_sum_to_one(ranked) && ranked.rest == 1.0));
}

prop_compose! {
    /// Numbers of which sums and products overflow, vanish, or are as usual.
    fn extreme()(exponent in -38.0f32..38.0, sign in prop::bool::ANY) -> f32 {
        let size = libm::pow(10.0, f64::from(exponent)) as f32;
        if sign { size } else { -size }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn weights_that_overflow_leave_scores_finite(
        weights in prop::collection::vec(extreme(), 7), means in prop::collection::vec(extreme(), 7),
        tiny in prop::bool::ANY, alpha in -1.0f32..=1.0, seed in 0u32..100,
    ) {
        let mut pool = draft(TableKind::Pool, 40, seed);
        let sd = if tiny { f32::MIN_POSITIVE } else { 1.0 };
        for (set, index) in pool.list_sets.iter_mut().zip(0..) {
            (set.weight, set.mean, set.sd) = (weights[index], means[index], sd);
        }
        for (feature, index) in pool.blend.features.iter_mut().zip(2..) {
            (feature.weight, feature.mean, feature.sd) = (weights[index], means[index], sd);
        }
        let device = visitor(&pool, &[0, 1, 2]);
        for policy in [Policy { alpha, ..plain() }, Policy { alpha, ..busy() }] {
            let got = list(&device, policy, 20);
            prop_assert_eq!(got.len(), 20);
            prop_assert!(got.iter().all(shares_sum_to_one), "{:?}", got.iter().find(|ranked| !shares_sum_to_one(ranked)));
        }
    }

    #[test]
    fn any_profile_under_any_policy_gives_a_whole_explained_list(
        acts in prop::collection::vec((1u8..=20, 0usize..30, -5.0f32..60_000.0), 1..60), seed in 0u32..1_000,
        alpha in -1.0f32..=1.0, diversity in 0.0f32..=1.0, max_similarity in 0.0f32..=1.0, calibration in 0.0f32..=1.0,
        counts in prop::array::uniform3(0u8..5), exploration in 0u8..3, cart in 0u8..3, discount in 0.0f32..=1.0,
        limit in 0usize..25, offset in 0usize..25,
    ) {
        let mut pool = draft(TableKind::Pool, 20, seed);
        pool.extras.duplicates = Duplicates((0..20).map(|row| row % 7).collect());
        let rules = r#"{"rules":[{"name":"a","when":{"category":"category-1"},"then":{"boost":2}},
            {"name":"b","when":{"category":"category-2"},"then":{"pin":3}},
            {"name":"c","when":{"brand":"brand-1"},"then":{"bury":10}}]}"#;
        pool.extras.rules = Rules::compile(&RuleSet::from_json(rules).unwrap(), 0).unwrap();
        let mut device = visitor(&pool, &[]);
        device.load_catalogue(draft(TableKind::Catalogue, 30, seed).encode().unwrap()).unwrap();
        for &(kind, item, value) in &acts {
            let (kind, id) = (Kind::from_code(kind).unwrap(), id(item));
            device.record(&Interaction::new(kind, &id).with_value(value), NOW_MS);
        }
        let policy = Policy {
            alpha, diversity, max_similarity, calibration,
            max_per_category: counts[0], max_per_brand: counts[1], serendipity_slots: counts[2],
            exploration: [Exploration::None, Exploration::Thompson, Exploration::LinTs][usize::from(exploration)],
            cart: [CartPolicy::Exclude, CartPolicy::Abandoned, CartPolicy::Always][usize::from(cart)],
            impression_discount: discount,
            ..Policy::default()
        };
        let request = RankRequest {
            limit, offset, seed, policy: Some(policy), now_ms: NOW_MS + 3_600_000, ..RankRequest::default()
        };
        let got = device.rank(&request);
        prop_assert!(got.len() <= limit);
        prop_assert!(got.iter().all(shares_sum_to_one), "{:?}", got);
        prop_assert!(got.iter().all(|ranked| ranked.reasons.windows(2).all(|pair| pair[0].share >= pair[1].share)));
        let distinct: std::collections::BTreeSet<_> = keys(&got).into_iter().collect();
        prop_assert_eq!(distinct.len(), got.len());
        prop_assert_eq!(&device.rank(&request), &got, "the same question has the same answer");
    }
}
