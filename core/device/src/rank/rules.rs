//! Stage: the site's own rules.

use super::Context;
use super::candidates::Scored;

/// Drops what the rules exclude.
pub(super) fn filter(_: &mut Vec<Scored>, _: &Context<'_>) {}

/// Boosts and buries.
pub(super) fn boost(_: &mut [Scored], _: &Context<'_>) {}

/// Puts pinned items in their places.
pub(super) fn pin(_: &mut [Scored], _: &Context<'_>) {}
