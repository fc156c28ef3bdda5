//! Quality on real histories, through the device's own ranking: NDCG@10 of quantised lists at or above the best central
//! peer of docs/ranking.md, and what the device finds in the catalogue table beside a pool.
//!
//! The sets are read where `HOMEBODY_DATA` points; without it the tests say what they skipped. Every list of a set is
//! judged, those of beibei for the same 4,000 visitors as in the report, so that a figure here is the figure there and
//! no luck of a small sample. Only [`KEPT`] is looked at with fewer visitors: it is a ratio of two means over the same
//! lists, which varies far less than either.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests, which print what they measured"
)]

use homebody_lab::cut::{Protocol, cut};
use homebody_lab::evaluate::intervals::{intervals, means};
use homebody_lab::evaluate::metrics::Values;
use homebody_lab::evaluate::split::{Protocol as Judged, Split, Task};
use homebody_lab::evaluate::{Prepared, Settings, pools, prepare, values};
use homebody_lab::log::{Log, Row};
use homebody_lab::ranking::sets::{SETS, Set};
use homebody_lab::replay::{Replay, replay};
use homebody_lab::tables::Tables;
use homebody_protocol::Kind;
use homebody_protocol::table::{TableDraft, TableKind};
use std::path::PathBuf;

/// Share of the full catalogue's NDCG@10 that a pool and the device's retrieval keep.
const KEPT: f64 = 0.98;
/// Bytes a candidate: a pool of 500 stays within a quarter of a megabyte.
const MOST_BYTES: f64 = 512.0;
/// Visitors it is looked at with.
const KEPT_VISITORS: usize = 1_000;
const SEED: u64 = 0;
/// Head of the set that nobody published a figure of: what is asked of it is a share, which a tenth of the training shows.
const SHORT_HEAD: usize = 4_096;
/// Places of the metrics in what a list is worth.
const NDCG: usize = 0;
const RECALL: usize = 2;

fn root(set: &Set) -> Option<PathBuf> {
    let found = std::env::var_os("HOMEBODY_DATA").map(PathBuf::from).filter(|root| set.is_in(root));
    if found.is_none() {
        println!("skipped: quality on `{}`, because HOMEBODY_DATA does not point at it", set.slug());
    }
    found
}

fn set(folder: &str, task: Task) -> &'static Set {
    SETS.iter().find(|set| set.folder == folder && set.task == task).unwrap()
}

/// Trains on a set as the report does, holds it to its bars, and hands it on with the means of its metrics; `None` where
/// the set is not there.
fn holds_its_bars(set: &Set) -> Option<(Prepared, Values)> {
    let prepared = prepare(&set.settings(&root(set)?, SEED)).unwrap();
    let (_, found) = values(&prepared.ours, &prepared.split).unwrap();
    let spread =
        intervals(&prepared.split.cases, std::slice::from_ref(&found), SEED).remove(0).of["ndcg_at_10"];
    let (means, peer) = (means(&found), set.peer.unwrap());
    let bytes = prepared.ours.pool.len() as f64 / prepared.data.items.len() as f64;
    println!(
        "{}: {} lists, NDCG@10 {:.4} [{:.4}, {:.4}] against {:.4} of {}, recall@10 {:.4}, {bytes:.0} bytes a candidate, \
         trained in {:.0} s",
        set.slug(),
        found.len(),
        spread.mean,
        spread.low,
        spread.high,
        peer.ndcg_at_10,
        peer.name,
        means[RECALL],
        prepared.train_seconds
    );
    assert!(means[NDCG] >= peer.ndcg_at_10, "NDCG@10 {}", means[NDCG]);
    assert!(bytes < MOST_BYTES, "{bytes} bytes a candidate");
    retrieval_keeps_what_the_catalogue_gives(set, &prepared);
    Some((prepared, means))
}

