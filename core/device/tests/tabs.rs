//! Two tabs that tell their interactions one after the other, against a replay in the order of their times: orders and what
//! fades always, sessions while no tab pauses, taking back where each tab speaks of items of its own. Tastes, cart, ratings
//! and the order of items are in `feedback.rs`.

use homebody_device::profile::{FacetRef, Group, Known, LATE_MS};
use homebody_device::track::SESSION_IDLE_MS;
use homebody_device::{Consent, Interaction, Permit, Personalize, Profile};
use homebody_protocol::Kind;
use homebody_protocol::table::FacetKind;
use proptest::prelude::*;

const START_MS: u64 = 1_763_900_000_000;

/// What was done, with which item, of which value, when.
type Deed = (Kind, usize, f32, u64);

#[cfg(test)]
fn permit() -> Permit<Personalize> {
    Consent::from_bits(1, 0).personalize().unwrap()
}

/// Item `n` is in category `n % 3`, costs `n + 1` and stands among the prices where it stands among the items.
#[cfg(test)]
fn apply(profile: &mut Profile, deeds: &[Deed]) {
    let kind = FacetKind::Category;
    let facets =
        ["Crime", "Family", "Science fiction"].map(|name| FacetRef { kind, key: kind.key(0, name), name });
    for &(kind, item, value, now_ms) in deeds {
        let (price, price_band) = (Some(item as f32 + 1.0), Some(item as f32 / 8.0));
        let known = Known { facets: &facets[item % 3..=item % 3], price, price_band };
        let id = format!("item-{item}");
        profile.apply(&permit(), &Interaction { kind, id: &id, value }, &known, now_ms).unwrap();
    }
}

/// Deeds of any kind at distinct times within a day; the items of the second tab are the odd ones.
#[cfg(test)]
fn deeds(longest_pause_ms: u64) -> impl Strategy<Value = Vec<Deed>> {
    let deed = (1u8..=20, 0usize..8, 1u8..=5, 1..longest_pause_ms);
    prop::collection::vec(deed, 1..80).prop_map(|deeds| {
        let mut now_ms = START_MS;
        let mut timed = |pause_ms| {
            now_ms += pause_ms;
            now_ms
        };
        let deed = |(kind, item, value, pause): (u8, usize, u8, u64)| {
            (Kind::from_code(kind).unwrap(), item, f32::from(value), timed(pause))
        };
        deeds.into_iter().map(deed).collect()
    })
}

/// The serial replay, and the tabs one after the other.
#[cfg(test)]
fn both(all: &[Deed]) -> (Profile, Profile) {
    let of = |odd| all.iter().filter(move |deed| deed.1 % 2 == odd).copied().collect::<Vec<_>>();
    let (mut serial, mut merged) = (Profile::new(&permit(), 0), Profile::new(&permit(), 0));
    apply(&mut serial, all);
    apply(&mut merged, &of(0));
    apply(&mut merged, &of(1));
    (serial, merged)
}

#[cfg(test)]
fn is_close(one: f32, other: f32) -> bool {
    (one - other).abs() <= 1e-3 * (1.0 + one.abs())
}

#[cfg(test)]
fn are_close(one: &[f32], other: &[f32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_close(*one, *other))
}

proptest! {
    #[test]
    fn orders_rhythm_and_what_is_taken_back_are_those_of_a_serial_replay(all in deeds(900_000)) {
        prop_assume!(all.last().unwrap().3 - all[0].3 <= LATE_MS);
        let (serial, merged) = both(&all);
        prop_assert_eq!(merged.orders().count, serial.orders().count);
        prop_assert_eq!(merged.orders().last_at_ms, serial.orders().last_at_ms);
        prop_assert!(is_close(merged.orders().value, serial.orders().value));
        let (one, other) = (merged.rhythm(), serial.rhythm());
        for group in [Group::Opens, Group::CartAdds, Group::Purchases, Group::Searches, Group::DwellMs] {
            prop_assert!(is_close(one.group(group), other.group(group)), "{:?}", group);
        }
        prop_assert!(is_close(one.value(), other.value()) && is_close(one.price_level(), other.price_level()));
        prop_assert!(are_close(one.hours(), other.hours()) && are_close(one.price_bands(), other.price_bands()));
        // Each item belongs to one tab, so "undo" means the same on both ways.
        for item in serial.items() {
            let same = merged.item(item.key).unwrap();
            prop_assert_eq!(same.dismissal, item.dismissal);
            prop_assert_eq!((same.thumb, same.rating), (item.thumb, item.rating));
        }
        let tastes = |profile: &Profile| {
            profile.facets().as_slice().iter().map(|facet| facet.strength_at(all.last().unwrap().3)).collect::<Vec<_>>()
        };
        prop_assert!(are_close(&tastes(&merged), &tastes(&serial)), "{:?} {:?}", tastes(&merged), tastes(&serial));
    }

    #[test]
    fn sessions_are_those_of_a_serial_replay_while_no_tab_pauses(all in deeds(60_000)) {
        let pauses = |odd| {
            let own: Vec<u64> = all.iter().filter(|deed| deed.1 % 2 == odd).map(|deed| deed.3).collect();
            own.windows(2).any(|pair| pair[1] - pair[0] >= SESSION_IDLE_MS)
        };
        prop_assume!(!pauses(0) && !pauses(1));
        let (serial, merged) = both(&all);
        prop_assert_eq!(merged.sessions(), serial.sessions());
        prop_assert!(is_close(merged.rhythm().group(Group::Sessions), serial.rhythm().group(Group::Sessions)));
        let now_ms = all.last().unwrap().3;
        prop_assert_eq!(merged.summary(now_ms).sessions_30d, serial.summary(now_ms).sessions_30d);
        prop_assert_eq!(merged.summary(now_ms).session_interactions, serial.summary(now_ms).session_interactions);
    }
}

/// What depends on who is first (see the table in ARCHITECTURE.md): one tab's pause that another filled is a new session
/// where the pausing tab is told first.
#[test]
fn a_pause_that_another_tab_filled_counts_as_one_where_it_is_told_first() {
    let pause_ms = SESSION_IDLE_MS + 1;
    let all = [
        (Kind::Click, 0, 1.0, START_MS),
        (Kind::Click, 1, 1.0, START_MS + pause_ms / 2),
        (Kind::Click, 0, 1.0, START_MS + pause_ms),
    ];
    let (serial, merged) = both(&all);
    assert_eq!((serial.sessions(), merged.sessions()), (1, 2));
}

/// And "undo" means the opinion that is known when it is told.
#[test]
fn undo_of_another_tabs_opinion_means_what_is_known_when_it_is_told() {
    let (said, undone) = ((Kind::Dismiss, 0, 1.0, START_MS), (Kind::Undo, 0, 1.0, START_MS + 1_000));
    let is_refused = |told: [Deed; 2]| {
        let mut profile = Profile::new(&permit(), 0);
        apply(&mut profile, &told);
        profile.items()[0].is_refused(START_MS + 2_000)
    };
    assert!(!is_refused([said, undone]), "in turn it is taken back");
    assert!(is_refused([undone, said]), "before the dismissal is known there is nothing to take back");
}
