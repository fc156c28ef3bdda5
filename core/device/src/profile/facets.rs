//! Taste for categories, brands and tags.

use homebody_protocol::FacetKey;
use homebody_protocol::table::FacetKind;

use super::clock::{bring_up, days_between, faded};
use super::known::FacetRef;

/// Impressions that a click rate known beforehand counts for.
const PRIOR_IMPRESSIONS: f32 = 20.0;
/// The click rate of lists where nothing is known.
const COMMON_RATE: f32 = 0.05;
/// What the visitor's word for a facet counts, in likes of its items: as much as a yes in the questionnaire.
const FAVOUR: f32 = 3.0;
/// A click rate changes a taste by this factor at most.
const LARGEST_LIFT: f32 = 2.0;

/// What is known of one facet. The counts halve every 30 days and are as of `at_ms`.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetState {
    /// Its key under the profile's seed.
    pub key: FacetKey,
    /// What it is.
    pub kind: FacetKind,
    /// The site's name for it.
    pub name: String,
    /// Sum of likes (+) and dislikes (−).
    pub strength: f32,
    /// Impressions of its items, ≥ 0.
    pub shown: f32,
    /// Openings of its items (view, click), ≥ 0.
    pub opened: f32,
    /// Those of items that had been shown, ≥ 0.
    pub clicked: f32,
    /// When the counts were brought up to date, milliseconds since 1970.
    pub at_ms: u64,
    /// Whether the visitor muted it.
    pub muted: bool,
}

impl FacetState {
    fn unknown(facet: &FacetRef<'_>, now_ms: u64) -> Self {
        let FacetRef { kind, key, name } = *facet;
        let name = name.to_owned();
        Self {
            key,
            kind,
            name,
            strength: 0.0,
            shown: 0.0,
            opened: 0.0,
            clicked: 0.0,
            at_ms: now_ms,
            muted: false,
        }
    }

    fn book(&mut self, booked: Booked, now_ms: u64) {
        let mut counts = [self.strength, self.shown, self.opened, self.clicked];
        let factor = bring_up(&mut counts, &mut self.at_ms, now_ms);
        for (count, booked) in counts.iter_mut().zip(booked) {
            *count += factor * booked;
        }
        [self.strength, self.shown, self.opened, self.clicked] = counts;
    }

    /// The strength at a later time; a clock set back changes nothing.
    pub fn strength_at(&self, now_ms: u64) -> f32 {
        self.strength * self.fade_at(now_ms)
    }

    /// What is left of each count at a later time, 0–1.
    pub fn fade_at(&self, now_ms: u64) -> f32 {
        faded(days_between(self.at_ms, now_ms))
    }

    /// Share of the impressions of its items that were opened, smoothed: `(clicked + k·prior) / (shown + k)` with k = 20
    /// and the rate expected beforehand as prior (Bayes with a Beta prior), in \[0, 1\].
    pub fn click_rate(&self, prior: f32) -> f32 {
        rate(self.clicked, self.shown, prior)
    }

    /// Factor of a taste by how the click rate compares with what was expected, ½–2; 1 without impressions.
    pub fn lift(&self, prior: f32) -> f32 {
        if self.shown <= 0.0 || prior <= 0.0 {
            return 1.0;
        }
        (self.click_rate(prior) / prior).clamp(1.0 / LARGEST_LIFT, LARGEST_LIFT)
    }
}

fn rate(clicked: f32, shown: f32, prior: f32) -> f32 {
    ((clicked + PRIOR_IMPRESSIONS * prior) / (shown + PRIOR_IMPRESSIONS)).clamp(0.0, 1.0)
}

/// What an interaction adds to a facet: strength, impressions, openings, openings of what had been shown.
pub(super) type Booked = [f32; 4];

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

    /// The visitor's click rate over all facets, smoothed by the common one: what is expected of a facet of which
    /// nothing else is known. Impressions are weighed as of each facet's last interaction.
    pub fn click_rate(&self) -> f32 {
        let sum = |sum: (f32, f32), facet: &FacetState| (sum.0 + facet.clicked, sum.1 + facet.shown);
        let (clicked, shown) = self.0.iter().fold((0.0, 0.0), sum);
        rate(clicked, shown, COMMON_RATE)
    }

    /// Entropy of the openings over the facets of a kind at a moment, divided by that of equal shares, 0–1; 0 for fewer
    /// than two.
    pub fn variety(&self, kind: FacetKind, now_ms: u64) -> f32 {
        let of_kind = || self.0.iter().filter(|facet| facet.kind == kind);
        let opened =
            || of_kind().map(|facet| facet.opened * facet.fade_at(now_ms)).filter(|left| *left > 0.0);
        let total = opened().fold(0.0, |sum, opened| sum + opened);
        let count = opened().count();
        if count < 2 || !total.is_finite() {
            return 0.0;
        }
        let entropy = opened().fold(0.0, |sum, opened| {
            let share = opened / total;
            if share > 0.0 { sum - share * libm::logf(share) } else { sum }
        });
        (entropy / libm::logf(count as f32)).clamp(0.0, 1.0)
    }

    pub(crate) fn insert(&mut self, facet: FacetState) {
        match self.place(facet.key) {
            Ok(index) => self.0[index] = facet,
            Err(index) => self.0.insert(index, facet),
        }
    }

    /// Books an interaction. An unknown facet is remembered from its first mention.
    pub(super) fn touch(&mut self, facet: &FacetRef<'_>, booked: Booked, now_ms: u64) {
        if booked == [0.0; 4] {
            return;
        }
        let index = self.place(facet.key).unwrap_or_else(|index| {
            self.0.insert(index, FacetState::unknown(facet, now_ms));
            index
        });
        self.0[index].book(booked, now_ms);
    }

    /// The visitor's word for a facet that is known: a like of its own, whatever it was muted or disliked before.
    pub(super) fn favour(&mut self, key: FacetKey, now_ms: u64) -> bool {
        let Ok(index) = self.place(key) else { return false };
        let state = &mut self.0[index];
        state.strength = state.strength.max(0.0);
        state.book([FAVOUR, 0.0, 0.0, 0.0], now_ms);
        state.muted = false;
        true
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
