//! Where the columns of a validated table lie.

use core::ops::Range;

use super::columns::Texts;
use super::lists::ListSource;
use super::{Blend, Header};
use crate::history::Decay;
use crate::models::Extras;

#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) header: Header,
    pub(super) keys: Range<usize>,
    /// `(key, row)`, ascending.
    pub(super) rows_by_key: Vec<(u64, usize)>,
    pub(super) ids: Texts,
    pub(super) popularity: Option<Range<usize>>,
    pub(super) trend: Option<Range<usize>>,
    pub(super) added_at: Option<Range<usize>>,
    pub(super) price: Option<Range<usize>>,
    pub(super) flags: Option<Range<usize>>,
    pub(super) facets: Option<FacetLayout>,
    pub(super) row_facets: Option<RowFacets>,
    pub(super) vocabulary: Range<usize>,
    pub(super) lists: Vec<ListLayout>,
    pub(super) blend: Blend,
    pub(super) display: Option<Texts>,
    pub(super) extras: Extras,
}

#[derive(Clone, Debug)]
pub(super) struct FacetLayout {
    pub(super) count: usize,
    pub(super) kinds: Range<usize>,
    pub(super) keys: Range<usize>,
    pub(super) names: Texts,
}

#[derive(Clone, Debug)]
pub(super) struct RowFacets {
    pub(super) offsets: Range<usize>,
    pub(super) entries: Range<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct ListLayout {
    pub(super) source: ListSource,
    pub(super) decay: Decay,
    pub(super) weight: f32,
    pub(super) mean: f32,
    pub(super) sd: f32,
    pub(super) index_width: usize,
    pub(super) offsets: Range<usize>,
    pub(super) scales: Range<usize>,
    pub(super) indices: Range<usize>,
    pub(super) weights: Range<usize>,
}
