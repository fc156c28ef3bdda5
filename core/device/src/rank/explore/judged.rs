//! What another strength of exploration would have listed.
//!
//! The chance of the one is divided by the propensity of the other (Horvitz & Thompson 1952). Both are shares of the same
//! draws, the one that counts among them; those of Thompson sampling are counted here, too. Given the other items' draws
//! they would be exact, and would miss whatever is only likely under others.

use homebody_protocol::ItemKey;

use super::super::candidates::{self, Scored};
use super::super::{BEFORE_DRAWS, Context, EXPLORE, PERSONAL, run};
use super::LEAST_PROPENSITY;
use crate::bandit::decision::Odds;

/// A place of a new list, drawn, and what is told of it. Nothing where no policy is asked about, where the day has its decision,
/// and of an item that variety alone or a rule has put there.
pub(super) fn told(scored: &[Scored], context: &Context<'_>) -> Option<(usize, Odds)> {
    let request = context.request;
    // Which millisecond it is depends on nobody. The seed alone would have one place told of in all lists of a visit.
    let moment = request.now_ms ^ u64::from(request.seed);
    let place = moment.checked_rem(scored.len() as u64)? as usize;
    let told = &scored[place];
    let is_drawn = told.parts[EXPLORE] != 0.0 && told.ruled.pinned == 0;
    let asked = context.pool.extras().judged.exploration_strength;
    if !is_drawn || asked <= 0.0 || context.served > 0 || context.profile?.has_decided(request.now_ms) {
        return None;
    }
    let strengths = [context.policy.exploration_strength, asked];
    let [propensity, chance] = chances(told.key, strengths, context)?;
    // The least propensity stands for none: variety alone has put the item there, or the other strength never lists it.
    if propensity <= LEAST_PROPENSITY {
        return None;
    }
    let weight = if chance > LEAST_PROPENSITY { chance / propensity } else { 0.0 };
    Some((place, Odds { weight, strength: strengths[1] }))
}

/// The chance that an item is listed under each of two strengths, before variety and pins.
fn chances(key: ItemKey, strengths: [f32; 2], context: &Context<'_>) -> Option<[f32; 2]> {
    let mut scored = candidates::gather(context);
    run(&PERSONAL[..BEFORE_DRAWS], &mut scored, context);
    let place = scored.iter().position(|candidate| candidate.key == key)?;
    let mut other = scored.clone();
    super::explore(&mut scored, context, strengths[0], true);
    super::explore(&mut other, context, strengths[1], true);
    Some([scored[place].propensity, other[place].propensity])
}
