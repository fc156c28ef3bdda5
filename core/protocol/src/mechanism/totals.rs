//! What a server keeps of reports: sums.

use crate::report::{Body, Report};
use crate::task::{Answer, Mode, Task};

use super::{Hadamard, RandomisedResponse};

/// Sums of a part's batch. Adding up is all that ever happens to them before release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Reports added.
    pub reports: u64,
    /// One sum a cell; for Hadamard answers one sum of signs a row.
    pub cells: Vec<i64>,
}

impl Totals {
    /// Nothing yet.
    pub fn new(task: &Task) -> Self {
        let cells = match task.mode {
            Mode::Local { answer: Answer::Hadamard, micro_epsilon } => {
                Hadamard::new(task.length, micro_epsilon).rows()
            }
            _ => task.length,
        };
        Self { reports: 0, cells: vec![0; cells as usize] }
    }

    /// Adds a report that [`Report::read`] let through; `false`, and nothing is added, for one of another shape.
    pub fn add(&mut self, report: &Report) -> bool {
        let cells = &mut self.cells;
        let added = match &report.body {
            Body::Vector(vector) if vector.len() == cells.len() => {
                cells.iter_mut().zip(vector).for_each(|(sum, &value)| *sum += i64::from(value));
                true
            }
            Body::Vector(_) => false,
            Body::Cell(cell) => cells.get_mut(*cell as usize).map(|sum| *sum += 1).is_some(),
            Body::Sign(sign) => {
                let by = if sign.positive { 1 } else { -1 };
                cells.get_mut(sign.row as usize).map(|sum| *sum += by).is_some()
            }
        };
        self.reports += u64::from(added);
        added
    }

    /// Adds the sums of others; `false`, and nothing is added, for another shape.
    pub fn merge(&mut self, other: &Self) -> bool {
        let fits = self.cells.len() == other.cells.len();
        if fits {
            self.reports += other.reports;
            self.cells.iter_mut().zip(&other.cells).for_each(|(sum, by)| *sum += by);
        }
        fits
    }

    /// What the cells of all vectors add up to: the sums themselves, or the unbiased estimate under `local`.
    pub fn estimate(&self, task: &Task) -> Vec<f64> {
        match task.mode {
            Mode::Local { answer: Answer::RandomisedResponse, micro_epsilon } => {
                RandomisedResponse::new(task.length, micro_epsilon).estimate(&self.cells)
            }
            Mode::Local { answer: Answer::Hadamard, micro_epsilon } => {
                Hadamard::new(task.length, micro_epsilon).estimate(&self.cells)
            }
            Mode::Trusted { .. } | Mode::Split { .. } => self.cells.iter().map(|&sum| sum as f64).collect(),
        }
    }
}
