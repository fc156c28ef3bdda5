//! Encoding: from a draft to the bytes every device will read.

use std::collections::BTreeMap;

use super::columns::checksum;
use super::draft::{EncodeError, ListSetDraft, Row, TableDraft};
use super::extras::write_extras;
use super::parse::{
    CHECKSUM_AT, HEADER_BYTES, LIST_NAMES, MAX_FEATURES, OPEN_FLAG, SECTION_BYTES, padded,
    standardisation_is_sane,
};
use super::{Blend, FeatureWeight, MAX_BYTES, MAX_LIST_SETS, MAX_ROWS, TableKind, VERSION};
use crate::history::Decay;
use crate::ids::ItemKey;

impl TableDraft {
    /// Encodes the draft; the same draft gives the same bytes.
    ///
    /// # Errors
    /// [`EncodeError`] when a reader would refuse the result; nothing is repaired silently.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        self.check_counts()?;
        let keys = self.keys()?;
        self.rows.iter().enumerate().try_for_each(|(index, row)| self.check_row(index, row))?;
        self.list_sets.iter().enumerate().try_for_each(|(index, set)| self.check_list_set(index, set))?;
        self.check_blend()?;
        let quantised: Vec<Quantised> = self.list_sets.iter().map(Quantised::of).collect();
        let vocabulary = vocabulary(&quantised);

