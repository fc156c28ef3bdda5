//! A sparse matrix, column by column: what visitors did together is far from everything.

/// A sparse matrix; a column's entries are ascending by row and none is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    rows: usize,
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Default for Columns {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Columns {
    /// A matrix of `rows` rows and no columns yet.
    pub fn new(rows: usize) -> Self {
        Self { rows, starts: vec![0], entries: Vec::new() }
    }

    /// A matrix of these dense columns.
    pub fn from_dense(rows: usize, columns: &[Vec<f32>]) -> Self {
        let mut matrix = Self::new(rows);
        for column in columns {
            matrix.push((0u32..).zip(column.iter().copied()).take(rows));
        }
        matrix
    }

    /// Appends a column; its entries must be ascending by row, zeros and rows past the end are left out.
    pub fn push(&mut self, entries: impl Iterator<Item = (u32, f32)>) {
        let rows = self.rows;
        self.entries.extend(entries.filter(|&(row, value)| value != 0.0 && (row as usize) < rows));
        self.starts.push(self.entries.len());
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// True without columns.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of cells that are not 0.
    pub fn filled(&self) -> usize {
        self.entries.len()
    }

    /// Row and value of a column's entries, ascending by row.
    ///
    /// # Panics
    /// When `column ≥ len()`.
    pub fn column(&self, column: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[column]..self.starts[column + 1]]
    }

    /// One cell; 0 where nothing is stored.
    ///
    /// # Panics
    /// When `column ≥ len()`.
    pub fn at(&self, row: usize, column: usize) -> f32 {
        let entries = self.column(column);
        entries
            .binary_search_by_key(&(row as u64), |(row, _)| u64::from(*row))
            .map_or(0.0, |at| entries[at].1)
    }

    /// The first `len` columns.
    #[must_use]
    pub fn leading(&self, len: usize) -> Self {
        let starts = self.starts[..=len.min(self.len())].to_vec();
        let entries = self.entries[..starts[starts.len() - 1]].to_vec();
        Self { rows: self.rows, starts, entries }
    }

    /// Rows become columns.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut starts = vec![0usize; self.rows + 1];
        for (row, _) in &self.entries {
            starts[*row as usize + 1] += 1;
        }
        for row in 0..self.rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); self.entries.len()];
        for column in 0..self.len() {
            for &(row, value) in self.column(column) {
                entries[next[row as usize]] = (column as u32, value);
                next[row as usize] += 1;
            }
        }
        Self { rows: self.len(), starts, entries }
    }

    /// Adds another matrix of the same shape; a different shape is refused with `false`.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.rows != other.rows || self.len() != other.len() {
            return false;
        }
        let mut sum = Self::new(self.rows);
        for column in 0..self.len() {
            sum.push(merged(self.column(column), other.column(column)).into_iter());
        }
        *self = sum;
        true
    }

    /// Mean of the first `rows()` cells of the diagonal, 0 for an empty matrix.
    pub fn mean_diagonal(&self) -> f32 {
        let side = self.rows.min(self.len());
        let sum: f32 = (0..side).map(|index| self.at(index, index)).sum();
        if side == 0 { 0.0 } else { sum / side as f32 }
    }
}

/// The sum of two ascending columns.
fn merged(left: &[(u32, f32)], right: &[(u32, f32)]) -> Vec<(u32, f32)> {
    let mut sum = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    while let (Some(&(a, x)), Some(&(b, y))) = (left.peek(), right.peek()) {
        sum.push((
            a.min(b),
            if a == b {
                x + y
            } else if a < b {
                x
            } else {
                y
            },
        ));
        if a <= b {
            left.next();
        }
        if b <= a {
            right.next();
        }
    }
    sum.extend(left);
    sum.extend(right);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dense(cells: &[f32]) -> Columns {
        Columns::from_dense(3, &cells.chunks(3).map(<[f32]>::to_vec).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_dense_matrix(
            left in prop::collection::vec(prop_oneof![Just(0.0f32), 0.1f32..9.0], 12),
            right in prop::collection::vec(prop_oneof![Just(0.0f32), 0.1f32..9.0], 12),
        ) {
            let (mut sum, turned) = (dense(&left), dense(&left).transposed());
            prop_assert!(sum.merge(&dense(&right)));
            prop_assert_eq!(turned.transposed(), dense(&left));
            prop_assert_eq!(sum.leading(2).len(), 2);
            for (index, (a, b)) in left.iter().zip(&right).enumerate() {
                prop_assert_eq!(sum.at(index % 3, index / 3), a + b);
                prop_assert_eq!(turned.at(index / 3, index % 3), *a);
            }
        }
    }

    #[test]
    fn other_shapes_do_not_merge() {
        assert!(!Columns::new(2).merge(&Columns::new(3)));
        assert!(Columns::default().is_empty());
        assert_eq!(Columns::default().mean_diagonal(), 0.0);
    }
}
