//! Metrics of lists; equal to those of `trec_eval` and `ranx` (see the fixture of the tests).

use std::collections::BTreeSet;

/// Metrics of one list that have a mean over cases and an interval.
pub const METRICS: [&str; 8] = [
    "ndcg_at_10",
    "ndcg_at_20",
    "recall_at_10",
    "recall_at_20",
    "mrr_at_20",
    "map_at_10",
    "hit_at_10",
    "precision_at_10",
];

/// One value a metric, in the order of [`METRICS`].
pub type Values = [f64; METRICS.len()];

/// The metrics of a list, best first, for somebody who wants `wanted` (ascending).
///
/// NDCG is binary with the ideal list of as many wanted items as fit; recall and average precision divide by the number of
/// wanted items, precision by the places. Nothing wanted gives zeros.
pub fn of_list(list: &[u32], wanted: &[u32]) -> Values {
    let ranks: Vec<usize> = (1..)
        .zip(list)
        .filter(|(_, item)| wanted.binary_search(item).is_ok())
        .map(|(rank, _)| rank)
        .collect();
    let count = wanted.len().max(1) as f64;
    let within = |places: usize| ranks.iter().filter(|rank| **rank <= places).count() as f64;
    let reciprocal = ranks.first().filter(|rank| **rank <= 20).map_or(0.0, |rank| 1.0 / *rank as f64);
    let precisions =
        (1..).zip(&ranks).filter(|(_, rank)| **rank <= 10).map(|(hits, rank)| f64::from(hits) / *rank as f64);
    [
        ndcg(&ranks, wanted.len(), 10),
        ndcg(&ranks, wanted.len(), 20),
        within(10) / count,
        within(20) / count,
        reciprocal,
        precisions.sum::<f64>().max(0.0) / count,
        within(10).min(1.0),
        within(10) / 10.0,
    ]
}

/// Share of the catalogue that is in any list's first `places`.
pub fn coverage(lists: &[Vec<u32>], items: usize, places: usize) -> f64 {
    let shown: BTreeSet<u32> = lists.iter().flat_map(|list| list.iter().take(places).copied()).collect();
    shown.len() as f64 / items.max(1) as f64
}

/// Gini coefficient of how often each item of the catalogue is in a list's first `places`: 0 all alike, 1 one alone.
pub fn gini(lists: &[Vec<u32>], items: usize, places: usize) -> f64 {
    let mut shown = vec![0u64; items];
    for item in lists.iter().flat_map(|list| list.iter().take(places)) {
        shown[*item as usize] += 1;
    }
    shown.sort_unstable();
    let total: u64 = shown.iter().sum();
    let weighted: f64 = (1..).zip(&shown).map(|(rank, count)| f64::from(rank) * *count as f64).sum();
    let n = items as f64;
    if total == 0 { 0.0 } else { (2.0 * weighted / (n * total as f64) - (n + 1.0) / n).max(0.0) }
}

/// Mean of 1 − cosine of the facet sets over the pairs of each list's first `places`; `None` without any facet.
pub fn intra_list_diversity(lists: &[Vec<u32>], facets: &[Vec<u16>], places: usize) -> Option<f64> {
    if facets.iter().all(Vec::is_empty) {
        return None;
    }
    let of_list = |list: &Vec<u32>| {
        let list = &list[..places.min(list.len())];
        let pairs = list
            .iter()
            .enumerate()
            .flat_map(|(at, left)| list[at + 1..].iter().map(move |right| (left, right)));
        let distances: Vec<f64> = pairs
            .map(|(left, right)| 1.0 - cosine(&facets[*left as usize], &facets[*right as usize]))
            .collect();
        (!distances.is_empty()).then(|| distances.iter().sum::<f64>() / distances.len() as f64)
    };
    let each: Vec<f64> = lists.iter().filter_map(of_list).collect();
    (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64)
}

/// Mean surprise of the listed items in bits: −log₂ of the share of visitors that touched one, at least one visitor.
pub fn novelty(lists: &[Vec<u32>], touched_by: &[u32], visitors: usize, places: usize) -> f64 {
    let surprise = |item: &u32| {
        let share = f64::from(touched_by[*item as usize].max(1)) / visitors.max(1) as f64;
        -share.min(1.0).log2()
    };
    let all: Vec<f64> = lists.iter().flat_map(|list| list.iter().take(places)).map(surprise).collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

fn ndcg(ranks: &[usize], wanted: usize, places: usize) -> f64 {
    let discount = |rank: usize| 1.0 / (rank as f64 + 1.0).log2();
    let ideal: f64 = (1..=wanted.min(places)).map(discount).sum();
    let gain: f64 = ranks.iter().filter(|rank| **rank <= places).map(|rank| discount(*rank)).sum();
    if ideal > 0.0 { gain.max(0.0) / ideal } else { 0.0 }
}

fn cosine(left: &[u16], right: &[u16]) -> f64 {
    let common = left.iter().filter(|facet| right.contains(facet)).count() as f64;
    let length = (left.len() as f64 * right.len() as f64).sqrt();
    if length > 0.0 { common / length } else { 0.0 }
}
