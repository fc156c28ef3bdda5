//! Stage: what was shown in vain steps back for a while.

use super::Context;
use super::candidates::Scored;

/// Discounts items by how often they were shown and left alone.
pub(super) fn discount(_: &mut [Scored], _: &Context<'_>) {}
