//! Variety: diversity, caps, shares, kept places and near duplicates.

use std::collections::BTreeMap;

use crate::market::{self, Draws, NOW_MS, draft, key, keys, list, plain, visitor};
use homebody_device::{Device, Interaction, RankRequest, ReasonKind, Source};
use homebody_protocol::models::Duplicates;
use homebody_protocol::table::{Row, TableDraft, TableKind};
use homebody_protocol::{ItemKey, Kind, Policy};
use proptest::prelude::*;

/// The category of an item of a draft.
#[cfg(test)]
fn category(draft: &TableDraft, item: ItemKey) -> usize {
    usize::from(row(draft, item).facets[0])
}

/// The brand of an item of a draft, by its place among the facets.
#[cfg(test)]
fn brand(draft: &TableDraft, item: ItemKey) -> usize {
    usize::from(row(draft, item).facets[1])
}

#[cfg(test)]
fn row(draft: &TableDraft, item: ItemKey) -> &Row {
    draft.rows.iter().find(|row| ItemKey::derive(0, &row.id) == item).unwrap()
}

/// Share of facets two items have in common: all have four, so this is the cosine.
#[cfg(test)]
fn likeness(draft: &TableDraft, one: ItemKey, other: ItemKey) -> f32 {
    let (one, other) = (&row(draft, one).facets, &row(draft, other).facets);
    one.iter().filter(|facet| other.contains(facet)).count() as f32 / 4.0
}

#[cfg(test)]
fn most_common(of: impl Iterator<Item = usize>) -> usize {
    let mut counts = BTreeMap::new();
    of.for_each(|facet| *counts.entry(facet).or_insert(0) += 1);
    counts.into_values().max().unwrap_or(0)
}

