//! Replaying held-out visitors on a small table whose lists are known by heart.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::log::Log;
use homebody_lab::replay::{Replay, replay};
use homebody_lab::tables::Tables;
use homebody_protocol::table::{Blend, ListSetDraft, ListSource, Row, RowFlags, TableDraft, TableKind};
use homebody_protocol::{Decay, ItemKey};

const ITEMS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Every item speaks for the one after it in the alphabet; the last touched item counts most.
fn table(kind: TableKind) -> Vec<u8> {
    let row = |id: &str| Row {
        id: id.to_owned(),
        popularity: 0.0,
        trend: 0.0,
        added_at: 0,
        price: None,
        flags: RowFlags::default(),
        facets: Vec::new(),
        display: String::new(),
    };
    let before = |place: usize| match place {
        0 => Vec::new(),
        _ => vec![(ItemKey::derive(0, ITEMS[place - 1]), 1.0)],
    };
    let lists = ListSetDraft {
        source: ListSource::Collaborative,
        decay: Decay::Positions { rate: 0.1 },
        weight: 1.0,
        mean: 0.0,
        sd: 1.0,
        lists: (0..ITEMS.len()).map(before).collect(),
    };
    let draft = TableDraft {
        kind,
        id_seed: 0,
        created_at: 0,
        open: true,
        rows: ITEMS.map(row).to_vec(),
        facets: Vec::new(),
        list_sets: vec![lists],
        blend: Blend { evidence_k: 0.0, features: Vec::new() },
        extras: homebody_protocol::Extras::default(),
    };
    draft.encode().unwrap()
}

fn log(rows: &str) -> Log {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    std::fs::write(&path, format!("visitor,item,ts\n{rows}")).unwrap();
    Log::read(&path).unwrap()
}

fn replayed(train: &str, test: &str) -> Replay {
    let tables = Tables { catalogue: table(TableKind::Catalogue), pool: table(TableKind::Pool) };
    replay(&tables, &log(train), &log(test), &mut |_, _| {}).unwrap()
}

#[test]
fn the_newest_row_counts_wherever_it_stands_and_what_was_seen_is_not_listed() {
    // Eleven days apart: a device takes what comes up to a day late as of its own time, and what is older as the newest.
    let found = replayed("v,b,1000000\nv,d,2000000\n", "v,e,2000001\n");
    let list = &found.lists[0];
    assert_eq!(list.ids[..2], ["e", "c"], "{list:?}");
    assert!(list.ids.iter().all(|id| id != "b" && id != "d") && list.ids.len() == 4);
    assert!((found.ndcg_at_10 - 1.0).abs() < 1e-6 && (found.recall_at_10 - 1.0).abs() < 1e-6);
    let turned = replayed("v,d,2000000\nv,b,1000000\n", "v,e,2000001\n");
    assert_eq!(found, turned);
}

#[test]
fn a_device_knows_nothing_of_the_visitor_before() {
    let both = replayed("u,a,1\nu,b,2\nv,d,1\n", "u,c,3\nv,e,3\n");
    let alone = replayed("v,d,1\n", "v,e,3\n");
    assert_eq!(both.visitors, 2);
    assert_eq!(both.lists[1], alone.lists[0]);
}

#[test]
fn an_unknown_item_is_wanted_and_missed() {
    let found = replayed("v,d,1\n", "v,e,3\nv,zebra,3\nv,yak,3\n");
    assert_eq!(found.unknown_items, 2);
    assert!((found.recall_at_10 - 1.0 / 3.0).abs() < 1e-6, "{found:?}");
    assert!(found.ndcg_at_10 < 0.5);
}
