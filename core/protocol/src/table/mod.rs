//! The columnar table: candidate pools and the catalogue, format version 1.
//!
//! A table is the same bytes for every visitor: immutable, addressed by its SHA-256, named by the signed
//! manifest. It is little-endian and read in place: reading validates once and then hands out columns, no
//! per-row object is ever built. One format serves both uses: a *pool* carries the candidates of a
//! placement in neutral order (best first), the *catalogue* carries every known item, so that the device
//! can propose candidates of its own.
//!
//! ```text
//! 0  "HBTB"          4  u16 version = 1     6  u16 kind (0 pool, 1 catalogue)
//! 8  u32 length      12 u32 rows            16 u32 id seed     20 u32 created at, unix s
//! 24 u16 sections    26 u16 flags (bit 0: open)                28 u32 checksum
//! 32 sections × { tag [u8;4], u32 offset (multiple of 4), u32 length }
//! ```
//!
//! The checksum is FNV-1a over the file's little-endian `u32` words with its own field taken as 0. Unknown
//! sections are skipped, so a newer writer may add some without a new version.
//!
//! | section | content |
//! | --- | --- |
//! | `KEYS` | `u32 × rows`, [`crate::ItemKey`] of each row, distinct |
//! | `IDS ` | `u32 × (rows + 1)` offsets, then UTF-8: the site's ids |
//! | `POPU`, `TRND` | `f32 × rows`, log-scaled decayed counts with the long and the short half-life |
//! | `DATE` | `u32 × rows`, when the item appeared, unix s, 0 unknown |
//! | `PRIC` | `f32 × rows`, −1 unknown |
//! | `FLAG` | `u8 × rows`, see [`RowFlags`] |
//! | `FACT` | `u32` count, `u8` kinds, `u32` keys, `u32 × (count + 1)` offsets, UTF-8 names |
//! | `FROW` | `u32 × (rows + 1)` offsets, `u16` facet indices |
//! | `VOCB` | `u32` item keys, ascending: the items that lists may name |
//! | `LST0`…`LST7` | neighbour lists, see [`ListSet`] |
//! | `BLND` | `f32` evidence_k, `u32` count, count × (`u32` feature, `f32` weight, mean, sd) |
//! | `DISP` | `u32 × (rows + 1)` offsets, then UTF-8: one JSON object a row, for display |
//! | `PLCY` `RULE` `ARMS` `LINP` `SEGM` `INTN` `QUES` `TREE` `DUPL` | see [`crate::models`] |

mod columns;
mod draft;
mod encode;
mod extras;
mod fit;
mod layout;
mod lists;
mod parse;

pub use draft::{EncodeError, ListSetDraft, Row, TableDraft};
pub use fit::{CATALOGUE_BYTES, CATALOGUE_ITEMS};
pub use lists::{ListSet, ListSource};
pub use parse::TableError;

use crate::ids::{FacetKey, ItemKey};
use crate::models::Extras;
use columns::{f32_at, text_at, u16_at, u32_at};
use layout::{FacetLayout, Layout};

/// The format version this crate writes; it reads every version up to this one.
pub const VERSION: u16 = 1;
/// Largest file accepted, in bytes.
pub const MAX_BYTES: usize = 64 << 20;
/// Most rows accepted.
pub const MAX_ROWS: u32 = 1_000_000;
/// Most neighbour-list sets in one table.
pub const MAX_LIST_SETS: usize = 8;

/// What a table is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// The candidates of one placement, in neutral order.
    Pool,
    /// Every item the device may know.
    Catalogue,
}

/// The fixed head of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the table is for.
    pub kind: TableKind,
    /// Number of items.
    pub rows: u32,
    /// Seed of every [`crate::derive_key`] in the table.
    pub id_seed: u32,
    /// When the table was built, unix seconds.
    pub created_at: u32,
    /// Whether the device may add catalogue items to this pool.
    pub open: bool,
}

/// What a facet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum FacetKind {
    /// A category of the catalogue.
    Category = 0,
    /// A brand, maker or author.
    Brand = 1,
    /// A free tag.
    Tag = 2,
}

