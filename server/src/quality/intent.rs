//! Purchase intent: predictions and what came true, and what each feature tells.

use homebody_learn::from_sums::reliability::{self, FeatureReliability, Point, Reliability};
use homebody_protocol::features::FEATURE_NAMES;
use serde::Serialize;
use utoipa::ToSchema;

use super::Source;
use super::sums::{Sums, together};
use crate::estimate::Estimate;
use crate::store::{Store, StoreError};
use crate::train::intent_published_at;

/// Predicted purchases and what came true.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Predictions {
    /// The windows that began after today's intent was published; all of them where none is.
    pub source: Source,
    /// Visits with a prediction, less what noise made of them.
    pub visits: f64,
    /// Share of them that ended with a purchase.
    pub base_rate: Estimate,
    /// Area under the ROC curve: .5 tells nothing, 1 everything.
    pub auc: Estimate,
    /// Brier score, 0 (perfect) to 1, at the least.
    pub brier: Estimate,
    /// Brier score of who tells everybody the base rate: what predictions have to be below of.
    pub brier_of_base_rate: f64,
    /// Expected calibration error, 0 to 1, at the least and less what luck and noise bring about.
    pub calibration_error: Estimate,
    /// The calibration curve, by what was told; bins that noise may have made are left out.
    pub curve: Vec<CurveBin>,
}

/// A bin of a calibration curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct CurveBin {
    /// The least that was told, 0 to 1.
    pub from: f64,
    /// The most.
    pub to: f64,
    /// Visits.
    pub visits: f64,
    /// Share of them that ended with a purchase.
    pub observed: Estimate,
}

/// What each feature of a visit tells of a purchase.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Features {
    /// All windows: the ones before the newest say what each bin tells, the newest one judges it.
    pub source: Source,
    /// Most telling first; features that were told by too few are left out.
    pub features: Vec<FeatureTells>,
}

/// What one feature tells.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FeatureTells {
    /// Its name.
    pub feature: String,
    /// Visits that told it in the newest window.
    pub visits: f64,
    /// Area under the ROC curve of the feature alone.
    pub auc: Estimate,
    /// Brier score of the feature alone.
    pub brier: Estimate,
    /// How far its bins are from what they told before, less what luck and noise bring about.
    pub calibration_error: Estimate,
    /// Its bins, by what they told.
    pub curve: Vec<CurveBin>,
}

pub(super) fn predictions(store: &Store, sums: &Sums) -> Result<Option<Predictions>, StoreError> {
    let since = intent_published_at(store)?.unwrap_or(0);
    let is_before = |number: u32| sums.task.window_starts_at(number) < since;
    let first = sums.windows.iter().take_while(|window| is_before(window.number)).count();
    let windows = &sums.windows[first..];
    let found = together(windows).and_then(|released| reliability::predictions(&sums.task, &released));
    Ok(found.map(|Reliability { visits, base_rate, auc, brier, calibration_error, curve }| Predictions {
        source: sums.source(windows),
        visits,
        base_rate: base_rate.into(),
        auc: auc.into(),
        brier: brier.into(),
        brier_of_base_rate: base_rate.value * (1.0 - base_rate.value),
        calibration_error: calibration_error.into(),
        curve: curve.into_iter().map(CurveBin::from).collect(),
    }))
}

pub(super) fn features(sums: &Sums) -> Option<Features> {
    let (newest, before) = sums.windows.split_last()?;
    let found = reliability::features(&sums.task, &together(before)?, &newest.released)?;
    let source = sums.source(&sums.windows);
    Some(Features { source, features: found.into_iter().map(FeatureTells::from).collect() })
}

impl From<Point> for CurveBin {
    fn from(Point { from, to, visits, observed }: Point) -> Self {
        Self { from, to, visits, observed: observed.into() }
    }
}

impl From<FeatureReliability> for FeatureTells {
    fn from(FeatureReliability { feature, reliability }: FeatureReliability) -> Self {
        Self {
            feature: FEATURE_NAMES.get(feature).copied().unwrap_or("?").to_owned(),
            visits: reliability.visits,
            auc: reliability.auc.into(),
            brier: reliability.brier.into(),
            calibration_error: reliability.calibration_error.into(),
            curve: reliability.curve.into_iter().map(CurveBin::from).collect(),
        }
    }
}
