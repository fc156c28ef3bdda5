//! A report of the modes `trusted` and `local` on the wire. (`split` speaks DAP.)
//!
//! Little-endian, and as long for a device with nothing to say as for any other:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | `HBRP` |
//! | 2 | version, 1 |
//! | 1 | form: 1 one cell, 2 cells that are 1, 3 numbers, 4 sign of a row |
//! | 1 | 0 |
//! | 32 | part ([`PartId`]) |
//! | 4 | window |
//! | 16 | nonce: the same report sent twice has the same one |
//! | 2 | form 1 (a one-hot vector, or a randomised cell): the cell |
//! | 2 × ones | form 2: the cells, ascending, then 65,535 as often as there are fewer |
//! | 2 × length | form 3: the numbers |
//! | 3 | form 4: the row; 1 for +, 0 for − |
//!
//! Nothing in it names a device: the nonce is drawn for this report alone.

mod read;

use crate::mechanism::hadamard::SignedRow;
use crate::task::{Bound, Mode, PartId, Task};

pub use read::{ReportError, ReportHead, Untimely};

/// The version this release writes.
pub const VERSION: u16 = 1;
/// Longest report: 1,024 numbers.
pub const MAX_BYTES: usize = HEAD_BYTES + 2 * crate::task::MAX_CELLS as usize;
/// Bytes before the body.
pub const HEAD_BYTES: usize = 60;
/// A report is taken for so many windows after its own.
pub const MAX_AGE_WINDOWS: u64 = 2;
/// Clocks may be wrong by so much.
pub const CLOCK_SKEW_S: u64 = 3_600;

const MAGIC: [u8; 4] = *b"HBRP";
/// Stands for no cell.
const NONE: u16 = u16::MAX;

/// What one device says once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The part it belongs to.
    pub part: PartId,
    /// The task's window.
    pub window: u32,
    /// Drawn for this report.
    pub nonce: [u8; 16],
    /// What is said.
    pub body: Body,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// `trusted`: the vector.
    Vector(Vec<u32>),
    /// `local`: a cell, by randomised response.
    Cell(u32),
    /// `local`: the sign of a row.
    Sign(SignedRow),
}

impl Report {
    /// Its bytes. A vector that the task's bound does not admit is written as one that [`Report::read`] refuses.
    pub fn write(&self, task: &Task) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD_BYTES + 2 * task.length as usize);
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend([Form::of(task) as u8, 0]);
        out.extend(self.part.0);
        out.extend(self.window.to_le_bytes());
        out.extend(self.nonce);
        match &self.body {
            Body::Cell(cell) => put(&mut out, *cell),
            Body::Sign(sign) => {
                put(&mut out, sign.row);
                out.push(u8::from(sign.positive));
            }
            Body::Vector(vector) => write_vector(&mut out, vector, task),
        }
        out
    }
}

/// How a body is written; it follows from the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Cell = 1,
    Cells = 2,
    Numbers = 3,
    Sign = 4,
}

impl Form {
    fn of(task: &Task) -> Self {
        match (&task.mode, task.bound) {
            (Mode::Local { answer: crate::task::Answer::Hadamard, .. }, _) => Self::Sign,
            (Mode::Local { .. }, _) | (_, Bound::OneHot) => Self::Cell,
            (_, Bound::MultiHot { .. }) => Self::Cells,
            (_, Bound::Integers { .. }) => Self::Numbers,
        }
    }
}

fn write_vector(out: &mut Vec<u8>, vector: &[u32], task: &Task) {
    let ones = vector.iter().zip(0u32..).filter(|(value, _)| **value > 0).map(|(_, cell)| cell);
    match task.bound {
        Bound::OneHot => ones.take(1).for_each(|cell| put(out, cell)),
        Bound::MultiHot { ones: most } => {
            let start = out.len();
            ones.for_each(|cell| put(out, cell));
            while out.len() < start + 2 * most as usize {
                out.extend(NONE.to_le_bytes());
            }
        }
        Bound::Integers { .. } => vector.iter().for_each(|&value| put(out, value)),
    }
}

fn put(out: &mut Vec<u8>, value: u32) {
    out.extend(u16::try_from(value).unwrap_or(NONE).to_le_bytes());
}

#[cfg(test)]
mod tests;