        let mut file = Sections::default();
        file.add("KEYS", u32s(keys.iter().copied()));
        file.add("IDS ", texts(self.rows.iter().map(|row| row.id.as_str())));
        file.add("POPU", f32s(self.rows.iter().map(|row| row.popularity)));
        file.add("TRND", f32s(self.rows.iter().map(|row| row.trend)));
        file.add("DATE", u32s(self.rows.iter().map(|row| row.added_at)));
        file.add("PRIC", f32s(self.rows.iter().map(|row| row.price.unwrap_or(-1.0))));
        file.add("FLAG", self.rows.iter().map(|row| row.flags.0).collect());
        file.add("FACT", self.facet_dictionary());
        file.add("FROW", self.row_facets());
        file.add("VOCB", u32s(vocabulary.keys().map(|key| key.0)));
        for ((name, set), lists) in LIST_NAMES.into_iter().zip(&self.list_sets).zip(&quantised) {
            file.add(name, lists.encode(set, &vocabulary));
        }
        file.add("BLND", self.blend_section());
        if self.rows.iter().any(|row| !row.display.is_empty()) {
            file.add("DISP", texts(self.rows.iter().map(|row| row.display.as_str())));
        }
        write_extras(&self.extras, |name, bytes| file.add(name, bytes))?;
        file.finish(self)
    }

    fn check_counts(&self) -> Result<(), EncodeError> {
        let too_many = [
            (self.rows.len() > MAX_ROWS as usize, "rows"),
            (self.facets.len() > usize::from(u16::MAX) + 1, "facets"),
            (self.list_sets.len() > MAX_LIST_SETS, "list sets"),
            (!fits(self.extras.arms.0.len(), self.rows.len()), "bandit priors"),
            (!fits(self.extras.duplicates.0.len(), self.rows.len()), "duplicate groups"),
        ];
        too_many.iter().find(|(over, _)| *over).map_or(Ok(()), |(_, what)| Err(EncodeError::TooMany(what)))
    }

    /// The key of each row; two rows may not share one.
    fn keys(&self) -> Result<Vec<u32>, EncodeError> {
        let mut seen: BTreeMap<u32, &str> = BTreeMap::new();
        let mut keys = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let ItemKey(key) = ItemKey::derive(self.id_seed, &row.id);
            if let Some(first) = seen.insert(key, &row.id) {
                let (first, second) = (first.to_owned(), row.id.clone());
                return Err(EncodeError::KeyCollision { first, second, seed: self.id_seed });
            }
            keys.push(key);
        }
        Ok(keys)
    }

    fn check_row(&self, index: usize, row: &Row) -> Result<(), EncodeError> {
        if row.id.is_empty() {
            return Err(EncodeError::EmptyId(index));
        }
        let price_is_good = row.price.is_none_or(|price| price.is_finite() && price >= 0.0);
        let numbers = [
            ("popularity", row.popularity.is_finite()),
            ("trend", row.trend.is_finite()),
            ("price", price_is_good),
        ];
        if let Some((field, _)) = numbers.iter().find(|(_, good)| !good) {
            return Err(EncodeError::Number { field, index });
        }
        if row.facets.iter().any(|&facet| usize::from(facet) >= self.facets.len()) {
            return Err(EncodeError::UnknownFacet(index));
        }
        Ok(())
    }

    fn check_list_set(&self, index: usize, set: &ListSetDraft) -> Result<(), EncodeError> {
        if set.lists.len() != self.rows.len() {
            return Err(EncodeError::ListCount(index));
        }
        let decay_is_good = match set.decay {
            Decay::Positions { rate } => rate > 0.0 && rate <= 1.0,
            Decay::Days { half_life } => half_life > 0.0 && half_life.is_finite(),
        };
        let numbers = [
            ("decay", decay_is_good),
            ("weight", set.weight.is_finite()),
            ("mean", set.mean.is_finite()),
            ("sd", set.sd.is_finite() && set.sd > 0.0),
            ("list weight", set.lists.iter().flatten().all(|(_, weight)| weight.is_finite())),
        ];
        numbers
            .iter()
            .find(|(_, good)| !good)
            .map_or(Ok(()), |(field, _)| Err(EncodeError::Number { field, index }))
    }

    fn check_blend(&self) -> Result<(), EncodeError> {
        let Blend { evidence_k, features } = &self.blend;
        if features.len() > MAX_FEATURES {
            return Err(EncodeError::TooMany("features"));
        }
        let sane = |part: &FeatureWeight| standardisation_is_sane(part.weight, part.mean, part.sd);
        if let Some(index) = features.iter().position(|part| !sane(part)) {
            return Err(EncodeError::Number { field: "blend", index });
        }
        let evidence_is_good = *evidence_k >= 0.0 && evidence_k.is_finite();
        if evidence_is_good { Ok(()) } else { Err(EncodeError::Number { field: "evidence_k", index: 0 }) }
    }

    fn facet_dictionary(&self) -> Vec<u8> {
        let mut bytes = u32s([len_u32(self.facets.len())]);
        bytes.extend(self.facets.iter().map(|facet| facet.kind as u8));
        bytes.resize(padded(bytes.len()), 0);
        bytes.extend(u32s(self.facets.iter().map(|facet| facet.kind.key(self.id_seed, &facet.name).0)));
        bytes.extend(texts(self.facets.iter().map(|facet| facet.name.as_str())));
        bytes
    }

    fn row_facets(&self) -> Vec<u8> {
        let mut bytes = u32s(offsets(self.rows.iter().map(|row| row.facets.len())));
        bytes.extend(self.rows.iter().flat_map(|row| &row.facets).flat_map(|facet| facet.to_le_bytes()));
        bytes
    }

    fn blend_section(&self) -> Vec<u8> {
        let mut bytes = f32s([self.blend.evidence_k]);
        bytes.extend(u32s([len_u32(self.blend.features.len())]));
        for part in &self.blend.features {
            bytes.extend(u32s([part.feature as u32]));
            bytes.extend(f32s([part.weight, part.mean, part.sd]));
        }
        bytes
    }
}

/// A list set with 8-bit weights.
struct Quantised {
    scales: Vec<f32>,
    lists: Vec<Vec<(ItemKey, i8)>>,
}

impl Quantised {
    fn of(set: &ListSetDraft) -> Self {
        let (scales, lists) = set.lists.iter().map(|list| quantise(list)).unzip();
        Self { scales, lists }
    }

    fn encode(&self, set: &ListSetDraft, vocabulary: &BTreeMap<ItemKey, u32>) -> Vec<u8> {
        let entries: Vec<(ItemKey, i8)> = self.lists.iter().flatten().copied().collect();
        let narrow = vocabulary.len() <= usize::from(u16::MAX) + 1;
        let (decay_code, decay_value) = match set.decay {
            Decay::Positions { rate } => (0, rate),
            Decay::Days { half_life } => (1, half_life),
        };
        let mut bytes = vec![set.source as u8, decay_code, if narrow { 2 } else { 4 }, 0];
        bytes.extend(f32s([decay_value, set.weight, set.mean, set.sd]));
        bytes.extend(u32s([len_u32(entries.len())]));
        bytes.extend(u32s(offsets(self.lists.iter().map(Vec::len))));
        bytes.extend(f32s(self.scales.iter().copied()));
        for (key, _) in &entries {
            let index = vocabulary[key].to_le_bytes();
            bytes.extend(&index[..if narrow { 2 } else { 4 }]);
        }
        bytes.resize(padded(bytes.len()), 0);
        bytes.extend(entries.iter().flat_map(|(_, weight)| weight.to_le_bytes()));
        bytes
    }
}

