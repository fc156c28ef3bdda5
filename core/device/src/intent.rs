//! Purchase intent: the imported ensemble where the pool has one, else the logistic model.

use homebody_protocol::features::FEATURES;
use homebody_protocol::models::Extras;

/// Calibrated probability of a purchase, 0–1; `None` without a model, and when its weights overflow.
pub(crate) fn probability(extras: &Extras, features: &[f32; FEATURES]) -> Option<f32> {
    extras.intent.probability(features).filter(|chance| chance.is_finite())
}
