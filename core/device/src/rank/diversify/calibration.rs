//! Shares of categories in the list that follow those of the visitor's history.

use homebody_protocol::table::FacetKind;

use super::super::Context;
use super::super::candidates::Scored;
use super::shelf::Shelf;

/// Part of the target mixed into the list's shares, so that a category not listed yet is not infinitely far off.
const SMOOTHING: f32 = 0.01;

/// Calibrated recommendations (Steck 2018): a list is good when the Kullback–Leibler divergence of its category
/// shares `q` from those of the history `p`, `Σ p ln(p / (0.99 q + 0.01 p))`, is small.
///
/// The history's shares are those of the tastes for categories that are liked. An item of `k` categories counts `1/k`
/// for each.
pub(super) struct Calibration {
    target: Vec<f32>,
    listed: Vec<f32>,
    /// By how much the divergence falls when the next item is of a category.
    gains: Vec<f32>,
}

impl Calibration {
    /// `None` when no category is liked: there is nothing to follow.
    #[inline(never)]
    pub(super) fn new(shelf: &Shelf, context: &Context<'_>) -> Option<Self> {
        let mut target = vec![0.0f32; shelf.counts.len()];
        for &source in context.sources() {
            for (facet, &(kind, taste)) in context.leaning(source).tastes.iter().enumerate() {
                if kind == FacetKind::Category && taste > 0.0 {
                    target[shelf.number(source, facet)] = taste;
                }
            }
        }
        let sum = target.iter().fold(0.0, |sum, share| sum + share);
        if sum <= 0.0 {
            return None;
        }
        target.iter_mut().for_each(|share| *share /= sum);
        let empty = vec![0.0; target.len()];
        Some(Self { target, listed: empty.clone(), gains: empty })
    }

    pub(super) fn begin_page(&mut self) {
        self.listed.fill(0.0);
    }

    /// Works the gains out for the place after `listed` items of the page; the largest.
    #[inline(never)]
    pub(super) fn prepare(&mut self, listed: usize) -> f32 {
        let places = (listed + 1) as f32;
        let mut largest = 0.0;
        for (category, &wanted) in self.target.iter().enumerate().filter(|(_, wanted)| **wanted > 0.0) {
            let share = |items: f32| (1.0 - SMOOTHING) * items / places + SMOOTHING * wanted;
            let items = self.listed[category];
            let gain = wanted * libm::logf(share(items + 1.0) / share(items));
            self.gains[category] = gain;
            largest = if gain > largest { gain } else { largest };
        }
        largest
    }

    /// By how much the divergence falls when a candidate takes the place: the mean over its categories, which is
    /// exact for one category and a little low for several.
    #[inline(never)]
    pub(super) fn gain(&self, candidate: &Scored, shelf: &Shelf, context: &Context<'_>) -> f32 {
        let (mut sum, mut count) = (0.0f32, 0.0f32);
        shelf.each_category(candidate, context, &mut |category| {
            sum += self.gains[category];
            count += 1.0;
        });
        if count > 0.0 { sum / count } else { 0.0 }
    }

    #[inline(never)]
    pub(super) fn place(&mut self, candidate: &Scored, shelf: &Shelf, context: &Context<'_>) {
        let mut count = 0.0f32;
        shelf.each_category(candidate, context, &mut |_| count += 1.0);
        shelf.each_category(candidate, context, &mut |category| {
            self.listed[category] += 1.0 / count;
        });
    }
}
