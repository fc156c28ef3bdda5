//! What each part adds to a score, by its formula.

use crate::shop::{IDS, consenting, do_it, draft, key};
use homebody_device::{Device, RankRequest};
use homebody_protocol::Kind;
use homebody_protocol::table::{Blend, Feature, FeatureWeight, TableDraft, TableKind};

const NOW_MS: u64 = 1_763_900_000_000;
const DAY_MS: u64 = 86_400_000;

/// The shop with nothing but one feature in its blend and no lists.
#[cfg(test)]
fn only(feature: Feature) -> TableDraft {
    let features = vec![FeatureWeight { feature, weight: 1.0, mean: 0.0, sd: 1.0 }];
    TableDraft {
        blend: Blend { evidence_k: 0.0, features },
        extras: homebody_protocol::Extras::default(),
        list_sets: vec![],
        ..draft(TableKind::Pool, &IDS)
    }
}

#[cfg(test)]
fn load(device: &mut Device, pool: &TableDraft) {
    device.load_pool(pool.encode().unwrap()).unwrap();
}

#[cfg(test)]
fn score(device: &Device, id: &str, now_ms: u64) -> f32 {
    let request = RankRequest { now_ms, ..RankRequest::default() }.by_score_alone();
    device.rank(&request).iter().find(|ranked| ranked.key == key(id)).unwrap().score
}

#[test]
fn lists_count_by_the_evidence() {
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.blend.features.clear();
    let of_partner = |evidence_k: f32| {
        let mut pool = pool.clone();
        pool.blend.evidence_k = evidence_k;
        let mut device = consenting();
        load(&mut device, &pool);
        do_it(&mut device, Kind::Click, "heat", NOW_MS);
        score(&device, "ronin", NOW_MS)
    };
    assert!(of_partner(0.0) > 0.0);
    assert!((of_partner(1.0) / of_partner(0.0) - 0.5).abs() < 1e-6, "one of one and one");
    assert!((of_partner(3.0) / of_partner(0.0) - 0.25).abs() < 1e-6, "one of one and three");
}

#[test]
fn freshness_halves_in_thirty_days() {
    let mut pool = only(Feature::Freshness);
    let now_s = u32::try_from(NOW_MS / 1_000).unwrap();
    pool.rows[0].added_at = now_s;
    pool.rows[1].added_at = now_s - 30 * 86_400;
    let mut device = consenting();
    load(&mut device, &pool);
    do_it(&mut device, Kind::Click, "stranger", NOW_MS);
    assert!((score(&device, IDS[0], NOW_MS) - 1.0).abs() < 1e-4);
    assert!((score(&device, IDS[1], NOW_MS) - 0.5).abs() < 1e-4);
    assert_eq!(score(&device, IDS[2], NOW_MS), 0.0, "an item of unknown age is not new");
}

#[test]
fn a_taste_fades_and_a_newer_one_overtakes_it() {
    let mut device = consenting();
    load(&mut device, &only(Feature::Category));
    do_it(&mut device, Kind::Click, "alien", NOW_MS);
    do_it(&mut device, Kind::Click, "solaris", NOW_MS);
    do_it(&mut device, Kind::Click, "heat", NOW_MS + 60 * DAY_MS);
    let now_ms = NOW_MS + 60 * DAY_MS;
    assert!(score(&device, "ronin", now_ms) > score(&device, "solaris", now_ms));
    // Two likes of sixty days ago are half a like, one of today is one; three stand for "anything".
    assert!((score(&device, "ronin", now_ms) - 1.0 / 4.5).abs() < 1e-5);
    assert!((score(&device, "solaris", now_ms) - 0.5 / 4.5).abs() < 1e-5);
}

#[test]
fn being_in_every_category_is_no_merit() {
    let mut pool = only(Feature::Category);
    pool.rows[4].facets = vec![0, 1, 2];
    let mut device = consenting();
    load(&mut device, &pool);
    do_it(&mut device, Kind::Click, "alien", NOW_MS);
    let (taste, diluted) = (0.25f32, score(&device, "solaris", NOW_MS));
    assert!((score(&device, "alien", NOW_MS) - taste).abs() < 1e-6);
    assert!((diluted - taste / 3.0f32.sqrt()).abs() < 1e-6, "{diluted}");
}
