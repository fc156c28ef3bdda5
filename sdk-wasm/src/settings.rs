//! The choices of one ranking, as the numbers they cross the boundary as.
//!
//! `NaN` stands for "not given": a number of the policy is then the pool's, a circumstance unknown; so does a count or
//! code out of range, and no choice is negative. The order is that of `js/src/rank/settings.ts`.

use homebody_protocol::context::{DeviceClass, PageContext, Referrer};
use homebody_protocol::policy::{CartPolicy, Exploration, Policy};

/// Numbers of the page's context, before those of the policy.
const CONTEXT: usize = 5;

/// Reads numbers one after the other; what is missing is not given.
struct Numbers<'a>(core::slice::Iter<'a, f32>);

impl Numbers<'_> {
    fn next(&mut self) -> Option<f32> {
        self.0.next().copied().filter(|number| !number.is_nan())
    }

    fn put(&mut self, number: &mut f32) {
        *number = self.next().unwrap_or(*number);
    }

    fn put_count(&mut self, count: &mut u8) {
        *count = self.code().unwrap_or(*count);
    }

    fn code(&mut self) -> Option<u8> {
        self.next().filter(|number| (0.0..256.0).contains(number)).map(|number| number as u8)
    }
}

/// Device class, viewport width, hour, weekday, referrer class.
pub(crate) fn page_of(settings: &[f32], region: u32) -> PageContext {
    let mut numbers = Numbers(settings.iter());
    PageContext {
        device: DeviceClass::from_code(numbers.code().unwrap_or(0)),
        viewport_px: numbers.next().unwrap_or(0.0) as u16,
        hour: numbers.code().filter(|&hour| hour < 24),
        weekday: numbers.code().filter(|&day| day < 7),
        region,
        referrer: Referrer::from_code(numbers.code().unwrap_or(0)),
    }
}

/// The pool's policy with the given numbers in place of its own; `None` if none is given.
pub(crate) fn policy_of(settings: &[f32], mut policy: Policy) -> Option<Policy> {
    let given = settings.get(CONTEXT..).unwrap_or_default();
    // The codes of what was not given are negative.
    if !given.iter().any(|&number| number >= 0.0) {
        return None;
    }
    let mut numbers = Numbers(given.iter());
    for number in [
        &mut policy.alpha,
        &mut policy.diversity,
        &mut policy.max_similarity,
        &mut policy.calibration,
        &mut policy.exploration_strength,
        &mut policy.fresh_share,
        &mut policy.fresh_impressions,
        &mut policy.cart_boost,
        &mut policy.cart_idle_minutes,
        &mut policy.impression_discount,
        &mut policy.impression_recovery_hours,
    ] {
        numbers.put(number);
    }
    numbers.put_count(&mut policy.max_per_category);
    numbers.put_count(&mut policy.max_per_brand);
    numbers.put_count(&mut policy.serendipity_slots);
    policy.exploration = match numbers.code() {
        Some(0) => Exploration::None,
        Some(1) => Exploration::Thompson,
        Some(2) => Exploration::LinTs,
        _ => policy.exploration,
    };
    policy.cart = match numbers.code() {
        Some(0) => CartPolicy::Exclude,
        Some(1) => CartPolicy::Abandoned,
        Some(2) => CartPolicy::Always,
        _ => policy.cart,
    };
    Some(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_is_the_pools_or_unknown() {
        let pool = Policy { diversity: 0.3, max_per_brand: 2, cart: CartPolicy::Always, ..Policy::default() };
        assert_eq!(policy_of(&[], pool), None);
        assert_eq!(policy_of(&[f32::NAN; 21], pool), None);
        let mut settings = [f32::NAN; 21];
        settings[6] = 0.9;
        assert_eq!(policy_of(&settings, pool), Some(Policy { diversity: 0.9, ..pool }));
        assert_eq!(page_of(&[f32::NAN; 21], 7), PageContext { region: 7, ..PageContext::default() });
    }

    #[test]
    fn every_number_has_its_place() {
        let mut settings = vec![2.0, 390.0, 8.0, 0.0, 3.0];
        settings.extend([0.5, 0.6, 0.7, 0.1, 2.0, 0.3, 50.0, 3.0, 10.0, 0.9, 12.0]);
        settings.extend([3.0, 4.0, 5.0, 2.0, 0.0]);
        let page = PageContext {
            device: DeviceClass::Phone,
            viewport_px: 390,
            hour: Some(8),
            weekday: Some(0),
            region: 9,
            referrer: Referrer::Social,
        };
        assert_eq!(page_of(&settings, 9), page);
        let policy = Policy {
            alpha: 0.5,
            diversity: 0.6,
            max_similarity: 0.7,
            max_per_category: 3,
            max_per_brand: 4,
            calibration: 0.1,
            serendipity_slots: 5,
            exploration: Exploration::LinTs,
            exploration_strength: 2.0,
            fresh_share: 0.3,
            fresh_impressions: 50.0,
            cart: CartPolicy::Exclude,
            cart_boost: 3.0,
            cart_idle_minutes: 10.0,
            impression_discount: 0.9,
            impression_recovery_hours: 12.0,
        };
        assert_eq!(policy_of(&settings, Policy::default()), Some(policy));
    }

    #[test]
    fn what_is_out_of_range_is_not_given() {
        let page = page_of(&[9.0, 1e9, 24.0, -1.0, 99.0], 0);
        assert_eq!((page.device, page.viewport_px), (DeviceClass::Unknown, u16::MAX));
        assert_eq!((page.hour, page.weekday, page.referrer), (None, None, Referrer::Unknown));
        let mut settings = vec![f32::NAN; 21];
        (settings[16], settings[19], settings[20]) = (1e9, 7.0, -1.0);
        assert_eq!(policy_of(&settings, Policy::default()), Some(Policy::default()));
        (settings[16], settings[19]) = (f32::NAN, -1.0);
        assert_eq!(policy_of(&settings, Policy::default()), None);
    }
}
