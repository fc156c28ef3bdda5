//! How wanted each item is, over a long and a short memory, and how new it is.

use crate::history::History;
use crate::steps::{DAY_S, has_times};

/// A memory longer than this share of the log's span would be a plain count.
const LONGEST_SHARE: f32 = 0.5;

/// Days after which an item counts half as new, as on the device.
const FRESH_HALF_LIFE_DAYS: f32 = 30.0;

/// When each catalogue item was first touched, Unix seconds; 0 for never, and in a log without times.
pub fn first_touches(history: &History, items: usize) -> Vec<u32> {
    let mut first = vec![0u32; items];
    if !has_times(history) {
        return first;
    }
    for event in history.events() {
        let Some(known) = first.get_mut(event.item as usize) else { continue };
        let at = u32::try_from(event.at).unwrap_or(0);
        if *known == 0 || at < *known {
            *known = at;
        }
    }
    first
}

/// 2^(−age / 30 days) of each item at time `now`, as on the device; 0 for one of unknown age (0).
pub fn freshness(added_at: &[u32], now: i64) -> Vec<f32> {
    let fresh = |&added_at: &u32| {
        let age_days = (now - i64::from(added_at)).max(0) as f32 / DAY_S;
        if added_at == 0 { 0.0 } else { libm::exp2f(-age_days / FRESH_HALF_LIFE_DAYS) }
    };
    added_at.iter().map(fresh).collect()
}

/// log(1 + decayed count) of each catalogue item at time `now`.
///
/// A row's count is its weight × 2^(−age / half-life); repeats of one visitor count again, because buying
/// twice is demand. The half-life shrinks to half the span of a shorter log. A log without times gives plain
/// counts. The logarithm keeps one bestseller from drowning the blend.
pub fn decayed_counts(history: &History, items: usize, half_life_days: f32, now: i64) -> Vec<f32> {
    let mut counts = vec![0.0f32; items];
    let Some((first, _)) = history.span() else { return counts };
    let timed = has_times(history);
    let span_days = (now - first).max(1) as f32 / DAY_S;
    let half_life = half_life_days.min(span_days * LONGEST_SHARE);
    for event in history.events() {
        let Some(count) = counts.get_mut(event.item as usize) else { continue };
        let age_days = (now - event.at).max(0) as f32 / DAY_S;
        let factor = if timed { libm::exp2f(-age_days / half_life) } else { 1.0 };
        *count += event.weight * factor;
    }
    for count in &mut counts {
        *count = libm::log1pf(*count);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{HistoryBuilder, HistoryRow};
    use homebody_protocol::Kind;

    const START: i64 = 1_600_000_000;
    const DAY: i64 = 86_400;

    fn history(rows: &[(u32, Kind, i64)]) -> History {
        let mut builder = HistoryBuilder::new(10);
        for (visitor, &(item, kind, at)) in (0u64..).zip(rows) {
            builder.push(HistoryRow { visitor, item, kind, value: 1.0, at, basket: None });
        }
        builder.finish()
    }

    fn near(counts: &[f32], expected: &[f32]) -> bool {
        counts.len() == expected.len()
            && counts.iter().zip(expected).all(|(count, expected)| (count.exp_m1() - expected).abs() < 1e-4)
    }

    #[test]
    fn counts_halve_after_the_half_life() {
        let log = history(&[
            (0, Kind::Click, START),
            (1, Kind::Click, START + 80 * DAY),
            (1, Kind::View, START + 90 * DAY),
            (2, Kind::Click, START + 100 * DAY),
            (2, Kind::Click, START + 100 * DAY),
            (9, Kind::Click, START),
        ]);
        let now = START + 100 * DAY;
        assert!(near(&decayed_counts(&log, 4, 10.0, now), &[0.000_977, 0.25 + 0.25, 2.0, 0.0]));
        assert!(near(&decayed_counts(&log, 4, 50.0, now), &[0.25, 0.757_86 + 0.435_28, 2.0, 0.0]));
        let capped = decayed_counts(&log, 4, 1e6, now);
        assert_eq!(capped, decayed_counts(&log, 4, 50.0, now), "at most half of what the log spans");
    }

    #[test]
    fn without_times_every_row_counts() {
        let log = history(&[(0, Kind::Click, 3), (0, Kind::View, 900), (1, Kind::Click, 9)]);
        assert!(near(&decayed_counts(&log, 2, 1.0, 900), &[1.5, 1.0]));
        assert_eq!(decayed_counts(&History::default(), 2, 1.0, 5), [0.0, 0.0]);
    }

    #[test]
    fn items_are_as_old_as_their_first_touch() {
        let log = history(&[
            (0, Kind::Click, START + 9),
            (0, Kind::View, START),
            (2, Kind::Click, START + 30 * DAY),
        ]);
        let first = first_touches(&log, 3);
        assert_eq!(first, [START as u32, 0, (START + 30 * DAY) as u32]);
        let fresh = freshness(&first, START + 60 * DAY);
        assert!(
            (fresh[0] - 0.25).abs() < 1e-6 && fresh[1] == 0.0 && (fresh[2] - 0.5).abs() < 1e-6,
            "{fresh:?}"
        );
        assert_eq!(freshness(&[5], 1), [1.0], "what appears tomorrow is new");
        assert_eq!(first_touches(&history(&[(0, Kind::Click, 7)]), 1), [0], "positions are no times");
    }
}
