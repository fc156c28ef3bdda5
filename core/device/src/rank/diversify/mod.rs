//! Stage: variety, so that a list is not ten of the same.

mod calibration;
mod levels;
mod quotas;
mod race;
mod serendipity;
mod shelf;
mod signature;

use homebody_protocol::Policy;

use super::candidates::Scored;
use super::{Context, SERENDIPITY, blend};
use crate::bandit::levels::Drawn;

/// Candidates looked at for each place of the list: what stands lower cannot win on variety alone.
const BREADTH: usize = 4;
/// Candidates looked at where a cap or share may have to reach far down.
const CAPPED_BREADTH: usize = 4_096;

/// Candidates that can reach the list.
pub(super) fn breadth(context: &Context<'_>) -> usize {
    let near = context.places().saturating_mul(BREADTH);
    if is_capped(&context.policy) { near.max(CAPPED_BREADTH) } else { near }
}

/// Draws λ for a new listing, where the placement leaves it to the device, and uses what was drawn on each of its pages.
pub(super) fn choose(drawn: &mut Option<Drawn>, context: &mut Context<'_>) {
    if context.pool.extras().diversity_bounds.are_open() {
        levels::choose(drawn, context);
    }
}

/// Reorders the head of the list; each page of `limit` places is a list of its own.
///
/// A page begins with the best candidate left. Each further place goes to the candidate that violates the caps least
/// (not at all as long as candidates suffice) and among those to the one with the largest
/// `(1 − w) · (λ · relevance − (1 − λ) · max similarity) + w · gain`: maximal marginal relevance (Carbonell &
/// Goldstein 1998) with the policy's `diversity` as λ, and calibration with the policy's weight w. Relevance is the
/// score scaled to 0–1; similarity is the cosine of the facet sets to what is on the page. The caps are
/// `max_similarity`, the quotas, and the places owed to serendipity; violations are added up.
///
/// `scored` is best first. At λ = 1 and without caps nothing is moved.
pub(super) fn reorder(scored: &mut [Scored], context: &Context<'_>) {
    let page = context.request.limit;
    // What is kept for the pages that follow does not compete for this one.
    let near = breadth(context).min(scored.len());
    let scored = &mut scored[..near];
    let places = context.places().min(scored.len());
    if page == 0 || places < 2 {
        return;
    }
    if context.drawn.is_some() {
        levels::weigh(scored, context, places);
    }
    if context.policy.diversity >= 1.0 && !is_capped(&context.policy) {
        return;
    }
    let order = race::order(scored, context, places);
    // Choices name candidates by where they stood at first. One that stood at a place filled since was swapped away.
    let mut went = Vec::with_capacity(places);
    for (place, choice) in order.into_iter().enumerate() {
        let mut from = choice.index;
        while from < place {
            from = went[from];
        }
        went.push(from);
        scored.swap(place, from);
        if choice.lift > 0.0 {
            blend::add(&mut scored[place], SERENDIPITY, choice.lift);
        }
    }
}

fn is_capped(policy: &Policy) -> bool {
    let quotas = policy.max_per_category > 0 || policy.max_per_brand > 0;
    quotas || policy.max_similarity < 1.0 || policy.calibration > 0.0 || policy.serendipity_slots > 0
}
