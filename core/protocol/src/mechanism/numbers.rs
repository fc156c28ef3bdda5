//! Measurements that are numbers: from the statistics of one visitor to whole numbers, and from their sums back.
//!
//! *Natural* statistics are what textbooks sum: 1, x, x x′, gradients. Those of clusters are not negative once x is moved
//! by the limit, so that a visitor touches the cells of their cluster alone; the others may have either sign.

use crate::features::FEATURES;
use crate::task::Measurement;

use super::levels::Levels;
use super::secret::Stream;

/// Largest difference of a part of two candidates' scores that a round of the blend counts.
pub const BLEND_LIMIT: f64 = 4.0;

/// How a cell is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    /// Either sign, up to a limit.
    Signed(f64),
    /// From 0 to a limit.
    Positive(f64),
    /// A share r of a cluster times x: written as r (x + limit).
    Moved(f64),
}

/// The natural statistics of one visitor as a report's numbers, rounded at random without bias. What exceeds its cell is
/// cut. Numbers are those of [`decode`]; missing ones count as 0.
pub fn encode(measurement: &Measurement, natural: &[f64], stream: &mut Stream) -> Vec<u32> {
    let Some((levels, length)) = shape(measurement) else { return Vec::new() };
    let mut vector = Vec::with_capacity(length);
    for index in 0..length {
        let value = natural.get(index).copied().unwrap_or(0.0);
        vector.push(match cell(measurement, index) {
            Cell::Signed(limit) => Levels::new(limit, levels).signed(value, stream),
            Cell::Positive(limit) => Levels::new(limit, levels).unsigned(value, stream),
            Cell::Moved(limit) => {
                let share = natural.get(first_of(measurement, index)).copied().unwrap_or(0.0);
                Levels::new(2.0 * limit, levels).unsigned(value + share * limit, stream)
            }
        });
    }
    vector
}

/// Sums of natural statistics, from sums of reports and their number.
pub fn decode(measurement: &Measurement, sums: &[f64], reports: f64) -> Vec<f64> {
    let Some((levels, length)) = shape(measurement) else { return Vec::new() };
    let mut natural = Vec::with_capacity(length);
    for (index, &sum) in sums.iter().take(length).enumerate() {
        natural.push(match cell(measurement, index) {
            Cell::Signed(limit) => Levels::new(limit, levels).signed_sum(sum, reports),
            Cell::Positive(limit) => Levels::new(limit, levels).unsigned_sum(sum),
            Cell::Moved(limit) => {
                // The share's own cell comes first and is decoded already.
                let share = natural[first_of(measurement, index)];
                Levels::new(2.0 * limit, levels).unsigned_sum(sum) - limit * share
            }
        });
    }
    natural
}

/// What one step of a cell is worth in natural units: noise of σ on a sum is σ times that. (Sums moved by the limit carry
/// the noise of their share besides.)
pub fn step_of(measurement: &Measurement, index: usize) -> f64 {
    let levels = shape(measurement).map_or(1.0, |(levels, _)| f64::from(levels));
    match cell(measurement, index) {
        Cell::Positive(limit) => limit / levels,
        Cell::Signed(limit) | Cell::Moved(limit) => 2.0 * limit / levels,
    }
}

/// Levels and number of cells.
fn shape(measurement: &Measurement) -> Option<(u32, usize)> {
    let bound = measurement.integers()?;
    let crate::task::Bound::Integers { max, .. } = bound else { return None };
    Some((max, measurement.length(&bound) as usize))
}

/// The cell that holds the share of the cluster that a cell belongs to.
fn first_of(measurement: &Measurement, index: usize) -> usize {
    index - index % width(measurement)
}

/// Cells of a cluster.
fn width(measurement: &Measurement) -> usize {
    match measurement {
        Measurement::Mixture { .. } => 1 + 2 * FEATURES,
        _ => 1 + FEATURES,
    }
}

