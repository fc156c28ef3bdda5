//! How a site learns.

use std::ops::RangeInclusive;

use homebody_learn::cluster::kmeans;
use homebody_learn::from_sums::clicks::Limits;

use super::VarietyLimits;
use crate::publish::PublishOptions;

/// How a site learns.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainOptions {
    /// What is published, and for whom.
    pub publish: PublishOptions,
    /// Devices that must have answered before a candidate is judged; also the least batch that is asked for.
    pub min_batch_size: u32,
    /// What asks for a new model.
    pub triggers: Triggers,
    /// What asks for one besides, and raises the alarm: a share of visitors who open something that is too low.
    pub click_through: Limits,
    /// What lists may not pass without an alarm.
    pub variety: VarietyLimits,
    /// Seconds that devices go on comparing a published model with the one it replaced; 0: they do not.
    pub watch_s: u64,
    /// Of them, seconds until all devices use it: the first half of them a tenth does, the second half of them one in two.
    pub ramp_s: u64,
    /// Most rounds of a learner.
    pub rounds: u32,
    /// How many segments there may be, of the clusters that a k-means or mixture task begins with.
    pub segments: RangeInclusive<usize>,
}

/// What asks for a new model, once something was released since the last. The first that does is written down as the cause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Triggers {
    /// Schedule: the last model is as many seconds old. 0: not by the clock.
    pub every_s: u64,
    /// Count: as many reports were released since. 0: not by number.
    pub new_reports: u64,
    /// Drift: a feature of visitors has moved by more than this population stability index, and by an eighth of it in
    /// Jensen–Shannon divergence. 0: nobody looks.
    pub drift_psi: f64,
}

impl TrainOptions {
    /// With the defaults of the configuration.
    #[must_use]
    pub fn new(publish: PublishOptions, min_batch_size: u32) -> Self {
        Self {
            publish,
            min_batch_size,
            triggers: Triggers::default(),
            click_through: CLICK_THROUGH,
            variety: VarietyLimits::default(),
            watch_s: WATCH_S,
            ramp_s: RAMP_S,
            rounds: ROUNDS,
            segments: 2..=kmeans::MAX_CLUSTERS,
        }
    }
}

/// No share is too low for every site; one visitor in five who opens nothing any more is news for all of them.
const CLICK_THROUGH: Limits = Limits { floor: 0.0, fall: 0.2 };
/// Three windows of the gate.
const WATCH_S: u64 = 21 * 86_400;
/// Each half is a window of the gate and a day for its release: nothing widens before the share it has was judged.
const RAMP_S: u64 = 16 * 86_400;
/// Newton and Lloyd are where they go after fewer.
const ROUNDS: u32 = 8;

impl Default for Triggers {
    fn default() -> Self {
        Self { every_s: 86_400, new_reports: 10_000, drift_psi: homebody_learn::from_sums::drift::CHANGED }
    }
}
