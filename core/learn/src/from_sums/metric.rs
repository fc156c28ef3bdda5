//! Metrics of experiments, from the six sums of each arm: values, differences and what both may be off by.
//!
//! The mean of y is made surer by x, which was before anybody was exposed (CUPED, Deng et al. 2013): y − θ x has the same
//! difference between arms, and less spread. A ratio Σ y / Σ x has the error of y − R x (the delta method, Deng, Knoblich,
//! Lu 2018). Added to either: the noise of the released sums, and the rounding of the reports.

use homebody_protocol::task::{Measurement, Metric, SUMS, Task, Unit};

use super::Released;
use super::mean::Mean;

/// An arm whose size is less than so many standard deviations of noise is lost in it.
const LOST: f64 = 4.0;

/// One arm of an experiment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricArm {
    /// Visitors, noise taken for what it is.
    pub visitors: f64,
    /// The metric.
    pub metric: Mean,
    /// Its difference from the first arm; `None` for the first, and where that is lost in noise.
    pub change: Option<Mean>,
}

/// The arms of a task about a metric, in the order of the variants; `None` for one that is lost in noise. An empty list for
/// other tasks, and for sums of another length.
pub fn arms(task: &Task, released: &Released) -> Vec<Option<MetricArm>> {
    let Measurement::Metric { variants, metric, limit, levels, .. } = task.measurement else {
        return Vec::new();
    };
    if released.cells.len() != (variants * SUMS) as usize {
        return Vec::new();
    }
    let reading = Reading::of(metric, limit, levels, released.variance);
    let natural = released.natural(task);
    let sums: Vec<Option<Sums>> = natural.chunks(SUMS as usize).map(|cells| reading.sums(cells)).collect();
    let theta = if metric.is_ratio() { 0.0 } else { reading.theta(&sums) };
    let first = sums.first().copied().flatten();
    let arm = |(place, sums): (usize, &Option<Sums>)| {
        let sums = (*sums)?;
        let base = first.filter(|_| place > 0);
        let change = base.map(|base| reading.change(&sums, &base, theta));
        let metric = reading.scaled(reading.estimate(&sums, 0.0));
        Some(MetricArm { visitors: sums.n, metric, change })
    };
    sums.iter().enumerate().map(arm).collect()
}

/// Sums over an arm's visitors, y and x between 0 and 1.
#[derive(Clone, Copy, Debug)]
struct Sums {
    n: f64,
    y: f64,
    yy: f64,
    x: f64,
    xx: f64,
    xy: f64,
}

/// How sums are read.
struct Reading {
    is_ratio: bool,
    /// Variance of the noise of each sum.
    noise: f64,
    /// The step that a number is rounded to; 0 where numbers are exact.
    step: f64,
    /// What 1 stands for.
    scale: f64,
}

impl Reading {
    fn of(metric: Metric, limit: u32, levels: u32, variance: f64) -> Self {
        let (y_limit, x_limit) = metric.limits(limit);
        let is_ratio = metric.is_ratio();
        let step = 1.0 / f64::from(levels);
        Self {
            is_ratio,
            noise: variance * step * step,
            // 0 and 1 are points of every grid.
            step: if metric.unit() == Unit::Share { 0.0 } else { step },
            scale: if is_ratio { y_limit / x_limit } else { y_limit },
        }
    }

    /// `None` when what is divided by could be noise.
    fn sums(&self, cells: &[f64]) -> Option<Sums> {
        let &[n, y, yy, x, xx, xy] = cells else { return None };
        let least = (LOST * self.noise.sqrt()).max(1.0);
        let is_lost = n <= least || (self.is_ratio && x <= LOST * self.noise.sqrt().max(self.step));
        (!is_lost).then_some(Sums { n, y, yy, x, xx, xy })
    }

    /// The θ that leaves the least spread in y − θ x, the noise of the sums counted in; one for all arms, whose spread
    /// within each is added. 0 where the spread of x could be noise.
    fn theta(&self, arms: &[Option<Sums>]) -> f64 {
        let (mut xx, mut xy, mut noise, mut count) = (0.0, 0.0, 0.0, 0.0);
        for Sums { n, y, x, xx: squares, xy: products, .. } in arms.iter().flatten() {
            xx += squares - x * x / n;
            xy += products - x * y / n;
            noise += self.noise * (1.0 + x * x / (n * n));
            count += 1.0;
        }
        if xx <= LOST * (self.noise * count).sqrt() { 0.0 } else { xy / (xx + noise) }
    }

    /// Of y − θ x, or of the ratio, with 1 for the largest.
    fn estimate(&self, sums: &Sums, theta: f64) -> Mean {
        let Sums { n, y, yy, x, xx, xy } = *sums;
        // The value is a ratio of sums, value = (Σ y − θ Σ x) / of; what moves it is y − θ x − value × of, visitor by
        // visitor.
        let (of, slope) = if self.is_ratio { (x, y / x) } else { (n, theta) };
        let value = if self.is_ratio { slope } else { (y - theta * x) / n };
        let squares = yy - 2.0 * slope * xy + slope * slope * xx;
        let spread = if self.is_ratio { squares } else { squares - n * value * value };
        let moved = if self.is_ratio { 1.0 + slope * slope } else { 1.0 + slope * slope + value * value };
        let rounding = self.rounding(y, n) + slope * slope * self.rounding(x, n);
        // Noise may make a spread negative, which none is.
        let variance = (spread.max(0.0) + rounding + self.noise * moved) / (of * of);
        Mean { value, error: variance.sqrt() }
    }

