//! Collaborative against content: with a fixed α the ends are the pure models, bit for bit.

use crate::market::{NOW_MS, draft, keys, list, plain, visitor};
use homebody_device::{Device, ReasonKind};
use homebody_protocol::score::spread_history;
use homebody_protocol::table::{FacetKind, Feature, ListSource, Table, TableDraft, TableKind};
use homebody_protocol::{ItemKey, Policy, history_weights, score_row};
use proptest::prelude::*;

/// The sum of the standardised scores of all lists of a source, as the learner defines them.
#[cfg(test)]
fn pure_lists(device: &Device, table: &Table<Vec<u8>>, row: usize, source: ListSource) -> f32 {
    let history = device.profile().history(NOW_MS);
    let mut sum = 0.0;
    for set in table.list_sets().filter(|set| set.source() == source) {
        let weights = history_weights(&history, set.decay());
        let dense = spread_history(&weights, table.vocabulary_len(), |key| table.vocabulary_index(key));
        sum += set.weight() * (score_row(&set, row, &dense) - set.mean()) / set.sd();
    }
    sum
}

/// The standardised taste for an item's facets of a kind; every item of the market has one category and brand.
#[cfg(test)]
fn pure_taste(device: &Device, table: &Table<Vec<u8>>, row: usize, kind: FacetKind) -> f32 {
    let facets = device.profile().facets();
    let of_kind = facets.as_slice().iter().filter(|facet| facet.kind == kind);
    let total = of_kind.fold(3.0, |sum, facet| sum + facet.strength_at(NOW_MS).abs());
    let (mut sum, mut count) = (0.0f32, 0.0f32);
    for facet in table.facets(row).filter(|&facet| table.facet_kind(facet) == kind) {
        sum += facets.get(table.facet_key(facet)).map_or(0.0, |known| known.strength_at(NOW_MS)) / total;
        count += 1.0;
    }
    sum / count.sqrt()
}

#[cfg(test)]
fn pure_content(device: &Device, table: &Table<Vec<u8>>, row: usize) -> f32 {
    let mut sum = pure_lists(device, table, row, ListSource::Content);
    let kinds = [
        (Feature::Category, FacetKind::Category),
        (Feature::Brand, FacetKind::Brand),
        (Feature::Tag, FacetKind::Tag),
    ];
    for (feature, kind) in kinds {
        let weight = table.blend().features.iter().find(|weight| weight.feature == feature).unwrap();
        let taste = pure_taste(device, table, row, kind);
        sum += weight.weight * (taste - weight.mean) / weight.sd;
    }
    sum
}

#[cfg(test)]
fn ranking(table: &Table<Vec<u8>>, score: impl Fn(usize) -> f32) -> Vec<(ItemKey, u32)> {
    let mut rows: Vec<(ItemKey, f32)> = (0..table.rows()).map(|row| (table.key(row), score(row))).collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    rows.into_iter().map(|(key, score)| (key, score.to_bits())).collect()
}

#[cfg(test)]
fn listed(device: &Device, pool: &TableDraft, alpha: f32) -> Vec<(ItemKey, u32)> {
    let list = list(device, Policy { alpha, ..plain() }, pool.rows.len());
    list.iter().map(|ranked| (ranked.key, ranked.score.to_bits())).collect()
}

/// The same scores in the same order; equals may stand either way.
#[cfg(test)]
fn is_same(one: &[(ItemKey, u32)], other: &[(ItemKey, u32)]) -> bool {
    let sorted = |list: &[(ItemKey, u32)]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    let scores = |list: &[(ItemKey, u32)]| list.iter().map(|(_, score)| *score).collect::<Vec<_>>();
    sorted(one) == sorted(other) && scores(one) == scores(other)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_ends_are_the_pure_models(
        seed in 0u32..10_000, clicked in prop::collection::vec(0usize..60, 1..12), evidence_k in 0.0f32..50.0,
    ) {
        let mut pool = draft(TableKind::Pool, 60, seed);
        pool.blend.evidence_k = evidence_k;
        let table = Table::read(pool.encode().unwrap()).unwrap();
        let device = visitor(&pool, &clicked);
        let collaborative = ranking(&table, |row| pure_lists(&device, &table, row, ListSource::Collaborative));
        prop_assert!(is_same(&listed(&device, &pool, 1.0), &collaborative));
        let content = ranking(&table, |row| pure_content(&device, &table, row));
        prop_assert!(is_same(&listed(&device, &pool, 0.0), &content));
    }

    #[test]
    fn a_share_in_between_is_the_mixture(seed in 0u32..10_000, alpha in 0.0f32..=1.0) {
        let pool = draft(TableKind::Pool, 40, seed);
        let table = Table::read(pool.encode().unwrap()).unwrap();
        let device = visitor(&pool, &[1, 2, 3]);
        let listed = listed(&device, &pool, alpha);
        prop_assert_eq!(listed.len(), keys(&list(&device, plain(), 40)).len());
        for (key, score) in listed {
            let row = table.row_of(key).unwrap();
            let collaborative = pure_lists(&device, &table, row, ListSource::Collaborative);
            let mixed = alpha * collaborative + (1.0 - alpha) * pure_content(&device, &table, row);
            prop_assert!((f32::from_bits(score) - mixed).abs() < 1e-4 * (1.0 + mixed.abs()));
        }
    }
}

#[test]
fn pure_lists_are_explained_by_their_own_model() {
    let pool = draft(TableKind::Pool, 60, 11);
    let device = visitor(&pool, &[1, 2, 3, 4]);
    let kinds = |alpha| {
        let list = list(&device, Policy { alpha, ..plain() }, 5);
        let reasons = list.iter().flat_map(|ranked| ranked.reasons).map(|reason| reason.kind);
        reasons.filter(|kind| *kind != ReasonKind::None).collect::<Vec<_>>()
    };
    assert!(!kinds(1.0).is_empty() && kinds(1.0).iter().all(|kind| *kind == ReasonKind::Collaborative));
    let of_content = [ReasonKind::Content, ReasonKind::Category, ReasonKind::Brand, ReasonKind::Tag];
    assert!(!kinds(0.0).is_empty() && kinds(0.0).iter().all(|kind| of_content.contains(kind)));
}
