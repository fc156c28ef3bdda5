//! Dismissals, thumbs, ratings, searches, surveys; taking back, expiring, two tabs.

use crate::shop::{IDS, consenting, do_it, draft, key};
use homebody_device::profile::{FacetRef, Known, LATE_MS};
use homebody_device::{Consent, Device, Interaction, Permit, Personalize, Profile, RankRequest};
use homebody_protocol::table::{FacetKind, TableKind};
use homebody_protocol::{FacetKey, Kind};
use proptest::prelude::*;

const START_MS: u64 = 1_763_900_000_000;
const DAY_MS: u64 = 86_400_000;

#[cfg(test)]
fn permit() -> Permit<Personalize> {
    Consent::from_bits(1, 0).personalize().unwrap()
}

#[cfg(test)]
fn facet(name: &str) -> FacetRef<'_> {
    let kind = FacetKind::Category;
    FacetRef { kind, key: kind.key(0, name), name }
}

/// What was done, with which item, of which value, when. Item `n` is in category `n % 3`.
type Deed = (Kind, usize, f32, u64);

#[cfg(test)]
fn apply(profile: &mut Profile, deeds: &[Deed]) {
    let categories = ["Crime", "Family", "Science fiction"].map(facet);
    for &(kind, item, value, now_ms) in deeds {
        let known = Known { facets: &categories[item % 3..=item % 3], ..Known::default() };
        let id = format!("item-{item}");
        profile.apply(&permit(), &Interaction { kind, id: &id, value }, &known, now_ms).unwrap();
    }
}

#[cfg(test)]
fn lived(deeds: &[Deed]) -> Profile {
    let mut profile = Profile::new(&permit(), 0);
    apply(&mut profile, deeds);
    profile
}

#[cfg(test)]
fn tastes(profile: &Profile, now_ms: u64) -> Vec<(FacetKey, f32)> {
    profile.facets().as_slice().iter().map(|facet| (facet.key, facet.strength_at(now_ms))).collect()
}

#[cfg(test)]
fn close(a: &[(FacetKey, f32)], b: &[(FacetKey, f32)]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-3)
}

#[cfg(test)]
fn place(device: &Device, id: &str, now_ms: u64) -> Option<usize> {
    let request = RankRequest { now_ms, ..RankRequest::default() }.by_score_alone();
    device.rank(&request).iter().position(|ranked| ranked.key == key(id))
}

#[cfg(test)]
fn kinds() -> impl Strategy<Value = Kind> {
    (1u8..=20).prop_map(|code| Kind::from_code(code).unwrap())
}

/// Deeds at distinct times within a day, in order.
#[cfg(test)]
fn deeds(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec((kinds(), 0usize..6, 1u8..=5, 1u64..600_000), 1..most).prop_map(|deeds| {
        let mut now_ms = START_MS;
        let mut timed = |pause| {
            now_ms += pause;
            now_ms
        };
        deeds.into_iter().map(|(kind, item, value, pause)| (kind, item, value.into(), timed(pause))).collect()
    })
}

