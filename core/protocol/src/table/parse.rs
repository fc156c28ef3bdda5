//! Validation: from bytes to a layout whose every column may be read without further checks.

use core::ops::Range;
use std::collections::BinaryHeap;

use super::columns::{Texts, checksum, f32_at, u16_at, u32_at};
use super::extras::read_extras;
use super::layout::{FacetLayout, Layout, ListLayout, RowFacets};
use super::lists::ListSource;
use super::{
    Blend, FacetKind, Feature, FeatureWeight, Header, MAX_BYTES, MAX_LIST_SETS, MAX_ROWS, TableKind, VERSION,
};
use crate::history::Decay;

/// Why bytes are not a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The first bytes are not those of a table.
    #[error("not a table: the first four bytes are not `HBTB`")]
    Magic,
    /// Written by a newer release.
    #[error("table version `{0}` is newer than this release reads")]
    Version(u16),
    /// Fewer or more bytes than the head says.
    #[error("table is `{actual}` bytes long, its head says `{stated}`")]
    Length {
        /// Bytes stated in the head.
        stated: usize,
        /// Bytes given.
        actual: usize,
    },
    /// Larger than a reader accepts.
    #[error("table exceeds the limit of {MAX_BYTES} bytes or {MAX_ROWS} rows")]
    TooLarge,
    /// The bytes were changed after they were written.
    #[error("table checksum does not match: the bytes were damaged")]
    Checksum,
    /// A required section is missing.
    #[error("table has no section `{0}`")]
    Missing(&'static str),
    /// A section contradicts the head, another section or its own counts.
    #[error("table section `{0}` is malformed")]
    Malformed(&'static str),
}

impl TableError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Magic => "table_magic",
            Self::Version(_) => "table_version",
            Self::Length { .. } => "table_length",
            Self::TooLarge => "table_too_large",
            Self::Checksum => "table_checksum",
            Self::Missing(_) => "table_missing_section",
            Self::Malformed(_) => "table_malformed",
        }
    }
}

pub(super) const HEADER_BYTES: usize = 32;
pub(super) const SECTION_BYTES: usize = 12;
pub(super) const CHECKSUM_AT: usize = 28;
pub(super) const OPEN_FLAG: u16 = 1;
pub(super) const LIST_HEAD_BYTES: usize = 24;
pub(super) const LIST_NAMES: [&str; MAX_LIST_SETS] =
    ["LST0", "LST1", "LST2", "LST3", "LST4", "LST5", "LST6", "LST7"];
const MAX_SECTIONS: usize = 64;
/// Most features of a blend.
pub(super) const MAX_FEATURES: usize = 64;

type Parsed<T> = Result<T, TableError>;

impl Layout {
    pub(super) fn parse(bytes: &[u8]) -> Parsed<Self> {
        let header = parse_header(bytes)?;
        let file = Sections { bytes, rows: header.rows as usize };
        file.check_directory()?;
        let facets = file.facets()?;
        let row_facets = file.row_facets(facets.as_ref().map_or(0, |facets| facets.count))?;
        let keys = file.column("KEYS", 4)?.ok_or(TableError::Missing("KEYS"))?;
        let vocabulary = file.vocabulary()?;
        Ok(Self {
            header,
            rows_by_key: rows_by_key(&bytes[keys.clone()])?,
            keys,
            ids: file.texts("IDS ")?.ok_or(TableError::Missing("IDS "))?,
            popularity: file.finite_column("POPU")?,
            trend: file.finite_column("TRND")?,
            added_at: file.column("DATE", 4)?,
            price: file.finite_column("PRIC")?,
            flags: file.column("FLAG", 1)?,
            facets,
            row_facets,
            lists: file.lists(vocabulary.len() / 4)?,
            vocabulary,
            blend: file.blend()?,
            display: file.texts("DISP")?,
            extras: read_extras(header.rows as usize, &|tag| file.find(tag).map(|range| &bytes[range]))?,
        })
    }
}

