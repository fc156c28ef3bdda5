//! Judging lists the way a device would rank with them.
//!
//! Lists are encoded, read back and scored as the device scores them, so quantisation and the scaling of the
//! history are part of what is judged.

mod part;

pub use part::Part;

use crate::catalogue::Catalogue;
use crate::metrics::{Metrics, at_k, mean, top_k};
use crate::split::Judged;
use homebody_protocol::ItemKey;
use homebody_protocol::table::{
    Blend, EncodeError, FacetKind, ListSetDraft, Row, RowFlags, Table, TableDraft, TableKind,
};

/// Length of the judged list.
pub const JUDGED_PLACES: u32 = 10;

/// At 100,000 rows one seed in three is free of collisions.
const MAX_ID_SEED: u32 = 64;

/// The visitors that models are judged on.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    /// The visitors.
    pub visitors: &'a [Judged],
    /// Key of each catalogue row.
    pub keys: &'a [ItemKey],
    /// Whether what a visitor has seen may be listed again.
    pub repeats: bool,
}

/// A part with its weight.
#[derive(Clone, Copy, Debug)]
pub struct Weighted<'a> {
    /// The scores.
    pub part: &'a Part,
    /// The blend weight.
    pub weight: f32,
}

impl Judge<'_> {
    /// Scores every row for every visitor with one list set.
    ///
    /// # Errors
    /// [`EncodeError`] when the set cannot be encoded.
    pub fn part(&self, set: &ListSetDraft) -> Result<Part, EncodeError> {
        let bytes = encode(self.keys.len(), set)?;
        if let Ok(table) = Table::read(bytes)
            && let Some(lists) = table.list_sets().next()
        {
            return Ok(part::of_lists(&table, &lists, self.visitors, self.keys));
        }
        Ok(Part::common(&vec![0.0; self.keys.len()]))
    }

    /// The affinity of every visitor for one kind of facet of each row.
    pub fn affinity(&self, catalogue: &Catalogue, kind: FacetKind) -> Part {
        part::of_facets(catalogue, kind, self.visitors)
    }

    /// Metrics of each visitor under a blend of parts: list parts count n / (n + k), other parts fully.
    pub fn blend(&self, parts: &[Weighted<'_>], evidence_k: f32) -> Vec<Metrics> {
        let rows = self.keys.len();
        let mut base = vec![0.0f32; rows];
        let parts = || parts.iter().filter(|weighted| weighted.weight != 0.0);
        for Weighted { part, weight } in parts() {
            let factor = weight / part.sd;
            for (sum, score) in base.iter_mut().zip(part.as_common().unwrap_or_default()) {
                *sum += factor * score;
            }
        }
        let mut total = base.clone();
        let one = |(index, visitor): (usize, &Judged)| {
            total.copy_from_slice(&base);
            for Weighted { part, weight } in parts() {
                let factor = evidence(part, visitor, evidence_k) * weight / part.sd;
                for &(row, score) in part.of_visitor(index) {
                    total[row as usize] += factor * score;
                }
            }
            for held in visitor.held.iter().filter(|_| !self.repeats) {
                if let Some(seen) = total.get_mut(held.item as usize) {
                    *seen = f32::NEG_INFINITY;
                }
            }
            at_k(&top_k(&total, JUDGED_PLACES as usize), &visitor.wanted, JUDGED_PLACES)
        };
        self.visitors.iter().enumerate().map(one).collect()
    }

    /// Mean NDCG@10 of one part alone.
    pub fn ndcg(&self, part: &Part) -> f32 {
        mean(&self.blend(&[Weighted { part, weight: 1.0 }], 0.0)).ndcg
    }
}

/// How far a part is trusted for a visitor.
pub(crate) fn evidence(part: &Part, visitor: &Judged, evidence_k: f32) -> f32 {
    let items = visitor.held.len() as f32;
    if part.is_lists() { items / (items + evidence_k) } else { 1.0 }
}

/// Encodes a table that carries nothing but the lists, under the first seed that gives its rows distinct keys.
fn encode(rows: usize, set: &ListSetDraft) -> Result<Vec<u8>, EncodeError> {
    let mut draft = judging_table(rows, set);
    loop {
        match draft.encode() {
            Err(EncodeError::KeyCollision { .. }) if draft.id_seed < MAX_ID_SEED => draft.id_seed += 1,
            result => return result,
        }
    }
}

fn judging_table(rows: usize, set: &ListSetDraft) -> TableDraft {
    let row = |index: usize| Row {
        id: index.to_string(),
        popularity: 0.0,
        trend: 0.0,
        added_at: 0,
        price: None,
        flags: RowFlags::default(),
        facets: Vec::new(),
        display: String::new(),
    };
    TableDraft {
        kind: TableKind::Catalogue,
        id_seed: 0,
        created_at: 0,
        open: false,
        rows: (0..rows).map(row).collect(),
        facets: Vec::new(),
        list_sets: vec![set.clone()],
        blend: Blend::default(),
        extras: homebody_protocol::Extras::default(),
    }
}

/// Mean and standard deviation; a spread that is not positive becomes 1, so that it can divide.
pub(crate) fn moments(values: &[f32]) -> (f32, f32) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let squares =
        values.iter().map(|&value| (f64::from(value) - mean) * (f64::from(value) - mean)).sum::<f64>();
    let sd = (squares / count).sqrt() as f32;
    (mean as f32, if sd > 0.0 && sd.is_finite() { sd } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::Held;
    use homebody_protocol::score::spread_history;
    use homebody_protocol::table::ListSource;
    use homebody_protocol::{Decay, history_weights, score_row};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_part_is_what_the_device_scores(
            weights in prop::collection::vec(-1.0f32..2.0, 25), held in prop::collection::vec(0.0f32..40.0, 1..5),
        ) {
            let keys: Vec<ItemKey> = (1..=5).map(ItemKey).collect();
            let list = |row: &[f32]| keys.iter().copied().zip(row.iter().copied()).collect();
            let decay = Decay::Days { half_life: 9.0 };
            let source = ListSource::Collaborative;
            let lists = weights.chunks(5).map(list).collect();
            let set = ListSetDraft { source, decay, weight: 1.0, mean: 0.0, sd: 1.0, lists };
            let held: Vec<Held> =
                (0u32..).zip(&held).map(|(item, &age_days)| Held { item, weight: 0.7, age_days }).collect();
            let visitor = Judged { held, touches: Vec::new(), wanted: vec![4] };
            let judge = Judge { visitors: std::slice::from_ref(&visitor), keys: &keys, repeats: true };
            let part = judge.part(&set).unwrap();
            let table = Table::read(encode(5, &set).unwrap()).unwrap();
            let lists = table.list_sets().next().unwrap();
            let history = history_weights(&part::entries(&visitor, &keys), decay);
            let dense = spread_history(&history, table.vocabulary_len(), |key| table.vocabulary_index(key));
            let mut scores = Vec::new();
            for row in 0..5 {
                let expected = score_row(&lists, row, &dense);
                prop_assert!((part.score(0, row as u32) - expected).abs() < 1e-4);
                scores.push(expected);
            }
            let (mean, sd) = moments(&scores);
            prop_assert!((part.mean - mean).abs() < 1e-4 && (part.sd - sd).abs() < 1e-3);
        }
    }
}
