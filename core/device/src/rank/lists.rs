//! Stage: neighbour lists, collaborative and content alike.

use homebody_protocol::score::spread_history;
use homebody_protocol::{HistoryEntry, history_weights, score_row};

use super::candidates::Scored;
use super::{Bytes, Context};

/// Scores every candidate's lists against the decayed history.
///
/// The part of list set `i` is `α · w · (s − mean) / sd` with `α = n / (n + k)`: the lists count more the
/// more is known (n = distinct history items, k = the blend's `evidence_k`).
pub(super) fn score_lists(scored: &mut [Scored], context: &Context<'_>) {
    let Some(profile) = context.profile else { return };
    let history = profile.history(context.request.now_ms);
    for &source in context.sources() {
        let table = context.table(source);
        let alpha = evidence(history.len(), table.blend().evidence_k);
        for (part, list) in table.list_sets().enumerate() {
            let dense = spread(table, &history, part);
            for candidate in scored.iter_mut().filter(|candidate| candidate.source == source) {
                let score = score_row(&list, candidate.row, &dense);
                candidate.parts[part] = alpha * list.weight() * (score - list.mean()) / list.sd();
            }
        }
    }
}

/// `n / (n + k)`, 0 without a history.
pub(super) fn evidence(history_len: usize, evidence_k: f32) -> f32 {
    let n = history_len as f32;
    if history_len == 0 { 0.0 } else { n / (n + evidence_k) }
}

/// The history, decayed as list set `part` wants it, over the table's vocabulary.
pub(super) fn spread(table: &Bytes, history: &[HistoryEntry], part: usize) -> Vec<f32> {
    let decayed = table.list_sets().nth(part).map(|list| history_weights(history, list.decay()));
    spread_history(&decayed.unwrap_or_default(), table.vocabulary_len(), |key| table.vocabulary_index(key))
}