fn parse_header(bytes: &[u8]) -> Parsed<Header> {
    if bytes.len() < HEADER_BYTES {
        return Err(match bytes.get(..4) {
            Some(b"HBTB") => TableError::Length { stated: HEADER_BYTES, actual: bytes.len() },
            _ => TableError::Magic,
        });
    }
    if &bytes[..4] != b"HBTB" {
        return Err(TableError::Magic);
    }
    let version = u16_at(bytes, 2);
    if version == 0 || version > VERSION {
        return Err(TableError::Version(version));
    }
    let (stated, rows) = (u32_at(bytes, 2) as usize, u32_at(bytes, 3));
    if bytes.len() > MAX_BYTES || stated > MAX_BYTES || rows > MAX_ROWS {
        return Err(TableError::TooLarge);
    }
    if stated != bytes.len() || !stated.is_multiple_of(4) {
        return Err(TableError::Length { stated, actual: bytes.len() });
    }
    if checksum(bytes, CHECKSUM_AT) != u32_at(bytes, CHECKSUM_AT / 4) {
        return Err(TableError::Checksum);
    }
    let kind = match u16_at(bytes, 3) {
        0 => TableKind::Pool,
        1 => TableKind::Catalogue,
        _ => return Err(TableError::Malformed("header")),
    };
    let open = u16_at(bytes, 13) & OPEN_FLAG != 0;
    Ok(Header { kind, rows, id_seed: u32_at(bytes, 4), created_at: u32_at(bytes, 5), open })
}

/// Rows ascending by key. A heap sorts in a tenth of the code that a quicksort adds to the hot browser module.
fn rows_by_key(keys: &[u8]) -> Parsed<Vec<(u64, usize)>> {
    let rows: BinaryHeap<(u64, usize)> =
        (0..keys.len() / 4).map(|row| (u64::from(u32_at(keys, row)), row)).collect();
    let order = rows.into_sorted_vec();
    if order.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(TableError::Malformed("KEYS"));
    }
    Ok(order)
}

/// The directory of sections, and the checks of each kind of section.
struct Sections<'a> {
    bytes: &'a [u8],
    rows: usize,
}

