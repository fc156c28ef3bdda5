//! What a profile says in the terms of one table. Several stages need it, so it is worked out once a ranking.

use homebody_protocol::score::spread_history;
use homebody_protocol::table::{FacetKind, ListSource};
use homebody_protocol::{HistoryEntry, history_weights};

use super::{Bytes, Context};
use crate::onboarding::Wishes;
use crate::profile::{FacetState, Profile};

/// Likes that stand for "could like anything" before a visitor has shown any: a taste of one click is weak.
const SMOOTHING: f32 = 3.0;

/// A profile over the columns of a table.
#[derive(Clone)]
pub(crate) struct Leaning {
    pub(super) trust: Trust,
    /// For each list set, the history, decayed as the set wants it, over the vocabulary.
    pub(super) histories: Vec<Vec<f32>>,
    /// Kind of each facet of the dictionary and the taste for it in \[−1, 1\]: strength over 3 and the sum of all
    /// strengths of its kind, either sign. A like is multiplied and a dislike divided by the facet's lift
    /// ([`FacetState::lift`]), which is 1 without impressions. What was answered to questions counts as likes that fade
    /// as real ones come, and so, where the pool has questions, do hints of the site's records.
    pub(super) tastes: Vec<(FacetKind, f32)>,
    /// How much answers still count, 0–1.
    pub(super) answers: f32,
}

/// How far neighbour lists are trusted.
///
/// By default both kinds by the evidence, `n / (n + k)`, with n = distinct history items and k = the blend's
/// `evidence_k`; 0 without a history. Where the policy fixes α, collaborative lists by α and content lists by 1 − α.
#[derive(Clone, Copy)]
pub(super) struct Trust {
    collaborative: f32,
    content: f32,
}

impl Leaning {
    pub(super) fn of(profile: &Profile, table: &Bytes, context: &Context<'_>) -> Self {
        let now_ms = context.request.now_ms;
        let history = profile.history(now_ms);
        let wishes = Wishes::of(profile, &context.pool.extras().questions, history.len(), now_ms);
        Self {
            trust: Trust::of(context.policy.alpha, history.len(), table.blend().evidence_k),
            histories: histories(&history, table),
            tastes: tastes(profile, table, &wishes, now_ms),
            answers: wishes.worth,
        }
    }
}

impl Trust {
    fn of(alpha: f32, history_len: usize, evidence_k: f32) -> Self {
        if alpha >= 0.0 {
            return Self { collaborative: alpha, content: 1.0 - alpha };
        }
        let n = history_len as f32;
        let evidence = if history_len == 0 { 0.0 } else { n / (n + evidence_k) };
        Self { collaborative: evidence, content: evidence }
    }

    pub(super) fn in_lists(self, source: ListSource) -> f32 {
        match source {
            ListSource::Collaborative => self.collaborative,
            ListSource::Content => self.content,
        }
    }
}

fn histories(history: &[HistoryEntry], table: &Bytes) -> Vec<Vec<f32>> {
    let decayed = table.list_sets().map(|list| history_weights(history, list.decay()));
    let place = |key| table.vocabulary_index(key);
    decayed.map(|weights| spread_history(&weights, table.vocabulary_len(), place)).collect()
}

fn tastes(profile: &Profile, table: &Bytes, wishes: &Wishes, now_ms: u64) -> Vec<(FacetKind, f32)> {
    let mut totals = [SMOOTHING; 3];
    for facet in profile.facets().as_slice() {
        totals[facet.kind as usize] += facet.strength_at(now_ms).abs();
    }
    let expected = ExpectedRates::of(profile, table);
    let taste = |index| {
        let (kind, key) = (table.facet_kind(index), table.facet_key(index));
        let known = profile.facets().get(key);
        let known = known.map_or(0.0, |facet| lifted(facet, expected.of_facet(index), now_ms));
        (kind, ((known + wishes.strength(key)) / totals[kind as usize]).clamp(-1.0, 1.0))
    };
    (0..table.facet_count()).map(taste).collect()
}

/// A taste, the stronger the more of what was shown of it was opened.
fn lifted(facet: &FacetState, expected_rate: f32, now_ms: u64) -> f32 {
    let (strength, lift) = (facet.strength_at(now_ms), facet.lift(expected_rate));
    if strength < 0.0 { strength / lift } else { strength * lift }
}

/// What share of the impressions of a facet's items is expected to be opened.
struct ExpectedRates {
    /// By the pool's priors, for each facet of the dictionary, clicks and impressions; empty without priors.
    pool: Vec<(f32, f32)>,
    /// By what this visitor does in general.
    visitor: f32,
}

impl ExpectedRates {
    fn of(profile: &Profile, table: &Bytes) -> Self {
        let known = !table.extras().arms.0.is_empty();
        let pool = if known { Self::of_pool(table) } else { Vec::new() };
        Self { pool, visitor: profile.facets().click_rate() }
    }

    #[inline(never)]
    fn of_pool(table: &Bytes) -> Vec<(f32, f32)> {
        let arms = &table.extras().arms.0;
        let mut pool = vec![(0.0, 0.0); table.facet_count()];
        for (row, (clicks, left_alone)) in arms.iter().enumerate().take(table.rows()) {
            for facet in table.facets(row) {
                pool[facet].0 += clicks;
                pool[facet].1 += clicks + left_alone;
            }
        }
        pool
    }

    fn of_facet(&self, index: usize) -> f32 {
        match self.pool.get(index) {
            Some(&(clicks, shown)) if shown > 0.0 => clicks / shown,
            _ => self.visitor,
        }
    }
}
