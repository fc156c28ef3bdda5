//! What another strength of exploration would have listed, by the same draws.
//!
//! The chance of the one is divided by the propensity of the other (Horvitz & Thompson 1952). Both are given the others'
//! draws, so that their quotient is unbiased whichever those are.

use homebody_protocol::{Exploration, ItemKey};

use super::super::candidates::{self, Scored};
use super::super::{BEFORE_DRAWS, Context, PERSONAL, run};
use super::LEAST_PROPENSITY;
use crate::bandit::decision::Odds;

/// A place of a new list, drawn, and what is told of it. Nothing where no policy is asked about, and where a rule has put the item
/// there.
pub(super) fn told(scored: &[Scored], context: &Context<'_>) -> Option<(usize, Odds)> {
    let strengths = [context.policy.exploration_strength, context.pool.extras().judged.exploration_strength];
    let is_asked = context.policy.exploration != Exploration::None && strengths[0].min(strengths[1]) > 0.0;
    // Which millisecond it is depends on nobody. The seed alone would have one place told of in all lists of a visit.
    let moment = context.request.now_ms ^ u64::from(context.request.seed);
    let place = moment.checked_rem(scored.len() as u64)? as usize;
    let told = &scored[place];
    if !is_asked || context.served > 0 || told.ruled.pinned > 0 {
        return None;
    }
    let [propensity, chance] = chances(told.key, strengths, context)?;
    // The least propensity keeps quotients finite; as a chance it would be one where there is none.
    let weight = if chance > LEAST_PROPENSITY { chance / propensity } else { 0.0 };
    Some((place, Odds { weight, strength: strengths[1] }))
}

/// The chance that an item is listed under each of two strengths, before variety and pins.
fn chances(key: ItemKey, strengths: [f32; 2], context: &Context<'_>) -> Option<[f32; 2]> {
    let mut scored = candidates::gather(context);
    run(&PERSONAL[..BEFORE_DRAWS], &mut scored, context);
    let place = scored.iter().position(|candidate| candidate.key == key)?;
    let mut other = scored.clone();
    super::explore(&mut scored, context, strengths[0]);
    super::explore(&mut other, context, strengths[1]);
    Some([scored[place].propensity, other[place].propensity])
}
