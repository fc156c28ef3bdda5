//! Purchase intent: the imported ensemble where the pool has one, else the logistic model.

use homebody_protocol::models::{Extras, Intent, TreeRole};

use crate::profile::Profile;

/// Calibrated probability of a purchase, 0–1; `None` without a model, and when its weights overflow.
///
/// An ensemble is calibrated by the slope and offset of the logistic model it stands in for; without one its margin is
/// taken for log-odds, as the library means it.
pub(crate) fn of(profile: &Profile, extras: &Extras, now_ms: u64) -> Option<f32> {
    let is_known = extras.intent.is_known() || extras.trees.of(TreeRole::Intent).is_some();
    if is_known { probability(profile, extras, now_ms) } else { None }
}

#[inline(never)]
fn probability(profile: &Profile, extras: &Extras, now_ms: u64) -> Option<f32> {
    let features = profile.summary(now_ms).features();
    let Some(model) = extras.trees.of(TreeRole::Intent) else {
        return extras.intent.probability(&features).filter(|chance| chance.is_finite());
    };
    let unscaled = Intent { slope: 1.0, ..Intent::default() };
    let calibration = if extras.intent.is_known() { &extras.intent } else { &unscaled };
    Some(calibration.calibrated(model.margin(&features))).filter(|chance| chance.is_finite())
}
