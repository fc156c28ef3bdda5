//! One part of the blend, scored for every judged visitor.

use super::moments;
use crate::catalogue::Catalogue;
use crate::split::Judged;
use homebody_protocol::table::{FacetKind, ListSet, Table};
use homebody_protocol::{HistoryEntry, ItemKey, history_weights};

/// Likes that stand for "could like anything", as on the device.
const SMOOTHING: f32 = 3.0;
/// Days after which half of a taste has faded, as on the device.
const TASTE_HALF_LIFE_DAYS: f32 = 30.0;

/// Scores of one part of the blend for every judged visitor.
#[derive(Clone, Debug)]
pub struct Part {
    scores: Scores,
    /// Mean over visitors and rows.
    pub mean: f32,
    /// Standard deviation over visitors and rows; 1 for a part without spread.
    pub sd: f32,
}

#[derive(Clone, Debug)]
enum Scores {
    /// One score a row, the same for all.
    Common(Vec<f32>),
    /// The rows that are not 0 for a visitor: few, because lists are short.
    Personal { starts: Vec<usize>, entries: Vec<(u32, f32)>, lists: bool },
}

impl Part {
    /// A part that is the same for every visitor.
    pub fn common(values: &[f32]) -> Self {
        let (mean, sd) = moments(values);
        Self { scores: Scores::Common(values.to_vec()), mean, sd }
    }

    fn personal(visitors: Vec<Vec<(u32, f32)>>, rows: usize, lists: bool) -> Self {
        let mut starts = vec![0];
        let mut entries = Vec::new();
        for visitor in visitors {
            entries.extend(visitor);
            starts.push(entries.len());
        }
        let count = (rows * (starts.len() - 1)).max(1) as f64;
        let sum: f64 = entries.iter().map(|(_, score)| f64::from(*score)).sum();
        let squares: f64 = entries.iter().map(|(_, score)| f64::from(*score) * f64::from(*score)).sum();
        let mean = sum / count;
        let sd = (squares / count - mean * mean).max(0.0).sqrt() as f32;
        let sd = if sd > 0.0 && sd.is_finite() { sd } else { 1.0 };
        Self { scores: Scores::Personal { starts, entries, lists }, mean: mean as f32, sd }
    }

    /// The scores, where they are the same for every visitor.
    pub(super) fn as_common(&self) -> Option<&[f32]> {
        match &self.scores {
            Scores::Common(values) => Some(values),
            Scores::Personal { .. } => None,
        }
    }

    /// The rows of a visitor that are not 0, ascending; none of a common part.
    pub(super) fn of_visitor(&self, visitor: usize) -> &[(u32, f32)] {
        match &self.scores {
            Scores::Common(_) => &[],
            Scores::Personal { starts, entries, .. } => &entries[starts[visitor]..starts[visitor + 1]],
        }
    }

    /// Whether all rows are alike for everybody: such a part says nothing.
    pub(crate) fn is_flat(&self) -> bool {
        match &self.scores {
            Scores::Common(values) => values.windows(2).all(|pair| pair[0] == pair[1]),
            Scores::Personal { entries, .. } => entries.is_empty(),
        }
    }

    /// Whether the part is trusted as far as there is evidence.
    pub(super) fn is_lists(&self) -> bool {
        matches!(self.scores, Scores::Personal { lists: true, .. })
    }

    /// The score of one row for one visitor.
    pub fn score(&self, visitor: usize, row: u32) -> f32 {
        match &self.scores {
            Scores::Common(values) => values.get(row as usize).copied().unwrap_or(0.0),
            Scores::Personal { .. } => {
                let entries = self.of_visitor(visitor);
                entries.binary_search_by_key(&row, |(row, _)| *row).map_or(0.0, |at| entries[at].1)
            }
        }
    }
}

/// Scores of a list set: what [`homebody_protocol::score_row`] gives, but from the history's side, so that only
/// rows that a history item speaks for are visited. A test holds the two equal.
pub(super) fn of_lists(
    table: &Table<Vec<u8>>,
    lists: &ListSet<'_>,
    visitors: &[Judged],
    keys: &[ItemKey],
) -> Part {
    let rows = keys.len();
    let spoken = inverted(table, lists);
    let mut scratch = Scratch::new(rows);
    let one = |visitor: &Judged| {
        for (item, strength) in history_weights(&entries(visitor, keys), lists.decay()) {
            let Some(place) = table.vocabulary_index(item) else { continue };
            for &(row, weight) in &spoken[place] {
                scratch.add(row, weight * strength);
            }
        }
        scratch.take()
    };
    Part::personal(visitors.iter().map(one).collect(), rows, true)
}

