//! Second moments of vectors: what standardisation, principal components and ridge regression are made of.

/// Most numbers in a vector.
pub const MAX_DIMENSIONS: usize = 256;

/// n, Σx and Σxxᵀ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    count: f64,
    sum: Vec<f64>,
    /// Row-major, `dimensions²`.
    cross: Vec<f64>,
}

impl Moments {
    /// Nothing yet; more than [`MAX_DIMENSIONS`] are cut to that.
    pub fn new(dimensions: usize) -> Self {
        let dimensions = dimensions.min(MAX_DIMENSIONS);
        Self { count: 0.0, sum: vec![0.0; dimensions], cross: vec![0.0; dimensions * dimensions] }
    }

    /// Adds a vector; `false`, and nothing is added, for another length or a number that is not finite.
    pub fn add(&mut self, vector: &[f32]) -> bool {
        if vector.len() != self.dimensions() || !is_finite(vector) {
            return false;
        }
        self.count += 1.0;
        for (row, &value) in vector.iter().enumerate() {
            let value = f64::from(value);
            self.sum[row] += value;
            let cells = &mut self.cross[row * vector.len()..(row + 1) * vector.len()];
            for (cell, &other) in cells.iter_mut().zip(vector) {
                *cell += value * f64::from(other);
            }
        }
        true
    }

    /// Moments that were counted elsewhere: Σ x, then Σ x_i x_j for i ≤ j, of `count` vectors. `None` for another shape.
    pub fn of(dimensions: usize, natural: &[f64], count: f64) -> Option<Self> {
        let mut moments = Self::new(dimensions);
        let fits = natural.len() == dimensions + dimensions * (dimensions + 1) / 2;
        if !fits
            || dimensions > MAX_DIMENSIONS
            || !count.is_finite()
            || natural.iter().any(|value| !value.is_finite())
        {
            return None;
        }
        moments.count = count.max(0.0);
        moments.sum.copy_from_slice(&natural[..dimensions]);
        moments.cross = symmetric(dimensions, &natural[dimensions..]);
        Some(moments)
    }

    /// Adds the sums of others; `false`, and nothing is added, for other dimensions.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.dimensions() != other.dimensions() {
            return false;
        }
        self.count += other.count;
        add_all(&mut self.sum, &other.sum);
        add_all(&mut self.cross, &other.cross);
        true
    }

    /// Vectors added.
    pub fn count(&self) -> f64 {
        self.count
    }

    /// Numbers in a vector.
    pub fn dimensions(&self) -> usize {
        self.sum.len()
    }

    /// Mean of each number; 0 without vectors.
    pub fn mean(&self) -> Vec<f64> {
        self.sum.iter().map(|sum| sum / self.count.max(1.0)).collect()
    }

    /// Standard deviation of each number (of the population); 1 for one that never changes, so that it can divide.
    pub fn sd(&self) -> Vec<f64> {
        let variance = |index| self.covariance(index, index);
        // Rounding leaves a trace of a variance where there is none.
        let steady = |index: usize, variance: f64| {
            variance <= 1e-9 * self.cross[index * (self.dimensions() + 1)] / self.count.max(1.0)
        };
        (0..self.dimensions())
            .map(|index| {
                let variance = variance(index);
                if variance > 0.0 && !steady(index, variance) { variance.sqrt() } else { 1.0 }
            })
            .collect()
    }

    /// Covariance of two numbers (of the population); 0 without vectors.
    pub fn covariance(&self, row: usize, column: usize) -> f64 {
        let count = self.count.max(1.0);
        let product = (self.sum[row] / count) * (self.sum[column] / count);
        self.cross[row * self.dimensions() + column] / count - product
    }

    /// Σ of the product of two numbers.
    pub fn cross(&self, row: usize, column: usize) -> f64 {
        self.cross[row * self.dimensions() + column]
    }
}

/// A symmetric matrix, row-major, from its cells on and above the diagonal, row by row.
pub(crate) fn symmetric(side: usize, triangle: &[f64]) -> Vec<f64> {
    let mut matrix = vec![0.0; side * side];
    let mut cells = triangle.iter();
    for row in 0..side {
        for column in row..side {
            let value = cells.next().copied().unwrap_or(0.0);
            matrix[row * side + column] = value;
            matrix[column * side + row] = value;
        }
    }
    matrix
}

/// Mean and standard deviation that bring features to a common scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standard {
    /// Mean of each feature.
    pub mean: Vec<f32>,
    /// Standard deviation of each, > 0.
    pub sd: Vec<f32>,
}