impl FacetKind {
    /// The kind with this wire code.
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Category),
            1 => Some(Self::Brand),
            2 => Some(Self::Tag),
            _ => None,
        }
    }

    /// The name used in keys and exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Brand => "brand",
            Self::Tag => "tag",
        }
    }

    /// The key of the facet of this kind called `name`.
    pub fn key(self, id_seed: u32, name: &str) -> FacetKey {
        let mut text = String::with_capacity(self.name().len() + 1 + name.len());
        text.push_str(self.name());
        text.push(':');
        text.push_str(name);
        FacetKey(crate::derive_key(id_seed, &text))
    }
}

/// A facet of a table's dictionary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Facet {
    /// What it is.
    pub kind: FacetKind,
    /// The site's name for it.
    pub name: String,
}

/// Flags of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowFlags(pub u8);

impl RowFlags {
    /// The item cannot be had now.
    pub const OUT_OF_STOCK: u8 = 1;
    /// The item may be recommended again after it was bought.
    pub const REBUYABLE: u8 = 2;

    /// Whether the item cannot be had now.
    pub fn out_of_stock(self) -> bool {
        self.0 & Self::OUT_OF_STOCK != 0
    }

    /// Whether the item may be recommended again after it was bought.
    pub fn rebuyable(self) -> bool {
        self.0 & Self::REBUYABLE != 0
    }
}

/// A number of a candidate that the blend weighs, besides its neighbour lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Feature {
    /// Log-scaled decayed count, long half-life.
    Popularity = 1,
    /// Log-scaled decayed count, short half-life.
    Trend = 2,
    /// `2^(−age / 30 days)` since the item appeared; 0 when unknown.
    Freshness = 3,
    /// Affinity of the visitor for the item's categories, 0–1.
    Category = 4,
    /// Affinity for its brands, 0–1.
    Brand = 5,
    /// Affinity for its tags, 0–1.
    Tag = 6,
}

impl Feature {
    /// The feature with this wire code.
    pub fn from_code(code: u32) -> Option<Self> {
        const ALL: [Feature; 6] = [
            Feature::Popularity,
            Feature::Trend,
            Feature::Freshness,
            Feature::Category,
            Feature::Brand,
            Feature::Tag,
        ];
        ALL.get(usize::try_from(code).ok()?.checked_sub(1)?).copied()
    }
}

/// Weight and standardisation of one feature: it adds `weight × (value − mean) / sd` to a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeatureWeight {
    /// Which number.
    pub feature: Feature,
    /// Its weight; may be negative.
    pub weight: f32,
    /// Catalogue-wide mean.
    pub mean: f32,
    /// Catalogue-wide standard deviation, > 0.
    pub sd: f32,
}

/// How the parts of a score add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blend {
    /// List scores count `n / (n + evidence_k)` after `n` distinct history items; ≥ 0.
    pub evidence_k: f32,
    /// The other parts.
    pub features: Vec<FeatureWeight>,
}

/// A validated table over bytes it owns or borrows.
#[derive(Clone, Debug)]
pub struct Table<B> {
    bytes: B,
    layout: Layout,
}

impl<B: AsRef<[u8]>> Table<B> {
    /// Validates `bytes` and finds their columns.
    ///
    /// # Errors
    /// [`TableError`] when the bytes are not a whole, undamaged table of a known version.
    pub fn read(bytes: B) -> Result<Self, TableError> {
        let layout = Layout::parse(bytes.as_ref())?;
        Ok(Self { bytes, layout })
    }

    /// The head.
    pub fn header(&self) -> Header {
        self.layout.header
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.layout.header.rows as usize
    }

    /// The item of a row.
    ///
    /// # Panics
    /// Like every accessor by row, when `row ≥ rows()`.
    pub fn key(&self, row: usize) -> ItemKey {
        ItemKey(u32_at(self.slice(&self.layout.keys), row))
    }

    /// The row of an item.
    pub fn row_of(&self, key: ItemKey) -> Option<usize> {
        let found =
            self.layout.rows_by_key.binary_search_by_key(&u64::from(key.0), |&(known, _)| known).ok()?;
        Some(self.layout.rows_by_key[found].1)
    }

    /// The site's id of a row.
    pub fn id(&self, row: usize) -> &str {
        text_at(self.bytes.as_ref(), &self.layout.ids, row)
    }

    /// [`Feature::Popularity`] of a row.
    pub fn popularity(&self, row: usize) -> f32 {
        self.layout.popularity.as_ref().map_or(0.0, |range| f32_at(self.slice(range), row))
    }

