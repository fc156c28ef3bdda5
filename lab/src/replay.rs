//! Replaying held-out visitors through the device.
//!
//! For every visitor of the test file: an empty profile, the tables, all the visitor's rows of the train file in time
//! order, then one list of ten over every catalogue item the train file does not show them with, at the time of
//! their first held-out row, without diversity and with seed 0. A browser that follows the same rules must give
//! the same ids and the same bits.

use crate::log::{Log, Row};
use crate::tables::Tables;
use anyhow::{Context, Result};
use homebody_device::{Consent, Device, Interaction, Purpose, RankRequest};
use homebody_learn::metrics::{Metrics, at_k, mean};
use homebody_protocol::ItemKey;
use homebody_protocol::table::Table;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Length of the lists.
pub const PLACES: usize = 10;

/// What a replay found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replay {
    /// Visitors ranked for.
    pub visitors: usize,
    /// Mean NDCG@10.
    pub ndcg_at_10: f32,
    /// Mean recall@10.
    pub recall_at_10: f32,
    /// Mean reciprocal rank within ten.
    pub mrr_at_10: f32,
    /// Held-out rows whose item the catalogue does not have; they count as missed.
    pub unknown_items: usize,
    /// Each visitor's list, by visitor.
    pub lists: Vec<RankedFor>,
}

/// One visitor's list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedFor {
    /// The visitor.
    pub visitor: String,
    /// Ids, best first.
    pub ids: Vec<String>,
    /// Scores, with every bit.
    pub scores: Vec<f32>,
    /// NDCG@10 of this visitor.
    pub ndcg_at_10: f32,
}

/// Replays every visitor of `test`; `tick` is told after each.
///
/// # Errors
/// When the tables are not tables.
pub fn replay(
    tables: &Tables,
    train: &Log,
    test: &Log,
    tick: &mut dyn FnMut(usize, usize),
) -> Result<Replay> {
    let catalogue = Table::read(&tables.catalogue).context("the catalogue table")?;
    let rows: BTreeMap<&str, u32> =
        (0u32..).zip(0..catalogue.rows()).map(|(row, at)| (catalogue.id(at), row)).collect();
    let keys: Vec<ItemKey> = (0..catalogue.rows()).map(|row| catalogue.key(row)).collect();
    let histories = by_visitor(train);
    let wanted = by_visitor(test);
    let mut replay = Replay {
        visitors: wanted.len(),
        ndcg_at_10: 0.0,
        recall_at_10: 0.0,
        mrr_at_10: 0.0,
        unknown_items: test.rows.iter().filter(|row| !rows.contains_key(row.item.as_str())).count(),
        lists: Vec::with_capacity(wanted.len()),
    };
    let mut all: Vec<Metrics> = Vec::with_capacity(wanted.len());
    let mut device = device(tables)?;
    for (visitor, wanted_rows) in &wanted {
        let history = histories.get(visitor).map(Vec::as_slice).unwrap_or_default();
        let (metrics, ranked) = one_visitor(&mut device, history, wanted_rows, &rows, &keys);
        replay.lists.push(RankedFor { visitor: (*visitor).to_owned(), ndcg_at_10: metrics.ndcg, ..ranked });
        all.push(metrics);
        tick(all.len(), wanted.len());
    }
    let mean = mean(&all);
    (replay.ndcg_at_10, replay.recall_at_10, replay.mrr_at_10) = (mean.ndcg, mean.recall, mean.mrr);
    Ok(replay)
}

/// A device of somebody unknown, with consent and tables.
fn device(tables: &Tables) -> Result<Device> {
    let mut device = Device::new();
    device.set_consent(Consent::none().granted(Purpose::Personalize));
    device.load_pool(tables.pool.clone()).context("the pool")?;
    device.load_catalogue(tables.catalogue.clone()).context("the catalogue table")?;
    Ok(device)
}

fn one_visitor(
    device: &mut Device,
    history: &[&Row],
    wanted: &[&Row],
    rows: &BTreeMap<&str, u32>,
    keys: &[ItemKey],
) -> (Metrics, RankedFor) {
    device.erase();
    for row in history {
        device.record(&Interaction::new(row.kind, &row.item).with_value(row.value), at_ms(row));
    }
    let seen: BTreeSet<&str> = history.iter().map(|row| row.item.as_str()).collect();
    let seen_rows: BTreeSet<u32> = seen.iter().filter_map(|item| rows.get(item).copied()).collect();
    let unseen: Vec<ItemKey> =
        (0u32..).zip(keys).filter(|(row, _)| !seen_rows.contains(row)).map(|(_, key)| *key).collect();
    let now_ms = wanted.first().map_or(0, |row| at_ms(row));
    let request =
        RankRequest { keys: &unseen, limit: PLACES, now_ms, ..RankRequest::default() }.by_score_alone();
    let ranked = device.rank(&request);
    let ids: Vec<String> =
        ranked.iter().filter_map(|item| device.id_of(item.key)).map(str::to_owned).collect();
    // Items the catalogue does not have are wanted all the same: they get numbers that no list holds.
    let number = |(item, missing): (&str, u32)| rows.get(item).copied().unwrap_or(u32::MAX - missing);
    let wanted: Vec<u32> = wanted.iter().map(|row| row.item.as_str()).zip(0u32..).map(number).collect();
    let listed: Vec<u32> = ids.iter().filter_map(|id| rows.get(id.as_str()).copied()).collect();
    let metrics = at_k(&listed, &wanted, PLACES as u32);
    let scores = ranked.iter().map(|item| item.score).collect();
    (metrics, RankedFor { visitor: String::new(), ids, scores, ndcg_at_10: 0.0 })
}

fn by_visitor(log: &Log) -> BTreeMap<&str, Vec<&Row>> {
    let mut visitors: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &log.rows {
        visitors.entry(&row.visitor).or_default().push(row);
    }
    for rows in visitors.values_mut() {
        rows.sort_by_key(|row| row.at);
    }
    visitors
}

fn at_ms(row: &Row) -> u64 {
    u64::try_from(row.at).unwrap_or(0).saturating_mul(1_000)
}
