//! What another strength of exploration would earn.

use homebody_learn::from_sums::off_policy::Snips;
use homebody_protocol::task::Measurement;
use serde::Serialize;
use utoipa::ToSchema;

use super::Source;
use super::sums::Sums;
use crate::estimate::Estimate;

/// What lists explored more or less strongly would earn, a place of a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Explored {
    /// All windows of its task.
    pub source: Source,
    /// The strength that is asked about.
    pub strength: f32,
    /// Places that were told of.
    pub decisions: f64,
    /// Share of them that was opened: what lists earn as they are.
    pub opened: Estimate,
    /// What those of the other strength would earn, of what is listed now, too.
    pub reward: Estimate,
    /// Share of the other lists that is never listed now, so that nothing is known of it; around 0 where all is.
    pub missing: Estimate,
    /// The least and the most that the other lists would earn, whatever is in the missing share.
    pub least: f64,
    /// The most.
    pub most: f64,
}

pub(super) fn explored(sums: &Sums) -> Option<Explored> {
    let Measurement::OffPolicy { strength, .. } = sums.task.measurement else { return None };
    let found = Snips::of(&sums.task, &sums.together()?)?;
    Some(Explored {
        source: sums.source(&sums.windows),
        strength,
        decisions: found.decisions,
        opened: found.opened.into(),
        reward: found.reward.into(),
        missing: found.missing.into(),
        least: found.bounds.0,
        most: found.bounds.1,
    })
}
