//! Ranking through the public door.

use crate::shop::{self, IDS, consenting, do_it, draft, key};
use homebody_device::{
    Consent, Device, Interaction, Profile, Purpose, RankRequest, Ranked, ReasonKind, Source,
};
use homebody_protocol::table::{RowFlags, TableKind};
use homebody_protocol::{FacetKey, ItemKey, Kind, Policy};
use proptest::prelude::*;

const NOW_MS: u64 = 1_763_900_000_000;

#[cfg(test)]
fn ids(device: &Device, request: &RankRequest<'_>) -> Vec<String> {
    device.rank(request).iter().map(|ranked| device.id_of(ranked.key).unwrap().to_owned()).collect()
}

fn asked<'a>() -> RankRequest<'a> {
    RankRequest { now_ms: NOW_MS, ..RankRequest::default() }.by_score_alone()
}

#[cfg(test)]
fn diverse(diversity: f32) -> Policy {
    Policy { diversity, ..Policy::default() }
}

#[test]
fn without_consent_everybody_gets_the_pools_order() {
    let mut device = Device::new();
    device.load_pool(draft(TableKind::Pool, &IDS).encode().unwrap()).unwrap();
    assert!(!device.record(&Interaction::new(Kind::Click, "heat"), NOW_MS));
    assert_eq!(ids(&device, &asked()), IDS);
    assert_eq!(device.snapshot(), None);
}

#[test]
fn saying_yes_alone_moves_nothing() {
    assert_eq!(ids(&consenting(), &asked()), IDS);
}

#[test]
fn a_click_brings_up_what_belongs_to_it() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "heat", NOW_MS);
    let list = device.rank(&asked());
    assert_eq!(list[0].key, key("ronin"));
    assert_eq!(list[0].reasons[0].kind, ReasonKind::Collaborative);
    assert_eq!(list[0].reasons[0].key, key("heat").0);
}

#[test]
fn a_neutral_list_does_not_depend_on_the_profile() {
    let mut one = consenting();
    do_it(&mut one, Kind::Purchase, "heat", NOW_MS);
    let mut other = consenting();
    do_it(&mut other, Kind::Dismiss, "coco", NOW_MS);
    let neutral = RankRequest { neutral: true, ..asked() };
    assert_eq!(ids(&one, &neutral), IDS);
    assert_eq!(one.rank(&neutral), other.rank(&neutral));
}

#[test]
fn bought_rated_carted_refused_and_sold_out_items_are_not_shown() {
    let mut device = consenting();
    do_it(&mut device, Kind::Purchase, "alien", NOW_MS);
    do_it(&mut device, Kind::Rating, "heat", NOW_MS);
    do_it(&mut device, Kind::CartAdd, "up", NOW_MS);
    do_it(&mut device, Kind::Dismiss, "coco", NOW_MS);
    assert_eq!(ids(&device, &asked()).len(), 2);
    do_it(&mut device, Kind::Undo, "coco", NOW_MS);
    do_it(&mut device, Kind::CartRemove, "up", NOW_MS);
    let back = ids(&device, &asked());
    assert!(back.contains(&"coco".to_owned()) && back.contains(&"up".to_owned()), "{back:?}");

    let mut sold_out = draft(TableKind::Pool, &IDS);
    sold_out.rows[4].flags = RowFlags(RowFlags::OUT_OF_STOCK);
    device.load_pool(sold_out.encode().unwrap()).unwrap();
    assert!(!ids(&device, &asked()).contains(&"solaris".to_owned()));
}

#[test]
fn rebuyable_items_come_back_after_the_purchase() {
    let mut device = consenting();
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.rows[0].flags = RowFlags(RowFlags::REBUYABLE);
    device.load_pool(pool.encode().unwrap()).unwrap();
    do_it(&mut device, Kind::Purchase, "alien", NOW_MS);
    do_it(&mut device, Kind::Purchase, "heat", NOW_MS);
    let shown = ids(&device, &asked());
    assert!(shown.contains(&"alien".to_owned()) && !shown.contains(&"heat".to_owned()));
}

