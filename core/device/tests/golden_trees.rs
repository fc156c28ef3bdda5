//! What imported ensembles give on a device, bit for bit: the pools hold the committed models of both libraries, whose
//! margins `core/protocol/tests/trees.rs` holds to the libraries' own within 1e-6. The browser tests read the same files,
//! so that what is true of native code is true of WebAssembly.
//!
//! A change that is meant to move them writes them anew: `cargo test -p homebody-device --test all golden_trees:: -- --ignored`.

use crate::market::{NOW_MS, draft, id, keys, list, plain, visitor};
use homebody_device::{Interaction, RankRequest};
use homebody_protocol::models::{TreeModel, TreeRole, Trees};
use homebody_protocol::table::{TableDraft, TableKind};
use homebody_protocol::{Kind, PageContext};
use serde_json::{Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/golden");
const ITEMS: usize = 24;
const HOUR: u8 = 9;

macro_rules! model {
    ($role:ident, $name:literal, $ending:literal) => {
        (
            TreeRole::$role,
            concat!("trees-", $name, ".bin"),
            include_str!(concat!("../../protocol/testdata/trees/", $name, ".", $ending)),
        )
    };
}

const MODELS: [(TreeRole, &str, &str); 8] = [
    model!(Intent, "xgboost-binary", "json"),
    model!(Rerank, "xgboost-squared", "json"),
    model!(Rerank, "xgboost-rank", "json"),
    model!(Intent, "lightgbm-binary", "txt"),
    model!(Intent, "lightgbm-zero", "txt"),
    model!(Rerank, "lightgbm-nothing", "txt"),
    model!(Rerank, "lightgbm-rank", "txt"),
    model!(Intent, "lightgbm-stump", "txt"),
];

/// Kind, item, value and minute of what the visitor does.
const ACTS: [(Kind, usize, f32, u64); 12] = [
    (Kind::Search, 0, 1.0, 0),
    (Kind::Click, 3, 1.0, 1),
    (Kind::View, 3, 1.0, 2),
    (Kind::Dwell, 3, 41_000.0, 4),
    (Kind::Click, 10, 1.0, 6),
    (Kind::CartAdd, 10, 1.0, 7),
    (Kind::Click, 17, 1.0, 1_500),
    (Kind::CartAdd, 17, 2.0, 1_502),
    (Kind::Purchase, 10, 1.0, 1_509),
    (Kind::Click, 5, 1.0, 9_000),
    (Kind::Click, 6, 1.0, 9_001),
    (Kind::Click, 7, 1.0, 30_000),
];

#[cfg(test)]
fn pool(role: TreeRole, text: &str) -> TableDraft {
    let mut pool = draft(TableKind::Pool, ITEMS, 13);
    for (row, place) in pool.rows.iter_mut().zip(0u32..) {
        row.price = (place % 5 != 0).then_some(place as f32 / 8.0 - 1.0).map(f32::abs);
        row.added_at = if place % 4 == 0 { 0 } else { (NOW_MS / 1_000) as u32 - place * 9_000 };
    }
    pool.extras.policy = plain();
    let model = TreeModel::import(text, role).unwrap();
    pool.extras.trees = Trees(vec![TreeModel { weight: 1.0, ..model }]);
    pool
}

/// Intent after each act, and the list in the end; bits of floats.
#[cfg(test)]
fn lived(pool: &TableDraft) -> Value {
    let mut device = visitor(pool, &[]);
    let mut now_ms = NOW_MS;
    let intents = ACTS.map(|(kind, item, value, minute)| {
        now_ms = NOW_MS + minute * 60_000;
        assert!(device.record(&Interaction::new(kind, &id(item)).with_value(value), now_ms));
        device.intent(now_ms).map(f32::to_bits)
    });
    let page = PageContext { hour: Some(HOUR), ..PageContext::default() };
    let list = device.rank(&RankRequest { page, now_ms, ..RankRequest::default() });
    let items: Vec<[u32; 2]> =
        list.iter().map(|ranked| [ranked.row as u32, ranked.score.to_bits()]).collect();
    json!({ "intents": intents, "items": items })
}

#[cfg(test)]
fn acts() -> Value {
    let act = |(kind, item, value, minute): (Kind, usize, f32, u64)| json!({"kind": kind.code(), "id": id(item), "value": value, "now_ms": NOW_MS + minute * 60_000});
    ACTS.map(act).to_vec().into()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the fixture is read where the browser tests read it")]
fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/{name}")).unwrap()
}

#[test]
fn ensembles_of_both_libraries_give_what_the_fixture_has() {
    let golden: Value = serde_json::from_slice(&file("trees.json")).unwrap();
    assert_eq!(golden["interactions"], acts());
    for ((role, name, text), committed) in MODELS.iter().zip(golden["models"].as_array().unwrap()) {
        let pool = pool(*role, text);
        assert_eq!(committed["pool"], *name);
        assert!(pool.encode().unwrap() == file(name), "`{name}` is the pool with the committed model");
        let lived = lived(&pool);
        assert_eq!(lived["intents"], committed["intents"], "{name}");
        assert_eq!(lived["items"], committed["items"], "{name}");
        assert_eq!(lived["intents"][0].is_null(), *role == TreeRole::Rerank);
    }
}

#[test]
fn they_tell_visits_and_items_apart() {
    let golden: Value = serde_json::from_slice(&file("trees.json")).unwrap();
    for ((role, name, text), committed) in MODELS.iter().zip(golden["models"].as_array().unwrap()) {
        let with = pool(*role, text);
        let mut without = with.clone();
        without.extras.trees = Trees::default();
        let [with, without] =
            [with, without].map(|pool| keys(&list(&visitor(&pool, &[3, 10]), plain(), ITEMS)));
        assert_eq!(with != without, *role == TreeRole::Rerank, "{name} moves items if it is for that");
        let intents = committed["intents"].as_array().unwrap();
        // A stump says the same of everybody.
        let is_telling = *role == TreeRole::Intent && !name.contains("stump");
        assert_eq!(intents.iter().any(|intent| intent != &intents[0]), is_telling, "{name}");
    }
}

/// Writes the fixture.
#[test]
#[ignore = "writes testdata/golden: for changes that are meant to move lists"]
#[expect(clippy::disallowed_methods, reason = "it writes a fixture")]
fn write_the_fixture() {
    let models = MODELS.map(|(role, name, text)| {
        let pool = pool(role, text);
        std::fs::write(format!("{FOLDER}/{name}"), pool.encode().unwrap()).unwrap();
        let lived = lived(&pool);
        json!({ "pool": name, "intents": lived["intents"], "items": lived["items"] })
    });
    let golden = json!({ "hour": HOUR, "interactions": acts(), "models": models.to_vec() });
    // One interaction or model a line.
    let text = golden.to_string().replace("},{", "},\n{");
    std::fs::write(format!("{FOLDER}/trees.json"), text + "\n").unwrap();
}