impl Standard {
    /// Of the population that the moments are of.
    pub fn of(moments: &Moments) -> Self {
        let narrow = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect();
        let sd = moments.sd().into_iter().map(|sd| (sd as f32).max(f32::MIN_POSITIVE)).collect();
        Self { mean: narrow(moments.mean()), sd }
    }

    /// The same, wide enough that [`Standard::apply`] cuts none of `vectors` at `limit` (> 0). Devices scale and do not cut,
    /// so what a model learned from what was cut would mean something else there.
    #[must_use]
    pub fn holding<'a>(mut self, vectors: impl IntoIterator<Item = &'a [f32]>, limit: f32) -> Self {
        for vector in vectors {
            for ((sd, mean), value) in self.sd.iter_mut().zip(&self.mean).zip(vector) {
                *sd = sd.max((value - mean).abs() / limit);
            }
        }
        self
    }

    /// `(x − mean) / sd`, within ±`limit`: the bound on what one visitor adds to any later sum.
    pub fn apply(&self, vector: &[f32], limit: f32) -> Vec<f32> {
        let scaled = vector.iter().zip(&self.mean).zip(&self.sd);
        scaled.map(|((value, mean), sd)| ((value - mean) / sd).clamp(-limit, limit)).collect()
    }
}

/// Whether every number is finite.
pub(crate) fn is_finite(vector: &[f32]) -> bool {
    vector.iter().all(|value| value.is_finite())
}

/// Adds `other` to `sums`, cell by cell.
pub(crate) fn add_all(sums: &mut [f64], other: &[f64]) {
    for (sum, added) in sums.iter_mut().zip(other) {
        *sum += added;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(vectors: &[Vec<f32>]) -> Moments {
        let mut moments = Moments::new(3);
        vectors.iter().for_each(|vector| assert!(moments.add(vector)));
        moments
    }

    proptest! {
        #[test]
        fn sums_of_halves_are_the_sums_of_all(
            vectors in prop::collection::vec(prop::collection::vec(-100.0f32..100.0, 3), 1..40), cut in 0usize..40,
        ) {
            let (left, right) = vectors.split_at(cut.min(vectors.len()));
            let mut merged = of(left);
            prop_assert!(merged.merge(&of(right)));
            let all = of(&vectors);
            prop_assert_eq!(merged.count(), all.count());
            for row in 0..3 {
                prop_assert!((merged.mean()[row] - all.mean()[row]).abs() < 1e-9);
                for column in 0..3 {
                    prop_assert!((merged.cross(row, column) - all.cross(row, column)).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn deviations_are_those_of_the_population() {
        let moments = of(&[vec![1.0, 7.0, 0.1], vec![3.0, 7.0, 0.1], vec![5.0, 7.0, 0.1]]);
        assert!((moments.sd()[0] - (8.0f64 / 3.0).sqrt()).abs() < 1e-9);
        assert_eq!(moments.sd()[1..], [1.0, 1.0], "what never changes must not blow up");
        assert_eq!(Standard::of(&moments).apply(&[1e9, 7.0, 0.1], 4.0)[0], 4.0);
    }

    #[test]
    fn what_is_held_is_not_cut() {
        let rare: Vec<Vec<f32>> = (0..400).map(|i| vec![if i == 7 { 5.0 } else { 0.0 }, i as f32]).collect();
        let mut moments = Moments::new(2);
        rare.iter().for_each(|vector| assert!(moments.add(vector)));
        let narrow = Standard::of(&moments);
        assert_eq!(narrow.apply(&rare[7], 4.0)[0], 4.0, "one in four hundred is twenty deviations away");
        let wide = narrow.clone().holding(rare.iter().map(Vec::as_slice), 4.0);
        let scaled = (rare[7][0] - wide.mean[0]) / wide.sd[0];
        assert!((scaled - 4.0).abs() < 1e-5 && (wide.apply(&rare[7], 4.0)[0] - scaled).abs() < 1e-5);
        assert_eq!((wide.sd[1], wide.mean), (narrow.sd[1], narrow.mean), "what was within stays as it was");
    }

    #[test]
    fn wrong_vectors_are_refused() {
        let mut moments = Moments::new(2);
        assert!(!moments.add(&[1.0]) && !moments.add(&[1.0, f32::NAN]) && !moments.merge(&Moments::new(3)));
        assert_eq!((moments.count(), moments.mean(), moments.sd()), (0.0, vec![0.0, 0.0], vec![1.0, 1.0]));
    }
}
