//! Quality on real histories, through the device's own ranking: split, train, encode, replay.
//!
//! The sets are read where `HOMEBODY_DATA` points; without it the tests say what they skipped.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests, which print what they measured"
)]

use homebody_lab::cut::{Protocol, cut};
use homebody_lab::items::{self, Item};
use homebody_lab::log::{Log, Row};
use homebody_lab::replay::{Replay, replay};
use homebody_lab::tables::{Tables, draft};
use homebody_learn::bootstrap::{SplitMix64, paired_bootstrap};
use homebody_learn::{History, HistoryBuilder, HistoryRow, TrainConfig, TrainedModel, train};
use homebody_protocol::table::TableKind;
use homebody_protocol::{Kind, derive_key};
use std::collections::BTreeMap;
use std::path::PathBuf;

const MAX_ITEMS_PER_VISITOR: usize = 500;

fn folder(set: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("HOMEBODY_DATA").map(|root| PathBuf::from(root).join(set));
    let found = folder.filter(|folder| folder.join("events.csv").exists());
    if found.is_none() {
        println!("skipped: quality on `{set}`, because HOMEBODY_DATA does not point at it");
    }
    found
}

fn history(rows: &[&Row], items: &[Item]) -> History {
    let places: BTreeMap<&str, u32> = items.iter().map(|item| item.id.as_str()).zip(0..).collect();
    let mut builder = HistoryBuilder::new(MAX_ITEMS_PER_VISITOR);
    for row in rows {
        let hash = |text: &str| u64::from(derive_key(1, text)) << 32 | u64::from(derive_key(2, text));
        builder.push(HistoryRow {
            visitor: hash(&row.visitor),
            item: places.get(row.item.as_str()).copied().unwrap_or(u32::MAX),
            kind: row.kind,
            value: row.value,
            at: row.at,
            basket: row.basket.as_deref().map(hash),
        });
    }
    builder.finish()
}

/// Trains on the first part of a set and replays the visitors of the second.
fn measured(set: &str, protocol: Protocol) -> Option<(TrainedModel, Replay)> {
    let folder = folder(set)?;
    let items = items::read(&folder.join("items.csv")).unwrap();
    let mut log = Log::read(&folder.join("events.csv")).unwrap();
    for row in log.rows.iter_mut().filter(|row| row.kind == Kind::Rating) {
        // As published figures do: what was rated was watched, whatever the rating.
        (row.kind, row.value) = (Kind::Click, 1.0);
    }
    let cut = cut(&log, protocol);
    let (catalogue, facets) = items::learnable(&items);
    let model =
        train(&history(&cut.train, &items), &catalogue, &TrainConfig::default(), &mut |_| {}).unwrap();
    let table = |kind| draft(kind, &items, &facets, &model).encode().unwrap();
    let tables = Tables { catalogue: table(TableKind::Catalogue), pool: table(TableKind::Pool) };
    let part =
        |rows: &[&Row]| Log { header: log.header.clone(), rows: rows.iter().copied().cloned().collect() };
    let found = replay(&tables, &part(&cut.train), &part(&cut.test), &mut |_, _| {}).unwrap();
    println!(
        "{set}: {} visitors, NDCG@10 {:.4}, recall@10 {:.4}; judged before: {:?}",
        found.visitors, found.ndcg_at_10, found.recall_at_10, model.metrics
    );
    for set in &model.list_sets {
        let length = set.lists.iter().map(Vec::len).max();
        println!("  {:?} {:?} weight {} up to {length:?} entries", set.source, set.decay, set.weight);
    }
    println!("  {:?}", model.blend);
    Some((model, found))
}

#[test]
fn films_in_sequence_beat_every_static_peer() {
    let Some((model, found)) = measured("ml100k", Protocol::Llo) else { return };
    assert_eq!(found.visitors, 943);
    assert!(found.ndcg_at_10 >= 0.095, "NDCG@10 {}", found.ndcg_at_10);
    let metrics = model.metrics.unwrap();
    assert!(metrics.chosen.ndcg > 2.0 * metrics.popularity.ndcg);
}

#[test]
fn a_shop_over_time_beats_its_best_single_peer() {
    let Some((model, found)) = measured("retail", Protocol::Temporal) else { return };
    assert!(found.visitors > 800);
    assert!(found.ndcg_at_10 >= 0.12, "NDCG@10 {}", found.ndcg_at_10);
    assert!(model.blend.features.iter().any(|feature| feature.weight > 0.0), "the trend matters in a shop");
    let personal: Vec<f32> = found.lists.iter().map(|list| list.ndcg_at_10).collect();
    let bar = vec![0.0920; personal.len()];
    let gain = paired_bootstrap(&personal, &bar, 1_000, SplitMix64(1)).unwrap();
    assert!(gain.low > 0.0, "no clear gain over .0920: {gain:?}");
}
