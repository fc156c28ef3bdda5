//! What a profile says in the terms of one table. Several stages need it, so it is worked out once a ranking.

use homebody_protocol::score::spread_history;
use homebody_protocol::table::FacetKind;
use homebody_protocol::{HistoryEntry, history_weights};

use super::Bytes;
use crate::profile::Profile;

/// Likes that stand for "could like anything" before a visitor has shown any: a taste of one click is weak.
const SMOOTHING: f32 = 3.0;

/// A profile over the columns of a table.
pub(crate) struct Leaning {
    /// How far neighbour lists are trusted: `n / (n + k)`, with n = distinct history items and k = the
    /// blend's `evidence_k`; 0 without a history.
    pub(super) evidence: f32,
    /// For each list set, the history, decayed as the set wants it, over the vocabulary.
    pub(super) histories: Vec<Vec<f32>>,
    /// Kind of each facet of the dictionary and the taste for it: `strength / (Σ |strength| of its kind
    /// + 3)`, in (−1, 1).
    pub(super) tastes: Vec<(FacetKind, f32)>,
}

impl Leaning {
    pub(super) fn of(profile: &Profile, table: &Bytes, now_ms: u64) -> Self {
        let history = profile.history(now_ms);
        Self {
            evidence: evidence(history.len(), table.blend().evidence_k),
            histories: histories(&history, table),
            tastes: tastes(profile, table, now_ms),
        }
    }
}

fn evidence(history_len: usize, evidence_k: f32) -> f32 {
    let n = history_len as f32;
    if history_len == 0 { 0.0 } else { n / (n + evidence_k) }
}

fn histories(history: &[HistoryEntry], table: &Bytes) -> Vec<Vec<f32>> {
    let decayed = table.list_sets().map(|list| history_weights(history, list.decay()));
    let place = |key| table.vocabulary_index(key);
    decayed.map(|weights| spread_history(&weights, table.vocabulary_len(), place)).collect()
}

fn tastes(profile: &Profile, table: &Bytes, now_ms: u64) -> Vec<(FacetKind, f32)> {
    let mut totals = [SMOOTHING; 3];
    for facet in profile.facets().as_slice() {
        totals[facet.kind as usize] += facet.strength_at(now_ms).abs();
    }
    let taste = |index| {
        let kind = table.facet_kind(index);
        let known = profile.facets().get(table.facet_key(index));
        let strength = known.map_or(0.0, |facet| facet.strength_at(now_ms));
        (kind, strength / totals[kind as usize])
    };
    (0..table.facet_count()).map(taste).collect()
}
