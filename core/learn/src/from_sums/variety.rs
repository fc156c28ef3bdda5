//! How varied what visitors are shown is, on the whole: entropy and Gini coefficient out of a `diversity` task.
//!
//! Each device audits the impressions that it remembers and tells a cell: bin of the entropy of their categories × bin of
//! the Gini coefficient of their items, both 0 to 1, or that too little was shown to say anything. Of a device it is known in
//! which bin it is, and not where in the bin; so a mean lies within half a bin of that of the bins' middles, beside luck and
//! noise. More bins say more, as long as noise lets them.

use homebody_protocol::task::{Measurement, Task};

use super::Released;
use super::estimate::{Estimate, Z, share};

/// Fewer devices say nothing.
const FEWEST: f64 = 20.0;
/// How many standard deviations of its noise the number of devices must be.
const KNOWN: f64 = 4.0;

/// What the sums say of what visitors are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Variety {
    /// Devices that were shown enough to say something.
    pub devices: f64,
    /// Mean entropy of the categories shown, 0 (one category) to 1 (all of them alike); Shannon 1948.
    pub entropy: Estimate,
    /// Mean Gini coefficient of the impressions of items, 0 (each as often) to 1; Gini 1912.
    pub gini: Estimate,
    /// Shares of the devices by bin of entropy, from 0 up, sum 1.
    pub by_entropy: Vec<Estimate>,
    /// The same by bin of the Gini coefficient.
    pub by_gini: Vec<Estimate>,
}

/// What the sums say. `None` for another task or length, and while too few devices say anything beyond the noise.
pub fn of(task: &Task, released: &Released) -> Option<Variety> {
    let Measurement::Diversity { bins } = &task.measurement else { return None };
    let (bins, cells) = (*bins as usize, &released.cells);
    if cells.len() != task.length as usize || cells.len() < bins * bins {
        return None;
    }
    let told = &cells[..bins * bins];
    let devices: f64 = told.iter().sum();
    if devices < FEWEST || devices < KNOWN * released.sigma() * bins as f64 {
        return None;
    }
    let row = |bin: usize| told[bin * bins..(bin + 1) * bins].iter().sum::<f64>();
    let column = |bin: usize| told.iter().skip(bin).step_by(bins).sum::<f64>();
    let sums = Sums { devices, variance: released.variance * bins as f64 };
    let (by_entropy, by_gini): (Vec<f64>, Vec<f64>) = (0..bins).map(|bin| (row(bin), column(bin))).unzip();
    Some(Variety {
        devices,
        entropy: sums.mean(&by_entropy),
        gini: sums.mean(&by_gini),
        by_entropy: sums.shares(&by_entropy),
        by_gini: sums.shares(&by_gini),
    })
}

/// Devices in all bins, and the variance of the noise in one.
struct Sums {
    devices: f64,
    variance: f64,
}

impl Sums {
    /// Mean of the bins' middles. To the first order a unit of noise in a bin moves it by (middle − mean) / devices.
    fn mean(&self, counts: &[f64]) -> Estimate {
        let width = 1.0 / counts.len() as f64;
        let middle = |bin: usize| (bin as f64 + 0.5) * width;
        let sum = |of: &dyn Fn(usize) -> f64| (0..counts.len()).map(of).sum::<f64>();
        let mean = (sum(&|bin| counts[bin] * middle(bin)) / self.devices).clamp(0.0, 1.0);
        let away = |bin: usize| (middle(bin) - mean) * (middle(bin) - mean);
        let luck = sum(&|bin| counts[bin] * away(bin)).max(0.0) / self.devices;
        let noise = self.variance * sum(&away) / self.devices;
        let error = ((luck + noise) / self.devices).sqrt();
        Estimate::within(mean, Z * error + width / 2.0, 0.0, 1.0)
    }

    fn shares(&self, counts: &[f64]) -> Vec<Estimate> {
        let noise = self.variance.sqrt() / self.devices;
        let fitting = super::sizes::fitted(counts, self.devices);
        fitting.iter().map(|count| share(count / self.devices, self.devices, noise)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise};
    use super::*;
    use crate::bootstrap::SplitMix64;

    /// Devices whose entropy and Gini coefficient are spread evenly around two middles, by `apart` either way.
    fn released(
        bins: u32,
        devices: usize,
        (entropy, gini): (f64, f64),
        sigma: f64,
        seed: u64,
    ) -> (Task, Released) {
        let task = Task {
            measurement: Measurement::Diversity { bins },
            length: bins * bins + 1,
            ..golden("diversity")
        };
        let mut rng = SplitMix64(seed);
        let mut cells = vec![0.0; task.length as usize];
        let bin = |value: f64| ((value * f64::from(bins)) as usize).min(bins as usize - 1);
        for _ in 0..devices {
            let mut at = |middle: f64| bin((middle + 0.2 * (rng.unit() - 0.5)).clamp(0.0, 1.0));
            cells[at(entropy) * bins as usize + at(gini)] += 1.0;
        }
        cells[(bins * bins) as usize] += 300.0;
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        let reports = devices as f64 + 300.0;
        (task, Released { reports, cells, variance: sigma * sigma })
    }

    #[test]
    fn means_lie_in_their_intervals_whatever_the_noise() {
        for bins in [2, 5, 10, 20] {
            for (seed, sigma) in (1..).zip([0.0, 0.0, 5.0, 5.0, 20.0]) {
                let (task, sums) = released(bins, 8_000, (0.3, 0.6), sigma, seed);
                let found = of(&task, &sums).unwrap();
                let holds = |estimate: Estimate, truth: f64| estimate.low <= truth && truth <= estimate.high;
                assert!(holds(found.entropy, 0.3) && holds(found.gini, 0.6), "{bins} {sigma}: {found:?}");
                let total: f64 = found.by_entropy.iter().map(|share| share.value).sum();
                assert!((total - 1.0).abs() < 1e-9 && found.by_gini.iter().all(|share| share.value >= 0.0));
            }
        }
    }

    #[test]
    fn more_bins_say_more_and_noise_says_less() {
        let width = |bins, sigma| {
            let (task, sums) = released(bins, 8_000, (0.3, 0.6), sigma, 9);
            let found = of(&task, &sums).unwrap().entropy;
            found.high - found.low
        };
        assert!(width(10, 0.0) < width(2, 0.0) && width(10, 20.0) > width(10, 0.0));
    }

    #[test]
    fn too_few_and_other_tasks_say_nothing() {
        let (task, sums) = released(5, 19, (0.3, 0.6), 0.0, 1);
        assert_eq!(of(&task, &sums), None);
        let (task, sums) = released(5, 300, (0.3, 0.6), 40.0, 1);
        assert_eq!(of(&task, &sums), None, "lost in noise");
        let (task, mut sums) = released(5, 300, (0.3, 0.6), 0.0, 1);
        assert!(of(&task, &sums).is_some() && of(&golden("gate"), &sums).is_none());
        sums.cells.pop();
        assert_eq!(of(&task, &sums), None);
    }
}
