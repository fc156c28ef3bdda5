//! Stage: what may be shown at all.

use super::candidates::Scored;
use super::{Context, Source, cart};
use crate::profile::{ItemState, Profile};

/// Drops what cannot be had and, in a personal list, what the visitor already has, refused or muted.
///
/// Bought items stay when the catalogue calls them re-buyable; items in the cart are left to
/// the cart unless the placement recovers carts.
pub(super) fn keep_eligible(scored: &mut Vec<Scored>, context: &Context<'_>) {
    let excluded: Vec<Excluded> =
        context.sources().iter().map(|&source| Excluded::of(context, source)).collect();
    scored.retain(|candidate| {
        let in_stock = !context.table(candidate.source).flags(candidate.row).out_of_stock();
        in_stock && !excluded[candidate.source as usize].covers(candidate, context)
    });
}

/// What one visitor is not shown of one table. Both columns are empty when nothing is excluded, and are
/// filled by looking up the profile in the table: the profile is small, the table need not be.
#[derive(Default)]
struct Excluded {
    rows: Vec<bool>,
    facets: Vec<bool>,
}

impl Excluded {
    fn of(context: &Context<'_>, source: Source) -> Self {
        let Some(profile) = context.profile else { return Self::default() };
        Self { rows: excluded_rows(profile, context, source), facets: muted_facets(profile, context, source) }
    }

    fn covers(&self, candidate: &Scored, context: &Context<'_>) -> bool {
        let row = self.rows.get(candidate.row).is_some_and(|&excluded| excluded);
        let muted = |facet| self.facets.get(facet).is_some_and(|&muted| muted);
        row || (!self.facets.is_empty() && context.table(candidate.source).facets(candidate.row).any(muted))
    }
}

fn excluded_rows(profile: &Profile, context: &Context<'_>, source: Source) -> Vec<bool> {
    let table = context.table(source);
    let listed = cart::cart_is_listed(context);
    let mut rows = vec![false; table.rows()];
    for row in profile.older().iter().filter_map(|&key| table.row_of(key)) {
        rows[row] = !table.flags(row).rebuyable();
    }
    for item in profile.items() {
        if let Some(row) = table.row_of(item.key) {
            rows[row] |= !is_wanted_again(item, table.flags(row).rebuyable(), listed, context.request.now_ms);
        }
    }
    rows
}

fn is_wanted_again(item: &ItemState, rebuyable: bool, cart_is_listed: bool, now_ms: u64) -> bool {
    (cart_is_listed || !item.is_in_cart())
        && (!item.is_consumed(now_ms) || (rebuyable && item.is_bought() && !item.is_refused(now_ms)))
}

/// For each facet of a table, whether it is muted; empty when none is.
fn muted_facets(profile: &Profile, context: &Context<'_>, source: Source) -> Vec<bool> {
    if !profile.facets().as_slice().iter().any(|facet| facet.muted) {
        return Vec::new();
    }
    let table = context.table(source);
    let is_muted = |index| profile.facets().get(table.facet_key(index)).is_some_and(|facet| facet.muted);
    (0..table.facet_count()).map(is_muted).collect()
}
