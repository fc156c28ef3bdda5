//! Holding back the newest window, to judge models on what visitors did next.

use crate::bootstrap::SplitMix64;
use crate::history::{Event, History};
use crate::steps::{Held, Steps, Touch, has_times, held, touches};
use homebody_protocol::Kind;
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
    /// The newest visitors are held back whole and judged at every prefix of their sequence on the one thing
    /// they touch next; what they have seen may come again. For sessions without a memory of earlier ones.
    Session,
}

/// A visitor at a moment, with what they took next held back.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// What the device would hold, the last touched first.
    pub held: Vec<Held>,
    /// What tastes are made of, the newest first.
    pub touches: Vec<Touch>,
    /// The items that were taken, ascending; new ones, except under [`Protocol::Session`].
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
            Self::Session => "session",
        }
    }

    /// Whether what a visitor has seen may be listed again.
    pub fn repeats(self) -> bool {
        self == Self::Session
    }
}

/// Cuts as `protocol` says. Without one, at the 90 % time quantile when at least `min_visitors` can be judged
/// there, else the last items of each visitor are left out. `None` when nobody can be judged.
pub fn newest_window(
    history: &History,
    catalogue_items: usize,
    min_visitors: usize,
    protocol: Option<Protocol>,
) -> Option<Split> {
    let by_time = || if has_times(history) { temporal(history, catalogue_items) } else { None };
    let split = match protocol {
        Some(Protocol::Temporal) => by_time().filter(|split| !split.judged.is_empty()),
        Some(Protocol::Session) => sessions(history, catalogue_items),
        Some(Protocol::LeaveLastOut) => None,
        None => by_time().filter(|split| split.judged.len() >= min_visitors),
    };
    split.or_else(|| leave_last_out(history, catalogue_items)).filter(|split| !split.judged.is_empty())
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
    let bought = history.has_purchases_and_carts();
    let first =
        |events: &[Event]| first_touches(events.iter()).into_iter().map(|(_, at)| at).collect::<Vec<i64>>();
    let mut times: Vec<i64> = history.iter().flat_map(first).collect();
    times.sort_unstable();
    let cut = *times.get((times.len() as f64 * TRAIN_SHARE) as usize)?;
    let judged = history.iter().filter_map(|events| {
        let (before, after) = events.split_at(events.partition_point(|event| event.at < cut));
        let later = after.iter().filter(|event| !bought || event.kind == Kind::Purchase);
        let mut wanted: Vec<u32> = later.map(|event| event.item).collect();
        wanted.retain(|item| {
            (*item as usize) < catalogue_items && before.iter().all(|event| event.item != *item)
        });
        judged(before, cut, wanted)
    });
    let judged = judged.collect();
    let train = history.filtered(|_, event| event.at < cut);
    Some(Split { protocol: Protocol::Temporal, train, judged, now: cut })
}

/// Leaves the last new items of each visitor out: at most three, and at most half of what they have. Where visitors
/// fill carts and buy, these are the last purchases; where the log names no order, any.
pub fn leave_last_out(history: &History, catalogue_items: usize) -> Option<Split> {
    let (_, now) = history.span()?;
    let bought = history.has_purchases_and_carts();
    let unordered = Steps::detect(history) == Steps::Unordered;
    let last_of = |(visitor, events): (u64, &[Event])| {
        let novel = |event: &&Event| !bought || event.kind == Kind::Purchase;
        let mut items = first_touches(events.iter().filter(novel));
        if unordered {
            items.sort_by_key(|&(item, at)| (at, SplitMix64(visitor << 32 | u64::from(item)).next_u64()));
        }
        last_items(items, catalogue_items)
    };
    let last: Vec<Vec<(u32, i64)>> = (0u64..).zip(history.iter()).map(last_of).collect();
    let left_out = |visitor: usize, item: u32| last[visitor].iter().any(|(last, _)| *last == item);
    let train = history.filtered(|visitor, event| !left_out(visitor, event.item));
    let mut all = Vec::new();
    for (events, last) in history.iter().zip(&last) {
        for (index, &(item, at)) in last.iter().enumerate() {
            // What came before this item: everything but it and those after it.
            let later = |event: &Event| last[index..].iter().any(|(later, _)| *later == event.item);
            let before: Vec<Event> = events.iter().copied().filter(|event| !later(event)).collect();
            all.extend(judged(&before, at, vec![item]));
        }
    }
    Some(Split { protocol: Protocol::LeaveLastOut, train, judged: all, now })
}

/// Holds the newest tenth of the visitors back, by their last touch (in a log without times the last ones),
/// and judges every prefix.
pub fn sessions(history: &History, catalogue_items: usize) -> Option<Split> {
    let last = |events: &[Event]| events.last().map_or(0, |event| event.at);
    let mut order: Vec<usize> = (0..history.visitors()).collect();
    if has_times(history) {
        order.sort_by_key(|&visitor| last(history.visitor(visitor)));
    }
    let held_back = order.split_off((order.len() as f64 * TRAIN_SHARE) as usize);
    let now = held_back.iter().filter_map(|&visitor| history.visitor(visitor).first()).map(|event| event.at);
    let now = now.min()?;
    let mut is_held_back = vec![false; history.visitors()];
    let mut all = Vec::new();
    for &visitor in &held_back {
        is_held_back[visitor] = true;
        let events = history.visitor(visitor);
        for next in 1..events.len() {
            let Event { item, at, .. } = events[next];
            if (item as usize) < catalogue_items {
                all.extend(judged(&events[..next], at, vec![item]));
            }
        }
    }
    let train = history.filtered(|visitor, _| !is_held_back[visitor]);
    Some(Split { protocol: Protocol::Session, train, judged: all, now })
}

/// Distinct items with the time of their first touch, in time order.
fn first_touches<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<(u32, i64)> {
    let mut seen = BTreeSet::new();
    events.filter(|event| seen.insert(event.item)).map(|event| (event.item, event.at)).collect()
}

/// The items that are left out of a visitor's history, oldest first.
fn last_items(mut items: Vec<(u32, i64)>, catalogue_items: usize) -> Vec<(u32, i64)> {
    let left_out = (items.len() / 2).min(MAX_LEFT_OUT);
    let mut last = items.split_off(items.len() - left_out);
    last.retain(|(item, _)| (*item as usize) < catalogue_items);
    last
}

/// A visitor who did `before` until `now`.
fn judged(before: &[Event], now: i64, mut wanted: Vec<u32>) -> Option<Judged> {
    wanted.sort_unstable();
    wanted.dedup();
    if before.is_empty() || wanted.is_empty() {
        return None;
    }
    Some(Judged { held: held(before, now), touches: touches(before, now), wanted })
}
