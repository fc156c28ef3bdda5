//! Re-ranking: what is lost when a server sends a pool instead of the catalogue, and what the device's own retrieval
//! wins back.

use super::intervals::means;
use super::metrics::Values;
use super::split::Split;
use super::{Prepared, values};
use anyhow::Result;
use homebody_protocol::table::{TableDraft, TableKind};
use serde::Serialize;
use std::collections::BTreeSet;

const SIZES: [usize; 4] = [100, 200, 500, 1_000];

/// What a pool of one size costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PoolStudy {
    /// Items of the pool.
    pub size: usize,
    /// Bytes of the encoded pool.
    pub bytes: usize,
    /// Share of the wanted items that the pool has: no ranking of it can do better.
    pub recall_ceiling: f64,
    /// NDCG@10 of the pool alone.
    pub ndcg_at_10: f64,
    /// Its share of the full catalogue's.
    pub share: f64,
    /// NDCG@10 of the pool with what the device finds in the catalogue table.
    pub with_retrieval_ndcg_at_10: f64,
    /// Its share of the full catalogue's.
    pub with_retrieval_share: f64,
}

/// Ranks pools of several sizes; `full` is what the whole catalogue gives.
///
/// # Errors
/// When a table cannot be encoded.
pub fn study(prepared: &Prepared, split: &Split, full: &[Values]) -> Result<Vec<PoolStudy>> {
    let best = means(full)[0];
    let share = |ndcg: f64| if best > 0.0 { ndcg / best } else { 0.0 };
    let order = pool_order(&prepared.ours.draft);
    let catalogue = TableDraft { kind: TableKind::Catalogue, ..prepared.ours.draft.clone() }.encode()?;
    let mut studies = Vec::new();
    for size in SIZES.into_iter().filter(|size| *size < order.len()) {
        let pool = prepared.ours.pool_of(&order[..size])?;
        let (_, alone) = values(&pool, split)?;
        let both = pool.clone().with_catalogue(catalogue.clone());
        let (_, retrieved) = values(&both, split)?;
        let (ndcg_at_10, with_retrieval) = (means(&alone)[0], means(&retrieved)[0]);
        studies.push(PoolStudy {
            size,
            bytes: pool.pool.len(),
            recall_ceiling: ceiling(split, &order[..size]),
            ndcg_at_10,
            share: share(ndcg_at_10),
            with_retrieval_ndcg_at_10: with_retrieval,
            with_retrieval_share: share(with_retrieval),
        });
    }
    Ok(studies)
}

/// Items in the order a server fills a pool: two by trend, one by popularity, one that brings a facet not yet there.
fn pool_order(draft: &TableDraft) -> Vec<u32> {
    let by = |value: fn(&homebody_protocol::table::Row) -> f32| {
        let mut order: Vec<u32> = (0..draft.rows.len() as u32).collect();
        order.sort_by(|left, right| {
            let (left, right) = (&draft.rows[*left as usize], &draft.rows[*right as usize]);
            value(right).total_cmp(&value(left))
        });
        order.into_iter()
    };
    let (mut trend, mut popular) = (by(|row| row.trend), by(|row| row.popularity));
    let mut various: Vec<u32> = by(|row| row.popularity).collect();
    let (mut taken, mut facets) = (BTreeSet::new(), BTreeSet::<u16>::new());
    let mut order = Vec::with_capacity(draft.rows.len());
    while order.len() < draft.rows.len() {
        let is_new =
            |item: &u32| draft.rows[*item as usize].facets.iter().any(|facet| !facets.contains(facet));
        various.retain(|item| !taken.contains(item));
        let next = match order.len() % 4 {
            0 | 1 => trend.find(|item| !taken.contains(item)),
            2 => popular.find(|item| !taken.contains(item)),
            _ => various.iter().copied().find(is_new).or_else(|| various.first().copied()),
        };
        let Some(item) = next else { break };
        taken.insert(item);
        facets.extend(&draft.rows[item as usize].facets);
        order.push(item);
        if order.len() > SIZES[SIZES.len() - 1] {
            break;
        }
    }
    order
}

fn ceiling(split: &Split, pool: &[u32]) -> f64 {
    let pool: BTreeSet<u32> = pool.iter().copied().collect();
    let of_case = |wanted: &Vec<u32>| {
        wanted.iter().filter(|item| pool.contains(item)).count() as f64 / wanted.len() as f64
    };
    split.cases.iter().map(|case| of_case(&case.wanted)).sum::<f64>() / split.cases.len().max(1) as f64
}
