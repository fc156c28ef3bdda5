//! Purchase intent: will this visit end with a purchase? Learned on older visits, calibrated and judged on newer ones.

use super::MAX_VISITORS;
use crate::calibration::{Calibration, ScoreHistogram};
use crate::journeys::Journeys;
use crate::logistic::{LIMIT, Logistic, LogisticConfig, LogisticSums, fit, margin};
use crate::moment::{Shelf, sessions, summary};
use crate::moments::{Moments, Standard};
use homebody_protocol::Kind;
use homebody_protocol::features::FEATURES;
use homebody_protocol::models::Intent;
use std::collections::BTreeMap;

/// Visits of one visitor: the bound on what one adds.
const VISITS_PER_VISITOR: usize = 20;
/// Moments of a visit. One alone would leave it to luck whether a model that tells little is published.
const MOMENTS: usize = 4;
/// Share of visits, the older ones, that weights are learned on.
const TRAINED_SHARE: f64 = 0.8;
/// Fewer of either outcome, in either part, teach nothing.
const MIN_OF_EACH: usize = 30;
/// A model below this area under the ROC curve, on visits it has not seen, is not published.
const MIN_AUC: f64 = 0.55;

/// A visit, as a device saw it at some of its moments.
struct Visit {
    moments: Vec<[f32; FEATURES]>,
    /// Whether a purchase followed in the visit.
    bought: bool,
    /// When it began.
    at: i64,
}

pub(super) fn learn(journeys: &Journeys, shelf: &Shelf, metrics: &mut BTreeMap<&'static str, f64>) -> Intent {
    if !journeys.has(&[Kind::Purchase]) || !journeys.has(&[Kind::View, Kind::Click, Kind::CartAdd]) {
        return Intent::default();
    }
    let mut visits = visits(journeys, shelf);
    visits.sort_by_cached_key(|visit| {
        (visit.at, visit.moments.first().map(|features| features.map(f32::to_bits)))
    });
    let (older, newer) = visits.split_at((visits.len() as f64 * TRAINED_SHARE) as usize);
    let (calibrated_on, judged_on): (Vec<_>, Vec<_>) =
        newer.iter().enumerate().partition(|(index, _)| index % 2 == 0);
    let newer_halves =
        [calibrated_on, judged_on].map(|half| half.into_iter().map(|(_, visit)| visit).collect::<Vec<_>>());
    let enough = enough(older.iter()) && newer_halves.iter().all(|half| enough(half.iter().copied()));
    if !enough {
        return Intent::default();
    }
    let standard = standard(older, &visits);
    let fitted = train(older, &standard);
    let told = |half: &[&Visit]| -> Vec<(f64, bool)> {
        let one = |features: &[f32; FEATURES]| margin(&fitted.weights, &standard.apply(features, LIMIT));
        half.iter().flat_map(|visit| visit.moments.iter().map(|moment| (one(moment), visit.bought))).collect()
    };
    let calibration = Calibration::fit(&told(&newer_halves[0]));
    if judge(&told(&newer_halves[1]), calibration, metrics) < MIN_AUC {
        return Intent::default();
    }
    of(&fitted, standard, calibration)
}

/// A visitor's newest visits, each at moments that divide it evenly: before the purchase when there is one, up to its end
/// otherwise, so that their places say nothing about what follows.
fn visits(journeys: &Journeys, shelf: &Shelf) -> Vec<Visit> {
    let mut visits = Vec::new();
    for (_, steps) in journeys.iter().take(MAX_VISITORS) {
        let starts = sessions(steps);
        for session in starts.len().saturating_sub(VISITS_PER_VISITOR)..starts.len() {
            let start = starts[session];
            let end = starts.get(session + 1).copied().unwrap_or(steps.len());
            let purchase = (start..end).find(|&index| steps[index].kind == Kind::Purchase);
            let open = purchase.unwrap_or(end) - start;
            if open > 0 {
                let seen = |moment: usize| start + 1 + (2 * moment + 1) * open / (2 * MOMENTS);
                let features =
                    |moment| summary(&steps[..seen(moment)], &starts[..=session], shelf).features();
                let moments = (0..MOMENTS).map(features).collect();
                visits.push(Visit { moments, bought: purchase.is_some(), at: steps[start].at });
            }
        }
    }
    visits
}

