//! Stage: the visitor's taste for categories, brands and tags.

use homebody_protocol::table::{FacetKind, Feature};

use super::candidates::Scored;
use super::popularity::standardised;
use super::{Bytes, Context, Source, blend};
use crate::profile::Profile;

/// Likes that stand for "could like anything" before a visitor has shown any: a taste of one click is weak.
const SMOOTHING: f32 = 3.0;

/// Scores each candidate's facets against the profile.
///
/// The taste for a facet is `strength / (Σ |strength| of its kind + 3)`, in (−1, 1); the value of a kind
/// for an item is the sum over its facets of that kind, divided by the root of their number, so that an
/// item is not good for being tagged with everything.
pub(super) fn score_affinity(scored: &mut [Scored], context: &Context<'_>) {
    let Some(profile) = context.profile else { return };
    let tastes =
        [Source::Pool, Source::Catalogue].map(|source| tastes(profile, context.table(source), context));
    for candidate in scored {
        let table = context.table(candidate.source);
        let tastes = &tastes[candidate.source as usize];
        let mut sums = [(0.0f32, 0.0f32); 3];
        for facet in table.facets(candidate.row) {
            let (kind, taste) = tastes[facet];
            let (sum, count) = &mut sums[kind as usize];
            *sum += taste;
            *count += 1.0;
        }
        for weight in &table.blend().features {
            let Some(kind) = kind_of(weight.feature) else { continue };
            let (sum, count) = sums[kind as usize];
            let value = if count > 0.0 { sum / count.sqrt() } else { 0.0 };
            candidate.parts[blend::part_of(weight.feature)] = standardised(weight, value);
        }
    }
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

/// Kind and taste of every facet of a table.
pub(super) fn tastes(profile: &Profile, table: &Bytes, context: &Context<'_>) -> Vec<(FacetKind, f32)> {
    let now_ms = context.request.now_ms;
    let mut totals = [SMOOTHING; 3];
    for facet in profile.facets().as_slice() {
        totals[facet.kind as usize] += facet.strength_at(now_ms).abs();
    }
    let taste = |index| {
        let kind = table.facet_kind(index);
        let known = profile.facets().get(table.facet_key(index));
        let strength = known.map_or(0.0, |facet| facet.strength_at(now_ms));
        (kind, strength / totals[kind as usize])
    };
    (0..table.facet_count()).map(taste).collect()
}