fn retrieval_keeps_what_the_catalogue_gives(set: &Set, prepared: &Prepared) {
    let mut split: Split = prepared.split.clone();
    split.sample(KEPT_VISITORS, SEED);
    let (_, full) = values(&prepared.ours, &split).unwrap();
    let found = pools::study(prepared, &split, &full, &[pools::USUAL_SIZE]).unwrap().remove(0);
    println!(
        "{}: a pool of {} keeps {:.1} %, with what the device finds {:.1} % of NDCG@10 {:.4}",
        set.slug(),
        found.size,
        100.0 * found.share,
        100.0 * found.with_retrieval_share,
        means(&full)[NDCG]
    );
    assert!(found.with_retrieval_share >= KEPT, "{found:?}");
    // Otherwise the pool would be no test of retrieval. (What a shop sells next month is in its best 500.)
    assert!(found.share < KEPT || set.protocol == Judged::Temporal, "{found:?}");
}

/// The commands `split` and `replay` on the trained model: the way of the browser tests, which shares no code with the
/// evaluation but the device.
fn replayed(set: &Set, prepared: &Prepared, protocol: Protocol) -> Replay {
    let file = root(set).unwrap().join(set.folder).join("events.csv");
    let mut log = Log::read(&file).unwrap();
    for row in log.rows.iter_mut().filter(|row| row.kind == Kind::Rating) {
        // As published figures do: what was rated was watched, whatever the rating.
        (row.kind, row.value) = (Kind::Click, 1.0);
    }
    let draft = TableDraft { kind: TableKind::Catalogue, ..prepared.ours.draft.clone() };
    let tables = Tables { catalogue: draft.encode().unwrap(), pool: prepared.ours.pool.clone() };
    let cut = cut(&log, protocol);
    let part =
        |rows: &[&Row]| Log { header: log.header.clone(), rows: rows.iter().copied().cloned().collect() };
    let found = replay(&tables, &part(&cut.train), &part(&cut.test), &mut |_, _| {}).unwrap();
    println!("{}: {} visitors replayed, NDCG@10 {:.4}", set.slug(), found.visitors, found.ndcg_at_10);
    found
}

#[test]
fn films_in_sequence_beat_every_central_peer() {
    let set = set("ml100k", Task::Any);
    let Some((prepared, means)) = holds_its_bars(set) else { return };
    assert_eq!(prepared.split.visitors(), 943);
    let metrics = prepared.trained.metrics.unwrap();
    assert!(metrics.chosen.ndcg > 2.0 * metrics.popularity.ndcg);
    let found = replayed(set, &prepared, Protocol::Llo);
    let judged = means[NDCG];
    assert_eq!(found.visitors, 943);
    assert!((f64::from(found.ndcg_at_10) - judged).abs() < 2e-3, "{} against {judged}", found.ndcg_at_10);
}

#[test]
fn a_shop_over_time_beats_its_best_single_peer() {
    let set = set("retail", Task::Any);
    let Some((prepared, _)) = holds_its_bars(set) else { return };
    let features = &prepared.trained.blend.features;
    assert!(features.iter().any(|feature| feature.weight > 0.0), "the trend matters in a shop");
    let found = replayed(set, &prepared, Protocol::Temporal);
    assert!(found.visitors > 800);
    assert!(f64::from(found.ndcg_at_10) >= set.peer.unwrap().ndcg_at_10, "NDCG@10 {}", found.ndcg_at_10);
}

#[test]
fn the_next_click_of_a_session_is_foreseen_better_than_by_its_neighbours() {
    holds_its_bars(set("yoochoose100k", Task::Any));
}

#[test]
fn reviewed_products_beat_the_published_transformers_on_both_figures() {
    let set = set("amz_beauty", Task::Any);
    let Some((prepared, means)) = holds_its_bars(set) else { return };
    assert_eq!(prepared.split.visitors(), 22_363);
    let (recall, bar) = (means[RECALL], set.peer.unwrap().best_recall_at_10.unwrap());
    assert!(recall >= bar, "recall@10 {recall} against {bar}");
}

#[test]
fn a_cart_is_recovered() {
    holds_its_bars(set("beibei", Task::Recovery));
}

#[test]
fn what_was_never_carted_is_discovered() {
    holds_its_bars(set("beibei", Task::Discovery));
}

#[test]
fn papers_that_no_pool_holds_are_found_in_the_catalogue_table() {
    let set = set("citeulike-t", Task::Any);
    let Some(root) = root(set) else { return };
    let settings = Settings { head_items: Some(SHORT_HEAD), ..set.settings(&root, SEED) };
    retrieval_keeps_what_the_catalogue_gives(set, &prepare(&settings).unwrap());
}
