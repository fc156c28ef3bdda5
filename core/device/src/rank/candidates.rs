//! Which items are ranked at all.

use homebody_protocol::ItemKey;
use homebody_protocol::table::Table;

use super::{Bytes, Context, PARTS, Source};

/// A candidate on its way through the stages.
#[derive(Clone, Debug)]
pub(super) struct Scored {
    pub(super) source: Source,
    pub(super) row: usize,
    pub(super) key: ItemKey,
    /// What each part adds to the score.
    pub(super) parts: [f32; PARTS],
    pub(super) score: f32,
    /// See [`super::Ranked::propensity`].
    pub(super) propensity: f32,
    /// What the site's rules say of it.
    pub(super) ruled: Ruled,
}

/// What the site's rules say of a candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Ruled {
    /// Sum of boosts and buries, in standard deviations of the score.
    pub(super) lift: f32,
    /// A bit for each pinning rule that it matches.
    pub(super) pins: u32,
    /// Once a rule has chosen it: the place in the upper byte, the rule's number among the pinning ones in the lower.
    pub(super) pinned: u16,
    /// Which rule to name as the reason, from 1: the one that pinned it, or of those that lift it the strongest.
    pub(super) number: u16,
}

/// The candidates of a request, in neutral order.
///
/// Named keys are looked up in the pool first, then in the catalogue; unknown ones are left out. Without
/// keys the whole pool is taken, and, where the pool is open and the list personal, every catalogue item
/// besides: no common pool holds what only this visitor would want.
pub(super) fn gather(context: &Context<'_>) -> Vec<Scored> {
    let keys = context.request.keys;
    if !keys.is_empty() {
        return named(keys, context);
    }
    let pool = context.pool;
    let mut scored: Vec<Scored> =
        (0..pool.rows()).map(|row| candidate(Source::Pool, row, pool.key(row))).collect();
    if let Some(catalogue) = context.catalogue.filter(|_| pool.header().open && context.profile.is_some()) {
        let known = rows_of_pool(catalogue, pool);
        let unknown = (0..catalogue.rows()).filter(|&row| !known[row]);
        scored.extend(unknown.map(|row| candidate(Source::Catalogue, row, catalogue.key(row))));
    }
    scored
}

/// A key named twice is one candidate.
fn named(keys: &[ItemKey], context: &Context<'_>) -> Vec<Scored> {
    let mut seen =
        [context.pool.rows(), context.catalogue.map_or(0, Table::rows)].map(|rows| vec![false; rows]);
    let found = keys.iter().filter_map(|&key| find(context, key));
    found
        .filter(|candidate| !core::mem::replace(&mut seen[candidate.source as usize][candidate.row], true))
        .collect()
}

/// For each row of the catalogue, whether the pool has its item. The pool is the smaller one, so its items
/// are looked up in the catalogue and not the other way round.
fn rows_of_pool(catalogue: &Bytes, pool: &Bytes) -> Vec<bool> {
    let mut known = vec![false; catalogue.rows()];
    for row in (0..pool.rows()).filter_map(|row| catalogue.row_of(pool.key(row))) {
        known[row] = true;
    }
    known
}

fn find(context: &Context<'_>, key: ItemKey) -> Option<Scored> {
    if let Some(row) = context.pool.row_of(key) {
        return Some(candidate(Source::Pool, row, key));
    }
    let row = context.catalogue?.row_of(key)?;
    Some(candidate(Source::Catalogue, row, key))
}

/// One candidate, not scored yet.
pub(super) fn candidate(source: Source, row: usize, key: ItemKey) -> Scored {
    Scored { source, row, key, parts: [0.0; PARTS], score: 0.0, propensity: 1.0, ruled: Ruled::default() }
}
