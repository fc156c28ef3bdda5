//! How far predicted purchases can be trusted: area under the ROC curve, Brier score and reliability curve with
//! intervals, from the sums of `calibration` (what was told × what came true) and of `intent` (what was seen × what
//! came true).
//!
//! Nothing is cut off where noise may have made a count: sums of noisy cells are unbiased, and the noise is in the
//! intervals. Only the calibration error is a sum of distances, which noise lengthens; what it and luck bring about
//! is taken off.

use homebody_protocol::task::{Measurement, Task};

use super::Released;
use super::estimate::Estimate;
use super::mean::Mean;

/// E|z| · √2 of a normal z: makes [`beyond_luck`] vanish on average where nothing is off.
const FOLDED: f64 = core::f64::consts::FRAC_2_SQRT_PI;

/// What the sums say of predictions.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// Visits with a prediction.
    pub visits: f64,
    /// Share of them that ended with a purchase.
    pub base_rate: Estimate,
    /// Chance that a visit with a purchase was told a higher probability than one without; pairs within one bin count
    /// half.
    pub auc: Estimate,
    /// Mean squared error of the probabilities (Brier 1950), 0 (perfect) to 1.
    pub brier: Estimate,
    /// Expected calibration error (Naeini et al. 2015), less what luck and noise bring about. Where only the bin of
    /// what was told is known, the value of the bin that is nearest to what came true is taken: it is off by that
    /// much at the least.
    pub calibration_error: Estimate,
    /// The reliability curve; bins that noise may have made are left out.
    pub curve: Vec<Point>,
}

/// One bin of a reliability curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The least that was told.
    pub from: f64,
    /// The most.
    pub to: f64,
    /// Visits.
    pub visits: f64,
    /// Share of them that ended with a purchase.
    pub observed: Estimate,
}

/// What one feature says of purchases.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureReliability {
    /// Its place among [`homebody_protocol::features::FEATURE_NAMES`].
    pub feature: usize,
    /// What its bins told in one window, judged by another.
    pub reliability: Reliability,
}

/// A bin: what was told, how sure that is, and how many it came true for.
#[derive(Clone, Copy)]
struct Bin {
    from: f64,
    to: f64,
    error: f64,
    left: f64,
    bought: f64,
}

/// What a `calibration` task says of the published predictions. `None` for another task or length, and while either
/// outcome may be noise.
pub fn predictions(task: &Task, released: &Released) -> Option<Reliability> {
    let Measurement::Calibration { bins } = task.measurement else { return None };
    if released.cells.len() != task.length as usize {
        return None;
    }
    let width = 1.0 / f64::from(bins.max(1));
    let bin = |(index, cells): (usize, &[f64])| {
        let from = index as f64 * width;
        Bin { from, to: from + width, error: 0.0, left: cells[0], bought: cells[1] }
    };
    let bins: Vec<Bin> = released.cells.chunks_exact(2).take(bins as usize).enumerate().map(bin).collect();
    read(&bins, released.variance)
}

/// What each feature's bins of an `intent` task told `then` (the share of purchases in them), judged by what came
/// true `now`: two windows, so that nothing is judged by what it was made of. Best first; features that say nothing
/// beyond the noise are left out. `None` for another task or length.
pub fn features(task: &Task, then: &Released, now: &Released) -> Option<Vec<FeatureReliability>> {
    let Measurement::Intent { edges } = &task.measurement else { return None };
    let length = task.length as usize;
    if then.cells.len() != length || now.cells.len() != length {
        return None;
    }
    let mut all = Vec::new();
    for (feature, first, bins) in edges.features() {
        let cells = 2 + 2 * first as usize..2 + 2 * (first + bins) as usize;
        let (then_of, now_of) = (&then.cells[cells.clone()], &now.cells[cells]);
        let told = then_of.chunks_exact(2).map(|cells| Mean::share(cells[0], cells[1], then.variance));
        // What few were in told nothing: it is as likely as anybody.
        let anybody = Mean::of(then_of, &[0.0, 1.0].repeat(bins as usize), then.variance);
        let told: Option<Vec<Mean>> = told.map(|told| told.or(anybody)).collect();
        let bin = |(told, cells): (&Mean, &[f64])| {
            let held = told.value.clamp(0.0, 1.0);
            Bin { from: held, to: held, error: told.error, left: cells[0], bought: cells[1] }
        };
        let bins: Option<Vec<Bin>> =
            told.map(|told| told.iter().zip(now_of.chunks_exact(2)).map(bin).collect());
        if let Some(reliability) = bins.and_then(|bins| read(&bins, now.variance)) {
            all.push(FeatureReliability { feature, reliability });
        }
    }
    all.sort_by(|left, right| right.reliability.auc.value.total_cmp(&left.reliability.auc.value));
    Some(all)
}

