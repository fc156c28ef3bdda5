//! Visitors' histories, compact and bounded, built row by row and forgotten after training.

use homebody_protocol::Kind;

/// Rows kept in the buffer before it is compacted for the first time.
const FIRST_COMPACTION_ROWS: usize = 1 << 20;
/// Rows kept for one distinct item of a visitor: repeats beyond this say nothing new.
const ROWS_PER_ITEM: usize = 4;

/// One line of a site's log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryRow {
    /// Any stable 64-bit hash of the visitor's id; only equality matters.
    pub visitor: u64,
    /// Index into the catalogue's items; an index past its end is an item the catalogue does not know.
    pub item: u32,
    /// What was done.
    pub kind: Kind,
    /// The kind's own unit, see [`Kind::weight`].
    pub value: f32,
    /// Unix seconds, or the position in the visitor's sequence when the log has no times.
    pub at: i64,
    /// Hash of the basket (invoice, order) the row belongs to.
    pub basket: Option<u64>,
}

/// No time or position counts as later than this or as earlier than minus this: differences must not overflow.
const FARTHEST: i64 = i64::MAX / 4;

impl HistoryRow {
    /// Its time or position, within bounds whose differences can be told.
    pub(crate) fn moment(&self) -> i64 {
        self.at.clamp(-FARTHEST, FARTHEST)
    }
}

/// One kept interaction of a visitor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Index into the catalogue's items.
    pub item: u32,
    /// [`Kind::weight`] of the row, in (0, 1].
    pub weight: f32,
    /// What it says of the taste for the item's facets, see [`taste`].
    pub taste: Option<f32>,
    /// What was done.
    pub kind: Kind,
    /// Unix seconds or sequence position, as in [`HistoryRow::at`].
    pub at: i64,
    /// Basket hash, 0 when the row named none.
    pub basket: u64,
}

/// Collects rows in any order with a bound on memory per visitor.
#[derive(Debug)]
pub struct HistoryBuilder {
    max_items_per_visitor: usize,
    rows: Vec<(u64, Event)>,
    compact_at: usize,
    ignored_rows: u64,
}

/// Every visitor's interactions in time order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Start of each visitor in `events`, and the end of the last.
    offsets: Vec<usize>,
    events: Vec<Event>,
    ignored_rows: u64,
}

impl HistoryBuilder {
    /// Keeps the newest `max_items_per_visitor` distinct items of each visitor (at least one).
    pub fn new(max_items_per_visitor: usize) -> Self {
        Self {
            max_items_per_visitor: max_items_per_visitor.max(1),
            rows: Vec::new(),
            compact_at: FIRST_COMPACTION_ROWS,
            ignored_rows: 0,
        }
    }

    /// Adds a row. Rows that say nothing about wanting the item (weight 0, a value that is no number) are
    /// counted and dropped.
    pub fn push(&mut self, row: HistoryRow) {
        let weight = row.kind.weight(row.value);
        if !weight.is_finite() || weight <= 0.0 {
            self.ignored_rows += 1;
            return;
        }
        let basket = row.basket.map_or(0, |hash| hash.max(1));
        let taste = taste(row.kind, row.value);
        let event = Event { item: row.item, weight, taste, kind: row.kind, at: row.moment(), basket };
        self.rows.push((row.visitor, event));
        if self.rows.len() >= self.compact_at {
            self.compact();
            self.compact_at = (self.rows.len() * 2).max(FIRST_COMPACTION_ROWS);
        }
    }

    /// Groups by visitor in time order; rows with equal times keep the order they came in.
    pub fn finish(mut self) -> History {
        self.compact();
        let mut history = History { ignored_rows: self.ignored_rows, ..History::default() };
        for group in self.rows.chunk_by(|left, right| left.0 == right.0) {
            history.push_visitor(group.iter().map(|(_, event)| *event));
        }
        history
    }

    fn compact(&mut self) {
        self.rows.sort_by_key(|(visitor, event)| (*visitor, event.at));
        let mut kept = Vec::with_capacity(self.rows.len());
        for group in self.rows.chunk_by(|left, right| left.0 == right.0) {
            let start = kept.len();
            let mut seen = std::collections::BTreeMap::new();
            for row in group.iter().rev() {
                let full = seen.len() >= self.max_items_per_visitor;
                if full && !seen.contains_key(&row.1.item) {
                    continue;
                }
                let count = seen.entry(row.1.item).or_insert(0usize);
                if *count < ROWS_PER_ITEM {
                    *count += 1;
                    kept.push(*row);
                }
            }
            kept[start..].reverse();
        }
        self.rows = kept;
    }
}

