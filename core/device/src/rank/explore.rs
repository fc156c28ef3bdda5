//! Stage: what little is known of gets its chance.

use super::Context;
use super::candidates::Scored;

/// Adds a draw from what is believed of each item's appeal.
pub(super) fn draw(_: &mut [Scored], _: &Context<'_>) {}
