//! Click-through: how many of the visitors of a window opened something, from the sums of a `drift` task.
//!
//! The first bin of `opens_1d`, `opens_7d` or `opens_30d` is "none", if its upper border lies between none and one.
//! Of those who told the feature, drawn by lot, the share outside of that bin clicked through. It is a rate of
//! visitors and not of impressions: nobody is asked how often something was shown.

use homebody_protocol::task::{Measurement, Task};

use super::Released;
use super::estimate::Estimate;
use super::mean::Mean;

/// One-sided 1 %: every window is one more chance of a false alarm.
const Z: f64 = 2.326_347_9;
/// Features that count what was opened, with the days they look back on, longest first.
const OPENED: [(usize, u32); 3] = [(2, 30), (1, 7), (0, 1)];
const DAY_S: u32 = 86_400;

/// Share of a window's visitors who opened something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClickThrough {
    /// Days before the report that were looked at: 1, 7 or 30.
    pub days: u32,
    /// Visitors who told.
    pub visitors: f64,
    /// The share and its error.
    pub share: Mean,
}

/// When a share is too low.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Below this share, 0 to 1; 0: none is too low.
    pub floor: f64,
    /// Below this much less than it was, as a part of what it was, 0 to 1; 0: nobody compares.
    pub fall: f64,
}

/// What is wrong with a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallen {
    /// Nothing beyond luck and noise.
    No,
    /// It is below the floor.
    BelowFloor,
    /// It has fallen by more than is allowed.
    Since,
}

impl ClickThrough {
    /// Of a window of a `drift` task: by what was opened in as many days as the window has, or in fewer. `None` for a
    /// task that does not ask whether something was opened, and where noise could have made the counts.
    pub fn of(task: &Task, released: &Released) -> Option<Self> {
        let Measurement::Drift { edges } = &task.measurement else { return None };
        if released.cells.len() != task.length as usize {
            return None;
        }
        // One opened item is ln 2 of a feature, none is 0.
        let tells = |feature: usize| {
            let border = edges.0.get(feature).and_then(|borders| borders.first());
            border.is_some_and(|border| *border > 0.0 && *border <= core::f32::consts::LN_2)
        };
        let fits = |(_, days): &&(usize, u32)| days * DAY_S <= task.window_s.max(DAY_S);
        let told = || OPENED.iter().filter(|(feature, _)| tells(*feature));
        let &(feature, days) = told().find(fits).or_else(|| told().next_back())?;
        let (_, first, bins) = edges.features().find(|(known, ..)| *known == feature)?;
        let cells = &released.cells[first as usize..(first + bins) as usize];
        let worth: Vec<f64> = (0..bins).map(|bin| f64::from(u8::from(bin > 0))).collect();
        let share = Mean::of(cells, &worth, released.variance)?;
        Some(Self { days, visitors: cells.iter().sum(), share })
    }

    /// With its 95 % interval.
    pub fn interval(&self) -> Estimate {
        self.share.interval((0.0, 1.0))
    }

    /// Whether it is too low, beyond luck and noise; `then`: what it is compared with.
    pub fn fallen(&self, then: Option<&Self>, limits: Limits) -> Fallen {
        let Mean { value, error } = self.share;
        if limits.floor > 0.0 && value + Z * error < limits.floor {
            return Fallen::BelowFloor;
        }
        let Some(then) = then.filter(|then| limits.fall > 0.0 && then.days == self.days) else {
            return Fallen::No;
        };
        let kept = 1.0 - limits.fall;
        let apart = (error * error + kept * kept * then.share.error * then.share.error).sqrt();
        if kept * then.share.value - value > Z * apart { Fallen::Since } else { Fallen::No }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise};
    use super::*;
    use crate::bootstrap::SplitMix64;

    fn task() -> Task {
        Task::from_json(include_str!("../../../protocol/testdata/tasks/drift.json")).unwrap()
    }

    fn window(opened: f64, sigma: f64, seed: u64) -> Released {
        let (mut rng, mut cells) = (SplitMix64(seed), vec![0.0; 64]);
        for _ in 0..1_500 {
            for feature in 0..16 {
                let bin = if rng.unit() < opened { 1 + rng.below(3) } else { 0 };
                cells[4 * feature + bin] += 1.0;
            }
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, sigma));
        Released { reports: 3_000.0, cells, variance: sigma * sigma }
    }

    const LIMITS: Limits = Limits { floor: 0.5, fall: 0.1 };

    #[test]
    fn the_share_is_that_of_visitors_who_opened_something() {
        let mut within = 0;
        for seed in 0..200 {
            let found = ClickThrough::of(&task(), &window(0.6, 20.0, seed)).unwrap();
            assert!(found.days == 7 && (found.visitors - 1_500.0).abs() < 200.0, "{found:?}");
            within += u32::from(found.interval().low <= 0.6 && 0.6 <= found.interval().high);
        }
        assert!((184..=198).contains(&within), "{within} of 200");
    }

    #[test]
    fn a_fall_is_seen_and_luck_and_noise_are_not() {
        let of = |opened, seed| ClickThrough::of(&task(), &window(opened, 20.0, seed)).unwrap();
        let then = of(0.6, 1);
        let (mut false_alarms, mut seen) = (0, 0);
        for seed in 2..202 {
            false_alarms += u32::from(of(0.6, seed).fallen(Some(&then), LIMITS) != Fallen::No);
            seen += u32::from(
                of(0.4, seed).fallen(Some(&then), Limits { floor: 0.0, ..LIMITS }) == Fallen::Since,
            );
        }
        assert!(false_alarms == 0 && seen >= 190, "{false_alarms} {seen}");
        assert_eq!(of(0.4, 1).fallen(None, LIMITS), Fallen::BelowFloor);
        assert_eq!(of(0.4, 1).fallen(Some(&then), Limits { floor: 0.0, fall: 0.0 }), Fallen::No);
        assert_eq!(of(0.49, 1).fallen(None, LIMITS), Fallen::No, "not beyond luck");
    }

    #[test]
    fn only_who_asks_whether_something_was_opened_is_told() {
        let mut coarse = task();
        let Measurement::Drift { edges } = &mut coarse.measurement else { panic!() };
        edges.0[1] = vec![1.0, 2.0, 3.0];
        assert_eq!(
            ClickThrough::of(&coarse, &window(0.6, 0.0, 1)).unwrap().days,
            1,
            "a day is asked about, too"
        );
        let Measurement::Drift { edges } = &mut coarse.measurement else { panic!() };
        (edges.0[0], edges.0[2]) = (vec![1.0, 2.0, 3.0], vec![1.0, 2.0, 3.0]);
        assert_eq!(ClickThrough::of(&coarse, &window(0.6, 0.0, 1)), None);
        assert_eq!(ClickThrough::of(&task(), &window(0.6, 400.0, 1)), None, "lost in noise");
        assert_eq!(ClickThrough::of(&golden("gate"), &window(0.6, 0.0, 1)), None);
    }
}
