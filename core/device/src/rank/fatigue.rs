//! Stage: what was shown in vain steps back for a while, and others take its place.

use super::candidates::Scored;
use super::{Context, FATIGUE, blend};
use crate::profile::{ItemState, Profile};

const HOUR_MS: f32 = 3_600_000.0;

/// Discounts items by how often they were shown and left alone.
///
/// With f = `impression_discount ^ (times shown in vain · 2^(−hours since / impression_recovery_hours))`, an item loses
/// `(1 − f)` of what it has above the mean score, and `(1 − f)` spreads besides: multiplying the score itself would
/// lift what scores below zero. Nothing rises by being shown, and what was opened once is not shown in vain.
pub(super) fn discount(scored: &mut [Scored], context: &Context<'_>) {
    if let Some(profile) = context.profile.filter(|_| context.policy.impression_discount < 1.0) {
        take_away(scored, context, profile);
    }
}

#[inline(never)]
fn take_away(scored: &mut [Scored], context: &Context<'_>, profile: &Profile) {
    let (mean, spread) = (blend::mean(scored), blend::spread(scored));
    for &source in context.sources() {
        let table = context.table(source);
        let mut lost = vec![0.0; table.rows()];
        for item in profile.items().iter().filter(|item| item.shown > 0) {
            if let Some(row) = table.row_of(item.key) {
                lost[row] = 1.0 - kept(item, context);
            }
        }
        for candidate in scored.iter_mut().filter(|candidate| candidate.source == source) {
            let above = (candidate.score - mean).max(0.0);
            blend::add(candidate, FATIGUE, -lost[candidate.row] * (above + spread));
        }
    }
}

/// The share of its standing that an item keeps, 0–1.
fn kept(item: &ItemState, context: &Context<'_>) -> f32 {
    if item.is_opened() {
        return 1.0;
    }
    let policy = &context.policy;
    let hours = context.request.now_ms.saturating_sub(item.shown_at_ms) as f32 / HOUR_MS;
    let in_vain = f32::from(item.shown) * libm::exp2f(-hours / policy.impression_recovery_hours);
    libm::powf(policy.impression_discount, in_vain)
}