    /// [`Feature::Trend`] of a row.
    pub fn trend(&self, row: usize) -> f32 {
        self.layout.trend.as_ref().map_or(0.0, |range| f32_at(self.slice(range), row))
    }

    /// When the item of a row appeared, unix seconds; `None` when unknown.
    pub fn added_at(&self, row: usize) -> Option<u32> {
        let range = self.layout.added_at.as_ref()?;
        Some(u32_at(self.slice(range), row)).filter(|&at| at > 0)
    }

    /// Price of a row; `None` when unknown.
    pub fn price(&self, row: usize) -> Option<f32> {
        let range = self.layout.price.as_ref()?;
        Some(f32_at(self.slice(range), row)).filter(|&price| price >= 0.0)
    }

    /// Flags of a row.
    pub fn flags(&self, row: usize) -> RowFlags {
        RowFlags(self.layout.flags.as_ref().map_or(0, |range| self.slice(range)[row]))
    }

    /// Number of facets in the dictionary.
    pub fn facet_count(&self) -> usize {
        self.layout.facets.as_ref().map_or(0, |facets| facets.count)
    }

    /// Kind, key and name of a facet of the dictionary.
    ///
    /// # Panics
    /// When `index ≥ facet_count()`.
    pub fn facet(&self, index: usize) -> (FacetKind, FacetKey, &str) {
        let name = text_at(self.bytes.as_ref(), &self.facet_layout().names, index);
        (self.facet_kind(index), self.facet_key(index), name)
    }

    /// Kind of a facet of the dictionary.
    ///
    /// # Panics
    /// When `index ≥ facet_count()`.
    pub fn facet_kind(&self, index: usize) -> FacetKind {
        let code = self.slice(&self.facet_layout().kinds)[index];
        FacetKind::from_code(code).unwrap_or(FacetKind::Tag)
    }

    /// Key of a facet of the dictionary. Cheaper than [`Table::facet`], which cuts and checks the name.
    ///
    /// # Panics
    /// When `index ≥ facet_count()`.
    pub fn facet_key(&self, index: usize) -> FacetKey {
        FacetKey(u32_at(self.slice(&self.facet_layout().keys), index))
    }

    /// Indices into the facet dictionary of a row's facets.
    pub fn facets(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        let (start, end, indices) = match &self.layout.row_facets {
            None => (0, 0, &[][..]),
            Some(facets) => {
                let offsets = self.slice(&facets.offsets);
                (
                    u32_at(offsets, row) as usize,
                    u32_at(offsets, row + 1) as usize,
                    self.slice(&facets.entries),
                )
            }
        };
        (start..end).map(move |entry| usize::from(u16_at(indices, entry)))
    }

    /// Number of items that lists may name.
    pub fn vocabulary_len(&self) -> usize {
        self.layout.vocabulary.len() / 4
    }

    /// The place of an item in the vocabulary.
    pub fn vocabulary_index(&self, key: ItemKey) -> Option<usize> {
        columns::find_u32(self.slice(&self.layout.vocabulary), key.0)
    }

    /// The item at a place of the vocabulary.
    pub fn vocabulary_key(&self, index: usize) -> ItemKey {
        ItemKey(u32_at(self.slice(&self.layout.vocabulary), index))
    }

    /// The neighbour-list sets, in the order of their sections.
    pub fn list_sets(&self) -> impl Iterator<Item = ListSet<'_>> + '_ {
        self.layout.lists.iter().map(|layout| ListSet::new(self.bytes.as_ref(), layout))
    }

    /// How the parts of a score add up.
    pub fn blend(&self) -> &Blend {
        &self.layout.blend
    }

    /// The display JSON of a row; empty when the table carries none.
    pub fn display(&self, row: usize) -> &str {
        self.layout.display.as_ref().map_or("", |texts| text_at(self.bytes.as_ref(), texts, row))
    }

    /// Policy, rules and small models.
    pub fn extras(&self) -> &Extras {
        &self.layout.extras
    }

    fn facet_layout(&self) -> &FacetLayout {
        let Some(facets) = &self.layout.facets else { panic!("the table has no facets") };
        facets
    }

    // Called for every number of every candidate: as a function of its own it takes 7 % of a list in a browser, and 15 % of
    // one with every stage.
    #[inline(always)]
    fn slice(&self, range: &core::ops::Range<usize>) -> &[u8] {
        &self.bytes.as_ref()[range.clone()]
    }
}
