//! Stage: what the server says of an item for everybody.

use homebody_protocol::table::{Feature, FeatureWeight};

use super::candidates::Scored;
use super::{Bytes, Context, blend};

/// Days after which an item counts half as new.
const FRESH_HALF_LIFE_DAYS: f32 = 30.0;
const DAY_S: f32 = 86_400.0;

/// Scores popularity, trend and freshness.
pub(super) fn score_popularity(scored: &mut [Scored], context: &Context<'_>) {
    for candidate in scored {
        let table = context.table(candidate.source);
        for weight in &table.blend().features {
            let value = match weight.feature {
                Feature::Popularity => table.popularity(candidate.row),
                Feature::Trend => table.trend(candidate.row),
                Feature::Freshness => freshness(table, candidate.row, context.request.now_ms),
                Feature::Category | Feature::Brand | Feature::Tag => continue,
            };
            candidate.parts[blend::part_of(weight.feature)] = standardised(weight, value);
        }
    }
}

/// What a feature adds to a score.
pub(super) fn standardised(weight: &FeatureWeight, value: f32) -> f32 {
    weight.weight * (value - weight.mean) / weight.sd
}

/// `2^(−age / 30 days)`; 0 for an item of unknown age.
pub(super) fn freshness(table: &Bytes, row: usize, now_ms: u64) -> f32 {
    let Some(added_at) = table.added_at(row) else { return 0.0 };
    let age_days = (now_ms / 1_000).saturating_sub(u64::from(added_at)) as f32 / DAY_S;
    libm::exp2f(-age_days / FRESH_HALF_LIFE_DAYS)
}