/// Mean dissimilarity of the pairs of a list.
#[cfg(test)]
fn intra_list_diversity(pool: &TableDraft, list: &[ItemKey]) -> f32 {
    let mut sum = 0.0;
    for (place, &one) in list.iter().enumerate() {
        sum += list[..place].iter().map(|&other| 1.0 - likeness(pool, one, other)).sum::<f32>();
    }
    sum / (list.len() * (list.len() - 1) / 2) as f32
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn quotas_hold_as_long_as_candidates_suffice(
        seed in 0u32..10_000, per_category in 1u8..4, per_brand in 0u8..6, limit in 2usize..16,
    ) {
        let pool = draft(TableKind::Pool, 120, seed);
        let device = visitor(&pool, &[0, 1, 2]);
        let policy = Policy { max_per_category: per_category, diversity: 0.7, ..Policy::default() };
        let got = keys(&list(&device, policy, limit));
        prop_assert_eq!(got.len(), limit);
        if limit <= market::CATEGORIES * usize::from(per_category) {
            prop_assert!(most_common(got.iter().map(|&item| category(&pool, item))) <= usize::from(per_category));
        }
        let policy = Policy { max_per_brand: per_brand, ..plain() };
        let got = keys(&list(&device, policy, limit));
        if per_brand > 0 && limit <= 5 * usize::from(per_brand) {
            prop_assert!(most_common(got.iter().map(|&item| brand(&pool, item))) <= usize::from(per_brand));
        }
    }

    #[test]
    fn a_quota_takes_the_best_of_each_category(seed in 0u32..10_000) {
        let pool = draft(TableKind::Pool, 60, seed);
        let device = visitor(&pool, &[3, 4]);
        let mut best_of = BTreeMap::new();
        for item in keys(&list(&device, plain(), 60)) {
            best_of.entry(category(&pool, item)).or_insert(item);
        }
        let got = keys(&list(&device, Policy { max_per_category: 1, ..plain() }, best_of.len()));
        let expected: Vec<ItemKey> = keys(&list(&device, plain(), 60))
            .into_iter().filter(|item| best_of.values().any(|best| best == item)).collect();
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn no_two_are_more_alike_than_the_cap(seed in 0u32..10_000) {
        let pool = draft(TableKind::Pool, 200, seed);
        let device = visitor(&pool, &[5]);
        // Half the facets in common are allowed, three of four are not.
        let got = keys(&list(&device, Policy { max_similarity: 0.6, ..plain() }, 12));
        prop_assert_eq!(got.len(), 12);
        for (place, &one) in got.iter().enumerate() {
            for &other in &got[..place] {
                prop_assert!(likeness(&pool, one, other) <= 0.5);
            }
        }
    }

    #[test]
    fn the_first_place_is_kept_and_nothing_is_lost(
        seed in 0u32..10_000, diversity in 0.0f32..=1.0, calibration in 0.0f32..=1.0, slots in 0u8..30, cap in 0.0f32..=1.0,
        per_category in 0u8..3, limit in 1usize..30,
    ) {
        let pool = draft(TableKind::Pool, 40, seed);
        let device = visitor(&pool, &[0, 7]);
        let policy = Policy {
            diversity, calibration, max_similarity: cap, serendipity_slots: slots, max_per_category: per_category,
            ..Policy::default()
        };
        let (by_score, varied) = (list(&device, plain(), limit), list(&device, policy, limit));
        prop_assert_eq!(varied.len(), limit);
        prop_assert_eq!(varied[0].key, by_score[0].key);
        let distinct: std::collections::BTreeSet<_> = keys(&varied).into_iter().collect();
        prop_assert_eq!(distinct.len(), limit);
        prop_assert!(varied.iter().all(|ranked| ranked.score.is_finite()));
    }

    #[test]
    fn the_next_page_does_not_change_the_one_before(
        seed in 0u32..10_000, diversity in 0.0f32..=1.0, slots in 0u8..3, per_category in 0u8..3,
    ) {
        let pool = draft(TableKind::Pool, 150, seed);
        let device = visitor(&pool, &[0, 7]);
        let policy = Some(Policy {
            diversity, serendipity_slots: slots, max_per_category: per_category, ..Policy::default()
        });
        let page = |offset, limit| {
            let request = RankRequest { limit, offset, policy, now_ms: NOW_MS, ..RankRequest::default() };
            keys(&device.rank(&request))
        };
        let (first, second) = (page(0, 10), page(10, 10));
        prop_assert!(second.iter().all(|item| !first.contains(item)));
        let third = page(20, 10);
        prop_assert!(third.iter().all(|item| !first.contains(item) && !second.contains(item)));
    }
}

#[test]
fn lists_get_more_varied_as_lambda_falls() {
    let lambdas = [1.0, 0.8, 0.6, 0.4, 0.2];
    let mut diversity = [0.0f32; 5];
    for seed in 0..40 {
        let pool = draft(TableKind::Pool, 200, seed);
        let device = visitor(&pool, &[1, 2, 3]);
        for (sum, lambda) in diversity.iter_mut().zip(lambdas) {
            let policy = Policy { diversity: lambda, ..Policy::default() };
            *sum += intra_list_diversity(&pool, &keys(&list(&device, policy, 10))) / 40.0;
        }
    }
    assert!(diversity.windows(2).all(|pair| pair[0] < pair[1]), "{diversity:?}");
}

#[test]
fn full_relevance_without_caps_is_the_identity() {
    let pool = draft(TableKind::Pool, 100, 5);
    let device = visitor(&pool, &[1]);
    let got = list(&device, plain(), 50);
    assert!(got.windows(2).all(|pair| pair[0].score >= pair[1].score));
    let roomy = Policy { max_per_category: 255, max_per_brand: 255, max_similarity: 1.0, ..plain() };
    assert_eq!(list(&device, roomy, 50), got, "caps that nothing reaches move nothing either");
}

#[test]
fn each_page_has_its_own_quotas() {
    let mut pool = draft(TableKind::Pool, 64, 2);
    pool.rows.iter_mut().zip(0..).for_each(|(row, item)| row.facets[0] = item % market::CATEGORIES as u16);
    let device = visitor(&pool, &[1]);
    let policy = Some(Policy { max_per_category: 1, ..plain() });
    let mut left = keys(&list(&device, plain(), 64));
    for offset in [0, 4, 8, 12] {
        let request = RankRequest { limit: 4, offset, policy, now_ms: NOW_MS, ..RankRequest::default() };
        let mut expected: Vec<ItemKey> = Vec::new();
        for &item in &left {
            let is_new = expected.iter().all(|&other| category(&pool, other) != category(&pool, item));
            if is_new && expected.len() < 4 {
                expected.push(item);
            }
        }
        assert_eq!(keys(&device.rank(&request)), expected, "from {offset} on");
        let at_once = visitor(&pool, &[1]);
        assert_eq!(keys(&at_once.rank(&request)), expected, "straight to {offset}");
        left.retain(|item| !expected.contains(item));
    }
}

#[test]
fn caps_give_way_when_candidates_do_not_suffice() {
    let mut pool = draft(TableKind::Pool, 12, 1);
    for (item, row) in pool.rows.iter_mut().enumerate() {
        row.facets[0] = u16::from(item >= 8);
    }
    let device = visitor(&pool, &[]);
    let mut device = device;
    assert!(device.record(&Interaction::new(Kind::Click, "stranger"), NOW_MS));
    let got = keys(&list(&device, Policy { max_per_category: 2, ..plain() }, 8));
    assert_eq!(got.len(), 8, "the list is filled all the same");
    assert_eq!(most_common(got[..4].iter().map(|&item| category(&pool, item))), 2, "quotas first");
    assert_eq!(most_common(got.iter().map(|&item| category(&pool, item))), 4, "then what violates least");
}

#[test]
fn quotas_count_categories_of_both_tables_as_one() {
    let pool = draft(TableKind::Pool, 20, 3);
    let mut catalogue = draft(TableKind::Catalogue, 80, 3);
    // Another order of the dictionary: numbers mean nothing across tables.
    let last = market::CATEGORIES as u16 - 1;
    catalogue.facets[..=usize::from(last)].reverse();
    catalogue.rows.iter_mut().for_each(|row| row.facets[0] = last - row.facets[0]);
    let mut device = visitor(&pool, &[0, 1]);
    device.load_catalogue(catalogue.encode().unwrap()).unwrap();
    let got = list(&device, Policy { max_per_category: 1, ..plain() }, 8);
    assert!(got.iter().any(|ranked| ranked.source == Source::Catalogue));
    let of = |item| last as usize - category(&catalogue, item);
    assert_eq!(most_common(got.iter().map(|ranked| of(ranked.key))), 1);
}

/// Kullback–Leibler divergence of the list's category shares from `wanted`, smoothed as the device does.
#[cfg(test)]
fn divergence(pool: &TableDraft, list: &[ItemKey], wanted: &[f32]) -> f32 {
    let share = |wanted: &[f32], index: usize| {
        let of_it = list.iter().filter(|&&item| category(pool, item) == index).count();
        0.99 * of_it as f32 / list.len() as f32 + 0.01 * wanted[index]
    };
    let term =
        |(index, &p): (usize, &f32)| if p > 0.0 { p * libm::logf(p / share(wanted, index)) } else { 0.0 };
    wanted.iter().enumerate().map(term).sum()
}

#[test]
fn shares_follow_those_of_the_history() {
    let mut nearer = 0;
    for seed in 0..20 {
        let mut pool = draft(TableKind::Pool, 200, seed);
        pool.rows.iter_mut().for_each(|row| row.facets.truncate(1));
        let mut draws = Draws::new(seed);
        let (most, some) = (0, 1);
        let of = |wanted: usize, count: usize| {
            let items = (0..200).filter(|&item| category(&pool, key(item)) == wanted);
            items.take(count).collect::<Vec<_>>()
        };
        let mut clicked = of(most, 7);
        clicked.extend(of(some, 3));
        clicked.rotate_left(draws.below(10));
        let device = visitor(&pool, &clicked);
        let mut wanted = vec![0.0; market::CATEGORIES];
        (wanted[most], wanted[some]) = (0.7, 0.3);
        let kl = |calibration| {
            let policy = Policy { calibration, ..plain() };
            divergence(&pool, &keys(&list(&device, policy, 10)), &wanted)
        };
        let (without, half, full) = (kl(0.0), kl(0.5), kl(1.0));
        assert!(full <= half + 1e-5 && half <= without + 1e-5, "{without} {half} {full}");
        nearer += usize::from(full < without);
        let listed = keys(&list(&device, Policy { calibration: 1.0, ..plain() }, 10));
        let of = |wanted| listed.iter().filter(|&&item| category(&pool, item) == wanted).count();
        // The first place goes to the best, whatever it is.
        assert!(of(most).abs_diff(7) + of(some).abs_diff(3) <= 1, "{} {}", of(most), of(some));
    }
    assert!(nearer >= 15, "{nearer} of 20 lists were off without it");
}

#[test]
fn places_are_kept_for_what_the_visitor_does_not_know() {
    let mut pool = draft(TableKind::Pool, 300, 9);
    pool.blend.features[2].weight = 9.0;
    let known: Vec<usize> = (0..300).filter(|&item| category(&pool, key(item)) < 3).take(60).collect();
    let device = visitor(&pool, &known);
    let count = |slots: u8| {
        let policy = Policy { serendipity_slots: slots, ..plain() };
        let listed = list(&device, policy, 10);
        let novel = listed.iter().filter(|ranked| category(&pool, ranked.key) >= 3).count();
        let told = listed
            .iter()
            .filter(|ranked| ranked.reasons.iter().any(|reason| reason.kind == ReasonKind::Serendipity));
        (novel, told.count())
    };
    let (by_itself, _) = count(0);
    assert!(by_itself < 3, "a taste that strong leaves {by_itself} by themselves");
    assert_eq!(count(3), (3, 3 - by_itself));
    assert_eq!(count(5), (5, 5 - by_itself));
    assert_eq!(count(10).0, 9, "the first place is kept");
}

#[test]
fn the_best_of_a_group_of_near_duplicates_stays() {
    let mut pool = draft(TableKind::Pool, 30, 4);
    let mut groups = vec![0; 30];
    for (item, group) in [(2, 7), (5, 7), (9, 7), (11, u32::MAX), (12, u32::MAX)] {
        groups[item] = group;
    }
    let all = keys(&list(&visitor(&pool, &[0]), plain(), 30));
    pool.extras.duplicates = Duplicates(groups);
    let kept = keys(&list(&visitor(&pool, &[0]), plain(), 30));
    assert_eq!(kept.len(), all.len() - 3);
    let best = |items: &[usize]| {
        let items: Vec<ItemKey> = items.iter().map(|&item| key(item)).collect();
        all.iter().copied().find(|item| items.contains(item)).unwrap()
    };
    for items in [&[2, 5, 9][..], &[11, 12]] {
        let left: Vec<_> = items.iter().map(|&item| key(item)).filter(|item| kept.contains(item)).collect();
        assert_eq!(left, [best(items)], "the best scored");
    }
}

#[test]
fn an_item_of_the_catalogue_is_nobodys_duplicate() {
    let mut pool = draft(TableKind::Pool, 10, 4);
    pool.extras.duplicates = Duplicates(vec![1; 10]);
    let mut device: Device = visitor(&pool, &[0]);
    device.load_catalogue(draft(TableKind::Catalogue, 20, 4).encode().unwrap()).unwrap();
    let got = list(&device, plain(), 30);
    let of_pool = got.iter().filter(|ranked| ranked.source == Source::Pool).count();
    assert_eq!((of_pool, got.len()), (1, 11));
}
