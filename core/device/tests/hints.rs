//! Hints of the site's records: kept, bounded, lapsing, felt by newcomers, and deleted for good by the visitor.

use crate::shop::{self, consenting, do_it};
use homebody_device::profile::{MAX_HINTS, Profile};
use homebody_device::{Device, Interaction, RankRequest};
use homebody_protocol::Kind;
use homebody_protocol::models::{Question, Questions};
use homebody_protocol::table::{FacetKind, TableKind};
use proptest::prelude::*;

const START_MS: u64 = 1_763_900_000_000;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

fn packed(weight: f32, hours: u32) -> f32 {
    hours as f32 * 256.0 + (100.0 * (weight + 1.0)).round()
}

fn hint(device: &mut Device, text: &str, value: f32, now_ms: u64) {
    assert!(device.record(&Interaction::new(Kind::Hint, text).with_value(value), now_ms));
}

#[cfg(test)]
fn texts(device: &Device) -> Vec<&str> {
    device.profile().hints().as_slice().iter().map(|hint| hint.text.as_str()).collect()
}

/// The shop with one question that the visitor has not answered.
#[cfg(test)]
fn with_questions() -> Device {
    let mut pool = shop::draft(TableKind::Pool, &shop::IDS);
    let facet = FacetKind::Category.key(shop::SEED, "Family");
    let all = vec![Question { text: "Family?".to_owned(), facet, yes: vec![0.5] }];
    pool.extras.questions = Questions { shares: vec![1.0], tastes: vec![Vec::new()], all };
    let mut device = consenting();
    device.load_pool(pool.encode().unwrap()).unwrap();
    device
}

/// The visitor's own list after a page load at this time.
#[cfg(test)]
fn first(device: &Device, now_ms: u64) -> Vec<homebody_protocol::ItemKey> {
    device
        .rank(&RankRequest { limit: 6, now_ms, ..RankRequest::default() })
        .iter()
        .map(|ranked| ranked.key)
        .collect()
}

#[test]
fn a_hint_is_no_act_of_the_visitor_and_the_newest_of_a_name_stands() {
    let mut device = consenting();
    hint(&mut device, "tier=silver", packed(0.0, 24), START_MS);
    hint(&mut device, "category:Crime", packed(0.5, 48), START_MS + 1);
    hint(&mut device, "tier=gold", packed(0.0, 24), START_MS + 2);
    let profile = device.profile();
    assert_eq!((profile.interactions(), profile.sessions(), profile.items().len()), (0, 0, 0));
    assert_eq!(texts(&device), ["category:Crime", "tier=gold"]);
    let crime = &profile.hints().as_slice()[0];
    assert_eq!((crime.value, crime.at_ms), (0.5, START_MS + 1 + 48 * HOUR_MS));
    hint(&mut device, "tier=", packed(0.0, 0), START_MS + 3);
    do_it(&mut device, Kind::Hint, "member", START_MS + 4);
    assert_eq!(texts(&device), ["category:Crime"], "the site takes it back");
}

#[test]
fn hints_lapse_survive_a_page_load_without_a_visit_and_are_read_from_older_profiles_as_none() {
    let mut device = consenting();
    hint(&mut device, "tier=gold", packed(0.0, 24), START_MS);
    hint(&mut device, "plan=year", packed(0.0, u32::from(u16::MAX)), START_MS);
    let bytes = device.snapshot().unwrap();
    let later = |now_ms| {
        let mut device = consenting();
        assert_eq!(device.restore(&bytes, now_ms), Ok(true));
        device.profile().hints().as_slice().len()
    };
    let lapses = [DAY_MS, DAY_MS + 1, 180 * DAY_MS, 180 * DAY_MS + 1].map(|ms| START_MS + ms);
    assert_eq!(lapses.map(later), [2, 1, 1, 0]);
    let mut old = consenting().snapshot().unwrap();
    assert_eq!((old[4], old.pop()), (3, Some(0)));
    old[4] = 2;
    assert!(Profile::decode(&old).is_ok_and(|profile| profile.hints().as_slice().is_empty()));
}

