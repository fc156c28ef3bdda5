//! What the things that get clicked have in common: the prior of the linear bandit, from impressions and clicks.

use crate::bandit::linear_prior;
use crate::journeys::{Journeys, Step};
use crate::moment::Shelf;
use crate::moments::Moments;
use homebody_protocol::Kind;
use homebody_protocol::models::LinearPrior;
use homebody_protocol::models::prior::LINEAR_FEATURES as FEATURES;

/// Penalty of a weight: what a device gives each weight without a prior.
const PENALTY: f64 = 1.0;
/// Fewer of these in all teach nothing.
const MIN_IMPRESSIONS: f64 = 200.0;
const MIN_CLICKS: f64 = 20.0;
const DAY_S: f32 = 86_400.0;
const FRESH_HALF_LIFE_DAYS: f32 = 30.0;

/// What a table says of each item for everybody, by its index; what is missing is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns<'a> {
    /// Popularity, as it is published.
    pub popularity: &'a [f32],
    /// Trend, as it is published.
    pub trend: &'a [f32],
    /// When each item appeared, Unix seconds.
    pub added_at: &'a [Option<i64>],
}

/// The prior from a log's impressions: how the click rate depends on what an item is for everybody.
///
/// What an item is for one visitor (lists, tastes) and under circumstances no log tells (hour, device) stays as a device
/// believes it without a prior. Lists in particular were learned from the same clicks, so that here they would explain
/// more than they will. Popularity and trend are those of today. Default without enough impressions and clicks.
pub fn linear(journeys: &Journeys, shelf: &Shelf, columns: Columns<'_>) -> LinearPrior {
    let opened = journeys.opening();
    let (mut moments, mut clicks) = (Moments::new(FEATURES + 1), 0.0);
    for (step, clicked) in journeys.iter().flat_map(|(_, steps)| shown(steps, opened)) {
        let reward = if clicked { 1.0 } else { 0.0 };
        let when = journeys.has_times().then_some(step.at);
        if moments.add(&observation(step.item, when, reward, shelf, columns)) {
            clicks += f64::from(reward);
        }
    }
    let tells = moments.count() >= MIN_IMPRESSIONS && clicks >= MIN_CLICKS;
    tells.then(|| linear_prior(&moments, PENALTY)).flatten().unwrap_or_default()
}

/// Each impression, and whether a click on its item followed that no later impression accounts for.
fn shown(steps: &[Step], opened: Kind) -> Vec<(Step, bool)> {
    let mut shown: Vec<(Step, bool)> = Vec::new();
    for step in steps {
        if step.kind == Kind::Impression {
            shown.push((*step, false));
        } else if step.kind == opened {
            let last = shown.iter_mut().rfind(|(shown, clicked)| shown.item == step.item && !clicked);
            if let Some((_, clicked)) = last {
                *clicked = true;
            }
        }
    }
    shown
}

/// The features as `core/device/src/rank/explore/features.rs` makes them, and the reward.
fn observation(
    item: u32,
    at: Option<i64>,
    reward: f32,
    shelf: &Shelf,
    columns: Columns<'_>,
) -> [f32; FEATURES + 1] {
    let of = |column: &[f32]| column.get(item as usize).copied().unwrap_or(0.0);
    let squashed = |value: f32| value / (3.0 + value.abs());
    let added_at = columns.added_at.get(item as usize).copied().flatten();
    let freshness = at.zip(added_at).map_or(0.0, |(at, added_at)| {
        let age_days = at.saturating_sub(added_at).max(0) as f32 / DAY_S;
        libm::exp2f(-age_days / FRESH_HALF_LIFE_DAYS)
    });
    let price = shelf.price(item).map_or(0.5, |price| (libm::log2f(1.0 + price) / 16.0).min(1.0));
    let (popularity, trend) = (squashed(of(columns.popularity)), squashed(of(columns.trend)));
    [1.0, 0.0, 0.0, 0.0, popularity, trend, freshness, price, 0.0, 0.0, 0.0, 0.0, reward]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::HistoryRow;
    use crate::journeys::JourneyBuilder;

    fn step(at: i64, item: u32, kind: Kind) -> Step {
        Step { at, item, kind, value: 1.0 }
    }

    #[test]
    fn a_click_rewards_the_last_impression_before_it() {
        let steps = [
            step(0, 7, Kind::Click),
            step(1, 7, Kind::Impression),
            step(2, 7, Kind::Impression),
            step(3, 7, Kind::Click),
            step(4, 8, Kind::Impression),
            step(5, 9, Kind::Click),
            step(6, 7, Kind::Impression),
            step(7, 7, Kind::Click),
        ];
        let found: Vec<(i64, bool)> =
            shown(&steps, Kind::Click).into_iter().map(|(step, clicked)| (step.at, clicked)).collect();
        assert_eq!(found, [(1, false), (2, true), (4, false), (6, true)]);
    }

    #[test]
    fn features_are_the_devices() {
        let shelf = Shelf::new(vec![Some(15.0), None], Vec::new());
        let (popularity, trend, added_at) = ([3.0, 0.0], [1.0, 0.0], [Some(1_000_000), None]);
        let columns = Columns { popularity: &popularity, trend: &trend, added_at: &added_at };
        let at = 1_000_000 + 30 * 86_400;
        let known = observation(0, Some(at), 1.0, &shelf, columns);
        assert_eq!(known, [1.0, 0.0, 0.0, 0.0, 0.5, 0.25, 0.5, 0.25, 0.0, 0.0, 0.0, 0.0, 1.0]);
        let unknown = observation(1, Some(at), 0.0, &shelf, columns);
        assert_eq!(unknown, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(observation(9, None, 0.0, &shelf, columns), unknown, "an item past the end");
    }

    #[test]
    fn what_is_shown_and_never_clicked_teaches_nothing() {
        let mut builder = JourneyBuilder::default();
        for visitor in 0..500 {
            let value = f32::NAN;
            builder.push(HistoryRow { visitor, item: 0, kind: Kind::Impression, value, at: 1, basket: None });
        }
        assert_eq!(linear(&builder.finish(), &Shelf::default(), Columns::default()), LinearPrior::default());
    }
}
