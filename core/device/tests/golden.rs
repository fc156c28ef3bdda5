//! Whole lists with every stage on, bit for bit.
//!
//! `testdata/golden` holds the tables, what the visitor does, and the lists that must come out. The browser tests read
//! the same files, so that native code and WebAssembly are held to the same bits. A change that is meant to move lists
//! writes them anew: `cargo test -p homebody-device --test all golden:: -- --ignored`.

use crate::market::{NOW_MS, draft, id, keys, list, plain, visitor};
use homebody_device::{Consent, Device, Interaction, Purpose, RankRequest, Ranked, ReasonKind, Source};
use homebody_protocol::features::FEATURES;
use homebody_protocol::models::trees::{CANDIDATE_FEATURE_NAMES, LEAF, Missing, Node};
use homebody_protocol::models::{ArmPriors, DiversityBounds, Duplicates, Intent, TreeModel, TreeRole, Trees};
use homebody_protocol::rules::{RuleSet, Rules};
use homebody_protocol::table::{RowFlags, TableDraft, TableKind};
use homebody_protocol::{CartPolicy, Exploration, Kind, Policy};
use serde_json::{Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/golden");
const POOL_ITEMS: usize = 40;
const CATALOGUE_ITEMS: usize = 60;

fn policy(exploration: Exploration) -> Policy {
    Policy {
        diversity: 0.7,
        max_similarity: 0.9,
        max_per_category: 3,
        max_per_brand: 4,
        calibration: 0.3,
        serendipity_slots: 1,
        exploration,
        exploration_strength: 2.0,
        cart: CartPolicy::Abandoned,
        impression_discount: 0.8,
        ..Policy::default()
    }
}

#[cfg(test)]
fn pool(policy: Policy) -> TableDraft {
    let mut pool = draft(TableKind::Pool, POOL_ITEMS, 7);
    pool.rows[5].flags = RowFlags(RowFlags::OUT_OF_STOCK);
    pool.rows[6].flags = RowFlags(RowFlags::REBUYABLE);
    pool.rows.iter_mut().zip(1u16..).for_each(|(row, price)| row.price = Some(f32::from(price)));
    let rules = r#"{"rules":[
        {"name":"lift","when":{"category":"category-2"},"then":{"boost":0.5}},
        {"name":"bury","when":{"brand":"brand-1"},"then":{"bury":0.5}}]}"#;
    let extras = &mut pool.extras;
    extras.policy = policy;
    extras.rules = Rules::compile(&RuleSet::from_json(rules).unwrap(), 0).unwrap();
    extras.arms = ArmPriors((0..POOL_ITEMS).map(|item| (1.0 + item as f32 / 8.0, 20.0)).collect());
    extras.duplicates = Duplicates((0..POOL_ITEMS).map(|item| u32::from(item == 8 || item == 9)).collect());
    extras.trees = Trees(vec![cheap_first()]);
    extras.intent = Intent {
        weights: vec![0.1; FEATURES],
        mean: vec![1.0; FEATURES],
        sd: vec![2.0; FEATURES],
        slope: 1.0,
        ..Intent::default()
    };
    pool
}

/// The same, how varied its lists are left to the device.
#[cfg(test)]
fn left_open(mut pool: TableDraft) -> TableDraft {
    pool.extras.diversity_bounds = DiversityBounds { least: 0.2, most: 0.9 };
    pool
}

/// A re-ranker of one split: what costs up to 20 is better.
#[cfg(test)]
fn cheap_first() -> TreeModel {
    let price = CANDIDATE_FEATURE_NAMES.iter().position(|name| *name == "price").unwrap();
    let leaf = |value| Node { feature: LEAF, missing: Missing::Left, skip: 0, value };
    let split = Node { feature: (FEATURES + price) as u8, missing: Missing::Right, skip: 2, value: 20.0 };
    TreeModel {
        role: TreeRole::Rerank,
        single_precision: true,
        base: 0.0,
        scale: 1.0,
        weight: 0.25,
        sizes: vec![3],
        nodes: vec![split, leaf(0.5), leaf(-0.5)],
    }
}

