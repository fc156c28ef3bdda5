//! How wanted each item is, over a long and a short memory.

use crate::history::History;
use crate::steps::{DAY_S, has_times};

/// A memory longer than this share of the log's span would be a plain count.
const LONGEST_SHARE: f32 = 0.5;

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
