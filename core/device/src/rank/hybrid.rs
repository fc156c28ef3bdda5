//! Stage: collaborative against content, where the site fixes the share.

use homebody_protocol::table::Feature;

use super::candidates::Scored;
use super::{Context, RULE, blend};

/// Mixes the pure models by the policy's α; without a fixed one nothing is changed.
///
/// The lists already carry their share ([`super::leaning::Trust`]). Tastes for categories, brands and tags are
/// content and count `1 − α`. What is the same for everybody (popularity, trend, freshness) is of neither model and is
/// dropped, so that at α = 1 and α = 0 a score is, bit for bit, that of the pure model.
pub(super) fn mix(scored: &mut [Scored], context: &Context<'_>) {
    if context.policy.alpha >= 0.0 {
        apply(scored, context.policy.alpha);
    }
}

#[inline(never)]
fn apply(scored: &mut [Scored], alpha: f32) {
    let (everybodys, tastes) = (blend::part_of(Feature::Popularity), blend::part_of(Feature::Category));
    for candidate in scored {
        candidate.parts[everybodys..tastes].fill(0.0);
        candidate.parts[tastes..RULE].iter_mut().for_each(|part| *part *= 1.0 - alpha);
    }
}
