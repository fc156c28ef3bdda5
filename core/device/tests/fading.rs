//! What fades, against adding up ten thousand interactions one by one in double precision.

use homebody_device::profile::{FacetRef, Group, HALF_LIFE_DAYS, Known, LATE_MS};
use homebody_device::{Consent, Interaction, Permit, Personalize, Profile};
use homebody_protocol::Kind;
use homebody_protocol::table::FacetKind;
use proptest::prelude::*;

const DAY_MS: u64 = 86_400_000;
const HOUR_MS: u64 = 3_600_000;
const START_MS: u64 = 1_763_900_000_000;
const PRICE: f32 = 2.5;
const CATEGORIES: [&str; 3] = ["Crime", "Family", "Science fiction"];
const KINDS: [Kind; 7] =
    [Kind::View, Kind::Click, Kind::Impression, Kind::Dwell, Kind::Search, Kind::CartAdd, Kind::Purchase];

/// What was done, with which item, of which value, when. Item `n` is in category `n % 3`.
type Deed = (Kind, usize, f32, u64);

#[cfg(test)]
fn permit() -> Permit<Personalize> {
    Consent::from_bits(1, 0).personalize().unwrap()
}

#[cfg(test)]
fn lived(deeds: &[Deed]) -> Profile {
    let kind = FacetKind::Category;
    let facets = CATEGORIES.map(|name| FacetRef { kind, key: kind.key(0, name), name });
    let mut profile = Profile::new(&permit(), 0);
    for &(kind, item, value, now_ms) in deeds {
        let known = Known { facets: &facets[item % 3..=item % 3], price: Some(PRICE), ..Known::default() };
        let id = format!("item-{item}");
        profile.apply(&permit(), &Interaction { kind, id: &id, value }, &known, now_ms).unwrap();
    }
    profile
}

/// Amounts with the times that they count for. Where the clock is set back by more than a day it is the clock from now on,
/// and what there is keeps its age: times are kept on a clock that never goes back.
#[derive(Default)]
struct Sum {
    amounts: Vec<(f64, u64)>,
    newest_ms: u64,
    set_back_ms: u64,
}

impl Sum {
    fn add(&mut self, amount: f64, at_ms: u64) {
        let back_ms = self.newest_ms.saturating_sub(at_ms);
        if back_ms > LATE_MS {
            self.set_back_ms += back_ms;
        }
        if back_ms == 0 || back_ms > LATE_MS {
            self.newest_ms = at_ms;
        }
        self.amounts.push((amount, at_ms + self.set_back_ms));
    }

    fn faded(&self) -> f64 {
        let now_ms = self.newest_ms + self.set_back_ms;
        let left = |&(amount, at_ms): &(f64, u64)| {
            let days = (now_ms - at_ms) as f64 / DAY_MS as f64;
            amount * libm::exp2(-days / f64::from(HALF_LIFE_DAYS))
        };
        self.amounts.iter().map(left).sum()
    }
}

#[cfg(test)]
fn summed(deeds: &[Deed], amount: impl Fn(&Deed) -> Option<f64>) -> f64 {
    let mut sum = Sum::default();
    for deed in deeds {
        // Every interaction moves the clock of the rhythm.
        sum.add(amount(deed).unwrap_or(0.0), deed.3);
    }
    sum.faded()
}

#[cfg(test)]
fn is_close(found: f32, expected: f64) -> bool {
    (f64::from(found) - expected).abs() <= 1e-3 * (1.0 + expected)
}

#[cfg(test)]
fn group_of(kind: Kind) -> Option<Group> {
    match kind {
        Kind::View | Kind::Click => Some(Group::Opens),
        Kind::CartAdd => Some(Group::CartAdds),
        Kind::Purchase => Some(Group::Purchases),
        Kind::Search => Some(Group::Searches),
        Kind::Dwell => Some(Group::DwellMs),
        _ => None,
    }
}

