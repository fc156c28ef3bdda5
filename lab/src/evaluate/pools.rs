//! Re-ranking: what is lost when a server sends a pool instead of the catalogue, and what the device's own retrieval
//! wins back.

use super::intervals::means;
use super::metrics::Values;
use super::split::Split;
use super::{Prepared, values};
use anyhow::Result;
use homebody_learn::reach::reach;
use homebody_protocol::ItemKey;
use homebody_protocol::table::{CATALOGUE_BYTES, CATALOGUE_ITEMS, Row, TableDraft};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The sizes that are studied.
pub const SIZES: [usize; 4] = [100, 200, 500, 1_000];
/// The size that what the device finds on its own is held to.
pub const USUAL_SIZE: usize = 500;

/// What a pool of one size costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PoolStudy {
    /// Items of the pool.
    pub size: usize,
    /// Bytes of the encoded pool.
    pub bytes: usize,
    /// Bytes of the encoded catalogue table that the device looks in, whatever the pool.
    pub catalogue_bytes: usize,
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

/// Ranks pools of some sizes; `full` is what the whole catalogue gives. A pool that would hold the catalogue is left out.
///
/// # Errors
/// When a table cannot be encoded.
pub fn study(prepared: &Prepared, split: &Split, full: &[Values], sizes: &[usize]) -> Result<Vec<PoolStudy>> {
    let best = means(full)[0];
    let share = |ndcg: f64| if best > 0.0 { ndcg / best } else { 0.0 };
    let order = neutral(&prepared.ours.draft.rows);
    let mut searched = by_reach(&prepared.ours.draft, &order);
    searched.truncate(CATALOGUE_ITEMS);
    let mut studies = Vec::new();
    for size in sizes.iter().copied().filter(|size| *size < order.len()) {
        let pool = prepared.ours.pool_of(&order[..size])?;
        let (_, alone) = values(&pool, split)?;
        let both = pool.clone().with_catalogue(&prepared.ours, &searched, CATALOGUE_BYTES)?;
        let (_, retrieved) = values(&both, split)?;
        let (ndcg_at_10, with_retrieval) = (means(&alone)[0], means(&retrieved)[0]);
        studies.push(PoolStudy {
            size,
            bytes: pool.pool.len(),
            catalogue_bytes: both.catalogue_bytes(),
            recall_ceiling: ceiling(split, &order[..size]),
            ndcg_at_10,
            share: share(ndcg_at_10),
            with_retrieval_ndcg_at_10: with_retrieval,
            with_retrieval_share: share(with_retrieval),
        });
    }
    Ok(studies)
}

/// The neutral order in which the server fills pools, best first: popularity and trend, each in units of its own spread.
/// Equals stand in the order of the catalogue.
fn neutral(rows: &[Row]) -> Vec<u32> {
    let (long, short) = (spread(rows, |row| row.popularity), spread(rows, |row| row.trend));
    let score = |item: &u32| {
        let row = &rows[*item as usize];
        row.popularity / long + row.trend / short
    };
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.sort_by(|left, right| score(right).total_cmp(&score(left)));
    order
}

/// The order in which the server fills the catalogue table: by where histories lead, equals in neutral order.
fn by_reach(draft: &TableDraft, neutral: &[u32]) -> Vec<u32> {
    let key = |row: &Row| ItemKey::derive(draft.id_seed, &row.id);
    let places: BTreeMap<ItemKey, usize> = draft.rows.iter().map(key).zip(0..).collect();
    let popularity: Vec<f32> = draft.rows.iter().map(|row| row.popularity).collect();
    let reach = reach(&draft.list_sets, &popularity, |_, entry| places.get(&entry).copied());
    let mut order = neutral.to_vec();
    order.sort_by(|left, right| reach[*right as usize].total_cmp(&reach[*left as usize]));
    order
}

/// Standard deviation, or 1 when all values are the same.
fn spread(rows: &[Row], value: impl Fn(&Row) -> f32) -> f32 {
    let count = rows.len().max(1) as f32;
    let mean = rows.iter().map(&value).sum::<f32>() / count;
    let variance = rows.iter().map(|row| (value(row) - mean) * (value(row) - mean)).sum::<f32>() / count;
    if variance > 0.0 { variance.sqrt() } else { 1.0 }
}

fn ceiling(split: &Split, pool: &[u32]) -> f64 {
    let pool: BTreeSet<u32> = pool.iter().copied().collect();
    let of_case = |wanted: &Vec<u32>| {
        wanted.iter().filter(|item| pool.contains(item)).count() as f64 / wanted.len() as f64
    };
    split.cases.iter().map(|case| of_case(&case.wanted)).sum::<f64>() / split.cases.len().max(1) as f64
}
