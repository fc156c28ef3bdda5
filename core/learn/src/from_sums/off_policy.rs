//! What another policy would earn, from sums: self-normalised inverse propensity scoring (Swaminathan & Joachims 2015).
//!
//! A device says one thing of one decision it drew (`core/device/src/bandit/decision.rs`): a list showed an item with
//! propensity p, the policy that is asked about would have shown it with chance π, and it was opened or not. Its weight
//! w = π / p is clipped and rounded to a step ([`Weights`]), so that the mean stays what it is. The report is one-hot over
//! step × reward, nothing to say last: a change of it moves two cells by one, as for every one-hot measurement, and the
//! sums carry Σ w, Σ w r, Σ w² and Σ w² r.
//!
//! The estimate is Σ w r / Σ w, its variance by the delta method Σ w² (r − v)² / (Σ w)² with the noise of the cells
//! beside it. Clipping leaves mass out where the logged policy hardly ever went: [`Snips::missing`] says how much,
//! and the policy's true reward lies within [`Snips::bounds`] whatever is there.

use homebody_protocol::task::{Measurement, Task, Weights};

use super::Released;
use super::estimate::Estimate;
use super::mean::Mean;

/// What the judged policy would earn a decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snips {
    /// Decisions that were told of.
    pub decisions: f64,
    /// Share of them that was opened: what the lists as they are earn.
    pub opened: Estimate,
    /// The estimate, 0 to 1.
    pub reward: Estimate,
    /// Share of the judged policy's decisions that clipping left out: 1 − the mean weight.
    pub missing: Estimate,
    /// Without any assumption of what was left out: all of it in vain, or all of it opened. Both with their luck and
    /// noise.
    pub bounds: (f64, f64),
    /// Decisions that would be worth as much without weights (Kish 1965): few mean a poor estimate.
    pub effective: f64,
}

impl Snips {
    /// Reads the sums of an `off_policy` task. `None` for another one, and where noise could have made the decisions or their
    /// weights.
    pub fn of(task: &Task, released: &Released) -> Option<Self> {
        let Measurement::OffPolicy { weights, .. } = &task.measurement else { return None };
        Self::estimate(weights, released)
    }

    fn estimate(steps: &Weights, released: &Released) -> Option<Self> {
        let told = steps.cells() as usize;
        if released.cells.len() != told + 1 {
            return None;
        }
        let cells = &released.cells[..told];
        let (mut all, mut weights, mut gained, mut squares) = (0.0, 0.0, 0.0, 0.0);
        for (step, pair) in cells.chunks_exact(2).enumerate() {
            let weight = steps.weight(step);
            all += pair[0] + pair[1];
            weights += weight * (pair[0] + pair[1]);
            gained += weight * pair[1];
            squares += weight * weight * (pair[0] + pair[1]);
        }
        let spread: f64 = (0..told / 2).map(|step| 2.0 * steps.weight(step) * steps.weight(step)).sum();
        if weights <= 4.0 * (released.variance * spread).sqrt() {
            return None;
        }
        let mean = |worth: &dyn Fn(usize, f64) -> f64| {
            let worth: Vec<f64> = (0..told).map(|cell| worth(cell / 2, (cell % 2) as f64)).collect();
            Mean::of(cells, &worth, released.variance)
        };
        let missing = mean(&|step, _| 1.0 - steps.weight(step))?;
        let (least, most) = (
            mean(&|step, reward| steps.weight(step) * reward)?,
            mean(&|step, reward| 1.0 - steps.weight(step) * (1.0 - reward))?,
        );
        let unit = (0.0, 1.0);
        let value = gained / weights;
        let error = error(steps, cells, released.variance, value) / weights;
        Some(Self {
            decisions: all,
            opened: mean(&|_, reward| reward)?.interval(unit),
            reward: Mean { value, error }.interval(unit),
            missing: missing.interval((-1.0, 1.0)),
            bounds: (least.interval(unit).low, most.interval(unit).high),
            effective: if squares > 0.0 { weights * weights / squares } else { 0.0 },
        })
    }
}

