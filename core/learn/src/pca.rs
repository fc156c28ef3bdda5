//! Principal components from second moments, and how far apart segments lie.

use crate::moments::Moments;
use faer::{Mat, Side};

/// Axes of largest variance (Pearson 1901), strongest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Unit vectors over the standardised numbers, one an axis; the largest entry of each is positive.
    pub axes: Vec<Vec<f64>>,
    /// Variance along each axis, ≥ 0, falling.
    pub variances: Vec<f64>,
}

/// The first `wanted` components of the correlation matrix: numbers of different units are standardised first.
///
/// `None` without at least two vectors, or when no decomposition exists (numbers that overflowed).
pub fn components(moments: &Moments, wanted: usize) -> Option<Components> {
    let side = moments.dimensions();
    if side == 0 || moments.count() < 2.0 {
        return None;
    }
    let sd = moments.sd();
    let correlation =
        Mat::from_fn(side, side, |row, column| moments.covariance(row, column) / (sd[row] * sd[column]));
    if !(0..side).all(|row| (0..side).all(|column| correlation[(row, column)].is_finite())) {
        return None;
    }
    let eigen = correlation.self_adjoint_eigen(Side::Lower).ok()?;
    let (vectors, values) = (eigen.U(), eigen.S().column_vector());
    let strongest: Vec<usize> = (0..side).rev().collect();
    let axis = |&column: &usize| oriented((0..side).map(|row| vectors[(row, column)]).collect());
    Some(Components {
        axes: strongest.iter().take(wanted).map(axis).collect(),
        variances: strongest.iter().map(|&column| values[column].max(0.0)).collect(),
    })
}

impl Components {
    /// Share of the whole variance along each axis, sum 1; all 0 when nothing varies.
    pub fn explained(&self) -> Vec<f64> {
        let whole: f64 = self.variances.iter().sum();
        self.variances.iter().map(|variance| if whole > 0.0 { variance / whole } else { 0.0 }).collect()
    }

    /// Coordinates of a standardised vector along the axes, for a scatter plot.
    pub fn project(&self, vector: &[f32]) -> Vec<f64> {
        let along = |axis: &Vec<f64>| axis.iter().zip(vector).map(|(a, &b)| a * f64::from(b)).sum();
        self.axes.iter().map(along).collect()
    }
}

/// Share of the variance that lies between groups, 0 (no difference) to 1 (nothing else): 1 − within / total.
///
/// `within` is Σ of squared distances to the own group's centre, `total` Σ of squared distances to the common centre,
/// both from sums.
pub fn separability(within: f64, total: f64) -> f64 {
    if total > 0.0 && within.is_finite() { (1.0 - within / total).clamp(0.0, 1.0) } else { 0.0 }
}

/// Either direction of an axis is right; one of them is taken always.
fn oriented(mut axis: Vec<f64>) -> Vec<f64> {
    let largest =
        axis.iter().copied().fold(0.0f64, |best, value| if value.abs() > best.abs() { value } else { best });
    if largest < 0.0 {
        axis.iter_mut().for_each(|value| *value = -*value);
    }
    axis
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::SplitMix64;

    #[test]
    fn the_first_axis_lies_along_what_moves_together() {
        let mut rng = SplitMix64(3);
        let mut moments = Moments::new(3);
        for _ in 0..2000 {
            let (common, own, third) = (rng.unit() as f32, rng.unit() as f32, rng.unit() as f32);
            moments.add(&[common + 0.1 * own, 50.0 * common, third]);
        }
        let found = components(&moments, 2).unwrap();
        assert_eq!(found.axes.len(), 2);
        let half = 0.5f64.sqrt();
        assert!(
            (found.axes[0][0] - half).abs() < 0.02 && (found.axes[0][1] - half).abs() < 0.02,
            "{found:?}"
        );
        assert!(found.axes[1][2] > 0.99);
        let explained = found.explained();
        assert!((explained.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((explained[0] - 2.0 / 3.0).abs() < 0.02, "two of three numbers are one: {explained:?}");
        assert!((found.project(&[1.0, 1.0, 0.0])[0] - 2.0f64.sqrt()).abs() < 0.02);
    }

    #[test]
    fn an_axis_points_to_where_it_is_longest() {
        let mut rng = SplitMix64(1);
        for _ in 0..30 {
            let mut moments = Moments::new(4);
            for _ in 0..60 {
                let base: Vec<f32> = (0..4).map(|_| rng.unit() as f32 - 0.5).collect();
                moments.add(&[base[0], base[1] - base[0], 2.0 * base[2] - base[1], base[3]]);
            }
            for axis in components(&moments, 4).unwrap().axes {
                let longest = axis.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap();
                assert!(longest > 0.0, "{axis:?}");
            }
        }
    }

    #[test]
    fn axes_are_orthonormal_and_reproduce_the_correlations() {
        let mut rng = SplitMix64(9);
        let mut moments = Moments::new(4);
        for _ in 0..300 {
            let base: Vec<f32> = (0..4).map(|_| rng.unit() as f32).collect();
            moments.add(&[base[0], base[0] + base[1], base[1] - base[2], base[3]]);
        }
        let found = components(&moments, 4).unwrap();
        let sd = moments.sd();
        for row in 0..4 {
            for column in 0..4 {
                let dot: f64 = (0..4).map(|i| found.axes[row][i] * found.axes[column][i]).sum();
                assert!((dot - f64::from(u8::from(row == column))).abs() < 1e-9);
                let again: f64 = (0..4)
                    .map(|axis| found.variances[axis] * found.axes[axis][row] * found.axes[axis][column])
                    .sum();
                assert!((again - moments.covariance(row, column) / (sd[row] * sd[column])).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn nothing_has_no_axes_and_groups_are_judged_by_their_spread() {
        assert_eq!(components(&Moments::new(3), 2), None);
        assert_eq!(components(&Moments::new(0), 2), None);
        assert_eq!(separability(25.0, 100.0), 0.75);
        assert_eq!(
            (separability(1.0, 0.0), separability(f64::NAN, 1.0), separability(5.0, 1.0)),
            (0.0, 0.0, 0.0)
        );
    }
}