/// The tables, by file name.
#[cfg(test)]
fn tables() -> [(&'static str, TableDraft); 5] {
    [
        ("catalogue.bin", draft(TableKind::Catalogue, CATALOGUE_ITEMS, 9)),
        ("still.bin", pool(policy(Exploration::None))),
        ("thompson.bin", pool(policy(Exploration::Thompson))),
        ("linear.bin", pool(Policy { alpha: 0.6, ..policy(Exploration::LinTs) })),
        ("varied.bin", left_open(pool(policy(Exploration::None)))),
    ]
}

/// Kind, item, value and minute of what the visitor does.
const ACTS: [(Kind, usize, f32, u64); 16] = [
    (Kind::Impression, 1, 1.0, 0),
    (Kind::Impression, 2, 1.0, 0),
    (Kind::Impression, 3, 1.0, 0),
    (Kind::Click, 3, 1.0, 1),
    (Kind::View, 3, 1.0, 1),
    (Kind::Dwell, 3, 14_000.0, 2),
    (Kind::Click, 10, 1.0, 3),
    (Kind::CartAdd, 10, 1.0, 4),
    (Kind::Click, 17, 1.0, 6),
    (Kind::Dismiss, 20, 1.0, 7),
    (Kind::Purchase, 6, 2.0, 8),
    (Kind::Impression, 1, 1.0, 2_000),
    (Kind::Wishlist, 55, 1.0, 2_001),
    (Kind::Rating, 30, 4.0, 2_002),
    (Kind::Search, 0, 1.0, 2_003),
    (Kind::CartAdd, 11, 1.0, 2_004),
];

/// Pool, limit, offset and seed of the lists.
const LISTS: [(&str, usize, usize, u32); 6] = [
    ("still.bin", 12, 0, 1),
    ("still.bin", 12, 12, 1),
    ("thompson.bin", 12, 0, 2),
    ("linear.bin", 12, 0, 3),
    ("varied.bin", 12, 0, 4),
    ("varied.bin", 12, 12, 4),
];

/// Hours after the last act.
const ASKED_AT_MS: u64 = NOW_MS + (2_004 + 300) * 60_000;

#[cfg(test)]
fn acted(pool: Vec<u8>, catalogue: Vec<u8>, acts: &Value) -> Device {
    let mut device = Device::new();
    device.set_consent(Consent::none().granted(Purpose::Personalize));
    device.load_pool(pool).unwrap();
    device.load_catalogue(catalogue).unwrap();
    for act in acts.as_array().unwrap() {
        let kind = Kind::from_code(act["kind"].as_u64().unwrap() as u8).unwrap();
        let value = act["value"].as_f64().unwrap() as f32;
        let act_ms = act["now_ms"].as_u64().unwrap();
        let interaction = Interaction::new(kind, act["id"].as_str().unwrap()).with_value(value);
        assert!(device.record(&interaction, act_ms));
    }
    device
}

/// As the browser module hands it out: row (bit 31: of the catalogue), bits of score and propensity, and kind, key and
/// bits of the share of three reasons.
fn packed(ranked: &Ranked) -> Vec<u32> {
    let row = ranked.row as u32 | if ranked.source == Source::Catalogue { 1 << 31 } else { 0 };
    let reasons =
        ranked.reasons.iter().flat_map(|reason| [reason.kind as u32, reason.key, reason.share.to_bits()]);
    [row, ranked.score.to_bits(), ranked.propensity.to_bits()].into_iter().chain(reasons).collect()
}

#[cfg(test)]
fn items(device: &Device, list: &Value) -> Value {
    let number = |name: &str| list[name].as_u64().unwrap();
    let request = RankRequest {
        limit: number("limit") as usize,
        offset: number("offset") as usize,
        seed: number("seed") as u32,
        now_ms: number("now_ms"),
        ..RankRequest::default()
    };
    device.rank(&request).iter().map(packed).collect()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the fixture is read where the browser tests read it")]
fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/{name}")).unwrap()
}

#[test]
fn lists_are_those_of_the_fixture_bit_for_bit() {
    let golden: Value = serde_json::from_slice(&file("golden.json")).unwrap();
    for list in golden["lists"].as_array().unwrap() {
        let device =
            acted(file(list["pool"].as_str().unwrap()), file("catalogue.bin"), &golden["interactions"]);
        let got = items(&device, list);
        assert_eq!(got, list["items"], "{} from {} on", list["pool"], list["offset"]);
        assert_eq!(got.as_array().unwrap().len(), 12);
    }
}

#[test]
fn every_stage_has_a_hand_in_them() {
    let golden: Value = serde_json::from_slice(&file("golden.json")).unwrap();
    let lists = golden["lists"].as_array().unwrap();
    let rows = |list: &Value| -> Vec<u64> {
        list["items"].as_array().unwrap().iter().map(|item| item[0].as_u64().unwrap()).collect()
    };
    let all: Vec<Vec<u64>> = lists.iter().map(rows).collect();
    assert!(all[0].iter().any(|row| row >> 31 == 1), "items of the catalogue");
    assert!(all[0].iter().all(|row| !all[1].contains(row)), "the second page goes on");
    assert!(all[2] != all[0] && all[3] != all[2], "exploration and α move the list");
    let kinds: Vec<u64> = lists
        .iter()
        .flat_map(|list| list["items"].as_array().unwrap())
        .flat_map(|item| [3, 6, 9].map(|place| item[place].as_u64().unwrap()))
        .collect();
    for kind in [
        ReasonKind::Collaborative,
        ReasonKind::Content,
        ReasonKind::Popular,
        ReasonKind::Rule,
        ReasonKind::Cart,
        ReasonKind::Explore,
        ReasonKind::Model,
    ] {
        assert!(kinds.contains(&(kind as u64)), "{kind:?}");
    }
    // What the policy switches on, one by one, changes the list it is part of.
    let pool = pool(policy(Exploration::None));
    let mut device = visitor(&pool, &[3, 10, 17]);
    device.load_catalogue(draft(TableKind::Catalogue, CATALOGUE_ITEMS, 9).encode().unwrap()).unwrap();
    let by_score = keys(&list(&device, plain(), 12));
    for with in [
        Policy { diversity: 0.7, ..plain() },
        Policy { max_similarity: 0.4, ..plain() },
        Policy { max_per_category: 2, ..plain() },
        Policy { max_per_brand: 2, ..plain() },
        Policy { calibration: 0.3, ..plain() },
        Policy { serendipity_slots: 9, ..plain() },
    ] {
        assert_ne!(keys(&list(&device, with, 12)), by_score, "{with:?}");
    }
}

/// Writes the fixture.
#[test]
#[ignore = "writes testdata/golden: for changes that are meant to move lists"]
#[expect(clippy::disallowed_methods, reason = "it writes a fixture")]
fn write_the_fixture() {
    for (name, table) in tables() {
        std::fs::write(format!("{FOLDER}/{name}"), table.encode().unwrap()).unwrap();
    }
    let acts = ACTS.map(|(kind, item, value, minute)| {
        json!({"kind": kind.code(), "id": id(item), "value": value, "now_ms": NOW_MS + minute * 60_000})
    });
    let acts = Value::from(acts.to_vec());
    let lists = LISTS.map(|(pool, limit, offset, seed)| {
        let mut list = json!({
            "pool": pool, "limit": limit, "offset": offset, "seed": seed, "now_ms": ASKED_AT_MS,
        });
        list["items"] = items(&acted(file(pool), file("catalogue.bin"), &acts), &list);
        list
    });
    let golden = json!({ "interactions": acts, "lists": lists });
    // One interaction or item a line.
    let text = golden.to_string().replace("],[", "],\n[").replace("},{", "},\n{");
    std::fs::write(format!("{FOLDER}/golden.json"), text + "\n").unwrap();
}
