//! The parts of the blend that are the same for everybody: how wanted an item is, and how new.

use crate::history::History;
use crate::judge::{Part, moments};
use crate::popularity::{decayed_counts, first_touches, freshness};
use crate::train::TrainConfig;
use homebody_protocol::table::{Blend, Feature, FeatureWeight};

/// The features of the blend besides lists, in the order in which they are weighed.
const FEATURES: [Feature; 6] = [
    Feature::Popularity,
    Feature::Trend,
    Feature::Freshness,
    Feature::Category,
    Feature::Brand,
    Feature::Tag,
];

/// Columns of the catalogue's rows.
pub(super) struct Common {
    pub(super) popularity: Vec<f32>,
    pub(super) trend: Vec<f32>,
    freshness: Vec<f32>,
    /// When each item was first touched, Unix seconds, 0 unknown.
    pub(super) first_touches: Vec<u32>,
}

impl Common {
    /// At time `now`, over the history so far; half-lives of popularity and of the trend.
    pub(super) fn of(
        history: &History,
        items: usize,
        now: i64,
        half_lives_days: [f32; 2],
        config: &TrainConfig,
    ) -> Self {
        let counts = |half_life_days| decayed_counts(history, items, half_life_days, now);
        let [popularity, trend] = half_lives_days.map(counts);
        let first_touches = first_touches(history, items);
        let freshness = freshness(&appearances(&first_touches, &config.added_at, now), now);
        Self { popularity, trend, freshness, first_touches }
    }

    /// In the order of the blend's features.
    pub(super) fn parts(&self) -> [Part; 3] {
        [&self.popularity, &self.trend, &self.freshness].map(|values| Part::common(values))
    }

    /// Mean and standard deviation of each column.
    pub(super) fn moments(&self) -> Vec<(f32, f32)> {
        vec![moments(&self.popularity), moments(&self.trend), moments(&self.freshness)]
    }
}

/// When each item appeared: by the catalogue, else by its first touch. What the catalogue dates later than `now` was not
/// there yet: to call it new would tell of the window that is held back.
fn appearances(first_touches: &[u32], added_at: &[u32], now: i64) -> Vec<u32> {
    let appeared = |(row, &touched): (usize, &u32)| match added_at.get(row) {
        Some(&added_at) if added_at > 0 => {
            if i64::from(added_at) <= now {
                added_at
            } else {
                0
            }
        }
        _ => touched,
    };
    first_touches.iter().enumerate().map(appeared).collect()
}

/// A blend of the features that have a weight; `weights` and `moments` are in their order.
pub(super) fn blend_of(evidence_k: f32, weights: &[f32], moments: &[(f32, f32)]) -> Blend {
    let feature = |((feature, &weight), &(mean, sd)): ((Feature, &f32), &(f32, f32))| {
        (weight != 0.0).then_some(FeatureWeight { feature, weight, mean, sd })
    };
    Blend {
        evidence_k,
        features: FEATURES.into_iter().zip(weights).zip(moments).filter_map(feature).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_dates_items_and_tells_nothing_of_the_future() {
        assert_eq!(appearances(&[5, 5, 0, 5], &[3, 0, 9, 20], 10), [3, 5, 9, 0]);
        assert_eq!(appearances(&[5, 0], &[], 10), [5, 0], "a catalogue without dates");
    }
}