/// Scale and 8-bit weights of one list; entries that round to 0 say nothing and are dropped.
fn quantise(list: &[(ItemKey, f32)]) -> (f32, Vec<(ItemKey, i8)>) {
    let largest = list.iter().fold(0.0f32, |largest, (_, weight)| largest.max(weight.abs()));
    let scale = largest / f32::from(i8::MAX);
    if scale <= 0.0 {
        return (0.0, Vec::new());
    }
    // A float cast saturates, and |w / scale| ≤ 127 by construction.
    let weights = list.iter().map(|&(key, weight)| (key, libm::roundf(weight / scale) as i8));
    (scale, weights.filter(|&(_, weight)| weight != 0).collect())
}

/// Every item that a list names, with its place in ascending order.
fn vocabulary(sets: &[Quantised]) -> BTreeMap<ItemKey, u32> {
    let mut places: BTreeMap<ItemKey, u32> =
        sets.iter().flat_map(|set| set.lists.iter().flatten()).map(|&(key, _)| (key, 0)).collect();
    for (place, index) in places.values_mut().zip(0u32..) {
        *place = index;
    }
    places
}

/// The sections in the order they were added.
/// Whether an optional column has no value or one a row.
fn fits(len: usize, rows: usize) -> bool {
    len == 0 || len == rows
}

#[derive(Default)]
struct Sections(Vec<(&'static str, Vec<u8>)>);

impl Sections {
    fn add(&mut self, name: &'static str, mut bytes: Vec<u8>) {
        bytes.resize(padded(bytes.len()), 0);
        self.0.push((name, bytes));
    }

    fn finish(self, draft: &TableDraft) -> Result<Vec<u8>, EncodeError> {
        let start = HEADER_BYTES + self.0.len() * SECTION_BYTES;
        let total = start + self.0.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        if total > MAX_BYTES {
            return Err(EncodeError::TooMany("bytes"));
        }
        let mut file = Vec::with_capacity(total);
        file.extend(b"HBTB");
        file.extend(VERSION.to_le_bytes());
        file.extend(u16::from(draft.kind == TableKind::Catalogue).to_le_bytes());
        file.extend(u32s([len_u32(total), len_u32(draft.rows.len()), draft.id_seed, draft.created_at]));
        file.extend((self.0.len() as u16).to_le_bytes());
        file.extend((if draft.open { OPEN_FLAG } else { 0 }).to_le_bytes());
        file.extend(0u32.to_le_bytes());
        let mut offset = start;
        for (name, bytes) in &self.0 {
            file.extend(name.as_bytes());
            file.extend(u32s([len_u32(offset), len_u32(bytes.len())]));
            offset += bytes.len();
        }
        self.0.iter().for_each(|(_, bytes)| file.extend(bytes));
        let sum = checksum(&file, CHECKSUM_AT);
        file[CHECKSUM_AT..CHECKSUM_AT + 4].copy_from_slice(&sum.to_le_bytes());
        Ok(file)
    }
}

fn u32s(values: impl IntoIterator<Item = u32>) -> Vec<u8> {
    values.into_iter().flat_map(u32::to_le_bytes).collect()
}

fn f32s(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}

/// Offsets of consecutive runs of these lengths, from 0 to their sum.
fn offsets(lengths: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut ends = vec![0u32];
    let mut end = 0;
    for length in lengths {
        end += length;
        ends.push(len_u32(end));
    }
    ends
}

fn texts<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Vec<u8> {
    let mut bytes = u32s(offsets(texts.clone().map(str::len)));
    texts.for_each(|text| bytes.extend(text.as_bytes()));
    bytes
}

/// Lengths fit: rows and bytes are limited far below 2³².
fn len_u32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