impl History {
    /// Number of visitors with at least one kept interaction.
    pub fn visitors(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// A visitor's interactions, oldest first; empty for an index past the end.
    pub fn visitor(&self, index: usize) -> &[Event] {
        match (self.offsets.get(index), self.offsets.get(index + 1)) {
            (Some(&start), Some(&end)) => &self.events[start..end],
            _ => &[],
        }
    }

    /// All visitors' interactions.
    pub fn iter(&self) -> impl Iterator<Item = &[Event]> {
        (0..self.visitors()).map(|index| self.visitor(index))
    }

    /// Every kept interaction, visitor after visitor.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Rows dropped because they say nothing about wanting an item.
    pub fn ignored_rows(&self) -> u64 {
        self.ignored_rows
    }

    /// Whether the log is of visitors who fill carts and buy: then it is the next purchase that is wanted.
    pub fn has_purchases_and_carts(&self) -> bool {
        let has = |kind: Kind| self.events.iter().any(|event| event.kind == kind);
        has(Kind::Purchase) && has(Kind::CartAdd)
    }

    /// Earliest and latest time, or `None` without interactions.
    pub fn span(&self) -> Option<(i64, i64)> {
        let first = self.events.iter().map(|event| event.at).min()?;
        let last = self.events.iter().map(|event| event.at).max()?;
        Some((first, last))
    }

    /// The part of the history that `keep` accepts; visitors left with nothing disappear.
    pub fn filtered(&self, mut keep: impl FnMut(usize, &Event) -> bool) -> Self {
        let mut kept = Self { ignored_rows: self.ignored_rows, ..Self::default() };
        for visitor in 0..self.visitors() {
            let events = self.visitor(visitor).iter().copied();
            kept.push_visitor(events.filter(|event| keep(visitor, event)));
        }
        kept
    }

    fn push_visitor(&mut self, events: impl Iterator<Item = Event>) {
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
        let before = self.events.len();
        self.events.extend(events);
        if self.events.len() > before {
            self.offsets.push(self.events.len());
        }
    }
}

/// What an interaction says of the taste for its item's facets, −1 (dislike) to 1; `None` for a rating that is none.
///
/// As on the device: one and two stars are dislikes (−1, −½), three say nothing, four and five are likes (½, 1), rounded
/// and within 1–5; everything else counts by [`Kind::weight`]. What was rated low was chosen all the same, so its weight
/// in the history stays positive.
pub fn taste(kind: Kind, value: f32) -> Option<f32> {
    if kind != Kind::Rating {
        return Some(kind.weight(value));
    }
    (value.is_finite() && value > 0.0).then(|| (value.clamp(1.0, 5.0).round() - 3.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(visitor: u64, item: u32, at: i64) -> HistoryRow {
        HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket: None }
    }

    fn items(history: &History, visitor: usize) -> Vec<u32> {
        history.visitor(visitor).iter().map(|event| event.item).collect()
    }

    #[test]
    fn rows_in_any_order_come_out_by_visitor_and_time() {
        let mut builder = HistoryBuilder::new(10);
        for (visitor, item, at) in [(9, 1, 30), (4, 7, 5), (9, 2, 10), (9, 3, 10), (4, 8, 1)] {
            builder.push(row(visitor, item, at));
        }
        let history = builder.finish();
        assert_eq!(history.visitors(), 2);
        assert_eq!(items(&history, 0), [8, 7]);
        assert_eq!(items(&history, 1), [2, 3, 1], "equal times keep their order");
        assert_eq!(history.span(), Some((1, 30)));
        assert!(history.visitor(2).is_empty());
    }

    #[test]
    fn a_visitor_is_bounded_to_the_newest_distinct_items() {
        let mut builder = HistoryBuilder::new(2);
        for at in 0..40 {
            builder.push(row(1, (at % 4) as u32, at));
        }
        let history = builder.finish();
        assert!(items(&history, 0).iter().all(|item| [2, 3].contains(item)));
        assert_eq!(history.visitor(0).len(), 2 * ROWS_PER_ITEM);
        assert_eq!(history.visitor(0).last().map(|event| event.at), Some(39));
    }

    #[test]
    fn times_at_the_ends_of_all_numbers_have_differences() {
        let mut builder = HistoryBuilder::new(10);
        builder.push(row(1, 1, i64::MIN));
        builder.push(row(1, 2, i64::MAX));
        let history = builder.finish();
        assert_eq!(items(&history, 0), [1, 2]);
        assert!(history.span().unwrap().1.checked_sub(history.span().unwrap().0).is_some());
    }

    #[test]
    fn rows_without_weight_are_counted() {
        let mut builder = HistoryBuilder::new(2);
        builder.push(HistoryRow { kind: Kind::ThumbsDown, ..row(1, 1, 1) });
        builder.push(HistoryRow { kind: Kind::Dwell, value: f32::NAN, ..row(1, 1, 1) });
        let history = builder.finish();
        assert_eq!((history.visitors(), history.ignored_rows()), (0, 2));
        assert_eq!(history.span(), None);
    }
}
