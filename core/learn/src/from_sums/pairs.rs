//! Neighbour lists from noisy pairs.
//!
//! Noise of standard deviation σ in each cell of an N × N symmetric matrix moves eigenvalues by up to 2σ√N (Wigner 1958),
//! so that λ + 2σ√N regularises as much as λ did without noise. Negative counts are noise alone and become 0.

use homebody_protocol::mechanism::Pairs;
use homebody_protocol::task::Task;

use super::Released;
use crate::seqlin::{SeqLin, SolveError, Solved, solve};
use crate::sums::{Columns, SequenceSums};

/// Weight of the undirected pairs where there are directed ones: half the evidence is which, half is when.
const ALPHA: f32 = 0.5;

/// A matrix over the head, with the noise of its cells.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadMatrix {
    /// Columns of H cells: counts as if every part had had the mean number of reports.
    pub columns: Vec<Vec<f32>>,
    /// Mean reports of a part.
    pub reports: f64,
    /// Standard deviation of the noise of a cell, the largest of all parts.
    pub sigma: f64,
}

/// Puts the parts of a task together; the diagonal is 0. `None` when a part is missing or of another length, has no
/// reports, or the task is not about pairs.
///
/// Parts are weighed by their reports: a part that happened to get more is not more popular.
pub fn matrix(task: &Task, parts: &[Released]) -> Option<HeadMatrix> {
    let (pairs, head) = Pairs::of(&task.measurement)?;
    let fits = |part: &Released| part.cells.len() == task.length as usize && part.reports > 0.0;
    if parts.len() != task.parts() as usize || !parts.iter().all(fits) {
        return None;
    }
    let reports = parts.iter().map(|part| part.reports).sum::<f64>() / parts.len() as f64;
    let side = head.len() as usize;
    let mut columns = vec![vec![0.0f32; side]; side];
    for (from, to, place) in pairs.all() {
        let part = &parts[place.part as usize];
        let count = (part.cells[place.cell as usize] * reports / part.reports).max(0.0) as f32;
        columns[to as usize][from as usize] = count;
        if !pairs.are_directed() {
            columns[from as usize][to as usize] = count;
        }
    }
    let sigma = parts.iter().map(|part| part.sigma() * reports / part.reports).fold(0.0, f64::max);
    Some(HeadMatrix { columns, reports, sigma })
}

impl HeadMatrix {
    /// With a diagonal: counts of the items, released apart, or else the sums of the rows, which cost no further budget.
    #[must_use]
    pub fn with_diagonal(mut self, counts: Option<&[f64]>) -> Self {
        for slot in 0..self.columns.len() {
            let together: f32 = self.columns[slot].iter().sum();
            let own =
                counts.and_then(|counts| counts.get(slot)).map_or(together, |&count| count.max(0.0) as f32);
            self.columns[slot][slot] = own;
        }
        self
    }

    /// The undirected pairs that directed ones add up to, with a diagonal: for a head that was asked for nothing else.
    #[must_use]
    pub fn undirected(&self) -> Self {
        let mut columns = self.columns.clone();
        for (to, column) in columns.iter_mut().enumerate() {
            for (from, cell) in column.iter_mut().enumerate() {
                *cell += self.columns[from][to];
            }
            column[to] = 0.0;
        }
        let sigma = self.sigma * core::f64::consts::SQRT_2;
        Self { columns, sigma, ..*self }.with_diagonal(None)
    }

    /// λ for this much noise.
    pub fn lambda(&self, lambda: f64) -> f64 {
        lambda + 2.0 * self.sigma * (self.columns.len() as f64).sqrt()
    }

