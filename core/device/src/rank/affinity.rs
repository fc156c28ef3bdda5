//! Stages: the visitor's taste for categories, brands and tags.

use homebody_protocol::table::{FacetKind, Feature};

use super::candidates::Scored;
use super::popularity::standardised;
use super::{Context, Source, blend};

/// Standard deviations of the score that a taste of 1 moves an item by while nothing but answers is known.
const ANSWERS: f32 = 2.0;

/// Scores each candidate's facets against the profile.
pub(super) fn score_affinity(scored: &mut [Scored], context: &Context<'_>) {
    // Many blends weigh no tastes; facets are then not looked at.
    let is_weighed = |&source: &Source| {
        context.table(source).blend().features.iter().any(|weight| kind_of(weight.feature).is_some())
    };
    if !context.sources().iter().any(is_weighed) {
        return;
    }
    for candidate in scored {
        let values = values(candidate, context);
        for weight in &context.table(candidate.source).blend().features {
            let Some(kind) = kind_of(weight.feature) else { continue };
            candidate.parts[blend::part_of(weight.feature)] = standardised(weight, values[kind as usize]);
        }
    }
}

/// Lets a newcomer's answers be felt whatever the blend: it is learned from visitors with a history, and may know
/// no tastes at all. Fades with the answers themselves; content, so it counts `1 − α` where the policy fixes α.
pub(super) fn heed_answers(scored: &mut [Scored], context: &Context<'_>) {
    let worth = context.leaning(Source::Pool).answers * (1.0 - context.policy.alpha.max(0.0));
    if worth > 0.0 {
        add_answers(scored, context, worth);
    }
}

#[inline(never)]
fn add_answers(scored: &mut [Scored], context: &Context<'_>, worth: f32) {
    let unit = ANSWERS * worth * blend::spread(scored);
    for candidate in scored {
        let values = values(candidate, context);
        // The parts of the kinds stand in the order of the kinds.
        for (kind, value) in values.into_iter().enumerate() {
            blend::add(candidate, blend::part_of(Feature::Category) + kind, unit * value);
        }
    }
}

/// For each kind, the sum of the tastes for a candidate's facets of it, divided by the root of their number, so that
/// an item is not good for being tagged with everything.
fn values(candidate: &Scored, context: &Context<'_>) -> [f32; 3] {
    let tastes = &context.leaning(candidate.source).tastes;
    let (mut sums, mut counts) = ([0.0f32; 3], [0.0f32; 3]);
    for facet in context.table(candidate.source).facets(candidate.row) {
        let (kind, taste) = tastes[facet];
        sums[kind as usize] += taste;
        counts[kind as usize] += 1.0;
    }
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum = if count > 0.0 { *sum / count.sqrt() } else { 0.0 };
    }
    sums
}

/// The facet kind a feature is about.
pub(super) fn kind_of(feature: Feature) -> Option<FacetKind> {
    match feature {
        Feature::Category => Some(FacetKind::Category),
        Feature::Brand => Some(FacetKind::Brand),
        Feature::Tag => Some(FacetKind::Tag),
        Feature::Popularity | Feature::Trend | Feature::Freshness => None,
    }
}
