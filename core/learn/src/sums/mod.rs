//! The sums a model is made of: nothing here can be traced back to a visitor's row.
//!
//! With x the vector of a visitor's items, h the decayed history before a step and y the decayed items
//! after it: G = Σ x xᵀ, A = Σ h hᵀ, C = Σ h yᵀ over all visitors and steps. Each visitor adds at most the
//! square of the bound in [`crate::HistoryBuilder::new`] cells. All sums add up: the sums of two halves of the
//! visitors are the sums of all.
//!
//! What is old may count less: with a half-life, step s adds ρ_s h hᵀ and ρ_s h yᵀ with ρ_s = 2^(−age / half-life),
//! the age being that of the step after s, and x is scaled by √ρ of each item, so that G stays a Gram matrix.
//!
//! A pair of items of one visitor meets in many steps; their total is a product of decays and a geometric sum
//! that is carried from place to place, so a visitor costs the square of their items rather than the cube, and
//! less where decays are steep. Sums are made column by column through an index from items to visitors: one
//! column fits in a cache, a matrix over ten thousand items does not.

mod columns;
mod visits;

pub use columns::Columns;
pub use visits::Visits;

use homebody_protocol::{Decay, ItemKey};
use visits::{Touch, Visit};

/// Contributions smaller than this are not worth a memory access.
const NEGLIGIBLE: f32 = 1e-4;

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
    pub history: Columns,
    /// C = Σ h yᵀ; row = history item, column = future item.
    pub future: Columns,
}

/// The sums one collaborative model is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// Keys of the head's items, in slot order.
    pub keys: Vec<ItemKey>,
    /// G.
    pub gram: Columns,
    /// A and C with their decays, one pair a time scale; none for an undirected model.
    pub sequences: Vec<(SequenceDecay, SequenceSums)>,
}

/// G = Σ x xᵀ over visitors: the head's rows, a column a target. `half_life_days`: of what is old, if it fades.
pub fn gram(visits: &Visits, half_life_days: Option<f32>) -> Columns {
    let strength = |visit: &Visit, touch: &Touch| {
        let age_days = visit.ages_days[touch.step as usize];
        touch.weight * recency(age_days, half_life_days.map(|half_life| half_life * 2.0))
    };
    by_column(visits, visits.targets().len(), |column, visit, place| {
        let own = &visit.items[place];
        if own.first {
            let weight = strength(visit, own);
            for touch in visit.items.iter().filter(|touch| touch.first) {
                column.add(touch.target, weight * strength(visit, touch));
            }
        }
    })
}

/// A and C over visitors, every step that has a future counted once.
pub fn sequence_sums(visits: &Visits, decay: SequenceDecay, half_life_days: Option<f32>) -> SequenceSums {
    let gaps: Vec<Gaps> =
        visits.visitors.iter().map(|visit| Gaps::new(visit, decay, half_life_days)).collect();
    let history = by_column_of(visits, visits.head_items(), |column, visitor, place| {
        let visit = &visits.visitors[visitor];
        add_history(column, visit, place, &gaps[visitor]);
    });
    let future = by_column_of(visits, visits.targets().len(), |column, visitor, place| {
        let visit = &visits.visitors[visitor];
        add_future(column, visit, place, &gaps[visitor]);
    });
    SequenceSums { history, future }
}

/// A column that is being summed, dense, with the rows it has so far.
struct Column {
    cells: Vec<f32>,
    touched: Vec<u32>,
}

impl Column {
    /// Adds to a target's row; targets outside the head have none.
    fn add(&mut self, target: u32, value: f32) {
        if let Some(cell) = self.cells.get_mut(target as usize) {
            if *cell == 0.0 {
                self.touched.push(target);
            }
            *cell += value;
        }
    }
}

fn by_column(visits: &Visits, columns: usize, mut add: impl FnMut(&mut Column, &Visit, usize)) -> Columns {
    by_column_of(visits, columns, |column, visitor, place| add(column, &visits.visitors[visitor], place))
}

