//! What a visitor is like at a moment, as numbers that segments and intent are learned from.
//!
//! The device fills a [`VisitorSummary`] from its profile, the learner from a history; the formulas are here, so that a
//! model means the same on both sides.

/// Number of features.
pub const FEATURES: usize = 16;

/// Names of the features, in order; exports, dashboards and imported tree models use them.
pub const FEATURE_NAMES: [&str; FEATURES] = [
    "opens_1d",
    "opens_7d",
    "opens_30d",
    "cart_adds_7d",
    "purchases_30d",
    "searches_7d",
    "sessions_30d",
    "session_interactions",
    "session_minutes",
    "days_since_last_session",
    "days_since_purchase",
    "dwell_minutes_7d",
    "mean_order_value",
    "price_level",
    "category_variety",
    "items_in_cart",
];

/// Days that stand for "never" or "longer ago than is remembered".
pub const LONG_AGO_DAYS: f32 = 365.0;

/// Counts over exact windows that end now, and a few ratios.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VisitorSummary {
    /// Items opened (view, click) in the last day.
    pub opens_1d: f32,
    /// In the last 7 days.
    pub opens_7d: f32,
    /// In the last 30 days.
    pub opens_30d: f32,
    /// Cart additions in the last 7 days.
    pub cart_adds_7d: f32,
    /// Purchases in the last 30 days.
    pub purchases_30d: f32,
    /// Searches in the last 7 days.
    pub searches_7d: f32,
    /// Sessions begun in the last 30 days.
    pub sessions_30d: f32,
    /// Interactions of the current session.
    pub session_interactions: f32,
    /// Minutes since the current session began.
    pub session_minutes: f32,
    /// Days between the current session's beginning and the end of the one before; [`LONG_AGO_DAYS`] for a first one.
    pub days_since_last_session: f32,
    /// Days since the last purchase; [`LONG_AGO_DAYS`] without one.
    pub days_since_purchase: f32,
    /// Active minutes on item pages in the last 7 days.
    pub dwell_minutes_7d: f32,
    /// Mean value of the purchases known, in the site's currency; 0 without any.
    pub mean_order_value: f32,
    /// Mean price band of what was opened, 0 (cheapest) to 1; 0.5 unknown.
    pub price_level: f32,
    /// Entropy of the categories opened, divided by the largest possible, 0–1.
    pub category_variety: f32,
    /// Items in the cart now.
    pub items_in_cart: f32,
}

impl Default for VisitorSummary {
    /// Somebody who has just arrived for the first time.
    fn default() -> Self {
        Self {
            opens_1d: 0.0,
            opens_7d: 0.0,
            opens_30d: 0.0,
            cart_adds_7d: 0.0,
            purchases_30d: 0.0,
            searches_7d: 0.0,
            sessions_30d: 0.0,
            session_interactions: 0.0,
            session_minutes: 0.0,
            days_since_last_session: LONG_AGO_DAYS,
            days_since_purchase: LONG_AGO_DAYS,
            dwell_minutes_7d: 0.0,
            mean_order_value: 0.0,
            price_level: 0.5,
            category_variety: 0.0,
            items_in_cart: 0.0,
        }
    }
}

impl VisitorSummary {
    /// The features: `ln(1 + x)` of counts, times and values, ratios as they are. Finite whatever the summary holds.
    pub fn features(&self) -> [f32; FEATURES] {
        [
            scaled(self.opens_1d),
            scaled(self.opens_7d),
            scaled(self.opens_30d),
            scaled(self.cart_adds_7d),
            scaled(self.purchases_30d),
            scaled(self.searches_7d),
            scaled(self.sessions_30d),
            scaled(self.session_interactions),
            scaled(self.session_minutes),
            scaled(self.days_since_last_session.min(LONG_AGO_DAYS)),
            scaled(self.days_since_purchase.min(LONG_AGO_DAYS)),
            scaled(self.dwell_minutes_7d),
            scaled(self.mean_order_value),
            share(self.price_level),
            share(self.category_variety),
            scaled(self.items_in_cart),
        ]
    }
}

#[inline(never)] // Fourteen copies of a logarithm are a kilobyte of the browser module.
fn scaled(value: f32) -> f32 {
    if value > 0.0 && value.is_finite() { libm::log1pf(value) } else { 0.0 }
}

fn share(value: f32) -> f32 {
    if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_finite_whatever_comes() {
        let wild =
            VisitorSummary { opens_1d: f32::INFINITY, price_level: f32::NAN, ..VisitorSummary::default() };
        assert!(wild.features().iter().all(|value| value.is_finite()));
        assert_eq!(FEATURE_NAMES.len(), wild.features().len());
    }
}
