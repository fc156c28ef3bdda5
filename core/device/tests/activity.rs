//! Windows, rhythm, sessions, orders, cart: what was done, against counting by hand.

use crate::shop::{IDS, consenting, do_it, draft};
use homebody_device::profile::{GROUPS, Group, Known, MAX_BYTES, MAX_HOURS, MAX_TIME_MS};
use homebody_device::{Consent, Interaction, Permit, Personalize, Profile};
use homebody_protocol::Kind;
use homebody_protocol::features::LONG_AGO_DAYS;
use homebody_protocol::table::TableKind;
use proptest::prelude::*;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const START_MS: u64 = 1_763_900_000_000;

type Deed = (Kind, f32, u64);

#[cfg(test)]
fn permit() -> Permit<Personalize> {
    Consent::from_bits(1, 0).personalize().unwrap()
}

#[cfg(test)]
fn lived(deeds: &[Deed]) -> Profile {
    let mut profile = Profile::new(&permit(), 0);
    for &(kind, value, now_ms) in deeds {
        let deed = Interaction { kind, id: "a", value };
        profile.apply(&permit(), &deed, &Known { price: Some(2.5), ..Known::default() }, now_ms).unwrap();
    }
    profile
}

/// Counts by the definition: the hours of the window, each interaction looked at.
#[cfg(test)]
fn counted(deeds: &[Deed], days: u64, now_ms: u64) -> ([u64; GROUPS], f32) {
    let mut sums = ([0; GROUPS], 0.0);
    for &(kind, value, at_ms) in deeds {
        let (hour, newest) = (at_ms / HOUR_MS, now_ms / HOUR_MS);
        if hour > newest || newest - hour >= 24 * days {
            continue;
        }
        match kind {
            Kind::View | Kind::Click => sums.0[Group::Opens as usize] += 1,
            Kind::CartAdd => sums.0[Group::CartAdds as usize] += 1,
            Kind::Search => sums.0[Group::Searches as usize] += 1,
            Kind::Dwell => sums.0[Group::DwellMs as usize] += value as u64,
            Kind::Purchase => {
                sums.0[Group::Purchases as usize] += 1;
                sums.1 += value.max(1.0) * 2.5;
            }
            _ => {}
        }
    }
    sums
}

#[cfg(test)]
fn same_windows(profile: &Profile, deeds: &[Deed], now_ms: u64) -> Result<(), TestCaseError> {
    for days in [1u32, 7, 30] {
        let (mut counts, value) = profile.windows().sum(days, now_ms);
        let (wanted, wanted_value) = counted(deeds, days.into(), now_ms);
        // Sessions are the tracker's business.
        counts[Group::Sessions as usize] = 0;
        prop_assert_eq!(counts, wanted, "{} days", days);
        prop_assert!((value - wanted_value).abs() <= 1e-4 * wanted_value, "{} {}", value, wanted_value);
    }
    Ok(())
}

