//! What of an experiment can be measured, in sums.
//!
//! A visitor says six numbers, each between 0 and 1: 1, y, y², x, x² and x y. Their sums over an arm's visitors carry a
//! mean of y made surer by x (Deng, Xu, Kohavi, Walker: *Improving the Sensitivity of Online Controlled Experiments by
//! Utilizing Pre-Experiment Data*, 2013), or the ratio y / x with its error by the delta method (Deng, Knoblich, Lu:
//! *Applying the Delta Method in Metric Analytics*, 2018). What y and x are is read by the device; see the metrics.

use serde::{Deserialize, Serialize};

/// Sums of an arm: of 1, y, y², x, x² and x y, in this order.
pub const SUMS: u32 = 6;
/// Most orders of one visitor that count.
pub const MAX_ORDERS: u32 = 10;

/// A metric. *Since* is since the visitor was first exposed, from the beginning of that hour and for 31 days at the most;
/// *before* is what the device still knows of the 31 days before now, up to that hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Value of what a visitor bought. y: since, x: before, in the site's currency. Purchases without a price count as 0.
    Revenue,
    /// Value of an order. y: value bought since, x: orders since, up to [`MAX_ORDERS`]. What is bought within one hour of
    /// the clock is one order.
    OrderValue,
    /// Share of shown items that were followed. x: items whose last impression is since, y: those of them that something
    /// was done to since, refusals aside. Items, not impressions.
    ClickThrough,
    /// Share of visitors who bought something. y: since the moment of the exposure, x: before.
    Conversion,
    /// Share of visitors who came back. y: a session began after the hour of the exposure, x: one began before it.
    Return,
    /// Active time on items, in seconds. y: since, x: before.
    Dwell,
    /// Share of visitors who did nothing to any item since the moment of the exposure. x: a session began before it.
    Bounce,
}

/// What a metric's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Of the site's currency.
    Currency,
    /// Seconds.
    Seconds,
    /// Things; a ratio of two numbers of them is a share.
    Items,
    /// Of visitors, 0 to 1.
    Share,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Revenue,
        Self::OrderValue,
        Self::ClickThrough,
        Self::Conversion,
        Self::Return,
        Self::Dwell,
        Self::Bounce,
    ];

    /// The unit of what is said about a visitor: that of a task's `limit`.
    pub fn unit(self) -> Unit {
        match self {
            Self::Revenue | Self::OrderValue => Unit::Currency,
            Self::ClickThrough => Unit::Items,
            Self::Dwell => Unit::Seconds,
            Self::Conversion | Self::Return | Self::Bounce => Unit::Share,
        }
    }

    /// Whether it is Σ y / Σ x; else it is the mean of y, and x is what was known before.
    pub fn is_ratio(self) -> bool {
        matches!(self, Self::OrderValue | Self::ClickThrough)
    }

    /// The largest y and x of a visitor, for a task's `limit`.
    pub fn limits(self, limit: u32) -> (f64, f64) {
        let most = if self == Self::OrderValue { MAX_ORDERS } else { limit };
        (f64::from(limit), f64::from(most))
    }

    /// The six numbers of a visitor, from y and x in the metric's units; `limit` as the task says.
    ///
    /// Of a ratio what is beyond the largest x is left out of y in proportion, so that a visitor's own ratio stays. Then
    /// both are cut at their largest.
    pub fn sums(self, limit: u32, y: f64, x: f64) -> [f64; SUMS as usize] {
        let (y_limit, x_limit) = self.limits(limit);
        let kept = if self.is_ratio() && x > x_limit { x_limit / x } else { 1.0 };
        let [y, x] = [y * kept / y_limit, x / x_limit].map(|share| share.min(1.0));
        [1.0, y, y * y, x, x * x, x * y]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_in_tasks_are_stable() {
        let names = Metric::ALL.map(|metric| serde_json::to_string(&metric).unwrap());
        let words = ["revenue", "order_value", "click_through", "conversion", "return", "dwell", "bounce"];
        assert_eq!(names, words.map(|word| format!("\"{word}\"")));
    }

    #[test]
    fn a_heavy_buyer_keeps_the_ratio_and_loses_the_weight() {
        // Twenty orders of 30: ten of them count.
        assert_eq!(Metric::OrderValue.sums(600, 600.0, 20.0), [1.0, 0.5, 0.25, 1.0, 1.0, 0.5]);
        assert_eq!(Metric::OrderValue.sums(100, 600.0, 2.0)[1], 1.0, "what is dear is cut");
        assert_eq!(Metric::Revenue.sums(100, 25.0, 400.0), [1.0, 0.25, 0.0625, 1.0, 1.0, 0.25]);
    }

    proptest! {
        #[test]
        fn each_number_is_a_share(which in 0usize..7, limit in 1u32..1_000_000, y in 0.0..f64::MAX, x in 0.0..f64::MAX) {
            for number in Metric::ALL[which].sums(limit, y, x) {
                prop_assert!((0.0..=1.0).contains(&number), "{number}");
            }
        }
    }
}
