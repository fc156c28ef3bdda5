//! Stage: an abandoned cart comes back to mind.

use homebody_protocol::CartPolicy;
use homebody_protocol::score::spread_history;
use homebody_protocol::table::ListSet;

use super::candidates::Scored;
use super::{CART, Context, blend};

/// What the best neighbour of a carted item gets of what the item itself gets.
const SIMILAR_SHARE: f32 = 0.5;
/// Days after which half of a cart's pull has faded.
const HALF_LIFE_DAYS: f32 = 7.0;
const DAY_MS: f32 = 86_400_000.0;
/// Largest 8-bit weight of a list.
const FULL_WEIGHT: f32 = 127.0;

/// Whether what is in the cart is listed, and boosted: always, never, or once the cart counts as abandoned.
pub(super) fn cart_is_listed(context: &Context<'_>) -> bool {
    let Some(cart) = context.profile.map(crate::Profile::cart) else { return false };
    match context.policy.cart {
        CartPolicy::Exclude => false,
        CartPolicy::Abandoned => cart.abandoned(context.request.now_ms, context.policy.cart_idle_minutes),
        CartPolicy::Always => true,
    }
}

/// Boosts what is in the cart and what resembles it.
///
/// A carted item gets `cart_boost · spread · 2^(−days since the cart changed / 7)`. An item whose lists name carted
/// items gets half of that at most, by how strongly they name them. Nothing gets more than a carted item does. A
/// purchase takes the item out of the cart, and its boost and that of its neighbours with it.
pub(super) fn boost(scored: &mut [Scored], context: &Context<'_>) {
    let Some(profile) = context.profile else { return };
    let cart = profile.cart();
    if cart.items == 0 || context.policy.cart_boost <= 0.0 || !cart_is_listed(context) {
        return;
    }
    let days = context.request.now_ms.saturating_sub(cart.changed_at_ms) as f32 / DAY_MS;
    let most = context.policy.cart_boost * blend::spread(scored) * libm::exp2f(-days / HALF_LIFE_DAYS);
    let carted: Vec<_> =
        profile.items().iter().filter(|item| item.is_in_cart()).map(|item| (item.key, 1.0)).collect();
    for &source in context.sources() {
        let table = context.table(source);
        let marks = spread_history(&carted, table.vocabulary_len(), |key| table.vocabulary_index(key));
        for candidate in scored.iter_mut().filter(|candidate| candidate.source == source) {
            let is_carted = carted.iter().any(|(key, _)| *key == candidate.key);
            let named =
                table.list_sets().fold(0.0f32, |sum, list| sum + likeness(&list, candidate.row, &marks));
            let share = if is_carted { 1.0 } else { SIMILAR_SHARE * named.clamp(0.0, 1.0) };
            blend::add(candidate, CART, most * share);
        }
    }
}

/// How strongly a row's list names what is marked, as a share of the strongest weight a list can have.
fn likeness(list: &ListSet<'_>, row: usize, marks: &[f32]) -> f32 {
    let weights = list.entries(row).filter_map(|(index, weight)| Some(f32::from(weight) * marks.get(index)?));
    weights.fold(0.0, |sum, weight| sum + weight) / FULL_WEIGHT
}