    /// Share of the cells' squares that is not noise, 0 (it drowned them) to 1 (there is none): how far lists of the matrix
    /// are to be believed. Of noise alone half is left, as counts below 0 are 0.
    pub fn signal(&self) -> f64 {
        let side = self.columns.len();
        let cells = self.columns.iter().enumerate().flat_map(|(slot, column)| {
            column
                .iter()
                .enumerate()
                .filter(move |(other, _)| *other != slot)
                .map(|(_, cell)| f64::from(*cell))
        });
        let square =
            cells.map(|cell| cell * cell).sum::<f64>() / (side * side.saturating_sub(1)).max(1) as f64;
        if square > 0.0 { (1.0 - self.sigma * self.sigma / 2.0 / square).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// For each item the `length` items that speak most for it, slot and weight, strongest first, by EASE (Steck 2019).
    ///
    /// # Errors
    /// [`SolveError`] when noise drowned the sums.
    pub fn lists(&self, lambda: f64, length: usize) -> Result<Vec<Vec<(usize, f32)>>, SolveError> {
        let gram = Columns::from_dense(self.columns.len(), &self.columns);
        let model = SeqLin { alpha: 1.0, lambda: self.lambda(lambda) as f32, repeats: false };
        let solved = solve(&gram, None, model)?;
        Ok(strongest(&solved, self.columns.len(), length))
    }

    /// The same by [`SeqLin`], where it is also known what was wanted after what: `directed` over the same head.
    ///
    /// Reports say what was wanted, not how long ago, so that the history of A does not fade and A is G. Directed counts
    /// are brought to the size of the undirected ones: the two may have been asked for different lengths of time.
    ///
    /// # Errors
    /// [`SolveError`] when noise drowned the sums, or the heads differ in size.
    pub fn directed_lists(
        &self,
        directed: &Self,
        lambda: f64,
        length: usize,
    ) -> Result<Vec<Vec<(usize, f32)>>, SolveError> {
        let side = self.columns.len();
        let total = |columns: &[Vec<f32>]| -> f32 {
            let own = |(slot, column): (usize, &Vec<f32>)| {
                column.iter().sum::<f32>() - column.get(slot).copied().unwrap_or(0.0)
            };
            columns.iter().enumerate().map(own).sum()
        };
        let factor = total(&self.columns) / total(&directed.columns).max(1.0);
        let after: Vec<Vec<f32>> = directed
            .columns
            .iter()
            .map(|column| column.iter().map(|count| count * factor).collect())
            .collect();
        let gram = Columns::from_dense(side, &self.columns);
        let sums = SequenceSums { history: gram.clone(), future: Columns::from_dense(side, &after) };
        let model = SeqLin { alpha: ALPHA, lambda: self.lambda(lambda) as f32, repeats: false };
        let solved = solve(&gram, Some(&sums), model)?;
        Ok(strongest(&solved, side, length))
    }
}

fn strongest(solved: &Solved<'_>, side: usize, length: usize) -> Vec<Vec<(usize, f32)>> {
    let mut lists = vec![Vec::new(); side];
    solved.for_each_column(|target, column| lists[target] = crate::lists::strongest(column, length));
    lists
}

#[cfg(test)]
mod tests {
    use super::super::{golden, noise};
    use super::*;
    use crate::bootstrap::SplitMix64;

    const GROUPS: u32 = 32;

    /// Visitors with four items of one of 32 groups of eight, each telling one part a window.
    fn parts(task: &Task, visitors: usize, windows: usize, sigma: f64) -> Vec<Released> {
        let mut rng = SplitMix64(5);
        let (pairs, _) = Pairs::of(&task.measurement).unwrap();
        let empty =
            Released { reports: 0.0, cells: vec![0.0; task.length as usize], variance: sigma * sigma };
        let mut parts = vec![empty; task.parts() as usize];
        for _ in 0..visitors {
            let group = rng.below(GROUPS as usize) as u32;
            let items: Vec<u32> = (0..4).map(|_| group + GROUPS * rng.below(8) as u32).collect();
            for _ in 0..windows {
                let part = rng.below(parts.len());
                parts[part].reports += 1.0;
                for (index, &first) in items.iter().enumerate() {
                    for place in items[index + 1..].iter().filter_map(|&then| pairs.cell(first, then)) {
                        if place.part as usize == part {
                            parts[part].cells[place.cell as usize] += 1.0;
                        }
                    }
                }
            }
        }
        let mut noisy = |cell: &mut f64| *cell += noise(&mut rng, sigma);
        parts.iter_mut().flat_map(|part| &mut part.cells).for_each(&mut noisy);
        parts
    }

    /// Share of list entries that are of the item's own group.
    fn precision(lists: &[Vec<(usize, f32)>]) -> f64 {
        let of_group = |(item, list): (usize, &Vec<(usize, f32)>)| {
            list.iter().filter(|(other, _)| other % GROUPS as usize == item % GROUPS as usize).count() as f64
        };
        let entries = lists.iter().map(Vec::len).sum::<usize>().max(1);
        lists.iter().enumerate().map(of_group).sum::<f64>() / entries as f64
    }

    #[test]
    fn lists_come_out_of_exact_sums_and_out_of_noisy_ones_of_many() {
        let task = golden("head-pairs");
        let lists = |visitors, windows, sigma| {
            let matrix = matrix(&task, &parts(&task, visitors, windows, sigma)).unwrap().with_diagonal(None);
            matrix.lists(5.0, 5).unwrap()
        };
        let exact = precision(&lists(2_000, 10, 0.0));
        assert!(exact > 0.99, "{exact}");
        let (many, few) = (precision(&lists(60_000, 6, 10.0)), precision(&lists(2_000, 6, 10.0)));
        assert!(many > 0.9 && few < 0.5, "{many} {few}");
        let signal = |visitors, windows, sigma| {
            matrix(&task, &parts(&task, visitors, windows, sigma)).unwrap().with_diagonal(None).signal()
        };
        let (exact, many, few, none) =
            (signal(2_000, 10, 0.0), signal(60_000, 6, 10.0), signal(2_000, 6, 10.0), signal(40, 6, 10.0));
        assert!(exact == 1.0 && many > 0.5 && few < 0.1 && none < 0.1, "{exact} {many} {few} {none}");
    }

    #[test]
    fn lambda_grows_with_noise_and_parts_are_weighed() {
        let task = golden("after");
        let part = |reports, value| Released { reports, cells: vec![value; 28], variance: 9.0 };
        let matrix = matrix(&task, &[part(100.0, 10.0), part(300.0, 30.0)]).unwrap();
        assert_eq!((matrix.reports, matrix.sigma), (200.0, 6.0));
        assert!(matrix.columns.iter().flatten().all(|value| *value == 20.0 || *value == 0.0));
        assert!((matrix.lambda(5.0) - (5.0 + 12.0 * 8.0f64.sqrt())).abs() < 1e-9);
        assert!(super::matrix(&task, &[part(100.0, 1.0)]).is_none());
        assert!(super::matrix(&task, &[part(100.0, 1.0), part(0.0, 1.0)]).is_none());
        let counted = matrix.clone().with_diagonal(Some(&[7.0; 8]));
        assert_eq!((counted.columns[3][3], matrix.with_diagonal(None).columns[3][3]), (7.0, 140.0));
    }

    /// Eight items; each is wanted right after the one before it, round and round.
    fn cycle(count: f32) -> HeadMatrix {
        let mut columns = vec![vec![0.0; 8]; 8];
        for (to, column) in columns.iter_mut().enumerate() {
            column[(to + 7) % 8] = count;
        }
        HeadMatrix { columns, reports: 1_000.0, sigma: 3.0 }
    }

    #[test]
    fn what_comes_after_is_told_from_what_went_before() {
        let directed = cycle(100.0);
        let gram = directed.undirected();
        assert_eq!((gram.columns[1][0], gram.columns[0][1], gram.columns[0][0]), (100.0, 100.0, 200.0));
        assert!((gram.sigma - 3.0 * 2f64.sqrt()).abs() < 1e-9);
        let plain = gram.lists(5.0, 2).unwrap();
        assert!((plain[1][0].1 - plain[1][1].1).abs() < 1e-4, "before and after weigh the same");
        // Asked for a tenth of the time: the size does not matter.
        for directed in [cycle(100.0), cycle(10.0)] {
            let lists = gram.directed_lists(&directed, 5.0, 2).unwrap();
            for (target, list) in lists.iter().enumerate() {
                assert_eq!(list[0].0, (target + 7) % 8);
                assert!(list[0].1 > 1.2 * list[1].1, "{list:?}");
            }
        }
        assert!(
            gram.directed_lists(&HeadMatrix { columns: vec![vec![0.0; 3]; 3], ..gram.clone() }, 5.0, 2)
                .is_err()
        );
    }

    #[test]
    fn negative_counts_are_nothing() {
        let task = golden("after");
        let part = Released { reports: 10.0, cells: vec![-5.0; 28], variance: 1.0 };
        let matrix = matrix(&task, &[part.clone(), part]).unwrap();
        assert!(matrix.columns.iter().flatten().all(|value| *value == 0.0));
    }
}
