//! What follows from a task: how long a report is, what it looks like empty, how far it can be from that.

use crate::accounting::{gaussian_micro_rho, laplace_micro_rho, pure_micro_rho};
use crate::features::FEATURES;

use super::{Bound, Edges, Head, Measurement, Mode, Noise, SUMS, Task};

const F: u32 = FEATURES as u32;

impl Measurement {
    /// Cells of a report under a bound; saturates for what [`Task::from_json`] refuses.
    pub fn length(&self, bound: &Bound) -> u32 {
        // A one-hot report always says something: the last cell is for nothing.
        let or_none = |cells: u32| cells.saturating_add(u32::from(matches!(bound, Bound::OneHot)));
        match self {
            Self::Popularity { head } => or_none(head.len()),
            Self::CoOccurrence { head, shards } => cells_of(head.pairs(), *shards),
            Self::DirectedPairs { head, shards } => cells_of(head.pairs().saturating_mul(2), *shards),
            Self::Segments { segments } => or_none(*segments),
            Self::KMeans { centres, .. } => count(centres).saturating_mul(1 + F),
            Self::Mixture { shares, .. } => count(shares).saturating_mul(1 + 2 * F),
            Self::SecondMoments { .. } => F + triangle(F),
            Self::Logistic { .. } => F + 1 + triangle(F + 1),
            Self::Intent { edges } => edges.cells().saturating_mul(2).saturating_add(2),
            Self::Blend { weights, .. } => count(weights).saturating_add(triangle(count(weights))),
            Self::Experiment { variants, outcomes, .. } => or_none(variants.saturating_mul(*outcomes)),
            Self::Metric { variants, .. } => variants.saturating_mul(SUMS),
            Self::Calibration { bins } => or_none(bins.saturating_mul(2)),
            Self::Diversity { bins } => or_none(bins.saturating_mul(*bins)),
            Self::Drift { edges } => edges.cells(),
            Self::Decisions {} => or_none(16),
            Self::Gate { .. } => 4,
            Self::Votes { settings, .. } => or_none(count(settings)),
            Self::Evaluation { ranks, .. } => or_none(count(ranks)),
            Self::OffPolicy { weights, .. } => or_none(weights.cells()),
        }
    }

    /// Number of parts, at least 1.
    pub fn parts(&self) -> u32 {
        match self {
            Self::CoOccurrence { shards, .. } | Self::DirectedPairs { shards, .. } => (*shards).max(1),
            _ => 1,
        }
    }

    /// For numbers of either sign: steps of a cell, of which the middle one is 0.
    pub fn signed_levels(&self) -> Option<u32> {
        match self {
            Self::SecondMoments { levels, .. }
            | Self::Logistic { levels, .. }
            | Self::Blend { levels, .. } => Some(*levels),
            _ => None,
        }
    }

    /// The bound of whole numbers that the measurement asks for; `None` where reports are ones and zeros.
    pub fn integers(&self) -> Option<Bound> {
        let (max, l1) = match self {
            Self::KMeans { levels, .. } => (*levels, levels.saturating_mul(1 + F)),
            // Nothing is above its largest value, so that rounding lifts nothing over it.
            Self::Metric { levels, .. } => (*levels, levels.saturating_mul(SUMS)),
            // Rounding may lift each cell by less than one.
            Self::Mixture { levels, shares, .. } => {
                (*levels, levels.saturating_add(count(shares)).saturating_mul(1 + 2 * F))
            }
            _ => {
                let levels = self.signed_levels()?;
                (levels, levels.saturating_mul(self.length(&Bound::Integers { max: levels, l1: 0 })))
            }
        };
        Some(Bound::Integers { max, l1 })
    }
}

