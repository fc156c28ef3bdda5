//! Most items of one category or brand on a page.

use homebody_protocol::table::FacetKind;

use super::super::Context;
use super::super::candidates::Scored;
use super::shelf::Shelf;

/// Items by which the quotas of a candidate's categories and brands would be exceeded if it were placed; 0 = kept.
#[inline(never)]
pub(super) fn excess(candidate: &Scored, shelf: &Shelf, context: &Context<'_>) -> f32 {
    let policy = &context.policy;
    let quotas = [(FacetKind::Category, policy.max_per_category), (FacetKind::Brand, policy.max_per_brand)];
    let mut excess = 0.0;
    for (kind, quota) in quotas.into_iter().filter(|(_, quota)| *quota > 0) {
        shelf.each_of(kind, candidate, context, &mut |number| {
            excess += f32::from((shelf.counts[number] + 1).saturating_sub(u16::from(quota)));
        });
    }
    excess
}
