//! How a visitor's history becomes the vector that neighbour lists are scored against.

use crate::ids::ItemKey;

/// How the weight of a history item falls with its age.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay {
    /// `rate^p`, `p` = number of other distinct items touched since; `rate` in (0, 1], 1 = no decay.
    Positions {
        /// Factor per position.
        rate: f32,
    },
    /// `2^(−days / half_life)`; for shops whose baskets have no inner order.
    Days {
        /// Days after which a weight has halved, > 0.
        half_life: f32,
    },
}

/// One item of a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryEntry {
    /// The item.
    pub item: ItemKey,
    /// What was done with it, see [`crate::Kind::weight`]; ≥ 0.
    pub weight: f32,
    /// Days since the last interaction with it, ≥ 0.
    pub age_days: f32,
}

impl Decay {
    /// The factor for an item that is `position` distinct items and `age_days` days old, in \[0, 1\].
    pub fn factor(self, position: u32, age_days: f32) -> f32 {
        match self {
            Self::Positions { rate } => power(rate, position),
            Self::Days { half_life } => libm::exp2f(-age_days.max(0.0) / half_life),
        }
    }
}

/// `base^exponent` by repeated squaring: the power function for any exponent would be 2 % of the hot browser module.
fn power(mut base: f32, mut exponent: u32) -> f32 {
    let mut power = 1.0;
    while exponent > 0 {
        if exponent % 2 == 1 {
            power *= base;
        }
        base *= base;
        exponent /= 2;
    }
    power
}

/// Decays a history and scales it to unit length (L2).
///
/// `newest_first` holds each item once, the most recent first: the index is the position. Unit length
/// makes scores comparable between a visitor with three clicks and one with three hundred; how far a
/// history is trusted is the blend's `evidence_k`, not the length of this vector. An empty or weightless
/// history gives an empty vector.
pub fn history_weights(newest_first: &[HistoryEntry], decay: Decay) -> Vec<(ItemKey, f32)> {
    let mut weights: Vec<(ItemKey, f32)> = newest_first
        .iter()
        .zip(0u32..)
        .map(|(entry, position)| (entry.item, entry.weight * decay.factor(position, entry.age_days)))
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    let mut squares = 0.0f32;
    for (_, weight) in &weights {
        squares += weight * weight;
    }
    if squares <= 0.0 {
        return Vec::new();
    }
    let scale = 1.0 / squares.sqrt();
    for (_, weight) in &mut weights {
        *weight *= scale;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries(weights: &[(f32, f32)]) -> Vec<HistoryEntry> {
        weights
            .iter()
            .zip(1u32..)
            .map(|(&(weight, age_days), key)| HistoryEntry { item: ItemKey(key), weight, age_days })
            .collect()
    }

    #[test]
    fn positions_decay_by_the_rate() {
        let weights = history_weights(&entries(&[(1.0, 0.0), (1.0, 9.0)]), Decay::Positions { rate: 0.5 });
        assert_eq!(weights.len(), 2);
        assert!((weights[1].1 / weights[0].1 - 0.5).abs() < 1e-6);
    }

    #[test]
    fn the_power_is_that_of_the_library() {
        for (base, exponent) in [(0.9f32, 0), (0.9, 1), (0.5, 24), (0.97, 399), (1.0, 4_000), (0.1, 4_000)] {
            let (own, library) = (power(base, exponent), libm::powf(base, exponent as f32));
            assert!((own - library).abs() <= 1e-4 * library, "{base}^{exponent}: {own}, {library}");
        }
    }

    #[test]
    fn days_decay_by_the_half_life() {
        let weights = history_weights(&entries(&[(1.0, 0.0), (1.0, 30.0)]), Decay::Days { half_life: 30.0 });
        assert!((weights[1].1 / weights[0].1 - 0.5).abs() < 1e-6);
    }

    #[test]
    fn nothing_of_weight_gives_nothing() {
        assert!(history_weights(&entries(&[(0.0, 1.0)]), Decay::Positions { rate: 1.0 }).is_empty());
    }

    proptest! {
        #[test]
        fn the_vector_has_unit_length(weights in prop::collection::vec((0.01f32..1.0, 0.0f32..400.0), 1..80)) {
            for decay in [Decay::Positions { rate: 0.9 }, Decay::Days { half_life: 45.0 }] {
                let vector = history_weights(&entries(&weights), decay);
                let length: f32 = vector.iter().map(|(_, weight)| weight * weight).sum();
                prop_assert!((length - 1.0).abs() < 1e-4);
            }
        }
    }
}
