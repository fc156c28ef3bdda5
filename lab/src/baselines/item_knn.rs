//! Item-kNN: items that the same visitors touched, by cosine (Sarwar et al. 2001).

use super::{best, distinct_items, popularity_floor};
use crate::dataset::Event;
use crate::evaluate::model::{Model, Worker};
use crate::evaluate::split::{Case, Protocol};
use crate::evaluate::{Prepared, Settings};
use anyhow::Result;

/// Neighbours kept for an item.
const NEIGHBOURS: usize = 200;

#[derive(Debug)]
struct ItemKnn {
    neighbours: Vec<Vec<(u32, f32)>>,
    floor: Vec<f32>,
    /// In a session the last item alone speaks.
    last_alone: bool,
}

/// Counts who touched what together; the cost is the sum of the squares of the visitors' item counts.
pub(super) fn fit(prepared: &Prepared, settings: &Settings) -> Result<Box<dyn Model>> {
    let items = prepared.data.items.len();
    let visitors = distinct_items(&prepared.split.train);
    let mut touched: Vec<Vec<u32>> = vec![Vec::new(); items];
    for (visitor, own) in (0u32..).zip(&visitors) {
        own.iter().for_each(|item| touched[*item as usize].push(visitor));
    }
    let counts: Vec<u32> = touched.iter().map(|visitors| visitors.len() as u32).collect();
    let mut together = vec![0u32; items];
    let neighbours = (0..items).map(|item| {
        let mut met: Vec<u32> = Vec::new();
        for other in touched[item].iter().flat_map(|visitor| &visitors[*visitor as usize]) {
            if together[*other as usize] == 0 {
                met.push(*other);
            }
            together[*other as usize] += 1;
        }
        let cosine = |other: &u32| {
            let length = (f64::from(counts[item]) * f64::from(counts[*other as usize])).sqrt();
            (*other, (f64::from(together[*other as usize]) / length) as f32)
        };
        let mut list: Vec<(u32, f32)> =
            met.iter().filter(|other| **other as usize != item).map(cosine).collect();
        met.iter().for_each(|other| together[*other as usize] = 0);
        list.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
        list.truncate(NEIGHBOURS);
        list
    });
    let last_alone = settings.rules.protocol == Protocol::Session;
    Ok(Box::new(ItemKnn { neighbours: neighbours.collect(), floor: popularity_floor(&counts), last_alone }))
}

impl Model for ItemKnn {
    fn name(&self) -> &'static str {
        "item_knn"
    }

    fn bytes_per_candidate(&self) -> f64 {
        let entries: usize = self.neighbours.iter().map(Vec::len).sum();
        (entries * size_of::<(u32, f32)>()) as f64 / self.neighbours.len().max(1) as f64
    }

    fn worker(&self) -> Result<Box<dyn Worker + '_>> {
        Ok(Box::new(self))
    }
}

impl Worker for &ItemKnn {
    fn rank(&mut self, known: &[Event], case: &Case) -> Vec<u32> {
        let mut history: Vec<u32> = known.iter().map(|event| event.item).collect();
        if self.last_alone {
            history.drain(..history.len().saturating_sub(1));
        }
        history.sort_unstable();
        history.dedup();
        let mut scores = self.floor.clone();
        for (item, weight) in history.iter().flat_map(|item| &self.neighbours[*item as usize]) {
            scores[*item as usize] += weight;
        }
        best(&scores, &case.masked)
    }
}