proptest! {
    #[test]
    fn taking_back_restores_every_taste(before in deeds(40), kind in 0usize..3, days in 0u64..400) {
        let kind = [Kind::Dismiss, Kind::ThumbsDown, Kind::ThumbsUp][kind];
        // Item 9 is in the category of items 0 and 3, and nothing was said of it before.
        let mut profile = lived(&before);
        let said_ms = before.last().unwrap().3 + 1;
        let now_ms = said_ms + days * DAY_MS;
        apply(&mut profile, &[(Kind::View, 9, 1.0, said_ms)]);
        let (before_it, untold) = (tastes(&profile, said_ms), tastes(&profile, now_ms));
        apply(&mut profile, &[(kind, 9, 1.0, said_ms)]);
        prop_assert!(!close(&tastes(&profile, said_ms), &before_it), "felt at once");
        apply(&mut profile, &[(Kind::Undo, 9, 1.0, now_ms)]);
        prop_assert!(close(&tastes(&profile, now_ms), &untold), "{:?} {:?}", tastes(&profile, now_ms), untold);
        let item = profile.items().iter().find(|item| item.id == "item-9").unwrap();
        prop_assert!(!item.is_refused(said_ms) && item.wish() == 0.5);
    }

    #[test]
    fn two_tabs_equal_a_serial_replay(
        stored in deeds(30), all in deeds(80), whose in prop::collection::vec(any::<bool>(), 80)
    ) {
        let stored = lived(&stored);
        let mut all = all;
        // The tabs lived after what is stored.
        all.iter_mut().for_each(|deed| deed.3 += DAY_MS);
        let end_ms = all.last().unwrap().3;
        let of = |tab| all.iter().zip(&whose).filter(move |(_, whose)| **whose == tab).map(|(deed, _)| *deed);
        let (one, two): (Vec<Deed>, Vec<Deed>) = (of(true).collect(), of(false).collect());

        let mut serial = stored.clone();
        apply(&mut serial, &all);
        // Both tabs' interactions in the order of their times: the same bits.
        let mut in_turn: Vec<Deed> = one.iter().chain(&two).copied().collect();
        in_turn.sort_by_key(|deed| deed.3);
        let mut replayed = Profile::decode(&stored.encode()).unwrap();
        apply(&mut replayed, &in_turn);
        prop_assert_eq!(&replayed, &serial);

        // One tab after the other, as journals are replayed: the second comes late by up to a day. "Undo" means what is
        // known when it is told, so it is the one thing that depends on who is first.
        let told = |deeds: &[Deed]| deeds.iter().filter(|deed| deed.0 != Kind::Undo).copied().collect::<Vec<_>>();
        let (all, one, two) = (told(&all), told(&one), told(&two));
        prop_assume!(!all.is_empty());
        let mut serial = stored.clone();
        apply(&mut serial, &all);
        let mut merged = stored;
        apply(&mut merged, &one);
        apply(&mut merged, &two);
        prop_assert!(end_ms - all[0].3 <= LATE_MS);
        prop_assert!(close(&tastes(&merged, end_ms), &tastes(&serial, end_ms)));
        prop_assert_eq!(merged.interactions(), serial.interactions());
        prop_assert_eq!(merged.cart().changed_at_ms, serial.cart().changed_at_ms);
        let counts = |profile: &Profile| {
            let mut counts = profile.windows().sum(30, end_ms).0;
            counts[homebody_device::profile::Group::Sessions as usize] = 0;
            counts
        };
        prop_assert_eq!(counts(&merged), counts(&serial));
        prop_assert_eq!(merged.searches(), serial.searches());
        prop_assert_eq!(merged.surveys(), serial.surveys());
        let items = |profile: &Profile| {
            let known = profile.items().iter().filter(|item| item.is_opened());
            known.map(|item| (item.id.clone(), item.last_at_ms, item.count, item.shown, item.is_bought())).collect::<Vec<_>>()
        };
        prop_assert_eq!(items(&merged), items(&serial));
        for item in merged.items() {
            let other = serial.item(item.key).unwrap();
            prop_assert_eq!((item.rating, item.is_in_cart(), item.wish()), (other.rating, other.is_in_cart(), other.wish()));
        }
    }
}

#[test]
fn less_like_this_is_felt_in_the_next_list_and_taken_back() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "up", START_MS);
    do_it(&mut device, Kind::Click, "alien", START_MS + 1);
    let before = place(&device, "solaris", START_MS + 2);
    do_it(&mut device, Kind::Dismiss, "alien", START_MS + 3);
    assert_eq!(place(&device, "alien", START_MS + 4), None);
    assert!(place(&device, "solaris", START_MS + 4) > before);
    do_it(&mut device, Kind::Undo, "alien", START_MS + 5);
    assert_eq!(place(&device, "solaris", START_MS + 6), before);
    assert!(place(&device, "alien", START_MS + 6).is_some());
}

#[test]
fn a_refusal_expires_after_ninety_days() {
    for kind in [Kind::Dismiss, Kind::ThumbsDown] {
        let mut device = consenting();
        do_it(&mut device, Kind::Click, "alien", START_MS);
        do_it(&mut device, kind, "alien", START_MS);
        let then = START_MS + 90 * DAY_MS;
        assert_eq!(place(&device, "alien", then - 1), None);
        assert!(place(&device, "alien", then).is_some());
        assert_eq!(device.profile().history(then - 1).len(), 0);
        assert_eq!(device.profile().history(then).len(), 1, "neither excluded nor disliked");
    }
}

