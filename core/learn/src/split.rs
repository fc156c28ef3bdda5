//! Holding back the newest window, to judge models on what visitors did next.

use crate::bootstrap::SplitMix64;
use crate::history::History;
use crate::steps::{Held, has_times, held};

/// How the judged window is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Everything after the 90 % time quantile is held back; wanted = all new items a visitor with earlier
    /// history took after it. The honest one for a shop.
    Temporal,
    /// The last new item of every visitor is held back.
    LeaveLastOut,
}

/// A visitor with something held back.
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

/// Share of the events before the cut.
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

/// Cuts by time.
pub fn temporal(history: &History, catalogue_items: usize) -> Option<Split> {
    let mut times: Vec<i64> = history.events().iter().map(|event| event.at).collect();
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

/// Leaves the last new item of each visitor out.
pub fn leave_last_out(history: &History, catalogue_items: usize) -> Option<Split> {
    let (_, now) = history.span()?;
    let last: Vec<Option<u32>> =
        history.iter().map(|events| last_new_item(events, catalogue_items)).collect();
    let train = history.filtered(|visitor, event| last[visitor] != Some(event.item));
    let judged = history.iter().zip(&last).filter_map(|(events, last)| {
        let last = (*last)?;
        let before: Vec<_> = events.iter().copied().filter(|event| event.item != last).collect();
        let at = events.iter().find(|event| event.item == last).map_or(now, |event| event.at);
        judged(held(&before, at), vec![last])
    });
    let judged = judged.collect();
    Some(Split { protocol: Protocol::LeaveLastOut, train, judged, now })
}

/// The item whose first touch is the latest.
fn last_new_item(events: &[crate::history::Event], catalogue_items: usize) -> Option<u32> {
    let mut seen = std::collections::BTreeSet::new();
    let mut last = None;
    for event in events {
        if seen.insert(event.item) && (event.item as usize) < catalogue_items {
            last = Some(event.item);
        }
    }
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
        assert_eq!(split.judged.len(), 1, "nothing remains of a visitor with one item");
        assert_eq!(split.judged[0].wanted, [6]);
        assert!(split.train.events().iter().all(|event| event.item == 5));
    }

    #[test]
    fn a_temporal_cut_wants_only_new_items_of_known_visitors() {
        let day = 86_400;
        let start = 1_600_000_000;
        let mut rows: Vec<(u64, u32, i64)> =
            (0..18).map(|index| (1 + index % 3, (index % 3) as u32, start + index as i64 * day)).collect();
        rows.extend([(1, 0, start + 90 * day), (1, 4, start + 90 * day), (8, 5, start + 90 * day)]);
        let split = temporal(&history(&rows), 10).unwrap();
        assert_eq!(split.now, start + 90 * day);
        assert_eq!(split.judged.len(), 1);
        assert_eq!(split.judged[0].wanted, [4]);
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
