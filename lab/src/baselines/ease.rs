//! EASE (Steck 2019): the closed-form linear item-item model, held by a server, without decay.

use super::{best, distinct_items, popularity_floor};
use crate::dataset::Event;
use crate::evaluate::metrics::of_list;
use crate::evaluate::model::{Model, Worker};
use crate::evaluate::split::Case;
use crate::evaluate::{Prepared, Settings};
use anyhow::{Context, Result};
use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

/// Items that memory and time allow when the caller does not say.
const HEAD_ITEMS: usize = 4_096;
/// λ as multiples of the mean diagonal; the best on the visitors' last items is taken.
const LAMBDAS: [f32; 3] = [1.0, 4.0, 16.0];
const JUDGED: usize = 500;

#[derive(Debug)]
struct Ease {
    /// Items of the slots.
    head: Vec<u32>,
    slots: Vec<Option<u32>>,
    /// Row = history item, column = candidate.
    weights: Vec<f32>,
    floor: Vec<f32>,
}

/// Fits on the train part; λ is chosen on the last item of each of its visitors.
pub(super) fn fit(prepared: &Prepared, settings: &Settings) -> Result<Box<dyn Model>> {
    let items = prepared.data.items.len();
    let most = settings.head_items.unwrap_or(HEAD_ITEMS);
    let visitors = distinct_items(&prepared.split.train);
    let shorter: Vec<Vec<u32>> =
        visitors.iter().filter_map(|own| Some(own.split_last()?.1.to_vec())).collect();
    let mut chosen = (LAMBDAS[0], -1.0);
    for lambda in LAMBDAS {
        let ease = Ease::new(&shorter, items, most, lambda)?;
        let worth = ease.worth(&visitors);
        if worth > chosen.1 {
            chosen = (lambda, worth);
        }
    }
    Ok(Box::new(Ease::new(&visitors, items, most, chosen.0)?))
}

impl Ease {
    fn new(visitors: &[Vec<u32>], items: usize, most: usize, lambda: f32) -> Result<Self> {
        let mut counts = vec![0u32; items];
        visitors.iter().flatten().for_each(|item| counts[*item as usize] += 1);
        let mut head: Vec<u32> = (0..items as u32).filter(|item| counts[*item as usize] > 0).collect();
        head.sort_by_key(|item| (std::cmp::Reverse(counts[*item as usize]), *item));
        head.truncate(most);
        let mut slots = vec![None; items];
        (0u32..).zip(&head).for_each(|(slot, item)| slots[*item as usize] = Some(slot));
        let mut gram = Mat::<f32>::zeros(head.len(), head.len());
        for own in visitors {
            let own = own.iter().filter_map(|item| slots[*item as usize]).map(|slot: u32| slot as usize);
            let own: Vec<usize> = own.collect();
            for &left in &own {
                own.iter().for_each(|&right| gram[(left, right)] += 1.0);
            }
        }
        Ok(Self { weights: solved(gram, lambda)?, head, slots, floor: popularity_floor(&counts) })
    }

    /// Mean NDCG@10 of the last item of some visitors, seen from those before it.
    fn worth(&self, visitors: &[Vec<u32>]) -> f64 {
        let step = (visitors.len() / JUDGED).max(1);
        let cases = visitors
            .iter()
            .step_by(step)
            .filter_map(|own| own.split_last())
            .filter(|(_, before)| !before.is_empty());
        let ndcg = |(last, before): (&u32, &[u32])| {
            let mut masked = before.to_vec();
            masked.sort_unstable();
            of_list(&self.list(before, &masked), &[*last])[0]
        };
        let all: Vec<f64> = cases.map(ndcg).collect();
        all.iter().sum::<f64>() / all.len().max(1) as f64
    }

    fn list(&self, history: &[u32], masked: &[u32]) -> Vec<u32> {
        let mut scores = vec![0.0f32; self.head.len()];
        for slot in history.iter().filter_map(|item| self.slots[*item as usize]) {
            let row = &self.weights[slot as usize * self.head.len()..][..self.head.len()];
            scores.iter_mut().zip(row).for_each(|(score, weight)| *score += weight);
        }
        let mut all = self.floor.clone();
        self.head.iter().zip(&scores).for_each(|(item, score)| all[*item as usize] += score);
        best(&all, masked)
    }
}

/// B = I − P·diag(1 / P_ii) with P = (G + λI)⁻¹, row by row.
fn solved(mut gram: Mat<f32>, lambda: f32) -> Result<Vec<f32>> {
    let side = gram.nrows();
    let mean = (0..side).map(|slot| gram[(slot, slot)]).sum::<f32>() / side.max(1) as f32;
    (0..side).for_each(|slot| gram[(slot, slot)] += lambda * mean);
    let inverse = gram.llt(Side::Lower).ok().context("EASE: the matrix is not positive definite")?.inverse();
    drop(gram);
    let mut rows = vec![0.0; side * side];
    for candidate in 0..side {
        let own = inverse[(candidate, candidate)];
        for history in (0..side).filter(|history| *history != candidate) {
            rows[history * side + candidate] = -inverse[(history, candidate)] / own;
        }
    }
    Ok(rows)
}

impl Model for Ease {
    fn name(&self) -> &'static str {
        "ease"
    }

    fn bytes_per_candidate(&self) -> f64 {
        size_of_val(self.weights.as_slice()) as f64 / self.slots.len().max(1) as f64
    }

    fn worker(&self) -> Result<Box<dyn Worker + '_>> {
        Ok(Box::new(self))
    }
}

impl Worker for &Ease {
    fn rank(&mut self, known: &[Event], case: &Case) -> Vec<u32> {
        let mut history: Vec<u32> = known.iter().map(|event| event.item).collect();
        history.sort_unstable();
        history.dedup();
        self.list(&history, &case.masked)
    }
}
