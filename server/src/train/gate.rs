//! The question to devices, and what their answers mean.

use homebody_learn::from_sums::Released;
use homebody_protocol::accounting::laplace_micro_rho;
use homebody_protocol::task::{
    Bound, FORMAT, Measurement, Mode, Noise, TIME_PRECISION_S, Task, TaskError, TaskPurpose,
};

use super::evidence::{Summed, task_of};
use crate::store::StoredTask;

/// A hit is the held-out item among the first so many.
const TOP: u32 = 10;
/// Weeks that devices may answer; who has not convinced by then is rejected.
const WEEKS: u32 = 4;
/// Weeks that a published model is watched at the most.
const MOST_WEEKS: u32 = 52;
const WEEK_S: u32 = 7 * 86_400;
/// A window's sum is released within a day.
const RELEASED_WITHIN_S: u64 = 86_400;
/// Scale of the Laplace noise on each cell, in thousandths: two cells change at most, so ε = .1 a report.
const MILLI_SCALE: u32 = 20_000;

/// The question whether the table `candidate` is better than `champion`, each by its SHA-256.
///
/// # Errors
/// [`TaskError`] when it cannot be asked of this site.
pub(super) fn question(
    site: &str,
    name: &str,
    (champion, candidate): (&str, &str),
    min_batch_size: u32,
    weeks: u32,
    now: u64,
) -> Result<Task, TaskError> {
    let now = u32::try_from(now).unwrap_or(u32::MAX - MOST_WEEKS * WEEK_S);
    let starts_at = now - now % TIME_PRECISION_S;
    let task = Task {
        format: FORMAT,
        site: site.to_owned(),
        name: name.to_owned(),
        description:
            "Whether another model would have put what you chose further to the front than the one in use."
                .to_owned(),
        purpose: TaskPurpose::Measure,
        measurement: Measurement::Gate {
            champion: champion.to_owned(),
            candidate: candidate.to_owned(),
            top: TOP,
        },
        length: 4,
        bound: Bound::OneHot,
        mode: Mode::Trusted { noise: Noise::Laplace { milli_scale: MILLI_SCALE } },
        micro_rho: laplace_micro_rho(2, MILLI_SCALE),
        window_s: WEEK_S,
        time_precision_s: TIME_PRECISION_S,
        min_batch_size,
        starts_at,
        ends_at: starts_at + weeks * WEEK_S,
    };
    // Read back, so that a site that devices would refuse is told now.
    Task::from_json(&task.canonical())
}

/// Weeks that devices are asked: four about a candidate, and as long as it is watched about a published model.
pub(super) fn weeks(name: &str, watch_s: u64) -> u32 {
    if !name.starts_with("watch-") {
        return WEEKS;
    }
    u32::try_from(watch_s.div_ceil(WEEK_S.into())).unwrap_or(MOST_WEEKS).clamp(1, MOST_WEEKS)
}

/// The two tables that a task compares: the one in use, and the other.
pub(super) fn tables(task: &Task) -> Option<(String, String)> {
    match &task.measurement {
        Measurement::Gate { champion, candidate, .. } => Some((champion.clone(), candidate.clone())),
        _ => None,
    }
}

/// Whether nobody will answer any more: the last window is over, and was long enough ago to be released.
pub(super) fn is_over(gate: &StoredTask, now: u64) -> bool {
    task_of(gate).is_none_or(|task| is_past(&task, now))
}

/// The same of a task that was read.
pub(super) fn is_past(task: &Task, now: u64) -> bool {
    now > u64::from(task.ends_at) + RELEASED_WITHIN_S
}

/// All answers to the question whether a table is better than the champion: to ours and to one that the operator asked
/// in another mode. `None` without any.
pub(super) fn answers(all: &[Summed], champion: &str, candidate: &str) -> Option<Released> {
    let mut answers = Vec::new();
    for summed in all {
        let Measurement::Gate { champion: old, candidate: new, .. } = &summed.task.measurement else {
            continue;
        };
        answers.extend(summed.whole().filter(|_| old == champion && new == candidate).cloned());
    }
    Released::together(&answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_one_that_devices_answer() {
        use homebody_protocol::task::LocalLimits;
        let (old, new) = ("ab".repeat(32), "cd".repeat(32));
        let task = question("shop.example", "gate-3", (&old, &new), 500, WEEKS, 1_795_428_123).unwrap();
        assert_eq!((task.micro_rho, task.starts_at % 3_600, task.name.as_str()), (5_000, 0, "gate-3"));
        assert!(LocalLimits::default().refuses(&task).is_none());
        let few = question("shop.example", "gate-3", (&old, &new), 9, WEEKS, 0).unwrap();
        assert!(LocalLimits::default().refuses(&few).is_some());
        assert_eq!(
            (weeks("gate-3", 0), weeks("watch-3", 8 * 86_400), weeks("watch-3", u64::MAX)),
            (4, 2, 52)
        );
    }
}