fn cell(measurement: &Measurement, index: usize) -> Cell {
    use Measurement as M;
    match measurement {
        M::KMeans { scale, .. } | M::Mixture { scale, .. } => {
            let limit = f64::from(scale.limit);
            match index % width(measurement) {
                0 => Cell::Positive(1.0),
                place if place <= FEATURES => Cell::Moved(limit),
                _ => Cell::Positive(limit * limit),
            }
        }
        M::SecondMoments { scale, .. } => {
            let limit = f64::from(scale.limit);
            Cell::Signed(if index < FEATURES { limit } else { limit * limit })
        }
        M::Logistic { scale, .. } => {
            // The bias has the constant 1 for its feature; p (1 − p) is ¼ at most.
            let limit = f64::from(scale.limit).max(1.0);
            Cell::Signed(if index <= FEATURES { limit } else { limit * limit / 4.0 })
        }
        M::Blend { weights, .. } => {
            let square = BLEND_LIMIT * BLEND_LIMIT / 4.0;
            Cell::Signed(if index < weights.len() { BLEND_LIMIT } else { square })
        }
        _ => Cell::Positive(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanism::{Draw, Secret, bounded};
    use crate::task::{Task, TaskId};
    use proptest::prelude::*;

    const TASKS: [&str; 5] = [
        include_str!("../../testdata/tasks/k-means.json"),
        include_str!("../../testdata/tasks/mixture.json"),
        include_str!("../../testdata/tasks/moments.json"),
        include_str!("../../testdata/tasks/purchase.json"),
        include_str!("../../testdata/tasks/blend.json"),
    ];

    fn stream(number: u64) -> Stream {
        Secret::new([6; 32]).draw(Draw::Round, &TaskId([0; 32]), number)
    }

    /// Statistics of a visitor, within the cells' limits: clusters share 1.
    fn natural(task: &Task, number: u64) -> Vec<f64> {
        let mut draws = stream(number + 1_000_000);
        let length = task.length as usize;
        match &task.measurement {
            Measurement::KMeans { .. } | Measurement::Mixture { .. } => {
                let (width, mut left) = (width(&task.measurement), 1.0);
                let mut natural = vec![0.0; length];
                for first in (0..length).step_by(width) {
                    let share = if first + width >= length { left } else { left * draws.unit().round() };
                    left -= share;
                    natural[first] = share;
                    for place in 1..width {
                        let x = 6.0 * draws.unit() - 3.0;
                        natural[first + place] = share * if place <= FEATURES { x } else { x * x };
                    }
                }
                natural
            }
            _ => (0..length).map(|index| 2.0 * draws.unit() - 1.0 + 0.1 * (index % 3) as f64).collect(),
        }
    }

    #[test]
    fn sums_come_back_without_bias() {
        for text in TASKS {
            let task = Task::from_json(text).unwrap();
            let (mut sums, mut truth) = (vec![0.0; task.length as usize], vec![0.0; task.length as usize]);
            let visitors = 3_000u64;
            for number in 0..visitors {
                let natural = natural(&task, number);
                let report = encode(&task.measurement, &natural, &mut stream(number));
                sums.iter_mut().zip(report).for_each(|(sum, value)| *sum += f64::from(value));
                truth.iter_mut().zip(natural).for_each(|(sum, value)| *sum += value);
            }
            let decoded = decode(&task.measurement, &sums, visitors as f64);
            for (index, (truth, decoded)) in truth.iter().zip(&decoded).enumerate() {
                // A rounding's standard deviation is half a step at most.
                let deviation = 0.5 * step_of(&task.measurement, index) * (visitors as f64).sqrt();
                assert!(
                    (truth - decoded).abs() < 5.0 * deviation,
                    "{} {index}: {truth} {decoded}",
                    task.name
                );
            }
        }
    }

    #[test]
    fn nothing_to_say_is_the_default_report() {
        for text in TASKS {
            let task = Task::from_json(text).unwrap();
            assert_eq!(
                encode(&task.measurement, &[], &mut stream(0)),
                task.default_report(),
                "{}",
                task.name
            );
        }
    }

    proptest! {
        #[test]
        fn reports_are_within_the_bound_whatever_the_statistics(
            natural in prop::collection::vec(prop::num::f64::ANY, 0..200), number: u64,
        ) {
            for text in TASKS {
                let task = Task::from_json(text).unwrap();
                let numbers = encode(&task.measurement, &natural, &mut stream(number));
                let report = bounded::integers(&task, &numbers);
                prop_assert!(task.bound.admits(&report));
                prop_assert_eq!(report.len(), task.length as usize);
            }
        }

        #[test]
        fn what_a_visitor_is_fits_the_bound_uncut(number: u64) {
            for text in TASKS {
                let task = Task::from_json(text).unwrap();
                let numbers = encode(&task.measurement, &natural(&task, number % 1_000), &mut stream(number));
                prop_assert_eq!(bounded::integers(&task, &numbers), numbers);
            }
        }
    }
}
