//! Priors of click rates from impressions and clicks.

use crate::bandit::{BetaPrior, Exposure};
use crate::catalogue::Catalogue;
use crate::journeys::{Journeys, Step};
use crate::moment::Shelf;
use homebody_protocol::Kind;
use std::collections::BTreeMap;

/// Impressions of one item that one visitor may add.
const IMPRESSIONS_PER_VISITOR: f64 = 20.0;
/// Fewer impressions in all teach nothing.
const MIN_IMPRESSIONS: f64 = 200.0;

/// Beta priors: (clicks, impressions left alone), both > 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arms {
    /// One a catalogue item; empty without priors.
    pub items: Vec<(f32, f32)>,
    /// Of an item that nothing is known of.
    pub usual: (f32, f32),
}

/// A category's rate is drawn towards that of all items, an item's towards that of its category.
pub(super) fn learn(journeys: &Journeys, catalogue: &Catalogue, shelf: &Shelf) -> Arms {
    let items = exposures(journeys, catalogue.items.len());
    let whole: f64 = items.iter().map(|item| item.impressions).sum();
    let Some(usual) = BetaPrior::of_groups(&items).filter(|_| whole >= MIN_IMPRESSIONS) else {
        return Arms::default();
    };
    let mut categories: BTreeMap<u16, Exposure> = BTreeMap::new();
    let category = |item: usize| shelf.categories.get(item).copied().flatten();
    for (item, exposure) in items.iter().enumerate() {
        if let Some(category) = category(item) {
            categories.entry(category).or_default().merge(*exposure);
        }
    }
    let prior = |item: usize| {
        let of_category = category(item).and_then(|category| categories.get(&category));
        of_category.map_or(usual, |sums| BetaPrior::with(usual.of_group(*sums).rate(), usual.strength()))
    };
    // Coarse enough to compress well, and far finer than what is known.
    let coarse = |value: f64, steps: f64| ((value * steps).round().max(1.0) / steps) as f32;
    let pair = |prior: BetaPrior| (coarse(prior.clicks, 64.0), coarse(prior.left_alone, 4.0));
    let items = items.iter().enumerate().map(|(item, sums)| pair(prior(item).of_group(*sums))).collect();
    Arms { items, usual: pair(usual) }
}

/// Impressions and clicks of each item; a visitor's clicks on an item never exceed their impressions of it.
fn exposures(journeys: &Journeys, items: usize) -> Vec<Exposure> {
    let mut sums = vec![Exposure::default(); items];
    let opened = journeys.opening();
    for (_, steps) in journeys.iter() {
        for (item, own) in of_visitor(steps, opened) {
            if let Some(sum) = sums.get_mut(item as usize) {
                let impressions = own.impressions.min(IMPRESSIONS_PER_VISITOR);
                sum.merge(Exposure { impressions, clicks: own.clicks.min(impressions) });
            }
        }
    }
    sums
}

fn of_visitor(steps: &[Step], opened: Kind) -> BTreeMap<u32, Exposure> {
    let mut own: BTreeMap<u32, Exposure> = BTreeMap::new();
    for step in steps {
        let exposure = own.entry(step.item).or_default();
        exposure.impressions += f64::from(u8::from(step.kind == Kind::Impression));
        exposure.clicks += f64::from(u8::from(step.kind == opened));
    }
    own
}
