//! What a central server commonly ranks by, to compare with.

mod popularity;

use crate::dataset::Event;
use crate::evaluate::model::Model;
use crate::evaluate::{Prepared, Settings};
use anyhow::Result;

/// Learns a baseline.
pub type Fit = fn(&Prepared, &Settings) -> Result<Box<dyn Model>>;

/// Every baseline, in the order of reports.
pub const ALL: [Fit; 2] = [popularity::overall, popularity::recent];

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

/// The best unmasked items by score, ties to the lower number; items that score 0 or less fill up the end.
pub(crate) fn best(scores: &[f32], masked: &[u32]) -> Vec<u32> {
    let mut scores = scores.to_vec();
    for item in masked {
        scores[*item as usize] = f32::NEG_INFINITY;
    }
    homebody_learn::metrics::top_k(&scores, crate::evaluate::model::PLACES)
}