impl Head {
    /// Number of keys.
    pub fn len(&self) -> u32 {
        count(&self.keys)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The slot of a key.
    pub fn slot_of(&self, key: u32) -> Option<u32> {
        self.keys.iter().zip(0..).find(|(known, _)| **known == key).map(|(_, slot)| slot)
    }

    /// Unordered pairs of different keys.
    pub fn pairs(&self) -> u32 {
        triangle(self.len()).saturating_sub(self.len())
    }
}

impl Edges {
    /// Bins over all features.
    pub fn cells(&self) -> u32 {
        self.0.iter().map(|borders| bins(borders)).fold(0, u32::saturating_add)
    }

    /// First cell of each feature that is asked about, with the feature and its number of bins.
    pub fn features(&self) -> impl Iterator<Item = (usize, u32, u32)> + '_ {
        let mut first = 0u32;
        self.0.iter().enumerate().filter(|(_, borders)| !borders.is_empty()).map(move |(feature, borders)| {
            let start = first;
            first = first.saturating_add(bins(borders));
            (feature, start, bins(borders))
        })
    }

    /// The bin of a feature's value: the number of borders at or below it.
    pub fn bin(&self, feature: usize, value: f32) -> u32 {
        let borders = self.0.get(feature).map_or(&[][..], Vec::as_slice);
        borders.iter().map(|border| u32::from(value >= *border)).sum()
    }
}

impl Task {
    /// What a device sends that has nothing to say; see [`Measurement`].
    pub fn default_report(&self) -> Vec<u32> {
        let empty = self.measurement.signed_levels().map_or(0, |levels| levels / 2);
        let mut report = vec![empty; self.length as usize];
        if self.bound == Bound::OneHot {
            let is_gate = matches!(self.measurement, Measurement::Gate { .. });
            let cell = if is_gate { report.first_mut() } else { report.last_mut() };
            cell.into_iter().for_each(|cell| *cell = 1);
        }
        report
    }

    /// Largest squared L2 distance of a report from the default one.
    pub fn distance_squared(&self) -> u64 {
        match (self.bound, self.measurement.signed_levels()) {
            (Bound::OneHot, _) => 2,
            (Bound::MultiHot { ones }, _) => u64::from(ones),
            (Bound::Integers { .. }, Some(levels)) => {
                u64::from(self.length) * u64::from(levels / 2) * u64::from(levels / 2)
            }
            // Σ x² ≤ max Σ x.
            (Bound::Integers { max, l1 }, None) => u64::from(max) * u64::from(l1),
        }
    }

    /// Largest L1 distance of a report from the default one.
    pub fn distance(&self) -> u64 {
        match (self.bound, self.measurement.signed_levels()) {
            (Bound::OneHot, _) => 2,
            (Bound::MultiHot { ones }, _) => u64::from(ones),
            (Bound::Integers { .. }, Some(levels)) => u64::from(self.length) * u64::from(levels / 2),
            (Bound::Integers { l1, .. }, None) => u64::from(l1),
        }
    }

    /// What one report costs at the least, in millionths of ρ; see [`crate::accounting`].
    pub fn least_micro_rho(&self) -> u32 {
        match self.mode {
            Mode::Local { micro_epsilon, .. } => pure_micro_rho(micro_epsilon),
            Mode::Trusted { noise } | Mode::Split { noise, .. } => match noise {
                Noise::Gaussian { milli_sigma } => gaussian_micro_rho(self.distance_squared(), milli_sigma),
                Noise::Laplace { milli_scale } => laplace_micro_rho(self.distance(), milli_scale),
            },
        }
    }
}

fn bins(borders: &[f32]) -> u32 {
    if borders.is_empty() { 0 } else { count(borders).saturating_add(1) }
}

fn cells_of(pairs: u32, shards: u32) -> u32 {
    pairs.div_ceil(shards.max(1))
}

/// n (n + 1) / 2.
fn triangle(n: u32) -> u32 {
    (u64::from(n) * (u64::from(n) + 1) / 2).try_into().unwrap_or(u32::MAX)
}

pub(super) fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