/// What the device calls the affinity of a visitor for the facets of one kind of each row: the sum of the tastes for them
/// over the root of their number, a taste being its strength over 3 and the sum of all strengths of the kind, either
/// sign. Impressions and dislikes without stars are in no history, so what they change on a device is not learned from.
pub(super) fn of_facets(catalogue: &Catalogue, kind: FacetKind, visitors: &[Judged]) -> Part {
    let kinds = &catalogue.facet_kinds;
    let is_kind = |facet: &u16| kinds.get(usize::from(*facet)) == Some(&kind);
    let own: Vec<Vec<u16>> =
        catalogue.items.iter().map(|item| item.facets.iter().copied().filter(is_kind).collect()).collect();
    let mut rows_of: Vec<Vec<(u32, f32)>> = vec![Vec::new(); kinds.len()];
    for (row, facets) in (0u32..).zip(&own) {
        for &facet in facets {
            rows_of[usize::from(facet)].push((row, 1.0 / (facets.len() as f32).sqrt()));
        }
    }
    let mut scratch = Scratch::new(catalogue.items.len());
    let mut tastes = Scratch::new(kinds.len());
    let one = |visitor: &Judged| {
        for touch in &visitor.touches {
            let fresh = touch.taste * libm::exp2f(-touch.age_days / TASTE_HALF_LIFE_DAYS);
            for &facet in own.get(touch.item as usize).into_iter().flatten() {
                tastes.add(u32::from(facet), fresh);
            }
        }
        let strengths = tastes.take();
        let total: f32 = strengths.iter().map(|(_, strength)| strength.abs()).sum::<f32>() + SMOOTHING;
        for (facet, strength) in strengths {
            let taste = (strength / total).clamp(-1.0, 1.0);
            for &(row, share) in &rows_of[facet as usize] {
                scratch.add(row, share * taste);
            }
        }
        scratch.take()
    };
    Part::personal(visitors.iter().map(one).collect(), catalogue.items.len(), false)
}

/// What a device would hold of a visitor.
pub(super) fn entries(visitor: &Judged, keys: &[ItemKey]) -> Vec<HistoryEntry> {
    let known = |held: &crate::steps::Held| {
        let item = *keys.get(held.item as usize)?;
        Some(HistoryEntry { item, weight: held.weight, age_days: held.age_days })
    };
    visitor.held.iter().filter_map(known).collect()
}

/// For each item of the vocabulary the rows it speaks for, with the weight a device restores.
fn inverted(table: &Table<Vec<u8>>, lists: &ListSet<'_>) -> Vec<Vec<(u32, f32)>> {
    let mut spoken = vec![Vec::new(); table.vocabulary_len()];
    for row in 0..table.rows() {
        let scale = lists.scale(row);
        for (place, weight) in lists.entries(row) {
            if let Some(rows) = spoken.get_mut(place) {
                rows.push((row as u32, f32::from(weight) * scale));
            }
        }
    }
    spoken
}

/// A dense vector that remembers where it is not 0.
struct Scratch {
    cells: Vec<f32>,
    touched: Vec<u32>,
}

impl Scratch {
    fn new(len: usize) -> Self {
        Self { cells: vec![0.0; len], touched: Vec::new() }
    }

    fn add(&mut self, at: u32, value: f32) {
        let cell = &mut self.cells[at as usize];
        if *cell == 0.0 {
            self.touched.push(at);
        }
        *cell += value;
    }

    /// The entries that are not 0, ascending; all are 0 afterwards.
    fn take(&mut self) -> Vec<(u32, f32)> {
        self.touched.sort_unstable();
        self.touched.dedup();
        let cells = &mut self.cells;
        let entries = self.touched.drain(..).map(|at| (at, std::mem::take(&mut cells[at as usize])));
        entries.filter(|(_, value)| *value != 0.0).collect()
    }
}
