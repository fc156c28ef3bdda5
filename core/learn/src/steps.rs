//! From a visitor's interactions to a sequence of steps, and to the history a device would hold.

use crate::history::{Event, History};
use homebody_protocol::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Seconds in a day.
pub(crate) const DAY_S: f32 = 86_400.0;
/// Interactions closer than this, in a log without baskets, are one visit.
const VISIT_GAP_S: i64 = 6 * 3_600;
/// Times below this (March 1973) are positions in a sequence, not Unix seconds.
const EARLIEST_UNIX_S: i64 = 100_000_000;
/// Share of rows with a basket, or with a time shared with another row of the visitor, that makes a shop.
const SHOP_SHARE: f64 = 0.6;
/// Share of visitors whose rows must differ in time for the order to mean anything.
const ORDERED_SHARE: f64 = 0.1;
/// A log that names no more places a visitor than this, with most rows sharing one, names phases and no order.
const MAX_PHASES: usize = 3;
/// A visitor must come back over this many days before ages in days mean anything.
const SHOP_SPAN_DAYS: f32 = 2.0;

/// What one step of a sequence is, and so the unit in which histories decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// Every distinct item is a step; ages count positions.
    Positions,
    /// Every basket (or visit) is a step; ages count days. The order inside a basket is arbitrary, and
    /// decaying by it cost 20–37 % of quality on real invoices.
    Baskets,
    /// The log names no order: everything a visitor did is one step.
    Unordered,
}

/// A visitor's items by first touch, or touch by touch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// The items, oldest first.
    pub items: Vec<Visited>,
    /// Time of each step in positions or days since the first step; ascending.
    pub clock: Vec<f32>,
    /// Time of each step in the history's unit.
    pub times: Vec<i64>,
}

/// One item of a sequence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visited {
    /// Index into the catalogue's items.
    pub item: u32,
    /// The strongest weight the visitor gave the item, in (0, 1].
    pub weight: f32,
    /// Index into [`Sequence::clock`].
    pub step: u32,
    /// Whether the item comes for the first time.
    pub first: bool,
}

/// One item of a history as a device holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// Index into the catalogue's items.
    pub item: u32,
    /// The strongest weight the visitor gave the item, in (0, 1].
    pub weight: f32,
    /// Days since the last interaction with it, ≥ 0.
    pub age_days: f32,
}

/// One interaction as it counts towards the taste for its item's facets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// Index into the catalogue's items.
    pub item: u32,
    /// −1 (dislike) to 1 (like), see [`Event::taste`].
    pub taste: f32,
    /// Days since, ≥ 0.
    pub age_days: f32,
}

impl Steps {
    /// Reads the unit off the data: baskets (or many rows at the same time) and visitors who return over
    /// days make a shop; everything else is a sequence.
    pub fn detect(history: &History) -> Self {
        let rows = history.events().len();
        if rows == 0 {
            return Self::Positions;
        }
        if !is_ordered(history) {
            return Self::Unordered;
        }
        if !has_times(history) {
            return if names_phases(history) { Self::Unordered } else { Self::Positions };
        }
        let grouped: usize = history.iter().map(rows_in_groups).sum();
        let mut spans_s: Vec<i64> = history.iter().filter(|events| events.len() > 1).map(span_s).collect();
        spans_s.sort_unstable();
        let median_days = spans_s.get(spans_s.len() / 2).map_or(0.0, |&span| span as f32 / DAY_S);
        let shop = grouped as f64 >= SHOP_SHARE * rows as f64 && median_days >= SHOP_SPAN_DAYS;
        if shop { Self::Baskets } else { Self::Positions }
    }
}

/// True when the times are Unix seconds rather than positions.
pub fn has_times(history: &History) -> bool {
    history.span().is_some_and(|(_, last)| last >= EARLIEST_UNIX_S)
}

/// False when hardly any visitor's rows differ in time: then their order is that of the file, and says nothing.
pub fn is_ordered(history: &History) -> bool {
    let visitors = || history.iter().filter(|events| events.len() > 1);
    let ordered = visitors().filter(|events| span_s(events) > 0).count();
    ordered as f64 > ORDERED_SHARE * visitors().count() as f64
}

/// A visitor's items cut into steps: distinct ones by first touch or, with `repeats`, touch by touch.
pub fn sequence(events: &[Event], steps: Steps, repeats: bool) -> Sequence {
    let mut sequence = Sequence::default();
    let mut place: BTreeMap<u32, usize> = BTreeMap::new();
    let mut last: Option<&Event> = None;
    for event in events {
        let known = place.get(&event.item).copied();
        if let Some(known) = known {
            let visited = &mut sequence.items[known];
            visited.weight = visited.weight.max(event.weight);
            if !repeats {
                continue;
            }
        }
        if last.is_none_or(|last| starts_step(last, event, steps)) {
            let clock = match steps {
                Steps::Positions => sequence.items.len() as f32,
                Steps::Baskets => (event.at - events[0].at) as f32 / DAY_S,
                Steps::Unordered => 0.0,
            };
            sequence.clock.push(clock);
            sequence.times.push(event.at);
        }
        place.entry(event.item).or_insert(sequence.items.len());
        let step = sequence.clock.len() as u32 - 1;
        let first = known.is_none();
        sequence.items.push(Visited { item: event.item, weight: event.weight, step, first });
        last = Some(event);
    }
    sequence
}

