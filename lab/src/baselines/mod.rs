//! What a central server commonly ranks by, to compare with.

mod ease;
mod item_knn;
mod popularity;

use crate::dataset::Event;
use crate::evaluate::model::Model;
use crate::evaluate::{Prepared, Settings};
use anyhow::Result;
use std::collections::BTreeSet;

/// Learns a baseline.
pub type Fit = fn(&Prepared, &Settings) -> Result<Box<dyn Model>>;

/// Every baseline, in the order of reports.
pub const ALL: [Fit; 4] = [popularity::overall, popularity::recent, item_knn::fit, ease::fit];
/// Newest distinct items of a visitor that pairs are counted of.
const MAX_ITEMS: usize = 500;
/// Below any score that means something: popularity decides where a model is silent.
const FLOOR: f32 = 1e-6;

/// How many visitors touched each item; rows come visitor after visitor.
pub fn touched_by(train: &[Event], items: usize) -> Vec<u32> {
    let mut touched = vec![0u32; items];
    let mut last = vec![u32::MAX; items];
    for event in train {
        let item = event.item as usize;
        if last[item] != event.visitor {
            last[item] = event.visitor;
            touched[item] += 1;
        }
    }
    touched
}

/// Each visitor's distinct items by last touch, the newest last; rows come visitor after visitor.
fn distinct_items(train: &[Event]) -> Vec<Vec<u32>> {
    let own = |rows: &[Event]| {
        let mut seen = BTreeSet::new();
        let newest = rows.iter().rev().map(|event| event.item).filter(|item| seen.insert(*item));
        let mut items: Vec<u32> = newest.take(MAX_ITEMS).collect();
        items.reverse();
        items
    };
    train.chunk_by(|left, right| left.visitor == right.visitor).map(own).collect()
}

/// Popularity as a number too small to change an order that a model has an opinion on.
fn popularity_floor(counts: &[u32]) -> Vec<f32> {
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f32;
    counts.iter().map(|count| FLOOR * *count as f32 / most).collect()
}

/// The best unmasked items by score, ties to the lower number.
pub(crate) fn best(scores: &[f32], masked: &[u32]) -> Vec<u32> {
    let mut scores = scores.to_vec();
    for item in masked {
        scores[*item as usize] = f32::NEG_INFINITY;
    }
    homebody_learn::metrics::top_k(&scores, crate::evaluate::model::PLACES)
}
