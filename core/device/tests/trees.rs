//! An imported re-ranker, through the public door.

#[cfg(test)]
mod shop;

use homebody_device::{Device, RankRequest, ReasonKind};
use homebody_protocol::Kind;
use homebody_protocol::features::FEATURES;
use homebody_protocol::models::trees::{LEAF, Missing, Node};
use homebody_protocol::models::{TreeModel, TreeRole, Trees};
use homebody_protocol::table::TableKind;
use shop::{IDS, consenting, do_it, draft};

const NOW_MS: u64 = 1_763_900_000_000;
/// Place of `price` among the features.
const PRICE: u8 = FEATURES as u8 + 12;

/// Dear items are better by 4, those of unknown price are as good.
#[cfg(test)]
fn dear_first(weight: f32) -> TreeModel {
    let leaf = |value| Node { feature: LEAF, missing: Missing::IsZero, skip: 0, value };
    let split = Node { feature: PRICE, missing: Missing::Right, skip: 2, value: 20.0 };
    TreeModel {
        role: TreeRole::Rerank,
        single_precision: true,
        base: 0.5,
        scale: 1.0,
        weight,
        sizes: vec![3],
        nodes: vec![split, leaf(-2.0), leaf(2.0)],
    }
}

#[cfg(test)]
fn device(model: TreeModel, prices: [Option<f32>; 6]) -> Device {
    let mut pool = draft(TableKind::Pool, &IDS);
    for (row, price) in pool.rows.iter_mut().zip(prices) {
        row.price = price;
    }
    pool.extras.trees = Trees(vec![model]);
    let mut device = consenting();
    device.load_pool(pool.encode().unwrap()).unwrap();
    do_it(&mut device, Kind::Search, "anything", NOW_MS);
    device
}

#[cfg(test)]
fn ids(device: &Device) -> Vec<String> {
    let list = device.rank(&RankRequest { now_ms: NOW_MS, ..RankRequest::default() }.by_score_alone());
    list.iter().map(|ranked| device.id_of(ranked.key).unwrap().to_owned()).collect()
}

const PRICES: [Option<f32>; 6] = [Some(5.0), Some(20.0), Some(20.5), Some(3.0), None, Some(99.0)];

#[test]
fn the_name_of_a_feature_is_its_place() {
    assert_eq!(TreeModel::feature(TreeRole::Rerank, "price"), Some(PRICE));
    assert_eq!(TreeModel::feature(TreeRole::Intent, "price"), None);
}

#[test]
fn a_reranker_moves_what_it_prefers_and_says_so() {
    let device = device(dear_first(5.0), PRICES);
    assert_eq!(ids(&device), ["up", "solaris", "ronin", "alien", "heat", "coco"]);
    let list = device.rank(&RankRequest { now_ms: NOW_MS, ..RankRequest::default() }.by_score_alone());
    assert_eq!(list[0].reasons[0].kind, ReasonKind::Model);
}

#[test]
fn without_weight_or_preference_nothing_moves() {
    assert_eq!(ids(&device(dear_first(0.0), PRICES)), IDS);
    assert_eq!(ids(&device(dear_first(5.0), [Some(1.0); 6])), IDS);
    let neutral = RankRequest { neutral: true, now_ms: NOW_MS, ..RankRequest::default() };
    let device = device(dear_first(5.0), PRICES);
    assert_eq!(device.id_of(device.rank(&neutral)[0].key), Some("alien"));
}
