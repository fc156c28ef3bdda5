//! What came of an experiment: the furthest step since the visitor was exposed to it.

use crate::profile::{Profile, hour_of};

const TOUCHED: u32 = 1;
const IN_CART: u32 = 2;
const BOUGHT: u32 = 3;
/// Nothing, and the three above.
const STEPS: u32 = 4;

/// The furthest step since `since_ms` (milliseconds since 1970), as one of `outcomes` (at least 1): 0 nothing, 1 something
/// done to an item, 2 the cart changed and not left empty, 3 bought. Fewer outcomes leave out the first steps: of
/// two, 1 is bought. More tell purchases apart by their value in the site's currency, doubling: below 2 it is 3, below 4
/// it is 4, below 8 it is 5; the last is all above. The value is exact to the hour, as [`crate::profile::Windows`] are, and
/// counts purchases whose price is known.
pub(super) fn outcome(profile: &Profile, since_ms: u64, outcomes: u32) -> u32 {
    let cart = profile.cart();
    let step = if cart.purchased_at_ms >= since_ms {
        // From the beginning of that hour.
        let (_, value) = profile.windows().between(hour_of(since_ms), u32::MAX);
        BOUGHT + doublings(value)
    } else if cart.items > 0 && cart.changed_at_ms >= since_ms {
        IN_CART
    } else {
        // The one that was opened last is first.
        let opened = profile.items().first().filter(|item| item.is_opened() && item.last_at_ms >= since_ms);
        opened.map_or(0, |_| TOUCHED)
    };
    step.min(outcomes.max(STEPS) - 1).saturating_sub(STEPS.saturating_sub(outcomes))
}

/// How often 1 can be doubled without exceeding the value: the exponent of a number of binary32 that is not negative.
fn doublings(value: f32) -> u32 {
    (value.to_bits() >> 23).saturating_sub(127)
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

    fn somebody(steps: &[(Kind, &str, u64)], price: Option<f32>) -> Profile {
        let permit = Consent::none().granted(Purpose::Personalize).personalize().unwrap();
        let mut profile = Profile::new(&permit, 0);
        let known = Known { price, ..Known::default() };
        for &(kind, item, at_ms) in steps {
            profile.apply(&permit, &Interaction::new(kind, item), &known, at_ms).unwrap();
        }
        profile
    }

    fn of_four(steps: &[(Kind, &str, u64)]) -> u32 {
        outcome(&somebody(steps, None), EXPOSED_MS, 4)
    }

    #[test]
    fn the_furthest_step_since_the_exposure_counts() {
        let (before, after) = (EXPOSED_MS - 1, EXPOSED_MS + 1);
        assert_eq!(of_four(&[]), 0);
        for kind in [Kind::Click, Kind::CartAdd, Kind::Purchase] {
            assert_eq!(of_four(&[(kind, "a", before)]), 0, "{kind:?} before it");
        }
        assert_eq!(of_four(&[(Kind::Impression, "a", after)]), 0, "shown is not done");
        assert_eq!(of_four(&[(Kind::Click, "a", EXPOSED_MS)]), 1);
        assert_eq!(of_four(&[(Kind::CartAdd, "a", after), (Kind::Click, "b", after + 1)]), 2);
        assert_eq!(of_four(&[(Kind::CartAdd, "a", after), (Kind::CartRemove, "a", after + 1)]), 1);
        assert_eq!(of_four(&[(Kind::CartAdd, "a", before), (Kind::Click, "a", after)]), 1);
        assert_eq!(of_four(&[(Kind::Click, "a", after), (Kind::Impression, "b", after + 1)]), 1);
        assert_eq!(of_four(&[(Kind::Purchase, "a", after), (Kind::CartAdd, "b", after + 1)]), 3);
    }

    #[test]
    fn fewer_outcomes_leave_out_the_first_steps() {
        let told = |kind: Kind| {
            let profile = somebody(&[(kind, "a", EXPOSED_MS + 1)], None);
            [1, 2, 3, 4, 64].map(|outcomes| outcome(&profile, EXPOSED_MS, outcomes))
        };
        assert_eq!(told(Kind::Click), [0, 0, 0, 1, 1]);
        assert_eq!(told(Kind::CartAdd), [0, 0, 1, 2, 2]);
        assert_eq!(told(Kind::Purchase), [0, 1, 2, 3, 3], "without a price the least is taken");
    }

    #[test]
    fn more_outcomes_tell_purchases_apart_by_their_value() {
        let told = |price: f32, outcomes: u32| {
            let earlier = (Kind::Purchase, "a", EXPOSED_MS - HOUR_MS);
            let steps =
                [earlier, (Kind::Purchase, "b", EXPOSED_MS + 1), (Kind::Purchase, "c", EXPOSED_MS + 2)];
            outcome(&somebody(&steps, Some(price)), EXPOSED_MS, outcomes)
        };
        for (price, bucket) in
            [(0.0, 3), (0.99, 3), (1.0, 4), (1.99, 4), (2.0, 5), (25.0, 8), (300.0, 11), (1e30, 11)]
        {
            assert_eq!(told(price, 12), bucket, "two at {price}");
        }
        assert_eq!((told(25.0, 5), told(25.0, 4), told(25.0, 2)), (4, 3, 1));
    }

    proptest! {
        #[test]
        fn every_profile_has_an_outcome_and_more_of_it_is_never_less(
            steps in prop::collection::vec((1u8..=20, 0usize..4, 0u64..20), 0..20),
            since in 0u64..20, outcomes in 1u32..=64, price in prop_oneof![0.0f32..1e3, 0.0..f32::MAX],
        ) {
            let items = ["a", "b", "c", "d"];
            let at_ms = |hour: u64| EXPOSED_MS + hour * HOUR_MS;
            let steps: Vec<_> = steps
                .into_iter()
                .filter_map(|(kind, item, hour)| Some((Kind::from_code(kind)?, items[item], at_ms(hour))))
                .collect();
            let profile = somebody(&steps, Some(price));
            let told = outcome(&profile, at_ms(since), outcomes);
            prop_assert!(told < outcomes);
            prop_assert!(outcome(&profile, at_ms(since) - HOUR_MS, outcomes) >= told, "a longer look back sees as much");
            let bought = steps.iter().any(|(kind, _, at)| *kind == Kind::Purchase && *at >= at_ms(since));
            prop_assert_eq!(outcome(&profile, at_ms(since), 2) == 1, bought);
        }
    }
}
