//! What a metric of an experiment says of a visitor: the two numbers y and x of
//! [`Metric`](homebody_protocol::task::Metric), as far as the profile has them.

use homebody_protocol::task::{Metric, SUMS};

use super::Question;
use super::outcome::outcome;
use crate::profile::{Group, Profile, hour_of};

impl Question<'_> {
    /// Six numbers at the place of the variant; nothing for who was not exposed.
    pub(super) fn metric(&self, variants: u32, metric: Metric, limit: u32) -> Vec<f64> {
        let Some(exposure) = self.facts.exposure.filter(|exposure| exposure.variant < variants) else {
            return Vec::new();
        };
        let (y, x) = read(self.facts.profile, metric, exposure.at_ms, self.facts.now_ms);
        let mut natural = vec![0.0; (exposure.variant * SUMS) as usize];
        natural.extend(metric.sums(limit, y, x));
        natural
    }
}

/// y and x, in the metric's units and not negative.
fn read(profile: &Profile, metric: Metric, since_ms: u64, now_ms: u64) -> (f64, f64) {
    let (windows, hour) = (profile.windows(), hour_of(since_ms));
    let (later, value) = windows.between(hour, u32::MAX);
    let (before, value_before) = windows.between(0, hour.saturating_sub(1));
    let has = |holds: bool| f64::from(u8::from(holds));
    let had = |group: Group| has(before[group as usize] > 0);
    let step = |outcomes: u32| outcome(profile, since_ms, outcomes) > 0;
    match metric {
        Metric::Revenue => (value.into(), value_before.into()),
        Metric::OrderValue => {
            let orders = windows.as_slice().iter().filter(|each| each.hour >= hour && each.value > 0.0);
            (value.into(), orders.count() as f64)
        }
        Metric::ClickThrough => {
            let (mut followed, mut shown) = (0.0, 0.0);
            for item in profile.items().iter().filter(|item| item.shown_at_ms >= since_ms) {
                let is_followed = item.is_opened() && item.last_at_ms >= since_ms && !item.is_refused(now_ms);
                followed += has(is_followed);
                shown += 1.0;
            }
            (followed, shown)
        }
        Metric::Conversion => (has(step(2)), had(Group::Purchases)),
        Metric::Return => {
            let (after, _) = windows.between(hour.saturating_add(1), u32::MAX);
            (has(after[Group::Sessions as usize] > 0), had(Group::Sessions))
        }
        Metric::Dwell => {
            let [y, x] = [later, before].map(|counts| counts[Group::DwellMs as usize] as f64 / 1e3);
            (y, x)
        }
        Metric::Bounce => (has(!step(4)), had(Group::Sessions)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Known;
    use crate::{Consent, Interaction, Purpose};
    use homebody_protocol::Kind;
    use proptest::prelude::*;

    const HOUR_MS: u64 = 3_600_000;
    /// In the middle of an hour.
    const EXPOSED_MS: u64 = 1_763_901_800_000;
    const NOW_MS: u64 = EXPOSED_MS + 40 * HOUR_MS;

    /// Somebody who did such things, minutes after the exposure or before it; whatever has a price costs 25.
    fn somebody(steps: &[(Kind, &str, i64, f32)]) -> Profile {
        let permit = Consent::none().granted(Purpose::Personalize).personalize().unwrap();
        let mut profile = Profile::new(&permit, 0);
        for &(kind, item, minutes, value) in steps {
            let known = Known { price: (item != "priceless").then_some(25.0), ..Known::default() };
            let at_ms = EXPOSED_MS.saturating_add_signed(60_000 * minutes);
            profile.apply(&permit, &Interaction::new(kind, item).with_value(value), &known, at_ms).unwrap();
        }
        profile
    }

    fn told(metric: Metric, steps: &[(Kind, &str, i64, f32)]) -> (f64, f64) {
        read(&somebody(steps), metric, EXPOSED_MS, NOW_MS)
    }

    const DAY: i64 = 24 * 60;

    #[test]
    fn revenue_is_what_was_bought_since_beside_what_was_before() {
        let steps = [
            (Kind::Purchase, "a", -3 * DAY, 2.0),
            (Kind::Purchase, "b", 5, 1.0),
            (Kind::Purchase, "c", DAY, 3.0),
            (Kind::Purchase, "priceless", DAY, 1.0),
        ];
        assert_eq!(told(Metric::Revenue, &steps), (100.0, 50.0));
        assert_eq!(told(Metric::Revenue, &[]), (0.0, 0.0));
    }

    #[test]
    fn an_order_is_what_is_bought_within_an_hour() {
        let steps = [
            (Kind::Purchase, "a", -DAY, 1.0),
            (Kind::Purchase, "b", 5, 1.0),
            (Kind::Purchase, "c", 6, 1.0),
            (Kind::Purchase, "d", DAY, 2.0),
            (Kind::Purchase, "priceless", 30 * 60, 1.0),
        ];
        assert_eq!(told(Metric::OrderValue, &steps), (100.0, 2.0), "what has no price is no order");
    }

    #[test]
    fn click_through_is_of_items_that_were_shown_since() {
        let steps = [
            (Kind::Impression, "before", -9, 1.0),
            (Kind::Click, "before", 1, 1.0),
            (Kind::Click, "opened-before", -9, 1.0),
            (Kind::Impression, "opened-before", 1, 1.0),
            (Kind::Impression, "followed", 2, 1.0),
            (Kind::Impression, "followed", 3, 1.0),
            (Kind::Click, "followed", 4, 1.0),
            (Kind::Impression, "ignored", 5, 1.0),
            (Kind::Impression, "dismissed", 6, 1.0),
            (Kind::Dismiss, "dismissed", 7, 1.0),
        ];
        assert_eq!(told(Metric::ClickThrough, &steps), (1.0, 4.0));
    }

    #[test]
    fn conversion_is_a_purchase_since_the_moment_of_the_exposure() {
        let bought = |minutes| told(Metric::Conversion, &[(Kind::Purchase, "a", minutes, 1.0)]);
        assert_eq!([bought(-90), bought(-1), bought(0)], [(0.0, 1.0), (0.0, 0.0), (1.0, 0.0)]);
        assert_eq!(told(Metric::Conversion, &[(Kind::CartAdd, "a", 1, 1.0)]), (0.0, 0.0));
    }

    #[test]
    fn whoever_comes_back_begins_a_session_in_a_later_hour() {
        let came = |steps: &[i64]| {
            let steps: Vec<_> = steps.iter().map(|&minutes| (Kind::Search, "words", minutes, 1.0)).collect();
            told(Metric::Return, &steps)
        };
        assert_eq!(came(&[-1, 20, 45, 70]), (0.0, 0.0), "one long session");
        assert_eq!(came(&[-1, DAY]), (1.0, 0.0));
        assert_eq!(came(&[-2 * DAY, 1]), (0.0, 1.0));
    }

    #[test]
    fn dwell_is_told_in_seconds() {
        let steps = [
            (Kind::Dwell, "a", -DAY, 4_000.0),
            (Kind::Dwell, "a", 1, 1_500.0),
            (Kind::Dwell, "b", DAY, 60_000.0),
        ];
        assert_eq!(told(Metric::Dwell, &steps), (61.5, 4.0));
    }

    #[test]
    fn whoever_does_nothing_to_an_item_bounces() {
        let bounced = |kind| told(Metric::Bounce, &[(kind, "a", -DAY, 1.0), (kind, "a", 1, 1.0)]);
        assert_eq!(bounced(Kind::Impression), (1.0, 1.0));
        assert_eq!(bounced(Kind::Click), (0.0, 1.0));
        assert_eq!(told(Metric::Bounce, &[]), (1.0, 0.0));
    }

    proptest! {
        #[test]
        fn every_profile_has_numbers_and_more_time_makes_none_of_them_smaller(
            steps in prop::collection::vec((1u8..=20, 0usize..3, -3_000i64..3_000, 0.0f32..1e6), 0..25), which in 0usize..7,
        ) {
            let items = ["a", "b", "priceless"];
            let mut steps: Vec<_> = steps
                .into_iter()
                .filter_map(|(kind, item, at, value)| Some((Kind::from_code(kind)?, items[item], at, value)))
                .collect();
            steps.sort_by_key(|step| step.2);
            let metric = Metric::ALL[which];
            let (y, x) = told(metric, &steps);
            prop_assert!(y.is_finite() && x.is_finite() && y >= 0.0 && x >= 0.0);
            let unlimited = metric == Metric::Bounce || metric == Metric::ClickThrough;
            let before: Vec<_> = steps.iter().copied().filter(|step| step.2 < DAY).collect();
            prop_assert!(unlimited || told(metric, &before).0 <= y);
            if metric == Metric::ClickThrough {
                prop_assert!(y <= x, "no more is followed than was shown");
            }
        }
    }
}