impl Sections<'_> {
    fn count(&self) -> usize {
        usize::from(u16_at(self.bytes, 12))
    }

    fn check_directory(&self) -> Parsed<()> {
        let malformed = Err(TableError::Malformed("directory"));
        let mut end = HEADER_BYTES + self.count() * SECTION_BYTES;
        if self.count() > MAX_SECTIONS || end > self.bytes.len() {
            return malformed;
        }
        for index in 0..self.count() {
            let range = self.entry(index).1;
            if range.start < end || !range.start.is_multiple_of(4) || range.end > self.bytes.len() {
                return malformed;
            }
            end = range.end;
        }
        Ok(())
    }

    /// Tag and place of a section; a sum past the address space saturates and fails the bounds check.
    fn entry(&self, index: usize) -> (&[u8], Range<usize>) {
        let entry = &self.bytes[HEADER_BYTES + index * SECTION_BYTES..][..SECTION_BYTES];
        let start = u32_at(entry, 1) as usize;
        (&entry[..4], start..start.saturating_add(u32_at(entry, 2) as usize))
    }

    fn find(&self, name: &str) -> Option<Range<usize>> {
        (0..self.count())
            .map(|index| self.entry(index))
            .find(|(tag, _)| *tag == name.as_bytes())
            .map(|(_, range)| range)
    }

    /// A column of `rows` values of `width` bytes; one-byte columns are padded to a multiple of 4.
    fn column(&self, name: &'static str, width: usize) -> Parsed<Option<Range<usize>>> {
        let Some(range) = self.find(name) else {
            return Ok(None);
        };
        if range.len() != padded(self.rows * width) {
            return Err(TableError::Malformed(name));
        }
        Ok(Some(range))
    }

    fn finite_column(&self, name: &'static str) -> Parsed<Option<Range<usize>>> {
        let column = self.column(name, 4)?;
        let finite = |range: &Range<usize>| {
            (0..self.rows).all(|row| f32_at(&self.bytes[range.clone()], row).is_finite())
        };
        if column.as_ref().is_some_and(|range| !finite(range)) {
            return Err(TableError::Malformed(name));
        }
        Ok(column)
    }

    fn texts(&self, name: &'static str) -> Parsed<Option<Texts>> {
        let Some(range) = self.find(name) else {
            return Ok(None);
        };
        self.cut_texts(range, self.rows, name).map(Some)
    }

    /// Splits a range into `count + 1` offsets and UTF-8 text cut at character boundaries.
    fn cut_texts(&self, range: Range<usize>, count: usize, name: &'static str) -> Parsed<Texts> {
        let malformed = TableError::Malformed(name);
        let text_start = range.start + (count + 1) * 4;
        if text_start > range.end {
            return Err(malformed);
        }
        let texts = Texts { offsets: range.start..text_start, text: text_start..range.end };
        let text = core::str::from_utf8(&self.bytes[texts.text.clone()]).map_err(|_| malformed.clone())?;
        let offsets = &self.bytes[texts.offsets.clone()];
        let cut_well = |index| text.is_char_boundary(u32_at(offsets, index) as usize);
        if !ascending(offsets, text.len()) || !(0..=count).all(cut_well) {
            return Err(malformed);
        }
        Ok(texts)
    }

    fn facets(&self) -> Parsed<Option<FacetLayout>> {
        const NAME: &str = "FACT";
        let Some(range) = self.find(NAME) else {
            return Ok(None);
        };
        if range.len() < 4 {
            return Err(TableError::Malformed(NAME));
        }
        let count = u32_at(&self.bytes[range.clone()], 0) as usize;
        let kinds_end = (range.start + 4).saturating_add(padded(count));
        let keys_end = kinds_end.saturating_add(count.saturating_mul(4));
        if count > usize::from(u16::MAX) + 1 || keys_end > range.end {
            return Err(TableError::Malformed(NAME));
        }
        let kinds = range.start + 4..range.start + 4 + count;
        if self.bytes[kinds.clone()].iter().any(|&code| FacetKind::from_code(code).is_none()) {
            return Err(TableError::Malformed(NAME));
        }
        let names = self.cut_texts(keys_end..range.end, count, NAME)?;
        Ok(Some(FacetLayout { count, kinds, keys: kinds_end..keys_end, names }))
    }

    fn row_facets(&self, facet_count: usize) -> Parsed<Option<RowFacets>> {
        const NAME: &str = "FROW";
        let Some(range) = self.find(NAME) else {
            return Ok(None);
        };
        let offsets_end = range.start + (self.rows + 1) * 4;
        if offsets_end > range.end {
            return Err(TableError::Malformed(NAME));
        }
        let (offsets, entries) = (range.start..offsets_end, offsets_end..range.end);
        let known = |entry| usize::from(u16_at(&self.bytes[entries.clone()], entry)) < facet_count;
        let used = u32_at(&self.bytes[offsets.clone()], self.rows) as usize;
        if !ascending(&self.bytes[offsets.clone()], entries.len() / 2) || !(0..used).all(known) {
            return Err(TableError::Malformed(NAME));
        }
        Ok(Some(RowFacets { offsets, entries }))
    }

    fn vocabulary(&self) -> Parsed<Range<usize>> {
        const NAME: &str = "VOCB";
        let range = self.find(NAME).unwrap_or(0..0);
        let keys = &self.bytes[range.clone()];
        let rising = (1..keys.len() / 4).all(|index| u32_at(keys, index - 1) < u32_at(keys, index));
        if !keys.len().is_multiple_of(4) || !rising {
            return Err(TableError::Malformed(NAME));
        }
        Ok(range)
    }

    fn lists(&self, vocabulary_len: usize) -> Parsed<Vec<ListLayout>> {
        LIST_NAMES
            .into_iter()
            .filter_map(|name| self.find(name).map(|range| (name, range)))
            .map(|(name, range)| {
                self.list(range, vocabulary_len)
                    .filter(ListLayout::is_sane)
                    .ok_or(TableError::Malformed(name))
            })
            .collect()
    }

    fn list(&self, range: Range<usize>, vocabulary_len: usize) -> Option<ListLayout> {
        let head = self
            .bytes
            .get(range.start..range.start + LIST_HEAD_BYTES)
            .filter(|_| range.len() >= LIST_HEAD_BYTES)?;
        let source = match head[0] {
            0 => ListSource::Collaborative,
            1 => ListSource::Content,
            _ => return None,
        };
        let decay = match (head[1], f32_at(head, 1)) {
            (0, rate) if rate > 0.0 && rate <= 1.0 => Decay::Positions { rate },
            (1, half_life) if half_life > 0.0 && half_life.is_finite() => Decay::Days { half_life },
            _ => return None,
        };
        let index_width = usize::from(head[2]);
        let entries = u32_at(head, 5) as usize;
        let offsets = range.start + LIST_HEAD_BYTES..range.start + LIST_HEAD_BYTES + (self.rows + 1) * 4;
        let scales = offsets.end..offsets.end + self.rows * 4;
        let indices = scales.end..scales.end.checked_add(padded(entries.checked_mul(index_width)?))?;
        let weights = indices.end..indices.end.checked_add(entries)?;
        if !matches!(index_width, 2 | 4) || padded(weights.end - range.start) != range.len() {
            return None;
        }
        let column = &self.bytes[indices.clone()];
        let index = |entry| {
            if index_width == 2 { usize::from(u16_at(column, entry)) } else { u32_at(column, entry) as usize }
        };
        let in_bounds = (0..entries).all(|entry| index(entry) < vocabulary_len);
        let finite = (0..self.rows).all(|row| f32_at(&self.bytes[scales.clone()], row).is_finite());
        if !ascending(&self.bytes[offsets.clone()], entries) || !in_bounds || !finite {
            return None;
        }
        let (weight, mean, sd) = (f32_at(head, 2), f32_at(head, 3), f32_at(head, 4));
        Some(ListLayout { source, decay, weight, mean, sd, index_width, offsets, scales, indices, weights })
    }

    fn blend(&self) -> Parsed<Blend> {
        const NAME: &str = "BLND";
        const ENTRY_BYTES: usize = 16;
        let Some(range) = self.find(NAME) else {
            return Ok(Blend::default());
        };
        let bytes = &self.bytes[range];
        let count = if bytes.len() < 8 { 0 } else { u32_at(bytes, 1) as usize };
        if bytes.len() < 8 || count > MAX_FEATURES || bytes.len() != 8 + count * ENTRY_BYTES {
            return Err(TableError::Malformed(NAME));
        }
        let evidence_k = f32_at(bytes, 0);
        // A feature this release does not know is one it cannot compute: it adds nothing.
        let features: Vec<FeatureWeight> = bytes[8..]
            .chunks_exact(ENTRY_BYTES)
            .filter_map(|entry| {
                let feature = Feature::from_code(u32_at(entry, 0))?;
                Some(FeatureWeight {
                    feature,
                    weight: f32_at(entry, 1),
                    mean: f32_at(entry, 2),
                    sd: f32_at(entry, 3),
                })
            })
            .collect();
        let sane = |part: &FeatureWeight| standardisation_is_sane(part.weight, part.mean, part.sd);
        if evidence_k >= 0.0 && evidence_k.is_finite() && features.iter().all(sane) {
            return Ok(Blend { evidence_k, features });
        }
        Err(TableError::Malformed(NAME))
    }
}

impl ListLayout {
    fn is_sane(&self) -> bool {
        standardisation_is_sane(self.weight, self.mean, self.sd)
    }
}

pub(super) fn standardisation_is_sane(weight: f32, mean: f32, sd: f32) -> bool {
    weight.is_finite() && mean.is_finite() && sd.is_finite() && sd > 0.0
}

/// Whether `u32` offsets start at 0, never fall and end within `limit`.
fn ascending(offsets: &[u8], limit: usize) -> bool {
    let last = offsets.len() / 4 - 1;
    u32_at(offsets, 0) == 0
        && (0..last).all(|index| u32_at(offsets, index) <= u32_at(offsets, index + 1))
        && u32_at(offsets, last) as usize <= limit
}

/// `len` rounded up to a multiple of 4.
pub(super) fn padded(len: usize) -> usize {
    len.div_ceil(4) * 4
}