#[test]
fn a_dismissal_is_felt_by_its_category_at_once() {
    let mut device = consenting();
    do_it(&mut device, Kind::Dismiss, "alien", NOW_MS);
    assert_eq!(ids(&device, &asked()).last().map(String::as_str), Some("solaris"));
}

#[test]
fn a_muted_category_is_gone() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "up", NOW_MS);
    let family = device.profile().facets().as_slice()[0].key;
    let mut profile = device.profile().clone();
    assert!(profile.mute(family, true));
    device.restore(&profile.encode(), NOW_MS).unwrap();
    let shown = ids(&device, &asked());
    assert_eq!(shown.len(), 4);
    assert!(!shown.contains(&"coco".to_owned()));
}

#[test]
fn a_favoured_category_rises_until_it_fades() {
    let mut device = consenting();
    do_it(&mut device, Kind::Dismiss, "up", NOW_MS);
    assert_eq!(ids(&device, &asked())[..2], ["alien", "heat"]);
    let facet = |profile: &Profile, name: &str| {
        profile.facets().as_slice().iter().find(|facet| facet.name == name).cloned().unwrap()
    };
    let mut profile = device.profile().clone();
    let family = facet(&profile, "Family").key;
    assert!(profile.mute(family, true));
    assert!(profile.favour(family, NOW_MS));
    let favoured = facet(&profile, "Family");
    assert!(facet(device.profile(), "Family").strength < 0.0);
    assert_eq!((favoured.strength, favoured.muted), (3.0, false));
    device.restore(&profile.encode(), NOW_MS).unwrap();
    assert_eq!(ids(&device, &asked())[0], "coco");
    // As of later it counts from there: what was there has halved, the word for it has not.
    let month_ms = 30 * 86_400_000;
    assert!(profile.favour(family, NOW_MS + month_ms));
    assert!((facet(&profile, "Family").strength - (favoured.strength / 2.0 + 3.0)).abs() < 1e-5);
    assert!(!profile.favour(FacetKey(1), NOW_MS), "what nobody looked at cannot be favoured");
}

#[test]
fn an_open_pool_is_joined_by_the_catalogue() {
    let mut device = consenting();
    device.load_pool(draft(TableKind::Pool, &IDS[..3]).encode().unwrap()).unwrap();
    device.load_catalogue(draft(TableKind::Catalogue, &IDS).encode().unwrap()).unwrap();
    do_it(&mut device, Kind::Click, "heat", NOW_MS);
    let first = &device.rank(&asked())[0];
    assert_eq!((first.key, first.source), (key("ronin"), Source::Catalogue));
    assert_eq!(ids(&device, &RankRequest { neutral: true, ..asked() }), IDS[..3]);

    let mut closed = draft(TableKind::Pool, &IDS[..3]);
    closed.open = false;
    device.load_pool(closed.encode().unwrap()).unwrap();
    assert!(device.rank(&asked()).iter().all(|ranked| ranked.source == Source::Pool));
}

#[test]
fn named_candidates_are_ranked_and_nothing_else() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "alien", NOW_MS);
    let keys = [key("coco"), key("stranger"), key("solaris")];
    assert_eq!(ids(&device, &RankRequest { keys: &keys, ..asked() }), ["solaris", "coco"]);
}

#[test]
fn diversity_keeps_the_best_and_spreads_the_rest() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "alien", NOW_MS);
    let plain = ids(&device, &asked());
    let diverse = ids(&device, &RankRequest { policy: Some(diverse(0.3)), limit: 3, ..asked() });
    assert_eq!(diverse[0], plain[0]);
    let category = |id: &str| shop::draft(TableKind::Pool, &[id]).rows[0].facets[0];
    let mut categories: Vec<u16> = diverse.iter().map(|id| category(id)).collect();
    categories.sort_unstable();
    assert_eq!(categories, [0, 1, 2], "one of each category: {diverse:?}");
}

