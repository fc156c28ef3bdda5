//! What one report can add to a sum.

use serde::{Deserialize, Serialize};

/// The form of a report's vector; in `split` a zero-knowledge proof holds it, in the other modes the server's check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Bound {
    /// Exactly one cell is 1, all others 0 (Prio3Histogram). Whoever has nothing to say takes the last cell.
    OneHot,
    /// At most so many cells are 1, all others 0 (Prio3MultihotCountVec).
    MultiHot {
        /// Most ones, 1 to 64; devices send 8, and 64 to `trusted` tasks.
        ones: u32,
    },
    /// Whole numbers up to `max`, up to `l1` in total (Prio3SumVec where `l1` is `max` × length, else L1BoundSum).
    Integers {
        /// Largest value of a cell, 1 to 65,535.
        max: u32,
        /// Largest sum of all cells.
        l1: u32,
    },
}

impl Bound {
    /// Whether a vector is one that a device may send.
    pub fn admits(&self, vector: &[u32]) -> bool {
        let total: u64 = vector.iter().map(|&value| u64::from(value)).sum();
        let largest = vector.iter().copied().max().unwrap_or(0);
        match *self {
            Self::OneHot => largest == 1 && total == 1,
            Self::MultiHot { ones } => largest <= 1 && total <= u64::from(ones),
            Self::Integers { max, l1 } => largest <= max && total <= u64::from(l1),
        }
    }

    /// Whether cells of `length` may all be at their largest at once: no bound but that of each cell.
    pub fn is_dense(&self, length: u32) -> bool {
        matches!(*self, Self::Integers { max, l1 } if u64::from(l1) == u64::from(max) * u64::from(length))
    }
}