/// Sums the first `columns` columns, place by place of each target.
fn by_column_of(visits: &Visits, columns: usize, mut add: impl FnMut(&mut Column, usize, usize)) -> Columns {
    let mut sums = Columns::new(visits.head_items());
    let mut column = Column { cells: vec![0.0; visits.head_items()], touched: Vec::new() };
    for target in 0..columns {
        for occurrence in visits.occurrences(target) {
            add(&mut column, occurrence.visitor as usize, occurrence.place as usize);
        }
        column.touched.sort_unstable();
        column.touched.dedup();
        let cells = &mut column.cells;
        sums.push(column.touched.drain(..).map(|row| (row, std::mem::take(&mut cells[row as usize]))));
    }
    sums
}

/// Decay factors between neighbouring steps, and the geometric tails of A.
struct Gaps {
    /// `history[s]` = factor of the history from step s to s + 1.
    history: Vec<f32>,
    /// `future[s]` likewise for the future.
    future: Vec<f32>,
    /// `recency[s]` = ρ of step s.
    recency: Vec<f32>,
    /// `tail[b]` = Σ over steps s ≥ b that have a future of ρ_s w(s − b)².
    tail: Vec<f32>,
}

impl Gaps {
    fn new(visit: &Visit, decay: SequenceDecay, half_life_days: Option<f32>) -> Self {
        let factors = |decay: Decay| -> Vec<f32> {
            visit.clock.windows(2).map(|pair| unit_factor(decay, pair[1] - pair[0])).collect()
        };
        let (history, future) = (factors(decay.history), factors(decay.future));
        let recency: Vec<f32> =
            visit.ages_days.iter().skip(1).map(|&age_days| recency(age_days, half_life_days)).collect();
        let mut tail = vec![0.0; visit.clock.len()];
        for step in (0..recency.len()).rev() {
            tail[step] = recency[step] + history[step] * history[step] * tail[step + 1];
        }
        Self { history, future, recency, tail }
    }
}

fn unit_factor(decay: Decay, units: f32) -> f32 {
    match decay {
        Decay::Positions { rate } if units == 1.0 => rate,
        Decay::Positions { rate } => libm::powf(rate, units),
        Decay::Days { half_life } => libm::exp2f(-units / half_life),
    }
}

fn recency(age_days: f32, half_life_days: Option<f32>) -> f32 {
    half_life_days.map_or(1.0, |half_life| libm::exp2f(-age_days / half_life))
}

/// What one place of a visitor adds to its column of A: the pairs with all places before, at and after it.
fn add_history(column: &mut Column, visit: &Visit, place: usize, gaps: &Gaps) {
    let own = visit.items[place];
    let (mut step, mut decayed) = (own.step as usize, 1.0f32);
    for earlier in visit.items[..=place].iter().rev() {
        while step > earlier.step as usize {
            step -= 1;
            decayed *= gaps.history[step];
        }
        if decayed < NEGLIGIBLE {
            break;
        }
        column.add(earlier.target, own.weight * earlier.weight * decayed * gaps.tail[own.step as usize]);
    }
    (step, decayed) = (own.step as usize, 1.0);
    for later in &visit.items[place + 1..] {
        while step < later.step as usize {
            decayed *= gaps.history[step];
            step += 1;
        }
        if decayed < NEGLIGIBLE {
            break;
        }
        column.add(later.target, own.weight * later.weight * decayed * gaps.tail[step]);
    }
}

/// What one place of a visitor adds to its column of C. Walking back from it carries `flow` = Σ over the steps
/// between of recency × history decay up to the step × future decay after it.
fn add_future(column: &mut Column, visit: &Visit, place: usize, gaps: &Gaps) {
    let own = visit.items[place];
    let (mut step, mut future, mut flow) = (own.step as usize, 1.0f32, 0.0f32);
    for earlier in visit.items[..place].iter().rev() {
        if earlier.step == own.step {
            continue;
        }
        while step > earlier.step as usize {
            step -= 1;
            flow = gaps.recency[step] * future + gaps.history[step] * flow;
            future *= gaps.future[step];
        }
        if flow < NEGLIGIBLE && future < NEGLIGIBLE {
            break;
        }
        column.add(earlier.target, own.weight * earlier.weight * flow);
    }
}
