//! Stage: collaborative against content, where the site fixes the share.

use super::Context;
use super::candidates::Scored;

/// Mixes the pure models by the policy's α.
pub(super) fn mix(_: &mut [Scored], _: &Context<'_>) {}
