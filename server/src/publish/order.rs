//! The neutral order: the same for everybody, best first.

use std::cmp::Ordering;

use crate::catalog::Item;

/// Indices of `items` in neutral order: what can be had before what cannot, then by popularity + trend (each
/// in units of its own spread), the newer first among equals, and by id so that the order never wavers.
pub(super) fn neutral(items: &[Item], popularity: &[f32], trend: &[f32]) -> Vec<usize> {
    let (long, short) = (spread(popularity), spread(trend));
    let score = |index: usize| popularity[index] / long + trend[index] / short;
    let compare = |left: &usize, right: &usize| -> Ordering {
        let (a, b) = (&items[*left], &items[*right]);
        (b.available.cmp(&a.available))
            .then(score(*right).total_cmp(&score(*left)))
            .then(b.added_at.cmp(&a.added_at))
            .then(a.id.cmp(&b.id))
    };
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(compare);
    order
}

/// Indices in the order in which the catalogue table is filled: what can be had first, then by reach; among equals
/// `order` stands.
pub(super) fn by_reach(items: &[Item], order: &[usize], reach: &[f32]) -> Vec<usize> {
    let mut reached = order.to_vec();
    reached.sort_by(|&left, &right| {
        let available = items[right].available.cmp(&items[left].available);
        available.then(reach[right].total_cmp(&reach[left]))
    });
    reached
}

/// Standard deviation, or 1 when all values are the same.
fn spread(values: &[f32]) -> f32 {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count;
    if variance > 0.0 { variance.sqrt() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, available: bool, added_at: u32) -> Item {
        Item { id: id.to_owned(), available, added_at, ..Item::default() }
    }

    #[test]
    fn wanted_items_come_first_and_missing_ones_last() {
        let items = [item("a", true, 0), item("b", true, 0), item("c", false, 0), item("d", true, 0)];
        assert_eq!(neutral(&items, &[1.0, 3.0, 9.0, 1.0], &[0.0, 0.0, 9.0, 5.0]), [3, 1, 0, 2]);
    }

    #[test]
    fn where_histories_lead_goes_into_the_table_first() {
        let items = [item("a", true, 0), item("b", true, 0), item("c", false, 0), item("d", true, 0)];
        assert_eq!(by_reach(&items, &[3, 1, 0, 2], &[4.0, 0.0, 9.0, 0.0]), [0, 3, 1, 2]);
    }

    #[test]
    fn without_counts_the_newest_come_first() {
        let items = [item("b", true, 5), item("a", true, 5), item("c", true, 9)];
        assert_eq!(neutral(&items, &[0.0; 3], &[0.0; 3]), [2, 1, 0]);
    }
}
