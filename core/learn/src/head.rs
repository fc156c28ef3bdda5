//! The head of a catalogue: the most popular items, which item-item sums are kept for.

use crate::history::History;

/// Marks an item outside the head.
const OUTSIDE: u32 = u32::MAX;

/// The items that dense sums have rows for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    items: Vec<u32>,
    slots: Vec<u32>,
}

impl Head {
    /// The `max_items` catalogue items that most visitors touched, the most popular first (ties by index).
    /// Items nobody touched are left out.
    pub fn most_popular(history: &History, catalogue_items: usize, max_items: usize) -> Self {
        let mut visitors = vec![0u32; catalogue_items];
        let mut last_visitor = vec![usize::MAX; catalogue_items];
        for (visitor, events) in history.iter().enumerate() {
            for event in events {
                let item = event.item as usize;
                if item < catalogue_items && last_visitor[item] != visitor {
                    last_visitor[item] = visitor;
                    visitors[item] += 1;
                }
            }
        }
        let mut items: Vec<u32> =
            (0..catalogue_items as u32).filter(|&item| visitors[item as usize] > 0).collect();
        items.sort_by_key(|&item| (std::cmp::Reverse(visitors[item as usize]), item));
        items.truncate(max_items);
        Self::new(items, catalogue_items)
    }

    /// A head of exactly `items`; indices past `catalogue_items` are dropped.
    pub fn new(mut items: Vec<u32>, catalogue_items: usize) -> Self {
        items.retain(|&item| (item as usize) < catalogue_items);
        let mut slots = vec![OUTSIDE; catalogue_items];
        for (slot, &item) in (0u32..).zip(&items) {
            slots[item as usize] = slot;
        }
        Self { items, slots }
    }

    /// The same head, cut to its `max_items` most popular.
    pub fn truncated(&self, max_items: usize) -> Self {
        Self::new(self.items.iter().copied().take(max_items).collect(), self.slots.len())
    }

    /// Catalogue item of each slot.
    pub fn items(&self) -> &[u32] {
        &self.items
    }

    /// For each catalogue item its place among the targets, and the targets: the head in slot order, then every
    /// other item in the catalogue's order.
    pub fn places(&self) -> (Vec<u32>, Vec<u32>) {
        let mut targets = self.items.clone();
        targets.extend((0u32..).zip(&self.slots).filter(|(_, slot)| **slot == OUTSIDE).map(|(item, _)| item));
        let mut places = vec![0; self.slots.len()];
        for (place, &item) in (0u32..).zip(&targets) {
            places[item as usize] = place;
        }
        (places, targets)
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// True without any item.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The slot of a catalogue item, if it is in the head.
    pub fn slot(&self, item: u32) -> Option<usize> {
        self.slots.get(item as usize).filter(|&&slot| slot != OUTSIDE).map(|&slot| slot as usize)
    }
}
