//! Judging lists the way a device would rank with them.
//!
//! Lists are encoded, read back and scored by the functions of the protocol crate that the device calls, so
//! quantisation and the scaling of the history are part of what is judged.

use crate::metrics::{Metrics, at_k, mean, top_k};
use crate::split::Judged;
use homebody_protocol::score::spread_history;
use homebody_protocol::table::{
    Blend, EncodeError, ListSetDraft, Row, RowFlags, Table, TableDraft, TableKind,
};
use homebody_protocol::{HistoryEntry, ItemKey, history_weights, score_row};

/// Length of the judged list.
pub const JUDGED_PLACES: u32 = 10;

/// At 100,000 rows one seed in three is free of collisions.
const MAX_ID_SEED: u32 = 64;

/// Scores of one part of the blend for every judged visitor.
#[derive(Clone, Debug)]
pub struct Part {
    /// One score a row for each visitor, or one a row for all of them.
    scores: Vec<f32>,
    per_visitor: bool,
    /// Mean over visitors and rows.
    pub mean: f32,
    /// Standard deviation over visitors and rows; 1 for a part without spread.
    pub sd: f32,
}

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

impl Part {
    /// A part that is the same for every visitor.
    pub fn common(values: &[f32]) -> Self {
        let (mean, sd) = moments(values);
        Self { scores: values.to_vec(), per_visitor: false, mean, sd }
    }

    fn of_visitor(&self, visitor: usize, rows: usize) -> &[f32] {
        let start = if self.per_visitor { visitor * rows } else { 0 };
        &self.scores[start..start + rows]
    }
}

impl Judge<'_> {
    /// Scores every row for every visitor with one list set.
    ///
    /// # Errors
    /// [`EncodeError`] when the set cannot be encoded.
    pub fn part(&self, set: &ListSetDraft) -> Result<Part, EncodeError> {
        let rows = self.keys.len();
        let bytes = encode(rows, set)?;
        let mut scores = vec![0.0; rows * self.visitors.len()];
        if let Ok(table) = Table::read(bytes)
            && let Some(lists) = table.list_sets().next()
        {
            for (visitor, out) in self.visitors.iter().zip(scores.chunks_mut(rows.max(1))) {
                let history = history_weights(&self.entries(visitor), lists.decay());
                let dense =
                    spread_history(&history, table.vocabulary_len(), |key| table.vocabulary_index(key));
                for (row, score) in out.iter_mut().enumerate() {
                    *score = score_row(&lists, row, &dense);
                }
            }
        }
        let (mean, sd) = moments(&scores);
        Ok(Part { scores, per_visitor: true, mean, sd })
    }

    /// Metrics of each visitor under a blend of parts: list parts count n / (n + k), common parts fully.
    pub fn blend(&self, parts: &[Weighted<'_>], evidence_k: f32) -> Vec<Metrics> {
        let rows = self.keys.len();
        let mut total = vec![0.0f32; rows];
        let one = |(index, visitor): (usize, &Judged)| {
            let items = visitor.held.len() as f32;
            total.fill(0.0);
            for Weighted { part, weight } in parts.iter().filter(|weighted| weighted.weight != 0.0) {
                let evidence = if part.per_visitor { items / (items + evidence_k) } else { 1.0 };
                let factor = evidence * weight / part.sd;
                for (sum, score) in total.iter_mut().zip(part.of_visitor(index, rows)) {
                    *sum += factor * (score - part.mean);
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

    fn entries(&self, visitor: &Judged) -> Vec<HistoryEntry> {
        let known = |held: &crate::steps::Held| {
            let item = *self.keys.get(held.item as usize)?;
            Some(HistoryEntry { item, weight: held.weight, age_days: held.age_days })
        };
        visitor.held.iter().filter_map(known).collect()
    }
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