#[test]
fn a_newer_rating_replaces_the_older_one() {
    let rated = |stars: &[f32]| {
        let deeds: Vec<Deed> = stars
            .iter()
            .zip(0u64..)
            .map(|(&stars, step)| (Kind::Rating, 0, stars, START_MS + step))
            .collect();
        let profile = lived(&deeds);
        (tastes(&profile, START_MS + 9)[..].first().map_or(0.0, |taste| taste.1), profile.items()[0].stars())
    };
    let near = |(taste, stars): (f32, Option<f32>), wanted: f32, kept| {
        (taste - wanted).abs() < 1e-4 && stars == kept
    };
    assert!(near(rated(&[1.0]), -1.0, Some(1.0)) && near(rated(&[2.0]), -0.5, Some(2.0)));
    assert!(near(rated(&[3.0]), 0.0, Some(3.0)) && near(rated(&[4.0]), 0.5, Some(4.0)));
    assert!(near(rated(&[5.0, 1.0]), -1.0, Some(1.0)) && near(rated(&[1.0, 5.0, 5.0]), 1.0, Some(5.0)));
    assert!(near(rated(&[7.4]), 1.0, Some(5.0)) && near(rated(&[f32::NAN]), 0.0, None));
}

#[test]
fn thumbs_take_turns_and_a_second_one_says_the_same() {
    let said = |kinds: &[Kind]| {
        let deeds: Vec<Deed> =
            kinds.iter().zip(0u64..).map(|(&kind, step)| (kind, 0, 1.0, START_MS + step)).collect();
        let profile = lived(&deeds);
        (tastes(&profile, START_MS + 9)[0].1.round(), profile.items()[0].is_refused(START_MS + 9))
    };
    assert_eq!(said(&[Kind::ThumbsUp, Kind::ThumbsUp]), (1.0, false));
    assert_eq!(said(&[Kind::ThumbsUp, Kind::ThumbsDown]), (-1.0, true));
    assert_eq!(said(&[Kind::ThumbsDown, Kind::ThumbsUp]), (1.0, false));
    assert_eq!(
        said(&[Kind::ThumbsUp, Kind::Dismiss, Kind::Undo]),
        (1.0, false),
        "the dismissal was the last"
    );
    assert_eq!(said(&[Kind::Dismiss, Kind::Dismiss, Kind::Undo, Kind::Undo]), (0.0, false));
}

#[test]
fn a_search_is_no_item_and_a_survey_neither() {
    let mut device = consenting();
    do_it(&mut device, Kind::Search, "  Rote SCHUHE", START_MS);
    do_it(&mut device, Kind::Search, "rote schuhe", START_MS + 1);
    device.record(&Interaction::new(Kind::Survey, "size").with_value(42.0), START_MS + 2);
    do_it(&mut device, Kind::Hint, "member", START_MS + 3);
    do_it(&mut device, Kind::Click, "", START_MS + 3);
    let profile = device.profile();
    assert!(profile.items().is_empty());
    assert_eq!((profile.interactions(), profile.summary(START_MS + 4).searches_7d), (4, 2.0));
    let search = &profile.searches().as_slice()[0];
    assert_eq!((search.text.as_str(), search.value, search.at_ms), ("rote schuhe", 2.0, START_MS + 1));
    assert_eq!(profile.surveys().as_slice()[0].value, 42.0);
}

/// Stars have no "undo" (docs/decisions.md): three of them say nothing, and take back exactly what others said.
#[test]
fn three_stars_take_a_rating_back_whenever_they_come() {
    for stars in [1.0, 2.0, 4.0, 5.0] {
        for days in [0, 45, 170] {
            let view = (Kind::View, 3, 1.0, START_MS);
            let (rated, taken_back) = (
                (Kind::Rating, 0, stars, START_MS + 1),
                (Kind::Rating, 0, 3.0, START_MS + days * DAY_MS + 2),
            );
            let now_ms = START_MS + 175 * DAY_MS;
            assert!(!close(
                &tastes(&lived(&[view, rated]), START_MS + 1),
                &tastes(&lived(&[view]), START_MS + 1)
            ));
            let profile = lived(&[view, rated, taken_back]);
            assert!(
                close(&tastes(&profile, now_ms), &tastes(&lived(&[view]), now_ms)),
                "{stars} stars, {days} days"
            );
            assert_eq!(profile.items()[0].stars(), Some(3.0));
        }
    }
    let undone = lived(&[(Kind::Rating, 0, 5.0, START_MS), (Kind::Undo, 0, 1.0, START_MS + 1)]);
    assert_eq!(undone.items()[0].stars(), Some(5.0), "undo means a dismissal or a thumb");
}

