//! A table before it is encoded: what the publisher fills in.

use super::{Blend, Facet, ListSource, RowFlags, TableKind};
use crate::history::Decay;
use crate::ids::ItemKey;
use crate::models::Extras;

/// Everything that goes into a table.
#[derive(Clone, Debug)]
pub struct TableDraft {
    /// What the table is for.
    pub kind: TableKind,
    /// Seed of every key; see [`crate::derive_key`].
    pub id_seed: u32,
    /// When the table is built, unix seconds.
    pub created_at: u32,
    /// Whether the device may add catalogue items to this pool.
    pub open: bool,
    /// The items; for a pool in neutral order, best first.
    pub rows: Vec<Row>,
    /// The dictionary that [`Row::facets`] points into; at most 65,536.
    pub facets: Vec<Facet>,
    /// Neighbour lists, at most [`super::MAX_LIST_SETS`].
    pub list_sets: Vec<ListSetDraft>,
    /// How the parts of a score add up.
    pub blend: Blend,
    /// Policy, rules and small models.
    pub extras: Extras,
}

/// One item of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The site's id, not empty.
    pub id: String,
    /// Log-scaled decayed count, long half-life.
    pub popularity: f32,
    /// Log-scaled decayed count, short half-life.
    pub trend: f32,
    /// When the item appeared, unix seconds; 0 unknown.
    pub added_at: u32,
    /// Price, ≥ 0.
    pub price: Option<f32>,
    /// Flags.
    pub flags: RowFlags,
    /// Indices into [`TableDraft::facets`].
    pub facets: Vec<u16>,
    /// JSON object shown to the page, or empty.
    pub display: String,
}

/// One neighbour list a row, before quantisation.
#[derive(Clone, Debug)]
pub struct ListSetDraft {
    /// Where the lists come from.
    pub source: ListSource,
    /// How a history is decayed before it is scored against these lists.
    pub decay: Decay,
    /// Weight of the standardised score in the blend.
    pub weight: f32,
    /// Catalogue-wide mean of the list score.
    pub mean: f32,
    /// Catalogue-wide standard deviation of the list score, > 0.
    pub sd: f32,
    /// For each row of the table, history items and weights, strongest first. Weights are encoded to
    /// 8 bits with a scale a row (`max |w| / 127`); entries that round to 0 are dropped.
    pub lists: Vec<Vec<(ItemKey, f32)>>,
}

/// Why a draft cannot be encoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// More rows, facets, lists or bytes than a reader accepts.
    #[error("too many {0} for one table")]
    TooMany(&'static str),
    /// Two rows have the same id, or two ids the same key under this seed.
    #[error("ids `{first}` and `{second}` share a key under id seed `{seed}`")]
    KeyCollision {
        /// The id met first.
        first: String,
        /// The id met second; equal to `first` for a plain duplicate.
        second: String,
        /// The seed.
        seed: u32,
    },
    /// An id is empty.
    #[error("row `{0}` has an empty id")]
    EmptyId(usize),
    /// A number is NaN or infinite, a price negative or a standard deviation not positive.
    #[error("`{field}` of row or list set `{index}` is not a usable number")]
    Number {
        /// Which number.
        field: &'static str,
        /// Of which row or list set.
        index: usize,
    },
    /// A row names a facet outside the dictionary.
    #[error("row `{0}` names a facet that the dictionary does not have")]
    UnknownFacet(usize),
    /// A policy, rule set or model has numbers out of range or is too large.
    #[error("section `{0}` holds what no reader would take")]
    Section(&'static str),
    /// A list set does not have exactly one list a row.
    #[error("list set `{0}` does not have one list a row")]
    ListCount(usize),
}

impl EncodeError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooMany(_) => "table_too_many",
            Self::KeyCollision { .. } => "id_collision",
            Self::EmptyId(_) => "empty_id",
            Self::Number { .. } => "not_finite",
            Self::UnknownFacet(_) => "unknown_facet",
            Self::Section(_) => "table_section",
            Self::ListCount(_) => "list_count",
        }
    }
}