/// What a device that saw `events` holds at time `now`: distinct items, the last touched first.
pub fn held(events: &[Event], now: i64) -> Vec<Held> {
    let mut items: Vec<Held> = Vec::new();
    let mut place: BTreeMap<u32, usize> = BTreeMap::new();
    for event in events.iter().rev() {
        if let Some(&known) = place.get(&event.item) {
            items[known].weight = items[known].weight.max(event.weight);
            continue;
        }
        place.insert(event.item, items.len());
        let age_days = (now - event.at).max(0) as f32 / DAY_S;
        items.push(Held { item: event.item, weight: event.weight, age_days });
    }
    items
}

/// What `events` say of tastes at time `now`, the newest first. Of several ratings of an item, and of several thumbs, the
/// newest one stands, as on the device: an opinion said again is no second one.
pub fn touches(events: &[Event], now: i64) -> Vec<Touch> {
    let mut opinions: BTreeSet<(u32, Kind)> = BTreeSet::new();
    let touch = |event: &Event| {
        let taste = event.taste?;
        let is_opinion = matches!(event.kind, Kind::Rating | Kind::ThumbsUp);
        let stands = !is_opinion || opinions.insert((event.item, event.kind));
        let age_days = (now - event.at).max(0) as f32 / DAY_S;
        stands.then_some(Touch { item: event.item, taste, age_days })
    };
    events.iter().rev().filter_map(touch).collect()
}

fn starts_step(last: &Event, event: &Event, steps: Steps) -> bool {
    match steps {
        Steps::Positions => true,
        Steps::Unordered => false,
        Steps::Baskets if event.basket != 0 || last.basket != 0 => event.basket != last.basket,
        Steps::Baskets => event.at - last.at > VISIT_GAP_S,
    }
}

fn rows_in_groups(events: &[Event]) -> usize {
    let same_time =
        |index: usize, other: Option<&Event>| other.is_some_and(|other| other.at == events[index].at);
    (0..events.len())
        .filter(|&index| {
            let before = index.checked_sub(1).and_then(|before| events.get(before));
            events[index].basket != 0 || same_time(index, before) || same_time(index, events.get(index + 1))
        })
        .count()
}

/// Whether most rows share their place with others, and there are hardly any places.
fn names_phases(history: &History) -> bool {
    let places = || history.iter().flat_map(|events| events.chunk_by(|left, right| left.at == right.at));
    let shared: usize = places().map(<[Event]>::len).filter(|&rows| rows > 1).sum();
    shared as f64 >= SHOP_SHARE * history.events().len() as f64
        && places().count() <= history.visitors() * MAX_PHASES
}

fn span_s(events: &[Event]) -> i64 {
    match (events.first(), events.last()) {
        (Some(first), Some(last)) => last.at - first.at,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{HistoryBuilder, HistoryRow};

    const START: i64 = 1_600_000_000;

    fn event(item: u32, at: i64, basket: u64) -> Event {
        Event { item, weight: 1.0, taste: Some(1.0), kind: Kind::Click, at, basket }
    }

    fn history(rows: &[(u64, u32, i64, Option<u64>)]) -> History {
        let mut builder = HistoryBuilder::new(100);
        for &(visitor, item, at, basket) in rows {
            builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket });
        }
        builder.finish()
    }

    #[test]
    fn baskets_over_weeks_are_a_shop_and_one_evening_is_a_sequence() {
        let week = 7 * 86_400;
        let shop = history(&[(1, 1, START, Some(5)), (1, 2, START, Some(5)), (1, 3, START + week, Some(6))]);
        assert_eq!(Steps::detect(&shop), Steps::Baskets);
        let evening = history(&[(1, 1, START, None), (1, 2, START, None), (1, 3, START + 60, None)]);
        assert_eq!(Steps::detect(&evening), Steps::Positions);
        let ordered = history(&[(1, 1, 0, Some(1)), (1, 2, 400_000, Some(1))]);
        assert_eq!(Steps::detect(&ordered), Steps::Positions, "positions are no times");
        assert_eq!(Steps::detect(&History::default()), Steps::Positions);
        let rows: Vec<_> = (0..9).map(|item| (1, item, i64::from(item > 5), None)).collect();
        assert_eq!(Steps::detect(&history(&rows)), Steps::Unordered, "carts, then purchases, and no more");
        let rows: Vec<_> = (0..9).map(|item| (1, item, 0, None)).collect();
        assert_eq!(Steps::detect(&history(&rows)), Steps::Unordered);
    }

    #[test]
    fn items_of_a_basket_share_a_step_and_repeats_keep_the_first() {
        let day = 86_400;
        let events =
            [event(1, START, 5), event(2, START, 5), event(1, START + day, 6), event(3, START + day, 6)];
        let sequence = sequence(&events, Steps::Baskets, false);
        let steps: Vec<(u32, u32)> =
            sequence.items.iter().map(|visited| (visited.item, visited.step)).collect();
        assert_eq!(steps, [(1, 0), (2, 0), (3, 1)]);
        assert_eq!(sequence.clock, [0.0, 1.0]);
    }

    #[test]
    fn visits_without_baskets_are_cut_by_gaps() {
        let events = [event(1, START, 0), event(2, START + 60, 0), event(3, START + VISIT_GAP_S + 61, 0)];
        assert_eq!(sequence(&events, Steps::Baskets, false).clock.len(), 2);
        assert_eq!(sequence(&events, Steps::Positions, false).clock, [0.0, 1.0, 2.0]);
    }

    #[test]
    fn a_device_holds_the_last_touched_first() {
        let events = [event(1, START, 0), event(2, START + 10, 0), event(1, START + 86_400, 0)];
        let held = held(&events, START + 2 * 86_400);
        assert_eq!(held.iter().map(|held| held.item).collect::<Vec<_>>(), [1, 2]);
        assert!((held[0].age_days - 1.0).abs() < 1e-6);
    }
}
