//! The pairs of a head, dealt to parts.
//!
//! Pairs are numbered row by row; pair number n is cell n ÷ shards of part n mod shards. Neighbours in the head's order
//! (the most popular first) so end up in different parts, which keeps parts alike.

use crate::task::{Head, Measurement};

/// Where a pair is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairCell {
    /// The part.
    pub part: u32,
    /// The cell of its vector.
    pub cell: u32,
}

/// The pairs of a measurement over a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairs {
    keys: u64,
    shards: u64,
    directed: bool,
}

impl Pairs {
    /// The pairs of a measurement; `None` for one that is not about pairs.
    pub fn of(measurement: &Measurement) -> Option<(Self, &Head)> {
        let (head, shards, directed) = match measurement {
            Measurement::CoOccurrence { head, shards } => (head, *shards, false),
            Measurement::DirectedPairs { head, shards } => (head, *shards, true),
            _ => return None,
        };
        Some((Self { keys: u64::from(head.len()), shards: u64::from(shards.max(1)), directed }, head))
    }

    /// Whether (a, b) is another pair than (b, a).
    pub fn are_directed(&self) -> bool {
        self.directed
    }

    /// Where the pair of two slots is counted; `None` for an item with itself and for slots beyond the head.
    pub fn cell(&self, from: u32, to: u32) -> Option<PairCell> {
        let (from, to) = (u64::from(from), u64::from(to));
        if from == to || from.max(to) >= self.keys {
            return None;
        }
        let number = if self.directed {
            from * (self.keys - 1) + to - u64::from(to > from)
        } else {
            let (low, high) = (from.min(to), from.max(to));
            low * (2 * self.keys - low - 1) / 2 + high - low - 1
        };
        let part = u32::try_from(number % self.shards).ok()?;
        Some(PairCell { part, cell: u32::try_from(number / self.shards).ok()? })
    }

    /// Every pair with its cell, in order: row by row; an undirected one once, the lower slot first.
    pub fn all(&self) -> impl Iterator<Item = (u32, u32, PairCell)> + '_ {
        let keys = u32::try_from(self.keys).unwrap_or(u32::MAX);
        (0..keys).flat_map(move |from| {
            let first = if self.directed { 0 } else { from + 1 };
            (first..keys).filter_map(move |to| Some((from, to, self.cell(from, to)?)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{Bound, HeadKind};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn measurement(keys: u32, shards: u32, directed: bool) -> Measurement {
        let head = Head { of: HeadKind::Items, id_seed: 0, keys: (1..=keys).collect() };
        if directed {
            Measurement::DirectedPairs { head, shards }
        } else {
            Measurement::CoOccurrence { head, shards }
        }
    }

    #[test]
    fn a_head_of_256_makes_32_parts_of_1020_cells() {
        let measurement = measurement(256, 32, false);
        assert_eq!((measurement.length(&Bound::MultiHot { ones: 4 }), measurement.parts()), (1_020, 32));
        let (pairs, _) = Pairs::of(&measurement).unwrap();
        assert_eq!(pairs.cell(3, 3), None);
        assert_eq!(pairs.cell(3, 256), None);
        assert_eq!(pairs.cell(7, 3), pairs.cell(3, 7));
        assert_ne!(pairs.cell(0, 1).unwrap().part, pairs.cell(0, 2).unwrap().part);
    }

    proptest! {
        #[test]
        fn every_pair_has_a_cell_of_its_own(keys in 2u32..40, shards in 1u32..20, directed: bool) {
            let measurement = measurement(keys, shards, directed);
            let length = measurement.length(&Bound::MultiHot { ones: 1 });
            let (pairs, _) = Pairs::of(&measurement).unwrap();
            let cells: BTreeSet<PairCell> = pairs.all().map(|(_, _, cell)| cell).collect();
            let count = keys * (keys - 1) / if directed { 1 } else { 2 };
            prop_assert_eq!(cells.len(), count as usize);
            prop_assert!(cells.iter().all(|at| at.part < shards && at.cell < length));
            prop_assert_eq!(pairs.all().count(), count as usize);
            if directed {
                prop_assert!(keys < 2 || pairs.cell(0, 1) != pairs.cell(1, 0));
            }
        }
    }
}
