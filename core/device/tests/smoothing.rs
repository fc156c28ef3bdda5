//! Tastes smoothed against what is expected: by the pool where it has counts, else by the visitor in general.

use crate::shop::{IDS, consenting, do_it, draft, key};
use homebody_device::{Device, RankRequest};
use homebody_protocol::models::ArmPriors;
use homebody_protocol::table::{Blend, Feature, FeatureWeight, TableDraft, TableKind};
use homebody_protocol::{Extras, Kind};

const NOW_MS: u64 = 1_763_900_000_000;
const HOUR_MS: u64 = 3_600_000;

/// The shop with nothing but tastes for categories, and clicks and impressions left alone of each of the six items.
#[cfg(test)]
fn pool(arms: &[(f32, f32)]) -> TableDraft {
    let features = vec![FeatureWeight { feature: Feature::Category, weight: 1.0, mean: 0.0, sd: 1.0 }];
    TableDraft {
        blend: Blend { evidence_k: 0.0, features },
        extras: Extras { arms: ArmPriors(arms.to_vec()), ..Extras::default() },
        list_sets: vec![],
        ..draft(TableKind::Pool, &IDS)
    }
}

/// The taste for crime of somebody who was shown ten crime films and opened one of them.
#[cfg(test)]
fn taste(arms: &[(f32, f32)]) -> f32 {
    let mut device = consenting();
    device.load_pool(pool(arms).encode().unwrap()).unwrap();
    (0..10).for_each(|_| do_it(&mut device, Kind::Impression, "ronin", NOW_MS));
    do_it(&mut device, Kind::Click, "ronin", NOW_MS);
    score(&device, "heat")
}

#[cfg(test)]
fn score(device: &Device, id: &str) -> f32 {
    let request = RankRequest { now_ms: NOW_MS, ..RankRequest::default() }.by_score_alone();
    device.rank(&request).iter().find(|ranked| ranked.key == key(id)).unwrap().score
}

/// Clicks and impressions left alone: `heat` and `ronin` are the crime films (places 1 and 5).
#[cfg(test)]
fn crime(heat: (f32, f32), ronin: (f32, f32)) -> [(f32, f32); 6] {
    let other = (40.0, 1.0);
    [other, heat, other, other, other, ronin]
}

/// One like among one and three: a quarter, by how the rate compares with the one expected.
#[cfg(test)]
fn expected(prior: f32) -> f32 {
    let rate = (1.0 + 20.0 * prior) / (10.0 + 20.0);
    0.25 * (rate / prior).clamp(0.5, 2.0)
}

#[test]
fn the_rate_expected_of_a_facet_is_that_of_its_items_in_the_pool() {
    // 1 and 3 clicks of 16 impressions: a quarter of them; and one in twenty.
    for (arms, prior) in [(crime((1.0, 3.0), (3.0, 9.0)), 0.25), (crime((0.5, 9.5), (1.5, 28.5)), 0.05)] {
        let found = taste(&arms);
        assert!((found - expected(prior)).abs() < 1e-5, "{found} instead of {}", expected(prior));
    }
    assert!(expected(0.25) < 0.25 && expected(0.05) > 0.25, "one click in ten is little here and much there");
}

#[test]
fn without_counts_the_visitor_in_general_is_what_is_expected() {
    // Smoothed by the rate of lists of which nothing is known, one in twenty.
    let general = (1.0 + 20.0 * 0.05) / (10.0 + 20.0);
    assert!((taste(&[]) - expected(general)).abs() < 1e-5, "{}", taste(&[]));
}

#[test]
fn an_interaction_counts_for_its_hour_of_the_day() {
    let mut device = consenting();
    // 2025-11-23 is a Sunday; 12:13:20 UTC.
    let noon = NOW_MS / HOUR_MS % 24;
    assert_eq!(noon, 12);
    for (kind, hours) in
        [(Kind::Click, 0), (Kind::Search, 0), (Kind::CartAdd, 9), (Kind::Click, 11), (Kind::Impression, 12)]
    {
        do_it(&mut device, kind, "alien", NOW_MS + hours * HOUR_MS);
    }
    let hours = device.profile().rhythm().hours().to_vec();
    let left = |age_hours: f32| libm::exp2f(-age_hours / 24.0 / 30.0);
    assert!((hours[12] - 2.0 * left(12.0)).abs() < 1e-4, "two at noon: {hours:?}");
    assert!((hours[21] - left(3.0)).abs() < 1e-4 && (hours[23] - left(1.0)).abs() < 1e-4);
    assert!((hours[0] - 1.0).abs() < 1e-6, "past midnight the day begins anew");
    assert_eq!(hours.iter().filter(|&&count| count > 0.0).count(), 4);
}
