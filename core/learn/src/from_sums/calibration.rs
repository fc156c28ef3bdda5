//! How good predictions were, from the sums of a calibration task: bin of the probability × outcome.
//!
//! Of a bin it is known how often it came true, and not which probabilities within the bin were told. So the one nearest to
//! what came true is taken for told: what is found to be off is off by that much at the least.

use homebody_protocol::task::{Measurement, Task};

use super::Released;
use crate::calibration::Calibration;

/// Visits that a calibration is fitted to: their outcomes are drawn from the sums, so that more say nothing new.
const FITTED: f64 = 20_000.0;

/// What the sums say of the predictions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Visits with a prediction.
    pub visits: f64,
    /// Share of them that ended with a purchase.
    pub base_rate: f64,
    /// Area under the ROC curve; pairs within one bin count half.
    pub auc: f64,
    /// Its standard error, noise included.
    pub auc_error: f64,
    /// Mean squared error of the probabilities, 0 (perfect) to 1, at the least.
    pub brier: f64,
    /// Mean distance of what was told and what came true, at the least.
    pub calibration_error: f64,
}

/// A bin: what was told, how many it came true for, and how many not.
struct Bin {
    told: f64,
    bought: f64,
    left: f64,
}

/// What the sums say. `None` for another task or length, and while either outcome is within the noise.
pub fn judged(task: &Task, released: &Released) -> Option<Judged> {
    let bins = bins(task, released)?;
    let sum = |of: &dyn Fn(&Bin) -> f64| bins.iter().map(of).sum::<f64>();
    let (bought, left) = (sum(&|bin| bin.bought), sum(&|bin| bin.left));
    let visits = bought + left;
    let (mut below, mut area) = (0.0, 0.0);
    for bin in &bins {
        area += bin.bought * (below + 0.5 * bin.left);
        below += bin.left;
    }
    let auc = area / (bought * left);
    // Bamber 1975, with the larger of the two variances for both outcomes; a unit of noise in a cell moves it by 1 / n.
    let noise = released.variance * bins.len() as f64 * (1.0 / (bought * bought) + 1.0 / (left * left)) / 4.0;
    let auc_error = (auc * (1.0 - auc) / bought.min(left) + noise).sqrt();
    let missed =
        |bin: &Bin| bin.bought * (1.0 - bin.told) * (1.0 - bin.told) + bin.left * bin.told * bin.told;
    let off = |bin: &Bin| (bin.bought - (bin.bought + bin.left) * bin.told).abs();
    Some(Judged {
        visits,
        base_rate: bought / visits,
        auc,
        auc_error,
        brier: sum(&missed) / visits,
        calibration_error: sum(&off) / visits,
    })
}

/// What straightens the predictions: applied to the log-odds that were told. `None` as for [`judged`].
pub fn straightened(task: &Task, released: &Released) -> Option<Calibration> {
    let bins = bins(task, released)?;
    let visits: f64 = bins.iter().map(|bin| bin.bought + bin.left).sum();
    let scale = (FITTED / visits).min(1.0);
    let mut told = Vec::new();
    for bin in &bins {
        let odds = libm::log(bin.told / (1.0 - bin.told));
        for (count, outcome) in [(bin.bought, true), (bin.left, false)] {
            told.extend(core::iter::repeat_n((odds, outcome), (count * scale).round() as usize));
        }
    }
    Some(Calibration::fit(&told))
}

fn bins(task: &Task, released: &Released) -> Option<Vec<Bin>> {
    let Measurement::Calibration { bins } = &task.measurement else { return None };
    if released.cells.len() != task.length as usize || *bins == 0 {
        return None;
    }
    let width = 1.0 / f64::from(*bins);
    let noise = 2.0 * released.sigma();
    let bin = |(index, cells): (usize, &[f64])| {
        // Cells that only noise is in would be predictions that nobody made.
        let [left, bought] = [cells[0], cells[1]].map(|count| if count > noise { count } else { 0.0 });
        let first = index as f64 * width;
        let observed = if bought + left > 0.0 { bought / (bought + left) } else { first };
        // Certainty has no log-odds.
        let told = observed.clamp(first, first + width).clamp(1e-3, 1.0 - 1e-3);
        Bin { told, bought, left }
    };
    let all: Vec<Bin> = released.cells.chunks_exact(2).take(*bins as usize).enumerate().map(bin).collect();
    let total = |of: fn(&Bin) -> f64| all.iter().map(of).sum::<f64>();
    let enough = total(|bin| bin.bought) >= 20.0 && total(|bin| bin.left) >= 20.0;
    enough.then_some(all)
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use crate::bootstrap::SplitMix64;
    use crate::logistic::sigmoid;

    fn task() -> Task {
        Task::from_json(include_str!("../../../protocol/testdata/tasks/calibration.json")).unwrap()
    }

    /// Visits whose log-odds are told as they are, or `slope` times that.
    fn visits(slope: f64, sigma: f64) -> Released {
        let mut rng = SplitMix64(4);
        let (visits, mut cells) = (6_000, vec![0.0; 21]);
        for visit in 0..visits {
            if visit % 20 == 0 {
                cells[20] += 1.0;
                continue;
            }
            let margin = -0.7 + noise(&mut rng, 1.2);
            let bought = rng.unit() < sigmoid(margin);
            let bin = ((10.0 * sigmoid(slope * margin)) as usize).min(9);
            cells[2 * bin + usize::from(bought)] += 1.0;
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        Released { reports: f64::from(visits), cells, variance: sigma * sigma }
    }

    #[test]
    fn honest_predictions_are_left_alone() {
        let released = visits(1.0, 10.0);
        let found = judged(&task(), &released).unwrap();
        assert!(found.auc > 0.68 && found.auc < 0.8 && found.auc_error < 0.02, "{found:?}");
        assert!(found.calibration_error < 0.01 && (found.base_rate - 0.37).abs() < 0.03, "{found:?}");
        assert!(found.brier > 0.15 && found.brier < 0.22, "{found:?}");
        let Calibration { slope, offset } = straightened(&task(), &released).unwrap();
        assert!((slope - 1.0).abs() < 0.1 && offset.abs() < 0.1, "{slope} {offset}");
    }

    #[test]
    fn predictions_that_are_too_sure_are_straightened() {
        let released = visits(2.5, 10.0);
        let found = judged(&task(), &released).unwrap();
        assert!(found.calibration_error > 0.05, "{found:?}");
        let Calibration { slope, .. } = straightened(&task(), &released).unwrap();
        // True is 0.4; only what the borders of the bins make certain is corrected.
        assert!(slope < 0.75, "{slope}");
    }

    #[test]
    fn too_few_say_nothing() {
        assert!(judged(&task(), &visits(1.0, 2_000.0)).is_none(), "lost in noise");
        let other = Released { reports: 1.0, cells: vec![0.0; 4], variance: 0.0 };
        assert!(judged(&super::super::golden("gate"), &other).is_none());
        assert!(judged(&task(), &other).is_none() && straightened(&task(), &other).is_none());
    }
}