#[test]
fn what_the_visitor_deleted_stays_deleted_whatever_its_value() {
    let mut device = consenting();
    hint(&mut device, "tier=gold", packed(0.0, 24), START_MS);
    hint(&mut device, "plan=year", packed(0.0, 24), START_MS);
    let bytes = device.snapshot().unwrap();
    let mut profile = Profile::decode(&bytes).unwrap();
    assert!(!profile.forget("tier=silver"));
    assert!(profile.forget("tier=gold"));
    device.restore(&profile.encode(), START_MS).unwrap();
    hint(&mut device, "tier=gold", packed(0.0, 24), START_MS + 1);
    hint(&mut device, "tier=platinum", packed(0.0, 24), START_MS + 2);
    assert_eq!(texts(&device), ["plan=year"]);
    device.erase();
    hint(&mut device, "tier=gold", packed(0.0, 24), START_MS + 3);
    assert_eq!(texts(&device), ["tier=gold"], "an erasure forgets that, too");
}

#[test]
fn a_newcomer_s_list_follows_a_hinted_taste_until_it_lapses() {
    let mut device = with_questions();
    let neutral = first(&device, START_MS);
    hint(&mut device, "tier=gold", packed(0.0, 24), START_MS);
    assert_eq!(first(&device, START_MS), neutral, "a fact is no taste");
    hint(&mut device, "category:Crime", packed(1.0, 24), START_MS);
    let [crime, other] = [&["heat", "ronin"], &["up", "coco"]].map(|ids| ids.map(shop::key));
    let place =
        |list: &[homebody_protocol::ItemKey], key| list.iter().position(|known| *known == key).unwrap();
    let hinted = first(&device, START_MS);
    assert!(crime.iter().all(|&key| place(&hinted, key) < 2), "{hinted:?}");
    assert_eq!(first(&device, START_MS + DAY_MS), neutral);
    hint(&mut device, "category:Crime", packed(-1.0, 24), START_MS);
    let disliked = first(&device, START_MS);
    assert!(other.iter().all(|&key| place(&disliked, key) < place(&disliked, crime[0])), "{disliked:?}");
}

#[test]
fn a_profile_s_hints_travel_and_are_seen() {
    use homebody_device::care::{ProfileExport, ProfileView};
    use homebody_device::{Consent, Purpose};
    let mut device = consenting();
    hint(&mut device, "category:Crime", packed(-0.25, 24), START_MS);
    let profile = device.profile();
    let view = ProfileView::of(profile, START_MS);
    assert_eq!((view.hints[0].text.as_str(), view.hints[0].value), ("category:Crime", -0.25));
    assert_eq!(view.hints[0].at_ms, (START_MS + DAY_MS) as f64);
    let permit = Consent::none().granted(Purpose::Personalize).personalize().unwrap();
    let export = ProfileExport::of(profile, START_MS);
    assert_eq!(export.clone().into_profile(&permit).as_ref(), Ok(profile));
    assert_eq!(ProfileExport::of_bytes(&export.to_bytes()), Ok(export.clone()));
    let many = ProfileExport { hints: vec![export.hints[0].clone(); 33], ..export };
    assert!(many.into_profile(&permit).unwrap_err().to_string().contains("hints"));
}

proptest! {
    #[test]
    fn any_hint_leaves_a_profile_that_can_be_read(all in prop::collection::vec((".{0,80}", any::<f32>(), any::<u64>()), 0..40)) {
        let mut device = consenting();
        for (text, value, now_ms) in &all {
            hint(&mut device, text, *value, *now_ms);
        }
        let hints = device.profile().hints().as_slice().to_vec();
        prop_assert!(hints.len() <= MAX_HINTS);
        prop_assert!(hints.iter().all(|hint| hint.text.len() <= 64 && (-1.0..=1.0).contains(&hint.value)));
        let bytes = device.snapshot().unwrap();
        prop_assert_eq!(&Profile::decode(&bytes).unwrap(), device.profile());
        prop_assert_eq!(device.profile().interactions(), 0);
        device.rank(&RankRequest { limit: 6, now_ms: START_MS, ..RankRequest::default() });
    }
}
