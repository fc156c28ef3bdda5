//! Taste for categories, brands and tags.

use std::collections::BTreeMap;

use homebody_protocol::FacetKey;
use homebody_protocol::table::FacetKind;

/// Days after which half of a taste has faded.
const HALF_LIFE_DAYS: f32 = 30.0;
const DAY_MS: f32 = 86_400_000.0;

/// A facet as a table names it.
#[derive(Clone, Copy, Debug)]
pub struct FacetRef<'a> {
    /// What it is.
    pub kind: FacetKind,
    /// Its key.
    pub key: FacetKey,
    /// The site's name for it.
    pub name: &'a str,
}

/// What is known of one facet.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetState {
    /// What it is.
    pub kind: FacetKind,
    /// The site's name for it.
    pub name: String,
    /// Sum of likes (+) and dislikes (−), each halved every 30 days, as of `at_ms`.
    pub strength: f32,
    /// When `strength` was brought up to date, milliseconds since 1970.
    pub at_ms: u64,
    /// Whether the visitor muted it.
    pub muted: bool,
}

impl FacetState {
    /// The strength at a later time; a clock set back changes nothing.
    pub fn strength_at(&self, now_ms: u64) -> f32 {
        let days = now_ms.saturating_sub(self.at_ms) as f32 / DAY_MS;
        self.strength * libm::exp2f(-days / HALF_LIFE_DAYS)
    }
}

/// Books a like or dislike. An unknown facet is remembered from its first mention.
pub(super) fn touch(
    facets: &mut BTreeMap<FacetKey, FacetState>,
    facet: &FacetRef<'_>,
    taste: f32,
    now_ms: u64,
) {
    if taste == 0.0 {
        return;
    }
    let state = facets.entry(facet.key).or_insert_with(|| FacetState {
        kind: facet.kind,
        name: facet.name.to_owned(),
        strength: 0.0,
        at_ms: now_ms,
        muted: false,
    });
    state.strength = state.strength_at(now_ms) + taste;
    state.at_ms = state.at_ms.max(now_ms);
}
