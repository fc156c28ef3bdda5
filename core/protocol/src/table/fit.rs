//! A draft within a bound of bytes: shorter lists first, fewer rows last.
//!
//! Every device that looks for candidates of its own loads the whole catalogue table, so its bytes are bounded and not
//! its items alone. What is not in the table can never be found, while the strongest entries of a list say most of it.

use std::collections::BTreeMap;

use super::TableDraft;
use super::draft::EncodeError;
use crate::ids::ItemKey;

/// Most rows of a published catalogue table, where the site does not say otherwise.
pub const CATALOGUE_ITEMS: usize = 100_000;
/// Most bytes of one, where the site does not say otherwise; Brotli sends half to two thirds of them.
pub const CATALOGUE_BYTES: usize = 16_000_000;

/// Rows go before lists become shorter than this.
const SHORTEST_LIST: usize = 10;
/// Items that two bytes tell apart: with one more every entry takes five bytes instead of three.
const NARROW_ITEMS: usize = 1 << 16;

/// What lists take that are cut to some length.
#[derive(Clone, Copy, Debug, Default)]
struct Listed {
    entries: usize,
    /// Items they name.
    items: usize,
}

impl TableDraft {
    /// The draft in at most `max_bytes`; one that fits stays as it is.
    ///
    /// First only the 65,536 most popular items go on speaking for others. Then all lists are cut to one length, the
    /// largest that fits. Where not even ten entries do, rows go from the end.
    ///
    /// # Errors
    /// As [`TableDraft::encode`].
    pub fn within(mut self, max_bytes: usize) -> Result<Self, EncodeError> {
        if self.encode()?.len() <= max_bytes {
            return Ok(self);
        }
        while !self.rows.is_empty() {
            let (bare, listed) = (self.bare_bytes()?, self.listed());
            let bytes = |listed: &Listed| bare + listed.bytes(self.list_sets.len());
            if listed.last().is_none_or(|all| bytes(all) <= max_bytes) {
                break;
            }
            if listed.last().is_some_and(|all| all.items > NARROW_ITEMS) {
                self.hush();
                continue;
            }
            let shortest = SHORTEST_LIST.min(listed.len() - 1);
            match listed.iter().rposition(|listed| bytes(listed) <= max_bytes) {
                Some(length) if length >= shortest => self.shorten(length),
                _ => {
                    let share = max_bytes as f64 / bytes(&listed[shortest]) as f64;
                    let rows = (share * self.rows.len() as f64) as usize;
                    self.truncate(rows.min(self.rows.len() - 1));
                }
            }
        }
        Ok(self)
    }

    /// Bytes of everything but the entries of lists and their vocabulary.
    fn bare_bytes(&mut self) -> Result<usize, EncodeError> {
        let empty = vec![Vec::new(); self.rows.len()];
        let sets = self.list_sets.iter_mut();
        let lists: Vec<_> = sets.map(|set| core::mem::replace(&mut set.lists, empty.clone())).collect();
        let bytes = self.encode();
        for (set, lists) in self.list_sets.iter_mut().zip(lists) {
            set.lists = lists;
        }
        Ok(bytes?.len())
    }

    /// For each length from 0 on, what the lists take when they are cut to it.
    fn listed(&self) -> Vec<Listed> {
        let mut first_at: BTreeMap<ItemKey, usize> = BTreeMap::new();
        let mut lengths = vec![Listed::default()];
        for list in self.list_sets.iter().flat_map(|set| &set.lists) {
            lengths.resize(lengths.len().max(list.len() + 1), Listed::default());
            for (at, (key, _)) in list.iter().enumerate() {
                lengths[at + 1].entries += 1;
                first_at.entry(*key).and_modify(|first| *first = at.min(*first)).or_insert(at);
            }
        }
        first_at.values().for_each(|&first| lengths[first + 1].items += 1);
        for length in 1..lengths.len() {
            let shorter = lengths[length - 1];
            lengths[length].entries += shorter.entries;
            lengths[length].items += shorter.items;
        }
        lengths
    }

    /// Lets only the most popular items speak for others; those without a row are the first to fall silent.
    fn hush(&mut self) {
        let key = |id: &str| ItemKey::derive(self.id_seed, id);
        let popularity: BTreeMap<ItemKey, f32> =
            self.rows.iter().map(|row| (key(&row.id), row.popularity)).collect();
        let named = self.list_sets.iter().flat_map(|set| set.lists.iter().flatten());
        let mut heard: BTreeMap<ItemKey, f32> =
            named.map(|(key, _)| (*key, popularity.get(key).copied().unwrap_or(-1.0))).collect();
        let mut order: Vec<(ItemKey, f32)> =
            heard.iter().map(|(key, popularity)| (*key, *popularity)).collect();
        order.sort_by(|left, right| right.1.total_cmp(&left.1));
        order.iter().skip(NARROW_ITEMS).for_each(|(key, _)| {
            heard.remove(key);
        });
        for list in self.list_sets.iter_mut().flat_map(|set| &mut set.lists) {
            list.retain(|(key, _)| heard.contains_key(key));
        }
    }

    fn shorten(&mut self, length: usize) {
        self.list_sets.iter_mut().flat_map(|set| &mut set.lists).for_each(|list| list.truncate(length));
    }

    fn truncate(&mut self, rows: usize) {
        self.rows.truncate(rows);
        self.list_sets.iter_mut().for_each(|set| set.lists.truncate(rows));
        self.extras.arms.0.truncate(rows);
        self.extras.duplicates.0.truncate(rows);
    }
}

impl Listed {
    /// Bytes of the entries of that many sets, each padded, and of the vocabulary.
    fn bytes(self, sets: usize) -> usize {
        let index = if self.items > NARROW_ITEMS { 4 } else { 2 };
        self.entries * (index + 1) + self.items * 4 + sets * 8
    }
}
