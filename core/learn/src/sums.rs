//! The sums a model is made of: nothing here can be traced back to a visitor's row.
//!
//! With x the vector of a visitor's items, h the decayed history before a step and y the decayed items
//! after it: G = Σ x xᵀ, A = Σ h hᵀ, C = Σ h yᵀ over all visitors and steps. Each visitor adds at most the
//! square of the bound in [`crate::HistoryBuilder::new`] cells. All sums add up: the sums of two halves of the
//! visitors are the sums of all.

use crate::head::Head;
use crate::history::History;
use crate::steps::{Sequence, Steps, sequence};
use homebody_protocol::{Decay, ItemKey};

/// Contributions smaller than this are not worth a memory access.
const NEGLIGIBLE: f32 = 1e-4;

/// A square matrix over the head, row-major.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Square {
    /// Rows and columns.
    pub side: usize,
    /// `side × side` cells, row after row.
    pub cells: Vec<f32>,
}

/// How history and future fade in A and C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SequenceDecay {
    /// Factor of a history item's age (positions or days, as the steps are).
    pub history: Decay,
    /// Factor of a future item's distance from the step after the history.
    pub future: Decay,
}

/// A and C for one pair of decays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SequenceSums {
    /// A = Σ h hᵀ; symmetric.
    pub history: Square,
    /// C = Σ h yᵀ; row = history item, column = future item.
    pub future: Square,
}

/// The sums one collaborative model is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// Keys of the head's items, in slot order.
    pub keys: Vec<ItemKey>,
    /// G.
    pub gram: Square,
    /// A and C with their decays, one pair a time scale; none for an undirected model.
    pub sequences: Vec<(SequenceDecay, SequenceSums)>,
}

impl Square {
    /// All zeros.
    pub fn zeros(side: usize) -> Self {
        Self { side, cells: vec![0.0; side * side] }
    }

    /// The cell of a row and a column.
    pub fn at(&self, row: usize, column: usize) -> f32 {
        self.cells[row * self.side + column]
    }

    /// Adds another matrix of the same side; a different side is refused with `false`.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.side != other.side {
            return false;
        }
        for (cell, added) in self.cells.iter_mut().zip(&other.cells) {
            *cell += added;
        }
        true
    }

    /// The leading `side × side` block: the sums of a shorter head.
    pub fn leading(&self, side: usize) -> Self {
        let side = side.min(self.side);
        let cells =
            (0..side).flat_map(|row| &self.cells[row * self.side..row * self.side + side]).copied().collect();
        Self { side, cells }
    }

    /// Mean of the diagonal, 0 for an empty matrix.
    pub fn mean_diagonal(&self) -> f32 {
        let sum: f32 = (0..self.side).map(|index| self.at(index, index)).sum();
        if self.side == 0 { 0.0 } else { sum / self.side as f32 }
    }

    fn add(&mut self, row: usize, column: usize, value: f32) {
        self.cells[row * self.side + column] += value;
    }

    /// Copies the upper triangle over the lower.
    fn mirror(&mut self) {
        for row in 1..self.side {
            for column in 0..row {
                self.cells[row * self.side + column] = self.cells[column * self.side + row];
            }
        }
    }
}

/// G = Σ x xᵀ over visitors.
pub fn gram(history: &History, head: &Head, steps: Steps) -> Square {
    let mut gram = Square::zeros(head.len());
    for events in history.iter() {
        let items = in_head(&sequence(events, steps), head);
        for (index, left) in items.iter().enumerate() {
            for right in &items[index..] {
                let (low, high) = (left.slot.min(right.slot), left.slot.max(right.slot));
                gram.add(low, high, left.weight * right.weight);
            }
        }
    }
    gram.mirror();
    gram
}

/// A and C over visitors, every step that has a future counted once.
///
/// A pair of items of one visitor meets in many steps; their total is a product of decays and a geometric
/// sum, so a visitor costs the square of their items rather than the cube.
pub fn sequence_sums(history: &History, head: &Head, steps: Steps, decay: SequenceDecay) -> SequenceSums {
    let mut sums = SequenceSums { history: Square::zeros(head.len()), future: Square::zeros(head.len()) };
    for events in history.iter() {
        let sequence = sequence(events, steps);
        let items = in_head(&sequence, head);
        if sequence.clock.len() > 1 && !items.is_empty() {
            add_visitor(&mut sums, &items, &Gaps::new(&sequence.clock, decay));
        }
    }
    sums.history.mirror();
    sums
}

/// A sequence's item that the head has a slot for.
struct Slotted {
    slot: usize,
    weight: f32,
    step: usize,
}

/// Decay factors between neighbouring steps, and the geometric tails of A.
struct Gaps {
    /// `history[s]` = factor of the history from step s to s + 1.
    history: Vec<f32>,
    /// `future[s]` likewise for the future.
    future: Vec<f32>,
    /// `tail[b]` = Σ over steps s ≥ b that have a future of w(s − b)².
    tail: Vec<f32>,
}

impl Gaps {
    fn new(clock: &[f32], decay: SequenceDecay) -> Self {
        let factors = |decay: Decay| -> Vec<f32> {
            clock.windows(2).map(|pair| unit_factor(decay, pair[1] - pair[0])).collect()
        };
        let (history, future) = (factors(decay.history), factors(decay.future));
        let mut tail = vec![0.0; clock.len()];
        for step in (0..clock.len() - 1).rev() {
            tail[step] = 1.0 + history[step] * history[step] * tail[step + 1];
        }
        Self { history, future, tail }
    }
}