    /// At the most, of n numbers that add up to a sum: each is off by no more than half a step, and those below a step by
    /// no more than they allow.
    fn rounding(&self, sum: f64, n: f64) -> f64 {
        (sum.max(0.0) * self.step).min(n * self.step * self.step / 4.0)
    }

    fn change(&self, treated: &Sums, control: &Sums, theta: f64) -> Mean {
        let [treated, control] = [treated, control].map(|sums| self.estimate(sums, theta));
        let error = libm::hypot(treated.error, control.error);
        self.scaled(Mean { value: treated.value - control.value, error })
    }

    fn scaled(&self, Mean { value, error }: Mean) -> Mean {
        Mean { value: value * self.scale, error: error * self.scale }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{golden, noise};
    use super::*;
    use crate::bootstrap::SplitMix64;

    fn task(metric: Metric, limit: u32) -> Task {
        let mut task = golden("revenue-ab");
        if let Measurement::Metric { metric: asked, limit: most, .. } = &mut task.measurement {
            (*asked, *most) = (metric, limit);
        }
        task.check().unwrap();
        task
    }

    /// The sums of arms of visitors with a y and an x each, with noise of σ.
    fn released(task: &Task, arms: &[Vec<(f64, f64)>], sigma: f64, rng: &mut SplitMix64) -> Released {
        let Measurement::Metric { metric, limit, levels, .. } = task.measurement else { panic!() };
        let mut cells = Vec::new();
        for arm in arms {
            let mut sums = [0.0; SUMS as usize];
            for &(y, x) in arm {
                let numbers = metric.sums(limit, y, x);
                // Rounded at random, as reports are.
                for (sum, number) in sums.iter_mut().zip(numbers) {
                    *sum += (number * f64::from(levels) + rng.unit()).floor();
                }
            }
            cells.extend(sums.map(|sum| sum + noise(rng, sigma)));
        }
        let reports = arms.iter().map(Vec::len).sum::<usize>() as f64;
        Released { reports, cells, variance: sigma * sigma }
    }

    /// Visitors who order a few times, each order worth something, those who order more often dearer ones.
    fn buyers(visitors: usize, worth: f64, rng: &mut SplitMix64) -> Vec<(f64, f64)> {
        let one = |_| {
            let orders = (rng.unit() * rng.unit() * 5.0).floor();
            let each = |_| worth * (0.2 + 2.0 * rng.unit()) * (1.0 + 0.2 * orders);
            ((0..orders as usize).map(each).sum(), orders)
        };
        (0..visitors).map(one).collect()
    }

    /// Visitors whose y follows x, which was before.
    fn faithful(visitors: usize, more: f64, rng: &mut SplitMix64) -> Vec<(f64, f64)> {
        let one = |_| {
            let before = 60.0 * rng.unit() * rng.unit();
            (0.8 * before + 20.0 * rng.unit() + more, before)
        };
        (0..visitors).map(one).collect()
    }

    #[test]
    fn the_interval_of_a_ratio_is_that_of_the_bootstrap() {
        let mut rng = SplitMix64(5);
        for (visitors, worth, limit) in [(400, 10.0, 200), (1_500, 30.0, 600)] {
            let arm = buyers(visitors, worth, &mut rng);
            let task = task(Metric::OrderValue, limit);
            let told = arms(&task, &released(&task, &[arm.clone(), Vec::new()], 0.0, &mut rng));
            let told = told[0].unwrap().metric;
            let ratio = |picked: &[(f64, f64)]| {
                let (y, x) = picked.iter().fold((0.0, 0.0), |(y, x), each| (y + each.0, x + each.1));
                y / x
            };
            let mut ratios: Vec<f64> = (0..800)
                .map(|_| {
                    let draw = |_| arm[(rng.unit() * visitors as f64) as usize];
                    ratio(&(0..visitors).map(draw).collect::<Vec<_>>())
                })
                .collect();
            ratios.sort_by(f64::total_cmp);
            let (low, high) = told.ends();
            let width = ratios[779] - ratios[20];
            // A bootstrap of 800 knows its own ends to about a tenth of the width. The value is off by the rounding.
            let truth = ratio(&arm);
            assert!((told.value - truth).abs() < 0.1 * width, "{told:?} {truth}");
            for (ours, theirs) in [(low, ratios[20]), (high, ratios[779])] {
                let [ours, theirs] = [ours - told.value, theirs - truth];
                assert!((ours - theirs).abs() < 0.12 * width, "{visitors}: {ours} {theirs} of {width}");
            }
        }
    }

    #[test]
    fn small_sums_give_the_textbook_numbers() {
        // Four visitors with y 10, 20, 30, 40 of 100; x 1 each: a mean, and as a ratio of items the same.
        let task = task(Metric::Dwell, 100);
        let cells: Vec<f64> = [4.0, 1.0, 0.3, 0.0, 0.0, 0.0].map(|sum| 100.0 * sum).into();
        let both = Released { reports: 8.0, cells: [cells.clone(), cells].concat(), variance: 0.0 };
        let told = arms(&task, &both)[1].unwrap();
        // √(Σ (y − 25)² / 16) is 5.59; rounding to steps of one adds at most 4 × ¼ to the 500 below the root.
        assert!(
            (told.metric.value - 25.0).abs() < 1e-9 && (told.metric.error - 5.59).abs() < 0.01,
            "{told:?}"
        );
        assert_eq!((told.visitors, told.change.unwrap().value), (4.0, 0.0));
        let noisy = Released { variance: 100.0 * 100.0, ..both };
        assert_eq!(arms(&task, &noisy), [None, None], "σ is a visitor, and four of it are all there are");
    }

    /// How often A against A is called different.
    fn wrong(
        metric: Metric,
        limit: u32,
        sigma: f64,
        arm: impl Fn(&mut SplitMix64) -> Vec<(f64, f64)>,
    ) -> f64 {
        let mut rng = SplitMix64(11);
        let (task, rounds, mut wrong) = (task(metric, limit), 1_000, 0u32);
        for _ in 0..rounds {
            let both = [arm(&mut rng), arm(&mut rng)];
            let told = arms(&task, &released(&task, &both, sigma, &mut rng));
            wrong += u32::from(told[1].unwrap().change.unwrap().is_beyond_chance());
        }
        f64::from(wrong) / f64::from(rounds)
    }

    #[test]
    fn one_in_twenty_comparisons_of_alike_arms_is_called_different() {
        // Of 1,000 rounds at 5 % the standard deviation is .7 points.
        let ratio = |sigma| wrong(Metric::OrderValue, 400, sigma, |rng| buyers(300, 20.0, rng));
        let mean = |sigma| wrong(Metric::Revenue, 200, sigma, |rng| faithful(300, 0.0, rng));
        let share = |rng: &mut SplitMix64| {
            let one = |_| (f64::from(u8::from(rng.unit() < 0.1)), f64::from(u8::from(rng.unit() < 0.3)));
            (0..300).map(one).collect()
        };
        for (name, rate) in [
            ("ratio", ratio(0.0)),
            ("ratio with noise", ratio(300.0)),
            ("mean", mean(0.0)),
            ("mean with noise", mean(800.0)),
            ("share", wrong(Metric::Conversion, 1, 0.0, share)),
        ] {
            assert!((0.028..0.072).contains(&rate), "{name}: {rate}");
        }
    }

    #[test]
    fn what_was_before_makes_a_mean_surer_and_a_gain_is_seen() {
        let mut rng = SplitMix64(3);
        let task = task(Metric::Revenue, 100);
        let both = [faithful(800, 0.0, &mut rng), faithful(800, 3.0, &mut rng)];
        let told = arms(&task, &released(&task, &both, 100.0, &mut rng));
        let [first, second] = [told[0].unwrap(), told[1].unwrap()];
        let change = second.change.unwrap();
        let plain = libm::hypot(first.metric.error, second.metric.error);
        assert!(first.change.is_none() && change.error < 0.7 * plain, "{change:?} {plain}");
        let (low, high) = change.ends();
        assert!(low < 3.0 && 3.0 < high && change.is_beyond_chance(), "{low} to {high}");
    }

    #[test]
    fn what_is_lost_in_noise_is_not_told() {
        let mut rng = SplitMix64(3);
        let task = task(Metric::OrderValue, 100);
        let sums = |visitors, sigma, rng: &mut SplitMix64| {
            let both = [buyers(visitors, 10.0, rng), buyers(visitors, 10.0, rng)];
            arms(&task, &released(&task, &both, sigma, rng))
        };
        assert_eq!(sums(30, 1_500.0, &mut rng), [None, None]);
        assert!(sums(3_000, 1_500.0, &mut rng).iter().all(Option::is_some));
        assert_eq!(sums(0, 0.0, &mut rng), [None, None]);
        let short = Released { reports: 1.0, cells: vec![0.0; 3], variance: 0.0 };
        assert!(arms(&task, &short).is_empty() && arms(&golden("gate"), &short).is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_released_makes_finite_numbers(
            cells in prop::collection::vec(-1e6f64..1e6, 12), variance in 0.0f64..1e6, which in 0usize..7,
        ) {
            let metric = Metric::ALL[which];
            let task = task(metric, if metric.unit() == Unit::Share { 1 } else { 50 });
            for arm in arms(&task, &Released { reports: 9.0, cells, variance }).into_iter().flatten() {
                for estimate in [Some(arm.metric), arm.change].into_iter().flatten() {
                    prop_assert!(estimate.value.is_finite() && estimate.error.is_finite() && estimate.error >= 0.0);
                }
            }
        }
    }
}
