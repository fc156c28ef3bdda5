//! Times that do not come in order: late interactions of another tab, and clocks that are set.

/// The last moment of JavaScript's `Date`; later times count as this one.
pub const MAX_TIME_MS: u64 = 8_640_000_000_000_000;
/// What is older than the newest by no more than this comes late, from another tab, and is booked as of its own time.
/// What is older still comes from a clock that was set back: it is booked as the newest.
pub const LATE_MS: u64 = 86_400_000;
/// Days after which half of a taste or of a decayed count has faded.
pub const HALF_LIFE_DAYS: f32 = 30.0;

pub(crate) const DAY_MS: f32 = 86_400_000.0;

/// Whether something of `now_ms` comes late beside what is known of `known_ms`.
pub(crate) fn is_late(known_ms: u64, now_ms: u64) -> bool {
    now_ms < known_ms && known_ms - now_ms <= LATE_MS
}

/// The newer of two times; the second one where the clock was set back.
pub(crate) fn newer(known_ms: u64, now_ms: u64) -> u64 {
    if is_late(known_ms, now_ms) { known_ms } else { now_ms }
}

/// Days from one moment to a later one; 0 when it is not later.
pub(crate) fn days_between(then_ms: u64, now_ms: u64) -> f32 {
    now_ms.saturating_sub(then_ms) as f32 / DAY_MS
}

/// What is left of 1 after some days.
pub(crate) fn faded(days: f32) -> f32 {
    libm::exp2f(-days / HALF_LIFE_DAYS)
}

/// Brings numbers that fade up to a moment. Returns the factor for what happened at that moment: 1, or less when it
/// comes late; then the numbers stay as they are.
pub(crate) fn bring_up(values: &mut [f32], at_ms: &mut u64, now_ms: u64) -> f32 {
    if is_late(*at_ms, now_ms) {
        return faded(days_between(now_ms, *at_ms));
    }
    let left = faded(days_between(*at_ms, now_ms));
    values.iter_mut().for_each(|value| *value *= left);
    *at_ms = now_ms;
    1.0
}
