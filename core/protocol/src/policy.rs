//! How a placement wants its lists: the numbers of every stage of the ranking.

use crate::wire::{Reader, Section, put_f32s};

/// What happens to items that are in the visitor's cart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Deserialize, serde::Serialize), serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum CartPolicy {
    /// They are left to the cart and never listed.
    Exclude = 0,
    /// They and what resembles them are listed, and boosted, once the cart counts as abandoned.
    #[default]
    Abandoned = 1,
    /// They are always listed and boosted: the list stands beside a cart.
    Always = 2,
}

/// How unknown items get their chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Deserialize, serde::Serialize), serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Exploration {
    /// Not at all: the list is a function of profile, pool and request.
    #[default]
    None = 0,
    /// Thompson sampling of each item's click rate (Thompson 1933; Chapelle & Li 2011).
    Thompson = 1,
    /// Linear Thompson sampling over item and context features (Agrawal & Goyal 2013).
    #[cfg_attr(feature = "json", serde(rename = "lints"))]
    LinTs = 2,
}

/// The numbers of a placement. Every field has the value that changes nothing, or the mildest, by default.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "json",
    derive(serde::Deserialize, serde::Serialize),
    serde(default, deny_unknown_fields)
)]
pub struct Policy {
    /// Collaborative against content, 0–1; negative lets the share grow with evidence. At 1 and 0 the list is that of
    /// the pure models.
    pub alpha: f32,
    /// λ of maximal marginal relevance, 0–1; 1 = by score alone.
    pub diversity: f32,
    /// No two listed items are more alike than this (cosine, 0–1); 1 = no cap.
    pub max_similarity: f32,
    /// Most items of one category in a list; 0 = any number.
    pub max_per_category: u8,
    /// Most items of one brand in a list; 0 = any number.
    pub max_per_brand: u8,
    /// How much the shares of categories in the list follow those of the visitor's history, 0–1 (Steck 2018).
    pub calibration: f32,
    /// Places kept for good items outside the visitor's known categories.
    pub serendipity_slots: u8,
    /// How unknown items get their chance.
    pub exploration: Exploration,
    /// Standard deviations of the score that a draw may move an item by, ≥ 0.
    pub exploration_strength: f32,
    /// Largest share of new items that exploration may lift into a list, 0–1.
    pub fresh_share: f32,
    /// Impressions after which an item is no longer new.
    pub fresh_impressions: f32,
    /// What happens to items in the cart.
    pub cart: CartPolicy,
    /// Largest boost of an abandoned cart's items, in standard deviations of the score.
    pub cart_boost: f32,
    /// Minutes without interaction after which a filled cart counts as abandoned.
    pub cart_idle_minutes: f32,
    /// Factor of an item's score for each time it was shown and left alone, 0–1; 1 = no discount.
    pub impression_discount: f32,
    /// Hours after which half of that discount is forgotten.
    pub impression_recovery_hours: f32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            alpha: -1.0,
            diversity: 0.85,
            max_similarity: 1.0,
            max_per_category: 0,
            max_per_brand: 0,
            calibration: 0.0,
            serendipity_slots: 0,
            exploration: Exploration::None,
            exploration_strength: 0.5,
            fresh_share: 0.2,
            fresh_impressions: 200.0,
            cart: CartPolicy::Abandoned,
            cart_boost: 1.0,
            cart_idle_minutes: 30.0,
            impression_discount: 1.0,
            impression_recovery_hours: 48.0,
        }
    }
}

impl Policy {
    /// The same with every number within its range.
    #[must_use]
    #[inline(never)]
    pub fn sane(mut self) -> Self {
        let fallback = Self::default();
        let unit =
            |value: f32, otherwise: f32| if value.is_finite() { value.clamp(0.0, 1.0) } else { otherwise };
        let positive =
            |value: f32, otherwise: f32| if value.is_finite() { value.clamp(0.0, 1e6) } else { otherwise };
        self.alpha = if self.alpha >= 0.0 { self.alpha.min(1.0) } else { -1.0 };
        self.diversity = unit(self.diversity, fallback.diversity);
        self.max_similarity = unit(self.max_similarity, fallback.max_similarity);
        self.calibration = unit(self.calibration, fallback.calibration);
        self.fresh_share = unit(self.fresh_share, fallback.fresh_share);
        self.impression_discount = unit(self.impression_discount, fallback.impression_discount);
        self.exploration_strength = positive(self.exploration_strength, fallback.exploration_strength);
        self.fresh_impressions = positive(self.fresh_impressions, fallback.fresh_impressions);
        self.cart_boost = positive(self.cart_boost, fallback.cart_boost);
        self.cart_idle_minutes = positive(self.cart_idle_minutes, fallback.cart_idle_minutes);
        let recovery = positive(self.impression_recovery_hours, fallback.impression_recovery_hours);
        self.impression_recovery_hours = recovery.max(1e-3);
        self
    }
}

impl Section for Policy {
    const TAG: &'static str = "PLCY";

    fn write(&self, out: &mut Vec<u8>) {
        out.extend([self.max_per_category, self.max_per_brand, self.serendipity_slots]);
        out.extend([self.exploration as u8, self.cart as u8, 0, 0, 0]);
        put_f32s(out, &[self.alpha, self.diversity, self.max_similarity, self.calibration]);
        put_f32s(out, &[self.exploration_strength, self.fresh_share, self.fresh_impressions]);
        put_f32s(out, &[self.cart_boost, self.cart_idle_minutes]);
        put_f32s(out, &[self.impression_discount, self.impression_recovery_hours]);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let [max_per_category, max_per_brand, serendipity_slots, exploration, cart, _, _, _] = input.take();
        let exploration =
            input.code(exploration, &[Exploration::None, Exploration::Thompson, Exploration::LinTs]);
        let cart = input.code(cart, &[CartPolicy::Exclude, CartPolicy::Abandoned, CartPolicy::Always]);
        let policy = Self {
            max_per_category,
            max_per_brand,
            serendipity_slots,
            exploration,
            cart,
            alpha: input.f32(),
            diversity: input.f32(),
            max_similarity: input.f32(),
            calibration: input.f32(),
            exploration_strength: input.f32(),
            fresh_share: input.f32(),
            fresh_impressions: input.f32(),
            cart_boost: input.f32(),
            cart_idle_minutes: input.f32(),
            impression_discount: input.f32(),
            impression_recovery_hours: input.f32(),
        };
        input.ensure(policy == policy.sane());
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::decode;

    #[test]
    fn a_policy_is_read_as_written_and_never_out_of_range() {
        let policy = Policy { alpha: 0.5, max_per_brand: 2, cart: CartPolicy::Always, ..Policy::default() };
        let mut out = Vec::new();
        policy.write(&mut out);
        assert_eq!(decode(&out), Some(policy));
        let mut out = Vec::new();
        Policy { diversity: 7.0, ..policy }.write(&mut out);
        assert_eq!(decode::<Policy>(&out), None);
        let wild = Policy { diversity: f32::NAN, cart_boost: f32::INFINITY, ..policy }.sane();
        assert_eq!((wild.diversity, wild.cart_boost), (0.85, 1.0));
    }
}