#[test]
fn a_survey_answer_is_replaced_by_the_next_and_expires_as_ratings_do() {
    let mut device = consenting();
    let mut answer = |value, days: u64| {
        device.record(&Interaction::new(Kind::Survey, "size").with_value(value), START_MS + days * DAY_MS);
        let surveys = device.profile().surveys().as_slice().to_vec();
        (surveys.len(), surveys[0].value)
    };
    assert_eq!(answer(42.0, 0), (1, 42.0));
    assert_eq!(answer(44.0, 10), (1, 44.0), "the newest stands");
    assert_eq!(answer(0.0, 20), (1, 0.0), "also one that stands for none");
    device.record(&Interaction::new(Kind::Rating, "alien").with_value(5.0), START_MS + 20 * DAY_MS);
    let bytes = device.snapshot().unwrap();
    let mut kept = |days: u64| {
        assert_eq!(device.restore(&bytes, START_MS + (20 + days) * DAY_MS), Ok(true));
        let profile = device.profile();
        (profile.surveys().as_slice().len(), profile.items().iter().filter_map(|item| item.stars()).count())
    };
    assert_eq!((kept(179), kept(180)), ((1, 1), (0, 0)), "180 days after they were given");
}

#[test]
fn impressions_that_are_opened_lift_a_taste_and_ignored_ones_lower_it() {
    let mut device = consenting();
    device.load_pool(draft(TableKind::Pool, &IDS).encode().unwrap()).unwrap();
    do_it(&mut device, Kind::Click, "alien", START_MS);
    do_it(&mut device, Kind::Click, "heat", START_MS);
    let facet = |device: &Device, name: &str| {
        let key = FacetKind::Category.key(0, name);
        device.profile().facets().get(key).unwrap().clone()
    };
    assert_eq!(facet(&device, "Crime").lift(0.05), 1.0, "without impressions the taste is what it was");
    for step in 0..40 {
        do_it(&mut device, Kind::Impression, "solaris", START_MS + step);
    }
    do_it(&mut device, Kind::Impression, "ronin", START_MS + 50);
    assert!(
        facet(&device, "Crime").lift(0.05) < 1.0,
        "what was opened before it was shown is no answer to a list"
    );
    do_it(&mut device, Kind::Click, "ronin", START_MS + 51);
    let prior = device.profile().facets().click_rate();
    assert!(facet(&device, "Science fiction").lift(prior) < 1.0 && facet(&device, "Crime").lift(prior) > 1.0);
    let rate = facet(&device, "Science fiction").click_rate(0.05);
    assert!((rate - (20.0 * 0.05) / (40.0 + 20.0)).abs() < 1e-4, "{rate}");
}

#[test]
fn what_is_old_is_gone_when_the_profile_is_opened() {
    let mut device = consenting();
    do_it(&mut device, Kind::Click, "alien", START_MS);
    do_it(&mut device, Kind::Purchase, "up", START_MS);
    do_it(&mut device, Kind::Search, "boots", START_MS + 100 * DAY_MS);
    do_it(&mut device, Kind::Click, "heat", START_MS + 100 * DAY_MS);
    let bytes = device.snapshot().unwrap();
    let mut opened = |days: u64| {
        assert_eq!(device.restore(&bytes, START_MS + days * DAY_MS), Ok(true));
        let profile = device.profile();
        let kept =
            (profile.items().len(), profile.facets().as_slice().len(), profile.searches().as_slice().len());
        (kept, profile.windows().as_slice().len(), profile.orders().last_at_ms > 0)
    };
    assert_eq!(opened(100), ((3, 3, 1), 1, true));
    assert_eq!(opened(131), ((3, 3, 0), 0, true), "search terms and hours: 30 days");
    assert_eq!(opened(180), ((1, 1, 0), 0, false), "items, tastes, orders: 180 days");
    assert_eq!(opened(280), ((0, 0, 0), 0, false));
    assert_eq!((device.profile().interactions(), device.profile().sessions()), (0, 0));
    assert_eq!(device.restore(&bytes, 0), Ok(true), "a clock set back forgets nothing");
    assert_eq!(device.profile().items().len(), 3);
}
