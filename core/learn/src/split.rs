//! Holding back the newest window, to judge models on what visitors did next.

use crate::bootstrap::SplitMix64;
use crate::history::{Event, History};
use crate::steps::{Held, has_times, held};
use std::collections::BTreeSet;

/// How the judged window is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Everything after the 90 % time quantile is held back; wanted = all new items a visitor with earlier
    /// history took after it. The honest one for a shop.
    Temporal,
    /// The last new items of every visitor are held back, each judged on everything before it: three say nearly
    /// twice as much as one, and settings are chosen among more than noise.
    LeaveLastOut,
}

/// A visitor at a moment, with what they took next held back.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// What the device would hold, the last touched first.
    pub held: Vec<Held>,
    /// The new items that were taken, ascending.
    pub wanted: Vec<u32>,
}

/// A history cut in two.
#[derive(Clone, Debug)]
pub struct Split {
    /// How it was cut.
    pub protocol: Protocol,
    /// What models may learn from.
    pub train: History,
    /// Whom they are judged on.
    pub judged: Vec<Judged>,
    /// The time of judging, in the history's unit.
    pub now: i64,
}

/// Most items left out of one visitor's history.
const MAX_LEFT_OUT: usize = 3;
/// Share of first touches before the cut.
const TRAIN_SHARE: f64 = 0.9;

impl Protocol {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temporal => "temporal",
            Self::LeaveLastOut => "leave_last_out",
        }
    }
}

/// Cuts at the 90 % time quantile when at least `min_visitors` can be judged there, else leaves the last item
/// of each visitor out. `None` when nobody can be judged.
pub fn newest_window(history: &History, catalogue_items: usize, min_visitors: usize) -> Option<Split> {
    let temporal = if has_times(history) { temporal(history, catalogue_items) } else { None };
    temporal
        .filter(|split| split.judged.len() >= min_visitors)
        .or_else(|| leave_last_out(history, catalogue_items))
        .filter(|split| !split.judged.is_empty())
}

/// Keeps at most `count` judged visitors, drawn by `rng`, in their old order.
pub fn sample_judged(split: &mut Split, count: usize, mut rng: SplitMix64) {
    let total = split.judged.len();
    if total <= count {
        return;
    }
    let (mut seen, mut kept) = (0, 0);
    split.judged.retain(|_| {
        let take = rng.below(total - seen) < count - kept;
        seen += 1;
        kept += usize::from(take);
        take
    });
}

/// Cuts by time: the quantile is taken over first touches, because only new items are judged.
pub fn temporal(history: &History, catalogue_items: usize) -> Option<Split> {
    let first = |events: &[Event]| first_touches(events).into_iter().map(|(_, at)| at).collect::<Vec<i64>>();
    let mut times: Vec<i64> = history.iter().flat_map(first).collect();
    times.sort_unstable();
    let cut = *times.get((times.len() as f64 * TRAIN_SHARE) as usize)?;
    let judged = history.iter().filter_map(|events| {
        let (before, after) = events.split_at(events.partition_point(|event| event.at < cut));
        let mut wanted: Vec<u32> = after.iter().map(|event| event.item).collect();
        wanted.retain(|item| {
            (*item as usize) < catalogue_items && before.iter().all(|event| event.item != *item)
        });
        judged(held(before, cut), wanted)
    });
    let judged = judged.collect();
    let train = history.filtered(|_, event| event.at < cut);
    Some(Split { protocol: Protocol::Temporal, train, judged, now: cut })
}

/// Leaves the last new items of each visitor out: at most three, and at most half of what they have.
pub fn leave_last_out(history: &History, catalogue_items: usize) -> Option<Split> {
    let (_, now) = history.span()?;
    let last: Vec<Vec<(u32, i64)>> =
        history.iter().map(|events| last_new_items(events, catalogue_items)).collect();
    let left_out = |visitor: usize, item: u32| last[visitor].iter().any(|(last, _)| *last == item);
    let train = history.filtered(|visitor, event| !left_out(visitor, event.item));
    let mut all = Vec::new();
    for (events, last) in history.iter().zip(&last) {
        for (index, &(item, at)) in last.iter().enumerate() {
            // What came before this item: everything but it and those after it.
            let later = |event: &Event| last[index..].iter().any(|(later, _)| *later == event.item);
            let before: Vec<Event> = events.iter().copied().filter(|event| !later(event)).collect();
            all.extend(judged(held(&before, at), vec![item]));
        }
    }
    Some(Split { protocol: Protocol::LeaveLastOut, train, judged: all, now })
}