fn enough<'a>(visits: impl Iterator<Item = &'a Visit>) -> bool {
    let (bought, left): (Vec<_>, Vec<_>) = visits.partition(|visit| visit.bought);
    bought.len() >= MIN_OF_EACH && left.len() >= MIN_OF_EACH
}

/// Mean and spread are those of the older visits; all of them are held, so that calibration and judgement see what a
/// device computes.
fn standard(older: &[Visit], all: &[Visit]) -> Standard {
    let mut moments = Moments::new(FEATURES);
    for features in older.iter().flat_map(|visit| &visit.moments) {
        moments.add(features);
    }
    let all = all.iter().flat_map(|visit| &visit.moments);
    Standard::of(&moments).holding(all.map(|features| features.as_slice()), LIMIT)
}

fn train(visits: &[Visit], standard: &Standard) -> Logistic {
    let moments = visits.iter().flat_map(|visit| visit.moments.iter().map(|moment| (moment, visit.bought)));
    let vectors: Vec<(Vec<f32>, bool)> =
        moments.map(|(features, bought)| (standard.apply(features, LIMIT), bought)).collect();
    fit(FEATURES, LogisticConfig::default(), |weights| {
        let mut sums = LogisticSums::new(weights.len());
        for (vector, bought) in &vectors {
            sums.add(weights, vector, *bought);
        }
        sums
    })
}

/// Books what the model is worth on visits that neither weights nor calibration have seen; the area under the curve.
fn judge(told: &[(f64, bool)], calibration: Calibration, metrics: &mut BTreeMap<&'static str, f64>) -> f64 {
    let mut histogram = ScoreHistogram::default();
    for &(margin, bought) in told {
        histogram.add(calibration.probability(margin), bought);
    }
    let area = histogram.auc().map_or(0.0, |auc| auc.area);
    metrics.insert("intent_auc", area);
    metrics.insert("intent_brier", histogram.brier());
    metrics.insert("intent_calibration_error", histogram.calibration_error());
    metrics.insert("intent_base_rate", histogram.base_rate());
    area
}

fn of(fitted: &Logistic, standard: Standard, calibration: Calibration) -> Intent {
    Intent {
        weights: fitted.weights.iter().skip(1).map(|&weight| weight as f32).collect(),
        bias: fitted.weights[0] as f32,
        mean: standard.mean,
        sd: standard.sd,
        slope: calibration.slope as f32,
        offset: calibration.offset as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::SplitMix64;

    #[test]
    fn a_device_computes_what_was_trained_and_judged() {
        let mut rng = SplitMix64(8);
        let mut visit = |index: i64| {
            let mut features = [0.0f32; FEATURES];
            features[0] = rng.unit() as f32;
            // One visit in three hundred is sixteen standard deviations away, and newer ones lie farther out.
            features[3] = if index % 300 == 299 { 2.0 + index as f32 / 300.0 } else { 0.0 };
            let bought = rng.unit() < 0.2 + 0.5 * f64::from(features[0]);
            Visit { moments: vec![features], bought, at: index }
        };
        let visits: Vec<Visit> = (0..1500).map(&mut visit).collect();
        let older = &visits[..1200];
        let standard = standard(older, &visits);
        let fitted = train(older, &standard);
        let calibration = Calibration { slope: 0.9, offset: -0.1 };
        let intent = of(&fitted, standard.clone(), calibration);
        for features in visits.iter().flat_map(|visit| &visit.moments) {
            let judged = margin(&fitted.weights, &standard.apply(features, LIMIT));
            let told = intent.probability(features).unwrap();
            assert!((f64::from(told) - calibration.probability(judged)).abs() < 1e-4, "{features:?}");
        }
    }
}