#[test]
fn the_seed_decides_between_equals_and_nothing_else() {
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.blend.features.clear();
    let mut device = consenting();
    device.load_pool(pool.encode().unwrap()).unwrap();
    do_it(&mut device, Kind::Click, "stranger", NOW_MS);
    let lists: std::collections::BTreeSet<_> =
        (0..16).map(|seed| ids(&device, &RankRequest { seed, ..asked() })).collect();
    assert!(lists.len() > 4, "{} orders of six equals", lists.len());
}

#[test]
fn a_bad_table_leaves_the_good_one() {
    let mut device = consenting();
    assert_eq!(device.load_pool(vec![1, 2, 3]).unwrap_err().code(), "table_magic");
    let catalogue = draft(TableKind::Catalogue, &IDS).encode().unwrap();
    assert_eq!(device.load_pool(catalogue).unwrap_err().code(), "table_kind");
    assert_eq!(ids(&device, &asked()).len(), IDS.len());
}

#[test]
fn another_id_seed_carries_the_profile_over() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "heat", NOW_MS);
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.id_seed = 5;
    for (list, row) in pool.list_sets[0].lists.iter_mut().zip(&pool.rows) {
        let partner = if row.id == "ronin" { "heat" } else { "nobody" };
        *list = vec![(ItemKey::derive(5, partner), 1.0)];
    }
    device.load_pool(pool.encode().unwrap()).unwrap();
    assert_eq!(ids(&device, &asked())[0], "ronin");
    assert_eq!(device.profile().facets().as_slice().len(), 1);
}

#[test]
fn withdrawal_leaves_a_neutral_device() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "heat", NOW_MS);
    device.set_consent(Consent::from_bits(0, 1));
    assert!(device.profile().items().is_empty());
    assert_eq!(ids(&device, &asked()), IDS);
}

fn shares_sum_to_one(ranked: &Ranked) -> bool {
    let sum = ranked.reasons.iter().map(|reason| reason.share).sum::<f32>() + ranked.rest;
    (sum - 1.0).abs() < 1e-5 && ranked.reasons.iter().all(|reason| (0.0..=1.0).contains(&reason.share))
}

proptest! {
    #[test]
    fn lists_are_whole_explained_and_repeatable(
        acts in prop::collection::vec((0u8..20, 0usize..6, 0.0f32..6.0), 0..40),
        diversity in 0.0f32..=1.0,
        limit in 0usize..9,
    ) {
        let replay = || {
            let mut device = consenting();
            for (step, &(code, item, value)) in acts.iter().enumerate() {
                let kind = Kind::from_code(code + 1).unwrap();
                let act = Interaction::new(kind, IDS[item]).with_value(value);
                prop_assert!(device.record(&act, NOW_MS + step as u64 * 60_000));
            }
            let request = RankRequest { policy: Some(diverse(diversity)), limit, now_ms: NOW_MS + 86_400_000, ..asked() };
            Ok(device.rank(&request))
        };
        let (one, again) = (replay()?, replay()?);
        prop_assert_eq!(&one, &again);
        prop_assert!(one.len() <= limit);
        prop_assert!(one.iter().all(shares_sum_to_one));
        let distinct: std::collections::BTreeSet<_> = one.iter().map(|ranked| ranked.key).collect();
        prop_assert_eq!(distinct.len(), one.len());
    }

    #[test]
    fn full_relevance_means_falling_scores(acts in prop::collection::vec(0usize..6, 1..20)) {
        let mut device = consenting();
        for item in acts {
            do_it(&mut device, Kind::Click, IDS[item], NOW_MS);
        }
        let list = device.rank(&asked());
        prop_assert!(list.windows(2).all(|pair| pair[0].score >= pair[1].score));
    }
}

#[test]
fn consent_to_something_else_is_no_consent_to_this() {
    let mut device = consenting();
    device.set_consent(Consent::none().granted(Purpose::Measure));
    assert!(!device.record(&Interaction::new(Kind::Click, "heat"), NOW_MS));
}
