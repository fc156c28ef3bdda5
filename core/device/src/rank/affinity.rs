//! Stage: the visitor's taste for categories, brands and tags.

use homebody_protocol::table::{FacetKind, Feature};

use super::candidates::Scored;
use super::popularity::standardised;
use super::{Context, blend};

/// Scores each candidate's facets against the profile.
///
/// The value of a kind for an item is the sum of the tastes for its facets of that kind, divided by the root
/// of their number, so that an item is not good for being tagged with everything.
pub(super) fn score_affinity(scored: &mut [Scored], context: &Context<'_>) {
    for candidate in scored {
        let table = context.table(candidate.source);
        let tastes = &context.leaning(candidate.source).tastes;
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
