//! What became of experiments: the newest released sum of each task about one, read.

use std::collections::BTreeMap;

use homebody_learn::from_sums::mean::Mean;
use homebody_learn::from_sums::metric::MetricArm;
use homebody_learn::from_sums::{Released, metric, verdict};
use homebody_protocol::mechanism::Totals;
use homebody_protocol::task::{Measurement, Metric, Task};

use super::{CollectError, Part};
use crate::store::{Release, Store};

/// A task about an experiment.
#[derive(Clone, Debug)]
pub struct Question {
    /// Name of the experiment.
    pub experiment: String,
    /// The task.
    pub task: Task,
    /// What is measured. Tasks about the furthest step are read as [`Metric::Conversion`].
    pub metric: Metric,
    /// What is known; `None` before the first release.
    pub answer: Option<Answer>,
}

/// The newest window that was released.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The window.
    pub window: u32,
    /// Reports in it, of exposed visitors and others.
    pub reports: u64,
    /// By variant; `None` for what is lost in noise.
    pub arms: Vec<Option<MetricArm>>,
}

/// All tasks about experiments whose sums are released here, by experiment, then as they were taken up. A visitor is in
/// each window anew, so that windows are not added up.
///
/// # Errors
/// [`CollectError`] when the database cannot be read, or a task in it is not the site's.
pub fn experiments(store: &Store) -> Result<Vec<Question>, CollectError> {
    let mut newest: BTreeMap<String, Release> = BTreeMap::new();
    for (_, release) in store.releases(0)? {
        let is_newer = newest.get(&release.task).is_none_or(|known| known.window < release.window);
        if is_newer {
            newest.insert(release.task.clone(), release);
        }
    }
    let mut all = Vec::new();
    for stored in store.tasks()? {
        let task = Part::of(&stored)?.into_iter().next().and_then(|part| part.task);
        let Some(task) = task else { continue };
        let Some((experiment, metric)) = asked(&task.measurement) else { continue };
        let answer = newest.get(&stored.id).map(|release| answer(&task, release));
        all.push(Question { experiment: experiment.to_owned(), metric, answer, task: Task::clone(&task) });
    }
    all.sort_by(|one, other| one.experiment.cmp(&other.experiment));
    Ok(all)
}

/// The experiment that is asked about, and what is read of it. Of one outcome alone nothing is.
fn asked(measurement: &Measurement) -> Option<(&str, Metric)> {
    match measurement {
        Measurement::Metric { experiment, metric, .. } => Some((experiment, *metric)),
        Measurement::Experiment { experiment, outcomes, .. } if *outcomes > 1 => {
            Some((experiment, Metric::Conversion))
        }
        _ => None,
    }
}

fn answer(task: &Task, release: &Release) -> Answer {
    let Release { window, reports, cells, .. } = release;
    let released = Released::of(task, &Totals { reports: *reports, cells: cells.clone() });
    let arms = match task.measurement {
        Measurement::Experiment { variants, outcomes, .. } => bought(&released, variants, outcomes),
        _ => metric::arms(task, &released),
    };
    Answer { window: *window, reports: *reports, arms }
}

/// Shares of visitors who bought, by the steps that they were counted at.
fn bought(released: &Released, variants: u32, outcomes: u32) -> Vec<Option<MetricArm>> {
    // The first step that is a purchase; what follows it are purchases of more.
    let first = outcomes.min(4) - 1;
    let worth: Vec<f64> = (0..outcomes).map(|step| f64::from(u8::from(step >= first))).collect();
    let Some(arms) = verdict::arms(released, variants as usize, &worth) else {
        return vec![None; variants as usize];
    };
    let base = arms.first().copied();
    let arm = |(place, arm): (usize, verdict::Arm)| {
        let change = base
            .filter(|_| place > 0)
            .map(|base| Mean { value: arm.mean - base.mean, error: arm.error.hypot(base.error) });
        let metric = Mean { value: arm.mean, error: arm.error };
        Some(MetricArm { visitors: arm.visitors, metric, change })
    };
    arms.into_iter().enumerate().map(arm).collect()
}
