//! Scoring a candidate's neighbour list against a history.
//!
//! The device ranks with this function and the server's import gate judges models with it.

use crate::ids::ItemKey;
use crate::table::ListSet;

/// A history spread over a table's vocabulary: `dense[i]` is the weight of the i-th vocabulary item.
///
/// `history` need not be sorted; items outside the vocabulary are dropped, because no list names them.
/// `index_of` finds the place of a key in the vocabulary.
pub fn spread_history(
    history: &[(ItemKey, f32)],
    vocabulary_len: usize,
    index_of: impl Fn(ItemKey) -> Option<usize>,
) -> Vec<f32> {
    let mut dense = vec![0.0; vocabulary_len];
    for &(item, weight) in history {
        if let Some(slot) = index_of(item).and_then(|index| dense.get_mut(index)) {
            *slot += weight;
        }
    }
    dense
}

/// `scale(row) × Σ weight(entry) × history(entry)` over the entries of a row's list, in the list's order.
///
/// Weights are signed 8-bit, the scale restores their unit. An entry outside `history` counts as 0.
pub fn score_row(list: &ListSet<'_>, row: usize, history: &[f32]) -> f32 {
    list.scale(row) * list.dot(row, history)
}