fn read(bins: &[Bin], variance: f64) -> Option<Reliability> {
    let mut bins = bins.to_vec();
    bins.sort_by(|left, right| left.from.total_cmp(&right.from));
    let cells: Vec<f64> = bins.iter().flat_map(|bin| [bin.left, bin.bought]).collect();
    let worth = |of: &dyn Fn(&Bin) -> [f64; 2]| bins.iter().flat_map(of).collect::<Vec<f64>>();
    let mean = |worth: &[f64]| Mean::of(&cells, worth, variance);
    let auc = auc(&bins, variance)?;
    let missed = worth(&|bin| {
        let told = bin.told();
        [told * told, (1.0 - told) * (1.0 - told)]
    });
    let unit = (0.0, 1.0);
    Some(Reliability {
        visits: cells.iter().sum(),
        base_rate: mean(&worth(&|_| [0.0, 1.0]))?.interval(unit),
        auc: auc.interval(unit),
        brier: mean(&missed)?.interval(unit),
        calibration_error: calibration_error(&bins, variance),
        curve: bins.iter().filter_map(|bin| bin.point(variance)).collect(),
    })
}

/// By the placements of either outcome among the other (DeLong et al. 1988), with the noise of the cells beside their
/// luck.
fn auc(bins: &[Bin], variance: f64) -> Option<Mean> {
    let (bought, left) =
        bins.iter().fold((0.0, 0.0), |(bought, left), bin| (bought + bin.bought, left + bin.left));
    let floor = (4.0 * (variance * bins.len() as f64).sqrt()).max(20.0);
    if bought <= floor || left <= floor {
        return None;
    }
    let placed = |of: fn(&Bin) -> f64, all: f64| -> Vec<f64> {
        let mut below = 0.0;
        let place = |bin: &Bin| {
            let place = (below + 0.5 * of(bin)) / all;
            below += of(bin);
            place
        };
        bins.iter().map(place).collect()
    };
    let (of_bought, of_left) = (placed(|bin| bin.left, left), placed(|bin| bin.bought, bought));
    let value = bins.iter().zip(&of_bought).map(|(bin, place)| bin.bought * place).sum::<f64>() / bought;
    let apart = |of: fn(&Bin) -> f64, places: &[f64], mean: f64, all: f64| {
        let one =
            |(bin, place): (&Bin, &f64)| (of(bin).max(0.0) + variance) * (place - mean) * (place - mean);
        bins.iter().zip(places).map(one).sum::<f64>() / (all * all)
    };
    // Noise times noise, where there is much of it.
    let both = variance * bins.len() as f64 / (bought * left);
    let spread = apart(|bin| bin.bought, &of_bought, value, bought)
        + apart(|bin| bin.left, &of_left, 1.0 - value, left)
        + 0.5 * both * both;
    Some(Mean { value, error: spread.sqrt() })
}

fn calibration_error(bins: &[Bin], variance: f64) -> Estimate {
    let visits: f64 = bins.iter().map(|bin| bin.left + bin.bought).sum();
    let (mut off, mut spread) = (0.0, 0.0);
    for bin in bins {
        let (told, all) = (bin.told(), bin.left + bin.bought);
        let (left, bought) = (bin.left.max(0.0), bin.bought.max(0.0));
        let luck = if left + bought > 0.0 { left * bought / (left + bought) } else { 0.0 };
        let noise = variance * (told * told + (1.0 - told) * (1.0 - told));
        let error = (luck + noise + all * all * bin.error * bin.error).sqrt();
        let beyond = beyond_luck(bin.bought - all * told, error);
        // Within a bin anything may have been told.
        off += if bin.from < bin.to { beyond.max(0.0) } else { beyond };
        spread += error * error;
    }
    Mean { value: (off / visits).max(0.0), error: spread.sqrt() / visits }.interval((0.0, 1.0))
}

/// A distance less what a normal error makes of none: nothing on average where there is none, all of one that is long.
fn beyond_luck(distance: f64, error: f64) -> f64 {
    let errors = if error > 0.0 { distance / error } else { f64::INFINITY };
    distance.abs() - if error > 0.0 { FOLDED * error * libm::exp(-0.5 * errors * errors) } else { 0.0 }
}

impl Bin {
    /// What was told: of a whole bin the value that is nearest to what came true.
    fn told(&self) -> f64 {
        let all = self.left + self.bought;
        let observed = if all > 0.0 { self.bought / all } else { self.from };
        observed.clamp(self.from, self.to)
    }

    fn point(&self, variance: f64) -> Option<Point> {
        let observed = Mean::share(self.left, self.bought, variance)?.interval((0.0, 1.0));
        Some(Point { from: self.from, to: self.to, visits: self.left + self.bought, observed })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise};
    use super::*;
    use crate::bootstrap::SplitMix64;
    use crate::calibration::ScoreHistogram;
    use crate::logistic::sigmoid;
    use homebody_protocol::features::FEATURES;

    fn calibration() -> Task {
        Task::from_json(include_str!("../../../protocol/testdata/tasks/calibration.json")).unwrap()
    }

