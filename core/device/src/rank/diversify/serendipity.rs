//! Places kept for what the visitor does not know.

use homebody_protocol::table::FacetKind;

use super::super::Context;
use super::super::candidates::Scored;

/// Whether an item has categories and the visitor has no taste, good or bad, for any of them.
#[inline(never)]
pub(super) fn is_novel(candidate: &Scored, context: &Context<'_>) -> bool {
    let tastes = &context.leaning(candidate.source).tastes;
    let (mut categories, mut known) = (0, 0);
    context.each_facet(candidate, &mut |facet| {
        let (kind, taste) = tastes[facet];
        if kind == FacetKind::Category {
            categories += 1;
            known += usize::from(taste != 0.0);
        }
    });
    categories > 0 && known == 0
}

/// Whether the next place must be given to such an item: as many are owed as places are left.
///
/// `slots` are wanted on the page and `novel` are there; `left` places are left with this one.
pub(super) fn is_due(slots: u8, novel: usize, left: usize) -> bool {
    usize::from(slots).saturating_sub(novel) >= left
}
