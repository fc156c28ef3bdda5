//! How varied a list is, chosen by what the visitor opens of lists that are more and less so.

use homebody_protocol::ItemKey;

use super::super::Context;
use super::super::candidates::Scored;
use crate::bandit::levels::{Drawn, lambda};

/// No propensity is smaller: it divides.
const LEAST_PROPENSITY: f32 = 1e-3;

/// Sets λ to that of the level drawn for the listing, and draws one for a new listing.
///
/// A neutral list has no visitor to draw for, and a request with a policy of its own has the λ of that.
#[inline(never)]
pub(super) fn choose(drawn: &mut Option<Drawn>, context: &mut Context<'_>) {
    let (Some(profile), None) = (context.profile, context.request.policy) else { return };
    let level = drawn.get_or_insert_with(|| Drawn::of(profile, context.request.seed)).level;
    context.drawn = *drawn;
    context.policy.diversity = lambda_of(level, context);
}

/// Multiplies the propensities of what is about to be listed by the chance that the draw of the level lists it: the chances
/// of the levels under which it is among the places, added up. A pinned item would have been there whatever was drawn.
#[inline(never)]
pub(super) fn weigh(scored: &mut [Scored], context: &Context<'_>, places: usize) {
    let Some(drawn) = context.drawn else { return };
    let mut under = Context { drawn: None, leanings: context.leanings.clone(), ..*context };
    let mut chances = vec![0.0f32; scored.len()];
    let mut listed = Vec::new();
    for (level, chance) in drawn.chances.into_iter().enumerate() {
        if chance <= 0.0 {
            continue;
        }
        under.policy.diversity = lambda_of(level, context);
        let keys = listed_under(&under, scored, places);
        let found = scored.iter().zip(&mut chances).filter(|(candidate, _)| keys.contains(&candidate.key));
        found.for_each(|(_, sum)| *sum += chance);
        if level == drawn.level {
            listed = keys;
        }
    }
    // What is kept for the next page has its turn there.
    let listed = scored.iter_mut().zip(chances).filter(|(candidate, _)| listed.contains(&candidate.key));
    for (candidate, chance) in listed.filter(|(candidate, _)| candidate.ruled.pinned == 0) {
        candidate.propensity = (candidate.propensity * chance).clamp(LEAST_PROPENSITY, 1.0);
    }
}

fn lambda_of(level: usize, context: &Context<'_>) -> f32 {
    lambda(context.pool.extras().diversity_bounds, level)
}

fn listed_under(context: &Context<'_>, scored: &[Scored], places: usize) -> Vec<ItemKey> {
    let mut scored = scored.to_vec();
    super::reorder(&mut scored, context);
    scored.iter().take(places).map(|candidate| candidate.key).collect()
}