    /// Visits whose log-odds are told `slope` times what they are, and the same told one by one.
    fn visits(visits: u32, slope: f64, sigma: f64, seed: u64) -> (Released, ScoreHistogram) {
        let (mut rng, mut cells, mut each) = (SplitMix64(seed), vec![0.0; 21], ScoreHistogram::default());
        for _ in 0..visits {
            let margin = -0.7 + noise(&mut rng, 1.2);
            let bought = rng.unit() < sigmoid(margin);
            let told = sigmoid(slope * margin);
            each.add(told, bought);
            cells[2 * ((10.0 * told) as usize).min(9) + usize::from(bought)] += 1.0;
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        (Released { reports: f64::from(visits), cells, variance: sigma * sigma }, each)
    }

    fn covers(interval: Estimate, truth: f64) -> bool {
        interval.low <= truth && truth <= interval.high
    }

    #[test]
    fn sums_say_what_visits_one_by_one_say() {
        let (released, each) = visits(40_000, 1.0, 0.0, 1);
        let found = predictions(&calibration(), &released).unwrap();
        assert!((found.auc.value - each.auc().unwrap().area).abs() < 0.01, "{found:?}");
        assert!((found.brier.value - each.brier()).abs() < 0.003 && found.calibration_error.value < 0.003);
        assert!((found.base_rate.value - each.base_rate()).abs() < 1e-12 && found.visits == 40_000.0);
        for point in &found.curve {
            assert!(point.observed.low < point.to && point.observed.high > point.from, "{point:?}");
        }
        assert!(found.curve.len() >= 9);
    }

    #[test]
    fn intervals_hold_the_truth_in_spite_of_the_noise() {
        let truth = predictions(&calibration(), &visits(400_000, 1.0, 0.0, 9).0).unwrap();
        let (mut auc, mut brier, mut within, mut raised) = (0.0, 0, 0, 0);
        for seed in 0..200 {
            let found = predictions(&calibration(), &visits(4_000, 1.0, 30.0, 100 + seed).0).unwrap();
            auc += found.auc.value / 200.0;
            within += u32::from(covers(found.auc, truth.auc.value));
            brier += u32::from(covers(found.brier, truth.brier.value));
            raised += u32::from(found.calibration_error.low > 0.0);
        }
        assert!((auc - truth.auc.value).abs() < 0.004, "unbiased: {auc} {}", truth.auc.value);
        assert!(within >= 180 && brier >= 175, "{within} {brier} of 200");
        assert!(raised <= 10, "honest predictions are called off by luck: {raised} of 200");
    }

    #[test]
    fn what_is_too_sure_is_told_to_be_off() {
        let found = predictions(&calibration(), &visits(6_000, 2.5, 10.0, 4).0).unwrap();
        assert!(found.calibration_error.low > 0.03, "{found:?}");
        assert!(predictions(&calibration(), &visits(6_000, 1.0, 2_000.0, 4).0).is_none(), "lost in noise");
        assert!(predictions(&golden("gate"), &visits(6_000, 1.0, 10.0, 4).0).is_none());
    }

    /// The 130 cells of a window in which feature 4 says something, the others nothing.
    fn seen(visits: usize, strength: f64, sigma: f64, seed: u64) -> Released {
        let (task, mut rng) = (golden("intent"), SplitMix64(seed));
        let Measurement::Intent { edges } = &task.measurement else { panic!() };
        let mut cells = vec![0.0; 130];
        for visit in 0..visits {
            let values: Vec<f32> = (0..FEATURES).map(|_| 3.0 * rng.unit() as f32).collect();
            let bought = usize::from(rng.unit() < sigmoid(-1.0 + strength * f64::from(values[4] - 1.5)));
            cells[bought] += 1.0;
            for (feature, first, _) in edges.features().filter(|(feature, ..)| (feature + visit) % 2 == 0) {
                cells[2 + 2 * (first + edges.bin(feature, values[feature])) as usize + bought] += 1.0;
            }
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        Released { reports: visits as f64, cells, variance: sigma * sigma }
    }

    #[test]
    fn a_feature_that_speaks_is_told_from_those_that_do_not() {
        let found =
            features(&golden("intent"), &seen(6_000, 1.2, 20.0, 1), &seen(6_000, 1.2, 20.0, 2)).unwrap();
        assert_eq!((found.len(), found[0].feature), (FEATURES, 4));
        let best = &found[0].reliability;
        assert!(
            best.auc.low > 0.65 && best.calibration_error.low == 0.0 && best.curve.len() == 4,
            "{best:?}"
        );
        assert!(best.curve[0].observed.value < 0.2 && best.curve[3].observed.value > 0.4, "{best:?}");
        let chance = found[1..].iter().filter(|feature| covers(feature.reliability.auc, 0.5)).count();
        assert!(chance >= 13, "{chance} of 15 by luck alone");
        let turned =
            features(&golden("intent"), &seen(6_000, 1.2, 20.0, 1), &seen(6_000, -1.2, 20.0, 2)).unwrap();
        let turned = &turned.last().unwrap().reliability;
        assert!(turned.auc.high < 0.4 && turned.calibration_error.low > 0.1, "{turned:?}");
        assert!(features(&golden("gate"), &seen(10, 0.0, 0.0, 1), &seen(10, 0.0, 0.0, 1)).is_none());
    }
}
