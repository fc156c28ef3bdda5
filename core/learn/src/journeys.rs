//! Visitors' interactions with their kinds and times, as far as segments, intent and priors need them: a bounded sample
//! that is forgotten after training.

use crate::bootstrap::SplitMix64;
use crate::history::HistoryRow;
use homebody_protocol::Kind;

/// Rows kept in memory before visitors are left out.
const MAX_ROWS: usize = 8 << 20;
/// Rows added between two compactions.
const COMPACT_ROWS: usize = 1 << 20;
/// Newest rows of a visitor that are kept: the bound on what one visitor adds to any sum.
const ROWS_PER_VISITOR: usize = 400;
/// Times below this (March 1973) are positions in a sequence, not Unix seconds.
const EARLIEST_UNIX_S: i64 = 100_000_000;

/// One interaction of a visitor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Unix seconds, or the position in the visitor's sequence.
    pub at: i64,
    /// Index into the catalogue's items.
    pub item: u32,
    /// What was done.
    pub kind: Kind,
    /// The kind's own unit.
    pub value: f32,
}

/// Collects rows in any order.
#[derive(Debug, Default)]
pub struct JourneyBuilder {
    rows: Vec<(u64, Step)>,
    /// Visitors whose mixed hash ends in this many zeros are kept.
    halvings: u32,
    compact_at: usize,
}

/// Every sampled visitor's interactions in time order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journeys {
    /// The visitor's hash, mixed, with the steps, oldest first.
    all: Vec<(u64, Vec<Step>)>,
    timed: bool,
}

impl JourneyBuilder {
    /// Adds a row, whatever its kind. Of a log with more than eight million kept rows every second visitor is left out,
    /// chosen by hash, as often as it takes: shares and rates stay what they are.
    pub fn push(&mut self, row: HistoryRow) {
        let visitor = SplitMix64(row.visitor).next_u64();
        // What a site says of somebody is nothing that they did; it begins no session on the device either.
        if row.kind == Kind::Hint || !self.is_sampled(visitor) {
            return;
        }
        let value = if row.value.is_finite() { row.value } else { 0.0 };
        self.rows.push((visitor, Step { at: row.moment(), item: row.item, kind: row.kind, value }));
        if self.rows.len() >= self.compact_at.max(COMPACT_ROWS) {
            self.compact();
        }
    }

    /// Groups by visitor in time order; rows with equal times keep the order they came in.
    pub fn finish(mut self) -> Journeys {
        self.compact();
        let timed = self.rows.iter().any(|(_, step)| step.at >= EARLIEST_UNIX_S);
        let groups = self.rows.chunk_by(|left, right| left.0 == right.0);
        let journey = |group: &[(u64, Step)]| (group[0].0, group.iter().map(|(_, step)| *step).collect());
        Journeys { all: groups.map(journey).collect(), timed }
    }

    fn is_sampled(&self, visitor: u64) -> bool {
        visitor.trailing_zeros() >= self.halvings
    }

    fn compact(&mut self) {
        self.rows.sort_by_key(|(visitor, step)| (*visitor, step.at));
        let groups = self.rows.chunk_by(|left, right| left.0 == right.0);
        let newest = groups.flat_map(|group| &group[group.len().saturating_sub(ROWS_PER_VISITOR)..]);
        self.rows = newest.copied().collect();
        while self.rows.len() > MAX_ROWS && self.halvings < u64::BITS {
            self.halvings += 1;
            let halvings = self.halvings;
            self.rows.retain(|(visitor, _)| visitor.trailing_zeros() >= halvings);
        }
        self.compact_at = self.rows.len() + COMPACT_ROWS;
    }
}

impl Journeys {
    /// Each visitor's mixed hash and steps.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[Step])> {
        self.all.iter().map(|(visitor, steps)| (*visitor, steps.as_slice()))
    }

    /// Number of visitors.
    pub fn visitors(&self) -> usize {
        self.all.len()
    }

    /// Whether times are Unix seconds rather than positions.
    pub fn has_times(&self) -> bool {
        self.timed
    }

    /// What says that something shown was opened: a log that tells no clicks in lists tells the item pages opened.
    pub fn opening(&self) -> Kind {
        if self.has(&[Kind::Click]) { Kind::Click } else { Kind::View }
    }

    /// Whether any step is of one of these kinds.
    pub fn has(&self, kinds: &[Kind]) -> bool {
        self.all.iter().flat_map(|(_, steps)| steps).any(|step| kinds.contains(&step.kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(visitor: u64, item: u32, at: i64) -> HistoryRow {
        HistoryRow { visitor, item, kind: Kind::Impression, value: f32::NAN, at, basket: None }
    }

    #[test]
    fn every_kind_is_kept_in_time_order_and_visitors_are_bounded() {
        let mut builder = JourneyBuilder::default();
        for at in (0..1000).rev() {
            builder.push(row(7, at as u32, at));
        }
        builder.push(row(8, 1, 5));
        builder.push(HistoryRow { kind: Kind::Hint, ..row(9, 1, 5) });
        let journeys = builder.finish();
        assert_eq!((journeys.visitors(), journeys.has_times()), (2, false));
        assert!(journeys.has(&[Kind::Impression]) && !journeys.has(&[Kind::Click, Kind::View]));
        let (_, steps) = journeys.iter().find(|(_, steps)| steps.len() > 1).unwrap();
        assert_eq!((steps.len(), steps[0].at, steps[399].at), (400, 600, 999));
        assert!(steps.iter().all(|step| step.value == 0.0));
    }

    #[test]
    fn a_sample_keeps_whole_visitors() {
        let mut builder = JourneyBuilder { halvings: 2, ..JourneyBuilder::default() };
        for visitor in 0..4000 {
            builder.push(row(visitor, 1, 1));
            builder.push(row(visitor, 2, 2));
        }
        let journeys = builder.finish();
        assert!((800..1200).contains(&journeys.visitors()), "{}", journeys.visitors());
        assert!(journeys.iter().all(|(_, steps)| steps.len() == 2));
    }
}
