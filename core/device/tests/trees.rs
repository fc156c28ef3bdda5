//! Imported ensembles, through the public door: as a re-ranker, and for intent.

use crate::shop::{IDS, consenting, do_it, draft};
use homebody_device::{Consent, Device, RankRequest, ReasonKind};
use homebody_protocol::features::FEATURES;
use homebody_protocol::models::trees::{LEAF, Missing, Node};
use homebody_protocol::models::{Extras, Intent, TreeModel, TreeRole, Trees};
use homebody_protocol::table::TableKind;
use homebody_protocol::{Kind, PageContext};

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

/// Below the split cheap items are better, above it and where the feature is unknown dear ones.
#[cfg(test)]
fn by(feature: &str, at_most: f32) -> TreeModel {
    let feature = TreeModel::feature(TreeRole::Rerank, feature).unwrap();
    let leaf = |value| Node { feature: LEAF, missing: Missing::IsZero, skip: 0, value };
    let price = Node { feature: PRICE, missing: Missing::Right, skip: 2, value: 20.0 };
    let circumstance = Node { feature, missing: Missing::Right, skip: 4, value: at_most };
    let nodes = vec![circumstance, price, leaf(2.0), leaf(-2.0), price, leaf(-2.0), leaf(2.0)];
    TreeModel { sizes: vec![7], nodes, ..dear_first(5.0) }
}

#[test]
fn a_split_on_hour_weekday_or_viewport_changes_the_order() {
    let nobody_knows = PageContext::default();
    let cases = [
        (
            by("hour", 9.5),
            PageContext { hour: Some(9), ..nobody_knows },
            PageContext { hour: Some(10), ..nobody_knows },
        ),
        (
            by("weekday", 4.5),
            PageContext { weekday: Some(0), ..nobody_knows },
            PageContext { weekday: Some(5), ..nobody_knows },
        ),
        (
            by("viewport_px", 600.0),
            PageContext { viewport_px: 390, ..nobody_knows },
            PageContext { viewport_px: 1_280, ..nobody_knows },
        ),
    ];
    for (model, low, high) in cases {
        let device = device(model, PRICES);
        let listed = |page| {
            let request = RankRequest { page, now_ms: NOW_MS, ..RankRequest::default() }.by_score_alone();
            let list = device.rank(&request);
            list.iter().map(|ranked| device.id_of(ranked.key).unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(listed(low), ["alien", "heat", "coco", "up", "solaris", "ronin"], "{low:?}");
        assert_eq!(listed(high), ["up", "solaris", "ronin", "alien", "heat", "coco"], "{high:?}");
        assert_eq!(listed(nobody_knows), listed(high), "what is unknown goes where the split says");
    }
}

const MINUTE_MS: u64 = 60_000;
const XGBOOST: &str = include_str!("../../protocol/testdata/trees/xgboost-binary.json");
const LIGHTGBM: &str = include_str!("../../protocol/testdata/trees/lightgbm-binary.txt");

#[cfg(test)]
fn with_intent(intent: Intent, trees: Vec<TreeModel>) -> Device {
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.extras = Extras { intent, trees: Trees(trees), ..Extras::default() };
    let mut device = consenting();
    device.load_pool(pool.encode().unwrap()).unwrap();
    device
}

/// Intent after each step of a visit, beside what the ensemble's own margin gives in double precision.
#[cfg(test)]
fn said(device: &mut Device, model: &TreeModel, slope: f64, offset: f64) -> Vec<(f32, f64)> {
    let visit = [
        (Kind::Search, "", 0),
        (Kind::Click, "alien", 1),
        (Kind::Click, "heat", 3),
        (Kind::CartAdd, "heat", 4),
        (Kind::Click, "up", 9),
        (Kind::Purchase, "heat", 12),
        (Kind::Click, "coco", 3_000),
    ];
    let step = |(kind, id, minute): (Kind, &str, u64)| {
        let now_ms = NOW_MS + minute * MINUTE_MS;
        do_it(device, kind, id, now_ms);
        let margin = model.margin(&device.profile().summary(now_ms).features());
        let expected = 1.0 / (1.0 + libm::exp(-(slope * f64::from(margin) + offset)));
        (device.intent(now_ms).unwrap(), expected)
    };
    visit.map(step).to_vec()
}

#[test]
fn an_imported_model_says_how_likely_a_purchase_is() {
    for text in [XGBOOST, LIGHTGBM] {
        let model = TreeModel::import(text, TreeRole::Intent).unwrap();
        let mut device = with_intent(Intent::default(), vec![model.clone()]);
        let found = said(&mut device, &model, 1.0, 0.0);
        assert!(found.iter().all(|(said, expected)| (f64::from(*said) - expected).abs() < 1e-6), "{found:?}");
        let mut different: Vec<u32> = found.iter().map(|(said, _)| said.to_bits()).collect();
        different.sort_unstable();
        different.dedup();
        assert!(different.len() >= 3, "what the visitor does changes it: {found:?}");
        device.set_consent(Consent::none());
        assert_eq!(device.intent(NOW_MS), None, "nobody is judged without consent");
    }
}

#[test]
fn an_ensemble_stands_in_for_the_logistic_model_and_keeps_its_calibration() {
    let model = TreeModel::import(XGBOOST, TreeRole::Intent).unwrap();
    let logistic = Intent {
        weights: vec![1.0; FEATURES],
        bias: 3.0,
        mean: vec![0.0; FEATURES],
        sd: vec![1.0; FEATURES],
        slope: 0.5,
        offset: -1.0,
    };
    let found = said(&mut with_intent(logistic.clone(), vec![model.clone()]), &model, 0.5, -1.0);
    assert!(found.iter().all(|(said, expected)| (f64::from(*said) - expected).abs() < 1e-6), "{found:?}");
    let alone = said(&mut with_intent(logistic.clone(), vec![]), &model, 0.5, -1.0);
    assert!(
        alone.iter().zip(&found).all(|(alone, found)| alone.0 != found.0),
        "without it the weights count"
    );
    // A re-ranker is no model of intent.
    let reranker = said(&mut with_intent(logistic, vec![dear_first(1.0)]), &model, 0.5, -1.0);
    assert_eq!(reranker, alone);
    assert_eq!(with_intent(Intent::default(), vec![dear_first(1.0)]).intent(NOW_MS), None);
}