#[cfg(test)]
fn kinds() -> impl Strategy<Value = Kind> {
    (1u8..=20).prop_map(|code| Kind::from_code(code).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn windows_equal_counting_ten_thousand_interactions_by_hand(
        deeds in prop::collection::vec((kinds(), 0u16..5_000, 0u64..30 * DAY_MS), 10_000),
        ahead in 0u64..40 * DAY_MS,
    ) {
        // In no order at all: a clock that goes back and forth.
        let deeds: Vec<Deed> =
            deeds.into_iter().map(|(kind, value, at)| (kind, value.into(), START_MS + at)).collect();
        let profile = lived(&deeds);
        same_windows(&profile, &deeds, START_MS + 30 * DAY_MS)?;
        same_windows(&profile, &deeds, START_MS + ahead)?;
        let bytes = profile.encode();
        prop_assert!(bytes.len() <= MAX_BYTES);
        prop_assert_eq!(Profile::decode(&bytes).unwrap(), profile);
    }
}

proptest! {
    #[test]
    fn whatever_comes_stays_finite_and_can_be_stored(
        deeds in prop::collection::vec((kinds(), any::<f32>(), any::<u64>()), 1..60),
        price in prop::option::of(any::<f32>()),
        price_band in prop::option::of(any::<f32>()),
        now_ms in any::<u64>(),
    ) {
        let mut profile = Profile::new(&permit(), 0);
        for (kind, value, at_ms) in deeds {
            let known = Known { price, price_band, ..Known::default() };
            profile.apply(&permit(), &Interaction { kind, id: "a", value }, &known, at_ms).unwrap();
        }
        let summary = profile.summary(now_ms);
        prop_assert!(summary.features().iter().all(|feature| feature.is_finite()));
        prop_assert!(summary.mean_order_value.is_finite() && (0.0..=1.0).contains(&summary.price_level));
        prop_assert_eq!(Profile::decode(&profile.encode()).unwrap(), profile.clone());
        profile.expire(now_ms, 180);
        prop_assert_eq!(Profile::decode(&profile.encode()).unwrap(), profile);
    }
}

/// What a site promised to remember for 90 days is gone after them, also when nobody looked in between.
#[test]
fn l27_a_promise_of_fewer_days_is_kept() {
    const DAY_MS: u64 = 86_400_000;
    let known = Known::default();
    let mut profile = Profile::new(&permit(), 0);
    for (id, day) in [("old", 1000), ("new", 1080)] {
        profile
            .apply(&permit(), &Interaction { kind: Kind::Click, id, value: 1.0 }, &known, day * DAY_MS)
            .unwrap();
    }
    let ids = |profile: &Profile| profile.items().iter().map(|item| item.id.clone()).collect::<Vec<_>>();
    profile.expire(1091 * DAY_MS, 90);
    assert_eq!(ids(&profile), ["new"]);
    profile.expire(1171 * DAY_MS, 90);
    assert!(ids(&profile).is_empty());
}

#[test]
fn a_hundred_thousand_interactions_in_a_day_are_counted() {
    let deeds: Vec<Deed> =
        (0..100_000u64).map(|step| (Kind::Click, 1.0, START_MS + step * DAY_MS / 100_000)).collect();
    let profile = lived(&deeds);
    let now_ms = START_MS + DAY_MS;
    assert_eq!(profile.interactions(), 100_000);
    assert_eq!(profile.summary(now_ms).opens_7d, 100_000.0);
    assert_eq!(profile.items()[0].count, u16::MAX, "saturates");
    assert!(profile.encode().len() < 2_000);
    assert!(profile.rhythm().hours().iter().all(|count| count.is_finite() && *count > 0.0));
}

#[test]
fn an_hour_of_every_hour_is_bounded() {
    let deeds: Vec<Deed> = (0..2_000).map(|hour| (Kind::View, 1.0, START_MS + hour * HOUR_MS)).collect();
    let profile = lived(&deeds);
    assert_eq!(profile.windows().as_slice().len(), MAX_HOURS);
    assert_eq!(profile.summary(START_MS + 1_999 * HOUR_MS).opens_30d, 720.0);
}

#[test]
fn what_fades_halves_in_thirty_days_whatever_the_order() {
    let (first, second) = ((Kind::Click, 1.0, START_MS), (Kind::Click, 1.0, START_MS + 20 * HOUR_MS));
    let (in_turn, late) = (lived(&[first, second]), lived(&[second, first]));
    let (opened, opened_late) = (in_turn.rhythm().group(Group::Opens), late.rhythm().group(Group::Opens));
    assert!((opened - opened_late).abs() < 1e-5 && opened < 2.0);
    let later = lived(&[first, (Kind::Click, 1.0, START_MS + 30 * DAY_MS)]);
    assert!((later.rhythm().group(Group::Opens) - 1.5).abs() < 1e-5);
}

#[test]
fn the_summary_knows_sessions_orders_and_never() {
    let empty = Profile::new(&permit(), 0).summary(START_MS);
    assert_eq!((empty.days_since_purchase, empty.days_since_last_session), (LONG_AGO_DAYS, LONG_AGO_DAYS));
    let second = START_MS + DAY_MS + 10 * 60_000;
    let profile = lived(&[
        (Kind::Click, 1.0, START_MS),
        (Kind::Click, 1.0, START_MS + 10 * 60_000),
        (Kind::Purchase, 4.0, second),
        (Kind::Dwell, 90_000.0, second + 5 * 60_000),
    ]);
    let now = profile.summary(second + 10 * 60_000);
    assert_eq!((now.sessions_30d, now.session_interactions, now.session_minutes), (2.0, 2.0, 10.0));
    assert!((now.days_since_last_session - 1.0).abs() < 1e-6);
    assert_eq!((now.mean_order_value, now.dwell_minutes_7d), (10.0, 1.5));
    assert_eq!(profile.rhythm().session_minutes(), 10.0, "of the session that ended");
    let back = profile.summary(second + 2 * DAY_MS);
    assert_eq!((back.session_interactions, back.session_minutes), (0.0, 0.0), "a session begins now");
    assert!((back.days_since_last_session - 2.0).abs() < 0.01);
    let standing = profile.standing(second + 5 * 60_000 + 30 * DAY_MS);
    assert!((standing.recency_days - 30.0).abs() < 1e-3 && (standing.value - 5.0).abs() < 1e-2);
    assert!((standing.frequency - 1.0).abs() < 0.02, "{}", standing.frequency);
}

#[test]
fn price_bands_are_those_of_the_table() {
    let mut pool = draft(TableKind::Pool, &IDS);
    let prices = [10.0, 20.0, 30.0, 40.0, 50.0];
    for (row, price) in pool.rows.iter_mut().zip(prices) {
        row.price = Some(price);
    }
    pool.rows[5].price = None;
    let level = |id: &str| {
        let mut device = consenting();
        device.load_pool(pool.encode().unwrap()).unwrap();
        do_it(&mut device, Kind::Click, id, START_MS);
        let band = device.profile().rhythm().price_bands().iter().position(|&count| count > 0.0);
        (device.profile().summary(START_MS).price_level, band)
    };
    assert_eq!(level(IDS[0]), (0.1, Some(0)));
    assert_eq!(level(IDS[2]), (0.5, Some(2)));
    assert_eq!(level(IDS[4]), (0.9, Some(4)));
    assert_eq!(level(IDS[5]), (0.5, None), "no price, no band");
    let mut device = consenting();
    device.load_pool(pool.encode().unwrap()).unwrap();
    device.record(&Interaction::new(Kind::Purchase, IDS[1]).with_value(3.0), START_MS);
    do_it(&mut device, Kind::Purchase, IDS[5], START_MS);
    assert_eq!(
        device.profile().summary(START_MS).mean_order_value,
        60.0,
        "what has no price is no order of 0"
    );
    assert_eq!(device.profile().summary(START_MS).purchases_30d, 2.0);
}

#[test]
fn variety_is_that_of_the_categories_opened() {
    let mut device = consenting();
    for id in ["alien", "solaris"] {
        do_it(&mut device, Kind::Click, id, START_MS);
    }
    assert_eq!(device.profile().summary(START_MS).category_variety, 0.0, "one category");
    for id in ["heat", "ronin", "up", "coco"] {
        do_it(&mut device, Kind::Click, id, START_MS);
    }
    assert!((device.profile().summary(START_MS).category_variety - 1.0).abs() < 1e-5, "three alike");
}

#[test]
fn a_cart_is_abandoned_by_leaving_and_by_coming_back_but_not_after_buying() {
    let mut device = consenting();
    device.record(&Interaction::new(Kind::CartAdd, "alien").with_value(2.0), START_MS);
    do_it(&mut device, Kind::CartAdd, "heat", START_MS + 1_000);
    let cart = device.profile().cart();
    assert_eq!((cart.items, cart.pieces, cart.changed_at_ms), (2, 3, START_MS + 1_000));
    let idle = START_MS + 1_000 + 45 * 60_000;
    assert!(!cart.abandoned(START_MS + 60_000, 45.0) && cart.abandoned(idle, 45.0));
    do_it(&mut device, Kind::Click, "up", idle);
    assert!(device.profile().cart().abandoned(idle, 45.0), "came back");
    do_it(&mut device, Kind::Purchase, "alien", idle + 1_000);
    let bought = device.profile().cart();
    assert_eq!((bought.items, bought.pieces), (1, 1));
    assert!(!bought.abandoned(idle + DAY_MS, 45.0));
    do_it(&mut device, Kind::CartAdd, "heat", idle + 2_000);
    assert!(device.profile().cart().abandoned(idle + DAY_MS, 45.0), "filled again since");
    do_it(&mut device, Kind::CartRemove, "heat", idle + 3_000);
    assert!(!device.profile().cart().abandoned(idle + DAY_MS, 45.0), "empty");
    do_it(&mut device, Kind::CartAdd, "heat", idle + 2_500);
    assert_eq!(device.profile().cart().items, 0, "told late: it was taken out since");
}

#[test]
fn times_at_both_ends_are_times() {
    let profile = lived(&[(Kind::Click, 1.0, 0), (Kind::Click, 1.0, u64::MAX), (Kind::Click, 1.0, START_MS)]);
    assert_eq!((profile.interactions(), profile.sessions()), (3, 3));
    assert_eq!(profile.summary(START_MS).opens_30d, 1.0);
    assert_eq!(
        profile.windows().as_slice().last().map(|hour| u64::from(hour.hour)),
        Some(MAX_TIME_MS / HOUR_MS)
    );
}
