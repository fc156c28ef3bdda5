//! Noise at release, by the exact samplers of a kept library (Canonne, Kamath, Steinke 2020): rational arithmetic and
//! random numbers of the operating system, no floats.

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use homebody_protocol::task::Noise;
use prio::dp::Rational;
use prio::dp::distributions::{DiscreteGaussian, DiscreteLaplace};
use rand::distr::Distribution;

use super::CollectError;
use crate::store::StoreError;

/// Whole numbers of a task's noise, one a cell; none for `local`, whose answers carry theirs.
///
/// # Errors
/// [`CollectError::Store`] when a number does not fit 64 bits, which no task's noise makes.
pub(super) fn draw(noise: Option<Noise>, cells: usize) -> Result<Vec<i64>, CollectError> {
    let Some(noise) = noise else { return Ok(Vec::new()) };
    let scale = Rational::from_unsigned(noise.milli(), 1_000_u32).map_err(impossible)?;
    match noise {
        Noise::Gaussian { .. } => numbers(cells, &DiscreteGaussian::new(scale).map_err(impossible)?),
        Noise::Laplace { .. } => numbers(cells, &DiscreteLaplace::new(scale).map_err(impossible)?),
    }
}

fn numbers<T: TryInto<i64>>(
    count: usize,
    distribution: &impl Distribution<T>,
) -> Result<Vec<i64>, CollectError> {
    let mut rng = UnwrapErr(SysRng);
    let numbers = (0..count).map(|_| distribution.sample(&mut rng).try_into());
    numbers.collect::<Result<_, _>>().map_err(|_| impossible("a number of more than 64 bits"))
}

fn impossible(error: impl std::fmt::Display) -> CollectError {
    StoreError::Damaged { what: "noise", reason: error.to_string() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use homebody_protocol::task::Task;

    const GATE: &str = include_str!("../../../core/protocol/testdata/tasks/gate.json");

    fn draws(noise: &str, count: usize) -> Vec<f64> {
        let text = GATE.replace("\"laplace\": {\n     \"milli_scale\": 20000\n    }", noise);
        let task: Task = serde_json::from_str(&text).unwrap();
        assert!(task.mode.noise().is_some_and(|found| found.milli() == 3_000), "{text}");
        (0..count)
            .flat_map(|_| draw(task.mode.noise(), task.length as usize).unwrap())
            .map(|number| number as f64)
            .collect()
    }

    fn mean_and_variance(numbers: &[f64]) -> (f64, f64) {
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        (mean, numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count)
    }

    /// Five standard errors of mean and variance: wrong once in a million runs.
    #[test]
    fn mean_and_variance_are_those_of_the_task() {
        let gaussian = draws("\"gaussian\": { \"milli_sigma\": 3000 }", 5_000);
        let (mean, variance) = mean_and_variance(&gaussian);
        assert!(mean.abs() < 5.0 * 3.0 / 20_000_f64.sqrt(), "{mean}");
        assert!((variance - 9.0).abs() < 5.0 * 9.0 * (2.0 / 20_000_f64).sqrt(), "{variance}");
        let laplace = draws("\"laplace\": { \"milli_scale\": 3000 }", 5_000);
        let (mean, variance) = mean_and_variance(&laplace);
        // 2 p / (1 − p)², p = e^(−1/3).
        let p = (-1.0_f64 / 3.0).exp();
        let expected = 2.0 * p / (1.0 - p).powi(2);
        assert!(mean.abs() < 5.0 * expected.sqrt() / 20_000_f64.sqrt(), "{mean}");
        assert!((variance - expected).abs() < 5.0 * expected * (5.0 / 20_000_f64).sqrt(), "{variance}");
    }

    #[test]
    fn local_answers_carry_theirs() {
        let task = include_str!("../../../core/protocol/testdata/tasks/segments.json");
        let task = Task::from_json(task).unwrap();
        assert_eq!(draw(task.mode.noise(), 4).unwrap(), [0_i64; 0]);
    }
}
