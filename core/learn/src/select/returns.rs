//! How often visitors come back to what they just had: one entry an item, itself.
//!
//! SeqLin gives an item a pull of its own where items may come again, but one number for how much that counts
//! against all others is best learned with the blend: on shop sessions the next click is on the same item in a
//! quarter of all cases.

use crate::history::History;
use crate::lists::Lists;
use homebody_protocol::{Decay, ItemKey};

/// Touches that stand for "as often as any item" before an item has its own.
const PRIOR: f32 = 10.0;
/// Only what was touched last, and a little of what came before it.
pub(super) const LAST: Decay = Decay::Positions { rate: 0.1 };
/// Everything, the last not much more than the one before.
pub(super) const ANY: Decay = Decay::Positions { rate: 0.7 };

/// For each catalogue row one entry, the item itself: the share of its touches that are followed by another touch
/// of it, drawn to the share over all items.
pub(super) fn lists(history: &History, keys: &[ItemKey]) -> Lists {
    let mut counts = vec![(0.0f32, 0.0f32); keys.len()];
    let (mut all, mut again) = (0.0f32, 0.0f32);
    for pair in history.iter().flat_map(|events| events.windows(2)) {
        let same = if pair[0].item == pair[1].item { 1.0 } else { 0.0 };
        (all, again) = (all + 1.0, again + same);
        if let Some((touches, returns)) = counts.get_mut(pair[0].item as usize) {
            (*touches, *returns) = (*touches + 1.0, *returns + same);
        }
    }
    let share = if all > 0.0 { again / all } else { 0.0 };
    let entry = |(&key, (touches, returns)): (&ItemKey, (f32, f32))| {
        vec![(key, (returns + PRIOR * share) / (touches + PRIOR))]
    };
    if share > 0.0 { keys.iter().zip(counts).map(entry).collect() } else { vec![Vec::new(); keys.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{HistoryBuilder, HistoryRow};
    use homebody_protocol::Kind;

    fn history(visitors: &[&[u32]]) -> History {
        let mut builder = HistoryBuilder::new(100);
        for (visitor, items) in (0u64..).zip(visitors) {
            for (at, &item) in (0i64..).zip(*items) {
                builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket: None });
            }
        }
        builder.finish()
    }

    #[test]
    fn an_item_speaks_for_itself_as_often_as_it_returns() {
        let keys = [ItemKey(1), ItemKey(2), ItemKey(3)];
        let lists = lists(&history(&[&[0, 0, 0, 1], &[1, 0], &[0, 7]]), &keys);
        // Two of five steps stay: the share of an item that was never seen.
        assert!((lists[2][0].1 - 0.4).abs() < 1e-6 && lists[2][0].0 == ItemKey(3));
        assert!((lists[0][0].1 - (2.0 + 4.0) / 14.0).abs() < 1e-6);
        assert!(lists[1][0].1 < lists[2][0].1);
        assert!(super::lists(&history(&[&[0, 1]]), &keys).iter().all(Vec::is_empty));
    }
}
