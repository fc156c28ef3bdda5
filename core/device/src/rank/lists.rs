//! Stage: neighbour lists, collaborative and content alike.

use homebody_protocol::score_row;

use super::Context;
use super::candidates::Scored;

/// Scores every candidate's lists against the decayed history.
///
/// The part of list set `i` is `trust · w · (s − mean) / sd`; see [`super::leaning::Trust`].
pub(super) fn score_lists(scored: &mut [Scored], context: &Context<'_>) {
    for &source in context.sources() {
        let (table, leaning) = (context.table(source), context.leaning(source));
        for (part, (list, history)) in table.list_sets().zip(&leaning.histories).enumerate() {
            let trust = leaning.trust.in_lists(list.source());
            for candidate in scored.iter_mut().filter(|candidate| candidate.source == source) {
                let score = score_row(&list, candidate.row, history);
                candidate.parts[part] = trust * list.weight() * (score - list.mean()) / list.sd();
            }
        }
    }
}
