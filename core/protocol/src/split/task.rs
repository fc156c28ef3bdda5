//! A signed task as aggregators know it.

use prio::vdaf::prio3::optimal_chunk_length;

use crate::dap::{BatchMode, Interval, TaskConfiguration, TaskId, VdafConfig};
use crate::task::{Bound, Mode, Task};

/// What of a signed task becomes the wire's configuration; the rest of it goes in with its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules<'a> {
    /// The task.
    pub id: crate::task::TaskId,
    /// The part, as aggregators know it.
    pub part: crate::task::PartId,
    /// Address of the leader.
    pub leader: &'a str,
    /// Address of the helper.
    pub helper: &'a str,
    /// Form of the vectors.
    pub bound: Bound,
    /// Cells of the vectors.
    pub length: u32,
    /// As [`Task::time_precision_s`].
    pub time_precision_s: u32,
    /// As [`Task::min_batch_size`].
    pub min_batch_size: u32,
    /// As [`Task::starts_at`].
    pub starts_at: u32,
    /// As [`Task::ends_at`].
    pub ends_at: u32,
}

/// A part of a task on the wire; `None` for tasks of other modes, and for parts that it has not.
///
/// Everything follows from the signed task, so that device, leader, helper and collector come to the same bytes: the
/// wire's task id is the part's, and the wire's `task_info` is the SHA-256 of the whole task. Whoever runs other rules,
/// down to a word of the description, opens no share.
#[must_use]
pub fn configuration(task: &Task, part: u32) -> Option<(TaskId, TaskConfiguration)> {
    let Mode::Split { aggregators, .. } = &task.mode else { return None };
    let id = task.id();
    let rules = Rules {
        id,
        part: id.part(part),
        leader: &aggregators.leader,
        helper: &aggregators.helper,
        bound: task.bound,
        length: task.length,
        time_precision_s: task.time_precision_s,
        min_batch_size: task.min_batch_size,
        starts_at: task.starts_at,
        ends_at: task.ends_at,
    };
    (part < task.parts()).then(|| rules.configuration())
}

impl Rules<'_> {
    /// The part on the wire: for devices, which have read the task elsewhere.
    #[must_use]
    pub fn configuration(&self) -> (TaskId, TaskConfiguration) {
        let precision = u64::from(self.time_precision_s.max(1));
        let start = u64::from(self.starts_at) / precision;
        let duration = u64::from(self.ends_at.saturating_sub(self.starts_at)) / precision;
        let configuration = TaskConfiguration {
            task_info: self.id.0.to_vec(),
            leader_endpoint: self.leader.to_owned(),
            helper_endpoint: self.helper.to_owned(),
            time_precision_s: precision,
            min_batch_size: self.min_batch_size.into(),
            batch_mode: BatchMode::TimeInterval,
            vdaf: vdaf(self.bound, self.length),
            interval: Some(Interval { start, duration }),
        };
        (TaskId(self.part.0), configuration)
    }
}

fn vdaf(bound: Bound, length: u32) -> VdafConfig {
    let chunk = |cells: u64| {
        let cells = usize::try_from(cells).unwrap_or(usize::MAX);
        u32::try_from(optimal_chunk_length(cells)).unwrap_or(u32::MAX)
    };
    let cells = u64::from(length);
    match bound {
        Bound::OneHot => VdafConfig::Histogram { length, chunk_length: chunk(cells) },
        Bound::MultiHot { ones } => {
            // The number of ones travels in bits behind the cells.
            let chunk_length = chunk(cells + u64::from(bits(ones)));
            VdafConfig::MultihotCountVec { length, chunk_length, max_weight: ones.into() }
        }
        Bound::Integers { max, .. } if bound.is_dense(length) => VdafConfig::SumVec {
            length,
            max_measurement: max.into(),
            chunk_length: chunk(cells * u64::from(bits(max))),
        },
        // The total travels as one more number.
        Bound::Integers { l1, .. } => VdafConfig::L1BoundSum {
            length,
            max_measurement: l1.into(),
            chunk_length: chunk((cells + 1) * u64::from(bits(l1))),
        },
    }
}

fn bits(largest: u32) -> u32 {
    u32::BITS - largest.leading_zeros()
}
