//! Stage: an abandoned cart comes back to mind.

use super::Context;
use super::candidates::Scored;

/// Boosts what is in an abandoned cart and what resembles it.
pub(super) fn boost(_: &mut [Scored], _: &Context<'_>) {}