fn unit_factor(decay: Decay, units: f32) -> f32 {
    match decay {
        Decay::Positions { rate } => libm::powf(rate, units),
        Decay::Days { half_life } => libm::exp2f(-units / half_life),
    }
}

fn in_head(sequence: &Sequence, head: &Head) -> Vec<Slotted> {
    let slotted = |visited: &crate::steps::Visited| {
        head.slot(visited.item).map(|slot| Slotted {
            slot,
            weight: visited.weight,
            step: visited.step as usize,
        })
    };
    sequence.items.iter().filter_map(slotted).collect()
}

/// For every earlier item, walks the later ones while carrying w = history decay between their steps and
/// `flow` = Σ over the steps between them of history decay × future decay.
fn add_visitor(sums: &mut SequenceSums, items: &[Slotted], gaps: &Gaps) {
    for (index, earlier) in items.iter().enumerate() {
        let (mut step, mut decayed, mut flow) = (earlier.step, 1.0f32, 0.0f32);
        for later in &items[index..] {
            while step < later.step {
                flow = gaps.future[step] * flow + decayed;
                decayed *= gaps.history[step];
                step += 1;
            }
            if decayed < NEGLIGIBLE && flow < NEGLIGIBLE {
                break;
            }
            let weight = earlier.weight * later.weight;
            let (low, high) = (earlier.slot.min(later.slot), earlier.slot.max(later.slot));
            sums.history.add(low, high, weight * decayed * gaps.tail[later.step]);
            if later.step > earlier.step {
                sums.future.add(earlier.slot, later.slot, weight * flow);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{HistoryBuilder, HistoryRow};
    use homebody_protocol::Kind;
    use proptest::prelude::*;

    /// The definition, step by step.
    fn by_definition(visitors: &[Vec<u32>], side: usize, h: f32, y: f32) -> SequenceSums {
        let mut sums = SequenceSums { history: Square::zeros(side), future: Square::zeros(side) };
        for items in visitors {
            for step in 0..items.len() - 1 {
                let mut before = vec![0.0f32; side];
                let mut after = vec![0.0f32; side];
                for place in 0..=step {
                    before[items[place] as usize] += libm::powf(h, (step - place) as f32);
                }
                for place in step + 1..items.len() {
                    after[items[place] as usize] += libm::powf(y, (place - step - 1) as f32);
                }
                for row in 0..side {
                    for column in 0..side {
                        sums.history.add(row, column, before[row] * before[column]);
                        sums.future.add(row, column, before[row] * after[column]);
                    }
                }
            }
        }
        sums
    }

    fn history(visitors: &[Vec<u32>]) -> History {
        let mut builder = HistoryBuilder::new(100);
        for (visitor, items) in (0u64..).zip(visitors) {
            for (at, &item) in (0i64..).zip(items) {
                builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket: None });
            }
        }
        builder.finish()
    }

    fn near(left: &Square, right: &Square) -> bool {
        left.cells.iter().zip(&right.cells).all(|(a, b)| (a - b).abs() <= 2e-3 * (1.0 + b.abs()))
    }

    fn visitors() -> impl Strategy<Value = Vec<Vec<u32>>> {
        let one = Just((0u32..6).collect::<Vec<_>>()).prop_shuffle();
        prop::collection::vec((one, 2usize..=6), 1..5)
            .prop_map(|all| all.into_iter().map(|(items, len)| items[..len].to_vec()).collect())
    }

    proptest! {
        #[test]
        fn sums_equal_their_definition(visitors in visitors(), h in 0.3f32..1.0, y in 0.3f32..1.0) {
            let history = history(&visitors);
            let head = Head::new((0..6).collect(), 6);
            let decay = SequenceDecay {
                history: Decay::Positions { rate: h },
                future: Decay::Positions { rate: y },
            };
            let sums = sequence_sums(&history, &head, Steps::Positions, decay);
            let expected = by_definition(&visitors, 6, h, y);
            prop_assert!(near(&sums.history, &expected.history), "{sums:?} {expected:?}");
            prop_assert!(near(&sums.future, &expected.future), "{sums:?} {expected:?}");
        }

        #[test]
        fn sums_of_halves_add_up(visitors in visitors()) {
            let head = Head::new((0..6).collect(), 6);
            let (left, right) = visitors.split_at(visitors.len() / 2);
            let mut sum = gram(&history(left), &head, Steps::Positions);
            prop_assert!(sum.merge(&gram(&history(right), &head, Steps::Positions)));
            prop_assert!(near(&sum, &gram(&history(&visitors), &head, Steps::Positions)));
        }
    }

    #[test]
    fn baskets_have_no_inner_order() {
        let mut builder = HistoryBuilder::new(100);
        for (item, day, basket) in [(0u32, 0i64, 1u64), (1, 0, 1), (2, 30, 2)] {
            let at = 1_600_000_000 + day * 86_400;
            builder.push(HistoryRow {
                visitor: 1,
                item,
                kind: Kind::Click,
                value: 1.0,
                at,
                basket: Some(basket),
            });
        }
        let days = Decay::Days { half_life: 30.0 };
        let decay = SequenceDecay { history: days, future: days };
        let head = Head::new((0..3).collect(), 3);
        let sums = sequence_sums(&builder.finish(), &head, Steps::Baskets, decay);
        assert_eq!(sums.future.cells, [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(sums.history.at(0, 1), 1.0);
        assert_eq!(sums.history.at(0, 2), 0.0, "the last step has no future");
    }

    #[test]
    fn matrices_of_different_sides_do_not_merge() {
        assert!(!Square::zeros(2).merge(&Square::zeros(3)));
    }
}