#[cfg(test)]
fn same_rhythm(profile: &Profile, deeds: &[Deed]) -> Result<(), TestCaseError> {
    for group in [Group::Opens, Group::CartAdds, Group::Purchases, Group::Searches, Group::DwellMs] {
        let of_group = |&(kind, _, value, _): &Deed| {
            let amount = if kind == Kind::Dwell { f64::from(value) } else { 1.0 };
            (group_of(kind).map(|own| own as usize) == Some(group as usize)).then_some(amount)
        };
        let expected = summed(deeds, of_group);
        let found = profile.rhythm().group(group);
        prop_assert!(is_close(found, expected), "{:?}: {} instead of {}", group, found, expected);
    }
    let spent = |&(kind, _, value, _): &Deed| {
        (kind == Kind::Purchase).then(|| f64::from(value.clamp(1.0, 9_999.0) * PRICE))
    };
    prop_assert!(is_close(profile.rhythm().value(), summed(deeds, spent)));
    for (hour, &found) in profile.rhythm().hours().iter().enumerate() {
        let of_hour = |deed: &Deed| (deed.3 / HOUR_MS % 24 == hour as u64).then_some(1.0);
        prop_assert!(is_close(found, summed(deeds, of_hour)), "at {} o'clock", hour);
    }
    Ok(())
}

#[cfg(test)]
fn same_tastes(profile: &Profile, deeds: &[Deed]) -> Result<(), TestCaseError> {
    for (category, name) in CATEGORIES.iter().enumerate() {
        // A facet has a clock of its own: that of what says something about it.
        let own: Vec<Deed> = deeds.iter().filter(|deed| deed.1 % 3 == category).copied().collect();
        let says = |&(kind, _, value, _): &Deed| kind == Kind::Impression || kind.weight(value) > 0.0;
        let own: Vec<Deed> = own.into_iter().filter(says).collect();
        let facet = profile.facets().get(FacetKind::Category.key(0, name)).unwrap();
        let liked = summed(&own, |&(kind, _, value, _)| Some(kind.weight(value).into()));
        let shown = summed(&own, |&(kind, ..)| (kind == Kind::Impression).then_some(1.0));
        let opened = summed(&own, |&(kind, ..)| matches!(kind, Kind::View | Kind::Click).then_some(1.0));
        prop_assert!(is_close(facet.strength, liked), "{}: {} instead of {}", name, facet.strength, liked);
        prop_assert!(is_close(facet.shown, shown) && is_close(facet.opened, opened), "{:?}", facet);
        let later_ms = facet.at_ms + 15 * DAY_MS;
        prop_assert!(is_close(facet.strength_at(later_ms), liked / core::f64::consts::SQRT_2));
    }
    Ok(())
}

/// Ten thousand interactions with times of up to `days`, drawn from a seed: xorshift64 (Marsaglia 2003).
#[cfg(test)]
fn drawn(seed: u64, days: u64) -> (Vec<Deed>, impl FnMut(u64) -> u64) {
    let mut state = seed | 1;
    let mut below = move |bound: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % bound
    };
    let deed = |_| {
        let kind = KINDS[below(KINDS.len() as u64) as usize];
        (kind, below(30) as usize, below(40_000) as f32, START_MS + below(days * DAY_MS))
    };
    let deeds = (0..10_000).map(deed).collect();
    (deeds, below)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn ten_thousand_interactions_in_turn_fade_as_one_by_one(seed in any::<u64>()) {
        let (mut deeds, mut below) = drawn(seed, 90);
        // In order but for what comes late, as from other tabs.
        deeds.sort_by_key(|deed| deed.3);
        deeds.iter_mut().step_by(3).for_each(|deed| deed.3 -= below(LATE_MS));
        let profile = lived(&deeds);
        same_rhythm(&profile, &deeds)?;
        same_tastes(&profile, &deeds)?;
    }

    #[test]
    fn a_clock_that_jumps_back_and_forth_makes_nothing_young(seed in any::<u64>()) {
        let (deeds, _) = drawn(seed, 60);
        let profile = lived(&deeds);
        same_rhythm(&profile, &deeds)?;
        same_tastes(&profile, &deeds)?;
    }
}