/// √ Σ w² (r − v)² over decisions and noise.
fn error(steps: &Weights, cells: &[f64], variance: f64, value: f64) -> f64 {
    let one = |(cell, count): (usize, &f64)| {
        let moved = steps.weight(cell / 2) * ((cell % 2) as f64 - value);
        (count.max(0.0) + variance) * moved * moved
    };
    cells.iter().enumerate().map(one).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use crate::bootstrap::SplitMix64;

    const WEIGHTS: Weights = Weights { most: 4.0, levels: 16 };
    /// Chance of each item with the logged policy, with the judged one, and of being opened.
    const ITEMS: [(f64, f64, f64); 4] = [(0.4, 0.1, 0.05), (0.3, 0.2, 0.1), (0.2, 0.3, 0.2), (0.1, 0.4, 0.4)];

    fn estimate(weights: Weights, released: &Released) -> Option<Snips> {
        Snips::estimate(&weights, released)
    }

    fn truth() -> f64 {
        ITEMS.iter().map(|(_, judged, opened)| judged * opened).sum()
    }

    fn logged(weights: Weights, decisions: u32, sigma: f64, seed: u64) -> Released {
        let (mut rng, mut cells) = (SplitMix64(seed), vec![0.0; weights.cells() as usize + 1]);
        for _ in 0..decisions {
            let mut drawn = rng.unit();
            let is_shown = |item: &&(f64, f64, f64)| {
                drawn -= item.0;
                drawn < 0.0
            };
            let &(logged, judged, opened) = ITEMS.iter().find(is_shown).unwrap_or(&ITEMS[3]);
            let (is_opened, draw) = (rng.unit() < opened, rng.unit());
            cells[weights.cell((judged / logged) as f32, is_opened, draw) as usize] += 1.0;
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        Released { reports: f64::from(decisions), cells, variance: sigma * sigma }
    }

    #[test]
    fn the_interval_holds_what_the_other_policy_earns() {
        let (mut within, mut mean, mut bounded) = (0, 0.0, 0);
        for seed in 0..200 {
            let found = estimate(WEIGHTS, &logged(WEIGHTS, 4_000, 10.0, seed)).unwrap();
            within += u32::from(found.reward.low <= truth() && truth() <= found.reward.high);
            bounded += u32::from(found.bounds.0 <= truth() && truth() <= found.bounds.1);
            mean += found.reward.value / 200.0;
            assert!(
                found.missing.low <= 0.08
                    && found.opened.value < found.reward.value
                    && found.effective < 4_000.0,
                "{found:?}"
            );
        }
        assert!((184..=198).contains(&within), "{within} of 200");
        assert!(bounded >= 190 && (mean - truth()).abs() < 0.004, "{bounded} {mean} {}", truth());
        let logged_reward: f64 = ITEMS.iter().map(|(logged, _, opened)| logged * opened).sum();
        assert!(logged_reward < 0.75 * truth(), "the log itself says something else");
    }

    #[test]
    fn what_clipping_leaves_out_is_told() {
        let clipped = Weights { most: 1.5, levels: 16 };
        let found = estimate(clipped, &logged(clipped, 20_000, 10.0, 3)).unwrap();
        // The best item weighs 4 and is cut to 1.5: a quarter of the judged policy is not seen.
        assert!((found.missing.value - 0.25).abs() < 0.03, "{found:?}");
        assert!(found.reward.high < truth(), "and is missing in the estimate: {found:?}");
        assert!(found.bounds.0 < truth() && truth() < found.bounds.1, "{found:?}");
    }

    #[test]
    fn what_noise_could_have_made_and_other_sums_are_not_read() {
        assert!(estimate(WEIGHTS, &logged(WEIGHTS, 4_000, 900.0, 1)).is_none(), "lost in noise");
        let other = Released { reports: 1.0, cells: vec![1.0; 4], variance: 0.0 };
        assert!(estimate(WEIGHTS, &other).is_none());
    }
}
