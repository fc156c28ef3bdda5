//! Most items of one category or brand on a page.

use homebody_protocol::table::FacetKind;

use super::super::Context;
use super::super::candidates::Scored;
use super::shelf::Shelf;

/// Items by which the quotas of a candidate's categories and brands would be exceeded if it were placed; 0 = kept.
#[inline(never)]
pub(super) fn excess(candidate: &Scored, shelf: &Shelf, context: &Context<'_>) -> f32 {
    let (policy, tastes) = (&context.policy, &context.leaning(candidate.source).tastes);
    let mut excess = 0.0;
    context.each_facet(candidate, &mut |facet| {
        let quota = match tastes[facet].0 {
            FacetKind::Category => policy.max_per_category,
            FacetKind::Brand => policy.max_per_brand,
            FacetKind::Tag => 0,
        };
        if quota > 0 {
            let count = shelf.counts[shelf.number(candidate.source, facet)];
            excess += f32::from((count + 1).saturating_sub(u16::from(quota)));
        }
    });
    excess
}