/// Distinct items with the time of their first touch, in time order.
fn first_touches(events: &[Event]) -> Vec<(u32, i64)> {
    let mut seen = BTreeSet::new();
    events.iter().filter(|event| seen.insert(event.item)).map(|event| (event.item, event.at)).collect()
}

/// The items that are left out of a visitor's history, oldest first.
fn last_new_items(events: &[Event], catalogue_items: usize) -> Vec<(u32, i64)> {
    let mut items = first_touches(events);
    let left_out = (items.len() / 2).min(MAX_LEFT_OUT);
    let mut last = items.split_off(items.len() - left_out);
    last.retain(|(item, _)| (*item as usize) < catalogue_items);
    last
}

fn judged(held: Vec<Held>, mut wanted: Vec<u32>) -> Option<Judged> {
    wanted.sort_unstable();
    wanted.dedup();
    (!held.is_empty() && !wanted.is_empty()).then_some(Judged { held, wanted })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{HistoryBuilder, HistoryRow};
    use homebody_protocol::Kind;

    fn history(rows: &[(u64, u32, i64)]) -> History {
        let mut builder = HistoryBuilder::new(100);
        for &(visitor, item, at) in rows {
            builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket: None });
        }
        builder.finish()
    }

    #[test]
    fn the_last_new_item_is_left_out_with_its_repeats() {
        let split = leave_last_out(&history(&[(1, 5, 1), (1, 6, 2), (1, 5, 3), (2, 9, 1)]), 10).unwrap();
        assert_eq!(split.judged.len(), 1, "half is left, and nothing of a visitor with one item");
        assert_eq!(split.judged[0].wanted, [6]);
        assert!(split.train.events().iter().all(|event| event.item != 6));
    }

    #[test]
    fn each_item_left_out_is_judged_on_all_before_it() {
        let rows: Vec<(u64, u32, i64)> = (0..7).map(|item| (1, item, i64::from(item))).collect();
        let split = leave_last_out(&history(&rows), 10).unwrap();
        let seen: Vec<(usize, u32)> =
            split.judged.iter().map(|judged| (judged.held.len(), judged.wanted[0])).collect();
        assert_eq!(seen, [(4, 4), (5, 5), (6, 6)]);
        assert_eq!(split.train.events().len(), 4);
    }

    #[test]
    fn a_temporal_cut_wants_only_new_items_of_known_visitors() {
        let day = 86_400;
        let start = 1_600_000_000;
        let mut rows: Vec<(u64, u32, i64)> =
            (0..18).map(|index| (1 + index % 3, index as u32, start + index as i64 * day)).collect();
        rows.extend([(1, 0, start + 90 * day), (1, 24, start + 90 * day), (8, 5, start + 90 * day)]);
        let split = temporal(&history(&rows), 30).unwrap();
        assert_eq!(split.now, start + 90 * day);
        assert_eq!(split.judged.len(), 1);
        assert_eq!(split.judged[0].wanted, [24]);
        assert!(split.train.events().iter().all(|event| event.at < split.now));
    }

    #[test]
    fn too_few_temporal_visitors_fall_back() {
        let rows: Vec<(u64, u32, i64)> =
            (0..40).map(|index| (index / 4, (index % 4) as u32, 1_600_000_000 + index as i64)).collect();
        let split = newest_window(&history(&rows), 10, 200).unwrap();
        assert_eq!(split.protocol, Protocol::LeaveLastOut);
        let mut sampled = split.clone();
        sample_judged(&mut sampled, 3, SplitMix64(1));
        assert_eq!(sampled.judged.len(), 3);
        assert!(newest_window(&History::default(), 10, 1).is_none());
    }
}
