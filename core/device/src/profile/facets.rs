//! Taste for categories, brands and tags.

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
    /// Its key under the profile's seed.
    pub key: FacetKey,
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
    fn unknown(facet: &FacetRef<'_>, now_ms: u64) -> Self {
        let FacetRef { kind, key, name } = *facet;
        Self { key, kind, name: name.to_owned(), strength: 0.0, at_ms: now_ms, muted: false }
    }

    /// The strength at a later time; a clock set back changes nothing.
    pub fn strength_at(&self, now_ms: u64) -> f32 {
        let days = now_ms.saturating_sub(self.at_ms) as f32 / DAY_MS;
        self.strength * libm::exp2f(-days / HALF_LIFE_DAYS)
    }
}

/// The facets of a profile, ascending by key. A sorted vector and not a map: it holds 256 at most, and
/// maps are a fifth of the hot browser module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facets(Vec<FacetState>);

impl Facets {
    /// All, ascending by key.
    pub fn as_slice(&self) -> &[FacetState] {
        &self.0
    }

    /// What is known of one.
    pub fn get(&self, key: FacetKey) -> Option<&FacetState> {
        self.place(key).ok().map(|index| &self.0[index])
    }

    pub(crate) fn insert(&mut self, facet: FacetState) {
        match self.place(facet.key) {
            Ok(index) => self.0[index] = facet,
            Err(index) => self.0.insert(index, facet),
        }
    }

    /// Books a like or dislike. An unknown facet is remembered from its first mention.
    pub(super) fn touch(&mut self, facet: &FacetRef<'_>, taste: f32, now_ms: u64) {
        if taste == 0.0 {
            return;
        }
        let index = self.place(facet.key).unwrap_or_else(|index| {
            self.0.insert(index, FacetState::unknown(facet, now_ms));
            index
        });
        let state = &mut self.0[index];
        state.strength = state.strength_at(now_ms) + taste;
        state.at_ms = state.at_ms.max(now_ms);
    }

    pub(super) fn mute(&mut self, key: FacetKey, muted: bool) -> bool {
        self.place(key).map(|index| self.0[index].muted = muted).is_ok()
    }

    /// Drops what `keep` does not want.
    pub(super) fn retain(&mut self, keep: impl FnMut(&FacetState) -> bool) {
        self.0.retain(keep);
    }

    /// Hashes every name anew.
    pub(super) fn rekey(&mut self, id_seed: u32) {
        for mut facet in core::mem::take(&mut self.0) {
            facet.key = facet.kind.key(id_seed, &facet.name);
            self.insert(facet);
        }
    }

    fn place(&self, key: FacetKey) -> Result<usize, usize> {
        self.0.binary_search_by_key(&key, |facet| facet.key)
    }
}
